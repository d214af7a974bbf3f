package catalog

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/lottrail/lottrail/internal/civil"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/gs1"
	"github.com/lottrail/lottrail/internal/lotcode"
	"github.com/lottrail/lottrail/internal/qty"
)

// item is an item as it was pushed. Field is its path in the request, for
// messages: item, or items[2].
type item struct {
	Field                      string
	SKU, Name, Category        string
	BaseUnit                   string
	Decimals                   int32
	Units                      []unit
	GTINs                      []gtin
	Tracking                   string
	ExpiryTracked, FEFO        bool
	ShelfLifeDays, WarningDays int32
	LotCodePattern             string
	// ApprovalQuantity is nil if adjustments need nobody's approval.
	ApprovalQuantity *qty.Decimal
	// WeightUnit is what each quantity is weighed in, "" if it is not.
	WeightUnit     string
	WeightDecimals int32
}

type unit struct {
	Unit  string
	Ratio qty.Ratio
}

type gtin struct{ Field, GTIN, Unit string }

// party is a party as it was pushed.
type party struct {
	Field, Code, Name string
	Kinds             []string
	GLN, Address      string
	Contacts          []contact
}

type contact struct {
	Name  string `json:"name"`
	Role  string `json:"role"`
	Email string `json:"email"`
	Phone string `json:"phone"`
}

// location is a location as it was pushed.
type location struct {
	Field, Code, Name string
	ParentCode, Kind  string
	GLN, TimeZone     string
}

const (
	kindSite    = "site"
	kindVirtual = "virtual"
)

// keyed is a key and the path of the record that has it.
type keyed struct{ Field, Name, Key string }

// checkDistinct refuses a batch that has one key twice: which of the two was
// meant?
func checkDistinct(keys []keyed) error {
	first := make(map[string]string, len(keys))
	for _, k := range keys {
		if earlier, ok := first[k.Key]; ok {
			return errs.Invalid(k.Field+"."+k.Name, "DUPLICATE_KEY", "%q stands in %s too; give each %s once in a batch", k.Key, earlier, k.Name)
		}
		first[k.Key] = k.Field
	}
	return nil
}

// normalItem checks an item and brings it into the one form in which equal
// content is equal: GTINs with 14 digits and their unit, units and GTINs in
// order, which means nothing.
func normalItem(it item) (item, error) {
	if it.Tracking == "serial" && it.Decimals != 0 {
		return it, errs.Invalid(it.Field+".decimals", "SERIAL_DIVISIBLE", "item %q is tracked by serial, whose pieces have no parts; set decimals to 0, or track it by lot", it.SKU)
	}
	if it.FEFO && !it.ExpiryTracked {
		return it, errs.Invalid(it.Field+".fefo", "FEFO_WITHOUT_EXPIRY", "item %q is to go out first expired, first out, and its expiry is not tracked; set expiry_tracked, or leave fefo out", it.SKU)
	}
	if err := checkPattern(it); err != nil {
		return it, err
	}
	if err := checkWeight(it); err != nil {
		return it, err
	}
	known := map[string]bool{it.BaseUnit: true}
	for i, u := range it.Units {
		if path := at(it.Field, "units", i) + ".unit"; known[u.Unit] {
			if u.Unit == it.BaseUnit {
				return it, errs.Invalid(path, "DUPLICATE_UNIT", "%q is the base unit of item %q, and one of itself; leave it out of the units", u.Unit, it.SKU)
			}
			return it, errs.Invalid(path, "DUPLICATE_UNIT", "item %q has %q among its units already; give each unit once", it.SKU, u.Unit)
		}
		known[u.Unit] = true
	}
	gtins := slices.Clone(it.GTINs)
	seen := make(map[string]bool, len(gtins))
	for i := range gtins {
		g := &gtins[i]
		g.Field = at(it.Field, "gtins", i)
		full, err := gs1.GTIN(g.GTIN)
		if err != nil {
			return it, errs.Invalid(g.Field+".gtin", "INVALID_GTIN", "%q: %s; check it against the label", g.GTIN, err)
		}
		if seen[full] {
			return it, errs.Invalid(g.Field+".gtin", "DUPLICATE_GTIN", "item %q has GTIN %s already, perhaps with fewer zeros in front; give each GTIN once", it.SKU, full)
		}
		seen[full] = true
		if g.Unit == "" {
			g.Unit = it.BaseUnit
		}
		if !known[g.Unit] {
			return it, errs.Invalid(g.Field+".unit", "UNKNOWN_UNIT", "item %q has no unit %q; add it to the units with its ratio to %q", it.SKU, g.Unit, it.BaseUnit)
		}
		g.GTIN = full
	}
	it.GTINs = slices.SortedFunc(slices.Values(gtins), func(a, b gtin) int { return cmp.Compare(a.GTIN, b.GTIN) })
	it.Units = slices.SortedFunc(slices.Values(it.Units), func(a, b unit) int { return cmp.Compare(a.Unit, b.Unit) })
	return it, nil
}

// checkPattern refuses a pattern that makes no lot codes, and one of an item that has
// none to be made: serials come with the pieces.
func checkPattern(it item) error {
	if it.LotCodePattern == "" {
		return nil
	}
	path := it.Field + ".lot_code_pattern"
	if it.Tracking != "lot" {
		return errs.Invalid(path, "PATTERN_NOT_ALLOWED", "item %q is tracked by %s, and lot codes are generated for items tracked by lot; leave the pattern out, or track it by lot", it.SKU, it.Tracking)
	}
	_, err := lotcode.Compile(it.LotCodePattern)
	if wrong := (*lotcode.Error)(nil); errors.As(err, &wrong) {
		return errs.Invalid(path, wrong.Reason, "%.80q: %s", it.LotCodePattern, wrong.Message)
	}
	return err
}

// checkGTINsApart refuses a batch that gives one GTIN to two items.
func checkGTINsApart(items []item) error {
	owners := map[string]*item{}
	for i := range items {
		for _, g := range items[i].GTINs {
			if owner := owners[g.GTIN]; owner != nil {
				return errs.Exists(g.Field+".gtin", "GTIN_TAKEN", "GTIN %s is given to item %q (%s) too; a GTIN names one item", g.GTIN, owner.SKU, owner.Field)
			}
			owners[g.GTIN] = &items[i]
		}
	}
	return nil
}

// storedItem is what decides on an item that is there already.
type storedItem struct {
	ItemID   int64
	BaseUnit string
	Decimals int32
	Tracking string

	WeightUnit     string
	WeightDecimals int32
}

// usage is what has quantities of an item in its base unit.
type usage struct{ Lots, Orders bool }

// checkInUse refuses to change what existing quantities of an item mean.
func checkInUse(was storedItem, now item, used usage) error {
	const reason = "ITEM_IN_USE"
	switch {
	case was.BaseUnit != now.BaseUnit && (used.Lots || used.Orders):
		what := "lots"
		if !used.Lots {
			what = "orders"
		}
		return errs.Precondition(now.Field+".base_unit", reason, "item %q has %s with quantities in %q, so its base unit cannot become %q; add that as a further unit, or use a new sku",
			now.SKU, what, was.BaseUnit, now.BaseUnit)
	case was.Tracking != now.Tracking && used.Lots:
		return errs.Precondition(now.Field+".tracking", reason, "item %q has lots, made when its tracking was %q, so that cannot become %q; use a new sku", now.SKU, was.Tracking, now.Tracking)
	case was.Decimals > now.Decimals && used.Lots:
		return errs.Precondition(now.Field+".decimals", reason, "item %q has lots with quantities of %d decimals, so it cannot have %d; keep them, or raise them", now.SKU, was.Decimals, now.Decimals)
	case was.WeightUnit != now.WeightUnit && used.Lots:
		return errs.Precondition(now.Field+".weight_unit", reason, "item %q has lots, %s, so it cannot be one that is %s; use a new sku", now.SKU, weighed(was.WeightUnit), weighed(now.WeightUnit))
	case was.WeightDecimals > now.WeightDecimals && used.Lots:
		return errs.Precondition(now.Field+".weight_decimals", reason, "item %q has lots with weights of %d decimals, so it cannot have %d; keep them, or raise them", now.SKU, was.WeightDecimals, now.WeightDecimals)
	}
	return nil
}

func weighed(unit string) string {
	if unit == "" {
		return "not weighed"
	}
	return fmt.Sprintf("weighed in %q", unit)
}

// checkWeight refuses an item whose weight would be a guess: stock that is not tracked by
// lot is drawn from whatever lots are there, and where a unit of it is one of mass its
// weight follows from the quantity already.
func checkWeight(it item) error {
	path := it.Field + ".weight_unit"
	if it.WeightUnit == "" {
		if it.WeightDecimals > 0 {
			return errs.Invalid(path, "WEIGHT_UNIT_REQUIRED", "item %q has weight_decimals but is not weighed; give its weight_unit, or leave them out", it.SKU)
		}
		return nil
	}
	if !qty.IsMass(it.WeightUnit) {
		return errs.Invalid(path, "UNKNOWN_WEIGHT_UNIT", "item %q cannot be weighed in %q; give one of %s", it.SKU, it.WeightUnit, strings.Join(qty.MassUnits(), ", "))
	}
	if it.Tracking == "none" {
		return errs.Invalid(path, "WEIGHT_NOT_ALLOWED", "item %q is not tracked by lot, so nobody could tell which of it weighs what; leave the weight unit out, or track it by lot or serial", it.SKU)
	}
	if i := slices.IndexFunc(it.Units, func(u unit) bool { return qty.IsMass(u.Unit) }); i >= 0 || qty.IsMass(it.BaseUnit) {
		measured := it.BaseUnit
		if i >= 0 {
			measured = it.Units[i].Unit
		}
		return errs.Invalid(path, "WEIGHT_NOT_ALLOWED", "item %q has the unit %q, so that what it weighs follows from the quantity; leave that unit out, or the weight unit", it.SKU, measured)
	}
	return nil
}

// checkParty checks what the field rules cannot.
func checkParty(p party) error { return checkGLN(p.Field, p.GLN) }

func checkGLN(field, gln string) error {
	if gln == "" {
		return nil
	}
	if err := gs1.CheckGLN(gln); err != nil {
		return errs.Invalid(field+".gln", "INVALID_GLN", "%q: %s; check the number", gln, err)
	}
	return nil
}

// checkLocation checks one location by itself.
func checkLocation(l location) error {
	if err := checkGLN(l.Field, l.GLN); err != nil {
		return err
	}
	if l.Kind != kindSite {
		if l.ParentCode == "" {
			return errs.Invalid(l.Field+".parent_code", "PARENT_REQUIRED", "location %q is no site and so lies in another location; name it", l.Code)
		}
		if l.TimeZone != "" {
			return errs.Invalid(l.Field+".time_zone", "TIME_ZONE_NOT_ALLOWED", "location %q has the time zone of its site; leave it out", l.Code)
		}
		return nil
	}
	if l.ParentCode != "" {
		return errs.Invalid(l.Field+".parent_code", "PARENT_NOT_ALLOWED", "location %q is a site, which lies in no other; leave the parent out, or give another kind", l.Code)
	}
	if l.TimeZone == "" {
		return errs.Invalid(l.Field+".time_zone", "TIME_ZONE_REQUIRED", "location %q is a site; give its IANA time zone, such as Europe/Berlin", l.Code)
	}
	if _, err := civil.Zone(l.TimeZone); err != nil {
		return errs.Invalid(l.Field+".time_zone", "UNKNOWN_TIME_ZONE", "%q is no IANA time zone; give one such as Europe/Berlin", l.TimeZone)
	}
	return nil
}

// at is the path of an element.
func at(field, name string, i int) string { return fmt.Sprintf("%s.%s[%d]", field, name, i) }
