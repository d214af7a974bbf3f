package resolve_test

import (
	"errors"
	"strings"
	"testing"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/resolve"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

const tenant = 1

// want checks that err is a refusal of this kind that names the path and the
// thing.
func want(t *testing.T, err error, kind errs.Kind, reason, path, thing string) {
	t.Helper()
	var refusal *errs.Error
	if !errors.As(err, &refusal) || refusal.Kind != kind || refusal.Reason != reason || refusal.Violations[0].Path != path || !strings.Contains(refusal.Message, thing) {
		t.Errorf("%v, want %s at %s about %s", err, reason, path, thing)
	}
}

func keys(values ...string) (keys resolve.Keys) {
	for i, v := range values {
		keys = append(keys, resolve.Key{Path: string(rune('a' + i)), Value: v})
	}
	return keys
}

func TestItems(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	api.PushItem(t, &pb.Item{
		Sku: "MILK", Name: "Milk", BaseUnit: "LTR", Decimals: 2, Tracking: pb.Tracking_TRACKING_LOT, ExpiryTracked: true, ShelfLifeDays: 7,
	})
	lookUps := map[string]func(resolve.Keys) (map[string]*resolve.Item, error){
		"Items": func(k resolve.Keys) (map[string]*resolve.Item, error) {
			return resolve.Items(t.Context(), api.DB, tenant, k)
		},
		"LockItems": func(k resolve.Keys) (items map[string]*resolve.Item, err error) {
			err = api.DB.Write(t.Context(), pg.Author{TenantID: tenant}, func(tx *pg.Tx) error {
				items, err = resolve.LockItems(t.Context(), tx, tenant, k)
				return err
			})
			return items, err
		},
	}
	for name, lookUp := range lookUps {
		t.Run(name, func(t *testing.T) {
			items, err := lookUp(keys("MILK", apitest.Flour, "MILK", apitest.Salt))
			if err != nil || len(items) != 3 {
				t.Fatalf("%v, %v", items, err)
			}
			milk := items["MILK"]
			if milk.SKU != "MILK" || milk.BaseUnit != "LTR" || milk.Decimals != 2 || milk.Tracking != resolve.TrackingLot || !milk.ExpiryTracked || milk.ShelfLifeDays != 7 {
				t.Errorf("milk is %+v", milk)
			}
			if items[apitest.Flour].Tracking != resolve.TrackingLot || items[apitest.Salt].Tracking != resolve.TrackingNone || items[apitest.Flour].ItemID == milk.ItemID {
				t.Errorf("flour %+v, salt %+v", items[apitest.Flour], items[apitest.Salt])
			}
			if _, _, err := items[apitest.Flour].Quantity("q", "1", "BAG"); err != nil {
				t.Errorf("a unit of its own: %v", err)
			}
			if _, _, err := milk.Quantity("q", "1", "BAG"); err == nil {
				t.Error("milk has the unit of another item")
			}
			// The first that is missing, by the path of its first mention.
			_, err = lookUp(keys(apitest.Flour, "NO-1", "NO-2", "NO-1"))
			want(t, err, errs.KindNotFound, "UNKNOWN_ITEM", "b", `"NO-1"`)
			if items, err := lookUp(nil); err != nil || len(items) != 0 {
				t.Errorf("nothing asked for: %v, %v", items, err)
			}
		})
	}
	_, err := resolve.Items(t.Context(), api.DB, 2, keys(apitest.Flour))
	want(t, err, errs.KindNotFound, "UNKNOWN_ITEM", "a", apitest.Flour)
}

func TestQuantity(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.PushItem(t, &pb.Item{Sku: "I", Name: "n", BaseUnit: "KGM", Decimals: 3, Tracking: pb.Tracking_TRACKING_LOT, Units: []*pb.ItemUnit{
		{Unit: "BAG", Numerator: "25"},
		{Unit: "LBR", Numerator: "0.45359237"},
		{Unit: "THIRD", Numerator: "1", Denominator: "3"},
	}})
	items, err := resolve.Items(t.Context(), api.DB, tenant, keys("I"))
	if err != nil {
		t.Fatal(err)
	}
	item := items["I"]
	for _, c := range []struct{ value, unit, base, entered string }{
		{"12.5", "KGM", "12.5", "12.5"},
		{"2.10", "BAG", "52.5", "2.1"},
		{"100000", "LBR", "45359.237", "100000"},
		{"3", "THIRD", "1", "3"},
		{"0.001", "KGM", "0.001", "0.001"},
		{"1000000000000000000", "KGM", "1000000000000000000", "1000000000000000000"},
	} {
		base, entered, err := item.Quantity("q", c.value, c.unit)
		if err != nil || base.String() != c.base || entered.String() != c.entered {
			t.Errorf("%s %s = %s, entered %s, %v; want %s", c.value, c.unit, base, entered, err, c.base)
		}
	}
	for _, c := range []struct{ value, unit, reason, path, thing string }{
		{"1", "CASE", "UNKNOWN_UNIT", "q.unit", `"BAG", "KGM", "LBR", "THIRD"`},
		{"1", "kgm", "UNKNOWN_UNIT", "q.unit", `"kgm"`},
		{"1", "", "UNKNOWN_UNIT", "q.unit", `""`},
		{"0", "KGM", "QUANTITY_NOT_POSITIVE", "q.value", "0"},
		{"-1", "KGM", "QUANTITY_NOT_POSITIVE", "q.value", "-1"},
		{"-0.00", "KGM", "QUANTITY_NOT_POSITIVE", "q.value", "0"},
		{"0.0001", "KGM", "QUANTITY_TOO_PRECISE", "q.value", `"I"`},
		{"1", "LBR", "QUANTITY_TOO_PRECISE", "q.value", "10^-3 KGM"},
		{"1", "THIRD", "QUANTITY_TOO_PRECISE", "q.value", "1 THIRD"},
		{"1.0000000001", "KGM", "QUANTITY_TOO_PRECISE", "q.value", `"I"`},
		{"1000000000000000000.001", "KGM", "QUANTITY_TOO_LARGE", "q.value", "KGM"},
		{"100000000000000000", "BAG", "QUANTITY_TOO_LARGE", "q.value", "BAG"},
		{"1" + strings.Repeat("0", 40), "KGM", "QUANTITY_TOO_LARGE", "q.value", "KGM"},
		{"1e3", "KGM", "QUANTITY_NOT_A_NUMBER", "q.value", `"1e3"`},
		{"NaN", "KGM", "QUANTITY_NOT_A_NUMBER", "q.value", `"NaN"`},
		{"", "KGM", "QUANTITY_NOT_A_NUMBER", "q.value", `""`},
	} {
		_, _, err := item.Quantity("q", c.value, c.unit)
		want(t, err, errs.KindInvalidArgument, c.reason, c.path, c.thing)
	}
	if err := item.CheckUnit("price.unit", "BAG"); err != nil {
		t.Error(err)
	}
	want(t, item.CheckUnit("price.unit", "CASE"), errs.KindInvalidArgument, "UNKNOWN_UNIT", "price.unit", `"CASE"`)
}

func TestCheckLotCode(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tracking resolve.Tracking
		lotCode  string
		reason   string
	}{
		{resolve.TrackingLot, "L1", ""},
		{resolve.TrackingSerial, "S1", ""},
		{resolve.TrackingNone, "", ""},
		{resolve.TrackingLot, "", "LOT_CODE_REQUIRED"},
		{resolve.TrackingSerial, "", "LOT_CODE_REQUIRED"},
		{resolve.TrackingNone, "L1", "LOT_CODE_NOT_ALLOWED"},
	} {
		err := (&resolve.Item{SKU: "I", Tracking: c.tracking}).CheckLotCode("lines[0].lot_code", c.lotCode)
		if c.reason == "" {
			if err != nil {
				t.Errorf("%s with %q: %v", c.tracking, c.lotCode, err)
			}
			continue
		}
		want(t, err, errs.KindInvalidArgument, c.reason, "lines[0].lot_code", `"I"`)
	}
}

func TestLocations(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	push := func(code, parent, zone string, kind pb.LocationKind) {
		api.PushLocation(t, &pb.Location{Code: code, ParentCode: parent, TimeZone: zone, Kind: kind})
	}
	const site, storage, dock, quarantine = pb.LocationKind_LOCATION_KIND_SITE, pb.LocationKind_LOCATION_KIND_STORAGE, pb.LocationKind_LOCATION_KIND_DOCK, pb.LocationKind_LOCATION_KIND_QUARANTINE
	push("BERLIN", "", "Europe/Berlin", site)
	push("NEW-YORK", "", "America/New_York", site)
	push("B-ZONE", "BERLIN", "", storage)
	push("B-AISLE", "B-ZONE", "", storage)
	push("B-BIN", "B-AISLE", "", quarantine)
	push("N-DOCK", "NEW-YORK", "", dock)
	get := func(codes ...string) (map[string]*resolve.Location, error) {
		return resolve.Locations(t.Context(), api.DB, tenant, keys(codes...))
	}
	locations, err := get("B-BIN", "N-DOCK", "B-ZONE", "B-BIN")
	if err != nil || len(locations) != 3 {
		t.Fatalf("%v, %v", locations, err)
	}
	for code, zone := range map[string]string{"B-BIN": "Europe/Berlin", "B-ZONE": "Europe/Berlin", "N-DOCK": "America/New_York"} {
		if l := locations[code]; l.Code != code || l.Zone.String() != zone || l.LocationID == 0 {
			t.Errorf("%s is %+v, want it in %s", code, l, zone)
		}
	}
	// Its place in the tree may change, and the zone with it.
	push("B-AISLE", "N-DOCK", "", storage)
	if locations, err = get("B-BIN"); err != nil || locations["B-BIN"].Zone.String() != "America/New_York" {
		t.Errorf("after a move: %+v, %v", locations["B-BIN"], err)
	}
	_, err = get("B-BIN", "NO")
	want(t, err, errs.KindNotFound, "UNKNOWN_LOCATION", "b", `"NO"`)
	_, err = get("B-BIN", "N-DOCK", "BERLIN")
	want(t, err, errs.KindInvalidArgument, "LOCATION_NOT_FOR_STOCK", "c", `"BERLIN"`)
	for _, code := range []string{"supplier", "customer", "production", "scrap", "adjustment"} {
		_, err = get(code)
		want(t, err, errs.KindInvalidArgument, "LOCATION_NOT_FOR_STOCK", "a", code)
	}
	_, err = resolve.Locations(t.Context(), api.DB, 2, keys("B-BIN"))
	want(t, err, errs.KindNotFound, "UNKNOWN_LOCATION", "a", `"B-BIN"`)
}

func TestLots(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	api.ReceiveLot(t, apitest.Flour, "L/1", "1", "BAG", apitest.Shelf)
	api.ReceiveLot(t, apitest.Flour, "L/2", "1", "BAG", apitest.Shelf)
	api.ReceiveLot(t, apitest.Bread, "L/1", "1", "CASE", apitest.Shelf)
	lots, err := resolve.Lots(t.Context(), api.DB, tenant, []resolve.LotKey{
		{Path: "a", SKU: apitest.Flour, LotCode: "L/1"},
		{Path: "b", SKU: apitest.Bread, LotCode: "L/1"},
		{Path: "c", SKU: apitest.Bread, LotCode: "L/2"}, // flour's only
		{Path: "d", SKU: apitest.Flour, LotCode: "L/1"},
		{Path: "e", SKU: "NO", LotCode: "L/1"},
	})
	if err != nil || len(lots) != 2 {
		t.Fatalf("%v, %v; want the two that are there", lots, err)
	}
	flour, bread := lots[resolve.LotName{SKU: apitest.Flour, LotCode: "L/1"}], lots[resolve.LotName{SKU: apitest.Bread, LotCode: "L/1"}]
	if flour == 0 || bread == 0 || flour == bread {
		t.Errorf("the same code on two items: lots %d and %d", flour, bread)
	}
	lot := func(tenantID int64, sku, code string) (int64, error) {
		return resolve.Lot(t.Context(), api.DB, tenantID, resolve.LotKey{Path: "lot_code", SKU: sku, LotCode: code})
	}
	if id, err := lot(tenant, apitest.Bread, "L/1"); err != nil || id != bread {
		t.Errorf("Lot = %d, %v; want %d", id, err, bread)
	}
	_, err = lot(tenant, apitest.Bread, "L/2")
	want(t, err, errs.KindNotFound, "UNKNOWN_LOT", "lot_code", `"L/2"`)
	_, err = lot(tenant, "NO", "L/1")
	want(t, err, errs.KindNotFound, "UNKNOWN_ITEM", "sku", `"NO"`)
	_, err = lot(2, apitest.Bread, "L/1")
	want(t, err, errs.KindNotFound, "UNKNOWN_ITEM", "sku", apitest.Bread)
}

func TestPartyOf(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.PushParty(t, &pb.Party{Code: "P", Name: "Both", Kinds: []pb.PartyKind{pb.PartyKind_PARTY_KIND_SUPPLIER, pb.PartyKind_PARTY_KIND_CARRIER}})
	get := func(tenantID int64, code, kind string) (*resolve.Party, error) {
		return resolve.PartyOf(t.Context(), api.DB, tenantID, resolve.Key{Path: "party_code", Value: code}, kind)
	}
	for _, kind := range []string{"supplier", "carrier"} {
		if p, err := get(tenant, "P", kind); err != nil || p.Code != "P" || p.Name != "Both" || p.PartyID == 0 {
			t.Errorf("as %s: %+v, %v", kind, p, err)
		}
	}
	_, err := get(tenant, "P", "customer")
	want(t, err, errs.KindInvalidArgument, "PARTY_KIND_DIFFERS", "party_code", "customer")
	_, err = get(tenant, "NO", "supplier")
	want(t, err, errs.KindNotFound, "UNKNOWN_PARTY", "party_code", `"NO"`)
	_, err = get(2, "P", "supplier")
	want(t, err, errs.KindNotFound, "UNKNOWN_PARTY", "party_code", `"P"`)
}
