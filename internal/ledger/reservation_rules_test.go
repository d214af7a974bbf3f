package ledger_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/qty"
)

// Lines of orders, and what is reserved for them.
var (
	mine   = ledger.OrderLine{OrderCode: "SO-1", Number: 10}
	theirs = ledger.OrderLine{OrderCode: "SO-2", Number: 20}
	scrap  = ledger.Place{LocationID: ledger.Scrap, Code: "scrap"}
	nobody = ledger.Place{LocationID: ledger.Adjustment, Code: "adjustment"}
)

func kept(number int32, quantity string, at ledger.Place, line ledger.OrderLine) ledger.Reservation {
	return ledger.Reservation{
		Number: number, LocationID: at.LocationID, For: line, SalesOrderID: 1, OperationID: 1, Quantity: qty.MustParse(quantity),
		ExpiresAt: time.Date(2026, 3, 25+int(number), 0, 0, 0, 0, time.UTC),
	}
}

// reserved is flour with 10 at BIN, 5 at SHELF, and some reserved.
func reserved(all ...ledger.Reservation) ledger.Locked {
	return flour(func(lot *ledger.LockedLot) {
		lot.OnHand[shelf.LocationID] = qty.FromInt(5)
		lot.Reservations, lot.ReservationCount = all, int32(len(all))
	})
}

func forLine(line ledger.OrderLine, m ledger.Movement) ledger.Movement {
	m.For = line
	return m
}

func takeBack(kind ledger.Kind, m ledger.Movement) ledger.Movement {
	m.Quantity, m.Takes = m.Quantity.Neg(), &ledger.Taken{MovementID: 1, Kind: kind}
	return m
}

// operation is of a kind and has movements; a reversal has to reverse something.
func operation(kind ledger.Kind, movements ...ledger.Movement) ledger.Operation {
	op := ledger.Operation{Kind: kind, Movements: movements}
	if kind == ledger.KindReversal {
		op.Reverses = &ledger.Reversed{OperationID: 1, Kind: movements[0].Takes.Kind}
	}
	return op
}

func TestReservationRules(t *testing.T) {
	t.Parallel()
	const consume, ship, transfer, adjust, scrapping, reversal = ledger.KindConsumption, ledger.KindShipment, ledger.KindTransfer, ledger.KindAdjustment, ledger.KindScrap, ledger.KindReversal
	my, their := kept(1, "4", bin, mine), kept(2, "3", bin, theirs)
	reserve := func(quantity string, at ledger.Place, count int) ledger.Operation {
		op := ledger.Operation{Kind: ledger.KindReservation}
		for range count {
			op.Reserves = append(op.Reserves, ledger.Reserve{
				Field: "lines[0]", LotID: 7, At: at, Day: day("2026-03-25"), Quantity: qty.MustParse(quantity), For: mine, SalesOrderID: 1,
				ExpiresAt: time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC),
			})
		}
		return op
	}
	release := func(number int32, at int64, quantity string) ledger.Operation {
		u := ledger.Unreserve{Field: "lines[0]", LotID: 7, Number: number, LocationID: at}
		if quantity != "" {
			u.Quantity = ptr(qty.MustParse(quantity))
		}
		return ledger.Operation{Kind: ledger.KindReservationRelease, Unreserves: []ledger.Unreserve{u}}
	}
	cases := map[string]struct {
		op     ledger.Operation
		locked ledger.Locked
		want   string // "number: change at location, …", or the reason of the refusal
	}{
		// Consuming and shipping take what is free, or what is reserved for them.
		"consume what is free":            {operation(consume, move(7, "3", bin, run)), reserved(my, their), ""},
		"consume more":                    {operation(consume, move(7, "3.5", bin, run)), reserved(my, their), "STOCK_RESERVED"},
		"consume more in two lines":       {operation(consume, move(7, "2", bin, run), move(7, "2", bin, run)), reserved(my, their), "STOCK_RESERVED"},
		"consume where none is reserved":  {operation(consume, move(7, "5", shelf, run)), reserved(my, their), ""},
		"consume more than there is":      {operation(consume, move(7, "11", bin, run)), reserved(my, their), "INSUFFICIENT_STOCK"},
		"ship what is free":               {operation(ship, move(7, "3", bin, customer)), reserved(my, their), ""},
		"ship more":                       {operation(ship, move(7, "4", bin, customer)), reserved(my, their), "STOCK_RESERVED"},
		"ship one's own first":            {operation(ship, forLine(mine, move(7, "3", bin, customer))), reserved(my, their), "1: -3 at 1001"},
		"ship one's own and what is free": {operation(ship, forLine(mine, move(7, "7", bin, customer))), reserved(my, their), "1: -4 at 1001"},
		"ship one's own and theirs":       {operation(ship, forLine(mine, move(7, "7.1", bin, customer))), reserved(my, their), "STOCK_RESERVED"},
		"ship one's own from elsewhere":   {operation(ship, forLine(mine, move(7, "5", shelf, customer))), reserved(my, their), ""},
		"the earliest of one's own":       {operation(ship, forLine(mine, move(7, "5", bin, customer))), reserved(my, kept(2, "3", bin, mine)), "1: -4 at 1001, 2: -1 at 1001"},
		"both their own": {operation(ship, forLine(mine, move(7, "4", bin, customer)), forLine(theirs, move(7, "6", bin, customer))), reserved(my, their),
			"1: -4 at 1001, 2: -3 at 1001"},
		"another line of the same order": {operation(ship, forLine(ledger.OrderLine{OrderCode: "SO-1", Number: 20}, move(7, "4", bin, customer))), reserved(my, their), "STOCK_RESERVED"},
		// Moves take along what the rest does not cover.
		"move what is free":            {operation(transfer, move(7, "3", bin, shelf)), reserved(my, their), ""},
		"move more":                    {operation(transfer, move(7, "4", bin, shelf)), reserved(my, their), "2: -1 at 1001, 2: 1 at 1002"},
		"move all":                     {operation(transfer, move(7, "10", bin, shelf)), reserved(my, their), "1: -4 at 1001, 1: 4 at 1002, 2: -3 at 1001, 2: 3 at 1002"},
		"move for a line":              {operation(transfer, forLine(mine, move(7, "5", bin, shelf))), reserved(my, their), "1: -4 at 1001, 1: 4 at 1002"},
		"move for a line a part":       {operation(transfer, forLine(mine, move(7, "1", bin, shelf))), reserved(my, their), "1: -1 at 1001, 1: 1 at 1002"},
		"move to where it is in part":  {operation(transfer, forLine(mine, move(7, "4", bin, shelf))), reserved(my, kept(1, "2", shelf, mine)), "1: -4 at 1001, 1: 4 at 1002"},
		"move on in one go":            {operation(transfer, move(7, "10", bin, shelf), move(7, "15", shelf, truck)), reserved(my), "1: -4 at 1001, 1: 4 at 1003"},
		"move on before it comes":      {operation(transfer, move(7, "15", shelf, truck), move(7, "10", bin, shelf)), reserved(my), "1: -4 at 1001, 1: 4 at 1003"},
		"move in a circle":             {operation(transfer, move(7, "10", bin, shelf), move(7, "10", shelf, bin)), reserved(my, their), ""},
		"move a line's on in one go":   {operation(transfer, forLine(mine, move(7, "4", bin, shelf)), move(7, "9", shelf, truck)), reserved(my), "1: -4 at 1001, 1: 4 at 1003"},
		"take a move back":             {operation(reversal, takeBack(transfer, move(7, "5", bin, shelf))), reserved(kept(1, "4", shelf, mine)), "1: -4 at 1002, 1: 4 at 1001"},
		"take a move back that left 1": {operation(reversal, takeBack(transfer, move(7, "2", bin, shelf))), reserved(kept(1, "4", shelf, mine)), "1: -1 at 1002, 1: 1 at 1001"},
		// Facts cut reservations down, the latest first.
		"scrap what is free":       {operation(scrapping, move(7, "3", bin, scrap)), reserved(my, their), ""},
		"scrap more":               {operation(scrapping, move(7, "5", bin, scrap)), reserved(my, their), "2: -2 at 1001"},
		"scrap nearly all":         {operation(scrapping, move(7, "8", bin, scrap)), reserved(my, their), "1: -2 at 1001, 2: -3 at 1001"},
		"miss some":                {operation(adjust, move(7, "4", bin, nobody)), reserved(my, their), "2: -1 at 1001"},
		"find some":                {operation(adjust, move(7, "4", nobody, bin)), reserved(my, their), ""},
		"miss it here, find there": {operation(adjust, move(7, "10", bin, nobody), move(7, "10", nobody, shelf)), reserved(my), "1: -4 at 1001"},
		"take a receipt back":      {operation(reversal, takeBack(ledger.KindReceipt, move(7, "4", supplier, bin))), reserved(my, their), "2: -1 at 1001"},
		"take a shipment back":     {operation(reversal, takeBack(ship, move(7, "4", bin, customer))), reserved(my, their), ""},
		"receive more":             {operation(ledger.KindReceipt, move(7, "4", supplier, bin)), reserved(my, their), ""},
		// Reserving and giving back.
		"reserve what is free":       {reserve("3", bin, 1), reserved(my, their), "3: 3 at 1001"},
		"reserve twice":              {reserve("1.5", bin, 2), reserved(my, their), "3: 1.5 at 1001, 4: 1.5 at 1001"},
		"reserve more":               {reserve("3.5", bin, 1), reserved(my, their), "STOCK_RESERVED"},
		"reserve more in two lines":  {reserve("2", bin, 2), reserved(my, their), "STOCK_RESERVED"},
		"reserve more than there is": {reserve("11", bin, 1), reserved(my, their), "INSUFFICIENT_STOCK"},
		"reserve what is held":       {reserve("1", bin, 1), flour(func(lot *ledger.LockedLot) { lot.Holds = []ledger.ActiveHold{{Number: 1}} }), "LOT_HELD"},
		"reserve what is held elsewhere": {reserve("1", bin, 1), flour(func(lot *ledger.LockedLot) {
			lot.Holds = []ledger.ActiveHold{{Number: 1, LocationID: shelf.LocationID}}
		}), "1: 1 at 1001"},
		"reserve what has expired":      {reserve("1", bin, 1), flour(func(lot *ledger.LockedLot) { lot.ExpiryDate = ptr(day("2026-03-24")) }), "LOT_EXPIRED"},
		"reserve what is past removal":  {reserve("1", bin, 1), flour(func(lot *ledger.LockedLot) { lot.RemovalDate = ptr(day("2026-03-24")) }), "LOT_PAST_REMOVAL"},
		"reserve too often":             {reserve("0.001", bin, 1001), reserved(), "TOO_MANY_RESERVATIONS"},
		"release":                       {release(1, 0, ""), reserved(my, their), "1: -4 at 1001"},
		"release a part":                {release(1, 0, "1"), reserved(my, their), "1: -1 at 1001"},
		"release what is at two places": {release(1, 0, ""), reserved(my, kept(1, "2", shelf, mine)), "1: -4 at 1001, 1: -2 at 1002"},
		"release what is at one place":  {release(1, shelf.LocationID, ""), reserved(my, kept(1, "2", shelf, mine)), "1: -2 at 1002"},
		"release more":                  {release(1, 0, "4.5"), reserved(my, their), "RESERVATION_TOO_SMALL"},
		"release what has ended":        {release(3, 0, ""), reserved(my, their), "RESERVATION_ENDED"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := reservationChanges(&c.op, c.locked); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// reservationChanges are what an operation does to reservations, or why it is refused.
func reservationChanges(op *ledger.Operation, locked ledger.Locked) string {
	changes, err := ledger.PlanReservations(op, locked)
	var refusal *errs.Error
	if errors.As(err, &refusal) {
		return refusal.Reason
	}
	if err != nil {
		return err.Error()
	}
	var texts []string
	for _, change := range changes {
		texts = append(texts, fmt.Sprintf("%d: %s at %d", change.Number, change.Quantity, change.LocationID))
	}
	return strings.Join(texts, ", ")
}

// Whatever moves between locations, what is reserved stays whole, and is there.
func TestMovesKeepReservations(t *testing.T) {
	t.Parallel()
	places := []ledger.Place{bin, shelf, truck}
	for seed := range 5000 {
		random := func(n int) int { seed = (seed*1103515245 + 12345) & 0x7fffffff; return seed >> 8 % 0x7f % n }
		locked := flour(nil)
		lot := locked[7]
		for number := range int32(3) {
			at := places[random(3)]
			r := kept(number+1, fmt.Sprint(1+random(4)), at, []ledger.OrderLine{mine, theirs}[random(2)])
			lot.Reservations = append(lot.Reservations, r)
			lot.OnHand[at.LocationID] = lot.OnHand[at.LocationID].Add(r.Quantity)
		}
		var op ledger.Operation
		for range 1 + random(4) {
			i := random(3)
			m := move(7, fmt.Sprint(1+random(9)), places[i], places[(i+1+random(2))%3])
			if random(3) == 0 {
				m.For = mine
			}
			op.Movements = append(op.Movements, m)
		}
		op.Kind = ledger.KindTransfer
		changes, err := ledger.PlanReservations(&op, locked)
		if err != nil {
			continue // more than there is
		}
		left, after := map[int64]qty.Decimal{}, map[int64]qty.Decimal{}
		var sum qty.Decimal
		for _, p := range places {
			left[p.LocationID], after[p.LocationID] = lot.ReservedAt(p.LocationID, ledger.OrderLine{}), lot.OnHand[p.LocationID]
		}
		for _, c := range changes {
			left[c.LocationID], sum = left[c.LocationID].Add(c.Quantity), sum.Add(c.Quantity)
		}
		for _, m := range op.Movements {
			after[m.From.LocationID], after[m.To.LocationID] = after[m.From.LocationID].Sub(m.Quantity), after[m.To.LocationID].Add(m.Quantity)
		}
		wrong := slices.ContainsFunc(places, func(p ledger.Place) bool {
			return left[p.LocationID].Cmp(after[p.LocationID]) > 0 || left[p.LocationID].Sign() < 0
		})
		if wrong || !sum.IsZero() {
			t.Fatalf("%v reserved, %v on hand, %s lost by %+v", left, after, sum, op.Movements)
		}
	}
}
