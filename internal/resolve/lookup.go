package resolve

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/civil"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/queries"
)

// DB is what is asked: the pool, or a transaction.
type DB interface {
	SendBatch(ctx context.Context, batch *pgx.Batch) pgx.BatchResults
}

// Lookup is a set of keys to be resolved in one round trip. What its methods
// return is filled by Do.
type Lookup struct {
	tenantID int64
	batch    pgx.Batch
	behind   []func(*pgx.Batch)
	checks   []func() error
}

// NewLookup begins a lookup.
func NewLookup(tenantID int64) *Lookup { return &Lookup{tenantID: tenantID} }

// Do asks for everything, and refuses the first key that is not there or not
// good, in the order in which they were added.
func (l *Lookup) Do(ctx context.Context, db DB) error {
	for _, ask := range l.behind {
		ask(&l.batch)
	}
	if err := db.SendBatch(ctx, &l.batch).Close(); err != nil {
		return err
	}
	for _, check := range l.checks {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// Check has check called by Do once all is answered, in its turn.
func (l *Lookup) Check(check func() error) { l.checks = append(l.checks, check) }

// Behind has ask called when everything else is in the batch: what it adds is answered
// with the lots of LockLots locked.
func (l *Lookup) Behind(ask func(*pgx.Batch)) { l.behind = append(l.behind, ask) }

// each queues a query, and has fn called with each of its rows.
func each[T any](l *Lookup, fn func(T) error, sql string, args ...any) {
	l.batch.Queue(sql, args...).Query(func(rows pgx.Rows) error {
		all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[T])
		for i := 0; err == nil && i < len(all); i++ {
			err = fn(all[i])
		}
		return err
	})
}

// Items looks items up by sku: UNKNOWN_ITEM on the first that is not there.
func (l *Lookup) Items(skus Keys) map[string]*Item {
	values := skus.values()
	items := make(map[string]*Item, len(values))
	each(l, func(r queries.ItemListWithUnitsRow) error {
		item := items[r.SKU]
		if item == nil {
			item = newItem(queries.ItemListBySKURow{
				ItemID: r.ItemID, SKU: r.SKU, Name: r.Name, BaseUnit: r.BaseUnit, Decimals: r.Decimals, Tracking: r.Tracking,
				ExpiryTracked: r.ExpiryTracked, ShelfLifeDays: r.ShelfLifeDays, LotCodePattern: r.LotCodePattern,
				WeightUnit: r.WeightUnit, WeightDecimals: r.WeightDecimals,
			})
			items[r.SKU] = item
		}
		if r.Unit != nil {
			item.units[*r.Unit] = qty.Ratio{Numerator: *r.Numerator, Denominator: *r.Denominator}
		}
		return nil
	}, queries.ItemListWithUnits, l.tenantID, values)
	l.checkItems(skus, items)
	return items
}

// LockItems is Items for whoever writes quantities of items that may have none
// yet: their first lot, or an order. Base unit, decimals and tracking, which
// UpsertItem changes only of items that are not in use, stay as they are until
// the transaction ends. An existing lot gives the same assurance without a lock.
//
// Units are read in a later statement: while the lock was waited for, others may have
// come with another base unit.
func (l *Lookup) LockItems(skus Keys) map[string]*Item {
	values := skus.values()
	items := make(map[string]*Item, len(values))
	byID := make(map[int64]*Item, len(values))
	each(l, func(r queries.ItemLockBySKURow) error {
		item := newItem(queries.ItemListBySKURow(r))
		items[r.SKU], byID[r.ItemID] = item, item
		return nil
	}, queries.ItemLockBySKU, l.tenantID, values)
	each(l, func(u queries.ItemUnitListOfItemsRow) error {
		if item := byID[u.ItemID]; item != nil { // pushed between the two statements
			item.units[u.Unit] = qty.Ratio{Numerator: u.Numerator, Denominator: u.Denominator}
		}
		return nil
	}, queries.ItemUnitListOfItems, l.tenantID, values)
	l.checkItems(skus, items)
	return items
}

func newItem(r queries.ItemListBySKURow) *Item {
	return &Item{
		ItemID: r.ItemID, SKU: r.SKU, Name: r.Name, BaseUnit: r.BaseUnit, Decimals: int(r.Decimals), Tracking: Tracking(r.Tracking),
		ExpiryTracked: r.ExpiryTracked, ShelfLifeDays: int(r.ShelfLifeDays), LotCodePattern: r.LotCodePattern,
		WeightUnit: r.WeightUnit, WeightDecimals: int(r.WeightDecimals),
		units: map[string]qty.Ratio{r.BaseUnit: qty.One},
	}
}

func (l *Lookup) checkItems(skus Keys, items map[string]*Item) {
	l.checks = append(l.checks, func() error {
		if path, sku, missing := firstMissing(skus, items); missing {
			return errs.NotFound(path, "UNKNOWN_ITEM", "there is no item %q; push it with UpsertItem first, or check the sku", sku)
		}
		return nil
	})
}

// Locations looks locations up by code, for whoever brings stock. Sites and virtual
// locations are refused (LOCATION_NOT_FOR_STOCK): stock lies in something. So is what
// was deactivated, or lies in what was (LOCATION_INACTIVE).
func (l *Lookup) Locations(codes Keys) map[string]*Location {
	return l.locations(codes, func(key Key, r queries.LocationListByCodeRow) error {
		if r.DeactivatedCode == "" {
			return nil
		}
		why := "was deactivated"
		if r.DeactivatedCode != key.Value {
			why = fmt.Sprintf("lies in %q, which was deactivated", r.DeactivatedCode)
		}
		return errs.Precondition(key.Path, "LOCATION_INACTIVE", "location %q %s, so nothing can be brought there; name another, or reactivate %q with ReactivateLocation first",
			key.Value, why, r.DeactivatedCode)
	})
}

// Sources is Locations for whoever takes stock away, which can be done everywhere.
func (l *Lookup) Sources(codes Keys) map[string]*Location {
	return l.locations(codes, func(Key, queries.LocationListByCodeRow) error { return nil })
}

func (l *Lookup) locations(codes Keys, check func(Key, queries.LocationListByCodeRow) error) map[string]*Location {
	values := codes.values()
	locations := make(map[string]*Location, len(values))
	rows := make(map[string]queries.LocationListByCodeRow, len(values))
	each(l, func(r queries.LocationListByCodeRow) error {
		zone, err := civil.Zone(r.TimeZone)
		locations[r.Code] = &Location{LocationID: r.LocationID, Code: r.Code, Zone: zone}
		rows[r.Code] = r
		return err
	}, queries.LocationListByCode, l.tenantID, values)
	l.checks = append(l.checks, func() error {
		if path, code, missing := firstMissing(codes, locations); missing {
			return UnknownLocation(Key{path, code})
		}
		for _, k := range codes {
			if kind := rows[k.Value].Kind; kind == "site" || kind == "virtual" {
				return errs.Invalid(k.Path, "LOCATION_NOT_FOR_STOCK", "%q is a %s location, which stock cannot be at; name a location within a site", k.Value, kind)
			}
			if err := check(k, rows[k.Value]); err != nil {
				return err
			}
		}
		return nil
	})
	return locations
}

// Lots looks the ids of lots up. Missing ones are left out: see UnknownLot.
func (l *Lookup) Lots(keys []LotKey) map[LotName]int64 {
	lots := make(map[LotName]int64, len(keys))
	skus, codes := columns(keys)
	if len(skus) == 0 {
		return lots
	}
	each(l, func(r queries.LotListByKeyRow) error {
		lots[LotName{r.SKU, r.LotCode}] = r.LotID
		return nil
	}, queries.LotListByKey, skus, codes, l.tenantID)
	return lots
}

// LockLots is Lots for whoever has all lots of the transaction in keys: they are
// locked when everything else was looked up. It is to be asked for last.
func (l *Lookup) LockLots(ctx context.Context, tx *pg.Tx, keys []LotKey) (ledger.Locked, map[LotName]int64) {
	skus, codes := columns(keys)
	locked, done := ledger.QueueLock(ctx, tx, &l.batch, skus, codes)
	ids := make(map[LotName]int64, len(keys))
	l.checks = append(l.checks, done, func() error {
		for id, lot := range locked {
			ids[LotName{lot.SKU, lot.LotCode}] = id
		}
		return nil
	})
	return locked, ids
}

// columns are keys without repeats.
func columns(keys []LotKey) (skus, codes []string) {
	names := make(map[LotName]bool, len(keys))
	for _, k := range keys {
		name := LotName{k.SKU, k.LotCode}
		if !names[name] {
			names[name] = true
			skus, codes = append(skus, k.SKU), append(codes, k.LotCode)
		}
	}
	return skus, codes
}

// PartyOf looks up a party that must be of the given kind: supplier, customer or
// carrier.
func (l *Lookup) PartyOf(key Key, kind string) *Party {
	party := &Party{}
	var kinds []string
	each(l, func(r queries.PartyListByCodeRow) error {
		party.PartyID, party.Code, party.Name, kinds = r.PartyID, r.Code, r.Name, r.Kinds
		return nil
	}, queries.PartyListByCode, l.tenantID, []string{key.Value})
	l.checks = append(l.checks, func() error {
		if party.PartyID == 0 {
			return errs.NotFound(key.Path, "UNKNOWN_PARTY", "there is no party %q; push it with UpsertParty first, or check the code", key.Value)
		}
		if !slices.Contains(kinds, kind) {
			return errs.Invalid(key.Path, "PARTY_KIND_DIFFERS", "party %q is no %s; name another, or add the kind to it with UpsertParty", key.Value, kind)
		}
		return nil
	})
	return party
}
