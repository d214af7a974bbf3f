package lineage_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/lottrail/lottrail/internal/attribution"
	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
	"github.com/lottrail/lottrail/internal/pg"
)

// attributed is what parts say of quantities, by names, a line each.
func attributed(t tester, parts []*lineage.Part) (lines []string, totals []lineage.AttributionTotals) {
	t.Helper()
	names := map[int32]string{}
	for i, p := range parts {
		for _, l := range p.Lots {
			names[l.Ref] = l.SKU + "/" + l.LotCode
		}
		for _, r := range p.Runs {
			names[r.Ref] = r.ProductionOrderCode + "#" + r.RunCode
		}
		for _, l := range p.LotAttributions {
			places := ""
			for _, s := range l.Stocks {
				places += " " + s.LocationCode + " " + figure(s.Figure)
			}
			lines = append(lines, fmt.Sprintf("%s %s of %s%s", names[l.LotRef], figure(l.Through), l.Quantity, places))
		}
		for _, r := range p.RunAttributions {
			lines = append(lines, fmt.Sprintf("%s %s keeps %s", names[r.RunRef], figure(r.Through), figure(r.Kept)))
		}
		for _, s := range p.ShipmentAttributions {
			lines = append(lines, fmt.Sprintf("%s to %s for %q %s", names[s.LotRef], s.CustomerCode, s.SalesOrderCode, figure(s.Figure)))
		}
		for _, c := range p.CustomerAttributions {
			lines = append(lines, fmt.Sprintf("%s has %s", c.CustomerCode, figure(c.Figure)))
		}
		for _, r := range p.ReceiptAttributions {
			lines = append(lines, fmt.Sprintf("%s from %s %s", names[r.LotRef], r.SupplierCode, figure(r.Figure)))
		}
		if p.Summary != nil {
			totals = p.Summary.Attributions
			for _, at := range totals {
				if !at.Balanced() {
					t.Errorf("part %d: %+v", i, at)
				}
			}
		}
	}
	return lines, totals
}

func figure(f attribution.Figure) string {
	if f.Least.Cmp(f.Value) == 0 && f.Most.Cmp(f.Value) == 0 {
		return f.Value.String()
	}
	return fmt.Sprintf("%s[%s-%s]", f.Value, f.Least, f.Most)
}

func TestAttribution(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, graph, seed string
		direction         lineage.Direction
		maxDepth          int32
		items             string
		want              string
	}{
		{name: "forward", seed: "a/1", direction: lineage.Forward,
			graph: "mill -> a/1 10 + b/1 10\n r#1: a/1 6 + b/1 6 -> c/1 8 + d/1 4\n c/1 2 => shop for SO-1\n c/1 2 => kiosk\n d/1 4 => shop",
			want: `
				a/1 10 of 10 A 4
				c/1 4[0-6] of 8 A 2[0-6]
				d/1 2[0-6] of 4
				c/1 to shop for "SO-1" 1[0-6]
				c/1 to kiosk for "" 1[0-6]
				d/1 to shop for "" 2[0-6]
				r#1 6 keeps 0
				kiosk has 1[0-6]
				shop has 3[0-6]`},
		{name: "in process", seed: "a/1", direction: lineage.Forward,
			graph: "mill -> a/1 10 + b/1 10\n open r#1: a/1 6 + b/1 6 -> c/1 8",
			want: `
				a/1 10 of 10 A 4
				c/1 4[0-6] of 8 A 4[0-6]
				r#1 6 keeps 2[0-6]`},
		{name: "backward", seed: "d/1", direction: lineage.Backward,
			graph: "mill -> a/1 10\n farm -> a/1 30\n mill -> b/1 10\n r#1: a/1 6 + b/1 2 -> c/1 8 + d/1 4",
			want: `
				d/1 4 of 4
				a/1 3[0-4] of 40
				b/1 1[0-4] of 10
				a/1 from mill 0.75[0-4]
				a/1 from farm 2.25[0-4]
				b/1 from mill 1[0-4]
				r#1 4 keeps 0`},
		{name: "hidden lots are in between", seed: "a/1", direction: lineage.Forward, items: "c",
			graph: "mill -> a/1 10\n r#1: a/1 6 -> b/1 3\n r#2: b/1 1 -> c/1 1\n b/1 1 => shop\n c/1 1 => kiosk",
			want: `
				a/1 10 of 10 A 4
				c/1 2[0-6] of 1
				c/1 to kiosk for "" 2[0-6]
				r#1 6 keeps 0
				r#2 2[0-6] keeps 0
				kiosk has 2[0-6]`},
		{name: "beyond the depth", seed: "a/1", direction: lineage.Forward, maxDepth: 1,
			graph: "mill -> a/1 10\n r#1: a/1 6 -> b/1 3\n r#2: b/1 1 -> c/1 1",
			want: `
				a/1 10 of 10 A 4
				b/1 6 of 3 A 4[0-6]
				r#1 6 keeps 0`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g := parse(t, c.graph)
			db := dbtest.Open(t)
			world := lineagetest.Load(t, db, 1, g)
			q := lineage.Query{TenantID: 1, LotIDs: []int64{world.LotIDs[c.seed]}, Direction: c.direction, MaxDepth: c.maxDepth, Attribute: true}
			for _, item := range strings.Fields(c.items) {
				q.ItemIDs = append(q.ItemIDs, world.ItemIDs[item])
			}
			lines, totals := attributed(t, walk(t, db, q))
			var want []string
			for _, line := range strings.Split(strings.TrimSpace(c.want), "\n") {
				want = append(want, strings.TrimSpace(line))
			}
			slices.Sort(want)
			slices.Sort(lines)
			if !slices.Equal(lines, want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
			}
			if len(totals) != 1 || totals[0].Direction != c.direction || totals[0].Unit != lineagetest.Unit || totals[0].Refusal != "" {
				t.Errorf("%+v", totals)
			}
		})
	}
}

// What is found small step by small step is what is found at once; and attributing adds
// to a walk without changing anything else of it.
func TestAttributionInSteps(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	world := lineagetest.Load(t, db, 1, parse(t, bakery))
	for _, seed := range slices.Sorted(maps.Keys(world.LotIDs)) {
		for _, direction := range directions {
			q := lineage.Query{TenantID: 1, LotIDs: []int64{world.LotIDs[seed]}, Direction: direction}
			plain := walk(t, db, q)
			q.Attribute = true
			whole := walk(t, db, q)
			lines, totals := attributed(t, whole)
			if want := 1; direction == lineage.Both && len(totals) != 2 || direction != lineage.Both && len(totals) != want {
				t.Errorf("%s: %d totals", seed, len(totals))
			}
			lineage.Resize(&q, 2, 3)
			again, _ := attributed(t, walk(t, db, q))
			slices.Sort(lines)
			slices.Sort(again)
			if !slices.Equal(lines, again) {
				t.Errorf("%s: in steps\n%s\nat once\n%s", seed, strings.Join(again, "\n"), strings.Join(lines, "\n"))
			}
			a, _ := gather(t, plain, 250)
			b, _ := gather(t, whole, 250)
			if tell(a) != tell(b) {
				t.Errorf("%s: %s, attributed %s", seed, tell(a), tell(b))
			}
		}
	}
}

// Several seeds are attributed together if they are of one unit, and a run is what it put
// out.
func TestAttributionOfSeveral(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	world := lineagetest.Load(t, db, 1, parse(t, "mill -> a/1 10 + b/1 10\n r#1: a/1 6 + b/1 6 -> c/1 8\n r#2: b/1 1 ->"))
	ask := func(q lineage.Query) string {
		t.Helper()
		q.TenantID, q.Direction, q.Attribute = 1, lineage.Forward, true
		slices.Sort(q.LotIDs)
		_, totals := attributed(t, walk(t, db, q))
		return fmt.Sprint(len(totals)) + strings.Join(func() (texts []string) {
			for _, at := range totals {
				texts = append(texts, fmt.Sprintf(" %s: %s on hand, %s lost", at.Seeded, at.OnHand, at.Lost))
			}
			return texts
		}(), "")
	}
	lots, runs := world.LotIDs, world.RunIDs
	for want, q := range map[string]lineage.Query{
		"1 20: 19 on hand, 1 lost": {LotIDs: []int64{lots["a/1"], lots["b/1"]}},
		"1 8: 8 on hand, 0 lost":   {RunIDs: []int64{runs["r#1"]}},
		"0":                        {RunIDs: []int64{runs["r#2"]}},
	} {
		if got := ask(q); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if _, err := db.Exec(t.Context(), "UPDATE item SET base_unit = 'H87' WHERE item_id = $1", world.ItemIDs["b"]); err != nil {
		t.Fatal(err)
	}
	err := db.Read(t.Context(), func(tx *pg.Snapshot) error {
		q := lineage.Query{TenantID: 1, LotIDs: []int64{lots["a/1"], lots["b/1"]}, Direction: lineage.Forward, Attribute: true}
		slices.Sort(q.LotIDs)
		return lineage.Walk(t.Context(), tx, q, func(*lineage.Part) error { return nil })
	})
	if errs.Reason(err) != "SEED_UNITS_DIFFER" {
		t.Errorf("%v", err)
	}
}

// What is too much to be attributed is refused in the summary, and the trace is whole all
// the same.
func TestAttributionOfTooMuch(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	world := lineagetest.Load(t, db, 1, parse(t, "mill -> a/1 10\n r#1: a/1 6 -> b/1 8"))
	for most, want := range map[int]string{3: "there are more than 3 movements", 4: ""} {
		q := lineage.Query{TenantID: 1, LotIDs: []int64{world.LotIDs["a/1"]}, Direction: lineage.Forward, Attribute: true}
		lineage.LimitMovements(&q, most)
		parts := walk(t, db, q)
		lots := 0
		for _, p := range parts {
			lots += len(p.Lots)
		}
		summary := parts[len(parts)-1].Summary
		if got := summary.Attributions; lots != 2 || !summary.Complete() || len(got) != 1 || got[0].Refusal != want {
			t.Errorf("%d lots, %+v, want %q", lots, got, want)
		}
	}
}
