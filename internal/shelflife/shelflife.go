// Package shelflife decides on the dates of lots: those of a lot that comes into
// being, by receipt or by run, whether they may be changed, how much of a shelf life
// is left, and what to do about it. It is pure.
package shelflife

import (
	"time"

	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/resolve"
)

// Dates are the dates of a lot; nil where there is none.
type Dates struct {
	Production *time.Time
	BestBefore *time.Time // the last day on which it is as good as promised
	Expiry     *time.Time // the last day on which it may be used
	Removal    *time.Time // the last day on which it may be shipped
}

// LastDay is the day that counts: the expiry date, else the best-before date, nil if
// there is neither.
func (d Dates) LastDay() *time.Time {
	if d.Expiry != nil {
		return d.Expiry
	}
	return d.BestBefore
}

// Complete checks the dates that were given for a lot and adds the expiry date
// by the item's shelf life, counted from the production date, else from the day
// on which the lot came into being. Where a best-before date was given, none is
// added: that is then the date of the lot. path is the line's path in the request.
//
// Errors: DATES_REVERSED, PRODUCTION_IN_THE_FUTURE, and EXPIRY_DATE_REQUIRED
// for an item whose expiry is tracked when none can be told.
func Complete(path string, item *resolve.Item, given Dates, day time.Time) (Dates, error) {
	if given.LastDay() == nil && item.ShelfLifeDays > 0 {
		from := day
		if given.Production != nil {
			from = *given.Production
		}
		expiry := from.AddDate(0, 0, item.ShelfLifeDays)
		given.Expiry = &expiry
	}
	return given, check(path+".", item, given, day)
}

// check says whether a lot may have these dates. prefix goes before the names of
// their fields.
func check(prefix string, item *resolve.Item, d Dates, day time.Time) error {
	if d.Production != nil && d.Production.After(day) {
		return errs.Invalid(prefix+"production_date", "PRODUCTION_IN_THE_FUTURE", "%s is after %s, the day on which it was posted to have happened; check both",
			d.Production.Format(time.DateOnly), day.Format(time.DateOnly))
	}
	if d.LastDay() == nil && item.ExpiryTracked {
		return errs.Invalid(prefix+"expiry_date", "EXPIRY_DATE_REQUIRED", "item %q has its expiry tracked; give the date, or set a shelf life on the item", item.SKU)
	}
	return checkOrder(prefix, d)
}

// named is a date with what people call it and the field that it is given in.
type named struct {
	name, field string
	date        *time.Time
}

func (d Dates) named() (production, bestBefore, expiry, removal named) {
	return named{"production date", "production_date", d.Production}, named{"best-before date", "best_before_date", d.BestBefore},
		named{"expiry date", "expiry_date", d.Expiry}, named{"removal date", "removal_date", d.Removal}
}

// checkOrder refuses dates of which one cannot be before another.
func checkOrder(prefix string, d Dates) error {
	production, bestBefore, expiry, removal := d.named()
	last := expiry
	if last.date == nil {
		last = bestBefore
	}
	for _, pair := range []struct {
		earlier, later named
		field          string
	}{
		{production, expiry, expiry.field},
		{production, bestBefore, bestBefore.field},
		{production, removal, removal.field},
		{bestBefore, expiry, bestBefore.field},
		{removal, last, removal.field},
	} {
		if pair.earlier.date == nil || pair.later.date == nil || !pair.later.date.Before(*pair.earlier.date) {
			continue
		}
		return errs.Invalid(prefix+pair.field, "DATES_REVERSED", "%s %s is before %s %s; check which is which",
			pair.later.name, pair.later.date.Format(time.DateOnly), pair.earlier.name, pair.earlier.date.Format(time.DateOnly))
	}
	return nil
}

// Agree says whether dates given for more of a lot agree with those that it
// has. A date that is left out is as the lot has it.
func Agree(path string, lotCode string, has, given Dates) error {
	production, bestBefore, expiry, removal := given.named()
	for _, pair := range []struct {
		given named
		has   *time.Time
	}{{production, has.Production}, {bestBefore, has.BestBefore}, {expiry, has.Expiry}, {removal, has.Removal}} {
		if err := agree(path+"."+pair.given.field, pair.given.name, lotCode, pair.has, pair.given.date); err != nil {
			return err
		}
	}
	return nil
}

func agree(path, name, lotCode string, has, given *time.Time) error {
	if given == nil || (has != nil && given.Equal(*has)) {
		return nil
	}
	what := "no " + name
	if has != nil {
		what = name + " " + has.Format(time.DateOnly)
	}
	return errs.Precondition(path, "LOT_DIFFERS", "lot %q has %s, not %s; leave the date out if the goods are the lot's, or use another lot code for goods of another date", lotCode, what, given.Format(time.DateOnly))
}
