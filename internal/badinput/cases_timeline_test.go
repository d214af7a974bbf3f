package badinput_test

import (
	"net/http"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// addTimeline adds what tells about records as a whole: the timeline and the
// reconciliation of a lot.
func addTimeline(add func(string, proto.Message)) {
	add("GetLotTimeline", &pb.GetLotTimelineRequest{
		Sku: apitest.Flour, LotCode: "FL-1", NewestFirst: true, PageSize: 1,
		Kinds:          []pb.OperationKind{pb.OperationKind_OPERATION_KIND_RECEIPT, pb.OperationKind_OPERATION_KIND_TRANSFER, pb.OperationKind_OPERATION_KIND_SHIPMENT},
		RecordedFrom:   then,
		RecordedBefore: timestamppb.New(time.Date(2999, 1, 1, 0, 0, 0, 0, time.UTC)),
		KnownAt:        &pb.KnownAt{Moment: &pb.KnownAt_Time{Time: then}}, // newWorld puts another in
	})
	add("Reconcile", &pb.ReconcileRequest{Sku: apitest.Flour, LotCode: "FL-1", MaxDifferences: 10})
}

// refuseTimeline: windows in which nothing can be, kinds that there are not, and tokens
// of other questions.
func refuseTimeline(t *testing.T, w *world) {
	t.Helper()
	const invalid = codes.InvalidArgument
	again := says("start from the first page")
	swap := says("recorded_from", "swap them, or leave one of them out")
	w.refuseAll(t, []bad{
		{"GetLotTimeline", set("page_token", "", "recorded_before", past), invalid, "EMPTY_WINDOW", "recorded_before", swap},
		{"GetLotTimeline", set("page_token", "", "recorded_before", past.Add(-time.Hour)), invalid, "EMPTY_WINDOW", "recorded_before", swap},
		{"GetLotTimeline", set("newest_first", false), invalid, "BAD_PAGE_TOKEN", "page_token", again},
		{"GetLotTimeline", set("recorded_from", past.Add(time.Hour)), invalid, "BAD_PAGE_TOKEN", "page_token", again},
		{"GetLotTimeline", set("lot_code", "FL-2"), invalid, "BAD_PAGE_TOKEN", "page_token", again},
	})
	const get, bad, lot = http.MethodGet, http.StatusBadRequest, "/v1/lot/timeline?sku=FLOUR&lot_code=FL-1&"
	w.refuseCalls(t, []badCall{
		{"no kind", get, lot + "kinds=THEFT", "", bad, invalid, "INVALID_PARAMETER", says("kinds", `"THEFT"`)},
		{"a kind of nothing", get, lot + "kinds=OPERATION_KIND_UNSPECIFIED", "", bad, invalid, "INVALID_FIELD", says("kinds[0]")},
		{"a kind twice", get, lot + "kinds=OPERATION_KIND_HOLD&kinds=OPERATION_KIND_HOLD", "", bad, invalid, "INVALID_FIELD", says("kinds", "unique")},
		{"no time", get, lot + "recorded_from=yesterday", "", bad, invalid, "INVALID_PARAMETER", says("recorded_from", `"yesterday"`, "RFC 3339")},
		{"neither yes nor no", get, lot + "newest_first=maybe", "", bad, invalid, "INVALID_PARAMETER", says("newest_first", `"maybe"`)},
	})
}

// refuseReconcile: what is not there, and what says two things at once.
func refuseReconcile(t *testing.T, w *world) {
	t.Helper()
	const invalid, missing = codes.InvalidArgument, codes.NotFound
	w.refuseAll(t, []bad{
		{"Reconcile", set("sku", none), missing, "UNKNOWN_ITEM", "", says(`"NO/SUCH"`, "UpsertItem")},
		{"Reconcile", set("sku", none, "lot_code", ""), missing, "UNKNOWN_ITEM", "", says(`"NO/SUCH"`, "UpsertItem")},
		{"Reconcile", set("lot_code", none), missing, "UNKNOWN_LOT", "", says(`"NO/SUCH"`, `"FLOUR"`)},
		{"Reconcile", set("sku", "", "lot_code", "", "location_code", none), missing, "UNKNOWN_LOCATION", "location_code", says(`"NO/SUCH"`, "UpsertLocation")},
		{"Reconcile", set("sku", "", "lot_code", "", "location_code", "customer"), missing, "UNKNOWN_LOCATION", "location_code", says(`"customer"`)},
		{"Reconcile", set("sku", ""), invalid, "SKU_REQUIRED", "sku", says(`"FL-1"`, "say of which item it is")},
		{"Reconcile", set("location_code", apitest.Dock), invalid, "SCOPE_CONFLICT", "", says(`"DOCK-1"`, "leave out")},
		{"Reconcile", set("max_differences", -1), invalid, "INT32_GTE", "", says("-1", "greater than or equal to 0")},
	})
}
