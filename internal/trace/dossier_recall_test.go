package trace_test

import (
	"slices"
	"strings"
	"testing"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// A case that is about what a lot was made of, or about what was made of it, is in its
// dossier with the way between them, before the case holds anything and when it does not at
// all; one that held the lot stays there, whatever of the way is taken back.
func TestDossierOfRecalls(t *testing.T) {
	t.Parallel()
	w := newWorks(t)
	ctx := t.Context()
	w.receive("flour/1 20 + flour/2 20 + salt/1 20", "mill")
	w.produce("mix#1", "flour/1 10", "dough/1 10")
	used := w.consume("bake#1", "dough/1 5 + flour/2 5")
	w.output("bake#1", "bread/1 10")
	w.finish("mix#1")
	w.produce("slice#1", "bread/1 1", "toast/1 1")
	w.finish("slice#1")
	is := func(_ any, err error) { t.Helper(); w.must(err) }
	open := func(number string, lots ...string) {
		t.Helper()
		req := &pb.OpenRecallRequest{RequestId: apitest.ID(), CaseNumber: number, Class: pb.RecallClass_RECALL_CLASS_1, Reason: "glass"}
		for _, lot := range lots {
			sku, code, _ := strings.Cut(lot, "/")
			req.Lots = append(req.Lots, &pb.LotKey{Sku: sku, LotCode: code})
		}
		is(w.Recall.OpenRecall(ctx, req))
	}
	check := func(lot string, cases int32, want ...string) {
		t.Helper()
		sku, code, _ := strings.Cut(lot, "/")
		d := dossierOf(t, w.API, sku, code)
		got := slices.DeleteFunc(tellDossier(d), func(line string) bool { return !strings.HasPrefix(line, "recall ") })
		if !slices.Equal(got, want) {
			t.Errorf("%s:\n%s\nwant\n%s", lot, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		if d.Lot.OpenRecallCount != cases {
			t.Errorf("%s: %d cases that are not closed, want %d", lot, d.Lot.OpenRecallCount, cases)
		}
	}
	const undecided, released = " RECALL_DECISION_UNSPECIFIED ", " RECALL_DECISION_RELEASE "
	check("bread/1", 0)
	open("Q-1", "flour/1", "flour/2", "salt/1")
	open("Q-2", "bread/1")
	const one, two = "recall Q-1 RECALL_CLASS_1 RECALL_STATE_OPEN ", "recall Q-2 RECALL_CLASS_1 RECALL_STATE_OPEN "
	check("salt/1", 1, one+"direct true hold 0"+undecided+"DIRECT")
	check("flour/1", 1, one+"direct true hold 0"+undecided+"DIRECT", two+"direct false hold 0"+undecided+"PRODUCT flour/1 dough/1 bread/1")
	check("dough/1", 1, one+"direct false hold 0"+undecided+"INGREDIENT flour/1 dough/1", two+"direct false hold 0"+undecided+"PRODUCT dough/1 bread/1")
	check("bread/1", 2, one+"direct false hold 0"+undecided+"INGREDIENT flour/2 bread/1", two+"direct true hold 0"+undecided+"DIRECT")
	check("toast/1", 2, one+"direct false hold 0"+undecided+"INGREDIENT flour/2 bread/1 toast/1", two+"direct false hold 0"+undecided+"INGREDIENT bread/1 toast/1")

	is(w.Recall.ActivateRecall(ctx, &pb.ActivateRecallRequest{RequestId: apitest.ID(), CaseNumber: "Q-1"}))
	is(w.Recall.DecideRecallLots(ctx, &pb.DecideRecallLotsRequest{RequestId: apitest.ID(), CaseNumber: "Q-1", Decision: pb.RecallDecision_RECALL_DECISION_RELEASE, Reason: "no", Lots: []*pb.LotKey{{Sku: "toast", LotCode: "1"}}}))
	is(w.Recall.CloseRecall(ctx, &pb.CloseRecallRequest{RequestId: apitest.ID(), CaseNumber: "Q-2", Reason: "called off"}))
	w.takeBack(used, "")
	const active, closed = "recall Q-1 RECALL_CLASS_1 RECALL_STATE_ACTIVE ", "recall Q-2 RECALL_CLASS_1 RECALL_STATE_CLOSED "
	check("dough/1", 1, active+"direct false hold 1"+undecided+"INGREDIENT flour/1 dough/1")
	check("bread/1", 1, active+"direct false hold 1"+undecided+"HELD", closed+"direct true hold 0"+undecided+"DIRECT")
	check("toast/1", 0, active+"direct false hold 1"+released+"HELD", closed+"direct false hold 0"+undecided+"INGREDIENT bread/1 toast/1")
}
