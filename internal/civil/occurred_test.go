package civil_test

import (
	"strings"
	"testing"
	"time"

	"github.com/lottrail/lottrail/internal/civil"
)

func TestOccurred(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 25, 12, 0, 0, 123456789, time.UTC)
	if got, err := civil.Window(0).Occurred("p", nil, now); err != nil || !got.Equal(now.Truncate(time.Microsecond)) {
		t.Errorf("not told: %v, %v", got, err)
	}
	for _, told := range []time.Time{
		now, now.Add(-24 * time.Hour), now.Add(4 * time.Minute), time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC),
		time.Date(2026, 3, 25, 3, 0, 0, 7001, time.FixedZone("", -5*3600)),
	} {
		if got, err := civil.Window(0).Occurred("p", &told, now); err != nil || !got.Equal(told.Truncate(time.Microsecond)) {
			t.Errorf("told %v: %v, %v", told, got, err)
		}
	}
	for told, reason := range map[time.Time]string{
		now.Add(6 * time.Minute):                        "IN_THE_FUTURE",
		now.AddDate(100, 0, 0):                          "IN_THE_FUTURE",
		time.Date(1969, 12, 31, 23, 59, 0, 0, time.UTC): "TOO_LONG_AGO",
		{}: "TOO_LONG_AGO",
	} {
		_, err := civil.Window(0).Occurred("received_at", &told, now)
		wantInvalid(t, err, reason, "received_at")
	}
}

func TestWindow(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	now := time.Date(2026, 3, 25, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		window time.Duration
		ago    time.Duration
		words  string // of the window, where it is too far back
	}{
		{0, 20_000 * day, ""},
		{31 * day, 31 * day, ""},
		{31 * day, 31*day + time.Microsecond, "more than 31 days ago"},
		{day, day + time.Second, "more than 1 day ago"},
		{36 * time.Hour, 36 * time.Hour, ""},
		{36 * time.Hour, 37 * time.Hour, "more than 36h0m0s ago"},
		{time.Minute, -4 * time.Minute, ""},
	} {
		told := now.Add(-c.ago)
		got, err := civil.Window(c.window).Occurred("moved_at", &told, now)
		if c.words == "" {
			if err != nil || !got.Equal(told) {
				t.Errorf("%v ago within %v: %v, %v", c.ago, c.window, got, err)
			}
			continue
		}
		wantInvalid(t, err, "BACK_DATED_TOO_FAR", "moved_at")
		if !strings.Contains(err.Error(), c.words) || !strings.Contains(err.Error(), told.Format(time.RFC3339)) {
			t.Errorf("%v ago within %v: %v", c.ago, c.window, err)
		}
		if got, err := civil.Window(c.window).Occurred("moved_at", nil, now); err != nil || !got.Equal(now) {
			t.Errorf("not told: %v, %v", got, err)
		}
	}
}

func TestBackDated(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 25, 12, 0, 0, 0, time.UTC)
	for late, want := range map[time.Duration]bool{-5 * time.Minute: false, 0: false, time.Hour: false, time.Hour + time.Microsecond: true, 10_000 * time.Hour: true} {
		if got := civil.BackDated(at, at.Add(late)); got != want {
			t.Errorf("%v late: %v", late, got)
		}
	}
}
