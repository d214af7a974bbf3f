package badinput_test

import (
	"net/http"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

func addPicks(add func(string, proto.Message)) {
	add("ProposePicks", &pb.ProposePicksRequest{
		Lines: []*pb.PickLine{{
			Sku: apitest.Flour, Quantity: amount("1", "KGM"), LocationCode: apitest.Dock, MinRemainingDays: 5, MinRemainingPercent: 10,
			AgreedLotCodes: []string{"FL-1", "FL-2"}, MaxLots: 2,
		}},
		Purpose: pb.PickPurpose_PICK_PURPOSE_CONSUMPTION, Day: "2098-01-01",
	})
}

// refusePicks: what cannot be picked, whatever there is.
func refusePicks(t *testing.T, w *world) {
	t.Helper()
	const invalid, missing = codes.InvalidArgument, codes.NotFound
	w.refuseAll(t, []bad{
		{"ProposePicks", set("day", "2020-01-01"), invalid, "DAY_IN_THE_PAST", "day", says("2020-01-01", `"PLANT"`, "leave it out for today")},
		{"ProposePicks", set("day", "2098-02-31"), invalid, "INVALID_DATE", "day", says("2098-02-31")},
		{"ProposePicks", set("lines[0].location_code", "supplier"), invalid, "LOCATION_NOT_FOR_STOCK", "lines[0].location_code", says(`"supplier"`, "virtual")},
		{"ProposePicks", set("lines[0].agreed_lot_codes[1]", "FL-0"), missing, "UNKNOWN_LOT", "lines[0].agreed_lot_codes[1]", says(`"FL-0"`, `"FLOUR"`)},
		{"ProposePicks", set("lines[0].agreed_lot_codes[1]", "BR-1"), missing, "UNKNOWN_LOT", "lines[0].agreed_lot_codes[1]", says(`"BR-1"`, `"FLOUR"`)},
		{"ProposePicks", set("lines[0].max_lots", 51), invalid, "INT32_GTE_LTE", "lines[0].max_lots", says("50")},
		{"ProposePicks", set("lines[0].min_remaining_percent", 101), invalid, "INT32_GTE_LTE", "lines[0].min_remaining_percent", says("100")},
		{"ProposePicks", set("lines[0].min_remaining_days", -1), invalid, "INT32_GTE_LTE", "lines[0].min_remaining_days", says("0")},
	})
	const post, path, refused = http.MethodPost, "/v1/pick-proposals", http.StatusBadRequest
	w.refuseCalls(t, []badCall{
		{"no lines", post, path, `{}`, refused, invalid, "INVALID_FIELD", says("lines")},
		{"a lot agreed twice", post, path, `{"lines":[{"sku":"FLOUR","quantity":{"value":"1","unit":"KGM"},"location_code":"PLANT","agreed_lot_codes":["FL-1","FL-1"]}]}`, refused, invalid, "INVALID_FIELD", says("agreed_lot_codes", "unique")},
		{"no purpose", post, path, `{"purpose":"THEFT","lines":[{"sku":"FLOUR"}]}`, refused, invalid, "INVALID_JSON", says("THEFT")},
		{"half a lot", post, path, `{"lines":[{"sku":"FLOUR","quantity":{"value":"1","unit":"KGM"},"location_code":"PLANT","max_lots":0.5}]}`, refused, invalid, "INVALID_JSON", says("0.5")},
	})
}
