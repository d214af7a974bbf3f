package production

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/resolve"
	"github.com/lottrail/lottrail/internal/shelflife"
)

var noon = time.Date(2026, 3, 25, 12, 0, 0, 0, time.UTC)

func wantReason(t *testing.T, name string, err error, kind errs.Kind, reason, field string) {
	t.Helper()
	if reason == "" {
		if err != nil {
			t.Errorf("%s: refused: %v", name, err)
		}
		return
	}
	var refusal *errs.Error
	if !errors.As(err, &refusal) || refusal.Kind != kind || refusal.Reason != reason || refusal.Violations[0].Path != field {
		t.Errorf("%s: %v, want %s at %s", name, err, reason, field)
	}
}

func TestCheckOpen(t *testing.T) {
	t.Parallel()
	wantReason(t, "open", checkOpen("O", "R", nil), 0, "", "")
	err := checkOpen("O", "R", &noon)
	wantReason(t, "finished", err, errs.KindFailedPrecondition, "RUN_FINISHED", "run_code")
	if !strings.Contains(err.Error(), `run "R" of production order "O" was finished at 2026-03-25T12:00:00Z`) {
		t.Errorf("message %v", err)
	}
}

func TestFinishTime(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		after  time.Duration // of the finish after the start
		told   bool
		want   time.Duration
		reason string
	}{
		"told, later":          {time.Hour, true, time.Hour, ""},
		"told, the same":       {0, true, 0, ""},
		"told, before":         {-time.Microsecond, true, 0, "FINISHED_BEFORE_STARTED"},
		"now, later":           {time.Hour, false, time.Hour, ""},
		"now, by a slow clock": {-time.Minute, false, 0, ""},
	} {
		got, err := finishTime(noon, noon.Add(c.after), c.told)
		wantReason(t, name, err, errs.KindInvalidArgument, c.reason, "finished_at")
		if err == nil && !got.Equal(noon.Add(c.want)) {
			t.Errorf("%s: finished at %v, want %v", name, got, noon.Add(c.want))
		}
	}
}

func TestCheckOutput(t *testing.T) {
	t.Parallel()
	const thisRun, otherRun, supplier = int64(7), int64(8), int64(9)
	day, other := noon.Truncate(24*time.Hour), noon.Truncate(24*time.Hour).AddDate(0, 0, 1)
	lotOf := func(run int64) *ledger.Lot { return &ledger.Lot{LotCode: "L-1", RunID: &run, ProductionDate: &day} }
	bought := &ledger.Lot{LotCode: "L-1", SupplierID: func() *int64 { s := supplier; return &s }()}
	for name, c := range map[string]struct {
		tracking resolve.Tracking
		quantity string
		has      *ledger.Lot
		given    shelflife.Dates
		kind     errs.Kind
		reason   string
		field    string
	}{
		"new lot":                           {resolve.TrackingLot, "12.5", nil, shelflife.Dates{}, 0, "", ""},
		"more of this run's lot":            {resolve.TrackingLot, "12.5", lotOf(thisRun), shelflife.Dates{}, 0, "", ""},
		"more of it, of the same day":       {resolve.TrackingLot, "12.5", lotOf(thisRun), shelflife.Dates{Production: &day}, 0, "", ""},
		"more of it, of another day":        {resolve.TrackingLot, "12.5", lotOf(thisRun), shelflife.Dates{Production: &other}, errs.KindFailedPrecondition, "LOT_DIFFERS", "line.production_date"},
		"more of it, with an expiry date":   {resolve.TrackingLot, "12.5", lotOf(thisRun), shelflife.Dates{Expiry: &other}, errs.KindFailedPrecondition, "LOT_DIFFERS", "line.expiry_date"},
		"another run's lot":                 {resolve.TrackingLot, "12.5", lotOf(otherRun), shelflife.Dates{}, errs.KindAlreadyExists, "LOT_EXISTS", "line.lot_code"},
		"a bought lot":                      {resolve.TrackingLot, "12.5", bought, shelflife.Dates{}, errs.KindAlreadyExists, "LOT_EXISTS", "line.lot_code"},
		"untracked, new":                    {resolve.TrackingNone, "12.5", nil, shelflife.Dates{}, 0, "", ""},
		"untracked, more of this run's lot": {resolve.TrackingNone, "12.5", lotOf(thisRun), shelflife.Dates{}, 0, "", ""},
		"serial":                            {resolve.TrackingSerial, "1", nil, shelflife.Dates{}, 0, "", ""},
		"serial, two":                       {resolve.TrackingSerial, "2", nil, shelflife.Dates{}, errs.KindInvalidArgument, "SERIAL_NOT_ONE", "line.quantity"},
		"serial, a half":                    {resolve.TrackingSerial, "0.5", nil, shelflife.Dates{}, errs.KindInvalidArgument, "SERIAL_NOT_ONE", "line.quantity"},
		"serial, twice in this run":         {resolve.TrackingSerial, "1", lotOf(thisRun), shelflife.Dates{}, errs.KindAlreadyExists, "LOT_EXISTS", "line.lot_code"},
		"serial, of another run":            {resolve.TrackingSerial, "1", lotOf(otherRun), shelflife.Dates{}, errs.KindAlreadyExists, "LOT_EXISTS", "line.lot_code"},
	} {
		item := &resolve.Item{SKU: "S", BaseUnit: "H87", Tracking: c.tracking}
		err := checkOutput("line", item, qty.MustParse(c.quantity), thisRun, c.has, c.given)
		wantReason(t, name, err, c.kind, c.reason, c.field)
	}
}

// Two runs never share an inferred lot, and every name of one can be asked for.
func TestInferredLotCode(t *testing.T) {
	t.Parallel()
	if got := inferredLotCode("PO/26/7", "1"); got != "run 1 of PO/26/7" {
		t.Errorf("code %q", got)
	}
	long := strings.Repeat("🥐", 128)
	runs := [][2]string{
		{"b of c", "a"}, {"c", "a of b"}, {"of b", "a"}, {"b", "a of"}, {"of", "of"}, {"of of", "of"}, {"of", "of of"},
		{"O", "1"}, {"1", "O"}, {long, "1"}, {long, "2"}, {long[:len(long)-4] + "x", "1"}, {"1", long}, {long, long},
	}
	seen := map[string][2]string{}
	for _, run := range runs {
		code := inferredLotCode(run[0], run[1])
		if other, taken := seen[code]; taken {
			t.Errorf("%q and %q both have %q", run, other, code)
		}
		seen[code] = run
		if n := utf8.RuneCountInString(code); n > 128 || strings.TrimSpace(code) != code {
			t.Errorf("%q: %q has %d characters, or blanks at an end: no lot code", run, code, n)
		}
	}
}
