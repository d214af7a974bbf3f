package treeview_test

import (
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

const both = pb.TraceDirection_TRACE_DIRECTION_BOTH

// Several lots and a run that were asked for are roots each, also where one leads to
// another.
func TestSeveralSeeds(t *testing.T) {
	t.Parallel()
	asked, asAsked := lot(4, "C", "cake"), run(5, "MO-2", "1")
	asked.Depth, asAsked.Depth = 0, 0
	expect(t, draw(forward, &pb.TracePart{
		Lots:  []*pb.TraceLot{lot(1, "F", "flour"), asked, lot(3, "D", "dough")},
		Runs:  []*pb.TraceRun{asAsked, run(2, "MO-1", "1")},
		Edges: []*pb.TraceEdge{edge(into, 1, 2, "48"), edge(out, 3, 2, "108"), edge(into, 3, 5, "7"), edge(out, 4, 5, "9")},
	}), `
F flour
└─ 48 kg → run MO-1/1
   └─ 108 kg D dough
      └─ 7 kg → run MO-2/1 (see below)
C cake
run MO-2/1
└─ 9 kg C (see above)`)
}

// Both ways are two trees, in both of which is what was asked for; a loop that leads
// forward from what was found backward is in the forward one.
func TestBothWays(t *testing.T) {
	t.Parallel()
	on := func(l *pb.TraceLot) *pb.TraceLot { l.Direction = forward; return l }
	back := func(l *pb.TraceLot) *pb.TraceLot { l.Direction = backward; return l }
	made, used := run(3, "MO-1", "1"), run(5, "MO-2", "1")
	made.Direction, used.Direction = backward, forward
	expect(t, draw(both,
		&pb.TracePart{Lots: []*pb.TraceLot{back(lot(1, "D", "dough"))}},
		&pb.TracePart{
			Lots: []*pb.TraceLot{back(lot(2, "F", "flour"))}, Runs: []*pb.TraceRun{made},
			Edges:    []*pb.TraceEdge{edge(out, 1, 3, "60"), edge(into, 2, 3, "48")},
			Receipts: []*pb.TraceReceipt{{LotRef: 2, SupplierName: "Mill", ReceiptCode: "RC-1", PurchaseOrderCode: "PO-1", Quantity: kg("100")}},
		},
		&pb.TracePart{
			Lots: []*pb.TraceLot{on(lot(4, "B", "bread")), on(lot(6, "S", "scraps"))}, Runs: []*pb.TraceRun{used},
			Edges: []*pb.TraceEdge{edge(into, 1, 5, "30"), edge(out, 4, 5, "29"), edge(out, 6, 3, "1")},
			Shipments: []*pb.TraceShipment{
				{LotRef: 4, ShipmentCode: "S-1", CustomerName: "Café", Quantity: kg("7")}, {LotRef: 1, ShipmentCode: "S-2", CustomerName: "Kiosk", Quantity: kg("2")},
			},
			Movements: []*pb.TraceMovement{
				{LotRef: 4, Quantity: kg("3"), FromLocationCode: "A", ToLocationCode: "B", OccurredAt: timestamppb.New(time.Date(2026, 3, 25, 6, 0, 0, 0, time.UTC))},
				{LotRef: 2, Quantity: kg("-5"), FromLocationCode: "supplier", ToLocationCode: "B", Reversal: true, Document: "RC-1", OccurredAt: timestamppb.New(time.Date(2026, 3, 24, 6, 0, 0, 0, time.UTC))},
			},
		},
	), `
What went into it:
D dough
└─ 60 kg ← run MO-1/1
   └─ 48 kg F flour
      ├─ 100 kg ⇐ Mill (RC-1, PO-1)
      └─ 2026-03-24 06:00 UTC: -5 kg from supplier to B, taken back (RC-1)
Where it went:
D dough
├─ 2 kg ⇒ Kiosk (S-2)
└─ 30 kg → run MO-2/1
   └─ 29 kg B bread
      ├─ 7 kg ⇒ Café (S-1)
      └─ 2026-03-25 06:00 UTC: 3 kg from A to B
run MO-1/1, beyond lots that are left out
└─ 1 kg S scraps`)
}
