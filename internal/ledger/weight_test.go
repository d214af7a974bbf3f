package ledger_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/qty"
)

// cod is lot 7, of which 10 at BIN weigh 123.4.
func cod() ledger.Locked {
	return flour(func(lot *ledger.LockedLot) {
		lot.BaseUnit, lot.WeightUnit = "CASE", "KGM"
		lot.Weights = map[int64]qty.Decimal{bin.LocationID: qty.MustParse("123.4")}
	})
}

func weighed(m ledger.Movement, weight string) ledger.Movement {
	m.Weight = qty.MustParse(weight)
	return m
}

func TestValidateWeights(t *testing.T) {
	t.Parallel()
	adjustment := ledger.Place{LocationID: ledger.Adjustment, Code: "adjustment"}
	taken := func(kind ledger.Kind, m ledger.Movement) ledger.Movement {
		m.Takes = &ledger.Taken{MovementID: 1, Kind: kind}
		return m
	}
	for name, c := range map[string]struct {
		kind      ledger.Kind
		movements []ledger.Movement
		reason    string // "" for none, "-" for a mistake of the program
	}{
		"part":                     {ledger.KindTransfer, []ledger.Movement{weighed(move(7, "3", bin, shelf), "36.9")}, ""},
		"all":                      {ledger.KindTransfer, []ledger.Movement{weighed(move(7, "10", bin, shelf), "123.4")}, ""},
		"all in parts":             {ledger.KindTransfer, []ledger.Movement{weighed(move(7, "4", bin, shelf), "50"), weighed(move(7, "6", bin, truck), "73.4")}, ""},
		"on and on":                {ledger.KindTransfer, []ledger.Movement{weighed(move(7, "10", bin, shelf), "123.4"), weighed(move(7, "10", shelf, truck), "123.4")}, ""},
		"weighed again":            {ledger.KindAdjustment, []ledger.Movement{weighed(move(7, "10", bin, adjustment), "123.4"), weighed(move(7, "10", adjustment, bin), "123")}, ""},
		"without a weight":         {ledger.KindTransfer, []ledger.Movement{move(7, "3", bin, shelf)}, "-"},
		"below nothing":            {ledger.KindTransfer, []ledger.Movement{weighed(move(7, "3", bin, shelf), "-1")}, "-"},
		"all, less weight":         {ledger.KindTransfer, []ledger.Movement{weighed(move(7, "10", bin, shelf), "123.3")}, "WEIGHT_DIFFERS"},
		"all, more weight":         {ledger.KindTransfer, []ledger.Movement{weighed(move(7, "10", bin, shelf), "123.5")}, "WEIGHT_DIFFERS"},
		"part, all weight":         {ledger.KindTransfer, []ledger.Movement{weighed(move(7, "9", bin, shelf), "123.4")}, "INSUFFICIENT_WEIGHT"},
		"part, more weight":        {ledger.KindTransfer, []ledger.Movement{weighed(move(7, "9", bin, shelf), "124")}, "INSUFFICIENT_WEIGHT"},
		"on with other weight":     {ledger.KindTransfer, []ledger.Movement{weighed(move(7, "3", bin, shelf), "36"), weighed(move(7, "3", shelf, truck), "35")}, "WEIGHT_DIFFERS"},
		"more than is there":       {ledger.KindTransfer, []ledger.Movement{weighed(move(7, "11", bin, shelf), "100")}, "INSUFFICIENT_STOCK"},
		"weighed away":             {ledger.KindAdjustment, []ledger.Movement{weighed(move(7, "1", bin, adjustment), "124"), weighed(move(7, "1", adjustment, bin), "0.5")}, "INSUFFICIENT_WEIGHT"},
		"back":                     {ledger.KindReversal, []ledger.Movement{taken(ledger.KindShipment, weighed(move(7, "-2", bin, customer), "-24"))}, ""},
		"back without its weight":  {ledger.KindReversal, []ledger.Movement{taken(ledger.KindShipment, move(7, "-2", bin, customer))}, "-"},
		"back, more than is there": {ledger.KindReversal, []ledger.Movement{taken(ledger.KindReceipt, weighed(move(7, "-10", supplier, bin), "-125"))}, "WEIGHT_DIFFERS"},
	} {
		op := &ledger.Operation{Kind: c.kind, Movements: c.movements}
		if c.kind == ledger.KindReversal {
			op.Reverses = &ledger.Reversed{OperationID: 1, Kind: c.movements[0].Takes.Kind}
		}
		err := ledger.Validate(op, cod())
		var refused *errs.Error
		switch {
		case c.reason == "":
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		case errors.As(err, &refused) != (c.reason != "-") || err == nil || refused != nil && refused.Reason != c.reason:
			t.Errorf("%s: %v, want %s", name, err, c.reason)
		}
	}
	plain := &ledger.Operation{Kind: ledger.KindTransfer, Movements: []ledger.Movement{weighed(move(7, "3", bin, shelf), "1")}}
	if err := ledger.Validate(plain, flour(nil)); err == nil {
		t.Error("a weight of what is not weighed is accepted")
	}
	made := &ledger.Operation{Kind: ledger.KindOutput, Movements: []ledger.Movement{move(8, "3", run, shelf)}, Document: ledger.Document{RunID: ptr(int64(1))},
		NewLots: []ledger.NewLot{{LotID: 8, WeightUnit: "KGM", Lot: ledger.Lot{LotCode: "NEW", RunID: ptr(int64(1))}}}}
	if err := ledger.Validate(made, nil); err == nil {
		t.Error("a new lot that is weighed is accepted without a weight")
	}
	made.Movements[0].Weight = qty.MustParse("3.3")
	if err := ledger.Validate(made, nil); err != nil {
		t.Error(err)
	}
}

// In one operation with what is not weighed, and where a balance has less of one and more
// of the other, the balances are what the movements make.
func TestWeighedBalances(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var fish int64
	w.write(func(ctx context.Context, tx *pg.Tx) error {
		fish = w.id(ctx, tx)
		_, err := tx.Exec(ctx, `INSERT INTO item (tenant_id, item_id, sku, name, category, base_unit, decimals, tracking, expiry_tracked, shelf_life_days, fefo, warning_days, weight_unit, weight_decimals, revision)
			VALUES (1, $1, 'COD', 'Cod', '', 'CASE', 0, 'lot', false, 0, false, 0, 'KGM', 2, 1)`, fish)
		return err
	})
	var flourID, codID int64
	post := func(op *ledger.Operation) {
		t.Helper()
		w.write(func(ctx context.Context, tx *pg.Tx) error {
			locked, err := ledger.Lock(ctx, tx, []int64{flourID, codID})
			if err != nil {
				return err
			}
			op.OccurredAt = time.Now()
			_, err = ledger.Post(ctx, tx, locked, op)
			return err
		})
	}
	w.write(func(ctx context.Context, tx *pg.Tx) error {
		flourID, codID = w.id(ctx, tx), w.id(ctx, tx)
		return nil
	})
	post(&ledger.Operation{
		Kind: ledger.KindOutput, Document: ledger.Document{RunID: &w.run},
		NewLots: []ledger.NewLot{
			{LotID: flourID, ItemID: w.item, Lot: ledger.Lot{LotCode: "F", RunID: &w.run}},
			{LotID: codID, ItemID: fish, WeightUnit: "KGM", Lot: ledger.Lot{LotCode: "C", RunID: &w.run}},
		},
		Movements: []ledger.Movement{move(flourID, "5", run, w.home), weighed(move(codID, "10", run, w.home), "123.4")},
	})
	post(&ledger.Operation{Kind: ledger.KindTransfer, Movements: []ledger.Movement{move(flourID, "2", w.home, w.away), weighed(move(codID, "3", w.home, w.away), "37")}})
	adjustment := ledger.Place{LocationID: ledger.Adjustment, Code: "adjustment"}
	post(&ledger.Operation{Kind: ledger.KindAdjustment, Movements: []ledger.Movement{
		weighed(move(codID, "7", w.home, adjustment), "86.4"), weighed(move(codID, "6", adjustment, w.home), "88"), // one less, more weight
		weighed(move(codID, "3", w.away, adjustment), "37"), weighed(move(codID, "4", adjustment, w.away), "36"), // one more, less weight
		move(flourID, "1", adjustment, w.home), // not weighed, and new
	}})
	post(&ledger.Operation{Kind: ledger.KindAdjustment, Movements: []ledger.Movement{weighed(move(codID, "6", w.home, adjustment), "88"), weighed(move(codID, "6", adjustment, w.home), "87.5")}})
	for _, c := range []struct {
		lot     int64
		at      ledger.Place
		want    string
		weights string
	}{{flourID, w.home, "4", "none"}, {flourID, w.away, "2", "none"}, {codID, w.home, "6", "87.5"}, {codID, w.away, "4", "36"}} {
		var onHand qty.Decimal
		var weight *qty.Decimal
		if err := w.db.QueryRow(context.Background(), "SELECT on_hand, weight FROM balance WHERE lot_id = $1 AND location_id = $2", c.lot, c.at.LocationID).Scan(&onHand, &weight); err != nil {
			t.Fatal(err)
		}
		weighs := "none"
		if weight != nil {
			weighs = weight.String()
		}
		if onHand.String() != c.want || weighs != c.weights {
			t.Errorf("lot %d at %s: %s that weigh %s, want %s, %s", c.lot, c.at.Code, onHand, weighs, c.want, c.weights)
		}
	}
}
