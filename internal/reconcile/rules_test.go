package reconcile

import (
	"fmt"
	"testing"

	"github.com/lottrail/lottrail/internal/qty"
)

// Each term stands on its side of the equation, with its sign, to the last decimal.
func TestCompare(t *testing.T) {
	t.Parallel()
	d := qty.MustParse
	const last = "0.000000001"
	balanced := func() MassBalance {
		return MassBalance{
			Received: d("100"), Produced: d("20.5"), OnHand: d("30"), InProcess: d("10"), Consumed: d("40"), Shipped: d("50"),
			Returned: d("5"), Scrapped: d("4"), ReturnedToSupplier: d("2.5"), Adjusted: d("11"),
		}
	}
	for name, c := range map[string]struct {
		change           func(*lotFacts)
		stated, computed string // of the one difference; none if empty
	}{
		"all agrees":            {func(*lotFacts) {}, "", ""},
		"received":              {func(f *lotFacts) { f.mass.Received = d("100." + last[2:]) }, "120.500000001", "120.5"},
		"produced":              {func(f *lotFacts) { f.mass.Produced = d("20") }, "120", "120.5"},
		"on hand":               {func(f *lotFacts) { f.mass.OnHand = d("30." + last[2:]) }, "120.5", "120.500000001"},
		"in process":            {func(f *lotFacts) { f.mass.InProcess = d("11") }, "120.5", "121.5"},
		"consumed":              {func(f *lotFacts) { f.mass.Consumed = d("39") }, "120.5", "119.5"},
		"shipped":               {func(f *lotFacts) { f.mass.Shipped = d("51") }, "120.5", "121.5"},
		"returned":              {func(f *lotFacts) { f.mass.Returned = d("6") }, "120.5", "119.5"},
		"scrapped":              {func(f *lotFacts) { f.mass.Scrapped = d("5") }, "120.5", "121.5"},
		"returned to supplier":  {func(f *lotFacts) { f.mass.ReturnedToSupplier = d("3.5") }, "120.5", "121.5"},
		"adjusted":              {func(f *lotFacts) { f.mass.Adjusted = d("12") }, "120.5", "119.5"},
		"a hold less counted":   {func(f *lotFacts) { f.holdCount = 1 }, "1", "2"},
		"a hold more counted":   {func(f *lotFacts) { f.holdCount = 3 }, "3", "2"},
		"process and consumed":  {func(f *lotFacts) { f.mass.InProcess, f.mass.Consumed = d("50"), d("0") }, "", ""},
		"moved out of a return": {func(f *lotFacts) { f.mass.Returned, f.mass.OnHand = d("6"), d("31") }, "", ""},
	} {
		facts := lotFacts{sku: "I", lotCode: "L", unit: "KGM", mass: balanced(), holdCount: 2, activeHolds: 2}
		c.change(&facts)
		var got string
		for _, difference := range facts.compare() {
			got += fmt.Sprintf("%s %s", difference.Stated, difference.Computed)
		}
		want := c.stated + " " + c.computed
		if c.stated == "" {
			want = ""
		}
		if got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestMassBalancesAddUp(t *testing.T) {
	t.Parallel()
	d := qty.MustParse
	one := MassBalance{d("1"), d("2"), d("3"), d("4"), d("5"), d("6"), d("7"), d("8"), d("9"), d("10")}
	sum := fmt.Sprint(one.Add(one).Add(one))
	if want := fmt.Sprint(MassBalance{d("3"), d("6"), d("9"), d("12"), d("15"), d("18"), d("21"), d("24"), d("27"), d("30")}); sum != want {
		t.Errorf("%s, want %s", sum, want)
	}
}
