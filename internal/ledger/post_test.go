package ledger_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/qty"
)

// Everything that an operation says is in the database afterwards.
func TestPostWritesTheOperation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	occurred := time.Date(2026, 3, 25, 6, 7, 8, 9000, time.UTC)
	var lot ledger.NewLot
	var posted *ledger.Posted
	w.write(func(ctx context.Context, tx *pg.Tx) (err error) {
		lot = w.newLot(ctx, tx, "L/1")
		lot.Inferred = true
		lot.SupplierLotCode = "theirs"
		lot.ProductionDate, lot.ExpiryDate = ptr(day("2026-03-25")), ptr(day("2026-04-25"))
		op := w.output("12.5", lot)
		op.OccurredAt, op.Reason = occurred, "why"
		op.Movements[0].Entered = ledger.Entered{Value: qty.MustParse("0.5"), Unit: "BAG"}
		posted, err = ledger.Post(ctx, tx, nil, op)
		return err
	})
	const moment = "2026-03-25 06:07:08.000009+00"
	type operation struct {
		Kind, Principal, RequestID, Reason string
		OccurredAt, RecordedAt             string
		ReceiptID, RunID, ShipmentID       *int64
	}
	checkRow(t, w, operation{"output", "tester", "request-1", "why", moment, posted.RecordedAt.UTC().Format("2006-01-02 15:04:05.999999+00"), nil, &w.run, nil},
		`SELECT kind, principal, request_id, reason, occurred_at::text, recorded_at::text, receipt_id, run_id, shipment_id
		 FROM operation WHERE tenant_id = 1 AND operation_id = $1`, posted.OperationID)
	type movement struct {
		Kind                             string
		Lot, From, To                    int64
		Quantity                         string
		RunID, ReceiptLine, ShipmentLine *int64
		Entered, Unit                    string
		OccurredAt                       string
	}
	checkRow(t, w, movement{"output", lot.LotID, ledger.Production, w.home.LocationID, "12.500000000", &w.run, nil, nil, "0.500000000", "BAG", moment},
		`SELECT kind, lot_id, from_location_id, to_location_id, quantity::text, run_id, receipt_line_id, shipment_line_id, entered_quantity::text, entered_unit, occurred_at::text
		 FROM movement WHERE tenant_id = 1 AND operation_id = $1`, posted.OperationID)
	type row struct {
		Item                   int64
		Code                   string
		Inferred               bool
		SupplierID             *int64
		SupplierLotCode        string
		RunID                  *int64
		ProductionDate, Expiry *time.Time
		HoldCount              int32
		Created                int64
	}
	checkRow(t, w, row{w.item, "L/1", true, nil, "theirs", &w.run, ptr(day("2026-03-25")), ptr(day("2026-04-25")), 0, posted.OperationID},
		`SELECT item_id, lot_code, inferred, supplier_id, supplier_lot_code, run_id, production_date, expiry_date, hold_count, created_operation_id
		 FROM lot WHERE tenant_id = 1 AND lot_id = $1`, lot.LotID)
	if got := w.onHand(lot.LotID, w.home); got != "12.5" {
		t.Errorf("on hand %q, want 12.5", got)
	}
	if since := time.Since(posted.RecordedAt); since < 0 || since > time.Minute {
		t.Errorf("recorded at %v, which is not now", posted.RecordedAt)
	}
}

func checkRow[T any](t *testing.T, w *world, want T, sql string, args ...any) {
	t.Helper()
	rows, err := w.db.Query(context.Background(), sql, args...)
	if err != nil {
		t.Fatal(err)
	}
	got, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[T])
	if err != nil {
		t.Fatal(err)
	}
	// As JSON, which follows pointers.
	gotText, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	wantText, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(gotText, wantText) {
		t.Errorf("row\n%s, want\n%s", gotText, wantText)
	}
}

func TestBalancesAreTheSumOfMovements(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	lot, other := w.make("L-1", "10"), w.make("L-2", "3")
	w.mustPost(transfer(move(lot, "4", w.home, w.away), move(other, "3", w.home, w.away)))
	w.mustPost(transfer(move(lot, "0.000000001", w.away, w.home)))
	w.mustPost(w.consumption(lot, "6"))
	for _, c := range []struct {
		lot  int64
		at   ledger.Place
		want string
	}{{lot, w.home, "0.000000001"}, {lot, w.away, "3.999999999"}, {other, w.home, "0"}, {other, w.away, "3"}, {lot, run, ""}} {
		if got := w.onHand(c.lot, c.at); got != c.want {
			t.Errorf("lot %d at %s: on hand %q, want %q", c.lot, c.at.Code, got, c.want)
		}
	}
	dbtest.Reconcile(t, w.db)
}

// An operation is judged by what it does to each balance on the whole, not
// movement by movement: stock may go on in the operation that brought it.
func TestNetPerBalance(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	lot := w.make("L-1", "10")
	there := w.away
	back := ledger.Place{LocationID: w.home.LocationID, Code: w.home.Code}
	w.mustPost(transfer(move(lot, "7", there, back), move(lot, "9", w.home, there), move(lot, "1", there, back)))
	if home, away := w.onHand(lot, w.home), w.onHand(lot, w.away); home != "9" || away != "1" {
		t.Errorf("on hand %s at home, %s away; want 9 and 1", home, away)
	}
	// Nothing on the whole: no balance is touched, the movements are there.
	w.mustPost(transfer(move(lot, "2", w.home, w.away), move(lot, "2", w.away, w.home)))
	dbtest.Reconcile(t, w.db)
}

func TestInsufficientStockLeavesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	lot, other := w.make("L-1", "10"), w.make("L-2", "10")
	before := dbtest.Rows(t, w.db)
	_, err := w.tryPost(transfer(move(other, "1", w.home, w.away), move(lot, "10.000000001", w.home, w.away)))
	wantRefusal(t, err, errs.KindFailedPrecondition, "INSUFFICIENT_STOCK", "lines[0]", `"L-1"`, "only 10 KGM", `"HOME"`)
	dbtest.SameRows(t, w.db, before)
	if got := w.onHand(other, w.home); got != "10" {
		t.Errorf("on hand %s, want 10", got)
	}
}

// Behind Validate stands the statement itself: a caller who has not locked, and
// so has read what is no longer true, changes nothing.
func TestStaleReadCannotOverdraw(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	lot := w.make("L-1", "10")
	var stale ledger.Locked
	w.write(func(ctx context.Context, tx *pg.Tx) (err error) {
		stale, err = ledger.Lock(ctx, tx, []int64{lot})
		return err
	})
	w.mustPost(transfer(move(lot, "6", w.home, w.away)))
	before := dbtest.Rows(t, w.db)
	err := w.try(func(ctx context.Context, tx *pg.Tx) error {
		_, err := ledger.Post(ctx, tx, stale, transfer(move(lot, "6", w.home, w.away)))
		return err
	})
	var refusal *errs.Error
	if err == nil || errors.As(err, &refusal) {
		t.Errorf("Post = %v, want an error that says that something is wrong with the program", err)
	}
	dbtest.SameRows(t, w.db, before)
	dbtest.Reconcile(t, w.db)
}

func TestLockReadsWhatDecides(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	lot, empty := w.make("L-1", "10"), w.make("L-2", "1")
	w.mustPost(transfer(move(lot, "4", w.home, w.away)))
	w.mustPost(w.consumption(empty, "1"))
	w.mustPost(hold(lot, "first"))
	w.mustPost(hold(lot, "second"))
	w.mustPost(release(lot, 1))
	w.write(func(ctx context.Context, tx *pg.Tx) error {
		const unknown = 1
		locked, err := ledger.Lock(ctx, tx, []int64{empty, lot, unknown, lot})
		if err != nil {
			return err
		}
		want := ledger.Locked{
			lot: {
				Lot: ledger.Lot{LotCode: "L-1", RunID: &w.run}, LotID: lot, ItemID: w.item, SKU: "FLOUR", BaseUnit: "KGM",
				HoldCount: 1, Holds: []ledger.ActiveHold{{Number: 2, Reason: "second"}},
				OnHand: map[int64]qty.Decimal{w.home.LocationID: qty.FromInt(6), w.away.LocationID: qty.FromInt(4)},
			},
			empty: {
				Lot: ledger.Lot{LotCode: "L-2", RunID: &w.run}, LotID: empty, ItemID: w.item, SKU: "FLOUR", BaseUnit: "KGM",
				OnHand: map[int64]qty.Decimal{},
			},
		}
		for _, l := range locked {
			for at, amount := range l.OnHand {
				l.OnHand[at] = qty.MustParse(amount.String()) // one of the ways to write it
			}
		}
		for _, l := range want {
			for at, amount := range l.OnHand {
				l.OnHand[at] = qty.MustParse(amount.String())
			}
		}
		if !reflect.DeepEqual(locked, want) {
			t.Errorf("locked %+v and %+v, want %+v and %+v", locked[lot], locked[empty], want[lot], want[empty])
		}
		return nil
	})
	// Another tenant has none of these.
	err := w.db.Write(context.Background(), pg.Author{TenantID: 2}, func(tx *pg.Tx) error {
		locked, err := ledger.Lock(context.Background(), tx, []int64{lot})
		if len(locked) != 0 {
			t.Errorf("tenant 2 has locked %v of tenant 1", locked)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestHoldNumbersAndRelease(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	lot, other := w.make("L-1", "10"), w.make("L-2", "10")
	for want := int32(1); want <= 3; want++ {
		if got := w.mustPost(hold(lot, "glass")).HoldNumbers[0]; got != want {
			t.Errorf("hold number %d, want %d", got, want)
		}
	}
	if got := w.mustPost(hold(other, "glass")).HoldNumbers[0]; got != 1 {
		t.Errorf("hold number %d of another lot, want 1", got)
	}
	refused := func(texts ...string) {
		t.Helper()
		_, err := w.tryPost(w.consumption(lot, "1"))
		wantRefusal(t, err, errs.KindFailedPrecondition, "LOT_HELD", "lines[0]", texts...)
	}
	refused("hold 1 (glass), hold 2 (glass), hold 3 (glass)")
	if got := w.mustPost(release(lot, 2)).HoldNumbers[0]; got != 2 {
		t.Errorf("released hold %d, want 2", got)
	}
	refused("hold 1 (glass), hold 3 (glass);")
	before := dbtest.Rows(t, w.db)
	_, err := w.tryPost(release(lot, 2))
	wantRefusal(t, err, errs.KindFailedPrecondition, "HOLD_RELEASED", "number", "hold 2", `"L-1"`)
	dbtest.SameRows(t, w.db, before)
	w.mustPost(release(lot, 1))
	// A number is never given twice.
	if got := w.mustPost(hold(lot, "glass")).HoldNumbers[0]; got != 4 {
		t.Errorf("hold number %d, want 4", got)
	}
	w.mustPost(release(lot, 4))
	refused("hold 3 (glass);")
	w.mustPost(transfer(move(lot, "1", w.home, w.away))) // held stock may be moved
	w.mustPost(release(lot, 3))
	w.mustPost(w.consumption(lot, "1"))
}

// On one lot, the order of recording is the order of the locks, whatever the
// transactions did before.
func TestRecordedInTheOrderOfTheLocks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	lot := w.make("L-1", "1000")
	const clients, each = 8, 15
	// Whoever has the lock says so; nobody else can meanwhile, which the race
	// detector does not know.
	var order []int64
	var mu sync.Mutex
	errors := make(chan error, clients)
	for range clients {
		go func() {
			errors <- func() error {
				for range each {
					err := w.try(func(ctx context.Context, tx *pg.Tx) error {
						// The transaction has begun, and has a snapshot, long before.
						if _, err := tx.Exec(ctx, "SELECT now()"); err != nil {
							return err
						}
						locked, err := ledger.Lock(ctx, tx, []int64{lot})
						if err != nil {
							return err
						}
						posted, err := ledger.Post(ctx, tx, locked, transfer(move(lot, "1", w.home, w.away)))
						if err == nil {
							mu.Lock()
							order = append(order, posted.OperationID)
							mu.Unlock()
						}
						return err
					})
					if err != nil {
						return err
					}
				}
				return nil
			}()
		}()
	}
	for range clients {
		if err := <-errors; err != nil {
			t.Fatal(err)
		}
	}
	rows, err := w.db.Query(context.Background(), "SELECT operation_id FROM operation WHERE kind = 'transfer' ORDER BY recorded_at")
	if err != nil {
		t.Fatal(err)
	}
	recorded, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(recorded, order) {
		t.Errorf("recorded in the order %v, locked in the order %v", recorded, order)
	}
}
