package receiving

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
	"github.com/lottrail/lottrail/internal/civil"
	"github.com/lottrail/lottrail/internal/command"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/resolve"
	"github.com/lottrail/lottrail/internal/revision"
)

// UpsertPurchaseOrder implements lottrailv1.ReceivingServiceServer. A push that
// says the same as the last one changes nothing: what was ordered is then still
// as it was converted to base units at that time.
func (s *Service) UpsertPurchaseOrder(ctx context.Context, req *lottrailv1.UpsertPurchaseOrderRequest) (*lottrailv1.UpsertPurchaseOrderResponse, error) {
	return command.Run(ctx, s.db, req, func(ctx context.Context, tx *pg.Tx) (*lottrailv1.UpsertPurchaseOrderResponse, error) {
		order := proto.CloneOf(req.GetPurchaseOrder())
		order.Revision = 0
		changed, err := push(ctx, tx, order)
		if err != nil {
			return nil, err
		}
		return &lottrailv1.UpsertPurchaseOrderResponse{PurchaseOrder: order, Changed: changed}, nil
	})
}

// push brings an order to what it says, sets its revision, and returns whether
// anything was different.
func push(ctx context.Context, tx *pg.Tx, order *lottrailv1.PurchaseOrder) (changed bool, err error) {
	standing, err := queries.New(tx).PurchaseOrderLock(ctx, queries.PurchaseOrderLockParams{TenantID: tx.TenantID, Code: order.GetCode()})
	exists := err == nil
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return false, err
	}
	party, err := resolve.PartyOf(ctx, tx, tx.TenantID, resolve.Key{Path: "purchase_order.supplier_code", Value: order.GetSupplierCode()}, "supplier")
	if err != nil {
		return false, err
	}
	is := supplier{party.PartyID, party.Code}
	lines, err := resolveOrder(ctx, tx, order)
	if err != nil {
		return false, err
	}
	content, err := protojson.Marshal(order)
	if err != nil {
		return false, err
	}
	if !exists {
		return true, create(ctx, tx, order, is, lines, content)
	}
	if err := allowChange(ctx, tx, order.GetCode(), standing, is, lines); err != nil {
		return false, err
	}
	if order.Revision, changed, err = revision.Push(ctx, tx, revision.PurchaseOrder, standing.PurchaseOrderID, order); err != nil || !changed {
		return false, err
	}
	err = queries.New(tx).PurchaseOrderUpdate(ctx, queries.PurchaseOrderUpdateParams{
		TenantID: tx.TenantID, PurchaseOrderID: standing.PurchaseOrderID, SupplierID: is.partyID, Content: content, Revision: order.Revision,
	})
	if err != nil {
		return false, err
	}
	return true, replaceLines(ctx, tx, standing.PurchaseOrderID, lines)
}

func create(ctx context.Context, tx *pg.Tx, order *lottrailv1.PurchaseOrder, is supplier, lines []orderLine, content []byte) error {
	id, err := tx.NextID(ctx)
	if err != nil {
		return err
	}
	inserted, err := queries.New(tx).PurchaseOrderInsert(ctx, queries.PurchaseOrderInsertParams{
		TenantID: tx.TenantID, PurchaseOrderID: id, Code: order.GetCode(), SupplierID: is.partyID, Content: content,
	})
	if err != nil {
		return err
	}
	if inserted == 0 {
		// Somebody else's order of this code was committed meanwhile.
		return pg.ErrOvertaken
	}
	if order.Revision, _, err = revision.Push(ctx, tx, revision.PurchaseOrder, id, order); err != nil {
		return err
	}
	return replaceLines(ctx, tx, id, lines)
}

// resolveOrder resolves the lines, and puts the order into the one form in which
// orders that mean the same are the same: lines by number, quantities without
// zeros at the end.
func resolveOrder(ctx context.Context, tx *pg.Tx, order *lottrailv1.PurchaseOrder) ([]orderLine, error) {
	if _, err := civil.ParseOptional("purchase_order.order_date", order.GetOrderDate()); err != nil {
		return nil, err
	}
	path := func(i int) string { return fmt.Sprintf("purchase_order.lines[%d]", i) }
	var skus resolve.Keys
	for i, l := range order.GetLines() {
		skus = append(skus, resolve.Key{Path: path(i) + ".sku", Value: l.GetSku()})
	}
	items, err := resolve.LockItems(ctx, tx, tx.TenantID, skus)
	if err != nil {
		return nil, err
	}
	lines := make([]orderLine, len(order.GetLines()))
	for i, l := range order.GetLines() {
		item := items[l.GetSku()]
		quantity, entered, err := item.Quantity(path(i)+".quantity", l.GetQuantity().GetValue(), l.GetQuantity().GetUnit())
		if err != nil {
			return nil, err
		}
		if _, err := civil.ParseOptional(path(i)+".due_date", l.GetDueDate()); err != nil {
			return nil, err
		}
		l.Quantity.Value = entered.String()
		lines[i] = orderLine{path: path(i), number: l.GetLineNumber(), item: item, quantity: quantity}
	}
	slices.SortStableFunc(order.GetLines(), func(a, b *lottrailv1.PurchaseOrderLine) int {
		return cmp.Compare(a.GetLineNumber(), b.GetLineNumber())
	})
	return lines, checkLineNumbers(lines)
}

// allowChange judges a push by the lines as they stand, read after the lock.
func allowChange(ctx context.Context, tx *pg.Tx, code string, standing queries.PurchaseOrderLockRow, is supplier, pushed []orderLine) error {
	rows, err := queries.New(tx).PurchaseOrderLineListForChange(ctx, queries.PurchaseOrderLineListForChangeParams{
		TenantID: tx.TenantID, PurchaseOrderID: standing.PurchaseOrderID,
	})
	if err != nil {
		return err
	}
	lines := make([]standingLine, 0, len(rows))
	for _, r := range rows {
		lines = append(lines, standingLine{number: r.LineNumber, sku: r.SKU, received: r.Received})
	}
	codes, err := supplierCodes(ctx, tx, []int64{standing.SupplierID})
	if err != nil {
		return err
	}
	was := supplier{standing.SupplierID, codes[standing.SupplierID]}
	return checkChange(code, was, is, lines, pushed)
}

func replaceLines(ctx context.Context, tx *pg.Tx, orderID int64, lines []orderLine) error {
	var numbers []int32
	var itemIDs []int64
	var quantities []qty.Decimal
	for _, l := range lines {
		numbers = append(numbers, l.number)
		itemIDs = append(itemIDs, l.item.ItemID)
		quantities = append(quantities, l.quantity)
	}
	q := queries.New(tx)
	err := q.PurchaseOrderLineDeleteOthers(ctx, queries.PurchaseOrderLineDeleteOthersParams{
		TenantID: tx.TenantID, PurchaseOrderID: orderID, LineNumbers: numbers,
	})
	if err != nil {
		return err
	}
	return q.PurchaseOrderLineUpsert(ctx, queries.PurchaseOrderLineUpsertParams{
		TenantID: tx.TenantID, PurchaseOrderID: orderID, LineNumbers: numbers, ItemIds: itemIDs, Quantities: quantities,
	})
}

// supplierCodes are the codes of parties by id.
func supplierCodes(ctx context.Context, tx *pg.Tx, partyIDs []int64) (map[int64]string, error) {
	rows, err := queries.New(tx).SupplierCodeList(ctx, queries.SupplierCodeListParams{TenantID: tx.TenantID, PartyIds: partyIDs})
	codes := make(map[int64]string, len(rows))
	for _, r := range rows {
		codes[r.PartyID] = r.Code
	}
	return codes, err
}

func unknownOrder(path, code string) error {
	return errs.NotFound(path, "UNKNOWN_PURCHASE_ORDER", "there is no purchase order %q; push it with UpsertPurchaseOrder first, or check the code", code)
}
