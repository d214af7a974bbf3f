package trace_test

import (
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// What is recorded of a run after it was finished, and after its output was shipped, is in
// the trace like everything else, and was not known before.
func TestComponentsAddedLater(t *testing.T) {
	t.Parallel()
	w := newWorks(t)
	w.receive("flour/1 10 + yeast/1 2", "mill")
	w.produce("bake#1", "flour/1 10", "bread/1 10")
	finished := w.finish("bake#1")
	w.ship("bread/1 10", "shop")
	// Nothing goes into a finished run unseen: somebody has to take the finish back.
	consume := &pb.ConsumeLotsRequest{RequestId: apitest.ID(), ProductionOrderCode: "bake", RunCode: "1", Lines: []*pb.ConsumptionLine{
		{Sku: "yeast", LotCode: "1", LocationCode: apitest.Shelf, Quantity: quantity(1)},
	}}
	_, err := w.Production.ConsumeLots(t.Context(), consume)
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "RUN_FINISHED", "run_code")
	before := w.Sealed(t)
	w.takeBack(finished, "")
	w.consume("bake#1", "yeast/1 1")
	w.finish("bake#1")
	w.expect("yeast/1", forward, "yeast/1", "bake#1", "yeast/1 -> bake#1: 1", "bake#1 -> bread/1: 10", "bread/1", "bread/1 => shop: 10")
	w.expect("bread/1", backward, "bread/1", "bake#1", "bake#1 -> bread/1: 10", "flour/1 -> bake#1: 10", "yeast/1 -> bake#1: 1", "flour/1", "yeast/1",
		"flour/1 <- mill: 10", "yeast/1 <- mill: 2")
	parts, err := streamKnown(t.Context(), w.Trace, "yeast", "1", forward, index(int(before)))
	w.must(err)
	if got := lines(parts); !slices.Equal(got, []string{"yeast/1"}) {
		t.Errorf("yeast had gone to %q before that was recorded", got)
	}
}

// The wrong lot was scanned, and put right after the goods had gone: the trace of the one
// ends where it is, and that of the other leads to the customer.
func TestComponentsCorrectedLater(t *testing.T) {
	t.Parallel()
	w := newWorks(t)
	w.receive("flour/1 10 + flour/2 10", "mill")
	wrong := w.consume("bake#1", "flour/1 6")
	w.output("bake#1", "bread/1 6")
	finished := w.finish("bake#1")
	w.ship("bread/1 6", "shop")
	before := int(w.Sealed(t))
	w.takeBack(finished, "")
	w.takeBack(wrong, "")
	w.consume("bake#1", "flour/2 6")
	w.finish("bake#1")
	w.expect("flour/1", forward, "flour/1")
	w.expect("flour/2", forward, "flour/2", "bake#1", "flour/2 -> bake#1: 6", "bake#1 -> bread/1: 6", "bread/1", "bread/1 => shop: 6")
	w.expect("bread/1", backward, "bread/1", "bake#1", "bake#1 -> bread/1: 6", "flour/2 -> bake#1: 6", "flour/2", "flour/2 <- mill: 10")
	parts, err := streamKnown(t.Context(), w.Trace, "bread", "1", backward, index(before))
	w.must(err)
	if got := strings.Join(lines(parts), ", "); !strings.Contains(got, "flour/1 -> bake#1: 6") || strings.Contains(got, "flour/2") {
		t.Errorf("before, bread was known to be made of %s", got)
	}
}

// What was taken back ties nothing together any more, and of what was taken twice what was
// not taken back is left.
func TestReversedEdgesAreGone(t *testing.T) {
	t.Parallel()
	w := newWorks(t)
	w.receive("flour/1 50 + salt/1 5", "mill")
	first := w.consume("bake#1", "flour/1 6 + salt/1 1")
	w.consume("bake#1", "flour/1 4")
	w.output("bake#1", "bread/1 6")
	twice := w.Sealed(t)
	w.output("bake#1", "bread/2 4")
	other := w.consume("bake#2", "bread/1 2")
	w.takeBack(other, "")
	w.takeBack(first, "")
	w.expect("flour/1", forward, "flour/1", "bake#1", "flour/1 -> bake#1: 4", "bake#1 -> bread/1: 6", "bake#1 -> bread/2: 4", "bread/1", "bread/2")
	w.expect("salt/1", forward, "salt/1")
	w.takeBack(twice, "") // bread/1 has never been
	w.expect("flour/1", forward, "flour/1", "bake#1", "flour/1 -> bake#1: 4", "bake#1 -> bread/2: 4", "bread/2")
	w.expect("bread/1", backward, "bread/1")
	w.expect("bread/2", backward, "bread/2", "bake#1", "bake#1 -> bread/2: 4", "flour/1 -> bake#1: 4", "flour/1", "flour/1 <- mill: 50")
}
