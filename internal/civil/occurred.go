package civil

import (
	"fmt"
	"time"

	"github.com/lottrail/lottrail/internal/errs"
)

// clockSkew is how far a caller's clock may be ahead of ours.
const clockSkew = 5 * time.Minute

// Window is how far back may lie what is told to have happened. 0 is any distance,
// for history that is brought along.
type Window time.Duration

// Occurred returns when something happened as the caller told, or now if it
// did not tell. Moments in the future are refused with IN_THE_FUTURE, and those that lie
// further back than the window with BACK_DATED_TOO_FAR; path names the field.
func (w Window) Occurred(path string, told *time.Time, now time.Time) (time.Time, error) {
	// The database keeps microseconds: what is answered and what is read later
	// are then the same.
	now = now.Truncate(time.Microsecond)
	if told == nil {
		return now, nil
	}
	if told.After(now.Add(clockSkew)) {
		return time.Time{}, errs.Invalid(path, "IN_THE_FUTURE", "%s has not come yet; give the moment at which it happened, or leave it out for now", told.UTC().Format(time.RFC3339))
	}
	if told.Year() < 1970 {
		return time.Time{}, errs.Invalid(path, "TOO_LONG_AGO", "%s is before 1970; give the moment at which it happened", told.UTC().Format(time.RFC3339))
	}
	if w > 0 && told.Before(now.Add(-time.Duration(w))) {
		return time.Time{}, errs.Invalid(path, "BACK_DATED_TOO_FAR",
			"%s is more than %s ago, and nothing is taken here that lies further back; leave it out, so that it counts as of now, and tell the real moment in a reason or reference; or have the window widened (--back-dating-window of lottrail serve)",
			told.UTC().Format(time.RFC3339), w)
	}
	return told.Truncate(time.Microsecond), nil
}

// String is the window in days, where it is whole days.
func (w Window) String() string {
	const day = Window(24 * time.Hour)
	switch {
	case w == day:
		return "1 day"
	case w%day == 0:
		return fmt.Sprintf("%d days", w/day)
	}
	return time.Duration(w).String()
}

// backDatedAfter is from when on what is recorded later than it happened is marked.
const backDatedAfter = time.Hour

// BackDated says whether something was recorded long after it happened.
func BackDated(occurredAt, recordedAt time.Time) bool {
	return recordedAt.Sub(occurredAt) > backDatedAfter
}
