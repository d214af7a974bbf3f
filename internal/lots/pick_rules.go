package lots

import (
	"fmt"
	"time"

	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/shelflife"
)

// pickWish is what a line wants.
type pickWish struct {
	need      qty.Decimal
	unit      string    // the item's base unit
	place     string    // the location to pick from
	day       time.Time // on which it is picked
	toShip    bool
	minDays   int
	minShare  int             // of the shelf life, in percent
	shelfLife int             // of the item in days, 0 if it says none
	agreed    map[string]bool // lot codes; nil if any will do
	maxLots   int             // 0 if as many as it takes
}

// pickStock is what there is of a lot at one location.
type pickStock struct {
	locationID int64
	code       string
	onHand     qty.Decimal
	inside     bool   // the location to pick from
	quarantine bool   // a location of that kind
	held       string // by which holds on what is here; "" if none
	reserved   qty.Decimal
}

// pickLot is a lot that may be picked from, with its stock at the site.
type pickLot struct {
	lotID      int64
	code       string
	dates      shelflife.Dates
	rotation   time.Time // its last day, or the last of all days
	receivedAt time.Time
	held       string // by which holds on all of it; "" if none
	stocks     []pickStock
}

// before says whether a lot is to be picked before another: the one with the earlier
// last day, then the one that was received earlier, then by code.
func (lot *pickLot) before(other *pickLot) bool {
	switch {
	case !lot.rotation.Equal(other.rotation):
		return lot.rotation.Before(other.rotation)
	case !lot.receivedAt.Equal(other.receivedAt):
		return lot.receivedAt.Before(other.receivedAt)
	}
	return lot.code < other.code
}

// pickKey is a lot at a location.
type pickKey struct{ lotID, locationID int64 }

// pickTaken is what lines before have been proposed.
type pickTaken map[pickKey]qty.Decimal

// verdict is why a lot was taken or passed over: a constant, and a sentence.
type verdict struct{ reason, text string }

func because(reason, format string, args ...any) verdict {
	return verdict{reason, fmt.Sprintf(format, args...)}
}

// free is what may be picked of a lot.
type free struct {
	total qty.Decimal
	parts []pickPart
}

type pickPart struct {
	stock    *pickStock
	quantity qty.Decimal
}

// judge says what of a lot may be picked, or else why nothing.
func (w *pickWish) judge(lot *pickLot, taken pickTaken) (free, verdict) {
	if why := w.judgeLot(lot); why.reason != "" {
		return free{}, why
	}
	var can free
	var held, proposed, reserved qty.Decimal
	inside, quarantine := false, false
	by := ""
	for i := range lot.stocks {
		s := &lot.stocks[i]
		if !s.inside {
			continue
		}
		inside = true
		rest := s.onHand.Sub(s.reserved)
		switch before := taken[pickKey{lot.lotID, s.locationID}]; {
		case s.held != "":
			held, by = held.Add(s.onHand), s.held
		case s.quarantine:
			quarantine = true
		case rest.Sign() <= 0:
			reserved = reserved.Add(s.reserved)
		case rest.Cmp(before) <= 0:
			proposed = proposed.Add(before)
		default:
			can.total = can.total.Add(rest.Sub(before))
			can.parts = append(can.parts, pickPart{s, rest.Sub(before)})
		}
	}
	switch {
	case len(can.parts) > 0:
		return can, verdict{}
	case !inside:
		return free{}, because("ELSEWHERE", "nothing of it is at location %q or under it; %s", w.place, lot.whereabouts(w.unit))
	case !held.IsZero():
		return free{}, because("LOT_HELD", "what is of it here, %s %s, is on hold: %s", held, w.unit, by)
	case quarantine:
		return free{}, because("IN_QUARANTINE", "what is of it here is in quarantine")
	}
	if proposed.IsZero() {
		return free{}, because("LOT_RESERVED", "what is of it here, %s %s, is reserved for orders", reserved, w.unit)
	}
	return free{}, because("PROPOSED_BEFORE", "all %s %s of it that are free are proposed for lines before this one", proposed, w.unit)
}

// judgeLot is judge for what is so of all of a lot, wherever it lies.
func (w *pickWish) judgeLot(lot *pickLot) verdict {
	left, dated := shelflife.Left{}, lot.dates.LastDay() != nil
	if dated {
		left = lot.dates.LeftOn(w.day)
	}
	if !left.Known && w.shelfLife > 0 {
		left.Known, left.Percent = true, max(0, min(100, 100*left.Days/w.shelfLife))
	}
	switch {
	case w.agreed != nil && !w.agreed[lot.code]:
		return because("NOT_AGREED", "it is none of the lots that were agreed")
	case len(lot.stocks) == 0:
		return because("NO_STOCK", "nothing of it is at the site")
	case lot.dates.Past(w.day):
		return because("LOT_EXPIRED", "its last day was %s", text(lot.dates.LastDay()))
	case w.toShip && lot.dates.Removal != nil && w.day.After(*lot.dates.Removal):
		return because("LOT_PAST_REMOVAL", "it was to be shipped until %s", text(lot.dates.Removal))
	case dated && left.Days < w.minDays:
		return because("SHELF_LIFE_TOO_SHORT", "it has %d days left to %s, and at least %d are wanted", left.Days, text(lot.dates.LastDay()), w.minDays)
	case dated && w.minShare > 0 && !left.Known:
		return because("SHELF_LIFE_UNKNOWN", "it has no production date and its item no shelf life, so nobody can tell whether %d %% of it are left", w.minShare)
	case dated && w.minShare > 0 && left.Percent < w.minShare:
		return because("SHELF_LIFE_TOO_SHORT", "%d %% of its shelf life are left, and at least %d %% are wanted", left.Percent, w.minShare)
	case lot.held != "":
		return because("LOT_HELD", "it is on hold: %s", lot.held)
	}
	return verdict{}
}

// whereabouts tells where a lot is, at a few locations.
func (lot *pickLot) whereabouts(unit string) string {
	const most = 3
	told := ""
	for i := range lot.stocks {
		if i == most {
			return told + fmt.Sprintf(" and %d locations more", len(lot.stocks)-most)
		}
		if i > 0 {
			told += ", "
		}
		told += fmt.Sprintf("%s %s are at %q", lot.stocks[i].onHand, unit, lot.stocks[i].code)
	}
	return told
}

func (lot *pickLot) onHand() qty.Decimal {
	var sum qty.Decimal
	for i := range lot.stocks {
		sum = sum.Add(lot.stocks[i].onHand)
	}
	return sum
}

// nextChunk is how many lots to look at after so many, which leave so much missing: as
// many as it takes if they have as much as those had, and some more. It is twice the
// last chunk at least, so that there are few chunks, and just that for wishes for few
// lots, which look for what is fullest.
func nextChunk(last int32, looked int32, w *pickWish, missing qty.Decimal) int32 {
	next := 2 * last
	if found := w.need.Sub(missing); found.Sign() > 0 && w.maxLots == 0 {
		probably := looked
		for more := (qty.Decimal{}); more.Cmp(missing) < 0 && probably < maxChunk; probably += looked {
			more = more.Add(found)
		}
		next = max(next, probably)
	}
	return min(next, maxChunk)
}

func text(day *time.Time) string { return day.Format(time.DateOnly) }

// described is a lot's place in the order, in words.
func (lot *pickLot) described() string {
	if day := lot.dates.LastDay(); day != nil {
		return "last day " + text(day)
	}
	return "no last day, received " + lot.receivedAt.UTC().Format(time.DateOnly)
}
