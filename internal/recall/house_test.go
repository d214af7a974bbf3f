package recall_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// house is a running service with the small catalog, told what happens in lines:
//
//	receive FLOUR/F1 100 KGM @ SHELF-1
//	start R1
//	R1: FLOUR/F1 40 KGM @ SHELF-1        consumed
//	R1 -> BREAD/B1 10 H87 @ SHELF-1      put out
//	finish R1
//	ship S-1: BREAD/B1 4 H87 @ SHELF-1
//	move BREAD/B1 2 H87 @ SHELF-1        to the dock
//
// All runs are of one production order.
type house struct {
	*apitest.API
	t testing.TB
}

const order = "MO-1"

func newHouse(t testing.TB, story string) *house {
	t.Helper()
	h := &house{apitest.Start(t), t}
	h.Minimal(t)
	h.must(h.Production.CreateProductionOrder(t.Context(), &pb.CreateProductionOrderRequest{
		RequestId: apitest.ID(), ProductionOrder: &pb.ProductionOrder{Code: order, Sku: apitest.Bread, Quantity: &pb.Quantity{Value: "1", Unit: "H87"}},
	}))
	h.tell(story)
	return h
}

// must ends the test if a call was refused.
func (h *house) must(_ any, err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// tell has a story happen.
func (h *house) tell(story string) {
	h.t.Helper()
	for line := range strings.Lines(story) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if err := h.do(line); err != nil {
			h.t.Fatalf("%s: %v", line, err)
		}
	}
}

// do has one line of a story happen.
func (h *house) do(line string) (err error) {
	ctx, id := h.t.Context(), apitest.ID()
	verb, rest, _ := strings.Cut(line, " ")
	run, isConsumption := strings.CutSuffix(verb, ":")
	switch {
	case verb == "receive":
		a := parse(rest)
		h.ReceiveLot(h.t, a.sku, a.lot, a.quantity.Value, a.quantity.Unit, a.location)
	case verb == "start":
		_, err = h.Production.StartRun(ctx, &pb.StartRunRequest{RequestId: id, ProductionOrderCode: order, RunCode: rest})
	case verb == "finish":
		_, err = h.Production.FinishRun(ctx, &pb.FinishRunRequest{RequestId: id, ProductionOrderCode: order, RunCode: rest})
	case verb == "ship":
		code, lines, _ := strings.Cut(rest, ": ")
		req := &pb.ShipRequest{RequestId: id, ShipmentCode: code, CustomerCode: apitest.Customer}
		for text := range strings.SplitSeq(lines, " + ") {
			a := parse(text)
			req.Lines = append(req.Lines, &pb.ShipmentLine{Sku: a.sku, LotCode: a.lot, Quantity: a.quantity, LocationCode: a.location})
		}
		_, err = h.Dispatch.Ship(ctx, req)
	case verb == "move":
		a := parse(rest)
		_, err = h.Lots.MoveLots(ctx, &pb.MoveLotsRequest{RequestId: id, Lines: []*pb.MoveLine{{
			Sku: a.sku, LotCode: a.lot, Quantity: a.quantity, FromLocationCode: a.location, ToLocationCode: apitest.Dock,
		}}})
	case isConsumption:
		a := parse(rest)
		_, err = h.Production.ConsumeLots(ctx, &pb.ConsumeLotsRequest{RequestId: id, ProductionOrderCode: order, RunCode: run, Lines: []*pb.ConsumptionLine{{
			Sku: a.sku, LotCode: a.lot, Quantity: a.quantity, LocationCode: a.location,
		}}})
	case strings.HasPrefix(rest, "-> "):
		a := parse(strings.TrimPrefix(rest, "-> "))
		_, err = h.Production.RecordOutputs(ctx, &pb.RecordOutputsRequest{RequestId: id, ProductionOrderCode: order, RunCode: verb, Lines: []*pb.OutputLine{{
			Sku: a.sku, LotCode: a.lot, Quantity: a.quantity, LocationCode: a.location,
		}}})
	default:
		panic("no story: " + line)
	}
	return err
}

// amount is so much of a lot at a location: "FLOUR/F1 40 KGM @ SHELF-1".
type amount struct {
	sku, lot, location string
	quantity           *pb.Quantity
}

func parse(text string) amount {
	fields := strings.Fields(text)
	if len(fields) != 5 || fields[3] != "@" {
		panic("no amount: " + text)
	}
	sku, lot, _ := strings.Cut(fields[0], "/")
	return amount{sku, lot, fields[4], &pb.Quantity{Value: fields[1], Unit: fields[2]}}
}

// keys are lots as "FLOUR/F1 BREAD/B1" names them.
func keys(names string) []*pb.LotKey {
	var lots []*pb.LotKey
	for name := range strings.FieldsSeq(names) {
		sku, code, _ := strings.Cut(name, "/")
		lots = append(lots, &pb.LotKey{Sku: sku, LotCode: code})
	}
	return lots
}

func (h *house) tryOpen(caseNumber, lots string) (*pb.OpenRecallResponse, error) {
	return h.Recall.OpenRecall(h.t.Context(), &pb.OpenRecallRequest{
		RequestId: apitest.ID(), CaseNumber: caseNumber, Class: pb.RecallClass_RECALL_CLASS_1, Reason: "glass", Lots: keys(lots),
	})
}

func (h *house) open(caseNumber, lots string) *pb.OpenRecallResponse {
	h.t.Helper()
	resp, err := h.tryOpen(caseNumber, lots)
	h.must(resp, err)
	return resp
}

func (h *house) tryActivate(caseNumber string) (*pb.ActivateRecallResponse, error) {
	return h.Recall.ActivateRecall(h.t.Context(), &pb.ActivateRecallRequest{RequestId: apitest.ID(), CaseNumber: caseNumber})
}

// activate opens a case and activates it.
func (h *house) activate(caseNumber, lots string) *pb.ActivateRecallResponse {
	h.t.Helper()
	h.open(caseNumber, lots)
	resp, err := h.tryActivate(caseNumber)
	h.must(resp, err)
	return resp
}

const (
	release = pb.RecallDecision_RECALL_DECISION_RELEASE
	keep    = pb.RecallDecision_RECALL_DECISION_KEEP
)

func (h *house) tryDecide(caseNumber string, decision pb.RecallDecision, lots string) (*pb.DecideRecallLotsResponse, error) {
	return h.Recall.DecideRecallLots(h.t.Context(), &pb.DecideRecallLotsRequest{
		RequestId: apitest.ID(), CaseNumber: caseNumber, Decision: decision, Reason: "looked at", Lots: keys(lots),
	})
}

func (h *house) decide(caseNumber string, decision pb.RecallDecision, lots string) *pb.DecideRecallLotsResponse {
	h.t.Helper()
	resp, err := h.tryDecide(caseNumber, decision, lots)
	h.must(resp, err)
	return resp
}

func (h *house) tryClose(caseNumber string) error {
	_, err := h.Recall.CloseRecall(h.t.Context(), &pb.CloseRecallRequest{RequestId: apitest.ID(), CaseNumber: caseNumber, Reason: "done"})
	return err
}

func (h *house) get(caseNumber string) *pb.GetRecallResponse {
	h.t.Helper()
	resp, err := h.Recall.GetRecall(h.t.Context(), &pb.GetRecallRequest{CaseNumber: caseNumber})
	h.must(resp, err)
	return resp
}

// lots are the lots of a case, as "BREAD/B1 HELD 10 = 6 + 0 + 0 + 4": what there was,
// and what is left, in process, consumed and shipped of it.
func (h *house) lots(caseNumber string) []string {
	h.t.Helper()
	resp, err := h.Recall.ListRecallLots(h.t.Context(), &pb.ListRecallLotsRequest{CaseNumber: caseNumber})
	h.must(resp, err)
	var texts []string
	for _, l := range resp.Lots {
		text := fmt.Sprintf("%s/%s %s %s = %s + %s + %s + %s", l.Lot.Sku, l.Lot.LotCode, strings.TrimPrefix(l.State.String(), "RECALL_LOT_STATE_"),
			l.Total.Value, l.OnHand.Value, l.InProcess.Value, l.Consumed.Value, l.Shipped.Value)
		texts = append(texts, text)
	}
	return texts
}

// shipments are what of a case had gone, as "S-1/1 BREAD/B1 4 H87 CUS-1".
func shipments(list []*pb.RecallShipment) []string {
	var texts []string
	for _, s := range list {
		texts = append(texts, fmt.Sprintf("%s/%d %s/%s %s %s %s", s.ShipmentCode, s.LineNumber, s.Lot.Sku, s.Lot.LotCode, s.Quantity.Value, s.Quantity.Unit, s.CustomerCode))
	}
	return texts
}

func (h *house) shipments(caseNumber string) []string {
	h.t.Helper()
	resp, err := h.Recall.ListRecallShipments(h.t.Context(), &pb.ListRecallShipmentsRequest{CaseNumber: caseNumber})
	h.must(resp, err)
	return shipments(resp.Shipments)
}

// holds are the active holds of a lot, as "1: glass".
func (h *house) holds(sku, lotCode string) []string {
	h.t.Helper()
	resp, err := h.Lots.GetLot(h.t.Context(), &pb.GetLotRequest{Sku: sku, LotCode: lotCode})
	h.must(resp, err)
	var texts []string
	for _, hold := range resp.ActiveHolds {
		texts = append(texts, fmt.Sprintf("%d: %s", hold.Number, hold.Reason))
	}
	if int(resp.Lot.ActiveHoldCount) != len(texts) {
		h.t.Errorf("%s/%s: %d holds counted, %q listed", sku, lotCode, resp.Lot.ActiveHoldCount, texts)
	}
	return texts
}

func same(t testing.TB, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n  %v\nwant\n  %v", what, got, want)
	}
}

// scoped is a scope in short: lots, on hand, held, undecided; runs, in process;
// shipments, customers.
func scoped(s *pb.RecallScope) string {
	fixed := "preview"
	if s.Fixed {
		fixed = "fixed"
	}
	return fmt.Sprintf("%s %d %d %d %d; %d %d; %d %d", fixed, s.LotCount, s.LotOnHandCount, s.LotHeldCount, s.LotUndecidedCount,
		s.RunCount, s.OpenRunCount, s.ShipmentCount, s.CustomerCount)
}
