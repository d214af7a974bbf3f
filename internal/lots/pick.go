package lots

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/civil"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/resolve"
)

// ProposePicks implements lottrailv1.LotsServiceServer.
func (s *Service) ProposePicks(ctx context.Context, req *lottrailv1.ProposePicksRequest) (*lottrailv1.ProposePicksResponse, error) {
	day, err := civil.ParseOptional("day", req.GetDay())
	if err != nil {
		return nil, err
	}
	resp := &lottrailv1.ProposePicksResponse{}
	resp.LogPosition, err = s.read(ctx, nil, func(from *snapshot) error {
		// An item's lots are to be read in their order, as far as they are needed, and not
		// all of them to be sorted.
		from.tx.Queue("SET LOCAL enable_sort = off")
		p := &picker{snapshot: from, left: maxLooked, taken: pickTaken{}, streams: map[streamKey]*pickStream{}}
		if err := p.resolve(ctx, req.GetLines()); err != nil {
			return err
		}
		resp.Proposals = nil
		for i, line := range req.GetLines() {
			proposal, err := p.line(ctx, pbtype.Line(i), line, req.GetPurpose(), day)
			if err != nil {
				return err
			}
			resp.Proposals = append(resp.Proposals, proposal)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return resp, nil
}

// picker answers the lines of a request, one after the other.
type picker struct {
	*snapshot
	items   map[string]*resolve.Item
	places  map[string]queries.FefoPlaceListRow
	taken   pickTaken
	streams map[streamKey]*pickStream
	left    int // how many lots may be looked at yet
}

func (p *picker) resolve(ctx context.Context, lines []*lottrailv1.PickLine) (err error) {
	var skus resolve.Keys
	var codes []string
	for i, l := range lines {
		skus = append(skus, resolve.Key{Path: pbtype.Line(i) + ".sku", Value: l.GetSku()})
		codes = append(codes, l.GetLocationCode())
	}
	p.places = make(map[string]queries.FefoPlaceListRow, len(codes))
	queueList(p.tx, func(r queries.FefoPlaceListRow) { p.places[r.Code] = r }, queries.FefoPlaceList, p.tenantID, codes)
	if p.items, err = resolve.Items(ctx, p.tx, p.tenantID, skus); err != nil {
		return err
	}
	for i, code := range codes {
		if _, known := p.places[code]; !known {
			return p.refusePlace(ctx, resolve.Key{Path: pbtype.Line(i) + ".location_code", Value: code})
		}
	}
	return nil
}

// refusePlace: what lies in no site is one of the outside worlds, if it is there.
func (p *picker) refusePlace(ctx context.Context, key resolve.Key) error {
	lookup := resolve.NewLookup(p.tenantID)
	lookup.Sources(resolve.Keys{key})
	return lookup.Do(ctx, p.tx)
}

// line proposes what to pick for one line.
func (p *picker) line(ctx context.Context, path string, line *lottrailv1.PickLine, purpose lottrailv1.PickPurpose, day *time.Time) (*lottrailv1.PickProposal, error) {
	item, place := p.items[line.GetSku()], p.places[line.GetLocationCode()]
	need, entered, err := item.Quantity(path+".quantity", line.GetQuantity().GetValue(), line.GetQuantity().GetUnit())
	if err != nil {
		return nil, err
	}
	today, err := pickDay(place, day)
	if err != nil {
		return nil, err
	}
	wish := &pickWish{
		need: need, unit: item.BaseUnit, place: place.Code, day: today,
		toShip:  purpose != lottrailv1.PickPurpose_PICK_PURPOSE_CONSUMPTION,
		minDays: int(line.GetMinRemainingDays()), minShare: int(line.GetMinRemainingPercent()), shelfLife: item.ShelfLifeDays,
		maxLots: int(line.GetMaxLots()),
	}
	decided, truncated, err := p.decide(ctx, path, line, item, place, wish)
	if err != nil {
		return nil, err
	}
	for _, pick := range decided.picks {
		key := pickKey{pick.lot.lotID, pick.stock.locationID}
		p.taken[key] = p.taken[key].Add(pick.quantity)
	}
	answer := toProposal(item, &decided, line.GetQuantity().GetUnit())
	answer.Quantity, answer.Entered = pbtype.Quantity(need, item.BaseUnit), pbtype.Quantity(entered, line.GetQuantity().GetUnit())
	answer.Day, answer.Truncated = civil.Format(&today), truncated || decided.cut
	return answer, nil
}

// decide looks at lots until there are enough, or no more.
func (p *picker) decide(ctx context.Context, path string, line *lottrailv1.PickLine, item *resolve.Item, place queries.FefoPlaceListRow, wish *pickWish) (proposal, bool, error) {
	stream := p.stream(item.ItemID, place, wish.day)
	if err := p.look(ctx, stream); err != nil {
		return proposal{}, false, err
	}
	if codes := line.GetAgreedLotCodes(); len(codes) > 0 {
		lots, err := p.agreed(ctx, path, item, stream, codes)
		if err != nil {
			return proposal{}, false, err
		}
		wish.agreed = make(map[string]bool, len(codes))
		for _, code := range codes {
			wish.agreed[code] = true
		}
		decided, _ := propose(wish, lots, p.taken, false)
		return decided, false, nil
	}
	for {
		decided, enough := propose(wish, stream.lots, p.taken, !stream.ended)
		if enough || p.left == 0 {
			return decided, !enough, nil
		}
		stream.behind.RowLimit = nextChunk(stream.behind.RowLimit, stream.looked, wish, decided.missing)
		if err := p.lookOn(ctx, stream); err != nil {
			return proposal{}, false, err
		}
	}
}

// pickDay is the day that a line is judged for.
func pickDay(place queries.FefoPlaceListRow, asked *time.Time) (time.Time, error) {
	zone, err := civil.Zone(place.TimeZone)
	if err != nil {
		return time.Time{}, err
	}
	today := civil.DayOf(time.Now(), zone)
	if asked == nil {
		return today, nil
	}
	if asked.Before(today) {
		return today, errs.Invalid("day", "DAY_IN_THE_PAST", "%s is past at site %q, where it is %s; give a day to come, or leave it out for today",
			asked.Format(time.DateOnly), place.SiteCode, today.Format(time.DateOnly))
	}
	return *asked, nil
}

func toProposal(item *resolve.Item, p *proposal, unit string) *lottrailv1.PickProposal {
	answer := &lottrailv1.PickProposal{
		Sku: item.SKU, Missing: pbtype.Quantity(p.missing, item.BaseUnit), PassedOverCount: int32(len(p.passed)), //nolint:gosec // at most as many as are looked at
	}
	for _, pick := range p.picks {
		answer.Picks = append(answer.Picks, &lottrailv1.Pick{
			Lot: &lottrailv1.LotKey{Sku: item.SKU, LotCode: pick.lot.code}, LocationCode: pick.stock.code,
			Quantity: pbtype.Quantity(pick.quantity, item.BaseUnit), Entered: inUnit(item, pick.quantity, unit),
			Dates: pick.lot.toDates(), ReceivedAt: timestamppb.New(pick.lot.receivedAt),
			Reason: pick.why.reason, Explanation: sentence(pick.lot, pick.why),
		})
	}
	for _, over := range p.passed[:min(len(p.passed), maxPassed)] {
		answer.PassedOver = append(answer.PassedOver, &lottrailv1.PassedLot{
			Lot: &lottrailv1.LotKey{Sku: item.SKU, LotCode: over.lot.code}, OnHand: pbtype.Quantity(over.lot.onHand(), item.BaseUnit),
			Dates: over.lot.toDates(), ReceivedAt: timestamppb.New(over.lot.receivedAt),
			Reason: over.why.reason, Explanation: sentence(over.lot, over.why),
		})
	}
	return answer
}

func (lot *pickLot) toDates() *lottrailv1.LotDates {
	return pbtype.LotDates(lot.dates.Production, lot.dates.BestBefore, lot.dates.Expiry, lot.dates.Removal)
}

func sentence(lot *pickLot, why verdict) string { return fmt.Sprintf("lot %q: %s", lot.code, why.text) }

func inUnit(item *resolve.Item, quantity qty.Decimal, unit string) *lottrailv1.Quantity {
	entered, exact := item.InUnit(quantity, unit)
	if !exact {
		return nil
	}
	return pbtype.Quantity(entered, unit)
}
