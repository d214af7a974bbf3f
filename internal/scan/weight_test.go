package scan_test

import (
	"testing"

	"github.com/lottrail/lottrail/internal/resolve"
)

// Of an item that is weighed, the count is the quantity and the net weight its weight:
// whatever is weighed with its packaging is not.
func TestWeight(t *testing.T) {
	t.Parallel()
	cod := &resolve.Item{BaseUnit: "CASE", WeightUnit: "KGM", Tracking: resolve.TrackingLot}
	flour := &resolve.Item{BaseUnit: "KGM", Tracking: resolve.TrackingLot}
	for _, c := range []struct {
		data             string
		item             *resolve.Item
		quantity, weight string
	}{
		{"(01)" + gtin + "(3102)001235(10)L", cod, "1 CASE", "12.35 KGM"},
		{"(02)" + gtin + "(37)12(3102)014835(10)L", cod, "12 CASE", "148.35 KGM"},
		{"(01)" + gtin + "(30)12(3102)014835(10)L", cod, "12 CASE", "148.35 KGM"},
		{"(01)" + gtin + "(3201)000272(10)L", cod, "1 CASE", "27.2 LBR"},
		{"(02)" + gtin + "(3102)014835(10)L", cod, "", "148.35 KGM"},
		{"(01)" + gtin + "(3302)015000(10)L", cod, "", ""},
		{"(01)" + gtin + "(10)L", cod, "", ""},
		{"(01)" + gtin + "(3102)001235(10)L", flour, "12.35 KGM", ""},
	} {
		unit := "CASE"
		if c.item == flour {
			unit = ""
		}
		text := func(value, unit string, ok bool) string {
			if !ok {
				return ""
			}
			return value + " " + unit
		}
		code := read(t, c.data)
		if got := text(code.Quantity(c.item, unit)); got != c.quantity {
			t.Errorf("%s: %q, want %q", c.data, got, c.quantity)
		}
		if got := text(code.Weight(c.item)); got != c.weight {
			t.Errorf("%s weighs %q, want %q", c.data, got, c.weight)
		}
	}
}
