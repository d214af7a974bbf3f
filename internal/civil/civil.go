// Package civil handles dates that people print: days without a time of day,
// judged in the time zone of a site. A date is a time.Time at midnight UTC.
package civil

import (
	"fmt"
	"sync"
	"time"
	_ "time/tzdata" // sites name their zones, whatever the machine has installed

	"github.com/lottrail/lottrail/internal/errs"
)

// Parse reads a date in the form YYYY-MM-DD. Days that do not exist, such as
// the 31st of February, are refused with INVALID_DATE; path names the field.
func Parse(path, text string) (time.Time, error) {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return time.Time{}, errs.Invalid(path, "INVALID_DATE", "there is no day %q; give a day that exists as YYYY-MM-DD", text)
	}
	return day, nil
}

// ParseOptional is Parse for a field that may be empty, and then is nil.
func ParseOptional(path, text string) (*time.Time, error) {
	if text == "" {
		return nil, nil
	}
	day, err := Parse(path, text)
	if err != nil {
		return nil, err
	}
	return &day, nil
}

// Format is the inverse of Parse; "" for nil.
func Format(day *time.Time) string {
	if day == nil {
		return ""
	}
	return day.Format(time.DateOnly)
}

// DayOf returns the date that calendars at the zone show at a moment.
func DayOf(moment time.Time, zone *time.Location) time.Time {
	y, m, d := moment.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// zones are those that were loaded, by name. There are some hundreds at most.
var zones sync.Map

// Zone loads an IANA time zone such as Europe/Berlin: from its file the first time.
func Zone(name string) (*time.Location, error) {
	if name == "" || name == "Local" {
		return nil, fmt.Errorf("unknown time zone %q", name)
	}
	if zone, loaded := zones.Load(name); loaded {
		return zone.(*time.Location), nil
	}
	zone, err := time.LoadLocation(name)
	if err == nil {
		zones.Store(name, zone)
	}
	return zone, err
}
