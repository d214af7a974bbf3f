package wording_test

import (
	"testing"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/wording"
)

func TestAmount(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ value, unit, want string }{
		{"5", "KGM", "5 kg"},
		{"999", "H87", "999 pcs"},
		{"1000", "H87", "1,000 pcs"},
		{"1234567.891", "LTR", "1,234,567.891 l"},
		{"-2000.5", "KGM", "-2,000.5 kg"},
		{"150", "CASE", "150 CASE"},
	} {
		if got := wording.Amount(&pb.Quantity{Value: c.value, Unit: c.unit}); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.value, c.unit, got, c.want)
		}
	}
}

func TestCountAndCode(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]string{
		wording.Count(0, "lot"): "0 lots", wording.Count(1, "lot"): "1 lot", wording.Count(int32(12000), "lot"): "12,000 lots",
		wording.Code("L1"): "L1", wording.Code("receipt R line 1"): "“receipt R line 1”",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
