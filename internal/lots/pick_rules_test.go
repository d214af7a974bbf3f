package lots

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/shelflife"
)

var pickToday = time.Date(2026, 3, 25, 0, 0, 0, 0, time.UTC)

func pickDate(days int) *time.Time {
	day := pickToday.AddDate(0, 0, days)
	return &day
}

// lotOf is a lot with so many days left and its stock: "5@A", "5@A!" held there, "5@Q?"
// in quarantine, "5@-X" elsewhere at the site.
func lotOf(id int64, days int, stocks string, change ...func(*pickLot)) pickLot {
	lot := pickLot{lotID: id, code: fmt.Sprintf("L%d", id), receivedAt: pickToday.AddDate(0, 0, -int(id)), rotation: *pickDate(days)}
	lot.dates.Expiry = pickDate(days)
	for i, text := range strings.Fields(stocks) {
		amount, place, _ := strings.Cut(text, "@")
		s := pickStock{locationID: int64(i + 1), onHand: qty.MustParse(amount), inside: !strings.HasPrefix(place, "-"), quarantine: strings.HasSuffix(place, "?")}
		if strings.HasSuffix(place, "!") {
			s.held = "hold 1 (wet)"
		}
		s.code = strings.Trim(place, "-?!")
		lot.stocks = append(lot.stocks, s)
	}
	for _, c := range change {
		c(&lot)
	}
	return lot
}

func wishOf(need string, change ...func(*pickWish)) *pickWish {
	w := &pickWish{need: qty.MustParse(need), unit: "KGM", place: "STORE", day: pickToday, toShip: true}
	for _, c := range change {
		c(w)
	}
	return w
}

// told is a proposal in a line: what is picked, what is missing, what was passed over.
func told(p proposal) string {
	var parts []string
	for _, pick := range p.picks {
		parts = append(parts, fmt.Sprintf("%s of %s@%s %s", pick.quantity, pick.lot.code, pick.stock.code, pick.why.reason))
	}
	if !p.missing.IsZero() {
		parts = append(parts, "missing "+p.missing.String())
	}
	for _, over := range p.passed {
		parts = append(parts, "not "+over.lot.code+" "+over.why.reason)
	}
	return strings.Join(parts, ", ")
}

func TestPropose(t *testing.T) {
	t.Parallel()
	few := func(n int) func(*pickWish) { return func(w *pickWish) { w.maxLots = n } }
	made := func(days int) func(*pickLot) { return func(lot *pickLot) { lot.dates.Production = pickDate(days) } }
	undated := func(lot *pickLot) { lot.dates, lot.rotation = shelflife.Dates{}, *pickDate(99999) }
	bestBefore := func(lot *pickLot) { lot.dates.BestBefore, lot.dates.Expiry = lot.dates.Expiry, nil }
	remove := func(days int) func(*pickLot) { return func(lot *pickLot) { lot.dates.Removal = pickDate(days) } }
	held := func(lot *pickLot) { lot.held = "hold 1 (wet)" }
	reserved := func(quantity string) func(*pickLot) {
		return func(lot *pickLot) { lot.stocks[0].reserved = qty.MustParse(quantity) }
	}
	days := func(n int) func(*pickWish) { return func(w *pickWish) { w.minDays = n } }
	share := func(n int) func(*pickWish) { return func(w *pickWish) { w.minShare = n } }
	agreed := func(codes ...string) func(*pickWish) {
		return func(w *pickWish) {
			w.agreed = map[string]bool{}
			for _, c := range codes {
				w.agreed[c] = true
			}
		}
	}
	cases := map[string]struct {
		wish *pickWish
		lots []pickLot
		want string
	}{
		"first":                   {wishOf("5"), []pickLot{lotOf(1, 1, "5@A"), lotOf(2, 2, "5@A")}, "5 of L1@A FIRST_EXPIRED"},
		"first and next":          {wishOf("5.5"), []pickLot{lotOf(1, 1, "5@A"), lotOf(2, 2, "5@A")}, "5 of L1@A FIRST_EXPIRED, 0.5 of L2@A NEXT_EXPIRED"},
		"several places":          {wishOf("5.5"), []pickLot{lotOf(1, 1, "2@A 3@B"), lotOf(2, 2, "1@A 1@B")}, "2 of L1@A FIRST_EXPIRED, 3 of L1@B FIRST_EXPIRED, 0.5 of L2@A NEXT_EXPIRED"},
		"reserved in part":        {wishOf("5"), []pickLot{lotOf(1, 1, "5@A", reserved("2")), lotOf(2, 2, "5@A")}, "3 of L1@A FIRST_EXPIRED, 2 of L2@A NEXT_EXPIRED"},
		"reserved":                {wishOf("5"), []pickLot{lotOf(1, 1, "5@A", reserved("5")), lotOf(2, 2, "5@A")}, "5 of L2@A FIRST_EXPIRED, not L1 LOT_RESERVED"},
		"missing":                 {wishOf("11"), []pickLot{lotOf(1, 1, "5@A"), lotOf(2, 2, "5@A")}, "5 of L1@A FIRST_EXPIRED, 5 of L2@A NEXT_EXPIRED, missing 1"},
		"nothing":                 {wishOf("1"), nil, "missing 1"},
		"expired":                 {wishOf("5"), []pickLot{lotOf(1, -1, "5@A"), lotOf(2, 0, "5@A")}, "5 of L2@A FIRST_EXPIRED, not L1 LOT_EXPIRED"},
		"best before is past":     {wishOf("5"), []pickLot{lotOf(1, -1, "5@A", bestBefore), lotOf(2, 0, "5@A", bestBefore)}, "5 of L2@A FIRST_EXPIRED, not L1 LOT_EXPIRED"},
		"held":                    {wishOf("5"), []pickLot{lotOf(1, 1, "5@A", held), lotOf(2, 2, "5@A")}, "5 of L2@A FIRST_EXPIRED, not L1 LOT_HELD"},
		"held at one place":       {wishOf("5"), []pickLot{lotOf(1, 1, "5@A! 1@B"), lotOf(2, 2, "5@A")}, "1 of L1@B FIRST_EXPIRED, 4 of L2@A NEXT_EXPIRED"},
		"held at its place":       {wishOf("5"), []pickLot{lotOf(1, 1, "5@A!"), lotOf(2, 2, "5@A")}, "5 of L2@A FIRST_EXPIRED, not L1 LOT_HELD"},
		"in quarantine":           {wishOf("5"), []pickLot{lotOf(1, 1, "5@A?"), lotOf(2, 2, "5@A")}, "5 of L2@A FIRST_EXPIRED, not L1 IN_QUARANTINE"},
		"elsewhere":               {wishOf("5"), []pickLot{lotOf(1, 1, "5@-X 1@-Y"), lotOf(2, 2, "1@-X 5@A")}, "5 of L2@A FIRST_EXPIRED, not L1 ELSEWHERE"},
		"not at the site":         {wishOf("5"), []pickLot{lotOf(1, 1, ""), lotOf(2, 2, "5@A")}, "5 of L2@A FIRST_EXPIRED"},
		"removed":                 {wishOf("5"), []pickLot{lotOf(1, 9, "5@A", remove(-1)), lotOf(2, 10, "5@A", remove(0))}, "5 of L2@A FIRST_EXPIRED, not L1 LOT_PAST_REMOVAL"},
		"removed, to be used":     {wishOf("5", func(w *pickWish) { w.toShip = false }), []pickLot{lotOf(1, 9, "5@A", remove(-1))}, "5 of L1@A FIRST_EXPIRED"},
		"days left":               {wishOf("5", days(3)), []pickLot{lotOf(1, 2, "5@A"), lotOf(2, 3, "5@A")}, "5 of L2@A FIRST_EXPIRED, not L1 SHELF_LIFE_TOO_SHORT"},
		"days without a date":     {wishOf("5", days(3), share(50)), []pickLot{lotOf(1, 2, "5@A", undated)}, "5 of L1@A FIRST_EXPIRED"},
		"share left":              {wishOf("5", share(50)), []pickLot{lotOf(1, 4, "5@A", made(-5)), lotOf(2, 5, "5@A", made(-5))}, "5 of L2@A FIRST_EXPIRED, not L1 SHELF_LIFE_TOO_SHORT"},
		"share of the item's":     {wishOf("5", share(50), func(w *pickWish) { w.shelfLife = 10 }), []pickLot{lotOf(1, 4, "5@A"), lotOf(2, 5, "5@A")}, "5 of L2@A FIRST_EXPIRED, not L1 SHELF_LIFE_TOO_SHORT"},
		"share of nobody knows":   {wishOf("5", share(1)), []pickLot{lotOf(1, 4, "5@A")}, "missing 5, not L1 SHELF_LIFE_UNKNOWN"},
		"agreed":                  {wishOf("5", agreed("L2", "L3")), []pickLot{lotOf(1, 1, "5@A"), lotOf(2, 2, ""), lotOf(3, 3, "5@A"), lotOf(4, 4, "5@A")}, "5 of L3@A FIRST_EXPIRED, not L1 NOT_AGREED, not L2 NO_STOCK"},
		"a single lot":            {wishOf("5", few(1)), []pickLot{lotOf(1, 1, "4.999@A"), lotOf(2, 2, "2@A 3@B"), lotOf(3, 3, "9@A")}, "2 of L2@A FEWER_LOTS, 3 of L2@B FEWER_LOTS, not L1 TOO_LITTLE"},
		"a single lot, the first": {wishOf("5", few(1)), []pickLot{lotOf(1, 1, "5@A"), lotOf(2, 2, "5@A")}, "5 of L1@A FIRST_EXPIRED"},
		"no single lot has it":    {wishOf("5", few(1)), []pickLot{lotOf(1, 1, "3@A"), lotOf(2, 2, "4@A"), lotOf(3, 3, "4@A")}, "4 of L2@A FEWER_LOTS, missing 1, not L1 TOO_LITTLE, not L3 TOO_LITTLE"},
		"two lots":                {wishOf("10", few(2)), []pickLot{lotOf(1, 1, "1@A"), lotOf(2, 2, "8@A"), lotOf(3, 3, "2@A"), lotOf(4, 4, "9@A")}, "8 of L2@A FEWER_LOTS, 2 of L3@A FEWER_LOTS, not L1 TOO_LITTLE"},
		"two lots, the earliest":  {wishOf("10", few(2)), []pickLot{lotOf(1, 1, "1@A"), lotOf(2, 2, "10@A")}, "1 of L1@A FIRST_EXPIRED, 9 of L2@A NEXT_EXPIRED"},
		"more lots than needed":   {wishOf("3", few(5)), []pickLot{lotOf(1, 1, "1@A"), lotOf(2, 2, "1@A"), lotOf(3, 3, "2@A")}, "1 of L1@A FIRST_EXPIRED, 1 of L2@A NEXT_EXPIRED, 1 of L3@A NEXT_EXPIRED"},
	}
	for name, c := range cases {
		got, enough := propose(c.wish, c.lots, pickTaken{}, false)
		if told(got) != c.want || !enough {
			t.Errorf("%s:\n  %s (%v)\nwant\n  %s", name, told(got), enough, c.want)
		}
		for _, over := range got.passed {
			if over.why.text == "" {
				t.Errorf("%s: %s without words", name, over.why.reason)
			}
		}
	}
}

// What is proposed for one line is not proposed for the next, and with more to read
// nothing is settled that is not complete.
func TestProposeGoesOn(t *testing.T) {
	t.Parallel()
	lots := []pickLot{lotOf(1, 1, "5@A"), lotOf(2, 2, "5@A")}
	taken := pickTaken{{1, 1}: qty.MustParse("5"), {2, 1}: qty.MustParse("1")}
	got, enough := propose(wishOf("4"), lots, taken, true)
	if want := "4 of L2@A FIRST_EXPIRED, not L1 PROPOSED_BEFORE"; told(got) != want || !enough {
		t.Errorf("%s (%v), want %s", told(got), enough, want)
	}
	if got, enough = propose(wishOf("4.5"), lots, taken, true); enough {
		t.Errorf("%s is enough, with more to read", told(got))
	}
	many := make([]pickLot, maxPicks+1)
	for i := range many {
		many[i] = lotOf(int64(i), 1, "1@A")
	}
	if got, enough = propose(wishOf("1001"), many, pickTaken{}, true); !enough || !got.cut || len(got.picks) != maxPicks || got.missing.String() != "1" || len(got.passed) > 0 {
		t.Errorf("%d picks, missing %s, cut %v, %d passed", len(got.picks), got.missing, got.cut, len(got.passed))
	}
}

// Lots are looked at in a few chunks, and not many more than it takes.
func TestNextChunk(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		last, looked  int32
		need, missing string
		maxLots       int
		want          int32
	}{
		"nothing was found yet":           {16, 16, "100", "100", 0, 32},
		"a little is missing":             {16, 16, "100", "1", 0, 32},
		"ten times as much is missing":    {16, 16, "110", "100", 0, 16 + 160},
		"hardly anything was found":       {16, 16, "1000000", "999999", 0, maxChunk},
		"a chunk is as large as it gets":  {maxChunk, 6000, "2", "1", 0, maxChunk},
		"the fullest lots are wanted":     {16, 16, "110", "100", 3, 32},
		"much was looked at for a little": {64, 80, "12", "2", 0, 160},
	} {
		w := &pickWish{need: qty.MustParse(c.need), maxLots: c.maxLots}
		if got := nextChunk(c.last, c.looked, w, qty.MustParse(c.missing)); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}
