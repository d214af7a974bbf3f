package trace

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/lottrail/lottrail/internal/qty"
)

// stay is a time at a location.
type stay struct {
	location    string
	from, until time.Time
	onHand      qty.Decimal
	most        qty.Decimal
}

// stayKeeper follows a lot from location to location, along its movements as they were
// recorded. Without those that were taken back, or that occurred later than is asked about,
// it may seem that more left than had come: what comes then makes up for that first.
type stayKeeper struct{ lasting map[string]*stay }

// change says that there was more of the lot at a location, or less, and returns the stay
// that this ended. What leaves had been there, whatever else is known. What was recorded late may have come before the first or have left
// before the last: a stay is from the earliest to the latest.
func (k *stayKeeper) change(location string, by qty.Decimal, at time.Time) (ended *stay) {
	s := k.lasting[location]
	if s == nil {
		s = &stay{location: location, from: at, until: at}
		k.lasting[location] = s
	}
	s.onHand = s.onHand.Add(by)
	switch {
	case by.Sign() > 0:
		s.from = earlier(s.from, at)
	default:
		s.until = later(s.until, at)
		if gone := by.Neg(); gone.Cmp(s.most) > 0 {
			s.most = gone
		}
	}
	if s.onHand.Cmp(s.most) > 0 {
		s.most = s.onHand
	}
	if !s.onHand.IsZero() {
		return nil
	}
	delete(k.lasting, location)
	return s
}

// rest are the stays that last, by location, and those of which more left than came.
func (k *stayKeeper) rest() []*stay {
	return slices.SortedFunc(maps.Values(k.lasting), func(a, b *stay) int { return cmp.Compare(a.location, b.location) })
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
