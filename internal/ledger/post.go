package ledger

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/lottrail/lottrail/internal/ledger/internal/ledgerdb"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/qty"
)

// Post validates an operation against the lots that it touches, which the
// caller has locked, and writes it in one round trip.
//
// It fails with pg.ErrOvertaken when a new lot's code was taken meanwhile, or a
// location that stock was on its way to became a site: the transaction is to be
// tried again, and will find that lot, or that location as it is now.
func Post(ctx context.Context, tx *pg.Tx, locked Locked, op *Operation) (*Posted, error) {
	if err := Validate(op, locked); err != nil {
		return nil, err
	}
	operationID, err := tx.NextID(ctx)
	if err != nil {
		return nil, err
	}
	posted := &Posted{OperationID: operationID}
	batch := &pgx.Batch{}
	queueOperation(batch, tx, op, posted)
	queueLots(batch, tx, op, posted)
	queueBalances(batch, tx, op)
	if err := queueMovements(ctx, batch, tx, op, posted); err != nil {
		return nil, err
	}
	queueHolds(batch, tx, op, posted)
	countPosted(ctx, tx, op)
	return posted, tx.SendBatch(ctx, batch).Close()
}

func queueOperation(batch *pgx.Batch, tx *pg.Tx, op *Operation, posted *Posted) {
	batch.Queue(ledgerdb.OperationInsert, tx.TenantID, posted.OperationID, op.Kind, op.OccurredAt, tx.Principal,
		tx.RequestID, op.Reason, op.Document.ReceiptID, op.Document.RunID, op.Document.ShipmentID, op.Document.RecallID,
	).QueryRow(func(row pgx.Row) error { return row.Scan(&posted.RecordedAt) })
}

// queueLots inserts in the order of item and code, so that two operations that
// bring the same codes into being wait for each other and do not deadlock.
func queueLots(batch *pgx.Batch, tx *pg.Tx, op *Operation, posted *Posted) {
	lots := slices.SortedFunc(slices.Values(op.NewLots), func(a, b NewLot) int {
		return cmp.Or(cmp.Compare(a.ItemID, b.ItemID), cmp.Compare(a.LotCode, b.LotCode))
	})
	for _, lot := range lots {
		batch.Queue(ledgerdb.LotInsert, tx.TenantID, lot.LotID, lot.ItemID, lot.LotCode, lot.Inferred, lot.SupplierID,
			lot.SupplierLotCode, lot.RunID, lot.ProductionDate, lot.ExpiryDate, posted.OperationID,
		).Exec(func(tag pgconn.CommandTag) error {
			if tag.RowsAffected() == 0 {
				return pg.ErrOvertaken
			}
			return nil
		})
	}
}

// queueBalances writes the net change of each balance, in the order of the
// full key. Validate has seen that none goes below zero; the condition in the
// statement, its row count and the CHECK constraint stand behind it.
func queueBalances(batch *pgx.Batch, tx *pg.Tx, op *Operation) {
	net := netByBalance(op.Movements)
	var lotIDs, locationIDs []int64
	var deltas []qty.Decimal
	for _, key := range slices.SortedFunc(maps.Keys(net), compareStock) {
		if net[key].IsZero() {
			continue
		}
		lotIDs = append(lotIDs, key.lotID)
		locationIDs = append(locationIDs, key.locationID)
		deltas = append(deltas, net[key])
	}
	if len(lotIDs) == 0 {
		return
	}
	batch.Queue(ledgerdb.BalanceInsertZero, tx.TenantID, lotIDs, locationIDs)
	batch.Queue(ledgerdb.BalanceAdd, tx.TenantID, lotIDs, locationIDs, deltas).Exec(func(tag pgconn.CommandTag) error {
		if tag.RowsAffected() != int64(len(lotIDs)) {
			return fmt.Errorf("ledger: %d of %d balances updated, though the lots were locked and validated", tag.RowsAffected(), len(lotIDs))
		}
		return nil
	})
}

func compareStock(a, b stockKey) int {
	return cmp.Or(cmp.Compare(a.lotID, b.lotID), cmp.Compare(a.locationID, b.locationID))
}

// movementColumns are movements as one array a column: one statement writes
// them all.
type movementColumns struct {
	ids, lotIDs, fromIDs, toIDs, receiptLineIDs, shipmentLineIDs []int64
	quantities, entered                                          []qty.Decimal
	units                                                        []string
}

func queueMovements(ctx context.Context, batch *pgx.Batch, tx *pg.Tx, op *Operation, posted *Posted) error {
	if len(op.Movements) == 0 {
		return nil
	}
	var c movementColumns
	for _, m := range op.Movements {
		id, err := tx.NextID(ctx)
		if err != nil {
			return err
		}
		c.ids = append(c.ids, id)
		c.lotIDs = append(c.lotIDs, m.LotID)
		c.quantities = append(c.quantities, m.Quantity)
		c.fromIDs = append(c.fromIDs, m.From.LocationID)
		c.toIDs = append(c.toIDs, m.To.LocationID)
		c.receiptLineIDs = append(c.receiptLineIDs, m.ReceiptLineID)
		c.shipmentLineIDs = append(c.shipmentLineIDs, m.ShipmentLineID)
		c.entered = append(c.entered, m.Entered.Value)
		c.units = append(c.units, m.Entered.Unit)
	}
	batch.Queue(ledgerdb.MovementInsert, tx.TenantID, posted.OperationID, op.Kind, op.Document.RunID, op.OccurredAt,
		c.ids, c.lotIDs, c.quantities, c.fromIDs, c.toIDs, c.receiptLineIDs, c.shipmentLineIDs, c.entered, c.units)
	queueTargets(batch, tx, c.toIDs)
	return nil
}

// queueTargets looks at the places that stock was brought to once more: they were
// found before they were locked, and stock at a site could not be taken out again.
func queueTargets(batch *pgx.Batch, tx *pg.Tx, locationIDs []int64) {
	var targets []int64
	for _, id := range locationIDs {
		if id >= virtualEnd {
			targets = append(targets, id)
		}
	}
	if len(targets) == 0 {
		return
	}
	slices.Sort(targets)
	batch.Queue(ledgerdb.LocationListSite, tx.TenantID, slices.Compact(targets)).Query(func(rows pgx.Rows) error {
		sites, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err == nil && len(sites) > 0 {
			return pg.ErrOvertaken
		}
		return err
	})
}
