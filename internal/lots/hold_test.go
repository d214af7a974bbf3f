package lots_test

import (
	"fmt"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
)

// holds are a lot's holds, each in a line.
func holds(list []*pb.Hold) []string {
	var texts []string
	for _, h := range list {
		text := fmt.Sprintf("%d %s by %s active=%v", h.Number, h.Reason, h.PlacedBy, h.Active)
		if h.ReleasedAt != nil || h.ReleaseReason != "" || h.ReleasedBy != "" {
			text += fmt.Sprintf(" released by %s: %s", h.ReleasedBy, h.ReleaseReason)
		}
		texts = append(texts, text)
	}
	return texts
}

func TestHoldAndRelease(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.start()
	s.ReceiveLot(t, apitest.Flour, "FL/1", "10", "KGM", apitest.Shelf)
	s.ReceiveLot(t, apitest.Bread, "FL/1", "10", "H87", apitest.Shelf)
	req := &pb.PlaceHoldRequest{RequestId: apitest.ID(), Sku: apitest.Flour, LotCode: "FL/1", Reason: "glass found\n\"in a sieve\""}
	placed, err := s.Lots.PlaceHold(t.Context(), req)
	must(t, placed, err)
	want := &pb.Hold{Number: 1, Reason: req.Reason, PlacedBy: "default", PlacedAt: placed.Hold.PlacedAt, Active: true}
	if !proto.Equal(placed.Hold, want) || placed.Hold.PlacedAt == nil {
		t.Errorf("placed %v, want %v", placed.Hold, want)
	}
	before := dbtest.Rows(t, s.DB)
	again, err := s.Lots.PlaceHold(t.Context(), req)
	if must(t, again, err); !proto.Equal(again, placed) {
		t.Errorf("replay %v, want %v", again, placed)
	}
	dbtest.SameRows(t, s.DB, before)
	if h := s.hold(apitest.Flour, "FL/1", "second"); h.Number != 2 {
		t.Errorf("second hold has number %d", h.Number)
	}
	lot := s.lot(apitest.Flour, "FL/1")
	if lot.Lot.ActiveHoldCount != 2 {
		t.Errorf("%d holds stand, want 2", lot.Lot.ActiveHoldCount)
	}
	same(t, "active holds", holds(lot.ActiveHolds), []string{"1 " + req.Reason + " by default active=true", "2 second by default active=true"})

	stopped := func(texts ...string) {
		t.Helper()
		for _, err := range []error{s.consume(apitest.Flour, "FL/1", "1", "KGM", apitest.Shelf), s.ship(apitest.ID(), apitest.Flour, "FL/1", "1", "KGM", apitest.Shelf)} {
			apitest.WantRefusal(t, err, codes.FailedPrecondition, "LOT_HELD", "lines[0]")
			for _, text := range texts {
				if err != nil && !strings.Contains(err.Error(), text) {
					t.Errorf("message does not say %q: %v", text, err)
				}
			}
		}
	}
	stopped("hold 1 (glass found", "hold 2 (second)")
	// The same code of another item is another lot.
	if err := s.consume(apitest.Bread, "FL/1", "1", "H87", apitest.Shelf); err != nil {
		t.Error(err)
	}

	releaseReq := &pb.ReleaseHoldRequest{RequestId: apitest.ID(), Sku: apitest.Flour, LotCode: "FL/1", Number: 1, Reason: "sieve was whole"}
	released, err := s.Lots.ReleaseHold(t.Context(), releaseReq)
	must(t, released, err)
	want = &pb.Hold{
		Number: 1, Reason: req.Reason, PlacedBy: "default", PlacedAt: placed.Hold.PlacedAt,
		ReleaseReason: "sieve was whole", ReleasedBy: "default", ReleasedAt: released.Hold.ReleasedAt,
	}
	if !proto.Equal(released.Hold, want) || released.Hold.ReleasedAt == nil {
		t.Errorf("released %v, want %v", released.Hold, want)
	}
	stopped("hold 2 (second)")
	before = dbtest.Rows(t, s.DB)
	againReleased, err := s.Lots.ReleaseHold(t.Context(), releaseReq)
	if must(t, againReleased, err); !proto.Equal(againReleased, released) {
		t.Errorf("replay %v, want %v", againReleased, released)
	}
	_, err = s.release(apitest.Flour, "FL/1", 1)
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "HOLD_RELEASED", "number")
	_, err = s.release(apitest.Flour, "FL/1", 3)
	apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_HOLD", "number")
	_, err = s.release(apitest.Bread, "FL/1", 1)
	apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_HOLD", "number")
	dbtest.SameRows(t, s.DB, before)
	if _, err := s.release(apitest.Flour, "FL/1", 2); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{s.consume(apitest.Flour, "FL/1", "1", "KGM", apitest.Shelf), s.ship("SH-1", apitest.Flour, "FL/1", "1", "KGM", apitest.Shelf)} {
		if err != nil {
			t.Error(err)
		}
	}
	lot = s.lot(apitest.Flour, "FL/1")
	if lot.Lot.ActiveHoldCount != 0 || len(lot.ActiveHolds) != 0 {
		t.Errorf("holds stand: %v", lot)
	}
	dbtest.Reconcile(t, s.DB)
}

func TestHoldRefusals(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.ReceiveLot(t, apitest.Flour, "FL-1", "10", "KGM", apitest.Shelf)
	before := dbtest.Rows(t, s.DB)
	place := func(sku, lot, reason string) error {
		_, err := s.Lots.PlaceHold(t.Context(), &pb.PlaceHoldRequest{RequestId: apitest.ID(), Sku: sku, LotCode: lot, Reason: reason})
		return err
	}
	apitest.WantRefusal(t, place(apitest.Flour, "FL-9", "why"), codes.NotFound, "UNKNOWN_LOT", "lot_code")
	apitest.WantRefusal(t, place("CORN", "FL-1", "why"), codes.NotFound, "UNKNOWN_ITEM", "sku")
	apitest.WantRefusal(t, place(apitest.Bread, "FL-1", "why"), codes.NotFound, "UNKNOWN_LOT", "lot_code")
	apitest.WantRefusal(t, place(apitest.Flour, "FL-1", ""), codes.InvalidArgument, "INVALID_FIELD", "reason")
	_, err := s.release(apitest.Flour, "FL-9", 1)
	apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_LOT", "lot_code")
	_, err = s.release("CORN", "FL-1", 1)
	apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_ITEM", "sku")
	_, err = s.release(apitest.Flour, "FL-1", 0)
	apitest.WantRefusal(t, err, codes.InvalidArgument, "INVALID_FIELD", "number")
	dbtest.SameRows(t, s.DB, before)
}

// Several at once get numbers of their own, and a hold is released once.
func TestHoldsAtOnce(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.ReceiveLot(t, apitest.Flour, "FL-1", "10", "KGM", apitest.Shelf)
	const clients = 8
	numbers, results := make(chan int32, clients), make(chan error, clients)
	for range clients {
		go func() {
			resp, err := s.Lots.PlaceHold(t.Context(), &pb.PlaceHoldRequest{RequestId: apitest.ID(), Sku: apitest.Flour, LotCode: "FL-1", Reason: "why"})
			numbers <- resp.GetHold().GetNumber()
			results <- err
		}()
	}
	seen := map[int32]bool{}
	for range clients {
		n := <-numbers
		if err := <-results; err != nil || seen[n] || n < 1 || n > clients {
			t.Errorf("hold %d, %v", n, err)
		}
		seen[n] = true
	}
	for range clients {
		go func() {
			_, err := s.release(apitest.Flour, "FL-1", 1)
			results <- err
		}()
	}
	done := 0
	for range clients {
		if err := <-results; err == nil {
			done++
		} else {
			apitest.WantRefusal(t, err, codes.FailedPrecondition, "HOLD_RELEASED", "number")
		}
	}
	if got := s.lot(apitest.Flour, "FL-1").Lot.ActiveHoldCount; done != 1 || got != clients-1 {
		t.Errorf("released %d times, %d holds stand", done, got)
	}
}

func TestListHolds(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.ReceiveLot(t, apitest.Flour, "FL-1", "10", "KGM", apitest.Shelf)
	var want []string
	for n := int32(1); n <= 7; n++ {
		s.hold(apitest.Flour, "FL-1", fmt.Sprintf("reason %d", n))
		text := fmt.Sprintf("%d reason %d by default active=%v", n, n, n%2 == 1)
		if n%2 == 0 {
			if _, err := s.release(apitest.Flour, "FL-1", n); err != nil {
				t.Fatal(err)
			}
			text += " released by default: checked"
		}
		want = append(want, text)
	}
	got := pages(t, 3, func(token string) ([]*pb.Hold, string, error) {
		resp, err := s.Lots.ListHolds(t.Context(), &pb.ListHoldsRequest{Sku: apitest.Flour, LotCode: "FL-1", PageSize: 3, PageToken: token})
		return resp.GetHolds(), resp.GetNextPageToken(), err
	})
	same(t, "holds", holds(got), want)
	_, err := s.Lots.ListHolds(t.Context(), &pb.ListHoldsRequest{Sku: apitest.Flour, LotCode: "FL-9"})
	apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_LOT", "lot_code")
}
