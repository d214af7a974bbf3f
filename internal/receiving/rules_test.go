package receiving

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/resolve"
	"github.com/lottrail/lottrail/internal/shelflife"
)

func day(text string) *time.Time {
	if text == "" {
		return nil
	}
	d, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return &d
}

var (
	plain    = &resolve.Item{ItemID: 1001, SKU: "PLAIN", BaseUnit: "KGM", Tracking: resolve.TrackingLot}
	dated    = &resolve.Item{ItemID: 1002, SKU: "DATED", BaseUnit: "KGM", Tracking: resolve.TrackingLot, ExpiryTracked: true}
	keeps10  = &resolve.Item{ItemID: 1003, SKU: "KEEPS", BaseUnit: "KGM", Tracking: resolve.TrackingLot, ExpiryTracked: true, ShelfLifeDays: 10}
	serial   = &resolve.Item{ItemID: 1004, SKU: "SERIAL", BaseUnit: "H87", Tracking: resolve.TrackingSerial}
	loose    = &resolve.Item{ItemID: 1005, SKU: "LOOSE", BaseUnit: "GRM", Tracking: resolve.TrackingNone}
	mill     = supplier{2001, "MILL"}
	received = *day("2026-03-25")
)

// line is an arrival in short.
type line struct {
	item                   *resolve.Item
	lot, supplierLot       string
	production, expiry     string
	add                    bool
	wantProduction, expect string // dates of its lot after settling
}

func arrivals(lines []line) []*arrival {
	var all []*arrival
	for i, l := range lines {
		all = append(all, &arrival{
			path: "lines[" + string(rune('0'+i)) + "]", item: l.item, day: received, lotCode: l.lot, supplierLotCode: l.supplierLot,
			dates: shelflife.Dates{Production: day(l.production), Expiry: day(l.expiry)}, quantity: qty.FromInt(1), addToExisting: l.add,
		})
	}
	return all
}

// existing lots: A from the mill, B from another supplier, C made here.
func existing() map[lotKey]*ledger.LockedLot {
	other, run := int64(2002), int64(3001)
	lots := map[lotKey]*ledger.LockedLot{}
	for _, item := range []*resolve.Item{plain, serial} {
		for _, lot := range []ledger.Lot{
			{LotCode: "A", SupplierID: &mill.partyID, SupplierLotCode: "a-1", ProductionDate: day("2026-03-01"), ExpiryDate: day("2026-06-01")},
			{LotCode: "NAKED", SupplierID: &mill.partyID},
			{LotCode: "B", SupplierID: &other, SupplierLotCode: "b-1"},
			{LotCode: "C", RunID: &run},
		} {
			lots[lotKey{item.ItemID, lot.LotCode}] = &ledger.LockedLot{Lot: lot, ItemID: item.ItemID}
		}
	}
	return lots
}

func TestSettle(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		lines  []line
		reason string // of the refusal
		says   []string
	}{
		"new lot":                             {lines: []line{{item: plain, lot: "N", production: "2026-03-20", expiry: "2026-04-20", wantProduction: "2026-03-20", expect: "2026-04-20"}}},
		"new lot without dates":               {lines: []line{{item: plain, lot: "N"}}},
		"new lot, asked to add":               {lines: []line{{item: plain, lot: "N", add: true}}},
		"shelf life from receipt":             {lines: []line{{item: keeps10, lot: "N", expect: "2026-04-04"}}},
		"shelf life from production":          {lines: []line{{item: keeps10, lot: "N", production: "2026-03-20", wantProduction: "2026-03-20", expect: "2026-03-30"}}},
		"given date before shelf life":        {lines: []line{{item: keeps10, lot: "N", expiry: "2026-03-26", expect: "2026-03-26"}}},
		"expiry not to be told":               {lines: []line{{item: dated, lot: "N", production: "2026-03-20"}}, reason: "EXPIRY_DATE_REQUIRED", says: []string{"lines[0].expiry_date", "DATED"}},
		"dates reversed":                      {lines: []line{{item: dated, lot: "N", production: "2026-03-20", expiry: "2026-03-19"}}, reason: "DATES_REVERSED", says: []string{"2026-03-20", "2026-03-19"}},
		"expires on the day it was made":      {lines: []line{{item: dated, lot: "N", production: "2026-03-20", expiry: "2026-03-20", wantProduction: "2026-03-20", expect: "2026-03-20"}}},
		"made on the day of receipt":          {lines: []line{{item: plain, lot: "N", production: "2026-03-25", wantProduction: "2026-03-25"}}},
		"made tomorrow":                       {lines: []line{{item: plain, lot: "N", production: "2026-03-26"}}, reason: "PRODUCTION_IN_THE_FUTURE", says: []string{"lines[0].production_date", "2026-03-26"}},
		"arrives expired":                     {lines: []line{{item: dated, lot: "N", expiry: "2020-01-01", expect: "2020-01-01"}}},
		"untracked, a lot a line":             {lines: []line{{item: loose, lot: "x 1"}, {item: loose, lot: "x 2"}}},
		"exists":                              {lines: []line{{item: plain, lot: "A", supplierLot: "a-1"}}, reason: "LOT_EXISTS", says: []string{`"A"`, "PLAIN", "add_to_existing"}},
		"more of it":                          {lines: []line{{item: plain, lot: "A", supplierLot: "a-1", production: "2026-03-01", expiry: "2026-06-01", add: true, wantProduction: "2026-03-01", expect: "2026-06-01"}}},
		"more of it, dates left out":          {lines: []line{{item: plain, lot: "A", supplierLot: "a-1", add: true, wantProduction: "2026-03-01", expect: "2026-06-01"}}},
		"more of it, only one line says so":   {lines: []line{{item: plain, lot: "A", supplierLot: "a-1", add: true}, {item: plain, lot: "A", supplierLot: "a-1"}}, reason: "LOT_EXISTS", says: []string{"lines[1].lot_code"}},
		"other supplier":                      {lines: []line{{item: plain, lot: "B", supplierLot: "b-1", add: true}}, reason: "LOT_DIFFERS", says: []string{`"OTHER"`, `"MILL"`, `"B"`, "lines[0].lot_code"}},
		"made here":                           {lines: []line{{item: plain, lot: "C", add: true}}, reason: "LOT_DIFFERS", says: []string{"produced here", `"MILL"`}},
		"other supplier lot":                  {lines: []line{{item: plain, lot: "A", supplierLot: "a-2", add: true}}, reason: "LOT_DIFFERS", says: []string{`"a-1"`, `"a-2"`, "lines[0].supplier_lot_code"}},
		"supplier lot left out":               {lines: []line{{item: plain, lot: "A", add: true}}, reason: "LOT_DIFFERS", says: []string{`"a-1"`, "no supplier lot code"}},
		"supplier lot where there was none":   {lines: []line{{item: plain, lot: "NAKED", supplierLot: "a-1", add: true}}, reason: "LOT_DIFFERS", says: []string{`"a-1"`, "no supplier lot code"}},
		"other production date":               {lines: []line{{item: plain, lot: "A", supplierLot: "a-1", production: "2026-03-02", add: true}}, reason: "LOT_DIFFERS", says: []string{"2026-03-01", "2026-03-02", "lines[0].production_date"}},
		"other expiry date":                   {lines: []line{{item: plain, lot: "A", supplierLot: "a-1", expiry: "2026-06-02", add: true}}, reason: "LOT_DIFFERS", says: []string{"2026-06-01", "2026-06-02", "lines[0].expiry_date"}},
		"date where there was none":           {lines: []line{{item: plain, lot: "NAKED", expiry: "2026-06-02", add: true}}, reason: "LOT_DIFFERS", says: []string{"no expiry date", "2026-06-02"}},
		"the code on another item is another": {lines: []line{{item: dated, lot: "A", expiry: "2026-09-09", expect: "2026-09-09"}, {item: plain, lot: "Z"}}},
		"one new lot in two lines":            {lines: []line{{item: plain, lot: "N", supplierLot: "n"}, {item: plain, lot: "N", supplierLot: "n"}}},
		"its dates on the second line": {lines: []line{
			{item: keeps10, lot: "N", wantProduction: "2026-03-20", expect: "2026-03-28"},
			{item: keeps10, lot: "N", production: "2026-03-20", wantProduction: "2026-03-20", expect: "2026-03-28"},
			{item: keeps10, lot: "N", expiry: "2026-03-28", wantProduction: "2026-03-20", expect: "2026-03-28"},
		}},
		"its dates reversed over two lines": {lines: []line{{item: plain, lot: "N", production: "2026-03-20"}, {item: plain, lot: "N", expiry: "2026-03-19"}}, reason: "DATES_REVERSED"},
		"the wrong date on the second line": {lines: []line{{item: plain, lot: "N"}, {item: plain, lot: "N", production: "2026-03-26"}}, reason: "PRODUCTION_IN_THE_FUTURE", says: []string{"lines[1].production_date"}},
		"lines of a new lot disagree": {lines: []line{{item: plain, lot: "N", expiry: "2026-06-01"}, {item: plain, lot: "N", expiry: "2026-06-02"}},
			reason: "LOT_DIFFERS", says: []string{"2026-06-01", "2026-06-02", "lines[1].expiry_date"}},
		"lines of a new lot from two supplier lots": {lines: []line{{item: plain, lot: "N", supplierLot: "n-1"}, {item: plain, lot: "N", supplierLot: "n-2"}},
			reason: "LOT_DIFFERS", says: []string{"n-1", "n-2", "lines[1].supplier_lot_code"}},
		"serial":                     {lines: []line{{item: serial, lot: "S1"}, {item: serial, lot: "S2"}}},
		"serial twice":               {lines: []line{{item: serial, lot: "S1"}, {item: serial, lot: "S1"}}, reason: "SERIAL_REPEATED", says: []string{"lines[1].lot_code", "S1"}},
		"serial exists":              {lines: []line{{item: serial, lot: "A", supplierLot: "a-1"}}, reason: "LOT_EXISTS"},
		"serial exists, asks to add": {lines: []line{{item: serial, lot: "A", supplierLot: "a-1", add: true}}, reason: "LOT_EXISTS", says: []string{"serial", "each piece needs its own"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := arrivals(c.lines)
			lots, err := settle(all, mill, existing(), map[int64]string{2001: "MILL", 2002: "OTHER"})
			if got := errs.Reason(err); got != c.reason {
				t.Fatalf("settle: %v, want reason %q", err, c.reason)
			}
			if err != nil {
				for _, s := range c.says {
					if !strings.Contains(err.Error(), s) {
						t.Errorf("message does not say %q: %v", s, err)
					}
				}
				return
			}
			for i, l := range c.lines {
				lot := lots[all[i].lot()]
				checkDate(t, "production date", lot.ProductionDate, l.wantProduction)
				checkDate(t, "expiry date", lot.ExpiryDate, l.expect)
				if lot.SupplierID == nil || *lot.SupplierID != mill.partyID || lot.SupplierLotCode != l.supplierLot || lot.Inferred != (l.item == loose) {
					t.Errorf("line %d: lot %+v", i, lot)
				}
			}
		})
	}
}

func checkDate(t *testing.T, name string, got *time.Time, want string) {
	t.Helper()
	w := day(want)
	if (got == nil) != (w == nil) || (got != nil && !got.Equal(*w)) {
		t.Errorf("%s %v, want %q", name, got, want)
	}
}

func TestCheckSerial(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		item     *resolve.Item
		quantity string
		reason   string
	}{
		{serial, "1", ""}, {serial, "2", "SERIAL_NOT_ONE"}, {serial, "0.5", "SERIAL_NOT_ONE"}, {plain, "2", ""}, {loose, "0.5", ""},
	} {
		err := checkSerial(&arrival{path: "lines[0]", item: c.item, quantity: qty.MustParse(c.quantity)})
		if got := errs.Reason(err); got != c.reason {
			t.Errorf("%s of %s: %v, want %q", c.quantity, c.item.SKU, err, c.reason)
		}
	}
}

func TestInferredLotCode(t *testing.T) {
	t.Parallel()
	if got := inferredLotCode("R/1", 2); got != "receipt R/1 line 2" {
		t.Errorf("got %q", got)
	}
	// Two codes of the greatest length that differ at the end, in characters of
	// four bytes, still name two lots that can be asked for.
	long := strings.Repeat("🥐", 127)
	one, other := inferredLotCode(long+"1", 500), inferredLotCode(long+"2", 500)
	for _, code := range []string{one, other} {
		if n := utf8.RuneCountInString(code); n > maxCodeLength || !utf8.ValidString(code) {
			t.Errorf("%q has %d characters", code, n)
		}
	}
	if one == other || one != inferredLotCode(long+"1", 500) {
		t.Errorf("%q and %q", one, other)
	}
	// Just fits: 8 + 112 + 8 characters.
	fits := strings.Repeat("x", 112)
	if got := inferredLotCode(fits, 10); got != "receipt "+fits+" line 10" {
		t.Errorf("got %q", got)
	}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	before := []variance{
		{orderLine: 1, ordered: qty.FromInt(10), received: qty.FromInt(4)},
		{orderLine: 2, ordered: qty.FromInt(10), received: qty.FromInt(4)},
		{orderLine: 3, ordered: qty.FromInt(10), received: qty.FromInt(4)},
		{orderLine: 4, ordered: qty.FromInt(10), received: qty.FromInt(4)},
		{orderLine: 5, ordered: qty.MustParse("0.3")},
	}
	got := compare(before, []*arrival{
		{orderLine: 5, quantity: qty.MustParse("0.1")}, {orderLine: 5, quantity: qty.MustParse("0.2")},
		{orderLine: 4, quantity: qty.FromInt(7)}, {orderLine: 2, quantity: qty.FromInt(5)},
		{orderLine: 1, quantity: qty.FromInt(2)}, {orderLine: 1, quantity: qty.FromInt(4)},
	})
	want := []struct {
		line                 int32
		kind                 int
		received, difference string
	}{{1, 0, "10", "0"}, {2, -1, "9", "-1"}, {4, 1, "11", "1"}, {5, 0, "0.3", "0"}}
	if len(got) != len(want) {
		t.Fatalf("%d variances, want %d", len(got), len(want))
	}
	for i, w := range want {
		v := got[i]
		if v.orderLine != w.line || v.received.Cmp(v.ordered) != w.kind || v.received.String() != w.received || v.received.Sub(v.ordered).String() != w.difference {
			t.Errorf("variance %d: line %d, kind %d, received %s, difference %s; want %+v", i, v.orderLine, v.received.Cmp(v.ordered), v.received, v.received.Sub(v.ordered), w)
		}
	}
	if before[0].received.String() != "4" {
		t.Error("compare changed what it was given")
	}
}

func TestCheckLineNumbers(t *testing.T) {
	t.Parallel()
	lines := []orderLine{{path: "l[0]", number: 10}, {path: "l[1]", number: 20}, {path: "l[2]", number: 10}}
	if err := checkLineNumbers(lines[:2]); err != nil {
		t.Error(err)
	}
	err := checkLineNumbers(lines)
	if errs.Reason(err) != "DUPLICATE_LINE_NUMBER" || !strings.Contains(err.Error(), "l[2].line_number") || !strings.Contains(err.Error(), "l[0]") {
		t.Errorf("got %v", err)
	}
}

func TestCheckChange(t *testing.T) {
	t.Parallel()
	other := supplier{2002, "OTHER"}
	untouched := []standingLine{{1, "PLAIN", false}, {2, "DATED", false}}
	touched := []standingLine{{1, "PLAIN", true}, {2, "DATED", false}}
	keep1 := orderLine{path: "l[0]", number: 1, item: plain, quantity: qty.FromInt(99)}
	change1 := orderLine{path: "l[0]", number: 1, item: dated}
	keep2 := orderLine{path: "l[1]", number: 2, item: dated}
	change2 := orderLine{path: "l[1]", number: 2, item: plain}
	for name, c := range map[string]struct {
		is       supplier
		standing []standingLine
		pushed   []orderLine
		says     string // "" if allowed
	}{
		"nothing received, all changes": {other, untouched, []orderLine{change1}, ""},
		"quantity":                      {mill, touched, []orderLine{keep1, keep2}, ""},
		"other line's item":             {mill, touched, []orderLine{keep1, change2}, ""},
		"other line dropped":            {mill, touched, []orderLine{keep1}, ""},
		"supplier":                      {other, touched, []orderLine{keep1, keep2}, `"OTHER"`},
		"line dropped":                  {mill, touched, []orderLine{keep2}, "line 1"},
		"item":                          {mill, touched, []orderLine{keep2, change1}, "l[0].sku"},
	} {
		err := checkChange("PO-1", mill, c.is, c.standing, c.pushed)
		switch {
		case c.says == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.says != "" && (errs.Reason(err) != "LINE_IN_USE" || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), `"PO-1"`)):
			t.Errorf("%s: %v", name, err)
		}
	}
}
