package lots

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/qty"
)

// needsRecount says whether a reading has to be confirmed: it is further off than the
// tolerance, and the one before it does not say the same. What it says is the variance,
// not the amount: something may have been moved in between.
func needsRecount(tolerancePercent *qty.Decimal, expected, counted qty.Decimal, again bool, earlierVariance qty.Decimal) bool {
	variance := counted.Sub(expected)
	if tolerancePercent == nil || variance.IsZero() || again && variance.Cmp(earlierVariance) == 0 {
		return false
	}
	return beyond(*tolerancePercent, expected, variance)
}

// needsReweighing is needsRecount for what was weighed. Scales never say quite the same
// twice, so a weight is confirmed by one that is no further from it than the tolerance.
func needsReweighing(tolerancePercent *qty.Decimal, expected, weighed qty.Decimal, again bool, earlierVariance qty.Decimal) bool {
	variance := weighed.Sub(expected)
	if tolerancePercent == nil || again && !beyond(*tolerancePercent, expected, variance.Sub(earlierVariance)) {
		return false
	}
	return beyond(*tolerancePercent, expected, variance)
}

// beyond says whether a difference is more than so many percent.
func beyond(percent, of, difference qty.Decimal) bool {
	most := new(big.Rat).Mul(rational(percent), rational(of))
	off := new(big.Rat).Abs(rational(difference))
	return off.Mul(off, big.NewRat(100, 1)).Cmp(most) > 0
}

func rational(d qty.Decimal) *big.Rat {
	r, ok := new(big.Rat).SetString(d.String())
	if !ok {
		panic("lots: " + d.String() + " is no number")
	}
	return r
}

// since is what was recorded of a line of a count since it was counted.
type since struct {
	net      qty.Decimal // by how much it changed what is there
	late     bool        // some of it happened before it was counted
	takeBack bool        // some of it takes back what was recorded before
	adjusted bool        // some of it is an adjustment
}

// doubtOf says why a variance cannot be applied to what there is now; "" if it can. What
// was moved after the counting does no harm: it took from what was counted, or brought
// more. But the records were wrong at that moment, and the variance with them, if what
// happened before was recorded later or taken back; and whoever adjusted since may have
// seen the same variance. A net change that is the variance is most likely what had been
// moved already and was just not recorded.
func doubtOf(expected, counted, now qty.Decimal, s since) string {
	variance := counted.Sub(expected)
	switch {
	case s.late:
		return "something that happened before it was counted was recorded after"
	case s.takeBack:
		return "something that was recorded before it was counted was taken back after"
	case s.adjusted:
		return "it was adjusted after it was counted"
	case !s.net.IsZero() && s.net.Cmp(variance) == 0:
		return "what was moved after it was counted is as much as the variance, and may have been on its way already"
	case expected.Add(s.net).Cmp(now) != 0:
		return "something was moved while it was counted"
	case now.Add(variance).Sign() < 0:
		return fmt.Sprintf("only %s are left now, and %s were missed", now, variance.Neg())
	}
	return ""
}

// doubtOfWeight says why the variance of what is weighed cannot be applied to what there is
// now; "" if it can.
func doubtOfWeight(now, variance stockAmount) string {
	after := now.add(variance)
	if after.quantity.Sign() == after.weight.Sign() {
		return ""
	}
	return fmt.Sprintf("%s are left now that weigh %s, and then %s would weigh %s", now.quantity, now.weight, after.quantity, after.weight)
}

// The problems that a line of a count may have, as the reasons of refusals: the first is
// told first.
const (
	problemOpen     = "COUNT_INCOMPLETE"
	problemRecount  = "RECOUNT_REQUIRED"
	problemDoubtful = "COUNT_DOUBTFUL"
)

// problem is a line that cannot be posted, and why.
type problem struct {
	line   *countedLine
	reason string
	why    string
}

// refuseProblems tells of the first lines that cannot be posted; nil if all can be.
func refuseProblems(code string, problems []problem) error {
	advice := map[string]string{
		problemOpen:     "count them, with 0 where nothing is",
		problemRecount:  "count them again",
		problemDoubtful: "count them again",
	}
	for _, reason := range []string{problemOpen, problemRecount, problemDoubtful} {
		var texts []string
		n := 0
		for _, p := range problems {
			if p.reason != reason {
				continue
			}
			if n++; n <= 5 {
				texts = append(texts, fmt.Sprintf("line %d (%s): %s", p.line.row.Number, p.line, p.why))
			}
		}
		if n > 5 {
			texts = append(texts, fmt.Sprintf("and %d more", n-5))
		}
		if n > 0 {
			return errs.Precondition("count_code", reason, "count %q cannot be posted: %s; %s, or set leave_out to post it without them", code, strings.Join(texts, "; "), advice[reason])
		}
	}
	return nil
}
