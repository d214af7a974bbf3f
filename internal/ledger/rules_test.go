package ledger_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/qty"
)

// Places of the tables below.
var (
	bin      = ledger.Place{LocationID: 1001, Code: "BIN"}
	shelf    = ledger.Place{LocationID: 1002, Code: "SHELF"}
	truck    = ledger.Place{LocationID: 1003, Code: "TRUCK"}
	supplier = ledger.Place{LocationID: ledger.Supplier, Code: "supplier"}
	customer = ledger.Place{LocationID: ledger.Customer, Code: "customer"}
	run      = ledger.Place{LocationID: ledger.Production, Code: "production"}
)

func day(text string) time.Time {
	d, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return d
}

func ptr[T any](v T) *T { return &v }

func move(lotID int64, quantity string, from, to ledger.Place) ledger.Movement {
	q := qty.MustParse(quantity)
	return ledger.Movement{
		Field: "lines[0]", LotID: lotID, Quantity: q, From: from, To: to, Day: day("2026-03-25"),
		Entered: ledger.Entered{Value: q, Unit: "KGM"},
	}
}

func shared(m ledger.Movement, share string) ledger.Movement {
	m.Share = qty.MustParse(share)
	return m
}

func taken(m ledger.Movement, kind ledger.Kind) ledger.Movement {
	m.Takes = &ledger.Taken{MovementID: 1, Kind: kind}
	return m
}

// flour is lot 7, with 10 at BIN.
func flour(change func(*ledger.LockedLot)) ledger.Locked {
	lot := &ledger.LockedLot{
		Lot:   ledger.Lot{LotCode: "FL-1", RunID: ptr(int64(1))},
		LotID: 7, ItemID: 70, SKU: "FLOUR", BaseUnit: "KGM",
		OnHand: map[int64]qty.Decimal{bin.LocationID: qty.FromInt(10)},
	}
	if change != nil {
		change(lot)
	}
	return ledger.Locked{7: lot}
}

// What the program itself can get wrong is an error, but none that a caller
// could be told.
func TestValidateShape(t *testing.T) {
	t.Parallel()
	made := ledger.NewLot{LotID: 8, Lot: ledger.Lot{LotCode: "NEW", RunID: ptr(int64(1))}}
	cases := map[string]struct {
		op   ledger.Operation
		want string // part of the message; "" for accepted
	}{
		"receipt":                {ledger.Operation{Kind: ledger.KindReceipt, Movements: []ledger.Movement{move(7, "1", supplier, bin)}}, ""},
		"transfer":               {ledger.Operation{Kind: ledger.KindTransfer, Movements: []ledger.Movement{move(7, "1", bin, shelf)}}, ""},
		"consumption":            {ledger.Operation{Kind: ledger.KindConsumption, Movements: []ledger.Movement{move(7, "1", bin, run)}}, ""},
		"output":                 {ledger.Operation{Kind: ledger.KindOutput, Movements: []ledger.Movement{move(7, "1", run, bin)}}, ""},
		"output of a new lot":    {ledger.Operation{Kind: ledger.KindOutput, NewLots: []ledger.NewLot{made}, Movements: []ledger.Movement{move(8, "1", run, bin)}}, ""},
		"shipment":               {ledger.Operation{Kind: ledger.KindShipment, Movements: []ledger.Movement{move(7, "1", bin, customer)}}, ""},
		"hold":                   {ledger.Operation{Kind: ledger.KindHold, Holds: []ledger.HoldChange{{LotID: 7}}}, ""},
		"run start":              {ledger.Operation{Kind: ledger.KindRunStart}, ""},
		"nothing moved":          {ledger.Operation{Kind: ledger.KindShipment}, "shipment with 0 movements"},
		"a hold that moves":      {ledger.Operation{Kind: ledger.KindHold, Movements: []ledger.Movement{move(7, "1", bin, shelf)}}, "hold with 1 movements"},
		"unknown kind":           {ledger.Operation{Kind: "gift", Movements: []ledger.Movement{move(7, "1", bin, shelf)}}, "gift with 1 movements"},
		"zero":                   {ledger.Operation{Kind: ledger.KindTransfer, Movements: []ledger.Movement{move(7, "0", bin, shelf)}}, "movement of 0"},
		"negative":               {ledger.Operation{Kind: ledger.KindTransfer, Movements: []ledger.Movement{move(7, "-1", bin, shelf)}}, "movement of -1"},
		"to itself":              {ledger.Operation{Kind: ledger.KindTransfer, Movements: []ledger.Movement{move(7, "1", bin, bin)}}, "to itself"},
		"receipt from a shelf":   {ledger.Operation{Kind: ledger.KindReceipt, Movements: []ledger.Movement{move(7, "1", shelf, bin)}}, "receipt from location 1002"},
		"receipt to a customer":  {ledger.Operation{Kind: ledger.KindReceipt, Movements: []ledger.Movement{move(7, "1", supplier, customer)}}, "receipt from location 1 to 2"},
		"transfer to a customer": {ledger.Operation{Kind: ledger.KindTransfer, Movements: []ledger.Movement{move(7, "1", bin, customer)}}, "transfer from location"},
		"transfer out of a run":  {ledger.Operation{Kind: ledger.KindTransfer, Movements: []ledger.Movement{move(7, "1", run, bin)}}, "transfer from location"},
		"shipment to a shelf":    {ledger.Operation{Kind: ledger.KindShipment, Movements: []ledger.Movement{move(7, "1", bin, shelf)}}, "shipment from location"},
		"consumption to a shelf": {ledger.Operation{Kind: ledger.KindConsumption, Movements: []ledger.Movement{move(7, "1", bin, shelf)}}, "consumption from location"},
		"output from a shelf":    {ledger.Operation{Kind: ledger.KindOutput, Movements: []ledger.Movement{move(7, "1", shelf, bin)}}, "output from location"},
		"lot that is not locked": {ledger.Operation{Kind: ledger.KindTransfer, Movements: []ledger.Movement{move(9, "1", bin, shelf)}}, "lot 9 is neither locked nor new"},
		"second of two is wrong": {ledger.Operation{Kind: ledger.KindTransfer, Movements: []ledger.Movement{move(7, "1", bin, shelf), move(9, "1", bin, shelf)}}, "lot 9"},
		"lot of no origin": {ledger.Operation{Kind: ledger.KindOutput, NewLots: []ledger.NewLot{{LotID: 8, Lot: ledger.Lot{LotCode: "X"}}},
			Movements: []ledger.Movement{move(8, "1", run, bin)}}, `"X" needs either a supplier or a run`},
		"lot of two origins": {ledger.Operation{Kind: ledger.KindOutput, NewLots: []ledger.NewLot{{LotID: 8, Lot: ledger.Lot{LotCode: "X", SupplierID: ptr(int64(1)), RunID: ptr(int64(1))}}},
			Movements: []ledger.Movement{move(8, "1", run, bin)}}, `"X" needs either a supplier or a run`},
		"hold of nothing":    {ledger.Operation{Kind: ledger.KindHold}, "hold without a hold"},
		"hold that releases": {ledger.Operation{Kind: ledger.KindHold, Holds: []ledger.HoldChange{{LotID: 7, Release: 1}}}, "hold with hold change"},
		"release of nothing": {ledger.Operation{Kind: ledger.KindRelease, Holds: []ledger.HoldChange{{LotID: 7}}}, "release with hold change"},
		"reopened run":       {ledger.Operation{Kind: ledger.KindReversal, Reverses: &ledger.Reversed{Kind: ledger.KindRunFinish}}, ""},
		"hold taken back":    {ledger.Operation{Kind: ledger.KindReversal, Reverses: &ledger.Reversed{Kind: ledger.KindHold}}, "reversal with 0 movements"},
		"receipt half taken": {ledger.Operation{Kind: ledger.KindReversal, Reverses: &ledger.Reversed{Kind: ledger.KindReceipt}}, "reversal with 0 movements"},
		"recall activation":  {ledger.Operation{Kind: ledger.KindRecallActivation, Holds: []ledger.HoldChange{{LotID: 7, RecallID: 1}}}, ""},
		"recall close":       {ledger.Operation{Kind: ledger.KindRecallClose}, ""},
		"output that is held": {ledger.Operation{Kind: ledger.KindOutput, NewLots: []ledger.NewLot{made}, Movements: []ledger.Movement{move(8, "1", run, bin)},
			Holds: []ledger.HoldChange{{LotID: 8, RecallID: 1}}}, ""},
		"output that is held by no recall": {ledger.Operation{Kind: ledger.KindOutput, Movements: []ledger.Movement{move(7, "1", run, bin)},
			Holds: []ledger.HoldChange{{LotID: 7}}}, "output with a hold of no recall"},
		"hold on a lot that is not there": {ledger.Operation{Kind: ledger.KindHold, Holds: []ledger.HoldChange{{LotID: 9}}}, "hold on lot 9, which is not locked"},
		"recall activation that releases": {ledger.Operation{Kind: ledger.KindRecallActivation, Holds: []ledger.HoldChange{{LotID: 7, Release: 1}}}, "recall_activation with hold change"},
		"recall close that holds":         {ledger.Operation{Kind: ledger.KindRecallClose, Holds: []ledger.HoldChange{{LotID: 7, RecallID: 1}}}, "recall_close with hold change"},
		"run start that holds":            {ledger.Operation{Kind: ledger.KindRunStart, Holds: []ledger.HoldChange{{LotID: 7}}}, "run_start with hold change"},
		"output with shares":              {ledger.Operation{Kind: ledger.KindOutput, Movements: []ledger.Movement{shared(move(7, "1", run, bin), "2"), shared(move(7, "1", run, bin), "1")}}, ""},
		"output with a share and one without": {ledger.Operation{Kind: ledger.KindOutput, Movements: []ledger.Movement{shared(move(7, "1", run, bin), "2"), move(7, "1", run, bin)}},
			"output of 1 of lot 7 with a share of 0"},
		"output with a share below zero": {ledger.Operation{Kind: ledger.KindOutput, Movements: []ledger.Movement{shared(move(7, "1", run, bin), "-2")}}, "with a share of -2"},
		"consumption with a share":       {ledger.Operation{Kind: ledger.KindConsumption, Movements: []ledger.Movement{shared(move(7, "1", bin, run), "2")}}, "with a share of 2"},
		"share taken back": {ledger.Operation{Kind: ledger.KindReversal, Reverses: &ledger.Reversed{Kind: ledger.KindOutput}, Movements: []ledger.Movement{
			shared(taken(move(7, "-1", run, bin), ledger.KindOutput), "-2")}}, ""},
		"share that is not taken back": {ledger.Operation{Kind: ledger.KindReversal, Reverses: &ledger.Reversed{Kind: ledger.KindOutput}, Movements: []ledger.Movement{
			shared(taken(move(7, "-1", run, bin), ledger.KindOutput), "2")}}, "with a share of 2"},
		"shipment of a lot that it makes": {ledger.Operation{Kind: ledger.KindShipment, NewLots: []ledger.NewLot{made}, Movements: []ledger.Movement{move(8, "1", bin, customer)}},
			"shipment of new lot 8"},
		"transfer of a lot that it makes": {ledger.Operation{Kind: ledger.KindTransfer, NewLots: []ledger.NewLot{made}, Movements: []ledger.Movement{move(8, "1", bin, shelf)}},
			"transfer of new lot 8"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := ledger.Validate(&c.op, flour(nil))
			var refusal *errs.Error
			switch {
			case c.want == "" && err != nil:
				t.Errorf("refused: %v", err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("Validate = %v, want an error with %q", err, c.want)
			case errors.As(err, &refusal):
				t.Errorf("a mistake of the program is told to the caller: %v", err)
			}
		})
	}
}

// Held and expired lots may be moved, and neither consumed nor shipped.
func TestValidateUse(t *testing.T) {
	t.Parallel()
	held := func(holds ...ledger.ActiveHold) func(*ledger.LockedLot) {
		return func(lot *ledger.LockedLot) { lot.HoldCount, lot.Holds = int32(len(holds)), holds }
	}
	expires := func(text string) func(*ledger.LockedLot) {
		return func(lot *ledger.LockedLot) { lot.ExpiryDate = ptr(day(text)) }
	}
	cases := map[string]struct {
		lot    func(*ledger.LockedLot)
		reason string
		text   []string
	}{
		"neither held nor expired": {nil, "", nil},
		"held":                     {held(ledger.ActiveHold{Number: 2, Reason: "glass found"}), "LOT_HELD", []string{`"FL-1"`, `"FLOUR"`, "hold 2 (glass found)"}},
		"held three times": {held(ledger.ActiveHold{Number: 1, Reason: "a"}, ledger.ActiveHold{Number: 2, Reason: "b"}, ledger.ActiveHold{Number: 5, Reason: "c"}),
			"LOT_HELD", []string{"hold 1 (a), hold 2 (b), hold 5 (c);"}},
		"held five times": {held(make([]ledger.ActiveHold, 5)...), "LOT_HELD", []string{"and 2 more"}},
		// The expiry date is the last day of use; it is the 25th.
		"expires tomorrow":  {expires("2026-03-26"), "", nil},
		"expires today":     {expires("2026-03-25"), "", nil},
		"expired yesterday": {expires("2026-03-24"), "LOT_EXPIRED", []string{`"FL-1"`, "2026-03-24"}},
	}
	verbs := map[ledger.Kind]string{ledger.KindConsumption: "consumed", ledger.KindShipment: "shipped", ledger.KindTransfer: ""}
	ends := map[ledger.Kind]ledger.Place{ledger.KindConsumption: run, ledger.KindShipment: customer, ledger.KindTransfer: shelf}
	for name, c := range cases {
		for kind, verb := range verbs {
			op := &ledger.Operation{Kind: kind, Movements: []ledger.Movement{move(7, "1", bin, ends[kind])}}
			err := ledger.Validate(op, flour(c.lot))
			if verb == "" || c.reason == "" {
				if err != nil {
					t.Errorf("%s, %s: refused: %v", name, kind, err)
				}
				continue
			}
			wantRefusal(t, err, errs.KindFailedPrecondition, c.reason, "lines[0]", append(c.text, verb)...)
		}
	}
}

func TestValidateBalances(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		movements []ledger.Movement
		field     string // of the refusal
		has       string // the quantity that it tells
	}{
		"less than is there":    {movements: []ledger.Movement{move(7, "9.999999999", bin, shelf)}},
		"all of it":             {movements: []ledger.Movement{move(7, "10", bin, shelf)}},
		"in two halves":         {movements: []ledger.Movement{move(7, "5", bin, shelf), move(7, "5", bin, truck)}},
		"on, in one operation":  {movements: []ledger.Movement{move(7, "10", bin, shelf), move(7, "10", shelf, truck)}},
		"and back":              {movements: []ledger.Movement{move(7, "10", bin, shelf), move(7, "10", shelf, bin)}},
		"a little more":         {[]ledger.Movement{move(7, "10.000000001", bin, shelf)}, "lines[0]", "only 10 KGM"},
		"more, in two halves":   {[]ledger.Movement{move(7, "5", bin, shelf), move(7, "5.1", bin, truck)}, "lines[0]", "only 10 KGM"},
		"from an empty place":   {[]ledger.Movement{move(7, "1", shelf, bin)}, "lines[0]", "only 0 KGM"},
		"more on than came":     {[]ledger.Movement{move(7, "4", bin, shelf), {Field: "lines[1]", LotID: 7, Quantity: qty.FromInt(5), From: shelf, To: truck}}, "lines[1]", "only 0 KGM"},
		"second of two is more": {[]ledger.Movement{move(7, "4", bin, shelf), {Field: "lines[1]", LotID: 7, Quantity: qty.FromInt(1), From: truck, To: shelf}}, "lines[1]", "only 0 KGM"},
	}
	for name, c := range cases {
		err := ledger.Validate(&ledger.Operation{Kind: ledger.KindTransfer, Movements: c.movements}, flour(nil))
		if c.field == "" {
			if err != nil {
				t.Errorf("%s: refused: %v", name, err)
			}
			continue
		}
		wantRefusal(t, err, errs.KindFailedPrecondition, "INSUFFICIENT_STOCK", c.field, `"FL-1"`, `"FLOUR"`, c.has)
	}
	// What comes from the outside world needs no balance there.
	if err := ledger.Validate(&ledger.Operation{Kind: ledger.KindReceipt, Movements: []ledger.Movement{move(7, "1000000", supplier, bin)}}, flour(nil)); err != nil {
		t.Errorf("receipt refused: %v", err)
	}
}

func wantRefusal(t testing.TB, err error, kind errs.Kind, reason, field string, texts ...string) {
	t.Helper()
	var refusal *errs.Error
	if !errors.As(err, &refusal) {
		t.Errorf("%v, want %s", err, reason)
		return
	}
	if refusal.Kind != kind || refusal.Reason != reason || len(refusal.Violations) != 1 || refusal.Violations[0].Path != field {
		t.Errorf("refusal %+v, want %s at %s", refusal, reason, field)
	}
	for _, text := range texts {
		if !strings.Contains(refusal.Message, text) {
			t.Errorf("message %q does not say %q", refusal.Message, text)
		}
	}
}
