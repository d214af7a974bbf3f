package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/civil"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/qty"
)

func date(text string) *time.Time {
	parsed, err := civil.ParseOptional("", text)
	if err != nil {
		panic(err)
	}
	return parsed
}

func dateChange(lotID int64, expiry string) *ledger.Operation {
	return &ledger.Operation{
		Kind: ledger.KindDateChange, OccurredAt: time.Now(), Reason: "retested",
		Dates: []ledger.DateChange{{LotID: lotID, ProductionDate: date("2026-03-01"), ExpiryDate: date(expiry), RetestReference: "LAB-1"}},
	}
}

// changeDates posts a change of dates, and the hold that goes with it.
func (w *world) changeDates(op *ledger.Operation) (posted *ledger.Posted, err error) {
	err = w.try(func(ctx context.Context, tx *pg.Tx) error {
		locked, err := ledger.Lock(ctx, tx, []int64{op.Dates[0].LotID})
		if err == nil {
			posted, err = ledger.Post(ctx, tx, locked, op)
		}
		return err
	})
	return posted, err
}

func TestDateChange(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	lotID := w.make("L", "10")
	w.mustPost(hold(lotID, "expired"))
	for i, expiry := range []string{"2026-03-31", "2026-04-30", ""} {
		op := dateChange(lotID, expiry)
		if i == 1 {
			op.Holds = []ledger.HoldChange{{LotID: lotID, Release: 1}}
		}
		posted, err := w.changeDates(op)
		if err != nil || !slices.Equal(posted.DateChanges, []int32{int32(i + 1)}) {
			t.Fatalf("%+v, %v; want change %d", posted, err, i+1)
		}
	}
	rows, err := w.db.Query(t.Context(), `
		SELECT concat_ws(' ', number, coalesce(old_production_date::text, '-'), coalesce(old_expiry_date::text, '-'),
		                 coalesce(new_production_date::text, '-'), coalesce(new_expiry_date::text, '-'), retest_reference, kind)
		FROM lot_date_change JOIN operation USING (tenant_id, operation_id) WHERE lot_id = $1 ORDER BY number`, lotID)
	if err != nil {
		t.Fatal(err)
	}
	got, err := pgx.CollectRows(rows, pgx.RowTo[string])
	want := []string{
		"1 - - 2026-03-01 2026-03-31 LAB-1 date_change", "2 2026-03-01 2026-03-31 2026-03-01 2026-04-30 LAB-1 date_change",
		"3 2026-03-01 2026-04-30 2026-03-01 - LAB-1 date_change",
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("history %q, %v; want %q", got, err, want)
	}
	var now string
	if err := w.db.QueryRow(t.Context(), "SELECT concat_ws(' ', production_date, expiry_date, hold_count) FROM lot WHERE lot_id = $1", lotID).Scan(&now); err != nil || now != "2026-03-01 0" {
		t.Errorf("the lot is %q, %v", now, err)
	}
}

// The database refuses dates in an order that nobody would have given.
func TestDatesInOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	lotID := w.make("L", "10")
	for _, c := range []struct{ production, bestBefore, expiry, removal string }{
		{"2026-03-02", "", "2026-03-01", ""}, {"2026-03-02", "2026-03-01", "", ""}, {"2026-03-02", "", "", "2026-03-01"},
		{"", "2026-03-02", "2026-03-01", ""}, {"", "", "2026-03-01", "2026-03-02"}, {"", "2026-03-01", "", "2026-03-02"},
	} {
		_, err := w.changeDates(&ledger.Operation{Kind: ledger.KindDateChange, OccurredAt: time.Now(), Dates: []ledger.DateChange{{
			LotID: lotID, ProductionDate: date(c.production), BestBeforeDate: date(c.bestBefore), ExpiryDate: date(c.expiry), RemovalDate: date(c.removal),
		}}})
		if pg.Constraint(err) != "lot_dates_check" {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestValidateDates(t *testing.T) {
	t.Parallel()
	locked := ledger.Locked{1: {LotID: 1}}
	for name, op := range map[string]*ledger.Operation{
		"no change":           {Kind: ledger.KindDateChange},
		"another kind":        {Kind: ledger.KindRunStart, Dates: []ledger.DateChange{{LotID: 1}}},
		"not locked":          {Kind: ledger.KindDateChange, Dates: []ledger.DateChange{{LotID: 2}}},
		"twice":               {Kind: ledger.KindDateChange, Dates: []ledger.DateChange{{LotID: 1}, {LotID: 1}}},
		"places a hold":       {Kind: ledger.KindDateChange, Dates: []ledger.DateChange{{LotID: 1}}, Holds: []ledger.HoldChange{{LotID: 1, Reason: "no"}}},
		"alert with a change": {Kind: ledger.KindExpiryAlert, Dates: []ledger.DateChange{{LotID: 1}}},
	} {
		var refusal *errs.Error
		if err := ledger.Validate(op, locked); err == nil || errors.As(err, &refusal) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := ledger.Validate(&ledger.Operation{Kind: ledger.KindDateChange, Dates: []ledger.DateChange{{LotID: 1}}}, locked); err != nil {
		t.Error(err)
	}
}

// Past its removal date a lot is not shipped, and may be used here.
func TestRemovalDate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	shipment := ledger.Operation{Kind: ledger.KindShipment, Movements: []ledger.Movement{{
		Field: "lines[0]", LotID: 1, Quantity: qty.FromInt(1), From: w.home, To: ledger.Place{LocationID: ledger.Customer},
	}}}
	consumption := ledger.Operation{Kind: ledger.KindConsumption, Movements: []ledger.Movement{{
		Field: "lines[0]", LotID: 1, Quantity: qty.FromInt(1), From: w.home, To: ledger.Place{LocationID: ledger.Production},
	}}}
	for _, c := range []struct {
		op     ledger.Operation
		on     string
		reason string
	}{
		{shipment, "2026-03-31", ""},
		{shipment, "2026-04-01", "LOT_PAST_REMOVAL"},
		{consumption, "2026-04-01", ""},
		{shipment, "2026-05-01", "LOT_EXPIRED"},
		{consumption, "2026-05-01", "LOT_EXPIRED"},
	} {
		lot := &ledger.LockedLot{LotID: 1, OnHand: map[int64]qty.Decimal{w.home.LocationID: qty.FromInt(1)}}
		lot.RemovalDate, lot.ExpiryDate = date("2026-03-31"), date("2026-04-30")
		c.op.Movements[0].Day = *date(c.on)
		err := ledger.Validate(&c.op, ledger.Locked{1: lot})
		var refusal *errs.Error
		if got := errors.As(err, &refusal); got != (c.reason != "") || got && refusal.Reason != c.reason || !got && err != nil {
			t.Errorf("%s on %s: %v, want %q", c.op.Kind, c.on, err, c.reason)
		}
	}
	if got := fmt.Sprint((&ledger.Lot{BestBeforeDate: date("2026-03-31")}).LastDay(), (&ledger.Lot{BestBeforeDate: date("2026-03-31"), ExpiryDate: date("2026-04-30")}).LastDay(), (&ledger.Lot{}).LastDay()); got != fmt.Sprint(date("2026-03-31"), date("2026-04-30"), (*time.Time)(nil)) {
		t.Errorf("last days %s", got)
	}
}
