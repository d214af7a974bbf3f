package shelflife_test

import (
	"strings"
	"testing"

	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/resolve"
	"github.com/lottrail/lottrail/internal/shelflife"
)

// The day of all of these is 2026-03-25. Dates are production/expiry/best
// before/removal; what is to be dropped is named by its first letter.
func TestChange(t *testing.T) {
	t.Parallel()
	plain, tracked := resolve.Item{SKU: "S"}, resolve.Item{SKU: "S", ExpiryTracked: true, ShelfLifeDays: 10}
	const has = "2026-03-01/2026-04-01/2026-03-30/2026-03-28"
	cases := []struct {
		item             resolve.Item
		has, given, drop string
		retest           string
		want             string // or the field
		reason           string
	}{
		{plain, has, "/2026-03-31", "", "", "2026-03-01/2026-03-31/2026-03-30/2026-03-28", ""},
		{plain, has, "///2026-03-30", "", "", "2026-03-01/2026-04-01/2026-03-30/2026-03-30", ""},
		{plain, has, "2026-02-01/", "", "", "2026-02-01/2026-04-01/2026-03-30/2026-03-28", ""},
		{plain, has, "/", "pr", "", "/2026-04-01/2026-03-30/", ""},
		{plain, has, "/2026-04-02", "", "LAB-7", "2026-03-01/2026-04-02/2026-03-30/2026-03-28", ""},
		{plain, has, "/2026-04-02", "", "", "retest_reference", "RETEST_REFERENCE_REQUIRED"},
		{plain, has, "//2026-03-31/", "", "", "retest_reference", "RETEST_REFERENCE_REQUIRED"},
		{plain, has, "/", "e", "", "retest_reference", "RETEST_REFERENCE_REQUIRED"},
		{plain, has, "/", "b", "", "retest_reference", "RETEST_REFERENCE_REQUIRED"},
		{plain, has, "/", "eb", "LAB-7", "2026-03-01///2026-03-28", ""},                                  // a removal date needs no last day
		{plain, "//2026-03-30/", "/2026-04-10", "", "", "retest_reference", "RETEST_REFERENCE_REQUIRED"}, // the last day moves
		{plain, "//2026-03-30/", "/2026-03-30", "", "", "/2026-03-30/2026-03-30/", ""},
		{plain, "/", "/2026-04-10", "", "", "/2026-04-10", ""}, // it had none: that is less than before
		{plain, has, "/", "", "", "lot_code", "DATES_UNCHANGED"},
		{plain, has, has, "", "", "lot_code", "DATES_UNCHANGED"},
		{plain, "/", "/", "pebr", "", "lot_code", "DATES_UNCHANGED"},
		{plain, has, "/2026-03-31", "e", "", "expiry_date", "DATE_DROPPED"},
		{plain, has, "2026-03-26/", "", "", "production_date", "PRODUCTION_IN_THE_FUTURE"},
		{plain, has, "/2026-02-28", "", "", "expiry_date", "DATES_REVERSED"},
		{plain, has, "/2026-03-29", "", "", "best_before_date", "DATES_REVERSED"},
		{plain, has, "///2026-04-02", "", "", "removal_date", "DATES_REVERSED"},
		{tracked, "/2026-04-01", "/", "e", "LAB-7", "expiry_date", "EXPIRY_DATE_REQUIRED"},
		{tracked, "/2026-04-01", "//2026-04-01/", "e", "LAB-7", "//2026-04-01/", ""},
	}
	for _, c := range cases {
		wish := shelflife.Wish{Given: dates(c.given), Retest: c.retest}
		wish.Drop.Production, wish.Drop.Expiry = strings.Contains(c.drop, "p"), strings.Contains(c.drop, "e")
		wish.Drop.BestBefore, wish.Drop.Removal = strings.Contains(c.drop, "b"), strings.Contains(c.drop, "r")
		was := dates(c.has)
		got, err := shelflife.Change(&c.item, "L", was, wish, *date("2026-03-25"))
		if format(was) != format(dates(c.has)) {
			t.Errorf("%+v: what the lot had became %s", c, format(was))
		}
		if c.reason == "" {
			if err != nil || format(got) != format(dates(c.want)) {
				t.Errorf("%+v: %s, %v", c, format(got), err)
			}
			continue
		}
		kind := errs.KindInvalidArgument
		if c.reason == "RETEST_REFERENCE_REQUIRED" || c.reason == "DATES_UNCHANGED" {
			kind = errs.KindFailedPrecondition
		}
		wantRefusal(t, err, kind, c.reason, c.want)
	}
}

func TestLeftOn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		dates, today string
		want         shelflife.Left
	}{
		{"2026-03-01/2026-03-31", "2026-03-01", shelflife.Left{Days: 30, ShelfLife: 30, Percent: 100, Known: true}},
		{"2026-03-01/2026-03-31", "2026-03-11", shelflife.Left{Days: 20, ShelfLife: 30, Percent: 66, Known: true}},
		{"2026-03-01/2026-03-31", "2026-03-31", shelflife.Left{ShelfLife: 30, Known: true}},
		{"2026-03-01/2026-03-31", "2026-04-01", shelflife.Left{Days: -1, ShelfLife: 30, Known: true}},
		{"2026-03-01/2026-03-31", "2026-02-01", shelflife.Left{Days: 58, ShelfLife: 30, Percent: 100, Known: true}},
		{"/2026-03-31", "2026-03-11", shelflife.Left{Days: 20}},
		{"2026-03-01//2026-03-11/", "2026-03-06", shelflife.Left{Days: 5, ShelfLife: 10, Percent: 50, Known: true}},
		{"2026-03-01/2026-03-21/2026-03-11/", "2026-03-11", shelflife.Left{Days: 10, ShelfLife: 20, Percent: 50, Known: true}},
		{"2026-03-31/2026-03-31", "2026-03-31", shelflife.Left{Known: true}},
		{"1969-12-01/1969-12-31", "1969-12-30", shelflife.Left{Days: 1, ShelfLife: 30, Percent: 3, Known: true}},
	} {
		if got := dates(c.dates).LeftOn(*date(c.today)); got != c.want {
			t.Errorf("%s on %s: %+v, want %+v", c.dates, c.today, got, c.want)
		}
	}
}

func TestSuggest(t *testing.T) {
	t.Parallel()
	little := shelflife.Thresholds{Days: 3, Percent: 10}
	for _, c := range []struct {
		dates, today string
		want         shelflife.Action
	}{
		{"/2026-03-31", "2026-03-27", shelflife.UseFirst},
		{"/2026-03-31", "2026-03-28", shelflife.SellAtDiscount},
		{"/2026-03-31", "2026-03-31", shelflife.SellAtDiscount},
		{"/2026-03-31", "2026-04-01", shelflife.Dispose},
		{"//2026-03-31/", "2026-04-01", shelflife.Retest},
		{"//2026-03-31/", "2026-03-31", shelflife.SellAtDiscount},
		{"/2026-05-31/2026-03-31/", "2026-03-31", shelflife.UseFirst},
		{"/2026-05-31/2026-03-31/", "2026-04-01", shelflife.SellAtDiscount},
		{"/2026-05-31/2026-03-31/2026-03-20", "2026-04-01", shelflife.UseFirst}, // it may not be shipped
		{"/2026-03-31//2026-03-28", "2026-03-28", shelflife.SellAtDiscount},
		{"/2026-03-31//2026-03-28", "2026-03-29", shelflife.UseFirst},
		{"/2026-03-31//2026-03-28", "2026-04-01", shelflife.Dispose},
		{"2025-12-21/2026-03-31", "2026-03-20", shelflife.UseFirst},       // 11 of 100 days
		{"2025-12-21/2026-03-31", "2026-03-21", shelflife.SellAtDiscount}, // 10
	} {
		if got := shelflife.Suggest(dates(c.dates), *date(c.today), little); got != c.want {
			t.Errorf("%s on %s: %s, want %s", c.dates, c.today, got, c.want)
		}
	}
	if got := shelflife.Suggest(dates("2026-01-01/2026-03-31"), *date("2026-01-01"), shelflife.Thresholds{Days: 0, Percent: 0}); got != shelflife.UseFirst {
		t.Errorf("nothing is little: %s", got)
	}
}
