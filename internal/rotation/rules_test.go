package rotation

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/qty"
)

func day(n int) time.Time { return time.Date(2026, 3, n, 0, 0, 0, 0, time.UTC) }

// stock is "lot day quantity", at location 1.
func stock(t testing.TB, text string) Stock {
	t.Helper()
	var lot, n int
	var quantity string
	if _, err := fmt.Sscan(text, &lot, &n, &quantity); err != nil {
		t.Fatal(err)
	}
	return Stock{LotID: int64(lot), LotCode: fmt.Sprintf("L%d", lot), LastDay: day(n), LocationID: 1, LocationCode: "A", Quantity: qty.MustParse(quantity)}
}

func take(t testing.TB, text string, change ...func(*taking)) taking {
	t.Helper()
	s := stock(t, text)
	taken := taking{path: "lines[0]", sku: "MILK", lot: s.LotCode, unit: "LTR", lastDay: s.LastDay, key: stockKey{s.LotID, s.LocationID}, quantity: s.Quantity}
	for _, c := range change {
		c(&taken)
	}
	return taken
}

func TestJudge(t *testing.T) {
	t.Parallel()
	enforced := func(x *taking) { x.enforced = true }
	given := func(x *taking) { x.reason = "customer wants it" }
	undated := func(x *taking) { x.lastDay = noLastDay }
	for name, c := range map[string]struct {
		takings []taking
		earlier []string
		want    string // for each taking what was passed over; or the refusal
	}{
		"in rotation":                    {[]taking{take(t, "1 5 1", enforced)}, nil, "in"},
		"same day":                       {[]taking{take(t, "1 5 1", enforced)}, []string{"2 5 9"}, "in"},
		"out of rotation":                {[]taking{take(t, "1 5 1")}, []string{"2 4 9", "3 4 1", "4 5 1"}, "9 of L2, 1 of L3"},
		"with a reason":                  {[]taking{take(t, "1 5 1", enforced, given)}, []string{"2 4 9"}, "9 of L2"},
		"refused":                        {[]taking{take(t, "1 5 1", enforced)}, []string{"2 4 9", "3 4 1"}, `lot "L1" of item "MILK" (last day 2026-03-05) is out of rotation: before it comes lot "L2" (last day 2026-03-04; 9 LTR at "A"), lot "L3" (last day 2026-03-04; 1 LTR at "A"); take that first, or give out_of_rotation_reason`},
		"refused without a last day":     {[]taking{take(t, "1 5 1", enforced, undated)}, []string{"2 4 9"}, `lot "L1" of item "MILK" (no last day) is out of rotation`},
		"what goes with it is not there": {[]taking{take(t, "1 5 1", enforced), take(t, "2 4 9", enforced)}, []string{"2 4 9"}, "in; in"},
		"what is left of it is":          {[]taking{take(t, "1 5 1"), take(t, "2 4 8.5")}, []string{"2 4 9"}, "0.5 of L2; in"},
		"in two parts":                   {[]taking{take(t, "1 5 1"), take(t, "2 4 4"), take(t, "2 4 5")}, []string{"2 4 9"}, "in; in; in"},
		"some of many":                   {[]taking{take(t, "9 9 1")}, []string{"1 1 1", "2 1 1", "3 1 1", "4 1 1", "5 1 1", "6 1 1"}, "1 of L1, 1 of L2, 1 of L3, 1 of L4, 1 of L5"},
	} {
		for i := range c.takings {
			for _, text := range c.earlier {
				c.takings[i].earlier = append(c.takings[i].earlier, stock(t, text))
			}
		}
		judged, err := judge(c.takings)
		var refusal *errs.Error
		if errors.As(err, &refusal) {
			if refusal.Kind != errs.KindFailedPrecondition || refusal.Reason != "OUT_OF_ROTATION" || refusal.Violations[0].Path != "lines[0].out_of_rotation_reason" || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v, want %s", name, err, c.want)
			}
			continue
		}
		var parts []string
		for i, j := range judged {
			var passed []string
			for _, s := range j.Passed {
				passed = append(passed, s.Quantity.String()+" of "+s.LotCode)
			}
			if j.InRotation != (len(passed) == 0) || j.Reason != c.takings[i].reason {
				t.Errorf("%s: %+v", name, j)
			}
			if j.InRotation {
				passed = []string{"in"}
			}
			parts = append(parts, strings.Join(passed, ", "))
		}
		if got := strings.Join(parts, "; "); got != c.want || err != nil {
			t.Errorf("%s: %s, %v, want %s", name, got, err, c.want)
		}
	}
}

// It is refused if and only if, with all of the operation taken, something is left of a
// lot with an earlier last day, and no reason is given.
func TestJudgeWhatIsLeft(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		left := map[int]int{}
		days := rapid.SliceOfN(rapid.IntRange(1, 4), 5, 5).Draw(r, "days")
		var earlier []Stock
		for d := 1; d <= 4; d++ { // in order
			for lot := range days {
				if days[lot] == d {
					left[lot] = rapid.IntRange(1, 3).Draw(r, "on hand")
					earlier = append(earlier, stock(t, fmt.Sprintf("%d %d %d", lot, d, left[lot])))
				}
			}
		}
		var takings []taking
		for range rapid.IntRange(1, 4).Draw(r, "lines") {
			lot := rapid.IntRange(0, 4).Draw(r, "lot")
			if left[lot] == 0 {
				continue
			}
			n := rapid.IntRange(1, left[lot]).Draw(r, "quantity")
			left[lot] -= n
			x := take(t, fmt.Sprintf("%d %d %d", lot, days[lot], n))
			x.earlier, x.enforced = earlier, rapid.Bool().Draw(r, "enforced")
			if rapid.Bool().Draw(r, "reason given") {
				x.reason = "why"
			}
			takings = append(takings, x)
		}
		refused := false
		var out []bool
		for _, x := range takings {
			passes := false
			for lot, n := range left {
				passes = passes || n > 0 && day(days[lot]).Before(x.lastDay)
			}
			out = append(out, passes)
			refused = refused || passes && x.enforced && x.reason == ""
		}
		judged, err := judge(takings)
		if (err != nil) != refused {
			r.Fatalf("%v, want refused %v", err, refused)
		}
		for i, j := range judged {
			if j.InRotation == out[i] {
				r.Fatalf("taking %d in rotation %v", i, j.InRotation)
			}
		}
	})
}
