package trace

import (
	"time"

	"github.com/lottrail/lottrail/internal/errs"
)

// checkWindow refuses a window in which there is no time, and one of which quantities are
// to be attributed: those need all that moved.
func checkWindow(from, until, asOf *time.Time, attribute bool) error {
	if from != nil && until != nil && !from.Before(*until) {
		return errs.Invalid("filter.until", "CONTRADICTORY", "%s is not after filter.from, %s, so nothing lies within; give a later moment, or leave one of them out",
			until.Format(time.RFC3339Nano), from.Format(time.RFC3339Nano))
	}
	if from != nil && asOf != nil && from.After(*asOf) {
		return errs.Invalid("filter.from", "CONTRADICTORY", "%s is after as_of, %s, so nothing lies within; give an earlier moment, or leave one of them out",
			from.Format(time.RFC3339Nano), asOf.Format(time.RFC3339Nano))
	}
	if attribute {
		return errs.Invalid("attribute", "CONTRADICTORY", "quantities cannot be attributed by what moved within a window alone; leave out attribute, or filter.from and filter.until")
	}
	return nil
}
