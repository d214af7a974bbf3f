package badinput_test

import (
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// recall adds to the house what recalls are about:
//
//	CASE-1    active: FL-8 and FL-9, of which FL-9 was released; run R-8, in process,
//	          made BR-8, BR-7 (released) and salt of FL-8. SH-8 had gone
//	CASE-2    open: FL-2
//	CASE-3    closed: FL-2
//	CASE-4    active: FL-10, which nothing was made of
func (w *world) recall(t testing.TB) {
	t.Helper()
	line := func(lot string) *pb.ReceiptLine {
		return &pb.ReceiptLine{PurchaseOrderLineNumber: 1, LotCode: lot, Quantity: amount("20", "KGM"), LocationCode: apitest.Shelf}
	}
	w.must(t, "Receive", &pb.ReceiveRequest{ReceiptCode: "RC-8", PurchaseOrderCode: "PO-1", ReceivedAt: then, Lines: []*pb.ReceiptLine{line("FL-8"), line("FL-9"), line("FL-10")}})
	w.must(t, "StartRun", &pb.StartRunRequest{ProductionOrderCode: "MO-1", RunCode: "R-8", StartedAt: timestamppb.New(past)})
	w.must(t, "ConsumeLots", &pb.ConsumeLotsRequest{ProductionOrderCode: "MO-1", RunCode: "R-8", ConsumedAt: then, Lines: []*pb.ConsumptionLine{
		{Sku: apitest.Flour, LotCode: "FL-8", LocationCode: apitest.Shelf, Quantity: amount("5", "KGM")},
	}})
	w.must(t, "RecordOutputs", &pb.RecordOutputsRequest{ProductionOrderCode: "MO-1", RunCode: "R-8", ProducedAt: then, Lines: []*pb.OutputLine{
		{Sku: apitest.Bread, LotCode: "BR-7", LocationCode: apitest.Shelf, Quantity: amount("9", "H87")},
		{Sku: apitest.Bread, LotCode: "BR-8", LocationCode: apitest.Shelf, Quantity: amount("9", "H87")},
		{Sku: apitest.Salt, LocationCode: apitest.Line, Quantity: amount("1", "GRM")},
	}})
	w.must(t, "Ship", &pb.ShipRequest{ShipmentCode: "SH-8", CustomerCode: apitest.Customer, ShippedAt: then, Lines: []*pb.ShipmentLine{
		{Sku: apitest.Flour, LotCode: "FL-8", LocationCode: apitest.Shelf, Quantity: amount("1", "KGM")},
		{Sku: apitest.Bread, LotCode: "BR-8", LocationCode: apitest.Shelf, Quantity: amount("1", "H87")},
	}})
	for number, lots := range map[string][]*pb.LotKey{"CASE-1": flours("FL-8", "FL-9"), "CASE-2": flours("FL-2"), "CASE-3": flours("FL-2"), "CASE-4": flours("FL-10")} {
		w.must(t, "OpenRecall", &pb.OpenRecallRequest{CaseNumber: number, Class: pb.RecallClass_RECALL_CLASS_1, Reason: "glass", Lots: lots})
	}
	w.must(t, "ActivateRecall", &pb.ActivateRecallRequest{CaseNumber: "CASE-1"})
	w.must(t, "ActivateRecall", &pb.ActivateRecallRequest{CaseNumber: "CASE-4"})
	w.must(t, "CloseRecall", &pb.CloseRecallRequest{CaseNumber: "CASE-3", Reason: "an exercise"})
	w.must(t, "DecideRecallLots", &pb.DecideRecallLotsRequest{
		CaseNumber: "CASE-1", Decision: pb.RecallDecision_RECALL_DECISION_RELEASE, Reason: "sieved",
		Lots: append(flours("FL-9"), &pb.LotKey{Sku: apitest.Bread, LotCode: "BR-7"}),
	})
}

func flours(lots ...string) []*pb.LotKey {
	var keys []*pb.LotKey
	for _, lot := range lots {
		keys = append(keys, &pb.LotKey{Sku: apitest.Flour, LotCode: lot})
	}
	return keys
}

func addRecallReads(add func(string, proto.Message)) {
	add("GetRecall", &pb.GetRecallRequest{CaseNumber: "CASE-1"})
	add("ListRecalls", &pb.ListRecallsRequest{State: pb.RecallState_RECALL_STATE_OPEN, PageSize: 1})
	add("ListRecallLots", &pb.ListRecallLotsRequest{CaseNumber: "CASE-1", UndecidedOnly: true, PageSize: 1})
	add("ListRecallShipments", &pb.ListRecallShipmentsRequest{CaseNumber: "CASE-1", PageSize: 1})
	add("ListRecallEvents", &pb.ListRecallEventsRequest{CaseNumber: "CASE-1", PageSize: 1})
}

func addRecalls(add func(string, proto.Message)) {
	add("OpenRecall", &pb.OpenRecallRequest{CaseNumber: "NEW-CASE", Class: pb.RecallClass_RECALL_CLASS_2, Reason: "label", Lots: flours("FL-2"), Scans: []string{"(01)" + flourGTIN + "(10)FL-1"}})
	add("ActivateRecall", &pb.ActivateRecallRequest{CaseNumber: "CASE-2"})
	add("DecideRecallLots", &pb.DecideRecallLotsRequest{
		CaseNumber: "CASE-1", Decision: pb.RecallDecision_RECALL_DECISION_RELEASE, Reason: "sieved", Lots: flours("FL-8"),
		Scans: []string{"(01)" + breadGTIN + "(10)BR-8"},
	})
	add("CloseRecall", &pb.CloseRecallRequest{CaseNumber: "NEW-CASE", Reason: "an exercise"})
}

// refuseRecalls: lots that cannot be recalled or decided on, and cases that are not
// so far, or further.
func refuseRecalls(t *testing.T, w *world) {
	t.Helper()
	const refused, missing, invalid = codes.FailedPrecondition, codes.NotFound, codes.InvalidArgument
	bread := func(lot string, more ...any) []edit {
		return append(set("lots[0].lot_code", lot, "lots[0].sku", "BREAD"), set(more...)...)
	}
	active, closed := says(`"CASE-1"`, "held already"), says(`"CASE-3"`, "OpenRecall")
	w.refuseAll(t, []bad{
		{"OpenRecall", set("case_number", "CASE-1"), codes.AlreadyExists, "RECALL_EXISTS", "", says(`"CASE-1"`, "choose another number")},
		{"OpenRecall", set("lots", times(3)), invalid, "LOT_REPEATED", "lots[1].lot_code", says(`"FL-2"`, `"FLOUR"`, "name each lot once")},
		{"OpenRecall", set("lots[0].lot_code", none), missing, "UNKNOWN_LOT", "", says(`"NO/SUCH"`, `"FLOUR"`, "receive or produce")},
		{"OpenRecall", set("lots[0].sku", none), missing, "UNKNOWN_ITEM", "", says(`"NO/SUCH"`, "check the codes")},
		// All that are not there are named.
		{"OpenRecall", set("lots", times(4), "lots[1].lot_code", "NO-1", "lots[2].lot_code", "NO-2", "lots[3].sku", none), missing, "UNKNOWN_LOT", "lots[1].lot_code",
			says(`"NO-1"`, "lots[2].lot_code", `"NO-2"`, "lots[3].sku", `"NO/SUCH"`)},

		{"ActivateRecall", set("case_number", "CASE-1"), refused, "RECALL_ACTIVE", "", active},
		{"ActivateRecall", set("case_number", "CASE-3"), refused, "RECALL_CLOSED", "", closed},

		{"DecideRecallLots", set("case_number", "CASE-2"), refused, "RECALL_NOT_ACTIVE", "", says(`"CASE-2"`, "ActivateRecall")},
		{"DecideRecallLots", set("case_number", "CASE-3"), refused, "RECALL_NOT_ACTIVE", "", says(`"CASE-3"`, "ReleaseHold")},
		{"DecideRecallLots", set("lots", times(2)), invalid, "LOT_REPEATED", "lots[1].lot_code", says(`"FL-8"`, "name each lot once")},
		{"DecideRecallLots", set("lots[0].lot_code", "FL-1"), missing, "LOT_NOT_IN_RECALL", "", says(`"FL-1"`, `"CASE-1"`, "ListRecallLots")},
		{"DecideRecallLots", set("lots", times(3), "lots[1].lot_code", none, "lots[2].sku", none), missing, "LOT_NOT_IN_RECALL", "lots[1].lot_code", says(`lot "NO/SUCH" of item "FLOUR"`, "lots[2].lot_code", `item "NO/SUCH"`)},
		{"DecideRecallLots", set("lots[0].lot_code", "FL-9"), refused, "HOLD_RELEASED", "", says(`"CASE-1"`, `"FL-9"`, "leave the lot out")},
		{"DecideRecallLots", bread("BR-7", "decision", 2), refused, "HOLD_RELEASED", "", says(`"BR-7"`)},
		{"DecideRecallLots", bread("run R-8 of MO-1", "lots[0].sku", "SALT"), refused, "RUNS_IN_PROCESS", "", says(`"SALT"`, "finish the run first")},

		{"CloseRecall", set("case_number", "CASE-3"), refused, "RECALL_CLOSED", "", says(`"CASE-3"`, "GetRecall")},
		{"CloseRecall", set("case_number", "CASE-1"), refused, "RUNS_IN_PROCESS", "", says(`"CASE-1"`, `"R-8"`, `"MO-1"`, "FinishRun")},
		{"CloseRecall", set("case_number", "CASE-4"), refused, "LOTS_UNDECIDED", "", says(`"CASE-4"`, `"FL-10"`, "DecideRecallLots")},

		{"ReleaseHold", set("lot_code", "FL-8", "number", 1), refused, "HOLD_OF_RECALL", "number", says("hold 1", `"FL-8"`, `"CASE-1"`, "DecideRecallLots")},
		{"RecordOutputs", set("run_code", "R-8", "lines[0].lot_code", "BR-7", "lines[0].production_date", "", "lines[0].best_before_date", "", "lines[0].expiry_date", "", "lines[0].removal_date", ""), refused, "LOT_RELEASED", "lines[0].lot_code",
			says(`"BR-7"`, `"BREAD"`, `"CASE-1"`, "a lot code of its own")},
		{"ConsumeLots", set("lines[0].lot_code", "FL-8", "lines[0].location_code", "SHELF-1"), refused, "LOT_HELD", "lines[0]", says(`"FL-8"`, "recall CASE-1 (class 1): glass")},
	})
}

// refuseUnknownRecalls: cases that are not there.
func refuseUnknownRecalls(t *testing.T, w *world) {
	t.Helper()
	var cases []bad
	for _, name := range []string{"ActivateRecall", "DecideRecallLots", "CloseRecall", "GetRecall", "ListRecallLots", "ListRecallShipments", "ListRecallEvents"} {
		edits := set("case_number", none)
		if rpcs[name].Input().Fields().ByName("page_token") != nil {
			edits = append(edits, set("page_token", "")...)
		}
		cases = append(cases, bad{name, edits, codes.NotFound, "UNKNOWN_RECALL", "case_number", says(`"NO/SUCH"`, "OpenRecall")})
	}
	w.refuseAll(t, cases)
}
