package dispatch

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/civil"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/resolve"
)

// header is a shipment but for what is in it.
type header struct {
	row      queries.ShipmentInsertParams
	lineIDs  []int64
	customer *resolve.Party
	carrier  *resolve.Party // its code is empty if there is none
}

// queueHeader queues, in the lookup that will be done for the lines, all that is to be
// known beside them: the order, which is locked, customer and carrier.
func queueHeader(tx *pg.Tx, lookup *resolve.Lookup, req *lottrailv1.ShipRequest, shippedAt time.Time) (h *header, err error) {
	if err := checkCustomer(req.GetSalesOrderCode(), req.GetCustomerCode()); err != nil {
		return nil, err
	}
	h = &header{carrier: &resolve.Party{}, row: queries.ShipmentInsertParams{TenantID: tx.TenantID, Code: req.GetShipmentCode(), ShippedAt: shippedAt}}
	if h.row.DeliveryDate, err = civil.ParseOptional("delivery_date", req.GetDeliveryDate()); err != nil {
		return nil, err
	}
	if err := checkDelivery(shippedAt, h.row.DeliveryDate); err != nil {
		return nil, err
	}
	if h.row.DocumentReferences, err = pbtype.StoreReferences(req.GetReferences()); err != nil {
		return nil, err
	}
	items := orderLineItems{}
	if code := req.GetSalesOrderCode(); code != "" {
		h.queueOrder(tx, code, items)
	}
	h.queueExists(tx)
	if code := req.GetCustomerCode(); code != "" {
		h.customer = lookup.PartyOf(resolve.Key{Path: "customer_code", Value: code}, "customer")
	}
	if code := req.GetCarrierCode(); code != "" {
		h.carrier = lookup.PartyOf(resolve.Key{Path: "carrier_code", Value: code}, "carrier")
	}
	lookup.Check(func() error { return checkLines(req.GetLines(), req.GetSalesOrderCode(), items) })
	return h, nil
}

// queueOrder locks the order and then reads, in a later statement, the items of its
// lines and whose it is: that one gets the goods unless the request names another.
func (h *header) queueOrder(tx *pg.Tx, code string, items orderLineItems) {
	tx.Queue(queries.SalesOrderLock, tx.TenantID, code).QueryRow(func(row pgx.Row) error {
		var orderID, customerID int64
		err := row.Scan(&orderID, &customerID)
		if errors.Is(err, pgx.ErrNoRows) {
			return resolve.UnknownSalesOrder("sales_order_code", code)
		}
		h.row.SalesOrderID = &orderID
		return err
	})
	customer := &resolve.Party{}
	h.customer = customer
	tx.Queue(queries.SalesOrderListItem, tx.TenantID, code).Query(func(rows pgx.Rows) error {
		lines, err := pgx.CollectRows(rows, pgx.RowToStructByPos[queries.SalesOrderListItemRow])
		for _, l := range lines {
			*customer = resolve.Party{PartyID: l.PartyID, Code: l.Code, Name: l.Name}
			if l.LineNumber != nil {
				items[*l.LineNumber] = *l.SKU
			}
		}
		return err
	})
}

// queueExists asks for the shipment itself first: one that is sent again finds its
// stock gone, and the reason is to be told. What is under way at the same time
// insert finds.
func (h *header) queueExists(tx *pg.Tx) {
	tx.Queue(queries.ShipmentExists, tx.TenantID, h.row.Code).QueryRow(func(row pgx.Row) error {
		var exists bool
		if err := row.Scan(&exists); err != nil || !exists {
			return err
		}
		return shipmentExists(h.row.Code)
	})
}

func shipmentExists(code string) error {
	return errs.Exists("shipment_code", "SHIPMENT_EXISTS", "there is a shipment %q already; choose another code, or repeat the request under its own request_id", code)
}

// insert queues the shipment and its lines. Whoever waits for a shipment of the same
// code has all of its lots locked, and so stands in nobody's way who has that one.
func (h *header) insert(ctx context.Context, tx *pg.Tx, req *lottrailv1.ShipRequest) (err error) {
	h.row.CustomerID = h.customer.PartyID
	if h.carrier.Code != "" {
		h.row.CarrierID = &h.carrier.PartyID
	}
	if h.row.ShipmentID, err = tx.NextID(ctx); err != nil {
		return err
	}
	lines := queries.ShipmentLineInsertParams{TenantID: tx.TenantID, ShipmentID: h.row.ShipmentID, SalesOrderID: h.row.SalesOrderID}
	for i, l := range req.GetLines() {
		id, err := tx.NextID(ctx)
		if err != nil {
			return err
		}
		lines.ShipmentLineIds = append(lines.ShipmentLineIds, id)
		lines.LineNumbers = append(lines.LineNumbers, int32(i+1)) //nolint:gosec // at most 500 lines
		lines.OrderLineNumbers = append(lines.OrderLineNumbers, l.GetSalesOrderLineNumber())
	}
	h.lineIDs = lines.ShipmentLineIds
	q := queries.New(tx.Queued(func(err error) error {
		if pg.Constraint(err) != "shipment_code_key" {
			return err
		}
		return shipmentExists(req.GetShipmentCode())
	}))
	if err := q.ShipmentInsert(ctx, h.row); err != nil {
		return err
	}
	return q.ShipmentLineInsert(ctx, lines)
}
