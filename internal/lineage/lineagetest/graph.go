// Package lineagetest makes small worlds of lots and runs for tests, and tells by
// a plain search in memory what a walk through them has to find.
package lineagetest

import (
	"fmt"
	"strconv"
	"strings"
)

// Graph is what happened, in words: lots are named item/code, runs order#code. An
// item whose name begins with ~ is not tracked by lot: its lots are inferred.
type Graph struct {
	Receipts  []Receipt
	Runs      []Run
	Shipments []Shipment
	Moves     []Amount
	// Adjusted is what was found at the first location, or missed there: below zero.
	// It is expected and compared, and no Load posts it.
	Adjusted []Amount
}

// Amount is so much of a lot.
type Amount struct {
	Lot      string
	Quantity int64
}

// Receipt is a lot that came from a supplier.
type Receipt struct {
	Supplier string
	Amount
}

// Run is one execution of an order. A lot that comes twice among In was taken
// twice, an hour apart.
type Run struct {
	Name    string
	In, Out []Amount
	Open    bool
}

// Shipment is what went to a customer. Order is empty if there was none. Code is what
// Load gave it, or would: S- and its number.
type Shipment struct {
	Code, Customer, Order string
	Lines                 []Amount
}

// Join is graphs as one. A run that is in several of them is finished if one says
// so.
func Join(graphs []Graph) Graph {
	var all Graph
	runs := map[string]int{}
	for _, g := range graphs {
		all.Receipts = append(all.Receipts, g.Receipts...)
		all.Shipments = append(all.Shipments, g.Shipments...)
		all.Moves = append(all.Moves, g.Moves...)
		all.Adjusted = append(all.Adjusted, g.Adjusted...)
		for _, run := range g.Runs {
			at, there := runs[run.Name]
			if !there {
				at = len(all.Runs)
				runs[run.Name] = at
				all.Runs = append(all.Runs, Run{Name: run.Name, Open: true})
			}
			r := &all.Runs[at]
			r.In, r.Out, r.Open = append(r.In, run.In...), append(r.Out, run.Out...), r.Open && run.Open
		}
	}
	return all
}

// Parse reads a graph, one event a line:
//
//	mill -> flour/1 100                          a receipt
//	mix#1: flour/1 60 + water/1 40 -> dough/1 90 a run; "open mix#1:" is in process
//	dough/1 30 + dough/2 5 => shop               a shipment; "=> shop for SO-1" has an order
//	move dough/1 10                              to the other location
func Parse(text string) (Graph, error) {
	var g Graph
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if err := g.parseLine(line); err != nil {
			return g, fmt.Errorf("%q: %w", line, err)
		}
	}
	return g, nil
}

func (g *Graph) parseLine(line string) (err error) {
	if rest, ok := strings.CutPrefix(line, "move "); ok {
		amounts, err := parseAmounts(rest)
		g.Moves = append(g.Moves, amounts...)
		return err
	}
	if lines, to, ok := strings.Cut(line, "=>"); ok {
		var s Shipment
		s.Customer, s.Order, _ = strings.Cut(strings.TrimSpace(to), " for ")
		s.Lines, err = parseAmounts(lines)
		g.Shipments = append(g.Shipments, s)
		return err
	}
	from, to, ok := strings.Cut(line, "->")
	if !ok {
		return fmt.Errorf("no arrow")
	}
	out, err := parseAmounts(to)
	if err != nil {
		return err
	}
	name, ins, isRun := strings.Cut(from, ":")
	if !isRun {
		for _, a := range out {
			g.Receipts = append(g.Receipts, Receipt{strings.TrimSpace(from), a})
		}
		return nil
	}
	run := Run{Out: out}
	run.Name, run.Open = strings.CutPrefix(strings.TrimSpace(name), "open ")
	run.In, err = parseAmounts(ins)
	g.Runs = append(g.Runs, run)
	return err
}

func parseAmounts(text string) ([]Amount, error) {
	var amounts []Amount
	for part := range strings.SplitSeq(text, "+") {
		fields := strings.Fields(part)
		if len(fields) == 0 {
			continue
		}
		if len(fields) != 2 || !strings.Contains(fields[0], "/") {
			return nil, fmt.Errorf("%q is not a lot and a quantity", part)
		}
		n, err := strconv.ParseInt(fields[1], 10, 64)
		if err != nil {
			return nil, err
		}
		amounts = append(amounts, Amount{fields[0], n})
	}
	return amounts, nil
}

// Item is the item of a lot.
func Item(lot string) string {
	item, _, _ := strings.Cut(lot, "/")
	return item
}

// Inferred says whether a lot is one of an untracked item.
func Inferred(lot string) bool { return strings.HasPrefix(lot, "~") }
