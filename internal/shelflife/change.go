package shelflife

import (
	"time"

	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/resolve"
)

// Wish is how somebody wants the dates of a lot to be: those given are to be as
// given, those dropped are to be no more, the others stay.
type Wish struct {
	Given  Dates
	Drop   struct{ Production, BestBefore, Expiry, Removal bool }
	Retest string
}

// Change decides what the dates of a lot become. day is that on which it is asked.
//
// Errors: DATE_DROPPED for a date that is given and dropped, DATES_UNCHANGED,
// RETEST_REFERENCE_REQUIRED for what makes the lot good for longer without a test
// that says so, and those of Complete.
func Change(item *resolve.Item, lotCode string, has Dates, wish Wish, day time.Time) (Dates, error) {
	is := has
	for _, d := range []struct {
		field string
		date  **time.Time
		given *time.Time
		drop  bool
	}{
		{"production_date", &is.Production, wish.Given.Production, wish.Drop.Production},
		{"best_before_date", &is.BestBefore, wish.Given.BestBefore, wish.Drop.BestBefore},
		{"expiry_date", &is.Expiry, wish.Given.Expiry, wish.Drop.Expiry},
		{"removal_date", &is.Removal, wish.Given.Removal, wish.Drop.Removal},
	} {
		switch {
		case d.given != nil && d.drop:
			return has, errs.Invalid(d.field, "DATE_DROPPED", "%s is given and is in drop_dates, too; give it, or drop it", d.given.Format(time.DateOnly))
		case d.given != nil:
			*d.date = d.given
		case d.drop:
			*d.date = nil
		}
	}
	if same(is.Production, has.Production) && same(is.BestBefore, has.BestBefore) && same(is.Expiry, has.Expiry) && same(is.Removal, has.Removal) {
		return has, errs.Precondition("lot_code", "DATES_UNCHANGED", "lot %q of item %q has these dates already; get the lot to see them, and give what is to be different", lotCode, item.SKU)
	}
	if err := check("", item, is, day); err != nil {
		return has, err
	}
	if longer := extended(has, is); longer != "" && wish.Retest == "" {
		return has, errs.Precondition("retest_reference", "RETEST_REFERENCE_REQUIRED", "lot %q of item %q would be good for longer: %s; name the test that says so, or keep the date",
			lotCode, item.SKU, longer)
	}
	return is, nil
}

func same(a, b *time.Time) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(*b)
}

// extended says in words how the lot becomes good for longer, "" if it does not. A lot
// with a best-before date alone is also extended by an expiry date behind that: it is
// the expiry date that counts then.
func extended(was, is Dates) string {
	_, bestBefore, expiry, _ := is.named()
	for _, pair := range []struct {
		is  named
		was *time.Time
	}{{expiry, was.Expiry}, {bestBefore, was.BestBefore}, {named{name: "its last day", date: is.LastDay()}, was.LastDay()}} {
		switch {
		case pair.was == nil:
		case pair.is.date == nil:
			return pair.is.name + " none instead of " + pair.was.Format(time.DateOnly)
		case pair.is.date.After(*pair.was):
			return pair.is.name + " " + pair.is.date.Format(time.DateOnly) + " instead of " + pair.was.Format(time.DateOnly)
		}
	}
	return ""
}
