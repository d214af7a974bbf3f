package civil_test

import (
	"errors"
	"testing"
	"time"

	"github.com/lottrail/lottrail/internal/civil"
	"github.com/lottrail/lottrail/internal/errs"
)

func wantInvalid(t *testing.T, err error, reason, path string) {
	t.Helper()
	var refusal *errs.Error
	if !errors.As(err, &refusal) || refusal.Kind != errs.KindInvalidArgument || refusal.Reason != reason || refusal.Violations[0].Path != path {
		t.Errorf("%v, want %s at %s", err, reason, path)
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Time{
		"2026-03-25": time.Date(2026, 3, 25, 0, 0, 0, 0, time.UTC),
		"2024-02-29": time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC),
		"2000-02-29": time.Date(2000, 2, 29, 0, 0, 0, 0, time.UTC),
		"9999-12-31": time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC),
	} {
		got, err := civil.Parse("line.expiry_date", text)
		if err != nil || !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("Parse(%q) = %v, %v", text, got, err)
		}
		if back := civil.Format(&got); back != text {
			t.Errorf("Format of %q = %q", text, back)
		}
	}
	for _, text := range []string{
		"", "2026-02-30", "2025-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-01-00", "2026-04-31",
		"26-03-25", "2026-3-25", "25.03.2026", "2026-03-25T00:00:00Z", "2026-03-25 ", "20260325", "tomorrow",
	} {
		_, err := civil.Parse("line.expiry_date", text)
		wantInvalid(t, err, "INVALID_DATE", "line.expiry_date")
	}
}

func TestParseOptional(t *testing.T) {
	t.Parallel()
	if day, err := civil.ParseOptional("p", ""); day != nil || err != nil {
		t.Errorf("empty: %v, %v", day, err)
	}
	if day, err := civil.ParseOptional("p", "2026-03-25"); err != nil || civil.Format(day) != "2026-03-25" {
		t.Errorf("a day: %v, %v", day, err)
	}
	_, err := civil.ParseOptional("p", "2026-02-30")
	wantInvalid(t, err, "INVALID_DATE", "p")
	if text := civil.Format(nil); text != "" {
		t.Errorf("Format(nil) = %q", text)
	}
}

// The same moment is another day elsewhere.
func TestDayOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ moment, zone, want string }{
		{"2026-03-25T12:00:00Z", "UTC", "2026-03-25"},
		{"2026-03-25T23:30:00Z", "Europe/Berlin", "2026-03-26"},
		{"2026-03-25T23:30:00Z", "UTC", "2026-03-25"},
		{"2026-03-25T03:30:00Z", "America/New_York", "2026-03-24"},
		{"2026-03-25T10:00:00Z", "Pacific/Kiritimati", "2026-03-26"},
		{"2026-03-25T11:00:00Z", "Pacific/Pago_Pago", "2026-03-25"},
		{"2026-03-25T10:59:00Z", "Pacific/Pago_Pago", "2026-03-24"},
		// The offset a zone had then, not the one it has now: summer time began
		// on 29 March 2026.
		{"2026-03-28T22:59:00Z", "Europe/Berlin", "2026-03-28"},
		{"2026-03-28T23:00:00Z", "Europe/Berlin", "2026-03-29"},
		{"2026-03-29T21:59:00Z", "Europe/Berlin", "2026-03-29"},
		{"2026-03-29T22:00:00Z", "Europe/Berlin", "2026-03-30"},
		// A moment may be told in any zone.
		{"2026-03-26T01:00:00+05:00", "UTC", "2026-03-25"},
	} {
		moment, err := time.Parse(time.RFC3339, c.moment)
		if err != nil {
			t.Fatal(err)
		}
		zone, err := civil.Zone(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		day := civil.DayOf(moment, zone)
		if civil.Format(&day) != c.want || !day.Equal(day.Truncate(24*time.Hour)) || day.Location() != time.UTC {
			t.Errorf("DayOf(%s, %s) = %v, want %s at midnight UTC", c.moment, c.zone, day, c.want)
		}
	}
}

func TestZone(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Europe/Berlin", "America/Argentina/Buenos_Aires", "UTC", "Asia/Kolkata"} {
		if zone, err := civil.Zone(name); err != nil || zone.String() != name {
			t.Errorf("Zone(%q) = %v, %v", name, zone, err)
		}
	}
	for _, name := range []string{"", "Local", "Europe/Atlantis", "+02:00", "../UTC", "/etc/localtime"} {
		if zone, err := civil.Zone(name); err == nil {
			t.Errorf("Zone(%q) = %v", name, zone)
		}
	}
}
