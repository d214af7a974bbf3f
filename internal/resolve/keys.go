package resolve

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/lottrail/lottrail/internal/errs"
)

// Key is a business key and the path of the field that holds it.
type Key struct{ Path, Value string }

// Keys are keys as they come in a request, repeats included.
type Keys []Key

func (keys Keys) values() []string {
	values := make([]string, 0, len(keys))
	for _, k := range keys {
		values = append(values, k.Value)
	}
	slices.Sort(values)
	return slices.Compact(values)
}

func firstMissing[V any](keys Keys, found map[string]V) (path, value string, missing bool) {
	for _, k := range keys {
		if _, ok := found[k.Value]; !ok {
			return k.Path, k.Value, true
		}
	}
	return "", "", false
}

// Location is a location that stock can be at, and the zone of its site.
type Location struct {
	LocationID int64
	Code       string
	Zone       *time.Location
}

// Locations finds locations by code, as Lookup.Locations does.
func Locations(ctx context.Context, db DB, tenantID int64, codes Keys) (map[string]*Location, error) {
	l := NewLookup(tenantID)
	locations := l.Locations(codes)
	return locations, l.Do(ctx, db)
}

// UnknownLocation is the refusal of a location that is not there.
func UnknownLocation(key Key) error {
	return errs.NotFound(key.Path, "UNKNOWN_LOCATION", "there is no location %q; push it with UpsertLocation first, or check the code", key.Value)
}

// LotKey is a lot's business key and the path of the field that holds the lot
// code.
type LotKey struct{ Path, SKU, LotCode string }

// Lots finds the ids of lots. Missing ones are left out: see UnknownLot.
func Lots(ctx context.Context, db DB, tenantID int64, keys []LotKey) (map[LotName]int64, error) {
	l := NewLookup(tenantID)
	lots := l.Lots(keys)
	return lots, l.Do(ctx, db)
}

// LotName is what identifies a lot.
type LotName struct{ SKU, LotCode string }

// Lot finds the id of one lot, or fails with UNKNOWN_LOT or UNKNOWN_ITEM.
func Lot(ctx context.Context, db DB, tenantID int64, key LotKey) (int64, error) {
	lots, err := Lots(ctx, db, tenantID, []LotKey{key})
	if err != nil {
		return 0, err
	}
	id, ok := lots[LotName{key.SKU, key.LotCode}]
	if ok {
		return id, nil
	}
	if _, err := Items(ctx, db, tenantID, Keys{{strings.TrimSuffix(key.Path, "lot_code") + "sku", key.SKU}}); err != nil {
		return 0, err
	}
	return 0, UnknownLot(key)
}

// UnknownLot is the refusal of a lot that is not there.
func UnknownLot(key LotKey) error {
	return errs.NotFound(key.Path, "UNKNOWN_LOT", "item %q has no lot %q; receive or produce it first, or check the code", key.SKU, key.LotCode)
}

// Party is a party of some kinds.
type Party struct {
	PartyID int64
	Code    string
	Name    string
}

// PartyOf finds a party, as Lookup.PartyOf does.
func PartyOf(ctx context.Context, db DB, tenantID int64, key Key, kind string) (*Party, error) {
	l := NewLookup(tenantID)
	party := l.PartyOf(key, kind)
	return party, l.Do(ctx, db)
}
