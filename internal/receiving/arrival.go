package receiving

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/civil"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/resolve"
)

// ordered is what the order lines that a request names say: their items, and how
// they stand before this receipt, in their order.
type ordered struct {
	skus   map[int32]string
	before []variance
}

// queueOrderLines queues the look at the order lines that the request names, and at who
// is to deliver them.
func (r *receipt) queueOrderLines(tx *pg.Tx, req *lottrailv1.ReceiveRequest) *ordered {
	var numbers []int32
	for _, l := range req.GetLines() {
		numbers = append(numbers, l.GetPurchaseOrderLineNumber())
	}
	slices.Sort(numbers)
	lines := &ordered{skus: map[int32]string{}}
	tx.Queue(queries.PurchaseOrderLineListByNumber, tx.TenantID, req.GetPurchaseOrderCode(), slices.Compact(numbers)).Query(func(rows pgx.Rows) error {
		all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[queries.PurchaseOrderLineListByNumberRow])
		if err != nil {
			return err
		}
		for _, l := range all {
			r.supplier = supplier{partyID: l.PartyID, code: l.Code}
			lines.skus[l.LineNumber] = l.SKU
			lines.before = append(lines.before, variance{orderLine: l.LineNumber, ordered: l.Quantity, received: l.Received})
		}
		return lines.check(req)
	})
	return lines
}

// check refuses lines that are not in the order, or are of another item there.
func (o *ordered) check(req *lottrailv1.ReceiveRequest) error {
	for i, l := range req.GetLines() {
		sku, ok := o.skus[l.GetPurchaseOrderLineNumber()]
		if !ok {
			return errs.NotFound(pbtype.Line(i)+".purchase_order_line_number", "UNKNOWN_ORDER_LINE", "purchase order %q has no line %d; get the order to see its lines, or push it with this line first",
				req.GetPurchaseOrderCode(), l.GetPurchaseOrderLineNumber())
		}
		if err := checkItem(pbtype.Line(i), l.GetSku(), sku, req.GetPurchaseOrderCode(), l.GetPurchaseOrderLineNumber()); err != nil {
			return err
		}
	}
	return nil
}

// fetch asks for the lines at once where a line of the request leaves its item to them;
// else they come with whatever is asked next, and are checked then.
func (o *ordered) fetch(ctx context.Context, tx *pg.Tx, req *lottrailv1.ReceiveRequest) error {
	for _, l := range req.GetLines() {
		if l.GetSku() == "" {
			return tx.Flush(ctx)
		}
	}
	return nil
}

// resolve turns the lines of a request into arrivals, and locks those of their
// lots that exist.
func (r *receipt) resolve(ctx context.Context, tx *pg.Tx, req *lottrailv1.ReceiveRequest, lines *ordered) error {
	if err := lines.fetch(ctx, tx, req); err != nil {
		return err
	}
	var codes, skus resolve.Keys
	var keys []resolve.LotKey
	for i, l := range req.GetLines() {
		path, sku, lotCode := pbtype.Line(i), l.GetSku(), l.GetLotCode()
		if sku == "" {
			sku = lines.skus[l.GetPurchaseOrderLineNumber()]
		}
		if lotCode == "" {
			lotCode = inferredLotCode(req.GetReceiptCode(), i+1)
		}
		codes = append(codes, resolve.Key{Path: path + ".location_code", Value: l.GetLocationCode()})
		skus = append(skus, resolve.Key{Path: path + ".purchase_order_line_number", Value: sku})
		keys = append(keys, resolve.LotKey{Path: path + ".lot_code", SKU: sku, LotCode: lotCode})
	}
	lookup := resolve.NewLookup(tx.TenantID)
	locations, items := lookup.Locations(codes), lookup.LockItems(skus)
	r.locked, _ = lookup.LockLots(ctx, tx, keys)
	if err := lookup.Do(ctx, tx); err != nil {
		return err
	}
	for i, l := range req.GetLines() {
		location := locations[l.GetLocationCode()]
		a := &arrival{
			path: pbtype.Line(i), orderLine: l.GetPurchaseOrderLineNumber(), item: items[keys[i].SKU],
			location: location, day: civil.DayOf(r.receivedAt, location.Zone),
			lotCode: keys[i].LotCode, supplierLotCode: l.GetSupplierLotCode(), addToExisting: l.GetAddToExisting(),
		}
		if err := a.read(l); err != nil {
			return err
		}
		r.arrivals = append(r.arrivals, a)
	}
	for i := range lines.before {
		lines.before[i].baseUnit = items[lines.skus[lines.before[i].orderLine]].BaseUnit
	}
	return nil
}

// read takes over what a line says beside its keys.
func (a *arrival) read(l *lottrailv1.ReceiptLine) (err error) {
	if err := a.item.CheckNewLotCode(a.path+".lot_code", l.GetLotCode()); err != nil {
		return err
	}
	a.entered.Unit = l.GetQuantity().GetUnit()
	if a.quantity, a.entered.Value, err = a.item.Quantity(a.path+".quantity", l.GetQuantity().GetValue(), a.entered.Unit); err != nil {
		return err
	}
	if a.weight, err = a.item.NewWeight(a.path+".weight", pbtype.Given(l.GetWeight())); err != nil {
		return err
	}
	if a.dates.Production, err = civil.ParseOptional(a.path+".production_date", l.GetProductionDate()); err != nil {
		return err
	}
	if a.dates.Expiry, err = civil.ParseOptional(a.path+".expiry_date", l.GetExpiryDate()); err != nil {
		return err
	}
	if a.dates.BestBefore, err = civil.ParseOptional(a.path+".best_before_date", l.GetBestBeforeDate()); err != nil {
		return err
	}
	if a.dates.Removal, err = civil.ParseOptional(a.path+".removal_date", l.GetRemovalDate()); err != nil {
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
