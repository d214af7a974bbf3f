package lots_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

func index(i int64) *pb.KnownAt { return &pb.KnownAt{Moment: &pb.KnownAt_LogIndex{LogIndex: i}} }

func moment(t *timestamppb.Timestamp) *pb.KnownAt {
	return &pb.KnownAt{Moment: &pb.KnownAt_Time{Time: t}}
}

func (s *store) lotKnown(lot string, known *pb.KnownAt) (*pb.GetLotResponse, error) {
	return s.Lots.GetLot(s.t.Context(), &pb.GetLotRequest{Sku: apitest.Flour, LotCode: lot, KnownAt: known})
}

// tell is all that is known of a lot, in words, and what LocateLot says.
func (s *store) tell(lot string, known *pb.KnownAt) string {
	s.t.Helper()
	resp, err := s.lotKnown(lot, known)
	if err != nil {
		apitest.WantRefusal(s.t, err, codes.NotFound, "UNKNOWN_LOT", "lot_code")
		_, err := s.Lots.LocateLot(s.t.Context(), &pb.LocateLotRequest{Sku: apitest.Flour, LotCode: lot, KnownAt: known})
		apitest.WantRefusal(s.t, err, codes.NotFound, "UNKNOWN_LOT", "lot_code")
		return "unknown"
	}
	located := pages(s.t, 1, func(token string) ([]*pb.Stock, string, error) {
		resp, err := s.Lots.LocateLot(s.t.Context(), &pb.LocateLotRequest{Sku: apitest.Flour, LotCode: lot, KnownAt: known, PageSize: 1, PageToken: token})
		return resp.GetStocks(), resp.GetNextPageToken(), err
	})
	if stocks(located) != stocks(resp.Stocks) {
		s.t.Errorf("located at %s, got at %s", stocks(located), stocks(resp.Stocks))
	}
	if int(resp.Lot.ActiveHoldCount) != len(resp.ActiveHolds) {
		s.t.Errorf("%d holds counted, %v", resp.Lot.ActiveHoldCount, resp.ActiveHolds)
	}
	text := resp.Lot.OnHand.Value + ":"
	for _, stock := range resp.Stocks {
		text += " " + stock.OnHand.Value + "@" + stock.LocationCode
	}
	for _, h := range resp.ActiveHolds {
		text += fmt.Sprintf(" held %d %s", h.Number, h.Reason)
	}
	return text
}

// contents is what is in the plant, in pages of one.
func (s *store) contents(known *pb.KnownAt, location string, thisOnly bool) string {
	s.t.Helper()
	all := pages(s.t, 1, func(token string) ([]*pb.LocationContent, string, error) {
		resp, err := s.Lots.ListLocationContents(s.t.Context(), &pb.ListLocationContentsRequest{
			LocationCode: location, ThisLocationOnly: thisOnly, KnownAt: known, PageSize: 1, PageToken: token,
		})
		return resp.GetContents(), resp.GetNextPageToken(), err
	})
	var texts []string
	for _, c := range all {
		text := fmt.Sprintf("%s/%s %s@%s", c.Lot.Sku, c.Lot.LotCode, c.OnHand.Value, c.LocationCode)
		if c.ActiveHoldCount > 0 {
			text += fmt.Sprintf(" %d holds", c.ActiveHoldCount)
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, ", ")
}

// What was known stays known: each operation of a lot's life is looked back at
// after the others, by its index in the log and by the time of its sealing.
func TestKnownAt(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	type state struct{ one, two, plant string }
	const nothing = "unknown"
	steps := []struct {
		do   func()
		then state
	}{
		{func() {}, state{nothing, nothing, ""}},
		{
			func() { s.ReceiveLot(t, apitest.Flour, "L/1", "10", "KGM", apitest.Dock) },
			state{"10: 10@DOCK-1", nothing, "FLOUR/L/1 10@DOCK-1"},
		},
		{
			func() { s.mustMove("FLOUR/L/1 4 KGM DOCK-1 > " + bin1) },
			state{"10: 6@DOCK-1 4@" + bin1, nothing, "FLOUR/L/1 6@DOCK-1, FLOUR/L/1 4@" + bin1},
		},
		{
			func() { s.hold(apitest.Flour, "L/1", "smells") },
			state{"10: 6@DOCK-1 4@" + bin1 + " held 1 smells", nothing, "FLOUR/L/1 6@DOCK-1 1 holds, FLOUR/L/1 4@" + bin1 + " 1 holds"},
		},
		{
			func() { s.hold(apitest.Flour, "L/1", "wet") },
			state{"10: 6@DOCK-1 4@" + bin1 + " held 1 smells held 2 wet", nothing, "FLOUR/L/1 6@DOCK-1 2 holds, FLOUR/L/1 4@" + bin1 + " 2 holds"},
		},
		{
			func() { _, err := s.release(apitest.Flour, "L/1", 1); must(t, 0, err) },
			state{"10: 6@DOCK-1 4@" + bin1 + " held 2 wet", nothing, "FLOUR/L/1 6@DOCK-1 1 holds, FLOUR/L/1 4@" + bin1 + " 1 holds"},
		},
		{
			func() { _, err := s.release(apitest.Flour, "L/1", 2); must(t, 0, err) },
			state{"10: 6@DOCK-1 4@" + bin1, nothing, "FLOUR/L/1 6@DOCK-1, FLOUR/L/1 4@" + bin1},
		},
		{
			func() { s.ReceiveLot(t, apitest.Flour, "L/2", "7", "KGM", apitest.Dock) },
			state{"10: 6@DOCK-1 4@" + bin1, "7: 7@DOCK-1", "FLOUR/L/1 6@DOCK-1, FLOUR/L/2 7@DOCK-1, FLOUR/L/1 4@" + bin1},
		},
		{
			func() { must(t, 0, s.ship("SH-1", apitest.Flour, "L/1", "6", "KGM", apitest.Dock)) },
			state{"4: 4@" + bin1, "7: 7@DOCK-1", "FLOUR/L/2 7@DOCK-1, FLOUR/L/1 4@" + bin1},
		},
		{
			func() { s.mustMove("FLOUR/L/1 4 KGM "+bin1+" > DOCK-1", "FLOUR/L/2 7 KGM DOCK-1 > SHELF-1") },
			state{"4: 4@DOCK-1", "7: 7@SHELF-1", "FLOUR/L/1 4@DOCK-1, FLOUR/L/2 7@SHELF-1"},
		},
	}
	var positions []*pb.LogPosition
	for _, step := range steps {
		step.do()
		s.Sealed(t)
		resp, err := s.Lots.ListLocationContents(t.Context(), &pb.ListLocationContentsRequest{LocationCode: apitest.Site})
		positions = append(positions, must(t, resp, err).LogPosition)
	}
	for i, step := range steps {
		position := positions[i]
		moments := map[string]*pb.KnownAt{"index": index(position.LogIndex)}
		if i > 0 {
			moments["time"] = moment(position.SealedAt)
		}
		for name, known := range moments {
			got := state{s.tell("L/1", known), s.tell("L/2", known), s.contents(known, apitest.Site, false)}
			if got != step.then {
				t.Errorf("step %d by %s:\n got %+v\nwant %+v", i, name, got, step.then)
			}
			resp, err := s.Lots.ListLocationContents(t.Context(), &pb.ListLocationContentsRequest{LocationCode: apitest.Site, KnownAt: known})
			if err != nil || !proto.Equal(resp.LogPosition, position) {
				t.Errorf("step %d by %s: position %v, %v, want %v", i, name, resp.GetLogPosition(), err, position)
			}
		}
	}
	last := index(positions[2].LogIndex)
	for location, want := range map[string]string{apitest.Shelf: "", zone: "", bin1: "FLOUR/L/1 4@" + bin1, apitest.Dock: "FLOUR/L/1 6@DOCK-1"} {
		if got := s.contents(last, location, true); got != want {
			t.Errorf("%s alone: %s, want %s", location, got, want)
		}
	}
}

// An answer without known_at says how far the records went that it is from, and is
// what is known there once the rest is in the log.
func TestLogPosition(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.receive(oil, "BOUGHT", "LTR", apitest.Shelf, "2024-02-20", "2099-12-31")
	s.start()
	s.output(apitest.Bread, "MADE", "2", "CASE", apitest.Line)
	s.hold(oil, "BOUGHT", "smells")
	now := s.lot(oil, "BOUGHT")
	if p := now.LogPosition; p.LogIndex+int64(p.UnloggedCount) != 4 || (p.SealedAt == nil) != (p.LogIndex == 0) {
		t.Errorf("position %v of 4 operations", p)
	}
	end := s.Sealed(t)
	now = s.lot(oil, "BOUGHT")
	if p := now.LogPosition; p.LogIndex != end || p.UnloggedCount != 0 || p.SealedAt == nil {
		t.Errorf("position %v at the end %d", p, end)
	}
	made := s.lot(apitest.Bread, "MADE")
	s.mustMove("OIL/BOUGHT 4 LTR SHELF-1 > DOCK-1")
	for sku, want := range map[string]*pb.GetLotResponse{oil: now, apitest.Bread: made} {
		got, err := s.Lots.GetLot(t.Context(), &pb.GetLotRequest{Sku: sku, LotCode: want.Lot.LotCode, KnownAt: index(end)})
		if err != nil || !proto.Equal(got, want) {
			t.Errorf("%v, %v\nwant %v", got, err, want)
		}
	}
	located, err := s.Lots.LocateLot(t.Context(), &pb.LocateLotRequest{Sku: oil, LotCode: "BOUGHT"})
	if err != nil || located.LogPosition.LogIndex+int64(located.LogPosition.UnloggedCount) != end+1 {
		t.Errorf("%v, %v, want position %d", located, err, end+1)
	}
	if !reflect.DeepEqual(s.stock(oil, "BOUGHT"), stocks(located.Stocks)) {
		t.Errorf("located at %s", stocks(located.Stocks))
	}
}

// The pages of what was known fit together, whatever moves meanwhile.
func TestKnownPagesFitTogether(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	for i := range 6 {
		s.ReceiveLot(t, apitest.Flour, fmt.Sprint("L", i), "1", "KGM", apitest.Dock)
	}
	s.Sealed(t)
	resp, err := s.lotKnown("L0", nil)
	known := moment(must(t, resp, err).LogPosition.SealedAt)
	next := 0
	got := pages(t, 2, func(token string) ([]*pb.LocationContent, string, error) {
		resp, err := s.Lots.ListLocationContents(t.Context(), &pb.ListLocationContentsRequest{LocationCode: apitest.Dock, KnownAt: known, PageSize: 2, PageToken: token})
		// What was on this page and what will be on the next go.
		for range 2 {
			s.mustMove(fmt.Sprintf("FLOUR/L%d 1 KGM DOCK-1 > SHELF-1", next))
			next++
		}
		return resp.GetContents(), resp.GetNextPageToken(), err
	})
	var lots []string
	for _, c := range got {
		lots = append(lots, c.Lot.LotCode)
	}
	same(t, "lots", lots, []string{"L0", "L1", "L2", "L3", "L4", "L5"})
}
