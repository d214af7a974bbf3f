package resolve_test

import (
	"testing"

	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/resolve"
)

func TestItemWeight(t *testing.T) {
	t.Parallel()
	cod := &resolve.Item{SKU: "COD", BaseUnit: "CASE", WeightUnit: "KGM", WeightDecimals: 2}
	for _, c := range []struct{ value, unit, want string }{
		{"148.35", "KGM", "148.35"}, {"148350", "GRM", "148.35"}, {"0.14835", "TNE", "148.35"}, {"100000000", "LBR", "45359237"}, {"0.01", "KGM", "0.01"},
	} {
		got, err := cod.NewWeight("weight", resolve.Amount{Value: c.value, Unit: c.unit})
		if err != nil || got.String() != c.want {
			t.Errorf("%s %s: %s, %v; want %s", c.value, c.unit, got, err, c.want)
		}
	}
	for _, c := range []struct{ value, unit, reason, path string }{
		{"1", "CASE", "UNKNOWN_WEIGHT_UNIT", "weight.unit"},
		{"1", "kgm", "UNKNOWN_WEIGHT_UNIT", "weight.unit"},
		{"0", "KGM", "WEIGHT_NOT_POSITIVE", "weight.value"},
		{"-1", "KGM", "WEIGHT_NOT_POSITIVE", "weight.value"},
		{"148.351", "KGM", "WEIGHT_TOO_PRECISE", "weight.value"},
		{"1", "GRM", "WEIGHT_TOO_PRECISE", "weight.value"},
		{"1", "LBR", "WEIGHT_TOO_PRECISE", "weight.value"},
		{"1000000000000000000.01", "KGM", "WEIGHT_TOO_LARGE", "weight.value"},
		{"many", "KGM", "WEIGHT_NOT_A_NUMBER", "weight.value"},
		{"", "KGM", "WEIGHT_NOT_A_NUMBER", "weight.value"},
		{"", "", "WEIGHT_REQUIRED", "weight"},
	} {
		_, err := cod.NewWeight("weight", resolve.Amount{Value: c.value, Unit: c.unit})
		want(t, err, errs.KindInvalidArgument, c.reason, c.path, "")
	}
	if got, err := cod.Weight("weight", resolve.Amount{}); err != nil || !got.IsZero() {
		t.Errorf("none, where it may be left out: %s, %v", got, err)
	}
	flour := &resolve.Item{SKU: "FLOUR", BaseUnit: "KGM"}
	_, err := flour.Weight("weight", resolve.Amount{Value: "1", Unit: "KGM"})
	want(t, err, errs.KindInvalidArgument, "WEIGHT_NOT_ALLOWED", "weight", `"FLOUR"`)
	if got, err := flour.NewWeight("weight", resolve.Amount{}); err != nil || !got.IsZero() {
		t.Errorf("none of what is not weighed: %s, %v", got, err)
	}
}
