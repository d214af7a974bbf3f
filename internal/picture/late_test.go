package picture_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/picture"
)

// What is out of time is told apart in every picture, by its line and by words: lots and runs,
// what leads to them and on from them, and what went too early where others went in time.
func TestOutOfTime(t *testing.T) {
	t.Parallel()
	trail := picture.NewTrail()
	lot := func(ref, depth int32, code string, held int32) *pb.TraceLot {
		return &pb.TraceLot{Ref: ref, Depth: depth, Direction: pb.TraceDirection_TRACE_DIRECTION_FORWARD, Lot: &pb.LotKey{Sku: code, LotCode: code}, ItemName: code, ActiveHoldCount: held}
	}
	run := func(ref, depth int32, code string) *pb.TraceRun {
		return &pb.TraceRun{Ref: ref, Depth: depth, Direction: pb.TraceDirection_TRACE_DIRECTION_FORWARD, ProductionOrderCode: code, RunCode: "1"}
	}
	edge := func(kind pb.TraceEdgeKind, lot, run int32) *pb.TraceEdge {
		return &pb.TraceEdge{Kind: kind, LotRef: lot, RunRef: run, Quantity: kg(fmt.Sprint(10*lot + run))}
	}
	const in, out = pb.TraceEdgeKind_TRACE_EDGE_KIND_CONSUMPTION, pb.TraceEdgeKind_TRACE_EDGE_KIND_OUTPUT
	ship := func(lot int32, customer, quantity string) *pb.TraceShipment {
		return &pb.TraceShipment{LotRef: lot, CustomerCode: customer, CustomerName: customer, Quantity: kg(quantity)}
	}
	trail.Take(&pb.TracePart{
		Lots: []*pb.TraceLot{lot(1, 0, "FLOUR", 0), lot(4, 1, "DOUGH", 0), lot(5, 1, "EARLY", 1)},
		Runs: []*pb.TraceRun{run(2, 1, "MIX"), run(3, 1, "BEFORE")},
		Edges: []*pb.TraceEdge{
			edge(in, 1, 2), edge(in, 1, 3), edge(out, 4, 2), edge(out, 5, 3),
		},
		Shipments: []*pb.TraceShipment{ship(4, "SHOP", "1"), ship(4, "SHOP", "2"), ship(4, "CAFE", "4"), ship(5, "FARM", "8"), ship(1, "CAFE", "5")},
	})
	for _, n := range []int32{1, 3, 4} { // one of two to the shop, one of the lots' to the café, and that to the farm
		trail.Take(&pb.TracePart{OutOfTime: []*pb.TraceOutOfTime{{Node: &pb.TraceOutOfTime_ShipmentNumber{ShipmentNumber: n}}}})
	}
	trail.Take(&pb.TracePart{OutOfTime: []*pb.TraceOutOfTime{{Node: &pb.TraceOutOfTime_Ref{Ref: 3}}, {Node: &pb.TraceOutOfTime_Ref{Ref: 5}}}})
	g := trail.Graph()
	var late []string
	for _, n := range g.Nodes {
		if n.Late {
			late = append(late, n.Title)
		}
	}
	if got := strings.Join(late, ", "); got != "EARLY, BEFORE / 1, FARM" {
		t.Errorf("out of time are %s", got)
	}
	late = nil
	for _, e := range g.Edges {
		if e.Late {
			late = append(late, g.Nodes[e.From].Title+" > "+g.Nodes[e.To].Title)
		}
	}
	if got := strings.Join(late, ", "); got != "FLOUR > BEFORE / 1, DOUGH > CAFE, EARLY > FARM, BEFORE / 1 > EARLY" {
		t.Errorf("out of time go %s", got)
	}
	for name, c := range map[string]struct {
		write func(*strings.Builder) error
		nodes string
		edges string
		said  string
	}{
		"svg":     {func(b *strings.Builder) error { return picture.WriteSVG(b, g) }, `<rect [^>]*stroke-dasharray="1\.5 4"`, `<path [^>]*stroke-dasharray="7 5"`, `>✗ out of time|>■ held  ✗ out of time`},
		"dot":     {func(b *strings.Builder) error { return picture.WriteDOT(b, g) }, `label="[^"]*✗ out of time"(, penwidth=3)?, style=dotted`, `label="✗ [^"]*", style=dashed`, `✗ out of time`},
		"mermaid": {func(b *strings.Builder) error { return picture.WriteMermaid(b, g) }, `style n\d stroke-(width:3px,stroke-)?dasharray:2 4`, `-\.->\|"✗ `, `✗ out of time`},
	} {
		var b strings.Builder
		if err := c.write(&b); err != nil {
			t.Fatal(err)
		}
		count := func(pattern string) int { return len(regexp.MustCompile(pattern).FindAllString(b.String(), -1)) }
		if nodes, edges, said := count(c.nodes), count(c.edges), count(c.said); nodes != 3 || edges != 4 || said != 3 {
			t.Errorf("%s: %d nodes and %d edges are marked, %d times in words:\n%s", name, nodes, edges, said, b.String())
		}
	}
}

// What is put together is out of time if all of it is, and says how much of it is.
func TestFoldedOutOfTime(t *testing.T) {
	t.Parallel()
	s := picture.NewSheet(picture.Given)
	for i := range 2 * picture.MaxNodes {
		handle := s.Add(picture.Node{Kind: picture.Lot, Rank: i % 2, Title: "L", Group: "ITEM"})
		if i%2 == 0 || i%4 == 1 {
			s.Late(handle)
		}
	}
	g := s.Graph()
	if len(g.Nodes) != 2 || !g.Nodes[0].Late || g.Nodes[1].Late || !strings.Contains(strings.Join(g.Nodes[1].Lines, "\n"), fmt.Sprintf("%d out of time", picture.MaxNodes/2)) {
		t.Errorf("%+v", g.Nodes)
	}
}
