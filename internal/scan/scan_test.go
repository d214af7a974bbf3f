package scan_test

import (
	"errors"
	"testing"
	"time"

	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/gs1"
	"github.com/lottrail/lottrail/internal/resolve"
	"github.com/lottrail/lottrail/internal/scan"
)

const gtin = "09506000134352"

var today = time.Date(2026, 3, 25, 0, 0, 0, 0, time.UTC)

func read(t *testing.T, data string) *scan.Code {
	t.Helper()
	code, err := scan.Read("scan", data, today)
	if err != nil {
		t.Fatalf("%q: %v", data, err)
	}
	return code
}

func TestLotCode(t *testing.T) {
	t.Parallel()
	code := read(t, "(01)"+gtin+"(10)LOT(21)SERIAL")
	for tracking, want := range map[resolve.Tracking]string{resolve.TrackingLot: "LOT", resolve.TrackingSerial: "SERIAL", resolve.TrackingNone: ""} {
		if got := code.LotCode(&resolve.Item{Tracking: tracking}); got != want {
			t.Errorf("tracked by %s: %q", tracking, got)
		}
	}
	if got := code.LotCode(nil); got != "LOT" {
		t.Errorf("of no item: %q", got)
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]string{"(01)" + gtin + "(10)L": gtin, "(00)195060001343520014(02)" + gtin + "(37)2": gtin, "(10)L": ""} {
		if got := read(t, data).GTIN(); got != want {
			t.Errorf("%q: GTIN %q", data, got)
		}
	}
	for data, reason := range map[string]string{
		"": gs1.ReasonEmpty, "LOT": gs1.ReasonNotRecognized, "(01)" + gtin + "(02)" + gtin: gs1.ReasonExcludedAI, "(10)A(10)B": gs1.ReasonRepeatedAI,
	} {
		_, err := scan.Read("lines[3].scan", data, today)
		var refusal *errs.Error
		if !errors.As(err, &refusal) || refusal.Reason != reason || refusal.Kind != errs.KindInvalidArgument || refusal.Violations[0].Path != "lines[3].scan" {
			t.Errorf("%q: %v, want %s", data, err, reason)
		}
	}
	code := read(t, "(01)"+gtin+"(17)280200(11)260301")
	if got := code.Date(gs1.ExpirationDate); got != "2028-02-29" {
		t.Errorf("expiry date %q", got)
	}
	if got := code.Date(gs1.BestBeforeDate); got != "" {
		t.Errorf("best-before date %q", got)
	}
	if code.Incomplete() != nil || read(t, "(10)L").Incomplete() == nil {
		t.Error("what is complete, and what is not?")
	}
}

func TestQuantity(t *testing.T) {
	t.Parallel()
	lookup := map[string]*resolve.Item{"KGM": {BaseUnit: "KGM"}, "H87": {BaseUnit: "H87"}}
	for _, c := range []struct{ data, base, unit, want string }{
		{"(30)12", "H87", "CASE", "12 CASE"},
		{"(37)0012", "H87", "CASE", "12 CASE"},
		{"(30)12(3103)001500", "KGM", "CASE", "12 CASE"}, // what is counted
		{"(3103)001500", "KGM", "CASE", "1.5 KGM"},
		{"(3100)000020", "KGM", "CASE", "20 KGM"},
		{"(3103)001500", "H87", "CASE", ""}, // not kept in that
		{"(3303)001500", "KGM", "CASE", ""}, // gross
		{"(3203)001500(3103)000680", "KGM", "CASE", "0.68 KGM"},
		{"(10)L", "KGM", "CASE", ""},
	} {
		value, unit, ok := read(t, "(01)"+gtin+c.data).Quantity(lookup[c.base], c.unit)
		if got := value + " " + unit; ok != (c.want != "") || ok && got != c.want {
			t.Errorf("%s of what is kept in %s: %q", c.data, c.base, got)
		}
	}
}
