package lots_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"google.golang.org/grpc/codes"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
)

// reverse takes back what the last call recorded.
func (s *store) reverse() error {
	s.t.Helper()
	return s.reverseIndex(s.Sealed(s.t))
}

func (s *store) reverseIndex(index int64) error {
	_, err := s.Lots.ReverseOperation(s.t.Context(), &pb.ReverseOperationRequest{
		RequestId: apitest.ID(), Operation: &pb.ReverseOperationRequest_LogIndex{LogIndex: index}, Reason: "entered twice",
	})
	return err
}

func (s *store) reverseShipment(code string) ([]*pb.Movement, error) {
	resp, err := s.Lots.ReverseOperation(s.t.Context(), &pb.ReverseOperationRequest{
		RequestId: apitest.ID(), Operation: &pb.ReverseOperationRequest_ShipmentCode{ShipmentCode: code}, Reason: "it never left",
	})
	return resp.GetMovements(), err
}

// forward is what a trace finds: "lots runs edges shipments".
func (s *store) forward(sku, lot string, known *pb.KnownAt) string {
	s.t.Helper()
	resp, err := s.Trace.GetTrace(s.t.Context(), &pb.GetTraceRequest{Sku: sku, LotCode: lot, Direction: pb.TraceDirection_TRACE_DIRECTION_FORWARD, KnownAt: known})
	must(s.t, resp, err)
	p := resp.GetPart()
	return fmt.Sprint(len(p.GetLots()), len(p.GetRuns()), len(p.GetEdges()), len(p.GetShipments()))
}

func TestReverseReceipt(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	code := s.receive(oil, "L-1", "LTR", bin1, "2024-01-01", "2030-01-01")
	before := s.Sealed(t)
	resp, err := s.Lots.ReverseOperation(t.Context(), &pb.ReverseOperationRequest{
		RequestId: apitest.ID(), Operation: &pb.ReverseOperationRequest_ReceiptCode{ReceiptCode: code}, Reason: "the truck went on",
	})
	must(t, resp, err)
	same(t, "reversal", movements(resp.Movements), []string{"RECEIPT OIL/L-1 -10 LTR (-10 LTR) supplier>" + bin1 + " by " + code + " because the truck went on"})
	if got := s.stock(oil, "L-1"); got != "" {
		t.Errorf("stock %q is left", got)
	}
	receipt, err := s.Receiving.GetReceipt(t.Context(), &pb.GetReceiptRequest{Code: code})
	must(t, receipt, err)
	if r := receipt.Receipt.GetReversal(); r.GetReason() != "the truck went on" || r.GetReversedBy() == "" || len(receipt.Receipt.Lines) != 1 {
		t.Errorf("receipt %v", receipt)
	}
	order, err := s.Receiving.GetPurchaseOrder(t.Context(), &pb.GetPurchaseOrderRequest{Code: receipt.Receipt.PurchaseOrderCode})
	must(t, order, err)
	if status := order.LineStatuses[0]; status.Variance.Received.Value != "0" || len(status.Lots) != 0 {
		t.Errorf("order line %v", status)
	}
	trace, err := s.Trace.GetTrace(t.Context(), &pb.GetTraceRequest{Sku: oil, LotCode: "L-1", Direction: pb.TraceDirection_TRACE_DIRECTION_BACKWARD})
	if must(t, trace, err); len(trace.Part.Receipts) != 0 {
		t.Errorf("trace %v", trace)
	}
	known := &pb.KnownAt{Moment: &pb.KnownAt_LogIndex{LogIndex: before}}
	trace, err = s.Trace.GetTrace(t.Context(), &pb.GetTraceRequest{Sku: oil, LotCode: "L-1", Direction: pb.TraceDirection_TRACE_DIRECTION_BACKWARD, KnownAt: known})
	if must(t, trace, err); len(trace.Part.Receipts) != 1 {
		t.Errorf("as known before: %v", trace)
	}
	entries, err := s.Log.ListLog(t.Context(), &pb.ListLogRequest{Kinds: []pb.OperationKind{pb.OperationKind_OPERATION_KIND_REVERSAL}})
	must(t, entries, err)
	if s.Sealed(t); len(entries.Entries) == 1 && entries.Entries[0].Operation.ReversedLogIndex != before {
		t.Errorf("log %v, reversed was %d", entries, before)
	}
	apitest.WantRefusal(t, s.reverseIndex(before), codes.FailedPrecondition, "ALREADY_REVERSED", "")
	apitest.WantRefusal(t, s.reverse(), codes.FailedPrecondition, "NOT_REVERSIBLE", "")
	// It came after all, into the same lot.
	_, err = s.Receiving.Receive(t.Context(), &pb.ReceiveRequest{
		RequestId: apitest.ID(), ReceiptCode: "RC-AGAIN", PurchaseOrderCode: receipt.Receipt.PurchaseOrderCode,
		Lines: []*pb.ReceiptLine{{
			PurchaseOrderLineNumber: 1, LotCode: "L-1", SupplierLotCode: "S/L-1", Quantity: amount("9", "LTR"), LocationCode: bin1,
			ProductionDate: "2024-01-01", ExpiryDate: "2030-01-01", AddToExisting: true,
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.stock(oil, "L-1"); got != "9@"+bin1 {
		t.Errorf("stock %q after it came", got)
	}
	dbtest.Reconcile(t, s.DB)
}

// Whatever is reversed shows in no trace, no order and no recall; as known before,
// it does.
func TestReverseConsumptionAndShipment(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.receive(oil, "L-1", "LTR", bin1, "2024-01-01", "2030-01-01")
	s.receive(oil, "L-2", "LTR", bin1, "2024-01-01", "2030-01-01")
	s.start()
	if err := s.consume(oil, "L-1", "2", "LTR", bin1); err != nil {
		t.Fatal(err)
	}
	wrong := s.Sealed(t)
	if err := s.consume(oil, "L-2", "2", "LTR", bin1); err != nil {
		t.Fatal(err)
	}
	s.output(apitest.Bread, "B-1", "5", "H87", bin2)
	if err := s.ship("SH-1", apitest.Bread, "B-1", "3", "H87", bin2); err != nil {
		t.Fatal(err)
	}
	if err := s.ship("SH-2", oil, "L-1", "1", "LTR", bin1); err != nil {
		t.Fatal(err)
	}
	known := &pb.KnownAt{Moment: &pb.KnownAt_LogIndex{LogIndex: s.Sealed(t)}}
	if got := s.forward(oil, "L-1", nil); got != "2 1 2 2" {
		t.Fatalf("trace %q before", got)
	}
	if err := s.reverseIndex(wrong); err != nil {
		t.Fatal(err)
	}
	if _, err := s.reverseShipment("SH-2"); err != nil {
		t.Fatal(err)
	}
	if back := lastMovement(s, oil, "L-1"); back.Document != "SH-2" {
		t.Errorf("movement %v, want what it takes back named", back)
	}
	if got := s.forward(oil, "L-1", nil); got != "1 0 0 0" {
		t.Errorf("trace %q of what was not used", got)
	}
	if got := s.forward(oil, "L-2", nil); got != "2 1 2 1" {
		t.Errorf("trace %q of what was used", got)
	}
	if got := s.forward(oil, "L-1", known); got != "2 1 2 2" {
		t.Errorf("trace %q as known before", got)
	}
	if got := s.stock(oil, "L-1"); got != "10@"+bin1 {
		t.Errorf("stock %q", got)
	}
	manifest, err := s.Dispatch.GetManifest(t.Context(), &pb.GetManifestRequest{ShipmentCode: "SH-2"})
	if must(t, manifest, err); manifest.Manifest.GetReversal().GetReason() != "it never left" || len(manifest.Manifest.Lines) != 1 {
		t.Errorf("manifest %v", manifest)
	}
	run, err := s.Production.GetRun(t.Context(), &pb.GetRunRequest{ProductionOrderCode: "MO/1", RunCode: "R/1"})
	if must(t, run, err); len(run.Inputs) != 1 || run.Inputs[0].Lot.LotCode != "L-2" {
		t.Errorf("run %v", run)
	}
	s.recallOf("CASE-1", "L-1", 1, 0)
	s.recallOf("CASE-2", "L-2", 2, 1)
	dbtest.Reconcile(t, s.DB)
}

// recallOf opens and activates a recall on a lot of oil, and wants so many lots and
// shipments in it.
func (s *store) recallOf(number, lot string, lots, shipments int) {
	s.t.Helper()
	_, err := s.Recall.OpenRecall(s.t.Context(), &pb.OpenRecallRequest{
		RequestId: apitest.ID(), CaseNumber: number, Class: pb.RecallClass_RECALL_CLASS_1, Reason: "glass", Lots: []*pb.LotKey{{Sku: oil, LotCode: lot}},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.Recall.ActivateRecall(s.t.Context(), &pb.ActivateRecallRequest{RequestId: apitest.ID(), CaseNumber: number}); err != nil {
		s.t.Fatal(err)
	}
	affected, err := s.Recall.ListRecallLots(s.t.Context(), &pb.ListRecallLotsRequest{CaseNumber: number})
	must(s.t, affected, err)
	gone, err := s.Recall.ListRecallShipments(s.t.Context(), &pb.ListRecallShipmentsRequest{CaseNumber: number})
	must(s.t, gone, err)
	if len(affected.Lots) != lots || len(gone.Shipments) != shipments {
		s.t.Errorf("%s: %d lots and %d shipments, want %d and %d", number, len(affected.Lots), len(gone.Shipments), lots, shipments)
	}
}

// What was taken on has to be taken back first, and is named.
func TestReverseInUse(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	receipt := s.receive(oil, "L-1", "LTR", bin1, "2024-01-01", "2030-01-01")
	s.mustMove("OIL/L-1 6 LTR " + bin1 + " > " + bin2)
	moved := s.Sealed(t)
	s.start()
	if err := s.consume(oil, "L-1", "2", "LTR", bin1); err != nil {
		t.Fatal(err)
	}
	consumed := s.Sealed(t)
	if err := s.ship("SH-1", oil, "L-1", "5", "LTR", bin2); err != nil {
		t.Fatal(err)
	}
	reverseReceipt := func() error {
		_, err := s.Lots.ReverseOperation(t.Context(), &pb.ReverseOperationRequest{
			RequestId: apitest.ID(), Operation: &pb.ReverseOperationRequest_ReceiptCode{ReceiptCode: receipt}, Reason: "wrong",
		})
		return err
	}
	err := reverseReceipt()
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "OPERATION_IN_USE", "")
	for _, text := range []string{"where 2 LTR are left", "2 LTR went to \"production\" by consumption \"MO/1/R/1\"", fmt.Sprintf("(log index %d)", consumed), "6 LTR went to \"" + bin2 + "\" by transfer"} {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("refusal %v does not tell of %q", err, text)
		}
	}
	err = s.reverseIndex(moved)
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "OPERATION_IN_USE", "")
	if !strings.Contains(err.Error(), "5 LTR went to \"customer\" by shipment \"SH-1\"") {
		t.Errorf("refusal %v", err)
	}
	if _, err := s.reverseShipment("SH-1"); err != nil {
		t.Fatal(err)
	}
	for _, index := range []int64{moved, consumed} {
		if err := s.reverseIndex(index); err != nil {
			t.Fatal(err)
		}
	}
	if err := reverseReceipt(); err != nil {
		t.Fatal(err)
	}
	if got := s.stock(oil, "L-1"); got != "" {
		t.Errorf("stock %q", got)
	}
	dbtest.Reconcile(t, s.DB)
}

// Of a reversal and a use of the same stock at the same time one is refused, and an
// operation is taken back once, however many try.
func TestReverseAgainstUse(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	for i := range 12 {
		lot := fmt.Sprintf("L-%d", i)
		s.receive(oil, lot, "LTR", bin1, "2024-01-01", "2030-01-01")
		index := s.Sealed(t)
		calls := []func() error{
			func() error { return s.reverseIndex(index) },
			func() error { return s.reverseIndex(index) },
			func() error { return s.ship(fmt.Sprintf("SH-%d", i), oil, lot, "1", "LTR", bin1) },
		}
		failed := make([]error, len(calls))
		var wait sync.WaitGroup
		for n, call := range calls {
			wait.Go(func() { failed[n] = call() })
		}
		wait.Wait()
		done := 0
		for _, err := range failed {
			if err == nil {
				done++
			} else if r := apitest.Reason(err); r != "ALREADY_REVERSED" && r != "OPERATION_IN_USE" && r != "INSUFFICIENT_STOCK" {
				t.Error(err)
			}
		}
		if done != 1 {
			t.Errorf("%d of %v succeeded, want one", done, failed)
		}
	}
	dbtest.Reconcile(t, s.DB)
}
