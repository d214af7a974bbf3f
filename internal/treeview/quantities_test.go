package treeview_test

import (
	"bytes"
	"io"
	"testing"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/treeview"
)

func share(value, least, most string) *pb.TraceFigure {
	return &pb.TraceFigure{Quantity: kg(value), Least: least, Most: most}
}

const (
	ahead  = pb.TraceAttributionDirection_TRACE_ATTRIBUTION_DIRECTION_FORWARD
	before = pb.TraceAttributionDirection_TRACE_ATTRIBUTION_DIRECTION_BACKWARD
)

// What is attributed stands behind what it is of, and at the end what it adds up to.
func TestQuantities(t *testing.T) {
	t.Parallel()
	parts := loops()
	for _, p := range parts[1:] {
		for _, l := range p.GetLots() {
			l.Depth = 1
		}
		for _, s := range p.GetShipments() {
			s.SalesOrderLineNumber = 3
		}
	}
	parts = append(parts, &pb.TracePart{
		LotAttributions: []*pb.TraceLotAttribution{
			{LotRef: 1, Direction: ahead, Through: share("498", "498", "498")},
			{LotRef: 3, Direction: ahead, Through: share("48", "48", "48")},
			{LotRef: 5, Direction: ahead, Through: share("40.000000001", "0", "48"), Assumed: true},
			{LotRef: 5, Direction: before, Through: share("1", "1", "1")},
		},
		RunAttributions: []*pb.TraceRunAttribution{
			{RunRef: 2, Direction: ahead, Through: share("48", "48", "48"), Lost: share("2", "2", "2")},
			{RunRef: 6, Direction: ahead, Through: share("41.5", "0", "48"), InProcess: share("0.25", "0", "48")},
		},
		ShipmentAttributions: []*pb.TraceShipmentAttribution{
			{LotRef: 5, ShipmentCode: "S-1", SalesOrderCode: "SO-1", SalesOrderLineNumber: 3, Figure: share("0.7", "0", "48"), Assumed: true},
		},
		CustomerAttributions: []*pb.TraceCustomerAttribution{{CustomerCode: "C1", Figure: share("0.9", "0", "48")}},
	}, &pb.TracePart{Summary: &pb.TraceSummary{Statement: "Complete.", Attributions: []*pb.TraceAttributionTotals{
		{Unit: "KGM", CameIn: "498", OnHand: "490.2", Shipped: "9.9", Returned: "2.1", Assumed: true, Unsettled: true},
		{Direction: before, Unit: "KGM", CameIn: "498", Received: "490", Found: "8"},
		{Refusal: "there is too much"},
	}}})
	var out bytes.Buffer
	if _, err := treeview.Print(&out, forward, func() (*pb.TracePart, error) {
		if len(parts) == 0 {
			return nil, io.EOF
		}
		part := parts[0]
		parts = parts[1:]
		return part, nil
	}); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	expect(t, text[bytes.Index(out.Bytes(), []byte("F flour")):], `
F flour · 1,448.5 kg at A-01 · 2 kg at B · HELD
└─ 48 kg → run MO-1/1 [48 kg of it, 2 kg lost]
   └─ 108 kg L levain [48 kg of it]
      ├─ 10 kg → run MO-1/1 (↺ see above)
      ├─ 90 kg → run MO-2/1
      │  └─ 400 kg D dough [40 kg of it, assumed, 0–48 possible]
      │     ├─ 7 kg ⇒ Café (S-1, SO-1) [0.7 kg of it, assumed, 0–48 possible]
      │     └─ 400 kg → run MO-3/1 (see below)
      └─ 4 kg → run MO-3/1 (in process) [41.5 kg of it, 0–48 possible, 0.25 kg still in it]
         └─ 25 kg T trimmings
            ├─ 3 kg ⇒ Farm (S-2)
            ├─ 2 kg ⇒ Café (S-3)
            └─ 25 kg → run MO-2/1 (see above)
To reach:
  Café (Mia, 123): 7 kg D, 2 kg T [0.9 kg of it, 0–48 possible]
  Farm: 3 kg T
Of 498 kg that came in: 490.2 kg on hand, 9.9 kg shipped, 2.1 kg of that returned. Runs whose lots cannot be compared were divided evenly, which is an assumption. Some of it goes round in a loop of the records, and was not followed to the end.
What 498 kg of it came from: 490 kg received, 8 kg found.
Quantities were not attributed: there is too much.
Complete.
`)
}

func TestQuantitiesBackward(t *testing.T) {
	t.Parallel()
	first, flour := lot(1, "D", "dough"), lot(3, "F", "flour")
	flour.Depth = 1
	expect(t, draw(backward,
		&pb.TracePart{
			Lots: []*pb.TraceLot{first, flour}, Runs: []*pb.TraceRun{run(2, "MO-2", "1")},
			Edges:    []*pb.TraceEdge{edge(out, 1, 2, "400"), edge(into, 3, 2, "260")},
			Receipts: []*pb.TraceReceipt{{LotRef: 3, ReceiptCode: "R-1", PurchaseOrderCode: "PO-1", PurchaseOrderLineNumber: 2, SupplierName: "Mill", Quantity: kg("498")}},
		},
		&pb.TracePart{
			LotAttributions:     []*pb.TraceLotAttribution{{LotRef: 3, Direction: before, Through: share("400", "400", "400")}},
			ReceiptAttributions: []*pb.TraceReceiptAttribution{{LotRef: 3, ReceiptCode: "R-1", PurchaseOrderLineNumber: 2, Figure: share("400", "400", "400")}},
		},
	), `
D dough
└─ 400 kg ← run MO-2/1
   └─ 260 kg F flour [400 kg of it]
      └─ 498 kg ⇐ Mill (R-1, PO-1) [400 kg of it]
`)
}
