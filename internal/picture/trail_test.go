package picture_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/picture"
)

// A trace is drawn from left to right whichever way it was walked: each node in its layer,
// with what it is, and each edge the way that the goods went.
func TestTrail(t *testing.T) {
	t.Parallel()
	const back, forth = pb.TraceDirection_TRACE_DIRECTION_BACKWARD, pb.TraceDirection_TRACE_DIRECTION_FORWARD
	const in, out = pb.TraceEdgeKind_TRACE_EDGE_KIND_CONSUMPTION, pb.TraceEdgeKind_TRACE_EDGE_KIND_OUTPUT
	lot := func(ref, depth int32, direction pb.TraceDirection, onHand string, holds int32) *pb.TraceLot {
		return &pb.TraceLot{
			Ref: ref, Lot: &pb.LotKey{Sku: "X", LotCode: fmt.Sprint("L", ref)}, ItemName: "x", Depth: depth, Direction: direction,
			OnHand: kg(onHand), ActiveHoldCount: holds,
		}
	}
	trail := picture.NewTrail()
	trail.Take(&pb.TracePart{
		Lots: []*pb.TraceLot{lot(1, 0, back, "0", 0), lot(3, 1, back, "5", 2), lot(6, 0, forth, "1.5", 0), lot(5, 1, forth, "", 0)},
		Runs: []*pb.TraceRun{
			{Ref: 2, ProductionOrderCode: "MO", RunCode: "2", Depth: 1, Direction: back, FinishedAt: timestamppb.Now()},
			{Ref: 4, ProductionOrderCode: "MO", RunCode: "4", Depth: 1, Direction: forth},
		},
		Edges: []*pb.TraceEdge{
			{Kind: in, LotRef: 3, RunRef: 2, Quantity: kg("5")}, {Kind: out, LotRef: 1, RunRef: 2, Quantity: kg("4")},
			{Kind: in, LotRef: 1, RunRef: 4, Quantity: kg("3")}, {Kind: out, LotRef: 5, RunRef: 4, Quantity: kg("2")},
		},
		Receipts:  []*pb.TraceReceipt{{LotRef: 3, SupplierCode: "FARM", SupplierName: "The farm", Quantity: kg("9")}},
		Shipments: []*pb.TraceShipment{{LotRef: 5, CustomerCode: "FARM", CustomerName: "The farm", Quantity: kg("1")}},
	})
	g := trail.Graph()
	var nodes, edges []string
	for _, n := range g.Nodes {
		marks := ""
		for mark, is := range map[string]bool{"seed": n.Seed, "held": n.Held, "gone": n.Gone, "open": n.Open} {
			if is {
				marks += " " + mark
			}
		}
		nodes = append(nodes, fmt.Sprintf("%d %s%s: %s", n.Rank, n.Title, marks, strings.Join(n.Lines, ", ")))
	}
	for _, e := range g.Edges {
		edges = append(edges, fmt.Sprintf("%s to %s: %s", g.Nodes[e.From].Title, g.Nodes[e.To].Title, e.Label))
	}
	slices.Sort(nodes)
	slices.Sort(edges)
	if want := []string{
		"0 The farm: FARM", "1 L3 held: x, 5 kg on hand", "2 MO / 2: ", "3 L1 seed: x", "3 L6 seed: x, 1.5 kg on hand", "4 MO / 4 open: ",
		"5 L5 gone: x", "6 The farm: FARM",
	}; !slices.Equal(nodes, want) {
		t.Errorf("%q\nwant %q", nodes, want)
	}
	if want := []string{
		"L1 to MO / 4: 3 kg", "L3 to MO / 2: 5 kg", "L5 to The farm: 1 kg", "MO / 2 to L1: 4 kg", "MO / 4 to L5: 2 kg", "The farm to L3: 9 kg",
	}; !slices.Equal(edges, want) {
		t.Errorf("%q\nwant %q", edges, want)
	}
}
