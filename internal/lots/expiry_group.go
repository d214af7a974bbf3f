package lots

import (
	"context"
	"maps"
	"slices"
	"time"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/civil"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/page"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/shelflife"
	"github.com/lottrail/lottrail/internal/worth"
)

// maxGrouped is how much stock is summed up in one answer: that many lots at locations.
const maxGrouped = 200_000

// groupKey is where a page of groups ended. A category may be empty.
type groupKey struct{ Key string }

// expiringGroup is a sum that is being made.
type expiringGroup struct {
	lots    map[int64]bool // past its last day?
	unknown map[int64]bool // what it cost
	onHand  map[string]qty.Decimal
	value   worth.Worth
	first   time.Time
}

// group is a page of stock summed up. All of it is read for each page, for what belongs
// together lies apart.
func (r *expiryReport) group(ctx context.Context, resp *lottrailv1.ListExpiringLotsResponse) error {
	var after groupKey
	resumed, err := page.Decode(r.req, &after)
	if err != nil {
		return err
	}
	r.params.RowLimit = maxGrouped + 1
	rows, err := r.ExpiryListStock(ctx, r.params)
	if err != nil {
		return err
	}
	if len(rows) > maxGrouped {
		return errs.Precondition("within_days", "TOO_MANY_LOTS", "more than %d lots at locations have their last day by then; ask for fewer days, an item, a category or a location", maxGrouped)
	}
	lotIDs := make([]int64, 0, len(rows))
	for _, row := range rows {
		lotIDs = append(lotIDs, row.LotID)
	}
	costs, err := r.costs(ctx, lotIDs)
	if err != nil {
		return err
	}
	groups := sumUp(rows, costs, func(row queries.ExpiryListStockRow) string { return groupOf(r.req.GetGroupBy(), row, r.little) })
	keys := slices.DeleteFunc(slices.Sorted(maps.Keys(groups)), func(key string) bool { return resumed && key <= after.Key })
	keys, more := page.Cut(keys, page.Size(r.req.GetPageSize(), defaultPageSize))
	for _, key := range keys {
		resp.Groups = append(resp.Groups, groups[key].message(key))
	}
	if more {
		resp.NextPageToken, err = page.Encode(r.req, groupKey{keys[len(keys)-1]})
	}
	return err
}

// groupOf is the key of the group that stock belongs to.
func groupOf(by lottrailv1.ExpiryGroupBy, r queries.ExpiryListStockRow, little shelflife.Thresholds) string {
	switch by {
	case lottrailv1.ExpiryGroupBy_EXPIRY_GROUP_BY_ITEM:
		return r.SKU
	case lottrailv1.ExpiryGroupBy_EXPIRY_GROUP_BY_CATEGORY:
		return r.Category
	case lottrailv1.ExpiryGroupBy_EXPIRY_GROUP_BY_LOCATION:
		return r.LocationCode
	}
	return actions[shelflife.Suggest(datesOfStock(r), r.Day, little)].String()
}

func sumUp(rows []queries.ExpiryListStockRow, costs map[int64]worth.Worth, keyOf func(queries.ExpiryListStockRow) string) map[string]*expiringGroup {
	groups := map[string]*expiringGroup{}
	for _, r := range rows {
		key := keyOf(r)
		g := groups[key]
		if g == nil {
			g = &expiringGroup{lots: map[int64]bool{}, unknown: map[int64]bool{}, onHand: map[string]qty.Decimal{}, value: worth.Worth{}, first: r.LastDay}
			groups[key] = g
		}
		g.lots[r.LotID] = g.lots[r.LotID] || r.Day.After(r.LastDay)
		g.onHand[r.BaseUnit] = g.onHand[r.BaseUnit].Add(r.OnHand)
		if r.LastDay.Before(g.first) {
			g.first = r.LastDay
		}
		if cost := costs[r.LotID]; cost != nil {
			g.value.Add(cost.Times(r.OnHand))
		} else {
			g.unknown[r.LotID] = true
		}
	}
	return groups
}

func (g *expiringGroup) message(key string) *lottrailv1.ExpiringGroup {
	m := &lottrailv1.ExpiringGroup{
		Key: key, LotCount: int32(len(g.lots)), LotsWithoutCost: int32(len(g.unknown)),
		Values: g.value.Values(), FirstLastDay: civil.Format(&g.first),
	}
	for _, expired := range g.lots {
		if expired {
			m.ExpiredLotCount++
		}
	}
	for _, unit := range slices.Sorted(maps.Keys(g.onHand)) {
		m.OnHand = append(m.OnHand, pbtype.Quantity(g.onHand[unit], unit))
	}
	return m
}
