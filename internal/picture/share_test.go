package picture_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/picture"
)

func kilograms(value string) *pb.TraceFigure {
	return &pb.TraceFigure{Quantity: &pb.Quantity{Value: value, Unit: "KGM"}}
}

// What was attributed stands in the nodes: once for each, in all for what is folded.
func TestShares(t *testing.T) {
	t.Parallel()
	trail := picture.NewTrail()
	trail.Take(&pb.TracePart{
		Lots: []*pb.TraceLot{
			{Ref: 1, Lot: &pb.LotKey{Sku: "F", LotCode: "seed"}},
			{Ref: 2, Lot: &pb.LotKey{Sku: "B", LotCode: "bread"}, Depth: 1},
		},
		Runs:      []*pb.TraceRun{{Ref: 3, ProductionOrderCode: "MO", RunCode: "1", Depth: 1}},
		Shipments: []*pb.TraceShipment{{LotRef: 2, CustomerCode: "C", CustomerName: "Café"}},
		Receipts:  []*pb.TraceReceipt{{LotRef: 1, SupplierCode: "M", SupplierName: "Mill"}},
	})
	trail.Take(&pb.TracePart{
		LotAttributions: []*pb.TraceLotAttribution{
			{LotRef: 1, Through: kilograms("10")}, {LotRef: 2, Through: kilograms("4.5")}, {LotRef: 2, Through: kilograms("7")},
		},
		RunAttributions:      []*pb.TraceRunAttribution{{RunRef: 3, Through: kilograms("5")}},
		CustomerAttributions: []*pb.TraceCustomerAttribution{{CustomerCode: "C", Figure: kilograms("0.333333333")}},
		ReceiptAttributions:  []*pb.TraceReceiptAttribution{{SupplierCode: "M", Figure: kilograms("1")}, {SupplierCode: "M", Figure: kilograms("2")}},
	})
	want := map[string]string{"bread": "4.5 kg of it", "MO / 1": "5 kg of it", "Café": "0.333 kg of it", "Mill": "3 kg of it"}
	for _, n := range trail.Graph().Nodes {
		last := ""
		if len(n.Lines) > 0 {
			last = n.Lines[len(n.Lines)-1]
		}
		if text, has := want[n.Title]; has && last != text || !has && strings.Contains(last, "of it") {
			t.Errorf("%s: %q", n.Title, n.Lines)
		}
	}

	many := picture.NewTrail()
	part := &pb.TracePart{}
	for i := range int32(2000) {
		part.Lots = append(part.Lots, &pb.TraceLot{Ref: i, Lot: &pb.LotKey{Sku: "B", LotCode: fmt.Sprint(i)}, Depth: min(i, 1)})
		part.LotAttributions = append(part.LotAttributions, &pb.TraceLotAttribution{LotRef: i, Through: kilograms("0.5")})
	}
	many.Take(part)
	if g := many.Graph(); len(g.Nodes) != 2 || !slices.Contains(g.Nodes[1].Lines, "999.5 kg of it") {
		t.Errorf("%+v", g.Nodes)
	}

	sheet := picture.NewSheet(picture.Given)
	for i := range 2 * picture.MaxNodes {
		handle := sheet.Add(picture.Node{Kind: picture.Lot, Group: "B", Title: fmt.Sprint(i)})
		if i < 3 {
			sheet.Share(handle, kilograms("0.5"))
		}
	}
	if g := sheet.Graph(); len(g.Nodes) != 1 || !slices.Contains(g.Nodes[0].Lines, "1.5 kg of it") {
		t.Errorf("%+v", g.Nodes)
	}
}
