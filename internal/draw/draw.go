// Package draw takes stock from locations: it turns lines of (item, lot,
// location, quantity), as callers give them, into quantities of lots that are
// locked, ready to be posted. Consuming, shipping and moving share it.
package draw

import (
	"context"
	"fmt"
	"time"

	"github.com/lottrail/lottrail/internal/civil"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/resolve"
)

// Line is what a caller wants taken. Path is the line's path in the request.
type Line struct {
	Path         string
	LocationPath string // of the field that names the location
	SKU          string
	LotCode      string // empty for untracked items
	LocationCode string
	Value, Unit  string
	// For is the line of an order that it is taken for, which may have it reserved.
	For ledger.OrderLine
	// Weight may be left out where all that is there is taken.
	Weight resolve.Amount
	// Found says that it is not taken but was found there. What is found of an
	// untracked item is of the oldest lot that is there.
	Found bool
}

// Purpose is what stock is taken for. It decides which inferred lots may be
// drawn, and whether of those what is reserved for others is left out; for lots that a
// caller named, the ledger decides.
type Purpose int

// The purposes.
const (
	// ToUse is consuming: held and expired lots are passed over.
	ToUse Purpose = iota
	// ToShip passes over those past their removal date, too.
	ToShip
	// ToReserve is for a shipment to come.
	ToReserve
	// ToMove takes held and expired lots too: they may be moved.
	ToMove
)

// Taking is a quantity of one lot at one location.
type Taking struct {
	Line     int // index into the lines
	Item     *resolve.Item
	Lot      *ledger.LockedLot
	From     *resolve.Location
	Day      time.Time // at the site when it was taken
	Quantity qty.Decimal
	Weight   qty.Decimal // 0 if the item is not weighed
	Entered  ledger.Entered
	For      ledger.OrderLine
	Found    bool // see Line
}

// ships says whether it is to leave the house.
func (p Purpose) ships() bool { return p == ToShip || p == ToReserve }

// maxCandidates bounds how many inferred lots of an item one request can draw
// from a location.
const maxCandidates = 1000

// Draw resolves the lines, locks every lot that they name or that an untracked
// item is to come from, and says how much of which lot each line takes. Whether
// a named lot has so much, and may be used, is for ledger.Post to say. at is
// when it was taken: expiry is judged by the day at the site. What lookup has already is
// asked with it, and judged first.
//
// Errors, apart from those of keys and quantities that are not right:
// INSUFFICIENT_STOCK, TOO_MANY_LOTS and FOUND_WITHOUT_LOT, for untracked items;
// WEIGHT_REQUIRED, for those that are weighed; pg.ErrOvertaken.
func Draw(ctx context.Context, tx *pg.Tx, lookup *resolve.Lookup, lines []Line, purpose Purpose, at time.Time) ([]Taking, ledger.Locked, error) {
	wants, locked, err := resolveLines(ctx, tx, lookup, lines, at)
	if err != nil {
		return nil, nil, err
	}
	if locked != nil {
		takings, _ := allocate(wants, locked, purpose) // of lots that were named, nothing is short
		return takings, locked, weigh(takings, wants, purpose)
	}
	return drawInferred(ctx, tx, wants, purpose)
}

// drawInferred is Draw where lines are of untracked items: which lots are to be
// locked is known only when their stock was looked at.
func drawInferred(ctx context.Context, tx *pg.Tx, wants []want, purpose Purpose) ([]Taking, ledger.Locked, error) {
	drawable, err := listDrawable(ctx, tx, wants, purpose)
	if err != nil {
		return nil, nil, err
	}
	var lotIDs []int64
	for i := range wants {
		if w := &wants[i]; w.untracked() {
			w.candidates = drawable[w.source()]
		}
		lotIDs = append(lotIDs, wants[i].candidates...)
	}
	locked, err := ledger.Lock(ctx, tx, lotIDs)
	if err != nil {
		return nil, nil, err
	}
	takings, short := allocate(wants, locked, purpose)
	if short == nil {
		if err := checkSpread(takings, wants); err != nil {
			return nil, nil, err
		}
		return takings, locked, weigh(takings, wants, purpose)
	}
	// What was read before the locks is older than they are. Had other stock come
	// in or been released meanwhile, "not enough" would be wrong at every moment.
	if drawable, err = listDrawable(ctx, tx, wants, purpose); err != nil {
		return nil, nil, err
	}
	for _, id := range drawable[short.source()] {
		if locked[id] == nil {
			return nil, nil, pg.ErrOvertaken
		}
	}
	return nil, nil, refuseShort(short, purpose)
}

// want is a line with its keys resolved.
type want struct {
	line       int
	path       string
	item       *resolve.Item
	from       *resolve.Location
	forLine    ledger.OrderLine
	found      bool      // see Line
	day        time.Time // at the site
	quantity   qty.Decimal
	weight     qty.Decimal // 0 if none was given
	entered    ledger.Entered
	candidates []int64 // lot ids in the order of drawing: one if the caller named it
}

func (w *want) untracked() bool { return w.item.Tracking == resolve.TrackingNone }

// source is what inferred lots are drawn from.
type source struct{ itemID, locationID int64 }

func (w *want) source() source { return source{w.item.ItemID, w.from.LocationID} }

// resolveLines locks the lots in the same round trip if every line names one.
func resolveLines(ctx context.Context, tx *pg.Tx, lookup *resolve.Lookup, lines []Line, at time.Time) ([]want, ledger.Locked, error) {
	var skus, sources, targets resolve.Keys
	var keys []resolve.LotKey
	for _, l := range lines {
		skus = append(skus, resolve.Key{Path: l.Path + ".sku", Value: l.SKU})
		if code := (resolve.Key{Path: l.LocationPath, Value: l.LocationCode}); l.Found {
			targets = append(targets, code)
		} else {
			sources = append(sources, code)
		}
		if l.LotCode != "" {
			keys = append(keys, l.lotKey())
		}
	}
	items, places := lookup.Items(skus), map[bool]map[string]*resolve.Location{}
	if len(sources) > 0 {
		places[false] = lookup.Sources(sources)
	}
	if len(targets) > 0 {
		places[true] = lookup.Locations(targets)
	}
	var locked ledger.Locked
	var lots map[resolve.LotName]int64
	if len(keys) == len(lines) {
		locked, lots = lookup.LockLots(ctx, tx, keys)
	} else {
		lots = lookup.Lots(keys)
	}
	if err := lookup.Do(ctx, tx); err != nil {
		return nil, nil, err
	}
	wants := make([]want, len(lines))
	for i, l := range lines {
		item := items[l.SKU]
		if err := item.CheckLotCode(l.Path+".lot_code", l.LotCode); err != nil {
			return nil, nil, err
		}
		base, entered, err := item.Quantity(l.Path+".quantity", l.Value, l.Unit)
		if err != nil {
			return nil, nil, err
		}
		weight, err := item.Weight(l.Path+".weight", l.Weight)
		if err != nil {
			return nil, nil, err
		}
		from := places[l.Found][l.LocationCode]
		wants[i] = want{
			line: i, path: l.Path, item: item, from: from, forLine: l.For, found: l.Found, day: civil.DayOf(at, from.Zone),
			quantity: base, weight: weight, entered: ledger.Entered{Value: entered, Unit: l.Unit},
		}
	}
	return wants, locked, nameLots(lines, lots, wants)
}

// nameLots gives each line that names a lot that lot to take from.
func nameLots(lines []Line, lots map[resolve.LotName]int64, wants []want) error {
	for i, l := range lines {
		if l.LotCode == "" {
			continue
		}
		id, ok := lots[resolve.LotName{SKU: l.SKU, LotCode: l.LotCode}]
		if !ok {
			return resolve.UnknownLot(l.lotKey())
		}
		wants[i].candidates = []int64{id}
	}
	return nil
}

func (l Line) lotKey() resolve.LotKey {
	return resolve.LotKey{Path: l.Path + ".lot_code", SKU: l.SKU, LotCode: l.LotCode}
}

// listDrawable finds the inferred lots that the wants would be served from, for
// all sources in one query.
func listDrawable(ctx context.Context, tx *pg.Tx, wants []want, purpose Purpose) (map[source][]int64, error) {
	params := queries.LotListDrawableParams{TenantID: tx.TenantID, UsableOnly: purpose != ToMove, ShippableOnly: purpose.ships(), RowLimit: maxCandidates}
	at := map[source]int{}
	for i := range wants {
		w := &wants[i]
		if !w.untracked() {
			continue
		}
		n, known := at[w.source()]
		if !known {
			n = len(at)
			at[w.source()] = n
			params.ItemIds = append(params.ItemIds, w.item.ItemID)
			params.LocationIds = append(params.LocationIds, w.from.LocationID)
			params.Days = append(params.Days, w.day)
			params.Needed = append(params.Needed, qty.Decimal{})
		}
		params.Needed[n] = params.Needed[n].Add(w.quantity)
	}
	drawable := make(map[source][]int64, len(at))
	if len(at) == 0 {
		return drawable, nil
	}
	rows, err := queries.New(tx).LotListDrawable(ctx, params)
	for _, r := range rows {
		from := source{r.ItemID, r.LocationID}
		drawable[from] = append(drawable[from], r.LotID)
	}
	return drawable, err
}

// Movement is the taking on its way to a place.
func (t Taking) Movement(to ledger.Place) ledger.Movement {
	return ledger.Movement{
		Field: fmt.Sprintf("lines[%d]", t.Line), LotID: t.Lot.LotID, Quantity: t.Quantity, Weight: t.Weight,
		From: ledger.Place{LocationID: t.From.LocationID, Code: t.From.Code}, To: to,
		Day: t.Day, For: t.For, Entered: t.Entered,
	}
}
