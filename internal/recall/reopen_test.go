package recall_test

import (
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
)

// tryReopen takes back the last finish of a run that was not taken back.
func (h *house) tryReopen(run string) error {
	h.t.Helper()
	h.Sealed(h.t)
	var index int64
	h.must(nil, h.DB.QueryRow(h.t.Context(), `
		SELECT log.log_index FROM log JOIN operation USING (tenant_id, operation_id) JOIN run USING (tenant_id, run_id)
		WHERE operation.kind = 'run_finish' AND run.code = $1 ORDER BY log.log_index DESC LIMIT 1`, run).Scan(&index))
	_, err := h.Lots.ReverseOperation(h.t.Context(), &pb.ReverseOperationRequest{
		RequestId: apitest.ID(), Operation: &pb.ReverseOperationRequest_LogIndex{LogIndex: index}, Reason: "there was more",
	})
	return err
}

// A run that was finished when a recall marked it is affected all the same: reopened, it
// is in process, and what it puts out is born held.
func TestReopenedInARecall(t *testing.T) {
	t.Parallel()
	h := newHouse(t, bakery)
	h.activate("C-1", "FLOUR/F1")
	h.tell("finish R2")
	h.must(nil, h.tryReopen("R1"))
	same(t, "scope", scoped(h.get("C-1").Scope), "fixed 3 2 2 2; 2 1; 3 1")
	same(t, "lots", h.lots("C-1"), []string{
		"BREAD/B1 HELD 20 = 15 + 0 + 0 + 5", "BREAD/B2 HELD 8 = 0 + 0 + 0 + 8", "FLOUR/F1 HELD 100 = 50 + 40 + 10 + 0",
	})
	h.tell("R1 -> BREAD/B6 3 H87 @ SHELF-1")
	same(t, "B6", h.holds("BREAD", "B6"), []string{"1: recall C-1 (class 1): glass"})
	h.decide("C-1", release, "BREAD/B1 BREAD/B2 BREAD/B6 FLOUR/F1")
	apitest.WantRefusal(t, h.tryClose("C-1"), codes.FailedPrecondition, "RUNS_IN_PROCESS", "case_number")
	// It was decided on B1 as it was.
	apitest.WantRefusal(t, h.do("R1 -> BREAD/B1 1 H87 @ SHELF-1"), codes.FailedPrecondition, "LOT_RELEASED", "lines[0].lot_code")
	h.tell("finish R1")
	h.must(nil, h.tryClose("C-1"))

	err := h.tryReopen("R1")
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "RUN_OF_CLOSED_RECALL", "")
	for _, text := range []string{`"R1"`, `"C-1"`, "start another run", "open another recall"} {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("refusal %v does not tell of %s", err, text)
		}
	}
	h.tell("finish R3")
	h.must(nil, h.tryReopen("R3")) // which has nothing to do with it
	dbtest.Reconcile(t, h.DB)
}

// Nobody chooses the lot that an untracked item of a run goes into. If that was released,
// what the run puts out would be of neither state.
func TestReopenedWithAReleasedLot(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "receive FLOUR/F1 10 KGM @ SHELF-1\n start R1\n R1: FLOUR/F1 5 KGM @ SHELF-1\n R1 -> SALT 100 GRM @ SHELF-1\n finish R1")
	h.activate("C-1", "FLOUR/F1")
	h.must(nil, h.tryReopen("R1"))
	h.tell("R1 -> SALT 10 GRM @ SHELF-1\n finish R1")
	_, err := h.Recall.DecideRecallLots(t.Context(), &pb.DecideRecallLotsRequest{
		RequestId: apitest.ID(), CaseNumber: "C-1", Decision: release, Reason: "looked at", Lots: []*pb.LotKey{{Sku: "SALT", LotCode: "run R1 of " + order}},
	})
	h.must(nil, err)
	err = h.tryReopen("R1")
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "LOT_RELEASED", "")
	if !strings.Contains(err.Error(), `"run R1 of `+order) || !strings.Contains(err.Error(), `"C-1"`) {
		t.Error(err)
	}
}

// Who reopens a run waits for whoever closes a case of it, and looks after that.
func TestReopeningAgainstClose(t *testing.T) {
	t.Parallel()
	h := newHouse(t, bakery)
	h.activate("C-1", "FLOUR/F1")
	closing, err := h.DB.Begin(t.Context())
	h.must(nil, err)
	defer closing.Rollback(t.Context())
	_, err = closing.Exec(t.Context(), "SELECT FROM run WHERE tenant_id = 1 AND code = 'R1' FOR NO KEY UPDATE")
	h.must(nil, err)
	_, err = closing.Exec(t.Context(), "UPDATE recall SET state = 'closed' WHERE tenant_id = 1")
	h.must(nil, err)
	reopened := make(chan error, 1)
	go func() { reopened <- h.tryReopen("R1") }()
	dbtest.UntilWaiting(t, h.DB, 1, "the reopening")
	h.must(nil, closing.Commit(t.Context()))
	apitest.WantRefusal(t, <-reopened, codes.FailedPrecondition, "RUN_OF_CLOSED_RECALL", "")
}

// A case is not closed while somebody reopens one of its runs: it waits, and then sees
// the run in process.
func TestCloseAgainstReopening(t *testing.T) {
	t.Parallel()
	h := newHouse(t, bakery+"finish R2\n")
	h.activate("C-1", "FLOUR/F1")
	h.decide("C-1", release, "BREAD/B1 BREAD/B2 FLOUR/F1")
	reopening, err := h.DB.Begin(t.Context())
	h.must(nil, err)
	defer reopening.Rollback(t.Context())
	_, err = reopening.Exec(t.Context(), "UPDATE run SET finished_at = NULL WHERE tenant_id = 1 AND code = 'R1'")
	h.must(nil, err)
	closed := make(chan error, 1)
	go func() { closed <- h.tryClose("C-1") }()
	dbtest.UntilWaiting(t, h.DB, 1, "the closing")
	h.must(nil, reopening.Commit(t.Context()))
	apitest.WantRefusal(t, <-closed, codes.FailedPrecondition, "RUNS_IN_PROCESS", "case_number")
}
