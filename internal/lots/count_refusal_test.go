package lots_test

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"

	"google.golang.org/grpc/codes"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

func TestCountRefusals(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.PushItem(t, &pb.Item{Sku: "DRILL", Name: "Drill", BaseUnit: "H87", Tracking: pb.Tracking_TRACKING_SERIAL})
	s.ReceiveLot(t, apitest.Flour, "L/1", "10", "KGM", bin1)
	s.openCount(&pb.OpenCountRequest{CountCode: "C/1", LocationCode: zone, Skus: []string{apitest.Flour, "DRILL"}})
	for _, c := range []struct {
		req    *pb.OpenCountRequest
		code   codes.Code
		reason string
		field  string
	}{
		{&pb.OpenCountRequest{CountCode: "C/2"}, codes.InvalidArgument, "COUNT_OF_NOTHING", "location_code"},
		{&pb.OpenCountRequest{CountCode: "C/1", LocationCode: zone}, codes.AlreadyExists, "COUNT_EXISTS", "count_code"},
		{&pb.OpenCountRequest{CountCode: "C/2", LocationCode: "scrap"}, codes.InvalidArgument, "LOCATION_NOT_FOR_STOCK", "location_code"},
		{&pb.OpenCountRequest{CountCode: "C/2", LocationCode: "NO"}, codes.NotFound, "UNKNOWN_LOCATION", "location_code"},
		{&pb.OpenCountRequest{CountCode: "C/2", Skus: []string{apitest.Flour, "NO"}}, codes.NotFound, "UNKNOWN_ITEM", "skus[1]"},
	} {
		c.req.RequestId = apitest.ID()
		_, err := s.Lots.OpenCount(t.Context(), c.req)
		apitest.WantRefusal(t, err, c.code, c.reason, c.field)
	}
	for _, c := range []struct {
		readings []string
		code     codes.Code
		reason   string
		field    string
	}{
		{[]string{"FLOUR/L/1 1 KGM SHELF-1"}, codes.InvalidArgument, "OUTSIDE_COUNT", "lines[0].location_code"},
		{[]string{"BREAD/B/1 1 H87 " + bin1}, codes.InvalidArgument, "OUTSIDE_COUNT", "lines[0].sku"},
		{[]string{"FLOUR/L/1 1 KGM " + bin1, "FLOUR/L/1 2 KGM " + bin1}, codes.InvalidArgument, "COUNTED_TWICE", "lines[1]"},
		{[]string{"DRILL/D/1 2 H87 " + bin1}, codes.InvalidArgument, "SERIAL_REPEATED", "lines[0].counted.value"},
		{[]string{"FLOUR/L/1 0 LTR " + bin1}, codes.InvalidArgument, "UNKNOWN_UNIT", "lines[0].counted.unit"},
		{[]string{"FLOUR/ 1 KGM " + bin1}, codes.InvalidArgument, "LOT_CODE_REQUIRED", "lines[0].lot_code"},
	} {
		_, err := s.counted("C/1", c.readings...)
		apitest.WantRefusal(t, err, c.code, c.reason, c.field)
	}
	_, err := s.counted("C/9", "FLOUR/L/1 1 KGM "+bin1)
	apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_COUNT", "count_code")
	_, err = s.Lots.CancelCount(t.Context(), &pb.CancelCountRequest{RequestId: apitest.ID(), CountCode: "C/1", Reason: "rain"})
	must(t, "", err)
	_, err = s.postCount("C/1", true)
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "COUNT_CLOSED", "count_code")
}

// What nobody can post: a lot that is not known, an untracked item of which nothing is
// there, a serial that is elsewhere. The rest goes without them.
func TestCountLeavesOut(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.PushItem(t, &pb.Item{Sku: "DRILL", Name: "Drill", BaseUnit: "H87", Tracking: pb.Tracking_TRACKING_SERIAL})
	s.PushItem(t, &pb.Item{Sku: apitest.Flour, Name: "Flour", BaseUnit: "KGM", Decimals: 3, Tracking: pb.Tracking_TRACKING_LOT, Units: []*pb.ItemUnit{{Unit: "BAG", Numerator: "25"}}, AdjustmentApprovalQuantity: "1"})
	s.ReceiveLot(t, apitest.Flour, "L/1", "10", "KGM", bin1)
	s.ReceiveLot(t, "DRILL", "D/1", "1", "H87", apitest.Shelf)
	s.ReceiveLot(t, "DRILL", "D/2", "1", "H87", bin2)
	s.openCount(&pb.OpenCountRequest{CountCode: "C/1", LocationCode: zone})
	s.mustCount("C/1", "FLOUR/L/1 8 KGM "+bin1, "FLOUR/L/77 1 KGM "+bin1, "SALT/ 5 GRM "+bin1, "DRILL/D/1 1 H87 "+bin1, "DRILL/D/2 1 H87 "+bin1)
	_, err := s.postCount("C/1", true)
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "APPROVAL_REQUIRED", "approved_by")
	post := &pb.PostCountRequest{RequestId: apitest.ID(), CountCode: "C/1", Justification: "night count", ApprovedBy: "Kim", LeaveOut: true}
	resp, err := s.Lots.PostCount(t.Context(), post)
	same(t, "posted", movements(must(t, resp, err).Movements), []string{"ADJUSTMENT FLOUR/L/1 2 KGM (2 KGM) " + bin1 + ">adjustment by C/1 because night count"})
	same(t, "left out", countLines(resp.LeftOut), []string{
		"2 DRILL/D/2 " + bin2 + " LEFT_OUT", "3 FLOUR/L/77 " + bin1 + " LEFT_OUT unexpected 1 of 0, 1", "4 SALT/ " + bin1 + " LEFT_OUT unexpected 5 of 0, 5",
		"5 DRILL/D/1 " + bin1 + " LEFT_OUT unexpected 1 of 0, 1", "6 DRILL/D/2 " + bin1 + " LEFT_OUT unexpected 1 of 0, 1",
	})
	left, err := s.Lots.GetCount(t.Context(), &pb.GetCountRequest{CountCode: "C/1", LineState: pb.CountLineState_COUNT_LINE_STATE_LEFT_OUT})
	if got := must(t, left, err).Lines; len(got) != 5 || got[0].LeftOutReason != "nobody has counted it" {
		t.Errorf("listed %v", got)
	}
	wantReason(t, "list", lastMovement(s, apitest.Flour, "L/1"), "COUNT", "Kim")
	// A serial that is missed here and found there is one, and where it was found.
	s.openCount(&pb.OpenCountRequest{CountCode: "C/2", LocationCode: zone, Skus: []string{"DRILL"}})
	s.mustCount("C/2", "DRILL/D/2 0 H87 "+bin2, "DRILL/D/2 1 H87 "+bin1)
	must(t, "", func() error { _, err := s.postCount("C/2", false); return err }())
	if got := s.stock("DRILL", "D/2"); got != "1@"+bin1 {
		t.Errorf("D/2 is %s", got)
	}
	codes := pages(t, 1, func(token string) ([]*pb.Count, string, error) {
		resp, err := s.Lots.ListCounts(t.Context(), &pb.ListCountsRequest{State: pb.CountState_COUNT_STATE_POSTED, PageSize: 1, PageToken: token})
		return resp.GetCounts(), resp.GetNextPageToken(), err
	})
	if len(codes) != 2 || codes[0].CountCode != "C/1" || codes[1].CountCode != "C/2" || codes[1].Skus[0] != "DRILL" {
		t.Errorf("listed %v", codes)
	}
}

// However much is moved while it is counted and posted, a variance is posted once and
// whole, or, where the count was doubtful, not at all.
func TestCountWhileMoving(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.ReceiveLot(t, apitest.Flour, "L/1", "40", "KGM", bin1)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for range 5 {
				if _, err := s.move("FLOUR/L/1 1 KGM " + bin1 + " > " + bin2); err != nil {
					t.Error(err)
				}
			}
		})
	}
	varied := 0
	for i := range 4 {
		code := fmt.Sprint("C/", i)
		s.openCount(&pb.OpenCountRequest{CountCode: code, LocationCode: bin1})
		req := &pb.RecordCountRequest{RequestId: apitest.ID(), CountCode: code, Lines: []*pb.CountReading{
			{Sku: apitest.Flour, LotCode: "L/1", LocationCode: bin1, Counted: &pb.CountedQuantity{Value: "30", Unit: "KGM"}},
		}}
		resp, err := s.Lots.RecordCount(t.Context(), req)
		must(t, resp, err)
		posted, err := s.postCount(code, true)
		must(t, posted, err)
		for _, m := range posted.Movements {
			if strings.TrimPrefix(resp.Lines[0].Variance.Value, "-") != m.Quantity.Value {
				t.Errorf("variance %s, posted %s", resp.Lines[0].Variance.Value, m.Quantity.Value)
			}
			n, err := strconv.Atoi(resp.Lines[0].Variance.Value)
			varied += must(t, n, err)
		}
	}
	wg.Wait()
	if got := s.lot(apitest.Flour, "L/1").Lot.OnHand.Value; got != fmt.Sprint(40+varied) {
		t.Errorf("on hand %s, and the variances of 40 were %d", got, varied)
	}
}
