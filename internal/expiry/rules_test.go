package expiry

import (
	"testing"
	"time"

	"github.com/lottrail/lottrail/internal/civil"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/qty"
)

func date(t *testing.T, text string) *time.Time {
	t.Helper()
	day, err := civil.ParseOptional("", text)
	if err != nil {
		t.Fatal(err)
	}
	return day
}

func moment(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := civil.Zone(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestDecide(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		expiry, bestBefore string
		has                record
		day                string
		want               step
	}{
		{"2026-03-31", "", record{}, "2026-03-31", nothing}, // the last day on which it may be used
		{"2026-03-31", "", record{}, "2026-04-01", hold},
		{"", "2026-03-31", record{}, "2026-04-01", hold},
		{"2026-04-30", "2026-03-31", record{}, "2026-04-01", nothing}, // the expiry date counts
		{"2026-03-31", "", record{held: true}, "2026-04-01", nothing},
		{"2026-03-31", "", record{alerted: true}, "2026-04-01", hold},
		{"2026-03-31", "", record{warningDays: 7, held: true}, "2026-04-01", nothing},
		{"2026-03-31", "", record{warningDays: 7}, "2026-03-23", nothing},
		{"2026-03-31", "", record{warningDays: 7}, "2026-03-24", alert},
		{"2026-03-31", "", record{warningDays: 7}, "2026-03-31", alert},
		{"2026-03-31", "", record{warningDays: 7, alerted: true}, "2026-03-31", nothing},
		{"2026-03-31", "", record{}, "2026-03-30", nothing}, // the item has no warning days
		{"", "", record{warningDays: 7}, "2026-03-31", nothing},
	} {
		lot := &ledger.LockedLot{OnHand: map[int64]qty.Decimal{1001: qty.FromInt(1)}}
		lot.ExpiryDate, lot.BestBeforeDate = date(t, c.expiry), date(t, c.bestBefore)
		if got := decide(lot, c.has, *date(t, c.day)); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
		lot.OnHand = nil
		if got := decide(lot, c.has, *date(t, c.day)); got != nothing {
			t.Errorf("%+v, with nothing left: %v", c, got)
		}
	}
}

func TestToday(t *testing.T) {
	t.Parallel()
	now := moment(t, "2026-03-31T11:30:00Z")
	zones := map[int64]*time.Location{1: zone(t, "Pacific/Auckland"), 2: zone(t, "Pacific/Honolulu")}
	for _, c := range []struct {
		places []int64
		want   string
	}{
		{[]int64{1}, "2026-04-01"}, {[]int64{2}, "2026-03-31"}, {[]int64{1, 2}, "2026-04-01"},
		{nil, "2026-04-01"}, {[]int64{3}, "2026-04-01"}, // no place that is known of: where it is latest
	} {
		lot := &ledger.LockedLot{OnHand: map[int64]qty.Decimal{}}
		for _, place := range c.places {
			lot.OnHand[place] = qty.FromInt(1)
		}
		if got := today(lot, zones, now); !got.Equal(*date(t, c.want)) {
			t.Errorf("at %v: %s, want %s", c.places, got, c.want)
		}
	}
}

func TestNextMidnight(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ zones, now, want string }{
		{"Pacific/Auckland", "2026-03-31T10:59:59Z", "2026-03-31T11:00:00Z"}, // still in summer time there
		{"Pacific/Auckland", "2026-03-31T11:00:00Z", "2026-04-01T11:00:00Z"},
		{"Pacific/Honolulu", "2026-03-31T10:59:59Z", "2026-04-01T10:00:00Z"},
		{"", "2026-03-31T10:59:59Z", "2026-04-02T10:59:59Z"},
	} {
		var zones []*time.Location
		if c.zones != "" {
			zones = append(zones, zone(t, c.zones))
		}
		if got := nextMidnight(zones, moment(t, c.now)); !got.Equal(moment(t, c.want)) {
			t.Errorf("%+v: %s", c, got.UTC())
		}
	}
	both := []*time.Location{zone(t, "Pacific/Honolulu"), zone(t, "Pacific/Auckland")}
	if got := nextMidnight(both, moment(t, "2026-03-31T10:59:59Z")); !got.Equal(moment(t, "2026-03-31T11:00:00Z")) {
		t.Errorf("of two: %s", got.UTC())
	}
}
