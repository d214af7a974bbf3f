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
}

// Purpose is what stock is taken for. It decides which inferred lots may be
// drawn; for lots that a caller named, the ledger decides.
type Purpose int

// The purposes.
const (
	// ToUse is consuming and shipping: held lots are passed over.
	ToUse Purpose = iota
	// ToMove takes held lots too: they may be moved.
	ToMove
)

// Taking is a quantity of one lot at one location.
type Taking struct {
	Line     int // index into the lines
	Item     *resolve.Item
	Lot      *ledger.LockedLot
	From     *resolve.Location
	Quantity qty.Decimal
	Entered  ledger.Entered
}

// maxCandidates bounds how many inferred lots one line can draw from.
const maxCandidates = 1000

// Draw resolves the lines, locks every lot that they name or that an untracked
// item could come from, and says how much of which lot each line takes. Whether
// a named lot has so much, and may be used, is for ledger.Post to say.
func Draw(ctx context.Context, tx *pg.Tx, lines []Line, purpose Purpose) ([]Taking, ledger.Locked, error) {
	wants, err := resolveLines(ctx, tx, lines)
	if err != nil {
		return nil, nil, err
	}
	var lotIDs []int64
	for i := range wants {
		w := &wants[i]
		if w.item.Tracking == resolve.TrackingNone {
			if w.candidates, err = candidates(ctx, tx, w); err != nil {
				return nil, nil, err
			}
		}
		lotIDs = append(lotIDs, w.candidates...)
	}
	locked, err := ledger.Lock(ctx, tx, lotIDs)
	if err != nil {
		return nil, nil, err
	}
	takings, short := allocate(wants, locked, purpose)
	if short == nil {
		return takings, locked, nil
	}
	// What the candidates were read from is older than the locks. Had other
	// stock come in meanwhile, "not enough" would be wrong at every moment.
	now, err := candidates(ctx, tx, short)
	if err != nil {
		return nil, nil, err
	}
	for _, id := range now {
		if locked[id] == nil {
			return nil, nil, pg.ErrOvertaken
		}
	}
	return nil, nil, insufficient(short, purpose)
}

// want is a line with its keys resolved.
type want struct {
	line       int
	path       string
	item       *resolve.Item
	from       *resolve.Location
	quantity   qty.Decimal
	entered    ledger.Entered
	candidates []int64 // lot ids in the order of drawing: one if the caller named it
}

func resolveLines(ctx context.Context, tx *pg.Tx, lines []Line) ([]want, error) {
	var skus, codes resolve.Keys
	for _, l := range lines {
		skus = append(skus, resolve.Key{Path: l.Path + ".sku", Value: l.SKU})
		codes = append(codes, resolve.Key{Path: l.LocationPath, Value: l.LocationCode})
	}
	items, err := resolve.Items(ctx, tx, tx.TenantID, skus)
	if err != nil {
		return nil, err
	}
	locations, err := resolve.Locations(ctx, tx, tx.TenantID, codes)
	if err != nil {
		return nil, err
	}
	wants := make([]want, len(lines))
	var keys []resolve.LotKey
	for i, l := range lines {
		item := items[l.SKU]
		if err := item.CheckLotCode(l.Path+".lot_code", l.LotCode); err != nil {
			return nil, err
		}
		base, entered, err := item.Quantity(l.Path+".quantity", l.Value, l.Unit)
		if err != nil {
			return nil, err
		}
		wants[i] = want{line: i, path: l.Path, item: item, from: locations[l.LocationCode], quantity: base, entered: ledger.Entered{Value: entered, Unit: l.Unit}}
		if l.LotCode != "" {
			keys = append(keys, resolve.LotKey{Path: l.Path + ".lot_code", SKU: l.SKU, LotCode: l.LotCode})
		}
	}
	return wants, resolveLots(ctx, tx, lines, keys, wants)
}

func resolveLots(ctx context.Context, tx *pg.Tx, lines []Line, keys []resolve.LotKey, wants []want) error {
	lots, err := resolve.Lots(ctx, tx, tx.TenantID, keys)
	if err != nil {
		return err
	}
	for i, l := range lines {
		if l.LotCode == "" {
			continue
		}
		id, ok := lots[resolve.LotName{SKU: l.SKU, LotCode: l.LotCode}]
		if !ok {
			return resolve.UnknownLot(resolve.LotKey{Path: l.Path + ".lot_code", SKU: l.SKU, LotCode: l.LotCode})
		}
		wants[i].candidates = []int64{id}
	}
	return nil
}

func candidates(ctx context.Context, tx *pg.Tx, w *want) ([]int64, error) {
	return queries.New(tx).LotListInferredAt(ctx, queries.LotListInferredAtParams{
		TenantID: tx.TenantID, LocationID: w.from.LocationID, ItemID: w.item.ItemID, RowLimit: maxCandidates,
	})
}

// Movement is the taking on its way to a place, at a moment.
func (t Taking) Movement(to ledger.Place, at time.Time) ledger.Movement {
	return ledger.Movement{
		Field: fmt.Sprintf("lines[%d]", t.Line), LotID: t.Lot.LotID, Quantity: t.Quantity,
		From: ledger.Place{LocationID: t.From.LocationID, Code: t.From.Code}, To: to,
		Day: civil.DayOf(at, t.From.Zone), Entered: t.Entered,
	}
}
