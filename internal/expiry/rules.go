package expiry

import (
	"time"

	"github.com/lottrail/lottrail/internal/civil"
	"github.com/lottrail/lottrail/internal/ledger"
)

// step is what is to be done about a lot.
type step int

const (
	nothing step = iota
	alert
	hold
)

// record is what there is about a lot beside itself.
type record struct {
	warningDays   int32
	round         int32 // how often its last day was changed
	held, alerted bool  // in this round
}

// today is the latest day at the places where a lot lies; at the furthest place there
// is, if it lies nowhere.
func today(lot *ledger.LockedLot, zones map[int64]*time.Location, now time.Time) time.Time {
	var latest time.Time
	for locationID := range lot.OnHand {
		if zone := zones[locationID]; zone != nil {
			if day := civil.DayOf(now, zone); day.After(latest) {
				latest = day
			}
		}
	}
	if latest.IsZero() {
		return civil.DayOf(now, furthest)
	}
	return latest
}

// decide says what is to be done about a lot on a day. What is not there any more is
// left alone: it is looked at again when some of it comes back.
func decide(lot *ledger.LockedLot, has record, day time.Time) step {
	last := lot.LastDay()
	switch {
	case last == nil || len(lot.OnHand) == 0:
		return nothing
	case day.After(*last):
		if has.held {
			return nothing
		}
		return hold
	case has.warningDays == 0 || has.alerted || last.After(day.AddDate(0, 0, int(has.warningDays))):
		return nothing
	}
	return alert
}

// reason is why a lot is held.
func reason(lot *ledger.LockedLot) string {
	name := "expiry date"
	if lot.ExpiryDate == nil {
		name = "best-before date"
	}
	return name + " " + lot.LastDay().Format(time.DateOnly) + " has passed"
}

// nextMidnight is when a day begins next at one of the sites. Where clocks are put
// forward at midnight it may name a moment that is an hour off.
func nextMidnight(zones []*time.Location, now time.Time) time.Time {
	next := now.AddDate(0, 0, 2)
	for _, zone := range zones {
		y, m, d := now.In(zone).Date()
		if midnight := time.Date(y, m, d+1, 0, 0, 0, 0, zone); midnight.After(now) && midnight.Before(next) {
			next = midnight
		}
	}
	return next
}
