package trace

import (
	"context"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/worth"
)

// spending is what receipts say was paid, gathered while they are told.
type spending struct {
	entries []*lottrailv1.DossierCost
	paid    []worth.Paid // for each receipt line that stands
	// units are what units of the item are in its base unit.
	units map[string]queries.DossierUnitListRow
	base  string
}

// readUnits reads what prices may be for.
func (r *dossierReader) readUnits(ctx context.Context) error {
	rows, err := r.DossierUnitList(ctx, queries.DossierUnitListParams{TenantID: r.tenantID, LotID: r.lotID})
	r.spent.base, r.spent.units = r.unit, make(map[string]queries.DossierUnitListRow, len(rows)+1)
	for _, row := range rows {
		r.spent.units[row.Unit] = row
	}
	r.spent.units[r.unit] = queries.DossierUnitListRow{Unit: r.unit, Numerator: qty.FromInt(1), Denominator: qty.FromInt(1)}
	return err
}

// add notes a receipt line that stands.
func (s *spending) add(row *queries.DossierReceiptListRow) {
	entry, paid := s.costOf(row)
	s.paid = append(s.paid, paid)
	if entry != nil {
		s.entries = append(s.entries, entry)
	}
}

// costOf is what a receipt line says was paid: no entry if it does not. What that is in all
// is not known if the item does not have the unit of the price any more, unless the goods
// were received in it.
func (s *spending) costOf(row *queries.DossierReceiptListRow) (*lottrailv1.DossierCost, worth.Paid) {
	paid := worth.Paid{Quantity: row.Quantity}
	if row.UnitCost == nil || row.CostCurrency == nil || row.CostUnit == nil {
		return nil, paid
	}
	entry := &lottrailv1.DossierCost{
		ReceiptCode: row.ReceiptCode, PurchaseOrderLineNumber: row.OrderLineNumber,
		UnitCost: &lottrailv1.UnitCost{Amount: row.UnitCost.String(), Currency: *row.CostCurrency, Unit: *row.CostUnit},
	}
	paid.UnitCost, paid.Currency = *row.UnitCost, *row.CostCurrency
	unit, known := s.units[*row.CostUnit]
	switch {
	case *row.CostUnit == row.EnteredUnit:
		// So many units are so much in the base unit, whatever the item says today.
		entry.Quantity = pbtype.Quantity(row.EnteredQuantity, row.EnteredUnit)
		paid.Numerator, paid.Denominator, paid.Known = row.Quantity, row.EnteredQuantity, true
	case known:
		entry.Quantity = pbtype.Quantity(row.Quantity, s.base)
		paid.Numerator, paid.Denominator, paid.Known = unit.Numerator, unit.Denominator, true
	}
	if values := worth.Total([]worth.Paid{paid}).Values(); len(values) == 1 {
		entry.Amount, entry.Rounded = values[0].GetAmount(), values[0].GetRounded()
	}
	return entry, paid
}

// costs were met among the receipts. With them goes how much what is on hand is worth.
func (r *dossierReader) costs(context.Context) error {
	for _, cost := range r.spent.entries {
		if err := r.put(cost, func(part *lottrailv1.GetDossierResponse) { part.Costs = append(part.Costs, cost) }); err != nil {
			return err
		}
	}
	value := valueOf(r.spent.paid, r.onHand, r.unit)
	return r.add(value, func(part *lottrailv1.GetDossierResponse) { part.Value = value })
}

// valueOf is how much what is on hand of a lot is worth, by what was paid for it.
func valueOf(paid []worth.Paid, onHand qty.Decimal, unit string) *lottrailv1.DossierValue {
	value := &lottrailv1.DossierValue{OnHand: pbtype.Quantity(onHand, unit)}
	switch each := worth.Unit(paid); {
	case each != nil:
		value.Received, value.Values = worth.Total(paid).Values(), each.Times(onHand).Values()
	case len(paid) == 0:
		value.UnknownReason = lottrailv1.DossierValueUnknown_DOSSIER_VALUE_UNKNOWN_NOT_BOUGHT
	default:
		value.UnknownReason = lottrailv1.DossierValueUnknown_DOSSIER_VALUE_UNKNOWN_NOT_SAID
	}
	return value
}
