package resolve

import (
	"context"
	"slices"
	"time"

	"github.com/lottrail/lottrail/internal/civil"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/queries"
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

// Locations finds locations by code. Sites and virtual locations are refused
// (LOCATION_NOT_FOR_STOCK): stock lies in something.
func Locations(ctx context.Context, db queries.DBTX, tenantID int64, codes Keys) (map[string]*Location, error) {
	rows, err := queries.New(db).LocationListByCode(ctx, queries.LocationListByCodeParams{TenantID: tenantID, Codes: codes.values()})
	if err != nil {
		return nil, err
	}
	locations := make(map[string]*Location, len(rows))
	kinds := make(map[string]string, len(rows))
	for _, r := range rows {
		zone, err := civil.Zone(r.TimeZone)
		if err != nil {
			return nil, err
		}
		locations[r.Code] = &Location{LocationID: r.LocationID, Code: r.Code, Zone: zone}
		kinds[r.Code] = r.Kind
	}
	if path, code, missing := firstMissing(codes, locations); missing {
		return nil, UnknownLocation(Key{path, code})
	}
	for _, k := range codes {
		if kind := kinds[k.Value]; kind == "site" || kind == "virtual" {
			return nil, errs.Invalid(k.Path, "LOCATION_NOT_FOR_STOCK", "%q is a %s location, which stock cannot be at; name a location within a site", k.Value, kind)
		}
	}
	return locations, nil
}

// UnknownLocation is the refusal of a location that is not there.
func UnknownLocation(key Key) error {
	return errs.NotFound(key.Path, "UNKNOWN_LOCATION", "there is no location %q; push it with UpsertLocation first, or check the code", key.Value)
}

// LotKey is a lot's business key and the path of the field that holds the lot
// code.
type LotKey struct{ Path, SKU, LotCode string }

// Lots finds the ids of lots. Missing ones are left out: see UnknownLot.
func Lots(ctx context.Context, db queries.DBTX, tenantID int64, keys []LotKey) (map[LotName]int64, error) {
	names := make(map[LotName]bool, len(keys))
	params := queries.LotListByKeyParams{TenantID: tenantID}
	for _, k := range keys {
		name := LotName{k.SKU, k.LotCode}
		if !names[name] {
			names[name] = true
			params.Skus = append(params.Skus, k.SKU)
			params.LotCodes = append(params.LotCodes, k.LotCode)
		}
	}
	rows, err := queries.New(db).LotListByKey(ctx, params)
	if err != nil {
		return nil, err
	}
	lots := make(map[LotName]int64, len(rows))
	for _, r := range rows {
		lots[LotName{r.SKU, r.LotCode}] = r.LotID
	}
	return lots, nil
}

// LotName is what identifies a lot.
type LotName struct{ SKU, LotCode string }

// Lot finds the id of one lot, or fails with UNKNOWN_LOT or UNKNOWN_ITEM.
func Lot(ctx context.Context, db queries.DBTX, tenantID int64, key LotKey) (int64, error) {
	lots, err := Lots(ctx, db, tenantID, []LotKey{key})
	if err != nil {
		return 0, err
	}
	id, ok := lots[LotName{key.SKU, key.LotCode}]
	if ok {
		return id, nil
	}
	if _, err := Items(ctx, db, tenantID, Keys{{"sku", key.SKU}}); err != nil {
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

// PartyOf finds a party that must be of the given kind: supplier, customer or
// carrier.
func PartyOf(ctx context.Context, db queries.DBTX, tenantID int64, key Key, kind string) (*Party, error) {
	rows, err := queries.New(db).PartyListByCode(ctx, queries.PartyListByCodeParams{TenantID: tenantID, Codes: []string{key.Value}})
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, errs.NotFound(key.Path, "UNKNOWN_PARTY", "there is no party %q; push it with UpsertParty first, or check the code", key.Value)
	}
	if !slices.Contains(rows[0].Kinds, kind) {
		return nil, errs.Invalid(key.Path, "PARTY_KIND_DIFFERS", "party %q is no %s; name another, or add the kind to it with UpsertParty", key.Value, kind)
	}
	return &Party{PartyID: rows[0].PartyID, Code: rows[0].Code, Name: rows[0].Name}, nil
}
