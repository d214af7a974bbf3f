package resolve

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/civil"
	"github.com/lottrail/lottrail/internal/errs"
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
	checks   []func() error
}

// NewLookup begins a lookup.
func NewLookup(tenantID int64) *Lookup { return &Lookup{tenantID: tenantID} }

// Do asks for everything, and refuses the first key that is not there or not
// good, in the order in which they were added.
func (l *Lookup) Do(ctx context.Context, db DB) error {
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
	return l.items(queries.ItemListBySKU, skus)
}

// LockItems is Items for whoever writes quantities of items that may have none
// yet: their first lot, or an order. Base unit, decimals and tracking, which
// UpsertItem changes only of items that are not in use, stay as they are until
// the transaction ends. An existing lot gives the same assurance without a lock.
func (l *Lookup) LockItems(skus Keys) map[string]*Item {
	return l.items(queries.ItemLockBySKU, skus)
}

// items takes either query: they have the same columns.
func (l *Lookup) items(sql string, skus Keys) map[string]*Item {
	values := skus.values()
	items := make(map[string]*Item, len(values))
	byID := make(map[int64]*Item, len(values))
	each(l, func(r queries.ItemListBySKURow) error {
		item := &Item{
			ItemID: r.ItemID, SKU: r.SKU, Name: r.Name, BaseUnit: r.BaseUnit, Decimals: int(r.Decimals), Tracking: Tracking(r.Tracking),
			ExpiryTracked: r.ExpiryTracked, ShelfLifeDays: int(r.ShelfLifeDays), units: map[string]qty.Ratio{r.BaseUnit: qty.One},
		}
		items[r.SKU], byID[r.ItemID] = item, item
		return nil
	}, sql, l.tenantID, values)
	each(l, func(u queries.ItemUnitListOfItemsRow) error {
		if item := byID[u.ItemID]; item != nil { // pushed between the two statements
			item.units[u.Unit] = qty.Ratio{Numerator: u.Numerator, Denominator: u.Denominator}
		}
		return nil
	}, queries.ItemUnitListOfItems, l.tenantID, values)
	l.checks = append(l.checks, func() error {
		if path, sku, missing := firstMissing(skus, items); missing {
			return errs.NotFound(path, "UNKNOWN_ITEM", "there is no item %q; push it with UpsertItem first, or check the sku", sku)
		}
		return nil
	})
	return items
}

// Locations looks locations up by code. Sites and virtual locations are refused
// (LOCATION_NOT_FOR_STOCK): stock lies in something.
func (l *Lookup) Locations(codes Keys) map[string]*Location {
	values := codes.values()
	locations := make(map[string]*Location, len(values))
	kinds := make(map[string]string, len(values))
	each(l, func(r queries.LocationListByCodeRow) error {
		zone, err := civil.Zone(r.TimeZone)
		locations[r.Code] = &Location{LocationID: r.LocationID, Code: r.Code, Zone: zone}
		kinds[r.Code] = r.Kind
		return err
	}, queries.LocationListByCode, l.tenantID, values)
	l.checks = append(l.checks, func() error {
		if path, code, missing := firstMissing(codes, locations); missing {
			return UnknownLocation(Key{path, code})
		}
		for _, k := range codes {
			if kind := kinds[k.Value]; kind == "site" || kind == "virtual" {
				return errs.Invalid(k.Path, "LOCATION_NOT_FOR_STOCK", "%q is a %s location, which stock cannot be at; name a location within a site", k.Value, kind)
			}
		}
		return nil
	})
	return locations
}

// Lots looks the ids of lots up. Missing ones are left out: see UnknownLot.
func (l *Lookup) Lots(keys []LotKey) map[LotName]int64 {
	lots := make(map[LotName]int64, len(keys))
	if len(keys) == 0 {
		return lots
	}
	names := make(map[LotName]bool, len(keys))
	var skus, codes []string
	for _, k := range keys {
		name := LotName{k.SKU, k.LotCode}
		if !names[name] {
			names[name] = true
			skus, codes = append(skus, k.SKU), append(codes, k.LotCode)
		}
	}
	each(l, func(r queries.LotListByKeyRow) error {
		lots[LotName{r.SKU, r.LotCode}] = r.LotID
		return nil
	}, queries.LotListByKey, skus, codes, l.tenantID)
	return lots
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
