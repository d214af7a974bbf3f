package catalog

import (
	"encoding/json"
	"fmt"
	"slices"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/revision"
)

// The API's enums beside what the database keeps.
var (
	trackings = map[lottrailv1.Tracking]string{
		lottrailv1.Tracking_TRACKING_NONE:   "none",
		lottrailv1.Tracking_TRACKING_LOT:    "lot",
		lottrailv1.Tracking_TRACKING_SERIAL: "serial",
	}
	partyKinds = map[lottrailv1.PartyKind]string{
		lottrailv1.PartyKind_PARTY_KIND_SUPPLIER:   "supplier",
		lottrailv1.PartyKind_PARTY_KIND_CUSTOMER:   "customer",
		lottrailv1.PartyKind_PARTY_KIND_CARRIER:    "carrier",
		lottrailv1.PartyKind_PARTY_KIND_SITE_OWNER: "site_owner",
	}
	locationKinds = map[lottrailv1.LocationKind]string{
		lottrailv1.LocationKind_LOCATION_KIND_SITE:       kindSite,
		lottrailv1.LocationKind_LOCATION_KIND_STORAGE:    "storage",
		lottrailv1.LocationKind_LOCATION_KIND_DOCK:       "dock",
		lottrailv1.LocationKind_LOCATION_KIND_QUARANTINE: "quarantine",
	}
)

func invert[K, V comparable](m map[K]V) map[V]K {
	inverse := make(map[V]K, len(m))
	for k, v := range m {
		inverse[v] = k
	}
	return inverse
}

var (
	trackingOf     = invert(trackings)
	partyKindOf    = invert(partyKinds)
	locationKindOf = invert(locationKinds)
)

// toItem reads an item, checked and in normal form.
func toItem(field string, in *lottrailv1.Item) (item, error) {
	it := item{
		Field: field, SKU: in.GetSku(), Name: in.GetName(), Category: in.GetCategory(),
		BaseUnit: in.GetBaseUnit(), Decimals: in.GetDecimals(), Tracking: trackings[in.GetTracking()],
		ExpiryTracked: in.GetExpiryTracked(), ShelfLifeDays: in.GetShelfLifeDays(), FEFO: in.GetFefo(), WarningDays: in.GetWarningDays(),
		LotCodePattern: in.GetLotCodePattern(), WeightUnit: in.GetWeightUnit(), WeightDecimals: in.GetWeightDecimals(),
	}
	if text := in.GetAdjustmentApprovalQuantity(); text != "" {
		most, err := qty.Parse(text)
		if err != nil {
			return it, errs.Invalid(field+".adjustment_approval_quantity", "QUANTITY_NOT_A_NUMBER", "%q is not a decimal number in plain notation; write it like 12.5", text)
		}
		it.ApprovalQuantity = &most
	}
	for i, u := range in.GetUnits() {
		numerator, err := toFactor(at(field, "units", i)+".numerator", u.GetNumerator())
		if err != nil {
			return it, err
		}
		denominator := qty.FromInt(1)
		if u.GetDenominator() != "" {
			if denominator, err = toFactor(at(field, "units", i)+".denominator", u.GetDenominator()); err != nil {
				return it, err
			}
		}
		it.Units = append(it.Units, unit{Unit: u.GetUnit(), Ratio: qty.Ratio{Numerator: numerator, Denominator: denominator}})
	}
	for _, g := range in.GetGtins() {
		it.GTINs = append(it.GTINs, gtin{GTIN: g.GetGtin(), Unit: g.GetUnit()})
	}
	return normalItem(it)
}

func toFactor(path, text string) (qty.Decimal, error) {
	factor, err := qty.Parse(text)
	if err != nil || factor.Sign() <= 0 {
		return factor, errs.Invalid(path, "INVALID_RATIO", "%q is not a decimal number above zero in plain notation; write it like 24 or 0.45359237", text)
	}
	return factor, nil
}

// fromItem is the item in normal form, without its revision.
func fromItem(it item) *lottrailv1.Item {
	out := &lottrailv1.Item{
		Sku: it.SKU, Name: it.Name, Category: it.Category, BaseUnit: it.BaseUnit, Decimals: it.Decimals, Tracking: trackingOf[it.Tracking],
		ExpiryTracked: it.ExpiryTracked, ShelfLifeDays: it.ShelfLifeDays, Fefo: it.FEFO, WarningDays: it.WarningDays,
		LotCodePattern: it.LotCodePattern, WeightUnit: it.WeightUnit, WeightDecimals: it.WeightDecimals,
	}
	if it.ApprovalQuantity != nil {
		out.AdjustmentApprovalQuantity = it.ApprovalQuantity.String()
	}
	for _, u := range it.Units {
		out.Units = append(out.Units, &lottrailv1.ItemUnit{Unit: u.Unit, Numerator: u.Ratio.Numerator.String(), Denominator: u.Ratio.Denominator.String()})
	}
	for _, g := range it.GTINs {
		out.Gtins = append(out.Gtins, &lottrailv1.ItemGtin{Gtin: g.GTIN, Unit: g.Unit})
	}
	return out
}

// toParty reads a party, checked and in normal form: the order of its kinds
// means nothing, that of its contacts is whom to try first.
func toParty(field string, in *lottrailv1.Party) (party, error) {
	p := party{Field: field, Code: in.GetCode(), Name: in.GetName(), GLN: in.GetGln(), Address: in.GetAddress(), Contacts: []contact{}}
	for _, kind := range slices.Sorted(slices.Values(in.GetKinds())) {
		p.Kinds = append(p.Kinds, partyKinds[kind])
	}
	for _, c := range in.GetContacts() {
		p.Contacts = append(p.Contacts, contact{Name: c.GetName(), Role: c.GetRole(), Email: c.GetEmail(), Phone: c.GetPhone()})
	}
	return p, checkParty(p)
}

// fromParty is the party in normal form, without its revision.
func fromParty(p party) *lottrailv1.Party {
	out := &lottrailv1.Party{Code: p.Code, Name: p.Name, Gln: p.GLN, Address: p.Address}
	for _, kind := range p.Kinds {
		out.Kinds = append(out.Kinds, partyKindOf[kind])
	}
	for _, c := range p.Contacts {
		out.Contacts = append(out.Contacts, &lottrailv1.Contact{Name: c.Name, Role: c.Role, Email: c.Email, Phone: c.Phone})
	}
	return out
}

func contactsJSON(contacts []contact) (string, error) {
	text, err := json.Marshal(contacts)
	return string(text), err
}

// toLocation reads a location and checks what can be checked by itself.
func toLocation(field string, in *lottrailv1.Location) (location, error) {
	l := location{
		Field: field, Code: in.GetCode(), Name: in.GetName(), ParentCode: in.GetParentCode(),
		Kind: locationKinds[in.GetKind()], GLN: in.GetGln(), TimeZone: in.GetTimeZone(),
	}
	return l, checkLocation(l)
}

// fromLocation is the location without its revision.
func fromLocation(l location) *lottrailv1.Location {
	return &lottrailv1.Location{
		Code: l.Code, Name: l.Name, ParentCode: l.ParentCode, Kind: locationKindOf[l.Kind], Gln: l.GLN, TimeZone: l.TimeZone,
	}
}

// fieldOf is the path of the i-th record of a batch.
func fieldOf(name string, i int) string { return fmt.Sprintf("%s[%d]", name, i) }

// What is stored, with its revision.

func storedToItem(content []byte, number int32) (*lottrailv1.Item, error) {
	out := &lottrailv1.Item{}
	err := revision.Decode(content, out)
	out.Revision = number
	return out, err
}

func storedToParty(content []byte, number int32) (*lottrailv1.Party, error) {
	out := &lottrailv1.Party{}
	err := revision.Decode(content, out)
	out.Revision = number
	return out, err
}

func storedToLocation(content []byte, number int32) (*lottrailv1.Location, error) {
	out := &lottrailv1.Location{}
	err := revision.Decode(content, out)
	out.Revision = number
	return out, err
}
