package production_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
)

// part is a line to be put out as so large a part of the run.
func part(text, share string) *pb.OutputLine {
	l := out(text)
	l.Share = share
	return l
}

// shares are those of what a run put out: "BREAD/B-1 3".
func (p *plant) shares(order, run string) []string {
	p.t.Helper()
	resp, err := p.Production.GetRun(p.t.Context(), &pb.GetRunRequest{ProductionOrderCode: order, RunCode: run})
	must(p.t, resp, err)
	var texts []string
	for _, l := range resp.Outputs {
		texts = append(texts, fmt.Sprintf("%s/%s %s", l.Lot.Sku, l.Lot.LotCode, l.Share))
	}
	return texts
}

// Shares add up lot by lot, are told in the answer, by GetRun and in the log, and go again
// with what is taken back.
func TestShares(t *testing.T) {
	t.Parallel()
	p := running(t)
	resp, err := p.Production.RecordOutputs(t.Context(), &pb.RecordOutputsRequest{RequestId: apitest.ID(), ProductionOrderCode: "MO-1", RunCode: "R1", Lines: []*pb.OutputLine{
		part("BREAD/B-1 10 H87 @ SHELF-1", "2.5"), part("BRAN 7 KGM @ SHELF-1", "0.000000001"), part("BREAD/B-1 1 H87 @ DOCK-1", "0.50"),
	}})
	must(t, resp, err)
	first := p.Sealed(t)
	log, err := p.Log.ListLog(t.Context(), &pb.ListLogRequest{Kinds: []pb.OperationKind{pb.OperationKind_OPERATION_KIND_OUTPUT}})
	must(t, log, err)
	for what, movements := range map[string][]*pb.Movement{"answered": resp.Movements, "logged": log.Entries[0].Operation.Movements} {
		var got []string
		for _, m := range movements {
			got = append(got, m.Share)
		}
		if want := []string{"2.5", "0.000000001", "0.5"}; !slices.Equal(got, want) {
			t.Errorf("%s %q, want %q", what, got, want)
		}
	}
	got, err := p.output("MO-1", "R1", part("BREAD/B-2 4 H87 @ SHELF-1", "1"))
	must(t, got, err)
	inferred := p.inferred(bran)[0]
	same(t, "shares", p.shares("MO-1", "R1"), []string{"BRAN/" + inferred + " 0.000000001", "BREAD/B-1 3", "BREAD/B-2 1"})

	back, err := p.Lots.ReverseOperation(t.Context(), &pb.ReverseOperationRequest{
		RequestId: apitest.ID(), Reason: "counted twice", Operation: &pb.ReverseOperationRequest_LogIndex{LogIndex: first},
	})
	must(t, back, err)
	if back.Movements[0].Share != "-2.5" {
		t.Errorf("taken back with %v", back.Movements[0])
	}
	same(t, "shares", p.shares("MO-1", "R1"), []string{"BREAD/B-2 1"})
	if sum := p.sharesLeft(); sum != "BREAD/B-2 1.000000000" {
		t.Errorf("recorded %q", sum)
	}
	dbtest.Reconcile(t, p.DB)
}

// sharesLeft are the net shares as they are recorded.
func (p *plant) sharesLeft() string {
	p.t.Helper()
	var left string
	err := p.DB.QueryRow(p.t.Context(), `
		SELECT coalesce(string_agg(sku || '/' || lot_code || ' ' || share, ' ' ORDER BY sku, lot_code), '')
		FROM (SELECT lot_id, sum(share) AS share FROM output_share GROUP BY lot_id HAVING sum(share) <> 0) AS s
		JOIN lot USING (lot_id) JOIN item USING (tenant_id, item_id)`).Scan(&left)
	return must(p.t, left, err)
}

// All that stands of what a run has put out states a share, or none of it does.
func TestSharesOfAllOrNone(t *testing.T) {
	t.Parallel()
	p := running(t)
	put := func(run string, lines ...*pb.OutputLine) error {
		_, err := p.output("MO-1", run, lines...)
		return err
	}
	p.start("MO-1", "R2")
	before := dbtest.Rows(t, p.DB)
	apitest.WantRefusal(t, put("R1", part("BREAD/A 1 H87 @ SHELF-1", "1"), out("BREAD/B 1 H87 @ SHELF-1")), codes.InvalidArgument, "SHARE_MISSING", "lines[1].share")
	dbtest.SameRows(t, p.DB, before)

	must(t, 0, put("R1", part("BREAD/A 1 H87 @ SHELF-1", "1")))
	stated := p.Sealed(t)
	must(t, 0, put("R2", out("BREAD/B 1 H87 @ SHELF-1")))
	unstated := p.Sealed(t)
	before = dbtest.Rows(t, p.DB)
	apitest.WantRefusal(t, put("R1", out("BREAD/A 1 H87 @ SHELF-1")), codes.FailedPrecondition, "SHARE_MISSING", "lines[0].share")
	apitest.WantRefusal(t, put("R2", part("BREAD/C 1 H87 @ SHELF-1", "1")), codes.FailedPrecondition, "SHARE_NOT_ALLOWED", "lines[0].share")
	dbtest.SameRows(t, p.DB, before)

	// Once nothing stands any more, either is good, and the other then is not.
	for _, index := range []int64{stated, unstated} {
		_, err := p.Lots.ReverseOperation(t.Context(), &pb.ReverseOperationRequest{
			RequestId: apitest.ID(), Reason: "wrong", Operation: &pb.ReverseOperationRequest_LogIndex{LogIndex: index},
		})
		must(t, 0, err)
	}
	must(t, 0, put("R1", out("BREAD/A 1 H87 @ SHELF-1")))
	must(t, 0, put("R2", part("BREAD/B 1 H87 @ SHELF-1", "1")))
	apitest.WantRefusal(t, put("R1", part("BREAD/A 1 H87 @ SHELF-1", "1")), codes.FailedPrecondition, "SHARE_NOT_ALLOWED", "lines[0].share")
	apitest.WantRefusal(t, put("R2", out("BREAD/B 1 H87 @ SHELF-1")), codes.FailedPrecondition, "SHARE_MISSING", "lines[0].share")
}

// Of outputs that come at once, some with shares and some without, those of one sort win.
func TestSharesAtOnce(t *testing.T) {
	t.Parallel()
	p := running(t)
	const clients = 6
	for round := range 5 {
		run := fmt.Sprintf("C%d", round)
		p.start("MO-1", run)
		results := make([]chan error, clients)
		for i := range clients {
			results[i] = make(chan error, 1)
			go func() {
				l := out(fmt.Sprintf("BREAD/L-%d-%d 1 H87 @ SHELF-1", round, i))
				l.Share = strings.Repeat("1", i%2)
				_, err := p.Production.RecordOutputs(t.Context(), &pb.RecordOutputsRequest{RequestId: apitest.ID(), ProductionOrderCode: "MO-1", RunCode: run, Lines: []*pb.OutputLine{l}})
				results[i] <- err
			}()
		}
		var done [2]int
		for i := range clients {
			if err := <-results[i]; err == nil {
				done[i%2]++
			} else {
				apitest.WantRefusal(t, err, codes.FailedPrecondition, []string{"SHARE_MISSING", "SHARE_NOT_ALLOWED"}[i%2], "lines[0].share")
			}
		}
		if done != [2]int{clients / 2, 0} && done != [2]int{0, clients / 2} {
			t.Errorf("round %d: %v without and with shares", round, done)
		}
	}
}

// Nothing is recorded of shares, and nothing asked, where none is stated.
func TestNoShares(t *testing.T) {
	t.Parallel()
	p := running(t)
	got, err := p.output("MO-1", "R1", out("BREAD/A 1 H87 @ SHELF-1"), out("BREAD/B 1 H87 @ SHELF-1"))
	must(t, got, err)
	same(t, "shares", p.shares("MO-1", "R1"), []string{"BREAD/A ", "BREAD/B "})
	var rows int
	var flagged bool
	err = p.DB.QueryRow(t.Context(), "SELECT (SELECT count(*) FROM output_share), (SELECT bool_or(has_shares) FROM run)").Scan(&rows, &flagged)
	if err != nil || rows != 0 || flagged {
		t.Errorf("%d rows of shares, run flagged: %v, %v", rows, flagged, err)
	}
}
