package lots

import (
	"context"
	"slices"
	"time"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/command"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/resolve"
)

// RecordCount implements lottrailv1.LotsServiceServer. The lots that were counted are
// locked while it is looked up how much there should be, so that whatever is recorded
// of them comes before that or behind it.
func (s *Service) RecordCount(ctx context.Context, req *lottrailv1.RecordCountRequest) (*lottrailv1.RecordCountResponse, error) {
	return command.Run(ctx, s.db, req, func(ctx context.Context, tx *pg.Tx) (*lottrailv1.RecordCountResponse, error) {
		count, err := lockCount(ctx, tx, req.GetCountCode())
		if err != nil {
			return nil, err
		}
		c := counting{tx: tx, count: count, by: req.GetCountedBy()}
		if c.by == "" {
			c.by = tx.Principal
		}
		if err := c.resolve(ctx, req.GetLines()); err != nil {
			return nil, err
		}
		if err := c.checkScope(ctx); err != nil {
			return nil, err
		}
		if err := c.expectInferred(ctx); err != nil {
			return nil, err
		}
		if err := c.number(ctx); err != nil {
			return nil, err
		}
		return c.write(ctx)
	})
}

// counting are readings on their way into a count.
type counting struct {
	tx       *pg.Tx
	count    queries.CountGetRow
	by       string
	at       time.Time
	readings []reading
}

// reading is what was counted of a lot at a location.
type reading struct {
	path              string
	item              *resolve.Item
	place             *resolve.Location
	lotCode           string
	counted, expected stockAmount
	entered           ledger.Entered
	line              int32 // its number in the count
	number            int32 // which reading of the line
	unexpected        bool
	state             string
}

// countKey names a line of a count.
type countKey struct {
	locationID, itemID int64
	lotCode            string
}

func (r *reading) key() countKey { return countKey{r.place.LocationID, r.item.ItemID, r.lotCode} }

// resolve looks everything up, locks the lots, and reads what there should be of them.
func (c *counting) resolve(ctx context.Context, lines []*lottrailv1.CountReading) error {
	lookup := resolve.NewLookup(c.tx.TenantID)
	var skus, codes resolve.Keys
	var keys []resolve.LotKey
	for i, l := range lines {
		path := pbtype.Line(i)
		skus = append(skus, resolve.Key{Path: path + ".sku", Value: l.GetSku()})
		codes = append(codes, resolve.Key{Path: path + ".location_code", Value: l.GetLocationCode()})
		if l.GetLotCode() != "" {
			keys = append(keys, resolve.LotKey{Path: path + ".lot_code", SKU: l.GetSku(), LotCode: l.GetLotCode()})
		}
	}
	items, places := lookup.Items(skus), lookup.Sources(codes)
	locked, lots := lookup.LockLots(ctx, c.tx, keys)
	if err := lookup.Do(ctx, c.tx); err != nil {
		return err
	}
	c.at = c.tx.LockedAt
	seen := make(map[countKey]string, len(lines))
	for i, l := range lines {
		r := reading{path: pbtype.Line(i), item: items[l.GetSku()], place: places[l.GetLocationCode()], lotCode: l.GetLotCode()}
		if err := r.item.CheckLotCode(r.path+".lot_code", r.lotCode); err != nil {
			return err
		}
		if earlier, twice := seen[r.key()]; twice {
			return errs.Invalid(r.path, "COUNTED_TWICE", "%s is of the same lot at the same location; add up what lies there", earlier)
		}
		seen[r.key()] = r.path
		if err := r.count(l.GetCounted()); err != nil {
			return err
		}
		if err := r.weigh(pbtype.Given(l.GetWeight())); err != nil {
			return err
		}
		if lot := locked[lots[resolve.LotName{SKU: r.item.SKU, LotCode: r.lotCode}]]; r.lotCode != "" && lot != nil {
			r.expected = stockAmount{lot.OnHand[r.place.LocationID], lot.Weights[r.place.LocationID]}
		}
		c.readings = append(c.readings, r)
	}
	return nil
}

// count converts what was counted, which may be nothing, to the base unit.
func (r *reading) count(counted *lottrailv1.CountedQuantity) (err error) {
	path := r.path + ".counted"
	value, err := qty.Parse(counted.GetValue())
	if err == nil && value.IsZero() {
		r.entered = ledger.Entered{Value: value, Unit: counted.GetUnit()}
		return r.item.CheckUnit(path+".unit", counted.GetUnit())
	}
	r.counted.quantity, r.entered.Value, err = r.item.Quantity(path, counted.GetValue(), counted.GetUnit())
	r.entered.Unit = counted.GetUnit()
	if err == nil && r.item.Tracking == resolve.TrackingSerial && r.counted.quantity.Cmp(qty.FromInt(1)) > 0 {
		err = errs.Invalid(path+".value", "SERIAL_REPEATED", "item %q is tracked by serial, and there is one of each; count the pieces by their serials", r.item.SKU)
	}
	return err
}

// weigh takes over what that weighs. Nothing weighs nothing.
func (r *reading) weigh(given resolve.Amount) (err error) {
	path := r.path + ".weight"
	if r.counted.quantity.IsZero() {
		if given != (resolve.Amount{}) {
			return errs.Invalid(path, "WEIGHT_OF_NOTHING", "nothing of item %q was counted, and so there is nothing to weigh; leave the weight out, or count what was weighed", r.item.SKU)
		}
		return nil
	}
	r.counted.weight, err = r.item.NewWeight(path, given)
	return err
}

// checkScope refuses readings of what the count is not of: they would be forgotten
// there.
func (c *counting) checkScope(ctx context.Context) error {
	within := map[int64]bool{}
	if c.count.LocationID != 0 {
		var ids []int64
		for _, r := range c.readings {
			ids = append(ids, r.place.LocationID)
		}
		found, err := queries.New(c.tx).CountListWithin(ctx, queries.CountListWithinParams{TenantID: c.tx.TenantID, LocationID: c.count.LocationID, LocationIds: ids})
		if err != nil {
			return err
		}
		for _, id := range found {
			within[id] = true
		}
	}
	for _, r := range c.readings {
		if c.count.LocationID != 0 && !within[r.place.LocationID] {
			return errs.Invalid(r.path+".location_code", "OUTSIDE_COUNT", "location %q is not in %q, of which count %q is; record it in another count", r.place.Code, c.count.LocationCode, c.count.Code)
		}
		if len(c.count.Skus) > 0 && !slices.Contains(c.count.Skus, r.item.SKU) {
			return errs.Invalid(r.path+".sku", "OUTSIDE_COUNT", "count %q is not of item %q; record it in another count", c.count.Code, r.item.SKU)
		}
	}
	return nil
}

// expectInferred reads what there should be of untracked items. Their lots are not
// locked: what commits in between shows when the count is posted, and makes the line
// doubtful.
func (c *counting) expectInferred(ctx context.Context) error {
	params := queries.CountListInferredParams{TenantID: c.tx.TenantID}
	for _, r := range c.readings {
		if r.lotCode == "" {
			params.ItemIds, params.LocationIds = append(params.ItemIds, r.item.ItemID), append(params.LocationIds, r.place.LocationID)
		}
	}
	if len(params.ItemIds) == 0 {
		return nil
	}
	rows, err := queries.New(c.tx).CountListInferred(ctx, params)
	for _, row := range rows {
		for i := range c.readings {
			if r := &c.readings[i]; r.lotCode == "" && r.item.ItemID == row.ItemID && r.place.LocationID == row.LocationID {
				r.expected = stockAmount{quantity: row.OnHand}
			}
		}
	}
	return err
}

// number finds the lines of the readings, or makes them, and judges each against the
// one before it. The count is locked, so nobody else does.
func (c *counting) number(ctx context.Context) error {
	q := queries.New(c.tx)
	params := queries.CountListLineByKeyParams{TenantID: c.tx.TenantID, CountID: c.count.CountID}
	for _, r := range c.readings {
		params.LocationIds, params.ItemIds = append(params.LocationIds, r.place.LocationID), append(params.ItemIds, r.item.ItemID)
		params.LotCodes = append(params.LotCodes, r.lotCode)
	}
	rows, err := q.CountListLineByKey(ctx, params)
	if err != nil {
		return err
	}
	last, err := q.CountLastLine(ctx, queries.CountLastLineParams{TenantID: c.tx.TenantID, CountID: c.count.CountID})
	if err != nil {
		return err
	}
	lines := make(map[countKey]queries.CountListLineByKeyRow, len(rows))
	for _, row := range rows {
		lines[countKey{row.LocationID, row.ItemID, row.LotCode}] = row
	}
	added := queries.CountLineInsertParams{TenantID: c.tx.TenantID, CountID: c.count.CountID}
	for i := range c.readings {
		r := &c.readings[i]
		line, known := lines[r.key()]
		if !known {
			if last++; last > maxCountLines {
				return countTooLarge(r.path, c.count.Code)
			}
			line.Number = last
			added.Numbers, added.LocationIds = append(added.Numbers, last), append(added.LocationIds, r.place.LocationID)
			added.ItemIds, added.LotCodes = append(added.ItemIds, r.item.ItemID), append(added.LotCodes, r.lotCode)
		}
		r.line, r.number, r.unexpected, r.state = line.Number, line.Readings+1, !line.Listed, "counted"
		if needsRecount(c.count.TolerancePercent, r.expected.quantity, r.counted.quantity, line.Readings > 0, line.Variance) ||
			needsReweighing(c.count.TolerancePercent, r.expected.weight, r.counted.weight, line.Readings > 0, line.WeightVariance) {
			r.state = "recount"
		}
	}
	if len(added.Numbers) == 0 {
		return nil
	}
	return q.CountLineInsert(ctx, added)
}

// write stores the readings, and what became of their lines.
func (c *counting) write(ctx context.Context) (*lottrailv1.RecordCountResponse, error) {
	tx := c.tx
	inserted := queries.CountReadingInsertParams{TenantID: tx.TenantID, CountID: c.count.CountID, CountedBy: c.by, Principal: tx.Principal, RecordedAt: c.at}
	states := queries.CountLineUpdateParams{TenantID: tx.TenantID, CountID: c.count.CountID}
	resp := &lottrailv1.RecordCountResponse{}
	for _, r := range c.readings {
		inserted.LineNumbers, inserted.Numbers = append(inserted.LineNumbers, r.line), append(inserted.Numbers, r.number)
		inserted.Expecteds, inserted.Counteds = append(inserted.Expecteds, r.expected.quantity), append(inserted.Counteds, r.counted.quantity)
		inserted.Weigheds, inserted.ExpectedWeights = append(inserted.Weigheds, r.item.Weighed()), append(inserted.ExpectedWeights, r.expected.weight)
		inserted.CountedWeights = append(inserted.CountedWeights, r.counted.weight)
		inserted.EnteredQuantities, inserted.EnteredUnits = append(inserted.EnteredQuantities, r.entered.Value), append(inserted.EnteredUnits, r.entered.Unit)
		states.Numbers, states.States, states.LeftOuts = append(states.Numbers, r.line), append(states.States, r.state), append(states.LeftOuts, "")
		resp.Lines = append(resp.Lines, toCountLine(queries.CountListLineRow{
			Number: r.line, LocationCode: r.place.Code, SKU: r.item.SKU, BaseUnit: r.item.BaseUnit, LotCode: r.lotCode, Listed: !r.unexpected, State: r.state,
			Readings: r.number, Expected: r.expected.quantity, Counted: r.counted.quantity, CountedBy: c.by, RecordedAt: c.at,
			WeightUnit: r.item.WeightUnit, ExpectedWeight: r.expected.weight, CountedWeight: r.counted.weight,
		}, c.count.Blind))
	}
	q := queries.New(tx)
	if err := q.CountReadingInsert(ctx, inserted); err != nil {
		return nil, err
	}
	return resp, q.CountLineUpdate(ctx, states)
}
