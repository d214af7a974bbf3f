package catalog

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/qty"
)

// want checks that err is a refusal of this kind that names the field, or that
// there is none where reason is "".
func want(t *testing.T, err error, kind errs.Kind, reason, field string) {
	t.Helper()
	if reason == "" {
		if err != nil {
			t.Errorf("refused: %v", err)
		}
		return
	}
	var refusal *errs.Error
	if !errors.As(err, &refusal) {
		t.Errorf("%v, want %s", err, reason)
		return
	}
	if refusal.Kind != kind || refusal.Reason != reason || refusal.Violations[0].Path != field {
		t.Errorf("kind %d, %s at %s: %v; want kind %d, %s at %s", refusal.Kind, refusal.Reason, refusal.Violations[0].Path, err, kind, reason, field)
	}
}

func ratio(numerator string) qty.Ratio {
	return qty.Ratio{Numerator: qty.MustParse(numerator), Denominator: qty.FromInt(1)}
}

func TestCheckDistinct(t *testing.T) {
	t.Parallel()
	want(t, checkDistinct([]keyed{{"items[0]", "sku", "A"}, {"items[1]", "sku", "a"}, {"items[2]", "sku", "Ä"}}), 0, "", "")
	err := checkDistinct([]keyed{{"items[0]", "sku", "B"}, {"items[1]", "sku", "A"}, {"items[2]", "sku", "A"}})
	want(t, err, errs.KindInvalidArgument, "DUPLICATE_KEY", "items[2].sku")
	if err != nil && !strings.Contains(err.Error(), "items[1]") {
		t.Errorf("%q does not say where the other is", err)
	}
}

// A piece with a serial has no parts, or one serial could be in two places.
func TestSerialIsWhole(t *testing.T) {
	t.Parallel()
	_, err := normalItem(item{Field: "item", SKU: "S", BaseUnit: "H87", Tracking: "serial", Decimals: 1})
	want(t, err, errs.KindInvalidArgument, "SERIAL_DIVISIBLE", "item.decimals")
}

// What would it be first expired by?
func TestFefoWantsDates(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fefo, tracked bool
		reason        string
	}{{true, true, ""}, {false, true, ""}, {false, false, ""}, {true, false, "FEFO_WITHOUT_EXPIRY"}} {
		_, err := normalItem(item{Field: "items[2]", SKU: "S", BaseUnit: "H87", Tracking: "lot", FEFO: c.fefo, ExpiryTracked: c.tracked})
		want(t, err, errs.KindInvalidArgument, c.reason, "items[2].fefo")
	}
}

func TestNormalItem(t *testing.T) {
	t.Parallel()
	got, err := normalItem(item{
		Field: "item", SKU: "S", BaseUnit: "H87",
		Units: []unit{{"PALLET", ratio("480")}, {"CASE", ratio("24")}},
		GTINs: []gtin{{GTIN: "4006381333931", Unit: "CASE"}, {GTIN: "96385074"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if units := []string{got.Units[0].Unit, got.Units[1].Unit}; !slices.Equal(units, []string{"CASE", "PALLET"}) {
		t.Errorf("units %q are not in order", units)
	}
	// The path stays that of the request.
	gtins := []gtin{{"item.gtins[1]", "00000096385074", "H87"}, {"item.gtins[0]", "04006381333931", "CASE"}}
	if !reflect.DeepEqual(got.GTINs, gtins) {
		t.Errorf("GTINs = %+v, want %+v", got.GTINs, gtins)
	}
}

func TestNormalItemRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		units         []unit
		gtins         []gtin
		reason, field string
	}{
		"unit twice":           {units: []unit{{"CASE", ratio("24")}, {"BOX", ratio("6")}, {"CASE", ratio("24")}}, reason: "DUPLICATE_UNIT", field: "item.units[2].unit"},
		"base unit as a unit":  {units: []unit{{"H87", ratio("1")}}, reason: "DUPLICATE_UNIT", field: "item.units[0].unit"},
		"wrong check digit":    {gtins: []gtin{{GTIN: "4006381333930"}}, reason: "INVALID_GTIN", field: "item.gtins[0].gtin"},
		"nine digits":          {gtins: []gtin{{GTIN: "963850745"}}, reason: "INVALID_GTIN", field: "item.gtins[0].gtin"},
		"GTIN twice":           {gtins: []gtin{{GTIN: "96385074"}, {GTIN: "96385074"}}, reason: "DUPLICATE_GTIN", field: "item.gtins[1].gtin"},
		"GTIN twice, as 13":    {gtins: []gtin{{GTIN: "614141000036"}, {GTIN: "0614141000036"}}, reason: "DUPLICATE_GTIN", field: "item.gtins[1].gtin"},
		"GTIN of unknown unit": {gtins: []gtin{{GTIN: "96385074", Unit: "CASE"}}, reason: "UNKNOWN_UNIT", field: "item.gtins[0].unit"},
		"units differ by case": {units: []unit{{"CASE", ratio("24")}, {"case", ratio("12")}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := normalItem(item{Field: "item", SKU: "S", BaseUnit: "H87", Units: c.units, GTINs: c.gtins})
			want(t, err, errs.KindInvalidArgument, c.reason, c.field)
		})
	}
}

func TestCheckGTINsApart(t *testing.T) {
	t.Parallel()
	a := item{Field: "items[0]", SKU: "A", GTINs: []gtin{{"items[0].gtins[0]", "1", "H87"}, {"items[0].gtins[1]", "2", "H87"}}}
	b := item{Field: "items[1]", SKU: "B", GTINs: []gtin{{"items[1].gtins[0]", "3", "H87"}, {"items[1].gtins[1]", "2", "H87"}}}
	want(t, checkGTINsApart([]item{a}), 0, "", "")
	want(t, checkGTINsApart([]item{a, b}), errs.KindAlreadyExists, "GTIN_TAKEN", "items[1].gtins[1].gtin")
}

func TestCheckInUse(t *testing.T) {
	t.Parallel()
	was := storedItem{BaseUnit: "KGM", Decimals: 3, Tracking: "lot"}
	same := item{Field: "item", BaseUnit: "KGM", Decimals: 3, Tracking: "lot"}
	with := func(change func(*item)) item { it := same; change(&it); return it }
	none, lots, orders := usage{}, usage{Lots: true}, usage{Orders: true}
	for name, c := range map[string]struct {
		now    item
		used   usage
		reason string
		field  string
	}{
		"the same, with lots":              {now: same, used: lots},
		"decimals raised, with lots":       {now: with(func(i *item) { i.Decimals = 4 }), used: lots},
		"a ratio changed, with lots":       {now: with(func(i *item) { i.Units = []unit{{"BAG", ratio("20")}} }), used: lots},
		"everything, unused":               {now: item{Field: "item", BaseUnit: "GRM", Decimals: 0, Tracking: "none"}, used: none},
		"decimals and tracking, in orders": {now: with(func(i *item) { i.Decimals, i.Tracking = 0, "none" }), used: orders},
		"base unit, with lots":             {now: with(func(i *item) { i.BaseUnit = "GRM" }), used: lots, reason: "ITEM_IN_USE", field: "item.base_unit"},
		"base unit, in orders":             {now: with(func(i *item) { i.BaseUnit = "GRM" }), used: orders, reason: "ITEM_IN_USE", field: "item.base_unit"},
		"tracking, with lots":              {now: with(func(i *item) { i.Tracking = "serial" }), used: lots, reason: "ITEM_IN_USE", field: "item.tracking"},
		"decimals lowered, with lots":      {now: with(func(i *item) { i.Decimals = 2 }), used: lots, reason: "ITEM_IN_USE", field: "item.decimals"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want(t, checkInUse(was, c.now, c.used), errs.KindFailedPrecondition, c.reason, c.field)
		})
	}
}

func TestCheckParty(t *testing.T) {
	t.Parallel()
	want(t, checkParty(party{Field: "party"}), 0, "", "")
	want(t, checkParty(party{Field: "party", GLN: "0614141000005"}), 0, "", "")
	want(t, checkParty(party{Field: "party", GLN: "0614141000006"}), errs.KindInvalidArgument, "INVALID_GLN", "party.gln")
}

func TestCheckLocation(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		location      location
		reason, field string
	}{
		"site":                   {location: location{Kind: "site", TimeZone: "Europe/Berlin"}},
		"storage":                {location: location{Kind: "storage", ParentCode: "S"}},
		"GLN":                    {location: location{Kind: "dock", ParentCode: "S", GLN: "0614141000005"}},
		"wrong GLN":              {location: location{Kind: "dock", ParentCode: "S", GLN: "0614141000001"}, reason: "INVALID_GLN", field: "gln"},
		"site in another":        {location: location{Kind: "site", TimeZone: "UTC", ParentCode: "S"}, reason: "PARENT_NOT_ALLOWED", field: "parent_code"},
		"site without a zone":    {location: location{Kind: "site"}, reason: "TIME_ZONE_REQUIRED", field: "time_zone"},
		"site in no zone":        {location: location{Kind: "site", TimeZone: "Europe/Atlantis"}, reason: "UNKNOWN_TIME_ZONE", field: "time_zone"},
		"the machine's own zone": {location: location{Kind: "site", TimeZone: "Local"}, reason: "UNKNOWN_TIME_ZONE", field: "time_zone"},
		"a path for a zone":      {location: location{Kind: "site", TimeZone: "../../etc/passwd"}, reason: "UNKNOWN_TIME_ZONE", field: "time_zone"},
		"storage in nothing":     {location: location{Kind: "storage"}, reason: "PARENT_REQUIRED", field: "parent_code"},
		"storage with a zone":    {location: location{Kind: "quarantine", ParentCode: "S", TimeZone: "UTC"}, reason: "TIME_ZONE_NOT_ALLOWED", field: "time_zone"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.location.Field = "location"
			want(t, checkLocation(c.location), errs.KindInvalidArgument, c.reason, "location."+c.field)
		})
	}
}
