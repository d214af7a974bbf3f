package lots_test

import (
	"fmt"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// places are where a lot is, how much of it there is held and available, and the way
// there.
func (s *store) places(sku, lot string, known *pb.KnownAt) []string {
	s.t.Helper()
	resp, err := s.Lots.LocateLot(s.t.Context(), &pb.LocateLotRequest{Sku: sku, LotCode: lot, KnownAt: known})
	var texts []string
	for _, p := range must(s.t, resp, err).Stocks {
		texts = append(texts, fmt.Sprintf("%s = %s held + %s free: %s", p.OnHand.Value, p.Held.Value, p.Available.Value, strings.Join(p.Path, ">")))
	}
	return texts
}

// inside is what a request finds: "lot@location" with how much of it is held and
// available, its dates, and when it came.
func (s *store) inside(req *pb.ListLocationContentsRequest) []string {
	s.t.Helper()
	req.PageSize = 2
	var texts []string
	for _, c := range pages(s.t, 2, func(token string) ([]*pb.LocationContent, string, error) {
		req.PageToken = token
		resp, err := s.Lots.ListLocationContents(s.t.Context(), req)
		return resp.GetContents(), resp.GetNextPageToken(), err
	}) {
		texts = append(texts, fmt.Sprintf("%s@%s %s = %s held + %s free, %s/%s, came %s", c.Lot.LotCode, c.LocationCode, c.OnHand.Value, c.Held.Value, c.Available.Value,
			c.ProductionDate, c.ExpiryDate, c.ReceivedAt.AsTime().Format("2006-01-02")))
	}
	return texts
}

// What is held of a lot at a place, and what is available, as it is and as it was
// known.
func TestPlacesOfALot(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.receive(oil, "L-1", "LTR", bin1, "2024-01-01", "2099-01-01")
	s.mustMove("OIL/L-1 4 LTR " + bin1 + " > " + bin2)
	way := ": PLANT>SHELF-1>SHELF-1/ZONE>"
	free := []string{"6 = 0 held + 6 free" + way + bin1, "4 = 0 held + 4 free" + way + bin2}
	some := []string{free[0], "4 = 4 held + 0 free" + way + bin2}
	none := []string{"6 = 6 held + 0 free" + way + bin1, some[1]}
	same(t, "free", s.places(oil, "L-1", nil), free)
	before := s.Sealed(t)
	s.holdAt(oil, "L-1", bin2, pb.HoldReason_HOLD_REASON_DAMAGE)
	same(t, "held at one", s.places(oil, "L-1", nil), some)
	between := s.Sealed(t)
	s.hold(oil, "L-1", "all of it")
	same(t, "held", s.places(oil, "L-1", nil), none)
	after := s.Sealed(t)
	for number := range int32(2) {
		if _, err := s.release(oil, "L-1", number+1); err != nil {
			t.Fatal(err)
		}
	}
	same(t, "released", s.places(oil, "L-1", nil), free)
	same(t, "before", s.places(oil, "L-1", index(before)), free)
	same(t, "between", s.places(oil, "L-1", index(between)), some)
	same(t, "after", s.places(oil, "L-1", index(after)), none)
	if got := s.lot(oil, "L-1").Stocks[0]; got.Held.Value != "0" || got.Available.Value != "6" || len(got.Path) != 4 {
		t.Errorf("with the lot: %v", got)
	}
}

func TestContentsAreFiltered(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.receive(oil, "A", "LTR", bin1, "2024-01-01", "2099-01-01")
	s.receive(oil, "B", "LTR", bin2, "2024-01-02", "2099-02-01")
	s.ReceiveLot(t, apitest.Flour, "F", "10", "KGM", bin2)
	s.mustMove("OIL/A 1 LTR "+bin1+" > "+bin2, "OIL/B 2 LTR "+bin2+" > "+bin1)
	s.holdAt(oil, "A", bin2, pb.HoldReason_HOLD_REASON_DAMAGE)
	s.hold(oil, "B", "all of it")
	known := s.Sealed(t)
	a1 := "A@" + bin1 + " 9 = 0 held + 9 free, 2024-01-01/2099-01-01, came 2024-03-01"
	b1 := "B@" + bin1 + " 2 = 2 held + 0 free, 2024-01-02/2099-02-01, came 2024-03-01"
	a2 := "A@" + bin2 + " 1 = 1 held + 0 free, 2024-01-01/2099-01-01, came 2024-03-01"
	b2 := "B@" + bin2 + " 8 = 8 held + 0 free, 2024-01-02/2099-02-01, came 2024-03-01"
	yes, no := true, false
	check := func(known *pb.KnownAt) {
		t.Helper()
		in := func(req *pb.ListLocationContentsRequest) []string {
			t.Helper()
			req.LocationCode, req.KnownAt = apitest.Site, known
			return s.inside(req)
		}
		same(t, "oil", in(&pb.ListLocationContentsRequest{Sku: oil}), []string{a1, b1, a2, b2})
		same(t, "held", in(&pb.ListLocationContentsRequest{Held: &yes}), []string{b1, a2, b2})
		same(t, "oil not held", in(&pb.ListLocationContentsRequest{Sku: oil, Held: &no}), []string{a1})
		same(t, "expiring", in(&pb.ListLocationContentsRequest{ExpiringBefore: "2099-02-01"}), []string{a1, a2})
		same(t, "expiring and held", in(&pb.ListLocationContentsRequest{ExpiringBefore: "2100-01-01", Held: &yes}), []string{b1, a2, b2})
		if got := in(&pb.ListLocationContentsRequest{Sku: apitest.Flour, Held: &no}); len(got) != 1 || !strings.HasPrefix(got[0], "F@"+bin2+" 10 = 0 held + 10 free, /, came 20") {
			t.Errorf("flour: %q", got)
		}
		same(t, "bread", in(&pb.ListLocationContentsRequest{Sku: apitest.Bread}), nil)
	}
	check(nil)
	check(index(known))
	// What comes later, and what is changed later, was not known then.
	for number := range int32(2) {
		if _, err := s.release(oil, []string{"A", "B"}[number], 1); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Lots.ChangeLotDates(t.Context(), &pb.ChangeLotDatesRequest{
		RequestId: apitest.ID(), Sku: oil, LotCode: "A", ProductionDate: "2023-12-31", ExpiryDate: "2098-01-01", Reason: "label",
	}); err != nil {
		t.Fatal(err)
	}
	s.mustMove("OIL/A 9 LTR " + bin1 + " > " + apitest.Line)
	s.receive(oil, "C", "LTR", bin1, "2024-01-03", "2098-06-01")
	check(index(known))
	same(t, "now", s.inside(&pb.ListLocationContentsRequest{LocationCode: apitest.Site, ExpiringBefore: "2098-06-01"}),
		[]string{"A@LINE-1 9 = 0 held + 9 free, 2023-12-31/2098-01-01, came 2024-03-01", "A@" + bin2 + " 1 = 0 held + 1 free, 2023-12-31/2098-01-01, came 2024-03-01"})
	_, err := s.Lots.ListLocationContents(t.Context(), &pb.ListLocationContentsRequest{LocationCode: apitest.Site, Sku: "NO"})
	apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_ITEM", "sku")
	_, err = s.Lots.ListLocationContents(t.Context(), &pb.ListLocationContentsRequest{LocationCode: apitest.Site, ExpiringBefore: "2025-02-30"})
	apitest.WantRefusal(t, err, codes.InvalidArgument, "INVALID_DATE", "expiring_before")
}
