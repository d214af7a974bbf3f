package lineagetest

import (
	"fmt"

	"pgregory.net/rapid"
)

// Random draws any graph: with loops, with several ways to the same end, with
// runs that take nothing or put out nothing, with lots that several runs put out.
func Random(t *rapid.T) (Graph, []string) {
	var g Graph
	var lots []string
	stock := map[string]int64{}
	for i := range rapid.IntRange(1, 14).Draw(t, "lots") {
		item := rapid.SampledFrom([]string{"a", "b", "c", "~d"}).Draw(t, "item")
		lots = append(lots, fmt.Sprintf("%s/%d", item, i))
	}
	lot := rapid.SampledFrom(lots)
	for i := range rapid.IntRange(0, 8).Draw(t, "runs") {
		run := Run{Name: fmt.Sprintf("p%d#%d", i/2, i), Open: rapid.Bool().Draw(t, "open")}
		for _, out := range rapid.SliceOfN(lot, 0, 4).Draw(t, "out") {
			run.Out = append(run.Out, Amount{out, 1000})
			stock[out] += 1000
		}
		g.Runs = append(g.Runs, run)
	}
	// What no run put out was bought; so was some of the rest.
	party := rapid.SampledFrom([]string{"X", "Y", "Z"})
	for _, name := range lots {
		if stock[name] == 0 || rapid.IntRange(0, 5).Draw(t, "bought too") == 0 {
			g.Receipts = append(g.Receipts, Receipt{party.Draw(t, "supplier"), Amount{name, 1000}})
			if rapid.IntRange(0, 2).Draw(t, "bought again") == 0 {
				g.Receipts = append(g.Receipts, Receipt{party.Draw(t, "supplier"), Amount{name, 10}})
			}
		}
	}
	some := func() Amount {
		return Amount{lot.Draw(t, "lot"), rapid.Int64Range(1, 5).Draw(t, "quantity")}
	}
	for i := range g.Runs {
		for range rapid.IntRange(0, 4).Draw(t, "in") {
			g.Runs[i].In = append(g.Runs[i].In, some())
		}
	}
	for range rapid.IntRange(0, 2).Draw(t, "moves") {
		g.Moves = append(g.Moves, some())
	}
	for i := range rapid.IntRange(0, 6).Draw(t, "shipments") {
		s := Shipment{Customer: party.Draw(t, "customer")}
		if rapid.Bool().Draw(t, "ordered") {
			s.Order = fmt.Sprintf("SO-%d", i)
		}
		for range rapid.IntRange(1, 3).Draw(t, "lines") {
			s.Lines = append(s.Lines, some())
		}
		g.Shipments = append(g.Shipments, s)
	}
	return g, lots
}

// Evenly draws one of so many numbers, each as likely as the others: by itself rapid draws
// small ones rather than large ones, and so hardly anything that happens late.
func Evenly(t *rapid.T, of int, label string) int {
	return rapid.Custom(func(t *rapid.T) (n int) {
		for most := 1; most < 4*of; most *= 2 {
			n *= 2
			if rapid.Bool().Draw(t, "more") {
				n++
			}
		}
		return n % of
	}).Draw(t, label)
}
