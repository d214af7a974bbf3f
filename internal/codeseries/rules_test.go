package codeseries

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/resolve"
)

var march = time.Date(2026, 3, 25, 0, 0, 0, 0, time.UTC)

func want(itemID int64, pattern string, day time.Time) Want {
	return Want{Path: fmt.Sprintf("lines[%d]", itemID), Day: day, Item: &resolve.Item{ItemID: itemID, SKU: fmt.Sprint("SKU-", itemID), LotCodePattern: pattern}}
}

// What begins its numbers anew is a series of its own; they are sorted by item and scope,
// for they are locked in that order.
func TestGroup(t *testing.T) {
	t.Parallel()
	all, err := group([]Want{
		want(2, "{MM}-{##}", march), want(1, "B{##}", march), want(2, "{MM}-{##}", march.AddDate(0, 1, 0)), want(2, "{MM}-{##}", march.AddDate(0, 0, 1)), want(1, "B{##}", march),
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range all {
		got = append(got, fmt.Sprint(s.itemID, " ", s.scope, " ", s.wants))
	}
	if want := []string{"1 B{#} [1 4]", "2 03-{#} [0 3]", "2 04-{#} [2]"}; !slices.Equal(got, want) {
		t.Errorf("series %q, want %q", got, want)
	}
	if _, err := group([]Want{want(1, "no number", march)}); err == nil || !strings.Contains(err.Error(), "SKU-1") {
		t.Errorf("a pattern that is none: %v", err)
	}
}

// find goes through a series as Codes does.
func find(last int64, n int, pattern string, taken ...string) (codes []string, now int64, looked []int, err error) {
	var wants []Want
	for range n {
		wants = append(wants, want(1, pattern, march))
	}
	all, err := group(wants)
	if err != nil {
		return nil, 0, nil, err
	}
	s := all[0]
	s.last = last
	codes = make([]string, n)
	for err = s.look(nil); err == nil && len(s.wants) > 0; err = s.look(wants) {
		looked = append(looked, len(s.candidates))
		s.take(func(code string) bool { return slices.Contains(taken, code) }, codes)
		if len(s.wants) == 0 {
			break
		}
	}
	return codes, s.last, looked, err
}

func TestFind(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		last    int64
		n       int
		pattern string
		taken   []string
		codes   []string
		now     int64
		looked  []int
	}{
		"the first":           {0, 2, "N{###}", nil, []string{"N001", "N002"}, 2, []int{2}},
		"the next":            {41, 1, "N{###}", nil, []string{"N042"}, 42, []int{1}},
		"some by hand":        {0, 3, "N{###}", []string{"N001", "N003"}, []string{"N002", "N004", "N005"}, 5, []int{3, 6}},
		"only what is looked": {0, 1, "N{###}", []string{"N001", "N002", "N003"}, []string{"N004"}, 4, []int{1, 2, 4}},
		"the last":            {7, 2, "N{#}", nil, []string{"N8", "N9"}, 9, []int{2}},
		"the last, by hand":   {7, 1, "N{#}", []string{"N8"}, []string{"N9"}, 9, []int{1, 1}},
	} {
		codes, now, looked, err := find(c.last, c.n, c.pattern, c.taken...)
		if err != nil || !slices.Equal(codes, c.codes) || now != c.now || !slices.Equal(looked, c.looked) {
			t.Errorf("%s: %q, last %d, looked at %v, %v", name, codes, now, looked, err)
		}
	}
	for name, c := range map[string]struct {
		last  int64
		n     int
		taken []string
	}{"all used": {9, 1, nil}, "too few left": {8, 2, nil}, "the rest by hand": {7, 1, []string{"N8", "N9"}}} {
		_, _, _, err := find(c.last, c.n, "N{#}", c.taken...)
		var refusal *errs.Error
		if !errors.As(err, &refusal) || refusal.Reason != "LOT_CODES_EXHAUSTED" || refusal.Kind != errs.KindFailedPrecondition || refusal.Violations[0].Path != "lines[1].lot_code" || !strings.Contains(refusal.Message, "SKU-1") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// However many there are by hand, no more than maxLook are looked at together.
func TestFindFar(t *testing.T) {
	t.Parallel()
	var taken []string
	for i := range 5000 {
		taken = append(taken, fmt.Sprintf("N%06d", i+1))
	}
	codes, now, looked, err := find(0, 1, "N{######}", taken...)
	if err != nil || codes[0] != "N005001" || now != 5001 || slices.Max(looked) != maxLook || len(looked) > 16 {
		t.Errorf("%q, last %d, looked at %v, %v", codes, now, looked, err)
	}
}
