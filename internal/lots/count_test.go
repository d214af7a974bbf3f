package lots_test

import (
	"fmt"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

func (s *store) openCount(req *pb.OpenCountRequest) *pb.Count {
	s.t.Helper()
	req.RequestId = apitest.ID()
	resp, err := s.Lots.OpenCount(s.t.Context(), req)
	return must(s.t, resp, err).Count
}

// counted records readings "sku/lot quantity unit at" and returns their lines.
func (s *store) counted(code string, readings ...string) ([]string, error) {
	req := &pb.RecordCountRequest{RequestId: apitest.ID(), CountCode: code, CountedBy: "Ann"}
	for _, text := range readings {
		fields := strings.Fields(text)
		sku, lot, _ := strings.Cut(fields[0], "/")
		req.Lines = append(req.Lines, &pb.CountReading{
			Sku: sku, LotCode: lot, Counted: &pb.CountedQuantity{Value: fields[1], Unit: fields[2]}, LocationCode: fields[3],
		})
	}
	resp, err := s.Lots.RecordCount(s.t.Context(), req)
	return countLines(resp.GetLines()), err
}

func (s *store) mustCount(code string, readings ...string) []string {
	s.t.Helper()
	got, err := s.counted(code, readings...)
	return must(s.t, got, err)
}

// countLines are lines of a count: "1 FLOUR/L at SHELF COUNTED 8/10 -2 by Ann".
func countLines(lines []*pb.CountLine) []string {
	var texts []string
	for _, l := range lines {
		text := fmt.Sprintf("%d %s/%s %s %s", l.Number, l.Sku, l.LotCode, l.LocationCode, strings.TrimPrefix(l.State.String(), "COUNT_LINE_STATE_"))
		if l.Unexpected {
			text += " unexpected"
		}
		if l.Counted != nil {
			text += fmt.Sprintf(" %s of %s, %s", l.Counted.Value, l.Expected.GetValue(), l.Variance.GetValue())
		}
		texts = append(texts, text)
	}
	return texts
}

func (s *store) countLines(code string) []string {
	s.t.Helper()
	return countLines(pages(s.t, 2, func(token string) ([]*pb.CountLine, string, error) {
		resp, err := s.Lots.GetCount(s.t.Context(), &pb.GetCountRequest{CountCode: code, PageSize: 2, PageToken: token})
		return resp.GetLines(), resp.GetNextPageToken(), err
	}))
}

func (s *store) postCount(code string, leaveOut bool) (*pb.PostCountResponse, error) {
	return s.Lots.PostCount(s.t.Context(), &pb.PostCountRequest{RequestId: apitest.ID(), CountCode: code, Justification: "cycle count", LeaveOut: leaveOut})
}

// The everyday count: the sheet, readings, a code that is not expected, a recount, and
// one adjustment for all of it.
func TestCount(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.ReceiveLot(t, apitest.Flour, "L/1", "10", "KGM", bin1)
	s.ReceiveLot(t, apitest.Flour, "L/2", "20", "KGM", bin2)
	s.ReceiveLot(t, apitest.Bread, "B/1", "5", "H87", bin2)
	s.ReceiveLot(t, apitest.Salt, "", "10", "GRM", bin2)
	s.ReceiveLot(t, apitest.Salt, "", "10", "GRM", bin2)
	s.ReceiveLot(t, apitest.Flour, "L/9", "9", "KGM", apitest.Dock) // elsewhere
	count := s.openCount(&pb.OpenCountRequest{CountCode: "C/1", LocationCode: zone, TolerancePercent: "10", Note: "monthly"})
	if count.State != pb.CountState_COUNT_STATE_OPEN || count.TolerancePercent != "10" || count.LocationCode != zone || count.OpenedBy != "default" {
		t.Errorf("opened %v", count)
	}
	same(t, "sheet", s.countLines("C/1"), []string{
		"1 FLOUR/L/1 " + bin1 + " OPEN", "2 BREAD/B/1 " + bin2 + " OPEN", "3 FLOUR/L/2 " + bin2 + " OPEN", "4 SALT/ " + bin2 + " OPEN",
	})
	same(t, "first readings", s.mustCount("C/1", "FLOUR/L/1 9 KGM "+bin1, "FLOUR/L/2 15 KGM "+bin2, "SALT/ 19 GRM "+bin2, "FLOUR/L/9 0.5 KGM "+bin2), []string{
		"1 FLOUR/L/1 " + bin1 + " COUNTED 9 of 10, -1", "3 FLOUR/L/2 " + bin2 + " RECOUNT 15 of 20, -5", "4 SALT/ " + bin2 + " COUNTED 19 of 20, -1",
		"5 FLOUR/L/9 " + bin2 + " RECOUNT unexpected 0.5 of 0, 0.5",
	})
	_, err := s.postCount("C/1", false)
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "COUNT_INCOMPLETE", "count_code")
	same(t, "nothing is there", s.mustCount("C/1", "BREAD/B/1 5 H87 "+bin2), []string{"2 BREAD/B/1 " + bin2 + " COUNTED 5 of 5, 0"})
	_, err = s.postCount("C/1", false)
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "RECOUNT_REQUIRED", "count_code")
	// Another reading that says something else has to be confirmed in its turn.
	same(t, "second readings", s.mustCount("C/1", "FLOUR/L/2 16 KGM "+bin2, "FLOUR/L/9 0.5 KGM "+bin2), []string{
		"3 FLOUR/L/2 " + bin2 + " RECOUNT 16 of 20, -4", "5 FLOUR/L/9 " + bin2 + " COUNTED unexpected 0.5 of 0, 0.5",
	})
	same(t, "third reading", s.mustCount("C/1", "FLOUR/L/2 16 KGM "+bin2), []string{"3 FLOUR/L/2 " + bin2 + " COUNTED 16 of 20, -4"})
	resp, err := s.postCount("C/1", false)
	salt := s.inferred(apitest.Salt)
	same(t, "variances", movements(must(t, resp, err).Movements), []string{
		"ADJUSTMENT FLOUR/L/1 1 KGM (1 KGM) " + bin1 + ">adjustment by C/1 because cycle count",
		"ADJUSTMENT FLOUR/L/2 4 KGM (4 KGM) " + bin2 + ">adjustment by C/1 because cycle count",
		"ADJUSTMENT SALT/" + salt[0] + " 1 GRM (1 GRM) " + bin2 + ">adjustment by C/1 because cycle count",
		"ADJUSTMENT FLOUR/L/9 0.5 KGM (0.5 KGM) adjustment>" + bin2 + " by C/1 because cycle count",
	})
	if op := lastOperation(s); op.ReasonCode != reason("COUNT") || op.CountCode != "C/1" || len(op.Movements) != 4 || op.Movements[0].Document != "C/1" {
		t.Errorf("operation %v", op)
	}
	if m := lastMovement(s, apitest.Flour, "L/9"); m.Document != "C/1" {
		t.Errorf("listed %v", m)
	}
	timeline, err := s.Lots.GetLotTimeline(t.Context(), &pb.GetLotTimelineRequest{Sku: apitest.Flour, LotCode: "L/9", NewestFirst: true})
	if m := must(t, timeline, err).Entries[0].GetMovement(); m.GetDocument() != "C/1" {
		t.Errorf("in the timeline %v", m)
	}
	if c := resp.Count; c.State != pb.CountState_COUNT_STATE_POSTED || c.ClosedBy != "default" || c.ClosedAt == nil || c.ClosingReason != "cycle count" {
		t.Errorf("posted %v", c)
	}
	if got := s.stock(apitest.Flour, "L/9"); got != "9@DOCK-1 0.5@"+bin2 {
		t.Errorf("L/9 %s", got)
	}
	for _, again := range []func() error{
		func() error { _, err := s.postCount("C/1", false); return err },
		func() error { _, err := s.counted("C/1", "FLOUR/L/1 9 KGM "+bin1); return err },
	} {
		apitest.WantRefusal(t, again(), codes.FailedPrecondition, "COUNT_CLOSED", "count_code")
	}
}

// A blind count tells nothing of what is expected until it is over.
func TestBlindCount(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.ReceiveLot(t, apitest.Flour, "L/1", "10", "KGM", bin1)
	s.openCount(&pb.OpenCountRequest{CountCode: "C/1", Skus: []string{apitest.Flour}, Blind: true})
	hidden := []string{"1 FLOUR/L/1 " + bin1 + " COUNTED 9 of , "}
	same(t, "recorded", s.mustCount("C/1", "FLOUR/L/1 9 KGM "+bin1), hidden)
	same(t, "open", s.countLines("C/1"), hidden)
	must(t, "", func() error { _, err := s.postCount("C/1", false); return err }())
	same(t, "posted", s.countLines("C/1"), []string{"1 FLOUR/L/1 " + bin1 + " POSTED 9 of 10, -1"})
}

// What is moved after it was counted does no harm: the variance is that of the moment,
// and applied to what there is now.
func TestCountThenMove(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.ReceiveLot(t, apitest.Flour, "L/1", "10", "KGM", bin1)
	s.ReceiveLot(t, apitest.Salt, "", "10", "GRM", bin1)
	s.openCount(&pb.OpenCountRequest{CountCode: "C/1", LocationCode: zone})
	s.mustCount("C/1", "FLOUR/L/1 8 KGM "+bin1, "SALT/ 9 GRM "+bin1)
	s.mustMove("FLOUR/L/1 5 KGM "+bin1+" > "+bin2, "SALT/ 3 GRM "+bin1+" > "+bin2)
	must(t, "", func() error { _, err := s.postCount("C/1", false); return err }())
	if flour, salt := s.stock(apitest.Flour, "L/1"), s.stock(apitest.Salt, s.inferred(apitest.Salt)[0]); flour != "3@"+bin1+" 5@"+bin2 || salt != "6@"+bin1+" 3@"+bin2 {
		t.Errorf("flour %s, salt %s", flour, salt)
	}
}

// Where what was recorded since may explain the variance, or contradicts it, the line is
// to be counted again; the count goes without it if it is to.
func TestDoubtfulCount(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		meanwhile func(s *store, earlier int64) error
		says      string
		after     string // when posted without it
	}{
		"more than was counted went": {
			func(s *store, _ int64) error { _, err := s.move("FLOUR/L/1 9 KGM " + bin1 + " > " + bin2); return err },
			"only 1 are left", "1@" + bin1 + " 11@" + bin2,
		},
		"as much as the variance went": {
			func(s *store, _ int64) error { _, err := s.move("FLOUR/L/1 2 KGM " + bin1 + " > " + bin2); return err },
			"as much as the variance", "8@" + bin1 + " 4@" + bin2,
		},
		"it happened before": {func(s *store, _ int64) error {
			req := moving("FLOUR/L/1 1 KGM " + bin1 + " > " + bin2)
			req.MovedAt = at("2024-03-02T00:00:00Z")
			_, err := s.Lots.MoveLots(s.t.Context(), req)
			return err
		}, "happened before", "9@" + bin1 + " 3@" + bin2},
		"it was adjusted": {
			func(s *store, _ int64) error {
				_, err := s.adjust(adjusting("LOST", "-FLOUR/L/1 1 KGM "+bin1))
				return err
			},
			"was adjusted", "9@" + bin1 + " 2@" + bin2,
		},
		"an earlier move was taken back": {func(s *store, earlier int64) error {
			_, err := s.Lots.ReverseOperation(s.t.Context(), &pb.ReverseOperationRequest{
				RequestId: apitest.ID(), Operation: &pb.ReverseOperationRequest_LogIndex{LogIndex: earlier}, Reason: "not so",
			})
			return err
		}, "taken back", "12@" + bin1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStore(t)
			s.ReceiveLot(t, apitest.Flour, "L/1", "12", "KGM", bin1)
			s.mustMove("FLOUR/L/1 2 KGM " + bin1 + " > " + bin2)
			earlier := s.Sealed(t)
			s.openCount(&pb.OpenCountRequest{CountCode: "C/1", LocationCode: bin1})
			s.mustCount("C/1", "FLOUR/L/1 8 KGM "+bin1)
			if err := c.meanwhile(s, earlier); err != nil {
				t.Fatal(err)
			}
			_, err := s.postCount("C/1", false)
			apitest.WantRefusal(t, err, codes.FailedPrecondition, "COUNT_DOUBTFUL", "count_code")
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("it says %v, want %q", err, c.says)
			}
			resp, err := s.postCount("C/1", true)
			if left := must(t, resp, err).LeftOut; len(left) != 1 || !strings.Contains(left[0].LeftOutReason, c.says) || len(resp.Movements) != 0 {
				t.Errorf("posted %v", resp)
			}
			if got := s.stock(apitest.Flour, "L/1"); got != c.after {
				t.Errorf("there is %s, want %s", got, c.after)
			}
		})
	}
}

// Counted again, a doubtful line can be posted.
func TestDoubtfulCountAgain(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.ReceiveLot(t, apitest.Flour, "L/1", "10", "KGM", bin1)
	s.openCount(&pb.OpenCountRequest{CountCode: "C/1", LocationCode: bin1})
	s.mustCount("C/1", "FLOUR/L/1 8 KGM "+bin1)
	s.mustMove("FLOUR/L/1 2 KGM " + bin1 + " > " + bin2)
	same(t, "again", s.mustCount("C/1", "FLOUR/L/1 7 KGM "+bin1), []string{"1 FLOUR/L/1 " + bin1 + " COUNTED 7 of 8, -1"})
	must(t, "", func() error { _, err := s.postCount("C/1", false); return err }())
	if got := s.stock(apitest.Flour, "L/1"); got != "7@"+bin1+" 2@"+bin2 {
		t.Errorf("there is %s", got)
	}
}
