package draw

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/resolve"
)

const (
	shelf int64 = 1001
	bin   int64 = 1002
)

var today = time.Date(2026, 3, 25, 0, 0, 0, 0, time.UTC)

func wantOf(line int, tracking resolve.Tracking, quantity string, from int64, candidates ...int64) want {
	q := qty.MustParse(quantity)
	return want{
		line: line, path: fmt.Sprintf("lines[%d]", line), day: today, quantity: q, candidates: candidates,
		item:    &resolve.Item{ItemID: 9, SKU: "SALT", BaseUnit: "GRM", Tracking: tracking},
		from:    &resolve.Location{LocationID: from, Code: fmt.Sprintf("L%d", from)},
		entered: ledger.Entered{Value: qty.MustParse("1.5"), Unit: "BAG"},
	}
}

// lots have 5 each at the shelf and 2 at the bin.
func lots(change map[int64]func(*ledger.LockedLot)) ledger.Locked {
	locked := ledger.Locked{}
	for id := int64(1); id <= 4; id++ {
		locked[id] = &ledger.LockedLot{LotID: id, OnHand: map[int64]qty.Decimal{shelf: qty.FromInt(5), bin: qty.FromInt(2)}}
		if fn := change[id]; fn != nil {
			fn(locked[id])
		}
	}
	return locked
}

func held(lot *ledger.LockedLot) { lot.Holds = []ledger.ActiveHold{{Number: 1}} }

func heldAt(locationID int64) func(*ledger.LockedLot) {
	return func(lot *ledger.LockedLot) { lot.Holds = []ledger.ActiveHold{{Number: 1, LocationID: locationID}} }
}

func expires(days int) func(*ledger.LockedLot) {
	return func(lot *ledger.LockedLot) {
		day := today.AddDate(0, 0, days)
		lot.ExpiryDate = &day
	}
}

func removed(days int) func(*ledger.LockedLot) {
	return func(lot *ledger.LockedLot) {
		day := today.AddDate(0, 0, days)
		lot.RemovalDate = &day
	}
}

func TestAllocate(t *testing.T) {
	t.Parallel()
	const none, byLot = resolve.TrackingNone, resolve.TrackingLot
	entered := "1.5 BAG"
	cases := map[string]struct {
		wants   []want
		change  map[int64]func(*ledger.LockedLot)
		purpose Purpose
		want    []string // line: quantity of lot from location, entered
		short   string   // path of the line that cannot be served
	}{
		"named lot":                        {wants: []want{wantOf(0, byLot, "3", shelf, 2)}, want: []string{"0: 3 of 2 from 1001, " + entered}},
		"named lot, judged by Post":        {wants: []want{wantOf(0, byLot, "99", shelf, 2)}, change: map[int64]func(*ledger.LockedLot){2: held}, want: []string{"0: 99 of 2 from 1001, " + entered}},
		"serial":                           {wants: []want{wantOf(0, resolve.TrackingSerial, "1", shelf, 2)}, want: []string{"0: 1 of 2 from 1001, " + entered}},
		"first candidate suffices":         {wants: []want{wantOf(0, none, "5", shelf, 3, 1)}, want: []string{"0: 5 of 3 from 1001, " + entered}},
		"in the order given":               {wants: []want{wantOf(0, none, "5.25", shelf, 3, 1)}, want: []string{"0: 5 of 3 from 1001, 5 GRM", "0: 0.25 of 1 from 1001, 0.25 GRM"}},
		"all of all":                       {wants: []want{wantOf(0, none, "15", shelf, 3, 1, 2)}, want: []string{"0: 5 of 3 from 1001, 5 GRM", "0: 5 of 1 from 1001, 5 GRM", "0: 5 of 2 from 1001, 5 GRM"}},
		"a little more":                    {wants: []want{wantOf(0, none, "15.000000001", shelf, 3, 1, 2)}, short: "lines[0]"},
		"no candidates":                    {wants: []want{wantOf(0, none, "1", shelf)}, short: "lines[0]"},
		"only what is at the place":        {wants: []want{wantOf(0, none, "4", bin, 1, 2)}, want: []string{"0: 2 of 1 from 1002, 2 GRM", "0: 2 of 2 from 1002, 2 GRM"}},
		"held is passed over":              {wants: []want{wantOf(0, none, "6", shelf, 1, 2, 3)}, change: map[int64]func(*ledger.LockedLot){1: held}, want: []string{"0: 5 of 2 from 1001, 5 GRM", "0: 1 of 3 from 1001, 1 GRM"}},
		"held at the place is passed over": {wants: []want{wantOf(0, none, "6", shelf, 1, 2, 3)}, change: map[int64]func(*ledger.LockedLot){1: heldAt(shelf)}, want: []string{"0: 5 of 2 from 1001, 5 GRM", "0: 1 of 3 from 1001, 1 GRM"}},
		"held elsewhere is not":            {wants: []want{wantOf(0, none, "5", shelf, 1, 2)}, change: map[int64]func(*ledger.LockedLot){1: heldAt(bin)}, want: []string{"0: 5 of 1 from 1001, " + entered}},
		"held may be moved":                {wants: []want{wantOf(0, none, "5", shelf, 1, 2)}, change: map[int64]func(*ledger.LockedLot){1: held}, purpose: ToMove, want: []string{"0: 5 of 1 from 1001, " + entered}},
		"expired is passed over":           {wants: []want{wantOf(0, none, "5", shelf, 1, 2)}, change: map[int64]func(*ledger.LockedLot){1: expires(-1)}, want: []string{"0: 5 of 2 from 1001, " + entered}},
		"expires today is not expired":     {wants: []want{wantOf(0, none, "5", shelf, 1, 2)}, change: map[int64]func(*ledger.LockedLot){1: expires(0)}, want: []string{"0: 5 of 1 from 1001, " + entered}},
		"expired may be moved":             {wants: []want{wantOf(0, none, "5", shelf, 1, 2)}, change: map[int64]func(*ledger.LockedLot){1: expires(-1)}, purpose: ToMove, want: []string{"0: 5 of 1 from 1001, " + entered}},
		"past removal is not shipped":      {wants: []want{wantOf(0, none, "5", shelf, 1, 2)}, change: map[int64]func(*ledger.LockedLot){1: removed(-1)}, purpose: ToShip, want: []string{"0: 5 of 2 from 1001, " + entered}},
		"removal today is shipped":         {wants: []want{wantOf(0, none, "5", shelf, 1, 2)}, change: map[int64]func(*ledger.LockedLot){1: removed(0)}, purpose: ToShip, want: []string{"0: 5 of 1 from 1001, " + entered}},
		"past removal may be consumed":     {wants: []want{wantOf(0, none, "5", shelf, 1, 2)}, change: map[int64]func(*ledger.LockedLot){1: removed(-1)}, want: []string{"0: 5 of 1 from 1001, " + entered}},
		"held is not shipped":              {wants: []want{wantOf(0, none, "5", shelf, 1, 2)}, change: map[int64]func(*ledger.LockedLot){1: held}, purpose: ToShip, want: []string{"0: 5 of 2 from 1001, " + entered}},
		"all held":                         {wants: []want{wantOf(0, none, "1", shelf, 1)}, change: map[int64]func(*ledger.LockedLot){1: held}, short: "lines[0]"},
		"two lines share the stock":        {wants: []want{wantOf(0, none, "4", shelf, 1, 2), wantOf(1, none, "4", shelf, 1, 2)}, want: []string{"0: 4 of 1 from 1001, " + entered, "1: 1 of 1 from 1001, 1 GRM", "1: 3 of 2 from 1001, 3 GRM"}},
		"two lines do not share enough":    {wants: []want{wantOf(0, none, "5", shelf, 1), wantOf(1, none, "1", shelf, 1)}, short: "lines[1]"},
		"two places do not share":          {wants: []want{wantOf(0, none, "5", shelf, 1), wantOf(1, none, "2", bin, 1)}, want: []string{"0: 5 of 1 from 1001, " + entered, "1: 2 of 1 from 1002, " + entered}},
		"second line is short":             {wants: []want{wantOf(0, byLot, "1", shelf, 4), wantOf(1, none, "6", shelf, 1)}, short: "lines[1]"},
	}
	kept := func(quantity int64, at int64, line ledger.OrderLine) func(*ledger.LockedLot) {
		return func(lot *ledger.LockedLot) {
			lot.Reservations = append(lot.Reservations, ledger.Reservation{Number: 1, LocationID: at, For: line, Quantity: qty.FromInt(quantity)})
		}
	}
	mine, theirs := ledger.OrderLine{OrderCode: "SO", Number: 1}, ledger.OrderLine{OrderCode: "SO", Number: 2}
	wantFor := func(line int, quantity string, candidates ...int64) want {
		w := wantOf(line, none, quantity, shelf, candidates...)
		w.forLine = mine
		return w
	}
	both := func(lot *ledger.LockedLot) { kept(2, shelf, mine)(lot); kept(2, shelf, theirs)(lot) }
	for name, c := range map[string]struct {
		wants   []want
		change  map[int64]func(*ledger.LockedLot)
		purpose Purpose
		want    []string
		short   string
	}{
		"reserved is passed over":      {wants: []want{wantOf(0, none, "3", shelf, 1, 2)}, change: map[int64]func(*ledger.LockedLot){1: kept(3, shelf, mine)}, want: []string{"0: 2 of 1 from 1001, 2 GRM", "0: 1 of 2 from 1001, 1 GRM"}},
		"reserved elsewhere":           {wants: []want{wantOf(0, none, "5", shelf, 1, 2)}, change: map[int64]func(*ledger.LockedLot){1: kept(2, bin, mine)}, want: []string{"0: 5 of 1 from 1001, " + entered}},
		"reserved is moved":            {wants: []want{wantOf(0, none, "5", shelf, 1, 2)}, change: map[int64]func(*ledger.LockedLot){1: kept(3, shelf, mine)}, purpose: ToMove, want: []string{"0: 5 of 1 from 1001, " + entered}},
		"its own comes first":          {wants: []want{wantFor(0, "5", 1, 2)}, change: map[int64]func(*ledger.LockedLot){2: kept(3, shelf, mine)}, purpose: ToShip, want: []string{"0: 2 of 1 from 1001, 2 GRM", "0: 3 of 2 from 1001, 3 GRM"}},
		"its own, and what is free":    {wants: []want{wantFor(0, "8", 1, 2)}, change: map[int64]func(*ledger.LockedLot){1: both}, purpose: ToShip, want: []string{"0: 3 of 1 from 1001, 3 GRM", "0: 5 of 2 from 1001, 5 GRM"}},
		"its own once":                 {wants: []want{wantFor(0, "3", 1), wantFor(1, "1", 1)}, change: map[int64]func(*ledger.LockedLot){1: both}, purpose: ToShip, short: "lines[1]"},
		"theirs after its own":         {wants: []want{wantFor(0, "2", 1), wantOf(1, none, "1", shelf, 1)}, change: map[int64]func(*ledger.LockedLot){1: both}, purpose: ToShip, want: []string{"0: 2 of 1 from 1001, " + entered, "1: 1 of 1 from 1001, " + entered}},
		"and no more":                  {wants: []want{wantFor(0, "2", 1), wantOf(1, none, "2", shelf, 1)}, change: map[int64]func(*ledger.LockedLot){1: both}, purpose: ToShip, short: "lines[1]"},
		"reserved twice":               {wants: []want{wantFor(0, "2", 1)}, change: map[int64]func(*ledger.LockedLot){1: both}, purpose: ToReserve, short: "lines[0]"},
		"past removal is not reserved": {wants: []want{wantFor(0, "5", 1, 2)}, change: map[int64]func(*ledger.LockedLot){1: removed(-1)}, purpose: ToReserve, want: []string{"0: 5 of 2 from 1001, " + entered}},
	} {
		cases[name] = c
	}
	for name, c := range cases {
		takings, short := allocate(c.wants, lots(c.change), c.purpose)
		if (short == nil) != (c.short == "") || (short != nil && short.path != c.short) {
			t.Errorf("%s: short of %+v, want %q", name, short, c.short)
		}
		var got []string
		for _, taking := range takings {
			got = append(got, fmt.Sprintf("%d: %s of %d from %d, %s %s",
				taking.Line, taking.Quantity, taking.Lot.LotID, taking.From.LocationID, taking.Entered.Value, taking.Entered.Unit))
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestRefuseShort(t *testing.T) {
	t.Parallel()
	few, many := wantOf(3, resolve.TrackingNone, "7", shelf, 1, 2), wantOf(3, resolve.TrackingNone, "7", shelf, make([]int64, maxCandidates)...)
	for _, c := range []struct {
		want    want
		purpose Purpose
		reason  string
		text    string
	}{
		{few, ToUse, "INSUFFICIENT_STOCK", "7 GRM of item \"SALT\" are more than is there, not on hold, not expired and not reserved for others at location \"L1001\""},
		{few, ToMove, "INSUFFICIENT_STOCK", "are more than is there at location"},
		{many, ToUse, "TOO_MANY_LOTS", "draw from more than 1000; enter less"},
	} {
		var refusal *errs.Error
		err := refuseShort(&c.want, c.purpose)
		if !errors.As(err, &refusal) || refusal.Kind != errs.KindFailedPrecondition || refusal.Reason != c.reason ||
			refusal.Violations[0].Path != "lines[3]" || !strings.Contains(refusal.Message, c.text) {
			t.Errorf("refusal %v, want %s with %q", err, c.reason, c.text)
		}
	}
}

func TestCheckSpread(t *testing.T) {
	t.Parallel()
	wants := []want{wantOf(0, resolve.TrackingNone, "1", shelf), wantOf(1, resolve.TrackingNone, "1", shelf)}
	takings := make([]Taking, maxTakings+1)
	takings[maxTakings].Line = 1
	if err := checkSpread(takings[:maxTakings], wants); err != nil {
		t.Error(err)
	}
	var refusal *errs.Error
	if err := checkSpread(takings, wants); !errors.As(err, &refusal) || refusal.Reason != "TOO_MANY_LOTS" || refusal.Violations[0].Path != "lines[1]" {
		t.Errorf("refusal %v, want TOO_MANY_LOTS at lines[1]", err)
	}
}
