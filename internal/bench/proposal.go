package bench

import (
	"context"
	"fmt"
	"slices"
	"time"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/bench/plant"
	"github.com/lottrail/lottrail/internal/qty"
)

// wishes are from how many lots it takes what is to be picked.
var wishes = []int{1, 3, 200}

// maxPassed is of how many lots that are passed over the service tells.
const maxPassed = 50

// proposals measures what to pick of the item with many lots, after service and query
// have proposed the same once.
func (b *bench) proposals(ctx context.Context) ([]*Reading, error) {
	if _, err := b.walker.Exec(ctx, byIndex+"; SET jit = off"); err != nil {
		return nil, err
	}
	var all []*Reading
	for _, lots := range wishes {
		quantity, look := b.work.hall.Wish(lots)
		w := pickWish{quantity: fmt.Sprint(quantity), look: look}
		b.progress.Step("proposing picks from %d lots, %d times", lots, b.Repeats)
		served, err := b.propose(ctx, w)
		if err != nil {
			return all, err
		}
		queried, err := b.work.queryPicks(ctx, b.walker, w)
		if err != nil {
			return all, err
		}
		if got, want := servedPicks(served), queried.told(); !slices.Equal(got, want) {
			return all, fmt.Errorf("the service proposes otherwise than the query: %s", firstDifference(got, want))
		}
		r, err := b.turns(fmt.Sprintf("picks from %d", lots), len(served.GetPicks()), func() error {
			_, err := b.propose(ctx, w)
			return err
		}, func() error {
			_, err := b.work.queryPicks(ctx, b.walker, w)
			return err
		})
		if err != nil {
			return all, err
		}
		all = append(all, r)
	}
	return all, nil
}

// pickWish is what is to be picked, and how many lots have to be looked at for it.
type pickWish struct {
	quantity string
	look     int
}

func (b *bench) propose(ctx context.Context, w pickWish) (*lottrailv1.PickProposal, error) {
	resp, err := b.work.hall.lots.ProposePicks(ctx, b.work.toProposePicks(w))
	if err != nil {
		return nil, err
	}
	return resp.GetProposals()[0], nil
}

func (w *work) toProposePicks(wish pickWish) *lottrailv1.ProposePicksRequest {
	return &lottrailv1.ProposePicksRequest{Lines: []*lottrailv1.PickLine{{
		Sku: w.hall.SKU(0), Quantity: &lottrailv1.Quantity{Value: wish.quantity, Unit: plant.Unit}, LocationCode: plant.HallCode,
	}}}
}

// queriedPick is a row of the bare query.
type queriedPick struct {
	lotCode, locationCode                   string
	quantity, onHand                        *qty.Decimal
	passed, heldBy                          string
	production, bestBefore, expiry, removal *time.Time
	receivedAt                              time.Time
}

type queriedPicks []queriedPick

func (w *work) queryPicks(ctx context.Context, conn querier, wish pickWish) (queriedPicks, error) {
	rows, err := conn.Query(ctx, warehouseStatements["Picks"], tenantID, w.hall.ids.Item, w.hall.ids.Location, w.hall.Today, wish.quantity, wish.look)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all queriedPicks
	for rows.Next() {
		var p queriedPick
		if err := rows.Scan(&p.lotCode, &p.locationCode, &p.quantity, &p.onHand, &p.passed, &p.heldBy, &p.production, &p.bestBefore, &p.expiry, &p.removal, &p.receivedAt); err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, rows.Err()
}

func servedPicks(p *lottrailv1.PickProposal) []string {
	var texts []string
	for _, pick := range p.GetPicks() {
		texts = append(texts, fmt.Sprint(pick.GetLot().GetLotCode(), " ", pick.GetLocationCode(), " ", pick.GetQuantity().GetValue(), " ",
			pick.GetDates().GetExpiryDate(), " ", pick.GetReceivedAt().AsTime()))
	}
	for _, over := range p.GetPassedOver() {
		texts = append(texts, fmt.Sprint(over.GetLot().GetLotCode(), " ", over.GetOnHand().GetValue(), " ", over.GetReason()))
	}
	return texts
}

// told is what servedPicks tells: the picks, and the first that were passed over.
func (all queriedPicks) told() []string {
	var picks, over []string
	for i := 0; i < len(all); i++ {
		p := all[i]
		if p.passed == "" {
			picks = append(picks, fmt.Sprint(p.lotCode, " ", p.locationCode, " ", p.quantity, " ", p.expiry.Format(time.DateOnly), " ", p.receivedAt.UTC()))
			continue
		}
		onHand := *p.onHand
		for ; i+1 < len(all) && all[i+1].lotCode == p.lotCode; i++ {
			onHand = onHand.Add(*all[i+1].onHand)
		}
		over = append(over, fmt.Sprint(p.lotCode, " ", onHand, " ", p.passed))
	}
	return append(picks, over[:min(len(over), maxPassed)]...)
}
