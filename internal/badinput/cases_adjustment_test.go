package badinput_test

import (
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

func init() {
	spoilt["AdjustLots"] = set("lines[0].quantity.value", "1000000000000000000.5")
	spoilt["ScrapLots"] = set("lines[0].quantity.value", "1000")
}

func addAdjustments(add func(string, proto.Message)) {
	add("AdjustLots", &pb.AdjustLotsRequest{
		AdjustedAt: then, ReasonCode: pb.AdjustmentReason_ADJUSTMENT_REASON_MISCOUNT, Justification: "counted again", ApprovedBy: "Kim",
		Lines: []*pb.AdjustmentLine{{
			Sku: apitest.Flour, LotCode: "FL-1", LocationCode: apitest.Dock, Quantity: amount("1", "KGM"),
			Direction: pb.AdjustmentDirection_ADJUSTMENT_DIRECTION_FOUND,
		}},
	})
	add("ScrapLots", &pb.ScrapLotsRequest{
		ScrappedAt: then, ReasonCode: pb.AdjustmentReason_ADJUSTMENT_REASON_DAMAGE, Justification: "torn bag", ApprovedBy: "Kim",
		Lines: []*pb.ScrapLine{{Sku: apitest.Flour, LotCode: "FL-HELD", LocationCode: apitest.Dock, Quantity: amount("1", "KGM")}},
	})
}

// TestAdjustmentsRefused: what is adjusted and scrapped wrongly.
func TestAdjustmentsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const refused, invalid, missing = codes.FailedPrecondition, codes.InvalidArgument, codes.NotFound
	tooMuch := says("only 50 KGM", `"FL-HELD"`, "enter at most that much")
	w.refuseAll(t, []bad{
		{"AdjustLots", set("lines[0].direction", 2, "lines[0].quantity.value", "100"), refused, "INSUFFICIENT_STOCK", "lines[0]", says("only", `"FL-1"`)},
		{"AdjustLots", set("reason_code", 7), invalid, "REASON_NOT_FOR_THIS", "", says("theft", "found", "miscount")},
		{"AdjustLots", set("approved_by", "default"), invalid, "APPROVED_BY_CALLER", "", says("somebody else")},
		{"AdjustLots", set("lines[0].lot_code", "NO/SUCH"), missing, "UNKNOWN_LOT", "", says(`"NO/SUCH"`)},
		{"AdjustLots", set("lines[0].location_code", "NO/SUCH"), missing, "UNKNOWN_LOCATION", "", says(`"NO/SUCH"`)},
		{"AdjustLots", set("lines[0].location_code", "adjustment"), invalid, "LOCATION_NOT_FOR_STOCK", "", says("virtual")},
		{"AdjustLots", set("lines[0].lot_code", ""), invalid, "LOT_CODE_REQUIRED", "", says("give the code")},
		{"AdjustLots", set("lines[0].sku", drill, "lines[0].lot_code", "DR-1", "lines[0].quantity.unit", "H87"), refused, "SERIAL_ON_HAND", "lines[0]", says(`"DR-1"`, "move it here")},
		{"AdjustLots", set("lines[0].sku", "SALT", "lines[0].lot_code", "", "lines[0].quantity.unit", "GRM"), refused, "FOUND_WITHOUT_LOT", "lines[0]", says(`"SALT"`, "receive it")},
		{"ScrapLots", set("lines[0].quantity.value", "50.001"), refused, "INSUFFICIENT_STOCK", "lines[0]", tooMuch},
		{"ScrapLots", set("lines", times(60)), refused, "INSUFFICIENT_STOCK", "lines[0]", tooMuch},
		{"ScrapLots", set("reason_code", 9), invalid, "REASON_NOT_FOR_THIS", "", says("found", "obsolete")},
		{"UpsertItem", set("item.adjustment_approval_quantity", "-1"), invalid, anyReason, "", nil},
		{"UpsertItem", set("item.adjustment_approval_quantity", "1e3"), invalid, anyReason, "", nil},
	})
}
