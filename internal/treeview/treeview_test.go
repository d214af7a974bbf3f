package treeview_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/treeview"
)

const (
	forward  = pb.TraceDirection_TRACE_DIRECTION_FORWARD
	backward = pb.TraceDirection_TRACE_DIRECTION_BACKWARD
	into     = pb.TraceEdgeKind_TRACE_EDGE_KIND_CONSUMPTION
	out      = pb.TraceEdgeKind_TRACE_EDGE_KIND_OUTPUT
)

func kg(value string) *pb.Quantity { return &pb.Quantity{Value: value, Unit: "KGM"} }

func lot(ref int32, code, name string, stocks ...*pb.Stock) *pb.TraceLot {
	return &pb.TraceLot{Ref: ref, Depth: min(ref-1, 1), Lot: &pb.LotKey{Sku: "X", LotCode: code}, ItemName: name, Stocks: stocks}
}

func run(ref int32, order, code string) *pb.TraceRun {
	return &pb.TraceRun{Ref: ref, Depth: 1, ProductionOrderCode: order, RunCode: code, FinishedAt: timestamppb.Now()}
}

func edge(kind pb.TraceEdgeKind, lotRef, runRef int32, value string) *pb.TraceEdge {
	return &pb.TraceEdge{Kind: kind, LotRef: lotRef, RunRef: runRef, Quantity: kg(value)}
}

func draw(direction pb.TraceDirection, parts ...*pb.TracePart) string {
	tree := treeview.New(direction)
	for _, part := range parts {
		tree.Add(part)
	}
	return strings.Join(tree.Lines(), "\n")
}

func expect(t *testing.T, got, want string) {
	t.Helper()
	if got = strings.TrimSpace(got); got != strings.TrimSpace(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A run that takes back what it made, a loop over two runs, and a lot that two
// ways lead to.
func loops() []*pb.TracePart {
	held := lot(1, "F", "flour", &pb.Stock{LocationCode: "A-01", OnHand: kg("1448.5")}, &pb.Stock{LocationCode: "B", OnHand: kg("2")})
	held.ActiveHoldCount = 1
	open := run(6, "MO-3", "1")
	open.FinishedAt = nil
	return []*pb.TracePart{
		{Lots: []*pb.TraceLot{held}},
		{
			Lots:  []*pb.TraceLot{lot(3, "L", "levain")},
			Runs:  []*pb.TraceRun{run(2, "MO-1", "1")},
			Edges: []*pb.TraceEdge{edge(into, 1, 2, "48"), edge(out, 3, 2, "108")},
		},
		{
			Lots: []*pb.TraceLot{lot(5, "D", "dough"), lot(7, "T", "trimmings")},
			Runs: []*pb.TraceRun{run(4, "MO-2", "1"), open},
			Edges: []*pb.TraceEdge{
				edge(into, 3, 2, "10"), edge(into, 3, 4, "90"), edge(into, 3, 6, "4"), edge(out, 5, 4, "400"), edge(out, 7, 6, "25"),
			},
		},
		{
			Edges: []*pb.TraceEdge{edge(into, 5, 6, "400"), edge(into, 7, 4, "25")},
			Shipments: []*pb.TraceShipment{
				{LotRef: 5, ShipmentCode: "S-1", SalesOrderCode: "SO-1", CustomerCode: "C1", CustomerName: "Café", CustomerContact: "Mia, 123", Quantity: kg("7")},
				{LotRef: 7, ShipmentCode: "S-2", CustomerCode: "C2", CustomerName: "Farm", Quantity: kg("3")},
				{LotRef: 7, ShipmentCode: "S-3", CustomerCode: "C1", CustomerName: "Café", Quantity: kg("2")},
			},
		},
	}
}

func TestForward(t *testing.T) {
	t.Parallel()
	expect(t, draw(forward, loops()...), `
F flour · 1,448.5 kg at A-01 · 2 kg at B · HELD
└─ 48 kg → run MO-1/1
   └─ 108 kg L levain
      ├─ 10 kg → run MO-1/1 (↺ see above)
      ├─ 90 kg → run MO-2/1
      │  └─ 400 kg D dough
      │     ├─ 7 kg ⇒ Café (S-1, SO-1)
      │     └─ 400 kg → run MO-3/1 (see below)
      └─ 4 kg → run MO-3/1 (in process)
         └─ 25 kg T trimmings
            ├─ 3 kg ⇒ Farm (S-2)
            ├─ 2 kg ⇒ Café (S-3)
            └─ 25 kg → run MO-2/1 (see above)
`)
}

func TestBackward(t *testing.T) {
	t.Parallel()
	salt := lot(4, "receipt R-2 line 1", "salt")
	salt.Inferred = true
	flour := lot(3, "F", "flour")
	flour.SupplierLotCode = "M88/17"
	expect(t, draw(backward,
		&pb.TracePart{Lots: []*pb.TraceLot{lot(1, "D", "dough")}},
		&pb.TracePart{
			Lots:  []*pb.TraceLot{flour, salt},
			Runs:  []*pb.TraceRun{run(2, "MO-2", "1")},
			Edges: []*pb.TraceEdge{edge(out, 1, 2, "400"), edge(into, 1, 2, "5"), edge(into, 3, 2, "260"), edge(into, 4, 2, "7.5")},
			Receipts: []*pb.TraceReceipt{
				{LotRef: 3, ReceiptCode: "R-1", PurchaseOrderCode: "PO-1", SupplierName: "Mill", Quantity: kg("498")},
			},
		},
	), `
D dough
└─ 400 kg ← run MO-2/1
   ├─ 5 kg D (↺ see above)
   ├─ 260 kg F flour
   │  └─ 498 kg ⇐ Mill (R-1, PO-1), their lot M88/17
   └─ 7.5 kg “receipt R-2 line 1” salt (inferred)
`)
}

// What is out of time is marked as it is told, after all else: lots, runs, and ends by
// their numbers.
func TestOutOfTime(t *testing.T) {
	t.Parallel()
	parts := append(loops(), &pb.TracePart{OutOfTime: []*pb.TraceOutOfTime{
		{Node: &pb.TraceOutOfTime_Ref{Ref: 4}}, {Node: &pb.TraceOutOfTime_Ref{Ref: 5}},
		{Node: &pb.TraceOutOfTime_ShipmentNumber{ShipmentNumber: 1}}, {Node: &pb.TraceOutOfTime_ShipmentNumber{ShipmentNumber: 3}},
	}})
	expect(t, draw(forward, parts...), `
F flour · 1,448.5 kg at A-01 · 2 kg at B · HELD
└─ 48 kg → run MO-1/1
   └─ 108 kg L levain
      ├─ 10 kg → run MO-1/1 (↺ see above)
      ├─ 90 kg → run MO-2/1 · OUT OF TIME
      │  └─ 400 kg D dough · OUT OF TIME
      │     ├─ 7 kg ⇒ Café (S-1, SO-1) · OUT OF TIME
      │     └─ 400 kg → run MO-3/1 (see below)
      └─ 4 kg → run MO-3/1 (in process)
         └─ 25 kg T trimmings
            ├─ 3 kg ⇒ Farm (S-2)
            ├─ 2 kg ⇒ Café (S-3) · OUT OF TIME
            └─ 25 kg → run MO-2/1 (see above)
`)
	expect(t, draw(backward, &pb.TracePart{
		Lots:      []*pb.TraceLot{lot(1, "F", "flour")},
		Receipts:  []*pb.TraceReceipt{{LotRef: 1, ReceiptCode: "R-1", PurchaseOrderCode: "PO-1", SupplierName: "Mill", Quantity: kg("498")}},
		OutOfTime: []*pb.TraceOutOfTime{{Node: &pb.TraceOutOfTime_ReceiptNumber{ReceiptNumber: 1}}},
	}), `
F flour
└─ 498 kg ⇐ Mill (R-1, PO-1) · OUT OF TIME
`)
}

// What was drawn stays where it was drawn, whatever comes later.
func TestOnlyGrows(t *testing.T) {
	t.Parallel()
	tree := treeview.New(forward)
	before := map[string]bool{}
	for _, part := range loops() {
		tree.Add(part)
		now := map[string]bool{}
		for _, line := range tree.Lines() {
			now[strings.NewReplacer("├", "+", "└", "+", "│", " ").Replace(line)] = true
		}
		for line := range before {
			if !now[line] {
				t.Errorf("%q was moved", line)
			}
		}
		before = now
	}
}

// A filter by item leaves out lots that the walk goes through: what lies behind
// them hangs on nothing that was sent.
func TestCutOffByFilter(t *testing.T) {
	t.Parallel()
	expect(t, draw(forward, &pb.TracePart{
		Lots:  []*pb.TraceLot{lot(1, "F", "flour"), lot(3, "B", "bread")},
		Runs:  []*pb.TraceRun{run(2, "MO-9", "1")},
		Edges: []*pb.TraceEdge{edge(out, 3, 2, "5")},
	}), `
F flour
run MO-9/1, beyond lots that are left out
└─ 5 kg B bread
`)
}

func TestManyPlaces(t *testing.T) {
	t.Parallel()
	var stocks []*pb.Stock
	for _, code := range []string{"A", "B", "C", "D", "E"} {
		stocks = append(stocks, &pb.Stock{LocationCode: code, OnHand: kg("1")})
	}
	everywhere := lot(1, "F", "flour", stocks...)
	everywhere.OnHand = kg("5")
	expect(t, draw(forward, &pb.TracePart{Lots: []*pb.TraceLot{everywhere}}),
		"F flour · 1 kg at A · 1 kg at B · 1 kg at C · and 2 more places, 5 kg in all")
}

func receive(parts []*pb.TracePart, last error) func() (*pb.TracePart, error) {
	return func() (*pb.TracePart, error) {
		if len(parts) == 0 {
			return nil, last
		}
		part := parts[0]
		parts = parts[1:]
		return part, nil
	}
}

func TestPrint(t *testing.T) {
	t.Parallel()
	parts := append(loops(), &pb.TracePart{Summary: &pb.TraceSummary{Complete: true, Statement: "Complete: all of it."}})
	var got bytes.Buffer
	tree, err := treeview.Print(&got, forward, receive(parts, io.EOF))
	if err != nil || !tree.Summary().GetComplete() {
		t.Errorf("%v, summary %v", err, tree.Summary())
	}
	want := "… 1 lot, 0 runs so far\n… 2 lots, 1 run so far\n… 4 lots, 3 runs so far\n" +
		strings.Join(tree.Lines(), "\n") + "\n" +
		"To reach:\n  Café (Mia, 123): 7 kg D, 2 kg T\n  Farm: 3 kg T\nComplete: all of it.\n"
	if got.String() != want {
		t.Errorf("got\n%s\nwant\n%s", got.String(), want)
	}
}

// A trace that was cut is drawn as far as it came, and never passes for whole.
func TestPrintCut(t *testing.T) {
	t.Parallel()
	var got bytes.Buffer
	if _, err := treeview.Print(&got, forward, receive(loops(), io.EOF)); !errors.Is(err, treeview.ErrCut) {
		t.Errorf("error %v, want ErrCut", err)
	}
	if !strings.Contains(got.String(), "25 kg T trimmings") || strings.Contains(got.String(), "omplete") {
		t.Errorf("got\n%s", got.String())
	}
	gone := errors.New("gone")
	if _, err := treeview.Print(io.Discard, forward, receive(loops(), gone)); !errors.Is(err, gone) {
		t.Errorf("error %v, want what receiving failed with", err)
	}
}
