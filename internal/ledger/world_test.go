package ledger_test

import (
	"context"
	"testing"
	"time"

	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/qty"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// world is a database with what a ledger needs around it: an item, two
// locations, a run that makes lots, and a customer.
type world struct {
	t          testing.TB
	db         *pg.DB
	item       int64
	run        int64
	customer   int64
	home, away ledger.Place
}

var author = pg.Author{TenantID: 1, Principal: "tester", RequestID: "request-1"}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, db: dbtest.Open(t)}
	w.write(func(ctx context.Context, tx *pg.Tx) error {
		ids := make([]int64, 7)
		for i := range ids {
			ids[i] = w.id(ctx, tx)
		}
		w.item, w.run, w.customer = ids[0], ids[1], ids[2]
		order, site := ids[3], ids[4]
		w.home, w.away = ledger.Place{LocationID: ids[5], Code: "HOME"}, ledger.Place{LocationID: ids[6], Code: "AWAY"}
		for _, s := range []struct {
			sql  string
			args []any
		}{
			{`INSERT INTO item (tenant_id, item_id, sku, name, category, base_unit, decimals, tracking, expiry_tracked, shelf_life_days, fefo, warning_days, revision)
			  VALUES (1, $1, 'FLOUR', 'Flour', '', 'KGM', 3, 'lot', false, 0, false, 0, 1)`, []any{w.item}},
			{`INSERT INTO location (tenant_id, location_id, code, name, kind, time_zone, revision)
			  VALUES (1, $1, 'SITE', '', 'site', 'UTC', 1)`, []any{site}},
			{`INSERT INTO location (tenant_id, location_id, code, name, parent_id, kind, revision)
			  VALUES (1, $1, 'HOME', '', $3, 'storage', 1), (1, $2, 'AWAY', '', $3, 'storage', 1)`, []any{w.home.LocationID, w.away.LocationID, site}},
			{`INSERT INTO party (tenant_id, party_id, code, name, kinds, contacts, address, revision)
			  VALUES (1, $1, 'CUSTOMER', '', '{customer}', '[]', '', 1)`, []any{w.customer}},
			{`INSERT INTO production_order (tenant_id, production_order_id, code, item_id, quantity, content)
			  VALUES (1, $1, 'ORDER', $2, 1, '{}')`, []any{order, w.item}},
			{`INSERT INTO run (tenant_id, run_id, production_order_id, code, started_at)
			  VALUES (1, $1, $2, 'RUN', '2026-03-25')`, []any{w.run, order}},
		} {
			if _, err := tx.Exec(ctx, s.sql, s.args...); err != nil {
				return err
			}
		}
		return nil
	})
	return w
}

// try runs fn in a transaction of its own, once.
func (w *world) try(fn func(context.Context, *pg.Tx) error) error {
	ctx := context.Background()
	return w.db.Write(ctx, author, func(tx *pg.Tx) error { return fn(ctx, tx) })
}

// write is try for what must succeed.
func (w *world) write(fn func(context.Context, *pg.Tx) error) {
	w.t.Helper()
	if err := w.try(fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) id(ctx context.Context, tx *pg.Tx) int64 {
	w.t.Helper()
	id, err := tx.NextID(ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

// newLot is a lot of the world's item that the run makes.
func (w *world) newLot(ctx context.Context, tx *pg.Tx, code string) ledger.NewLot {
	return ledger.NewLot{LotID: w.id(ctx, tx), ItemID: w.item, Lot: ledger.Lot{LotCode: code, RunID: &w.run}}
}

// output is an operation that makes lots with a quantity each at home.
func (w *world) output(quantity string, lots ...ledger.NewLot) *ledger.Operation {
	op := &ledger.Operation{Kind: ledger.KindOutput, OccurredAt: time.Now(), Document: ledger.Document{RunID: &w.run}, NewLots: lots}
	for _, lot := range lots {
		op.Movements = append(op.Movements, move(lot.LotID, quantity, run, w.home))
	}
	return op
}

// make makes a lot with a quantity at home.
func (w *world) make(code, quantity string) (lotID int64) {
	w.t.Helper()
	w.write(func(ctx context.Context, tx *pg.Tx) error {
		lot := w.newLot(ctx, tx, code)
		lotID = lot.LotID
		_, err := ledger.Post(ctx, tx, nil, w.output(quantity, lot))
		return err
	})
	return lotID
}

// post locks the lots of an operation and posts it.
func post(ctx context.Context, tx *pg.Tx, op *ledger.Operation) (*ledger.Posted, error) {
	var lots []int64
	for _, m := range op.Movements {
		lots = append(lots, m.LotID)
	}
	for _, h := range op.Holds {
		lots = append(lots, h.LotID)
	}
	locked, err := ledger.Lock(ctx, tx, lots)
	if err != nil {
		return nil, err
	}
	return ledger.Post(ctx, tx, locked, op)
}

// tryPost is post in a transaction of its own.
func (w *world) tryPost(op *ledger.Operation) (posted *ledger.Posted, err error) {
	err = w.try(func(ctx context.Context, tx *pg.Tx) error {
		posted, err = post(ctx, tx, op)
		return err
	})
	return posted, err
}

// mustPost is tryPost for what must succeed.
func (w *world) mustPost(op *ledger.Operation) *ledger.Posted {
	w.t.Helper()
	posted, err := w.tryPost(op)
	if err != nil {
		w.t.Fatal(err)
	}
	return posted
}

func transfer(movements ...ledger.Movement) *ledger.Operation {
	return &ledger.Operation{Kind: ledger.KindTransfer, OccurredAt: time.Now(), Movements: movements}
}

func hold(lotID int64, reason string) *ledger.Operation {
	return &ledger.Operation{Kind: ledger.KindHold, OccurredAt: time.Now(), Reason: reason, Holds: []ledger.HoldChange{{LotID: lotID, Reason: reason}}}
}

func release(lotID int64, number int32) *ledger.Operation {
	return &ledger.Operation{Kind: ledger.KindRelease, OccurredAt: time.Now(), Reason: "checked", Holds: []ledger.HoldChange{{LotID: lotID, Release: number}}}
}

// consumption takes a quantity from home into the run.
func (w *world) consumption(lotID int64, quantity string) *ledger.Operation {
	return &ledger.Operation{
		Kind: ledger.KindConsumption, OccurredAt: time.Now(), Document: ledger.Document{RunID: &w.run},
		Movements: []ledger.Movement{move(lotID, quantity, w.home, run)},
	}
}

// onHand reads a balance; "" if there is no row.
func (w *world) onHand(lotID int64, at ledger.Place) string {
	w.t.Helper()
	var amount *qty.Decimal
	err := w.db.QueryRow(context.Background(),
		"SELECT max(on_hand) FROM balance WHERE tenant_id = 1 AND lot_id = $1 AND location_id = $2", lotID, at.LocationID).Scan(&amount)
	if err != nil {
		w.t.Fatal(err)
	}
	if amount == nil {
		return ""
	}
	return amount.String()
}
