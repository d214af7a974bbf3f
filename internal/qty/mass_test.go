package qty_test

import (
	"errors"
	"testing"

	"github.com/lottrail/lottrail/internal/qty"
)

func TestMass(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ value, unit, in, want string }{
		{"148.35", "KGM", "KGM", "148.35"},
		{"148350", "GRM", "KGM", "148.35"},
		{"0.14835", "TNE", "KGM", "148.35"},
		{"1", "LBR", "KGM", "0.45359237"},
		{"1", "ONZ", "GRM", ""}, // 28.349523125 has 9 decimals, but here are 8
		{"16", "ONZ", "LBR", "1"},
		{"0.5", "LBR", "ONZ", "8"},
		{"1", "KGM", "LBR", ""},
		{"0.45359237", "KGM", "ONZ", "16"},
	} {
		got, err := qty.Mass(c.unit, c.in).ToBase(qty.MustParse(c.value), 8)
		if c.want == "" {
			if !errors.Is(err, qty.ErrTooPrecise) {
				t.Errorf("%s %s in %s: %s, %v", c.value, c.unit, c.in, got, err)
			}
			continue
		}
		if err != nil || got.String() != c.want {
			t.Errorf("%s %s in %s: %s, %v; want %s", c.value, c.unit, c.in, got, err, c.want)
		}
	}
	for unit, want := range map[string]bool{"KGM": true, "ONZ": true, "H87": false, "": false, "kgm": false} {
		if qty.IsMass(unit) != want {
			t.Errorf("%q is one of mass: %v", unit, !want)
		}
	}
	if units := qty.MassUnits(); len(units) != 5 || units[0] != "GRM" {
		t.Errorf("%v", units)
	}
}
