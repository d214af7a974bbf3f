package shelflife_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lottrail/lottrail/internal/civil"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/resolve"
	"github.com/lottrail/lottrail/internal/shelflife"
)

// dates reads "production/expiry/best before/removal", each of them perhaps empty,
// the last two perhaps left out.
func dates(text string) shelflife.Dates {
	parts := append(strings.Split(text, "/"), "", "")
	return shelflife.Dates{Production: date(parts[0]), Expiry: date(parts[1]), BestBefore: date(parts[2]), Removal: date(parts[3])}
}

func date(text string) *time.Time {
	if text == "" {
		return nil
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return &day
}

func format(d shelflife.Dates) string {
	text := fmt.Sprintf("%s/%s", civil.Format(d.Production), civil.Format(d.Expiry))
	if d.BestBefore != nil || d.Removal != nil {
		text += fmt.Sprintf("/%s/%s", civil.Format(d.BestBefore), civil.Format(d.Removal))
	}
	return text
}

// The day of all of these is 2026-03-25.
func TestComplete(t *testing.T) {
	t.Parallel()
	plain, shelf := resolve.Item{SKU: "S"}, resolve.Item{SKU: "S", ShelfLifeDays: 10}
	tracked, both := resolve.Item{SKU: "S", ExpiryTracked: true}, resolve.Item{SKU: "S", ExpiryTracked: true, ShelfLifeDays: 10}
	year := resolve.Item{SKU: "S", ShelfLifeDays: 365}
	cases := []struct {
		item   resolve.Item
		given  string
		want   string // or the reason, with the field
		reason string
	}{
		{plain, "/", "/", ""},
		{plain, "2026-03-20/", "2026-03-20/", ""},
		{plain, "/2026-03-20", "/2026-03-20", ""}, // has expired already: it is taken in all the same
		{plain, "2026-03-25/2026-03-25", "2026-03-25/2026-03-25", ""},
		{plain, "2026-03-25/2026-03-24", "line.expiry_date", "DATES_REVERSED"},
		{plain, "2026-03-26/", "line.production_date", "PRODUCTION_IN_THE_FUTURE"},
		{plain, "2026-03-26/2026-03-20", "line.production_date", "PRODUCTION_IN_THE_FUTURE"},
		{shelf, "/", "/2026-04-04", ""},
		{shelf, "2026-03-20/", "2026-03-20/2026-03-30", ""},
		{shelf, "2026-03-20/2026-05-01", "2026-03-20/2026-05-01", ""}, // what is given counts
		{tracked, "/", "line.expiry_date", "EXPIRY_DATE_REQUIRED"},
		{tracked, "2026-03-20/", "line.expiry_date", "EXPIRY_DATE_REQUIRED"},
		{tracked, "/2026-04-01", "/2026-04-01", ""},
		{both, "/", "/2026-04-04", ""},
		{plain, "//2026-04-01/2026-03-31", "//2026-04-01/2026-03-31", ""},
		{shelf, "//2026-05-01/", "//2026-05-01/", ""}, // what is promised is the lot's date, no shelf life is added
		{tracked, "//2026-05-01/", "//2026-05-01/", ""},
		{plain, "/2026-05-01/2026-05-01/2026-05-01", "/2026-05-01/2026-05-01/2026-05-01", ""},
		{plain, "/2026-05-01/2026-05-02/", "line.best_before_date", "DATES_REVERSED"},
		{plain, "/2026-05-01//2026-05-02", "line.removal_date", "DATES_REVERSED"},
		{plain, "//2026-05-01/2026-05-02", "line.removal_date", "DATES_REVERSED"},
		{shelf, "///2026-04-05", "line.removal_date", "DATES_REVERSED"}, // the shelf life ends the day before
		{plain, "2026-03-25//2026-03-24/", "line.best_before_date", "DATES_REVERSED"},
		{plain, "2026-03-25///2026-03-24", "line.removal_date", "DATES_REVERSED"},
		{year, "2024-02-29/", "2024-02-29/2025-02-28", ""}, // a leap day, and days, not years
	}
	for _, c := range cases {
		got, err := shelflife.Complete("line", &c.item, dates(c.given), *date("2026-03-25"))
		if c.reason != "" {
			wantRefusal(t, err, errs.KindInvalidArgument, c.reason, c.want)
			continue
		}
		if err != nil || format(got) != c.want {
			t.Errorf("%+v given %s: %s, %v; want %s", c.item, c.given, format(got), err, c.want)
		}
	}
	given := dates("2026-03-20/")
	if _, err := shelflife.Complete("line", &shelf, given, *date("2026-03-25")); err != nil || format(given) != "2026-03-20/" {
		t.Errorf("what was given has become %s, %v", format(given), err)
	}
}

func TestAgree(t *testing.T) {
	t.Parallel()
	cases := []struct{ has, given, field string }{
		{"/", "/", ""},
		{"2026-03-20/2026-04-01", "/", ""},
		{"2026-03-20/2026-04-01", "2026-03-20/2026-04-01", ""},
		{"2026-03-20/2026-04-01", "/2026-04-01", ""},
		{"2026-03-20/2026-04-01", "2026-03-21/2026-04-01", "line.production_date"},
		{"2026-03-20/2026-04-01", "2026-03-20/2026-04-02", "line.expiry_date"},
		{"2026-03-20/", "/2026-04-02", "line.expiry_date"},
		{"/2026-04-02", "2026-03-20/", "line.production_date"},
		{"//2026-04-01/2026-03-31", "/", ""},
		{"//2026-04-01/2026-03-31", "//2026-04-02/", "line.best_before_date"},
		{"//2026-04-01/2026-03-31", "///2026-04-01", "line.removal_date"},
	}
	for _, c := range cases {
		err := shelflife.Agree("line", "L-1", dates(c.has), dates(c.given))
		if c.field == "" {
			if err != nil {
				t.Errorf("%s given %s: %v", c.has, c.given, err)
			}
			continue
		}
		wantRefusal(t, err, errs.KindFailedPrecondition, "LOT_DIFFERS", c.field)
	}
	err := shelflife.Agree("line", "L-1", dates("/"), dates("/2026-04-02"))
	if err == nil || !strings.Contains(err.Error(), `lot "L-1" has no expiry date, not 2026-04-02`) {
		t.Errorf("message %v", err)
	}
}

func wantRefusal(t *testing.T, err error, kind errs.Kind, reason, field string) {
	t.Helper()
	var refusal *errs.Error
	if !errors.As(err, &refusal) || refusal.Kind != kind || refusal.Reason != reason || refusal.Violations[0].Path != field {
		t.Errorf("%v, want %s at %s", err, reason, field)
	}
}
