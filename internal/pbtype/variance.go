package pbtype

import (
	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/qty"
)

// Variance compares what was ordered on a line with what was received on it.
func Variance(line int32, ordered, received qty.Decimal, unit string) *lottrailv1.QuantityVariance {
	kind := lottrailv1.VarianceKind_VARIANCE_KIND_NONE
	switch received.Cmp(ordered) {
	case -1:
		kind = lottrailv1.VarianceKind_VARIANCE_KIND_SHORT
	case 1:
		kind = lottrailv1.VarianceKind_VARIANCE_KIND_OVER
	}
	return &lottrailv1.QuantityVariance{
		LineNumber: line, Kind: kind, Ordered: Quantity(ordered, unit), Received: Quantity(received, unit), Difference: Quantity(received.Sub(ordered), unit),
	}
}
