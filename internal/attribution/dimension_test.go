package attribution_test

import (
	"testing"

	"github.com/lottrail/lottrail/internal/attribution"
	"github.com/lottrail/lottrail/internal/qty"
)

// cases of 12 kg, and so on.
func item(id int64, unit, weightUnit string, units ...string) *attribution.Item {
	i := &attribution.Item{ID: id, BaseUnit: unit, WeightUnit: weightUnit, Units: map[string]qty.Ratio{}}
	for n := 0; n < len(units); n += 3 {
		i.Units[units[n]] = qty.Ratio{Numerator: qty.MustParse(units[n+1]), Denominator: qty.MustParse(units[n+2])}
	}
	return i
}

// Ten of the seed are divided over lots 2 and 3, which is the first to take: by what they
// have in common, if they have.
func TestDivision(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		a, b     *attribution.Item
		two      string // what is put out of b's lot
		weights  [2]string
		shares   [2]string
		want     string
		backward string
	}{
		{"one unit", item(2, "KGM", ""), item(3, "KGM", ""), "3", [2]string{}, [2]string{}, "2.5", "2.5"},
		{"two units of mass", item(2, "KGM", ""), item(3, "GRM", ""), "3000", [2]string{}, [2]string{}, "2.5", "2.5"},
		{"pounds", item(2, "LBR", ""), item(3, "ONZ", ""), "48", [2]string{}, [2]string{}, "2.5", "2.5"},
		{"two units of volume", item(2, "LTR", ""), item(3, "CMQ", ""), "3000", [2]string{}, [2]string{}, "2.5", "2.5"},
		{"two units of length", item(2, "MTR", ""), item(3, "CMT", ""), "300", [2]string{}, [2]string{}, "2.5", "2.5"},
		{"by an item's own conversion", item(2, "KGM", ""), item(3, "H87", "", "KGM", "6", "1"), "18", [2]string{}, [2]string{}, "2.5", "2.5"},
		{"by a unit that both convert to", item(2, "H87", "", "BOX", "4", "1"), item(3, "LTR", "", "BOX", "2", "3"), "2", [2]string{}, [2]string{}, "0.769230769", "0.769230769"},
		{"by a catch weight", item(2, "KGM", ""), item(3, "H87", "KGM"), "7", [2]string{"", "3"}, [2]string{}, "2.5", "2.5"},
		{"by weights in two units", item(2, "H87", "GRM"), item(3, "H87", "KGM"), "7", [2]string{"1000", "3"}, [2]string{}, "2.5", "2.5"},
		{"pieces", item(2, "H87", ""), item(3, "H87", ""), "3", [2]string{}, [2]string{}, "2.5", "2.5"},
		{"pieces whose mass is known", item(2, "H87", "", "KGM", "1", "1"), item(3, "H87", "", "KGM", "3", "1"), "3", [2]string{}, [2]string{}, "5", "5"},
		{"by mass before volume", item(2, "LTR", "", "KGM", "1", "1"), item(3, "LTR", "", "KGM", "1", "3"), "1", [2]string{}, [2]string{}, "2.5", "2.5"},
		{"by volume before area", item(2, "MTK", "", "LTR", "1", "1"), item(3, "MTK", "", "LTR", "1", "3"), "1", [2]string{}, [2]string{}, "2.5", "2.5"},
		{"by area before length", item(2, "MTR", "", "MTK", "1", "1"), item(3, "MTR", "", "MTK", "1", "3"), "1", [2]string{}, [2]string{}, "2.5", "2.5"},
		{"by a catch weight before a conversion", item(2, "KGM", ""), item(3, "H87", "KGM", "KGM", "1", "1"), "7", [2]string{"", "3"}, [2]string{}, "2.5", "2.5"},
		{"by pieces before boxes", item(2, "H87", "", "BOX", "1", "1"), item(3, "H87", "", "BOX", "1", "3"), "3", [2]string{}, [2]string{}, "2.5", "2.5"},
		{"nothing in common", item(2, "LTR", ""), item(3, "KGM", ""), "3", [2]string{}, [2]string{}, "5 assumed", "5 assumed"},
		{"as stated", item(2, "LTR", ""), item(3, "KGM", ""), "3", [2]string{}, [2]string{"1", "4"}, "2", "5 assumed"},
	} {
		h := newHistory()
		h.receive(1, "10")
		h.consume(1, 5, "10")
		for i, out := range []struct {
			item     *attribution.Item
			quantity string
		}{{c.a, "1"}, {c.b, c.two}} {
			h.of(int64(2+i), out.item)
			m := h.put(5, int64(2+i), out.quantity)
			m.Weight, m.Share = given(c.weights[i]), given(c.shares[i])
		}
		if got := said(h.tell(t, false, []int64{1}), false); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		back := newHistory()
		for i, in := range []struct {
			item     *attribution.Item
			quantity string
		}{{c.a, "1"}, {c.b, c.two}} {
			back.of(int64(2+i), in.item)
			back.receive(int64(2+i), in.quantity)
			back.consume(int64(2+i), 5, in.quantity).Weight = given(c.weights[i])
		}
		back.put(5, 1, "10")
		if got := said(back.tell(t, true, []int64{1}), true); got != c.backward {
			t.Errorf("%s backward: %s, want %s", c.name, got, c.backward)
		}
	}
}

func given(text string) *qty.Decimal {
	if text == "" {
		return nil
	}
	return new(qty.MustParse(text))
}

func said(told *attribution.History, backward bool) string {
	lot := told.LotOf(2)
	text := lot.Through.Value.String()
	if !backward && lot.OnHand.Value.String() != text || lot.Assumed != told.Totals().Assumed && !backward {
		return "something else"
	}
	if told.RunOf(5).Assumed {
		text += " assumed"
	}
	return text
}

// Of a run in process, what it consumed less what it put out is still in it, if that can
// be said; else as much as one of its outputs has.
func TestInProcess(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		out  *attribution.Item
		in   *attribution.Item // of something else that went in, 5 of it
		want string
	}{
		{"one unit", flour(), nil, "7"},
		{"with what is not of the seed", flour(), flour(), "8"},
		{"put out in pieces", item(2, "H87", ""), nil, "5 assumed"},
		{"put out in pieces of known mass", item(2, "H87", "", "KGM", "2", "1"), nil, "8.5"},
		{"with something that cannot be compared", flour(), item(3, "LTR", ""), "5 assumed"},
	} {
		h := newHistory()
		h.receive(1, "10")
		h.consume(1, 5, "10")
		h.of(2, c.out)
		h.put(5, 2, "3")
		h.open[5] = true
		if c.in != nil {
			h.in[5] = append(h.in[5], attribution.NewInput(&attribution.Movement{Quantity: qty.MustParse("5")}, c.in))
		}
		run := h.tell(t, false, []int64{1}).RunOf(5)
		got := run.Kept.Value.String()
		if run.Assumed {
			got += " assumed"
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// What stays in a run in process is measured as all that went in and came out can be, and so
// is what came out: not by what the outputs alone have in common.
func TestInProcessByWhatAllHave(t *testing.T) {
	t.Parallel()
	h := newHistory()
	h.of(1, item(1, "LTR", ""))
	h.of(2, item(2, "LTR", "", "KGM", "1", "1"))
	h.of(3, item(3, "LTR", "", "KGM", "1", "3"))
	h.receive(1, "10")
	h.consume(1, 5, "10")
	h.put(5, 2, "4")
	h.put(5, 3, "4")
	h.open[5] = true
	check(t, "in litres", h, false, []int64{1}, "lot 2 has 4 [0-10], lot 3 has 4 [0-10], run 5 keeps 2 [0-10] of 10")
	if run := h.tell(t, false, []int64{1}).RunOf(5); run.Basis != attribution.Measured {
		t.Errorf("divided by %v", run.Basis)
	}
}

// What was weighed counts by its weight also where no more is told of it, and a single output
// of a run in process is measured, too.
func TestInProcessByWeight(t *testing.T) {
	t.Parallel()
	h := newHistory()
	h.receive(1, "10")
	h.consume(1, 5, "10")
	h.put(5, 2, "3")
	h.open[5] = true
	h.in[5] = append(h.in[5], attribution.NewInput(&attribution.Movement{Quantity: qty.MustParse("2"), Weight: given("5")}, item(3, "H87", "KGM")))
	run := h.tell(t, false, []int64{1}).RunOf(5)
	if run.Kept.Value.String() != "8" || run.Assumed || run.Basis != attribution.Measured {
		t.Errorf("%+v", run)
	}
}
