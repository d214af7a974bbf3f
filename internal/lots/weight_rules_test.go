package lots

import (
	"testing"

	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/queries"
)

func TestNeedsReweighing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tolerance, expected, weighed, earlier string // earlier is a variance
		want                                  bool
	}{
		{"", "100", "1", "", false},
		{"1", "100", "100", "", false},
		{"1", "100", "99", "", false},
		{"1", "100", "101.01", "", true},
		{"1", "100", "98.99", "", true},
		{"1", "100", "90", "-10", false},
		{"1", "100", "90", "-11", false}, // a percent from the other reading
		{"1", "100", "90", "-11.01", true},
		{"1", "100", "90", "10", true},
		{"0", "100", "99.99", "-0.01", false},
		{"0", "100", "99.99", "-0.02", true},
		{"5", "0", "1", "", true},
		{"5", "0", "0", "", false},
	} {
		var tolerance *qty.Decimal
		if c.tolerance != "" {
			percent := qty.MustParse(c.tolerance)
			tolerance = &percent
		}
		var earlier qty.Decimal
		if c.earlier != "" {
			earlier = qty.MustParse(c.earlier)
		}
		if got := needsReweighing(tolerance, qty.MustParse(c.expected), qty.MustParse(c.weighed), c.earlier != "", earlier); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

func kilosOf(quantity, weight string) stockAmount {
	return stockAmount{qty.MustParse(quantity), qty.MustParse(weight)}
}

func TestDoubtOfWeight(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		now, variance stockAmount
		want          bool
	}{
		{kilosOf("12", "148"), kilosOf("-1", "-12"), false},
		{kilosOf("12", "148"), kilosOf("-12", "-148"), false},
		{kilosOf("12", "148"), kilosOf("0", "-1"), false},
		{kilosOf("0", "0"), kilosOf("3", "36"), false},
		{kilosOf("5", "61"), kilosOf("0", "-61"), true},
		{kilosOf("5", "61"), kilosOf("-5", "-60"), true},
		{kilosOf("5", "61"), kilosOf("-1", "-62"), true},
		{kilosOf("0", "0"), kilosOf("0", "-0.5"), true},
	} {
		if got := doubtOfWeight(c.now, c.variance); (got != "") != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}

// What is counted is a quantity with its weight: where they disagree on which way it
// differs, all is missed as it was and found as it is.
func TestChangesOfACountedLine(t *testing.T) {
	t.Parallel()
	line := func(expected, counted stockAmount) *countedLine {
		l := &countedLine{variance: counted.sub(expected)}
		l.row.WeightUnit = "KGM"
		l.row.Expected, l.row.ExpectedWeight, l.row.Counted, l.row.CountedWeight = expected.quantity, expected.weight, counted.quantity, counted.weight
		return l
	}
	for name, c := range map[string]struct {
		expected, counted stockAmount
		want              []stockAmount
	}{
		"less":             {kilosOf("12", "148"), kilosOf("11", "136"), []stockAmount{kilosOf("-1", "-12")}},
		"more":             {kilosOf("12", "148"), kilosOf("13", "160"), []stockAmount{kilosOf("1", "12")}},
		"nothing":          {kilosOf("12", "148"), kilosOf("0", "0"), []stockAmount{kilosOf("-12", "-148")}},
		"out of nothing":   {kilosOf("0", "0"), kilosOf("2", "24"), []stockAmount{kilosOf("2", "24")}},
		"dried":            {kilosOf("12", "148"), kilosOf("12", "147"), []stockAmount{kilosOf("-12", "-148"), kilosOf("12", "147")}},
		"less that weighs": {kilosOf("12", "148"), kilosOf("11", "149"), []stockAmount{kilosOf("-12", "-148"), kilosOf("11", "149")}},
		"less as heavy":    {kilosOf("12", "148"), kilosOf("11", "148"), []stockAmount{kilosOf("-12", "-148"), kilosOf("11", "148")}},
	} {
		got := line(c.expected, c.counted).changes()
		if len(got) != len(c.want) {
			t.Errorf("%s: %v", name, got)
			continue
		}
		for i := range got {
			if got[i].quantity.Cmp(c.want[i].quantity) != 0 || got[i].weight.Cmp(c.want[i].weight) != 0 {
				t.Errorf("%s: %v, want %v", name, got, c.want)
			}
		}
	}
}

// A quantity that is still there and weighs less by now cannot be taken back.
func TestFindShortWeight(t *testing.T) {
	t.Parallel()
	const bin = int64(1001)
	receipt := func(quantity, weight string) queries.ReversalListMovementRow {
		return queries.ReversalListMovementRow{LotID: 1, Kind: "receipt", Quantity: qty.MustParse(quantity), Weight: qty.MustParse(weight), FromLocationID: ledger.Supplier, ToLocationID: bin}
	}
	for _, c := range []struct {
		quantity, weight string // there are 12 that weigh 148
		short            bool
	}{
		{"12", "148", false}, {"10", "120", false}, {"12", "148.1", true}, {"12", "147.9", true}, {"11", "148", true}, {"13", "148", true}, {"1", "149", true},
	} {
		lot := &ledger.LockedLot{WeightUnit: "KGM", OnHand: map[int64]qty.Decimal{bin: qty.FromInt(12)}, Weights: map[int64]qty.Decimal{bin: qty.FromInt(148)}}
		if got := findShort([]queries.ReversalListMovementRow{receipt(c.quantity, c.weight)}, ledger.Locked{1: lot}); (got != nil) != c.short {
			t.Errorf("%+v: %v", c, got)
		}
	}
}
