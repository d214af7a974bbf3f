package model_test

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
)

// lookBack asks what was known after so many entries, by index and by time.
func (p plant) lookBack(ctx context.Context, m *memory, n int) error {
	index := m.index(n)
	known := &pb.KnownAt{Moment: &pb.KnownAt_LogIndex{LogIndex: index}}
	if err := p.compareKnown(ctx, m, n, known); err != nil {
		return fmt.Errorf("known at %d: %w", index, err)
	}
	if n == 0 {
		return nil
	}
	sealed := m.entries[n-1].SealedAt
	known = &pb.KnownAt{Moment: &pb.KnownAt_Time{Time: timestamppb.New(sealed)}}
	if err := p.compareKnown(ctx, m, m.sealedBy(sealed), known); err != nil {
		return fmt.Errorf("known at %s, when %d was sealed: %w", sealed, index, err)
	}
	return nil
}

// compareKnown holds what the service says was known against the model after so
// many entries.
func (p plant) compareKnown(ctx context.Context, m *memory, n int, known *pb.KnownAt) error {
	w := m.after[n]
	g := p.graph(w)
	for _, code := range everything {
		if err := p.compareLot(ctx, w, code, known, m.index(n)); err != nil {
			return fmt.Errorf("lot %s: %w", code, err)
		}
		for _, direction := range []pb.TraceDirection{pb.TraceDirection_TRACE_DIRECTION_FORWARD, pb.TraceDirection_TRACE_DIRECTION_BACKWARD} {
			if err := p.compareTrace(ctx, w, g, code, direction, known); err != nil {
				return fmt.Errorf("%s of %s: %w", direction, code, err)
			}
		}
	}
	return p.compareContents(ctx, w, known)
}

func (p plant) compareLot(ctx context.Context, w world, code string, known *pb.KnownAt, index int64) error {
	resp, err := p.api.Lots.GetLot(ctx, &pb.GetLotRequest{Sku: p.sku(code), LotCode: code, KnownAt: known})
	located, locateErr := p.api.Lots.LocateLot(ctx, &pb.LocateLotRequest{Sku: p.sku(code), LotCode: code, KnownAt: known})
	l, exists := w.lots[code]
	if !exists {
		if apitest.Reason(err) != "UNKNOWN_LOT" || apitest.Reason(locateErr) != "UNKNOWN_LOT" {
			return fmt.Errorf("was not known, and is: %v, %w; %v, %w", resp, err, located, locateErr)
		}
		return nil
	}
	if err != nil || locateErr != nil {
		return fmt.Errorf("%w, %w", err, locateErr)
	}
	if resp.Lot.ExpiryDate != l.expiry {
		return fmt.Errorf("expires %q, want %q", resp.Lot.ExpiryDate, l.expiry)
	}
	holds := l.standing()
	var listed []int
	for _, h := range resp.ActiveHolds {
		if !h.Active || h.ReleasedAt != nil {
			return fmt.Errorf("hold %v, which stood then", h)
		}
		listed = append(listed, int(h.Number))
	}
	if !slices.Equal(holds, listed) || int(resp.Lot.ActiveHoldCount) != len(holds) {
		return fmt.Errorf("%d holds, listed %v, want %v", resp.Lot.ActiveHoldCount, listed, holds)
	}
	if got := stocksOf(resp.Stocks); !reflect.DeepEqual(got, l.stocks()) || resp.Lot.OnHand.Value != fmt.Sprint(l.total()) {
		return fmt.Errorf("%s on hand: %v, want %v", resp.Lot.OnHand.Value, got, l.stocks())
	}
	if got := stocksOf(located.Stocks); !reflect.DeepEqual(got, l.stocks()) {
		return fmt.Errorf("located at %v, want %v", got, l.stocks())
	}
	if got := resp.LogPosition; got.LogIndex != index || got.UnloggedCount != 0 {
		return fmt.Errorf("position %v, want %d", got, index)
	}
	return nil
}

// stocks are where something is left.
func (l lot) stocks() map[string]string {
	stocks := map[string]string{}
	for location, quantity := range l.onHand {
		if quantity > 0 {
			stocks[location] = fmt.Sprint(quantity)
			if weight := l.weight[location]; weight != 0 {
				stocks[location] += fmt.Sprintf(" of %d", weight)
			}
		}
	}
	return stocks
}

func stocksOf(list []*pb.Stock) map[string]string {
	stocks := map[string]string{}
	for _, s := range list {
		stocks[s.LocationCode] = s.OnHand.Value
		if s.Weight != nil {
			stocks[s.LocationCode] += " of " + s.Weight.Value
		}
	}
	return stocks
}

// compareContents looks through all that the site held.
func (p plant) compareContents(ctx context.Context, w world, known *pb.KnownAt) error {
	var got, want []string
	req := &pb.ListLocationContentsRequest{LocationCode: apitest.Site, KnownAt: known, PageSize: 50}
	for more := true; more; more = req.PageToken != "" {
		resp, err := p.api.Lots.ListLocationContents(ctx, req)
		if err != nil {
			return err
		}
		for _, c := range resp.Contents {
			if strings.HasPrefix(c.Lot.Sku, p.name) {
				got = append(got, fmt.Sprintf("%s %s %s of %s, %d holds, until %s", c.LocationCode, c.Lot.LotCode, c.OnHand.Value, cmp.Or(c.Weight.GetValue(), "0"), c.ActiveHoldCount, c.ExpiryDate))
			}
		}
		req.PageToken = resp.NextPageToken
	}
	for _, location := range slices.Sorted(slices.Values(locations)) {
		for _, code := range slices.Sorted(maps.Keys(w.lots)) {
			l := w.lots[code]
			if l.onHand[location] > 0 {
				want = append(want, fmt.Sprintf("%s %s %d of %d, %d holds, until %s", location, code, l.onHand[location], l.weight[location], len(l.standing()), l.expiry))
			}
		}
	}
	if !slices.Equal(got, want) {
		return fmt.Errorf("contents %v, want %v", got, want)
	}
	return nil
}

// compareTrace holds a trace against a search through what had happened.
func (p plant) compareTrace(ctx context.Context, w world, g lineagetest.Graph, code string, direction pb.TraceDirection, known *pb.KnownAt) error {
	resp, err := p.api.Trace.GetTrace(ctx, &pb.GetTraceRequest{Sku: p.sku(code), LotCode: code, Direction: direction, PageSize: 10_000, KnownAt: known})
	if _, exists := w.lots[code]; !exists {
		if status.Code(err) != codes.NotFound || apitest.Reason(err) != "UNKNOWN_LOT" {
			return fmt.Errorf("was not known, and is: %v, %w", resp, err)
		}
		return nil
	}
	if err != nil {
		return err
	}
	forward := direction == pb.TraceDirection_TRACE_DIRECTION_FORWARD
	want := g.Expect(lineagetest.Ask{Seed: p.lotName(code), Forward: forward, Backward: !forward})
	got, lots := p.answer(resp.Part)
	// Documents are told by their own codes here.
	want.Receipts, want.Shipments = nil, nil
	for _, m := range w.standing() {
		switch line := fmt.Sprintf("%s %d %s", m.Lot, m.Quantity, p.name+m.Document); {
		case !lots[m.Lot]:
		case m.Kind == receive && !forward:
			want.Receipts = append(want.Receipts, line)
		case m.Kind == ship && forward:
			want.Shipments = append(want.Shipments, line)
		}
	}
	want.Sort()
	got.Sort()
	if !reflect.DeepEqual(got, want) {
		return fmt.Errorf("\n got %+v\nwant %+v", got, want)
	}
	for _, l := range resp.Part.Lots {
		if holds := w.lots[l.Lot.LotCode].standing(); int(l.ActiveHoldCount) != len(holds) {
			return fmt.Errorf("%d holds on %s, want %v", l.ActiveHoldCount, l.Lot.LotCode, holds)
		}
		if want := w.lots[l.Lot.LotCode].expiry; l.ExpiryDate != want {
			return fmt.Errorf("%s expires %q, want %q", l.Lot.LotCode, l.ExpiryDate, want)
		}
		if got, want := stocksOf(l.Stocks), w.lots[l.Lot.LotCode].stocks(); !reflect.DeepEqual(got, want) {
			return fmt.Errorf("%s at %v, want %v", l.Lot.LotCode, got, want)
		}
	}
	return nil
}
