// Package shelflife decides the dates of a lot that comes into being, by
// receipt or by run. It is pure.
package shelflife

import (
	"time"

	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/resolve"
)

// Dates are the dates of a lot; nil where there is none.
type Dates struct {
	Production *time.Time
	Expiry     *time.Time
}

// Complete checks the dates that were given for a lot and adds the expiry date
// by the item's shelf life, counted from the production date, else from the day
// on which the lot came into being. path is the line's path in the request.
//
// Errors: DATES_REVERSED, PRODUCTION_IN_THE_FUTURE, and EXPIRY_DATE_REQUIRED
// for an item whose expiry is tracked when none can be told.
func Complete(path string, item *resolve.Item, given Dates, day time.Time) (Dates, error) {
	if given.Production != nil && given.Production.After(day) {
		return given, errs.Invalid(path+".production_date", "PRODUCTION_IN_THE_FUTURE", "%s is after %s, the day on which it was posted to have happened; check both",
			given.Production.Format(time.DateOnly), day.Format(time.DateOnly))
	}
	if given.Expiry == nil && item.ShelfLifeDays > 0 {
		from := day
		if given.Production != nil {
			from = *given.Production
		}
		expiry := from.AddDate(0, 0, item.ShelfLifeDays)
		given.Expiry = &expiry
	}
	if given.Expiry == nil && item.ExpiryTracked {
		return given, errs.Invalid(path+".expiry_date", "EXPIRY_DATE_REQUIRED", "item %q has its expiry tracked; give the date, or set a shelf life on the item", item.SKU)
	}
	if given.Expiry != nil && given.Production != nil && given.Expiry.Before(*given.Production) {
		return given, errs.Invalid(path+".expiry_date", "DATES_REVERSED", "expiry date %s is before production date %s; check which is which",
			given.Expiry.Format(time.DateOnly), given.Production.Format(time.DateOnly))
	}
	return given, nil
}

// Agree says whether dates given for more of a lot agree with those that it
// has. A date that is left out is as the lot has it.
func Agree(path string, lotCode string, has, given Dates) error {
	if err := agree(path+".production_date", "production date", lotCode, has.Production, given.Production); err != nil {
		return err
	}
	return agree(path+".expiry_date", "expiry date", lotCode, has.Expiry, given.Expiry)
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
