package badinput_test

import (
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

func init() {
	spoilt["AdjustLots"] = set("lines[0].quantity.value", "1000000000000000000.5")
	spoilt["ScrapLots"] = set("lines[0].quantity.value", "1000")
	for _, name := range []string{"AdjustLots", "ScrapLots", "RecordCount"} {
		scanFields[name] = set("lines[0].scan", "", "lines[0].sku", "", "lines[0].lot_code", "")
	}
	spoilt["OpenCount"] = set("count_code", "CO-1")
	spoilt["RecordCount"] = set("lines[0].location_code", apitest.Line)
	spoilt["PostCount"] = set("leave_out", false)
	spoilt["CancelCount"] = set("count_code", "CO-3")
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

// openCounts opens CO-1 and CO-2, which stay open, and gives CO-3 up.
func (w *world) openCounts(t testing.TB) {
	t.Helper()
	for _, code := range []string{"CO-1", "CO-2", "CO-3"} {
		w.must(t, "OpenCount", &pb.OpenCountRequest{CountCode: code, LocationCode: apitest.Dock, Skus: []string{apitest.Flour}})
	}
	w.must(t, "CancelCount", &pb.CancelCountRequest{CountCode: "CO-3", Reason: "rain"})
}

func addCountReads(add func(string, proto.Message)) {
	add("GetCount", &pb.GetCountRequest{CountCode: "CO-1", LineState: pb.CountLineState_COUNT_LINE_STATE_OPEN, PageSize: 1})
	add("ListCounts", &pb.ListCountsRequest{State: pb.CountState_COUNT_STATE_OPEN, PageSize: 1})
	add("ListShrink", &pb.ListShrinkRequest{
		GroupBy: pb.ShrinkGroupBy_SHRINK_GROUP_BY_LOT, HappenedFrom: timestamppb.New(past.Add(-time.Hour)), HappenedBefore: timestamppb.New(past.Add(time.Hour)),
		Sku: milk, LotCode: "MK-OLD", LocationCode: apitest.Site, PageSize: 1,
		ReasonCodes: []pb.AdjustmentReason{pb.AdjustmentReason_ADJUSTMENT_REASON_LOST, pb.AdjustmentReason_ADJUSTMENT_REASON_SAMPLE},
	})
}

// sampled has something for the report of shrink.
func (w *world) sampled(t testing.TB) {
	t.Helper()
	for _, reason := range []pb.AdjustmentReason{pb.AdjustmentReason_ADJUSTMENT_REASON_LOST, pb.AdjustmentReason_ADJUSTMENT_REASON_SAMPLE} {
		w.must(t, "AdjustLots", &pb.AdjustLotsRequest{AdjustedAt: then, ReasonCode: reason, Justification: "for the laboratory", Lines: []*pb.AdjustmentLine{{
			Sku: milk, LotCode: "MK-OLD", LocationCode: apitest.Dock, Quantity: amount("0.1", "LTR"), Direction: pb.AdjustmentDirection_ADJUSTMENT_DIRECTION_MISSED,
		}}})
	}
}

func addCounts(add func(string, proto.Message)) {
	add("OpenCount", &pb.OpenCountRequest{
		CountCode: "NEW-CO", LocationCode: apitest.Dock, Skus: []string{apitest.Flour}, Blind: true, TolerancePercent: "2.5", Note: "monthly",
	})
	add("RecordCount", &pb.RecordCountRequest{CountCode: "CO-1", CountedBy: "Ann", Lines: []*pb.CountReading{
		{LocationCode: apitest.Dock, Sku: apitest.Flour, LotCode: "FL-HELD", Counted: &pb.CountedQuantity{Value: "48.5", Unit: "KGM"}},
	}})
	add("PostCount", &pb.PostCountRequest{CountCode: "CO-1", Justification: "counted twice", ApprovedBy: "Kim", LeaveOut: true})
	add("CancelCount", &pb.CancelCountRequest{CountCode: "CO-2", Reason: "no time"})
}

// TestCountsRefused: what is counted wrongly.
func TestCountsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const refused, invalid, missing = codes.FailedPrecondition, codes.InvalidArgument, codes.NotFound
	unknown := says(`"NO/SUCH"`, "open it with OpenCount")
	closed := says(`"CO-3"`, "cancelled", "open another one")
	line := func(edits ...any) []edit { return set(edits...) }
	w.refuseAll(t, []bad{
		{"OpenCount", set("count_code", "CO-3"), codes.AlreadyExists, "COUNT_EXISTS", "", says(`"CO-3"`, "choose another code")},
		{"OpenCount", set("location_code", "", "skus", cleared), invalid, "COUNT_OF_NOTHING", "", says("or items in skus")},
		{"OpenCount", set("location_code", "scrap"), invalid, "LOCATION_NOT_FOR_STOCK", "", says(`"scrap"`)},
		{"OpenCount", set("location_code", "NO/SUCH"), missing, "UNKNOWN_LOCATION", "", says(`"NO/SUCH"`)},
		{"OpenCount", set("skus[0]", "NO/SUCH"), missing, "UNKNOWN_ITEM", "", says(`"NO/SUCH"`)},
		{"OpenCount", set("skus", times(2)), invalid, anyReason, "", nil},
		{"OpenCount", set("tolerance_percent", "100.5"), invalid, anyReason, "", nil},
		{"OpenCount", set("tolerance_percent", "-1"), invalid, anyReason, "", nil},
		{"RecordCount", set("count_code", "NO/SUCH"), missing, "UNKNOWN_COUNT", "", unknown},
		{"RecordCount", set("count_code", "CO-3"), refused, "COUNT_CLOSED", "", closed},
		{"RecordCount", line("lines[0].counted.value", "-1"), invalid, anyReason, "", nil},
		{"RecordCount", line("lines[0].counted.value", "0.0001"), invalid, "QUANTITY_TOO_PRECISE", "", says("KGM")},
		{"RecordCount", line("lines[0].counted.value", "0", "lines[0].counted.unit", "LTR"), invalid, "UNKNOWN_UNIT", "lines[0].counted.unit", says("LTR")},
		{"RecordCount", line("lines[0].counted", cleared), invalid, anyReason, "", nil},
		{"RecordCount", line("lines[0].location_code", apitest.Shelf), invalid, "OUTSIDE_COUNT", "", says(`"CO-1"`, "another count")},
		{"RecordCount", line("lines[0].sku", apitest.Bread, "lines[0].counted.unit", "H87", "lines[0].counted.value", "1"), invalid, "OUTSIDE_COUNT", "", says(`"CO-1"`, "another count")},
		{"RecordCount", line("lines", times(2)), invalid, "COUNTED_TWICE", "lines[1]", says("lines[0]", "add up")},
		{"RecordCount", line("lines[0].lot_code", ""), invalid, "LOT_CODE_REQUIRED", "", says("give the code")},
		{"PostCount", set("count_code", "NO/SUCH"), missing, "UNKNOWN_COUNT", "", unknown},
		{"PostCount", set("count_code", "CO-3"), refused, "COUNT_CLOSED", "", closed},
		{"PostCount", set("leave_out", false), refused, "COUNT_INCOMPLETE", "count_code", says("line 1", `"FL-1"`, "leave_out")},
		{"CancelCount", set("count_code", "NO/SUCH"), missing, "UNKNOWN_COUNT", "", unknown},
		{"CancelCount", set("count_code", "CO-3"), refused, "COUNT_CLOSED", "", closed},
		{"GetCount", set("count_code", "NO/SUCH", "page_token", ""), missing, "UNKNOWN_COUNT", "", unknown},
		{"ListShrink", set("sku", "", "page_token", ""), invalid, "SKU_REQUIRED", "", says(`"MK-OLD"`)},
		{"ListShrink", set("lot_code", "NO/SUCH", "page_token", ""), missing, "UNKNOWN_LOT", "", says(`"NO/SUCH"`)},
		{"ListShrink", set("location_code", "NO/SUCH", "page_token", ""), missing, "UNKNOWN_LOCATION", "", says(`"NO/SUCH"`)},
		{"ListShrink", set("happened_before", past.Add(-time.Hour), "page_token", ""), invalid, "EMPTY_WINDOW", "", says("swap them")},
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
