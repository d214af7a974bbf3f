package lots

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/queries"
)

func TestNeedsRecount(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tolerance, expected, counted string
		earlier                      string // variance of the reading before; "" if none
		want                         bool
	}{
		{"", "10", "0", "", false},
		{"0", "10", "10", "", false},
		{"0", "10", "9.999", "", true},
		{"10", "10", "9", "", false},
		{"10", "10", "11", "", false},
		{"10", "10", "8.999", "", true},
		{"10", "10", "11.001", "", true},
		{"2.5", "0.000000004", "0.000000003", "", true},
		{"100", "0", "1", "", true}, // nothing was expected: any is too far off
		{"0", "10", "8", "-2", false},
		{"0", "5", "3", "-2", false}, // what was moved in between does not matter
		{"0", "10", "8", "-3", true},
		{"0", "10", "8", "2", true},
		{"0", "0", "0", "0", false},
	} {
		var tolerance *qty.Decimal
		if c.tolerance != "" {
			percent := qty.MustParse(c.tolerance)
			tolerance = &percent
		}
		var earlier qty.Decimal
		if c.earlier != "" {
			earlier = qty.MustParse(c.earlier)
		}
		if got := needsRecount(tolerance, qty.MustParse(c.expected), qty.MustParse(c.counted), c.earlier != "", earlier); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

func TestDoubtOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		expected, counted, now string
		since                  since
		want                   string // part of the doubt; "" if there is none
	}{
		{"10", "8", "10", since{}, ""},
		{"10", "8", "5", since{net: qty.MustParse("-5")}, ""},
		{"10", "8", "12", since{net: qty.MustParse("2")}, ""},
		{"10", "8", "2", since{net: qty.MustParse("-8")}, ""},
		{"0", "3", "0", since{}, ""},
		{"10", "8", "1", since{net: qty.MustParse("-9")}, "only 1 are left now, and 2 were missed"},
		{"10", "8", "8", since{net: qty.MustParse("-2")}, "as much as the variance"},
		{"10", "13", "13", since{net: qty.MustParse("3")}, "as much as the variance"},
		{"10", "8", "9", since{}, "while it was counted"},
		{"10", "8", "5", since{net: qty.MustParse("-4")}, "while it was counted"},
		{"10", "8", "9", since{net: qty.MustParse("-1"), late: true}, "happened before"},
		{"10", "8", "11", since{net: qty.MustParse("1"), takeBack: true}, "taken back"},
		{"10", "8", "9", since{net: qty.MustParse("-1"), adjusted: true}, "adjusted"},
		{"10", "8", "10", since{adjusted: true}, "adjusted"}, // adjusted to and fro
	} {
		got := doubtOf(qty.MustParse(c.expected), qty.MustParse(c.counted), qty.MustParse(c.now), c.since)
		if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%+v: %q", c, got)
		}
	}
}

func TestRefuseProblems(t *testing.T) {
	t.Parallel()
	if err := refuseProblems("C", nil); err != nil {
		t.Error(err)
	}
	var problems []problem
	for i := range 7 {
		line := &countedLine{row: queries.CountListLineRow{Number: int32(i + 1), SKU: "S", LotCode: fmt.Sprint("L", i+1), LocationCode: "A"}}
		problems = append(problems, problem{line, problemDoubtful, "no"})
	}
	untracked := &countedLine{row: queries.CountListLineRow{Number: 8, SKU: "S", LocationCode: "A"}}
	for _, c := range []struct {
		problems     []problem
		reason, says string
	}{
		{problems, problemDoubtful, `line 5 (lot "L5" of item "S" at "A"): no; and 2 more; count them again, or set leave_out`},
		{append(problems[:1:1], problem{untracked, problemRecount, "why"}), problemRecount, `line 8 (item "S" at "A"): why; count them again`},
		{append(problems[:1:1], problem{untracked, problemOpen, "why"}, problem{untracked, problemRecount, "why"}), problemOpen, "with 0 where nothing is"},
	} {
		err, ok := refuseProblems("C", c.problems).(*errs.Error) //nolint:errorlint // as it is made
		if !ok || err.Reason != c.reason || !strings.Contains(err.Message, c.says) || strings.Contains(err.Message, "L6") {
			t.Errorf("%v, want %s with %s", err, c.reason, c.says)
		}
	}
}
