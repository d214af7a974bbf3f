package lots_test

import (
	"testing"

	"google.golang.org/grpc/codes"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
)

// finish finishes the run of start, and returns the place of that in the log.
func (s *store) finish(finishedAt string) int64 {
	s.t.Helper()
	_, err := s.Production.FinishRun(s.t.Context(), &pb.FinishRunRequest{
		RequestId: apitest.ID(), ProductionOrderCode: "MO/1", RunCode: "R/1", FinishedAt: at(finishedAt),
	})
	must(s.t, 0, err)
	return s.Sealed(s.t)
}

// finishedAt is when the run was finished, as GetRun tells and as a trace knew it at an
// index of the log; "" for a run in process.
func (s *store) finishedAt(index int64) string {
	s.t.Helper()
	req := &pb.GetTraceRequest{Sku: oil, LotCode: "L-1", Direction: pb.TraceDirection_TRACE_DIRECTION_FORWARD}
	if index > 0 {
		req.KnownAt = &pb.KnownAt{Moment: &pb.KnownAt_LogIndex{LogIndex: index}}
	}
	resp, err := s.Trace.GetTrace(s.t.Context(), req)
	must(s.t, resp, err)
	finished := resp.Part.Runs[0].FinishedAt
	if index == 0 {
		run, err := s.Production.GetRun(s.t.Context(), &pb.GetRunRequest{ProductionOrderCode: "MO/1", RunCode: "R/1"})
		must(s.t, run, err)
		if (run.Run.FinishedAt == nil) != (finished == nil) || (run.Run.State == pb.RunState_RUN_STATE_FINISHED) != (finished != nil) {
			s.t.Errorf("run %v, and the trace says %v", run.Run, finished)
		}
	}
	if finished == nil {
		return ""
	}
	return finished.AsTime().Format("2006-01-02")
}

// A finish that was taken back leaves the run as it was before: it takes and gives, its
// edges stay, and what was known stays known.
func TestReopenRun(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.receive(oil, "L-1", "LTR", bin1, "2024-01-01", "2099-01-01")
	s.start()
	must(t, 0, s.consume(oil, "L-1", "2", "LTR", bin1))
	s.output(apitest.Bread, "B-1", "5", "H87", bin2)
	first := s.finish("2024-03-05T00:00:00Z")
	apitest.WantRefusal(t, s.consume(oil, "L-1", "1", "LTR", bin1), codes.FailedPrecondition, "RUN_FINISHED", "run_code")

	must(t, 0, s.reverseIndex(first))
	reopened := s.Sealed(t)
	if got := s.finishedAt(0); got != "" {
		t.Errorf("finished on %q, after that was taken back", got)
	}
	apitest.WantRefusal(t, s.reverseIndex(first), codes.FailedPrecondition, "ALREADY_REVERSED", "")
	if got := s.forward(oil, "L-1", nil); got != "2 1 2 0" {
		t.Errorf("trace %q", got)
	}
	must(t, 0, s.consume(oil, "L-1", "1", "LTR", bin1))
	s.output(apitest.Bread, "B-1", "1", "H87", bin2)

	second := s.finish("2024-03-07T00:00:00Z")
	for index, want := range map[int64]string{0: "2024-03-07", first - 1: "", first: "2024-03-05", reopened: "", second - 1: "", second: "2024-03-07"} {
		if got := s.finishedAt(index); got != want {
			t.Errorf("as known at %d (%d, %d, %d) it was finished on %q, want %q", index, first, reopened, second, got, want)
		}
	}
	apitest.WantRefusal(t, s.reverseIndex(first), codes.FailedPrecondition, "ALREADY_REVERSED", "")
	must(t, 0, s.reverseIndex(second))
	if got := s.finishedAt(0); got != "" {
		t.Errorf("finished on %q, after that was taken back, too", got)
	}
	if got := s.finishedAt(second); got != "2024-03-07" {
		t.Errorf("as known before it was finished on %q", got)
	}
	entries, err := s.Log.ListLog(t.Context(), &pb.ListLogRequest{Kinds: []pb.OperationKind{pb.OperationKind_OPERATION_KIND_REVERSAL}})
	must(t, entries, err)
	s.Sealed(t)
	if op := entries.Entries[0].Operation; op.ReversedLogIndex != first || op.Reason != "entered twice" || len(op.Movements) != 0 {
		t.Errorf("log %v, reversed was %d", op, first)
	}
	dbtest.Reconcile(t, s.DB)
}
