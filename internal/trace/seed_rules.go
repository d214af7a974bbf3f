package trace

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/lottrail/lottrail/internal/errs"
)

// checkAsked refuses a request that does not say what to trace, or says it twice. A scan
// has filled sku and lot code by then.
func checkAsked(sku, lotCode string, seeds int) error {
	const say = "say what to trace: give sku and lot_code, or a scan of both, or seeds"
	switch {
	case seeds > 0 && sku+lotCode != "":
		return errs.Invalid("seeds", "SEED_TWICE", "a lot is given beside them by sku and lot_code, or by a scan; make it one of the seeds, or leave them out")
	case seeds > 0 || sku != "" && lotCode != "":
		return nil
	case sku+lotCode == "":
		missing := func(path string) errs.Violation {
			return errs.Violation{Path: path, Reason: "SEED_REQUIRED", Message: say}
		}
		refusal := errs.InvalidFields([]errs.Violation{missing("sku"), missing("lot_code"), missing("seeds")})
		refusal.Reason, refusal.Message = "SEED_REQUIRED", say
		return refusal
	case sku == "":
		return errs.Invalid("sku", "SEED_REQUIRED", "of which item is lot %.130q? %s", lotCode, say)
	}
	return errs.Invalid("lot_code", "SEED_REQUIRED", "which lot of item %.130q? %s", sku, say)
}

// seed is what one of the seeds of a request stands for. A run is itself one; what goes
// with it depends on the way.
type seed struct {
	path       string // of the seed in the request
	lots, runs []int64
}

// seeds are all of a request, and what of them is not there.
type seeds struct {
	all     []seed
	missing []missingSeed
}

type missingSeed struct {
	place int32
	errs.Violation
}

// miss notes that the seed at a place is not there; field is within it.
func (s *seeds) miss(place int32, field, reason, format string, args ...any) {
	s.missing = append(s.missing, missingSeed{place, errs.Violation{
		Path: s.all[place].path + "." + field, Reason: reason, Message: fmt.Sprintf(format, args...),
	}})
}

// check refuses what is not there, all of it at once, in the order of the request.
func (s *seeds) check() error {
	if len(s.missing) == 0 {
		return nil
	}
	slices.SortStableFunc(s.missing, func(a, b missingSeed) int { return cmp.Compare(a.place, b.place) })
	violations := make([]errs.Violation, 0, len(s.missing))
	for _, m := range s.missing {
		violations = append(violations, m.Violation)
	}
	return errs.NotFoundFields("check the codes, or leave out what is not there", violations)
}

// union is all lots and runs of the seeds, each sorted, each once.
func (s *seeds) union() (lots, runs []int64) {
	for _, one := range s.all {
		lots, runs = append(lots, one.lots...), append(runs, one.runs...)
	}
	slices.Sort(lots)
	slices.Sort(runs)
	return slices.Compact(lots), slices.Compact(runs)
}
