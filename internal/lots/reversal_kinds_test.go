package lots_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/expiry"
)

// undoing is how an operation of a kind is undone: it is posted last by a story, and then
// taken back, or refused with the names of the calls to make instead.
type undoing struct {
	post    func(s *store)
	instead []string // nil if it is reversed
}

// undone is how each kind of operation is undone. A new kind has its line here, and in
// docs/warehouse.md.
var undone = map[pb.OperationKind]undoing{
	pb.OperationKind_OPERATION_KIND_RECEIPT:     {func(s *store) { s.receive(oil, "L-2", "LTR", bin1, "2024-01-01", "2099-01-01") }, nil},
	pb.OperationKind_OPERATION_KIND_TRANSFER:    {func(s *store) { s.mustMove("OIL/L-1 6 LTR " + bin1 + " > " + bin2) }, nil},
	pb.OperationKind_OPERATION_KIND_CONSUMPTION: {func(s *store) { must(s.t, 0, s.consume(oil, "L-1", "2", "LTR", bin1)) }, nil},
	pb.OperationKind_OPERATION_KIND_OUTPUT:      {func(s *store) { s.output(apitest.Bread, "B-1", "5", "H87", bin2) }, nil},
	pb.OperationKind_OPERATION_KIND_SHIPMENT:    {func(s *store) { must(s.t, 0, s.ship("SH-1", oil, "L-1", "1", "LTR", bin1)) }, nil},
	pb.OperationKind_OPERATION_KIND_RUN_START:   {func(*store) {}, []string{"FinishRun"}},
	pb.OperationKind_OPERATION_KIND_RUN_FINISH:  {func(s *store) { s.finish("2024-03-05T00:00:00Z") }, nil},
	pb.OperationKind_OPERATION_KIND_HOLD:        {func(s *store) { s.hold(oil, "L-1", "leaks") }, []string{"ReleaseHold"}},
	pb.OperationKind_OPERATION_KIND_RELEASE: {func(s *store) {
		s.hold(oil, "L-1", "leaks")
		_, err := s.release(oil, "L-1", 1)
		must(s.t, 0, err)
	}, []string{"PlaceHold", "HoldLots", "OpenRecall"}},
	pb.OperationKind_OPERATION_KIND_RECALL_OPEN:       {func(s *store) { s.openCase() }, []string{"CloseRecall"}},
	pb.OperationKind_OPERATION_KIND_RECALL_ACTIVATION: {func(s *store) { s.recallOf("CASE-1", "L-1", 1, 0) }, []string{"DecideRecallLots", "CloseRecall"}},
	pb.OperationKind_OPERATION_KIND_RECALL_KEEP: {func(s *store) {
		s.recallOf("CASE-1", "L-1", 1, 0)
		_, err := s.Recall.DecideRecallLots(s.t.Context(), &pb.DecideRecallLotsRequest{
			RequestId: apitest.ID(), CaseNumber: "CASE-1", Decision: pb.RecallDecision_RECALL_DECISION_KEEP, Reason: "bad", Lots: []*pb.LotKey{{Sku: oil, LotCode: "L-1"}},
		})
		must(s.t, 0, err)
	}, []string{"DecideRecallLots", "ReleaseHold"}},
	pb.OperationKind_OPERATION_KIND_RECALL_CLOSE: {func(s *store) {
		s.openCase()
		_, err := s.Recall.CloseRecall(s.t.Context(), &pb.CloseRecallRequest{RequestId: apitest.ID(), CaseNumber: "CASE-1", Reason: "false alarm"})
		must(s.t, 0, err)
	}, []string{"OpenRecall"}},
	pb.OperationKind_OPERATION_KIND_ADJUSTMENT: {func(s *store) {
		_, err := s.Lots.AdjustLots(s.t.Context(), &pb.AdjustLotsRequest{
			RequestId: apitest.ID(), ReasonCode: pb.AdjustmentReason_ADJUSTMENT_REASON_FOUND, Justification: "behind the rack",
			Lines: []*pb.AdjustmentLine{{Sku: oil, LotCode: "L-1", LocationCode: bin1, Quantity: amount("3", "LTR"), Direction: pb.AdjustmentDirection_ADJUSTMENT_DIRECTION_FOUND}},
		})
		must(s.t, 0, err)
	}, nil},
	pb.OperationKind_OPERATION_KIND_SCRAP: {func(s *store) {
		_, err := s.Lots.ScrapLots(s.t.Context(), &pb.ScrapLotsRequest{
			RequestId: apitest.ID(), ReasonCode: pb.AdjustmentReason_ADJUSTMENT_REASON_DAMAGE, Justification: "leaked",
			Lines: []*pb.ScrapLine{{Sku: oil, LotCode: "L-1", LocationCode: bin1, Quantity: amount("1", "LTR")}},
		})
		must(s.t, 0, err)
	}, nil},
	pb.OperationKind_OPERATION_KIND_REVERSAL: {func(s *store) {
		must(s.t, 0, s.ship("SH-1", oil, "L-1", "1", "LTR", bin1))
		_, err := s.reverseShipment("SH-1")
		must(s.t, 0, err)
	}, []string{}},
	pb.OperationKind_OPERATION_KIND_RESERVATION: {func(s *store) { s.reserve() }, []string{"ReleaseReservations"}},
	pb.OperationKind_OPERATION_KIND_RESERVATION_RELEASE: {func(s *store) {
		s.reserve()
		_, err := s.Dispatch.ReleaseReservations(s.t.Context(), &pb.ReleaseReservationsRequest{
			RequestId: apitest.ID(), Lines: []*pb.ReleaseReservationLine{{Sku: oil, LotCode: "L-1", Number: 1}},
		})
		must(s.t, 0, err)
	}, []string{"ReserveLots"}},
	pb.OperationKind_OPERATION_KIND_DATE_CHANGE: {func(s *store) {
		_, err := s.Lots.ChangeLotDates(s.t.Context(), &pb.ChangeLotDatesRequest{RequestId: apitest.ID(), Sku: oil, LotCode: "L-1", ExpiryDate: "2098-11-30", Reason: "label misread"})
		must(s.t, 0, err)
	}, []string{"ChangeLotDates", "ListLotDateChanges"}},
	pb.OperationKind_OPERATION_KIND_EXPIRY_ALERT: {func(s *store) {
		s.PushItem(s.t, &pb.Item{Sku: "WINE", Name: "Wine", BaseUnit: "LTR", Tracking: pb.Tracking_TRACKING_LOT, ExpiryTracked: true, WarningDays: 36500})
		s.receive("WINE", "W-1", "LTR", bin1, "2024-01-01", "2099-01-01")
		if looked, err := expiry.Look(s.t.Context(), s.DB, 1, time.Now()); err != nil || looked.Alerted != 1 {
			s.t.Fatal(looked, err)
		}
	}, []string{}},
}

func (s *store) reserve() {
	s.t.Helper()
	_, err := s.Dispatch.UpsertSalesOrder(s.t.Context(), &pb.UpsertSalesOrderRequest{RequestId: apitest.ID(), SalesOrder: &pb.SalesOrder{
		Code: "SO-1", CustomerCode: apitest.Customer, Lines: []*pb.SalesOrderLine{{LineNumber: 1, Sku: oil, Quantity: amount("5", "LTR")}},
	}})
	must(s.t, 0, err)
	_, err = s.Dispatch.ReserveLots(s.t.Context(), &pb.ReserveLotsRequest{RequestId: apitest.ID(), Lines: []*pb.ReserveLine{{
		SalesOrderCode: "SO-1", SalesOrderLineNumber: 1, Sku: oil, LotCode: "L-1", LocationCode: bin1, Quantity: amount("1", "LTR"),
	}}})
	must(s.t, 0, err)
}

func (s *store) openCase() {
	s.t.Helper()
	_, err := s.Recall.OpenRecall(s.t.Context(), &pb.OpenRecallRequest{
		RequestId: apitest.ID(), CaseNumber: "CASE-1", Class: pb.RecallClass_RECALL_CLASS_1, Reason: "glass", Lots: []*pb.LotKey{{Sku: oil, LotCode: "L-1"}},
	})
	must(s.t, 0, err)
}

// Every kind of operation is either taken back by a reversal, or says by which calls it
// is undone.
func TestEveryKindIsUndone(t *testing.T) {
	t.Parallel()
	for number, name := range pb.OperationKind_name {
		kind := pb.OperationKind(number)
		how, known := undone[kind]
		if kind == pb.OperationKind_OPERATION_KIND_UNSPECIFIED {
			continue
		}
		if !known {
			t.Errorf("nobody says how %s is undone", name)
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStore(t)
			s.receive(oil, "L-1", "LTR", bin1, "2024-01-01", "2099-01-01")
			s.start()
			how.post(s)
			s.Sealed(t)
			entries, err := s.Log.ListLog(t.Context(), &pb.ListLogRequest{Kinds: []pb.OperationKind{kind}})
			must(t, entries, err)
			if len(entries.Entries) == 0 {
				t.Fatal("the story has none of this kind")
			}
			err = s.reverseIndex(entries.Entries[len(entries.Entries)-1].LogIndex)
			if how.instead == nil {
				must(t, 0, err)
				dbtest.Reconcile(t, s.DB)
				return
			}
			apitest.WantRefusal(t, err, codes.FailedPrecondition, "NOT_REVERSIBLE", "")
			for _, call := range how.instead {
				if !strings.Contains(err.Error(), call) {
					t.Errorf("refusal %v does not name %s", err, call)
				}
			}
		})
	}
}

// The page tells of every kind how it is undone, and of calls that there are.
func TestUndoingIsTold(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/warehouse.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(page), "### How each operation is undone")
	table, _, _ = strings.Cut(table, "\n## ")
	calls := map[string]bool{}
	protoregistry.GlobalFiles.RangeFilesByPackage("lottrail.v1", func(file protoreflect.FileDescriptor) bool {
		for i := range file.Services().Len() {
			for j := range file.Services().Get(i).Methods().Len() {
				calls[string(file.Services().Get(i).Methods().Get(j).Name())] = true
			}
		}
		return true
	})
	for _, call := range regexp.MustCompile("`([A-Z][a-z]+[A-Z][A-Za-z]+)`").FindAllStringSubmatch(table, -1) {
		if !calls[call[1]] {
			t.Errorf("the page names a call %s", call[1])
		}
	}
	for kind, how := range undone {
		name := "`" + strings.ToLower(strings.TrimPrefix(kind.String(), "OPERATION_KIND_")) + "`"
		var row string
		for line := range strings.Lines(table) {
			if first, _, _ := strings.Cut(strings.TrimPrefix(line, "| "), " |"); strings.Contains(first, name) {
				row = line
			}
		}
		wants := how.instead
		if wants == nil {
			wants = []string{"ReverseOperation"}
		}
		for _, call := range append(wants, name) {
			if !strings.Contains(row, call) {
				t.Errorf("the row of %s does not name %s: %q", name, call, row)
			}
			if call != name && !calls[call] {
				t.Errorf("there is no call %s", call)
			}
		}
	}
}
