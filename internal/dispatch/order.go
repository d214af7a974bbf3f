package dispatch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/civil"
	"github.com/lottrail/lottrail/internal/command"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/resolve"
	"github.com/lottrail/lottrail/internal/revision"
)

const orderPath = "sales_order"

// UpsertSalesOrder implements lottrailv1.DispatchServiceServer.
func (s *Service) UpsertSalesOrder(ctx context.Context, req *lottrailv1.UpsertSalesOrderRequest) (*lottrailv1.UpsertSalesOrderResponse, error) {
	return command.Run(ctx, s.db, req, func(ctx context.Context, tx *pg.Tx) (*lottrailv1.UpsertSalesOrderResponse, error) {
		order := proto.CloneOf(req.GetSalesOrder())
		order.Revision = 0
		customer, err := resolve.PartyOf(ctx, tx, tx.TenantID, resolve.Key{Path: orderPath + ".customer_code", Value: order.GetCustomerCode()}, "customer")
		if err != nil {
			return nil, err
		}
		lines, err := resolveOrderLines(ctx, tx, order)
		if err != nil {
			return nil, err
		}
		orderID, err := lockOrder(ctx, tx, order, customer, lines)
		if err != nil {
			return nil, err
		}
		number, changed, err := revision.Push(ctx, tx, revision.SalesOrder, orderID, order)
		if err != nil {
			return nil, err
		}
		if changed {
			if err := writeOrder(ctx, tx, order, orderID, customer, lines, number); err != nil {
				return nil, err
			}
		}
		order.Revision = number
		return &lottrailv1.UpsertSalesOrderResponse{SalesOrder: order, Changed: changed}, nil
	})
}

// orderLines are the lines of an order as one array a column.
type orderLines = queries.SalesOrderLineUpsertParams

// resolveOrderLines reads the lines of an order and brings the order into the one
// form in which equal content is equal: lines by number, quantities without
// zeros at the end. Paths in refusals are those of the request.
func resolveOrderLines(ctx context.Context, tx *pg.Tx, order *lottrailv1.SalesOrder) (*orderLines, error) {
	if _, err := civil.ParseOptional(orderPath+".order_date", order.GetOrderDate()); err != nil {
		return nil, err
	}
	var skus resolve.Keys
	for i, l := range order.GetLines() {
		skus = append(skus, resolve.Key{Path: fmt.Sprintf("%s.lines[%d].sku", orderPath, i), Value: l.GetSku()})
	}
	items, err := resolve.LockItems(ctx, tx, tx.TenantID, skus)
	if err != nil {
		return nil, err
	}
	lines := &orderLines{TenantID: tx.TenantID}
	first := map[int32]int{}
	for i, l := range order.GetLines() {
		path := fmt.Sprintf("%s.lines[%d]", orderPath, i)
		if earlier, ok := first[l.GetLineNumber()]; ok {
			return nil, errs.Invalid(path+".line_number", "DUPLICATE_LINE_NUMBER", "lines[%d] has number %d too; number each line of the order once", earlier, l.GetLineNumber())
		}
		first[l.GetLineNumber()] = i
		if _, err := civil.ParseOptional(path+".due_date", l.GetDueDate()); err != nil {
			return nil, err
		}
		quantity, entered, err := items[l.GetSku()].Quantity(path+".quantity", l.GetQuantity().GetValue(), l.GetQuantity().GetUnit())
		if err != nil {
			return nil, err
		}
		l.Quantity.Value = entered.String()
		lines.LineNumbers = append(lines.LineNumbers, l.GetLineNumber())
		lines.ItemIds = append(lines.ItemIds, items[l.GetSku()].ItemID)
		lines.Quantities = append(lines.Quantities, quantity)
	}
	slices.SortStableFunc(order.GetLines(), func(a, b *lottrailv1.SalesOrderLine) int {
		return cmp.Compare(a.GetLineNumber(), b.GetLineNumber())
	})
	return lines, nil
}

// lockOrder makes the order if it is new, locks it, and refuses changes to what
// was shipped on.
func lockOrder(ctx context.Context, tx *pg.Tx, order *lottrailv1.SalesOrder, customer *resolve.Party, lines *orderLines) (int64, error) {
	q := queries.New(tx)
	id, err := tx.NextID(ctx)
	if err != nil {
		return 0, err
	}
	if _, err := q.SalesOrderInsert(ctx, queries.SalesOrderInsertParams{
		TenantID: tx.TenantID, SalesOrderID: id, Code: order.GetCode(), CustomerID: customer.PartyID, Content: []byte("{}"),
	}); err != nil {
		return 0, err
	}
	locked, err := q.SalesOrderLock(ctx, queries.SalesOrderLockParams{TenantID: tx.TenantID, Code: order.GetCode()})
	if err != nil {
		return 0, err
	}
	if locked.CustomerID != customer.PartyID {
		if err := checkCustomerChange(ctx, q, order, tx.TenantID, locked.SalesOrderID); err != nil {
			return 0, err
		}
	}
	existing, err := q.SalesOrderLineList(ctx, queries.SalesOrderLineListParams{TenantID: tx.TenantID, SalesOrderID: locked.SalesOrderID})
	if err != nil {
		return 0, err
	}
	for _, line := range existing {
		if err := checkLineChange(order, line, lines); err != nil {
			return 0, err
		}
	}
	return locked.SalesOrderID, nil
}

// checkCustomerChange refuses another customer for what was shipped on.
func checkCustomerChange(ctx context.Context, q *queries.Queries, order *lottrailv1.SalesOrder, tenantID, orderID int64) error {
	shipped, err := q.SalesOrderHasShipment(ctx, queries.SalesOrderHasShipmentParams{TenantID: tenantID, SalesOrderID: &orderID})
	if err != nil || !shipped {
		return err
	}
	code, err := q.SalesOrderGetCustomer(ctx, queries.SalesOrderGetCustomerParams{TenantID: tenantID, SalesOrderID: orderID})
	if err != nil {
		return err
	}
	return errs.Precondition(orderPath+".customer_code", "LINE_IN_USE", "sales order %q was shipped on for customer %q; keep the customer, or use another order",
		order.GetCode(), code)
}

func checkLineChange(order *lottrailv1.SalesOrder, line queries.SalesOrderLineListRow, lines *orderLines) error {
	why, drop, change := "was shipped on", "keep it", "keep the item, or add a new line"
	switch {
	case line.Shipped:
	case line.Reserved:
		why, drop = "has stock reserved for it", "release its reservations first"
		change = drop + ", or add a new line"
	default:
		return nil
	}
	for i, number := range lines.LineNumbers {
		if number == line.LineNumber && lines.ItemIds[i] == line.ItemID {
			return nil
		}
		if number == line.LineNumber {
			return errs.Precondition(fmt.Sprintf("%s.lines[%d].sku", orderPath, i), "LINE_IN_USE", "line %d of sales order %q, of item %q, %s and cannot be of another item; %s",
				number, order.GetCode(), line.SKU, why, change)
		}
	}
	return errs.Precondition(orderPath+".lines", "LINE_IN_USE", "line %d (item %q) of sales order %q %s and cannot be dropped; %s",
		line.LineNumber, line.SKU, order.GetCode(), why, drop)
}

func writeOrder(ctx context.Context, tx *pg.Tx, order *lottrailv1.SalesOrder, orderID int64, customer *resolve.Party, lines *orderLines, number int32) error {
	content, err := protojson.Marshal(order)
	if err != nil {
		return err
	}
	q := queries.New(tx)
	if err := q.SalesOrderUpdate(ctx, queries.SalesOrderUpdateParams{
		TenantID: tx.TenantID, SalesOrderID: orderID, CustomerID: customer.PartyID, Content: content, Revision: number,
	}); err != nil {
		return err
	}
	if err := q.SalesOrderLineDelete(ctx, queries.SalesOrderLineDeleteParams{TenantID: tx.TenantID, SalesOrderID: orderID, Kept: lines.LineNumbers}); err != nil {
		return err
	}
	lines.SalesOrderID = orderID
	return q.SalesOrderLineUpsert(ctx, *lines)
}

// GetSalesOrder implements lottrailv1.DispatchServiceServer.
func (s *Service) GetSalesOrder(ctx context.Context, req *lottrailv1.GetSalesOrderRequest) (*lottrailv1.GetSalesOrderResponse, error) {
	resp := &lottrailv1.GetSalesOrderResponse{SalesOrder: &lottrailv1.SalesOrder{}}
	tenantID := auth.FromContext(ctx).TenantID
	err := s.db.Read(ctx, func(tx *pg.Snapshot) error {
		q := queries.New(tx)
		order, err := q.SalesOrderGet(ctx, queries.SalesOrderGetParams{TenantID: tenantID, Code: req.GetCode()})
		if errors.Is(err, pgx.ErrNoRows) {
			return resolve.UnknownSalesOrder("code", req.GetCode())
		}
		if err != nil {
			return err
		}
		if err := (protojson.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(order.Content, resp.SalesOrder); err != nil {
			return err
		}
		resp.SalesOrder.Revision = order.Revision
		rows, err := q.SalesOrderLineListShipped(ctx, queries.SalesOrderLineListShippedParams{TenantID: tenantID, SalesOrderID: order.SalesOrderID})
		if err != nil {
			return err
		}
		resp.LineStatuses = toLineStatuses(resp.SalesOrder, rows)
		return nil
	})
	return resp, err
}
