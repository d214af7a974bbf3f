package receiving

import (
	"context"
	"slices"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/civil"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/resolve"
)

// resolve turns the lines of a request into arrivals, and returns how the order
// lines that they name stand before this receipt, in their order.
func (r *receipt) resolve(ctx context.Context, tx *pg.Tx, req *lottrailv1.ReceiveRequest) ([]variance, error) {
	skus, before, err := r.orderLines(ctx, tx, req)
	if err != nil {
		return nil, err
	}
	var codes, keys resolve.Keys
	for i, l := range req.GetLines() {
		codes = append(codes, resolve.Key{Path: pbtype.Line(i) + ".location_code", Value: l.GetLocationCode()})
		keys = append(keys, resolve.Key{Path: pbtype.Line(i) + ".purchase_order_line_number", Value: skus[l.GetPurchaseOrderLineNumber()]})
	}
	locations, err := resolve.Locations(ctx, tx, tx.TenantID, codes)
	if err != nil {
		return nil, err
	}
	items, err := resolve.LockItems(ctx, tx, tx.TenantID, keys)
	if err != nil {
		return nil, err
	}
	for i, l := range req.GetLines() {
		location := locations[l.GetLocationCode()]
		a := &arrival{
			path: pbtype.Line(i), orderLine: l.GetPurchaseOrderLineNumber(), item: items[skus[l.GetPurchaseOrderLineNumber()]],
			location: location, day: civil.DayOf(r.receivedAt, location.Zone),
			lotCode: l.GetLotCode(), supplierLotCode: l.GetSupplierLotCode(), addToExisting: l.GetAddToExisting(),
		}
		if err := a.read(l); err != nil {
			return nil, err
		}
		if a.item.Tracking == resolve.TrackingNone {
			a.lotCode = inferredLotCode(req.GetReceiptCode(), i+1)
		}
		r.arrivals = append(r.arrivals, a)
	}
	for i := range before {
		before[i].baseUnit = items[skus[before[i].orderLine]].BaseUnit
	}
	return before, nil
}

// orderLines reads the order lines that the request names: their skus, and how
// they stand.
func (r *receipt) orderLines(ctx context.Context, tx *pg.Tx, req *lottrailv1.ReceiveRequest) (skus map[int32]string, before []variance, err error) {
	var numbers []int32
	for _, l := range req.GetLines() {
		numbers = append(numbers, l.GetPurchaseOrderLineNumber())
	}
	slices.Sort(numbers)
	rows, err := queries.New(tx).PurchaseOrderLineListByNumber(ctx, queries.PurchaseOrderLineListByNumberParams{
		TenantID: tx.TenantID, PurchaseOrderID: r.orderID, LineNumbers: slices.Compact(numbers),
	})
	if err != nil {
		return nil, nil, err
	}
	skus = make(map[int32]string, len(rows))
	for _, l := range rows {
		skus[l.LineNumber] = l.SKU
		before = append(before, variance{orderLine: l.LineNumber, ordered: l.Quantity, received: l.Received})
	}
	for i, l := range req.GetLines() {
		if _, ok := skus[l.GetPurchaseOrderLineNumber()]; !ok {
			return nil, nil, errs.NotFound(pbtype.Line(i)+".purchase_order_line_number", "UNKNOWN_ORDER_LINE", "purchase order %q has no line %d; get the order to see its lines, or push it with this line first",
				req.GetPurchaseOrderCode(), l.GetPurchaseOrderLineNumber())
		}
	}
	return skus, before, nil
}

// read takes over what a line says beside its keys.
func (a *arrival) read(l *lottrailv1.ReceiptLine) (err error) {
	if err := a.item.CheckLotCode(a.path+".lot_code", a.lotCode); err != nil {
		return err
	}
	a.entered.Unit = l.GetQuantity().GetUnit()
	if a.quantity, a.entered.Value, err = a.item.Quantity(a.path+".quantity", l.GetQuantity().GetValue(), a.entered.Unit); err != nil {
		return err
	}
	if a.dates.Production, err = civil.ParseOptional(a.path+".production_date", l.GetProductionDate()); err != nil {
		return err
	}
	if a.dates.Expiry, err = civil.ParseOptional(a.path+".expiry_date", l.GetExpiryDate()); err != nil {
		return err
	}
	if err := a.readCost(l.GetUnitCost()); err != nil {
		return err
	}
	if l.GetTemperatureCelsius() != "" {
		temperature, err := qty.Parse(l.GetTemperatureCelsius())
		if err != nil {
			return err
		}
		a.temperature = &temperature
	}
	return checkSerial(a)
}

func (a *arrival) readCost(c *lottrailv1.UnitCost) error {
	if c == nil {
		return nil
	}
	if err := a.item.CheckUnit(a.path+".unit_cost.unit", c.GetUnit()); err != nil {
		return err
	}
	amount, err := qty.Parse(c.GetAmount())
	if err != nil {
		return err
	}
	a.cost = &cost{amount: amount, currency: c.GetCurrency(), unit: c.GetUnit()}
	return nil
}

// findLots returns the ids of the lots that exist. It takes no lock.
func (r *receipt) findLots(ctx context.Context, tx *pg.Tx) ([]int64, error) {
	keys := make([]resolve.LotKey, 0, len(r.arrivals))
	for _, a := range r.arrivals {
		keys = append(keys, resolve.LotKey{Path: a.path + ".lot_code", SKU: a.item.SKU, LotCode: a.lotCode})
	}
	found, err := resolve.Lots(ctx, tx, tx.TenantID, keys)
	ids := make([]int64, 0, len(found))
	for _, id := range found {
		ids = append(ids, id)
	}
	return ids, err
}
