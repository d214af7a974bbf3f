package pbtype

import (
	"time"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/civil"
)

// LotDates are the dates of a lot, nil where there is none.
func LotDates(production, bestBefore, expiry, removal *time.Time) *lottrailv1.LotDates {
	return &lottrailv1.LotDates{
		ProductionDate: civil.Format(production),
		BestBeforeDate: civil.Format(bestBefore),
		ExpiryDate:     civil.Format(expiry),
		RemovalDate:    civil.Format(removal),
	}
}
