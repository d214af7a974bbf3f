package shelflife

import "time"

// Left is what is left of a shelf life.
type Left struct {
	// Days from today to the last day: 0 on the last day itself, below 0 past it.
	Days int
	// ShelfLife is the days from the production date to the last day, and Percent how
	// much of them is left, rounded down, 0 past the last day. Both are told only if
	// Known: where the lot has a production date.
	ShelfLife, Percent int
	Known              bool
}

// LeftOn is what is left on a day. The lot must have a last day.
func (d Dates) LeftOn(today time.Time) Left {
	last := *d.LastDay()
	left := Left{Days: days(today, last)}
	if d.Production == nil {
		return left
	}
	left.Known, left.ShelfLife = true, days(*d.Production, last)
	if left.Days > 0 && left.ShelfLife > 0 {
		left.Percent = min(100, 100*left.Days/left.ShelfLife)
	}
	return left
}

// days between two dates, which are at midnight UTC, so that each day has 24 hours.
func days(from, to time.Time) int { return int(to.Unix()/86400 - from.Unix()/86400) }

// Action is what to do about stock that is near its last day or past it.
type Action string

// The actions.
const (
	UseFirst       Action = "use_first"
	SellAtDiscount Action = "sell_at_discount"
	Retest         Action = "retest"
	Dispose        Action = "dispose"
)

// Thresholds say when there is little time left: so many days or fewer, or so many
// percent of the shelf life or less.
type Thresholds struct{ Days, Percent int }

// Suggest says what to do with a lot that has a last day:
//
//   - past its expiry date it may not be used: dispose;
//   - past its best-before date, and without an expiry date: retest;
//   - with little time left, or past a best-before date that is followed by an expiry
//     date: sell at a discount, unless it is past its removal date, for then it may
//     not be shipped;
//   - else use it first.
func Suggest(d Dates, today time.Time, little Thresholds) Action {
	left := d.LeftOn(today)
	switch {
	case left.Days < 0 && d.Expiry != nil:
		return Dispose
	case left.Days < 0:
		return Retest
	case d.Removal != nil && today.After(*d.Removal):
		return UseFirst
	case left.Days <= little.Days, left.Known && left.Percent <= little.Percent, d.BestBefore != nil && today.After(*d.BestBefore):
		return SellAtDiscount
	}
	return UseFirst
}

// Past says whether a lot is past its last day.
func (d Dates) Past(today time.Time) bool {
	last := d.LastDay()
	return last != nil && today.After(*last)
}
