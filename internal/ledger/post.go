package ledger

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/ledger/internal/ledgerdb"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/qty"
)

// Post validates an operation against the lots that it touches, which the
// caller has locked, and has it written. It waits for the database only if there is
// something to be told that is not known yet: else the operation goes with what is
// sent next, which may be the commit.
//
// The transaction fails with pg.ErrOvertaken when a new lot's code was taken
// meanwhile, or a location that stock was on its way to became a site: it is to be
// tried again, and will find that lot, or that location as it is now.
func Post(ctx context.Context, tx *pg.Tx, locked Locked, op *Operation) (*Posted, error) {
	posted := &Posted{RecordedAt: tx.LockedAt}
	err := post(ctx, tx, locked, op, posted)
	if err == nil && (posted.RecordedAt.IsZero() || len(op.Holds) > 0 || len(op.Dates) > 0) {
		err = tx.Flush(ctx)
	}
	return posted, err
}

// PostUnasked is Post for an operation that touches no lot, of which the caller has
// nothing to tell.
func PostUnasked(ctx context.Context, tx *pg.Tx, op *Operation) error {
	return post(ctx, tx, nil, op, nil)
}

// post queues everything; posted is nil if nobody asks.
func post(ctx context.Context, tx *pg.Tx, locked Locked, op *Operation, posted *Posted) error {
	plan, err := validate(op, locked)
	if err != nil {
		return err
	}
	id, err := tx.NextID(ctx)
	if err != nil {
		return err
	}
	queueOperation(tx, op, id, posted)
	queueLots(tx, op, id)
	queueBalances(tx, op)
	queueStocked(tx, op, locked)
	if err := queueMovements(ctx, tx, op, id, posted); err != nil {
		return err
	}
	queueHolds(tx, op, id, posted)
	queueDates(tx, op, id, posted)
	queueReservations(tx, plan, id, posted)
	countPosted(ctx, tx, op)
	return nil
}

// queueOperation records it at the time at which the lots were locked, or else at
// that at which it is written.
func queueOperation(tx *pg.Tx, op *Operation, id int64, posted *Posted) {
	var recordedAt *time.Time
	if posted != nil {
		posted.OperationID = id
		if !posted.RecordedAt.IsZero() {
			recordedAt = &posted.RecordedAt
		}
	}
	var reverses *int64
	if op.Reverses != nil {
		reverses = &op.Reverses.OperationID
	}
	queued := tx.Queue(ledgerdb.OperationInsert, tx.TenantID, id, op.Kind, op.OccurredAt, recordedAt, tx.Principal,
		tx.RequestID, op.Reason, op.Document.ReceiptID, op.Document.RunID, op.Document.ShipmentID, op.Document.RecallID, reverses)
	if posted != nil && recordedAt == nil {
		queued.QueryRow(func(row pgx.Row) error { return row.Scan(&posted.RecordedAt) })
	}
}

// lotColumns are new lots as one array a column.
type lotColumns struct {
	ids, itemIDs            []int64
	codes, supplierLotCodes []string
	inferred                []bool
	supplierIDs, runIDs     []*int64
	dates                   dateColumns
}

// queueLots inserts in the order of item and code, so that two operations that
// bring the same codes into being wait for each other and do not deadlock.
func queueLots(tx *pg.Tx, op *Operation, operationID int64) {
	if len(op.NewLots) == 0 {
		return
	}
	lots := slices.SortedFunc(slices.Values(op.NewLots), func(a, b NewLot) int {
		return cmp.Or(cmp.Compare(a.ItemID, b.ItemID), cmp.Compare(a.LotCode, b.LotCode))
	})
	var c lotColumns
	for _, lot := range lots {
		c.ids, c.itemIDs = append(c.ids, lot.LotID), append(c.itemIDs, lot.ItemID)
		c.codes, c.supplierLotCodes = append(c.codes, lot.LotCode), append(c.supplierLotCodes, lot.SupplierLotCode)
		c.inferred = append(c.inferred, lot.Inferred)
		c.supplierIDs, c.runIDs = append(c.supplierIDs, lot.SupplierID), append(c.runIDs, lot.RunID)
		c.dates.add(lot.ProductionDate, lot.BestBeforeDate, lot.ExpiryDate, lot.RemovalDate)
	}
	tx.QueueRefusing(func(err error) error {
		if pg.Constraint(err) == "lot_code_key" {
			return pg.ErrOvertaken
		}
		return err
	}, ledgerdb.LotInsert, tx.TenantID, operationID, c.ids, c.itemIDs, c.codes, c.inferred, c.supplierIDs,
		c.supplierLotCodes, c.runIDs, c.dates.production, c.dates.bestBefore, c.dates.expiry, c.dates.removal)
}

// balanceColumns are changes of balances as one array a column.
type balanceColumns struct {
	lotIDs, locationIDs []int64
	quantities          []qty.Decimal
	weights             []qty.Decimal // nil if nothing is weighed
}

func (c *balanceColumns) add(key stockKey, quantity qty.Decimal) {
	c.lotIDs = append(c.lotIDs, key.lotID)
	c.locationIDs = append(c.locationIDs, key.locationID)
	c.quantities = append(c.quantities, quantity)
}

// weigh adds the weight of what was added last, if anything of the operation is weighed.
func (c *balanceColumns) weigh(weights map[stockKey]qty.Decimal, weight qty.Decimal) {
	if weights != nil {
		c.weights = append(c.weights, weight)
	}
}

// queueBalances writes the net change of each balance, in the order of the
// full key. Validate has seen that none goes below zero; the condition in the
// statement, its row count and the CHECK constraint stand behind it.
func queueBalances(tx *pg.Tx, op *Operation) {
	net, weights := netByBalance(op.Movements), netWeights(op.Movements)
	var in, out balanceColumns
	for _, key := range slices.SortedFunc(maps.Keys(net), compareStock) {
		weight, weighed := weights[key]
		switch comes := net[key].Sign(); {
		case comes > 0 && (!weighed || weight.Sign() > 0):
			in.add(key, net[key])
			in.weigh(weights, weight)
		case comes != 0 || weight.Sign() != 0: // in also the weight that is less where a quantity is more
			out.add(key, net[key].Neg())
			out.weigh(weights, weight.Neg())
		}
	}
	if len(out.lotIDs) > 0 {
		tx.QueueRefusing(func(err error) error {
			if pg.FailedCheck(err) {
				return fmt.Errorf("ledger: a balance has less than was to be taken, though the lots were locked and validated: %w", err)
			}
			return err
		}, ledgerdb.BalanceTake, len(out.lotIDs), tx.TenantID, out.lotIDs, out.locationIDs, out.quantities, out.weights)
	}
	if len(in.lotIDs) > 0 {
		tx.Queue(ledgerdb.BalanceAdd, tx.TenantID, in.lotIDs, in.locationIDs, in.quantities, in.weights)
	}
}

func compareStock(a, b stockKey) int {
	return cmp.Or(cmp.Compare(a.lotID, b.lotID), cmp.Compare(a.locationID, b.locationID))
}

// movementColumns are movements as one array a column: one statement writes
// them all.
type movementColumns struct {
	ids, lotIDs, fromIDs, toIDs, receiptLineIDs, shipmentLineIDs, taken []int64
	quantities, weights, entered                                        []qty.Decimal
	units, kinds                                                        []string
}

func queueMovements(ctx context.Context, tx *pg.Tx, op *Operation, operationID int64, posted *Posted) error {
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
		kind, taken := op.Kind, int64(0)
		if m.Takes != nil {
			kind, taken = m.Takes.Kind, m.Takes.MovementID
		}
		c.kinds, c.taken = append(c.kinds, string(kind)), append(c.taken, taken)
	}
	if slices.ContainsFunc(op.Movements, func(m Movement) bool { return m.Weight.Sign() != 0 }) {
		for _, m := range op.Movements {
			c.weights = append(c.weights, m.Weight)
		}
	}
	// Blocks of ids may come to be used out of their order, and what reads an
	// operation's movements goes by their ids.
	slices.Sort(c.ids)
	if posted != nil {
		posted.MovementIDs = c.ids
	}
	runID := op.Document.RunID
	if op.Reverses != nil {
		runID = op.Reverses.RunID
	}
	tx.Queue(ledgerdb.MovementInsert, tx.TenantID, operationID, runID, op.OccurredAt,
		c.ids, c.kinds, c.lotIDs, c.quantities, c.fromIDs, c.toIDs, c.receiptLineIDs, c.shipmentLineIDs, c.entered, c.units, c.taken, c.weights)
	queueShares(tx, op, operationID, runID, c.ids)
	if op.Reverses != nil {
		queueTargets(tx, c.fromIDs)
	} else {
		queueTargets(tx, c.toIDs)
	}
	return nil
}

// queueTargets looks at the places that stock was brought to once more: they were
// found before they were locked, and stock at a site could not be taken out again.
func queueTargets(tx *pg.Tx, locationIDs []int64) {
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
	tx.QueueRefusing(func(err error) error {
		if pg.FailedCheck(err) {
			return pg.ErrOvertaken
		}
		return err
	}, ledgerdb.LocationCheck, tx.TenantID, slices.Compact(targets))
}
