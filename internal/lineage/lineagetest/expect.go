package lineagetest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// Ask is what to expect the answer to.
type Ask struct {
	Seed              string   // empty if there are others
	Lots, Runs        []string // more seeds
	Forward, Backward bool
	Siblings          bool     // of both
	MaxDepth          int      // 0 is no limit
	Items             []string // empty is all
	// Places shows only lots that ever were at these locations, SITE, A or B; empty is all.
	Places []string
	// Happened and within, if not nil, leave out what did not happen in a window: what
	// each operation did, and the first and the one behind the last within.
	Happened    []Graph
	From, Until int
	// Of a History: lots of these categories too, if there are any, what lies in a window,
	// if there is one, and what is in time alone.
	Categories []string
	Window     *Window
	InTimeOnly bool
}

// Answer is what a trace found, as sorted lines that can be compared.
type Answer struct {
	Lots, Runs, Edges, Receipts, Shipments []string
	Stopped, Hidden                        int
	Elsewhere, Outside                     int
	Customers, Suppliers                   int
	OpenRuns                               int
	MaxDepth                               int
}

// LotLine is how an Answer tells a lot.
func LotLine(lot, direction string, depth int, stock string) string {
	return fmt.Sprintf("%s %s %d, left %s", lot, direction, depth, stock)
}

// RunLine is how an Answer tells a run.
func RunLine(run, direction string, depth int, open bool) string {
	return fmt.Sprintf("%s %s %d open=%t", run, direction, depth, open)
}

// ConsumptionLine is how an Answer tells an edge from a lot to a run.
func ConsumptionLine(lot, quantity, run string) string { return lot + " " + quantity + " -> " + run }

// OutputLine is how an Answer tells an edge from a run to a lot.
func OutputLine(run, quantity, lot string) string { return run + " -> " + lot + " " + quantity }

// ReceiptLine is how an Answer tells a receipt.
func ReceiptLine(lot, quantity, supplier, order string, line int32) string {
	return fmt.Sprintf("%s %s from %s by %s line %d", lot, quantity, supplier, order, line)
}

// ShipmentLine is how an Answer tells a shipment.
func ShipmentLine(lot, quantity, customer, shipment, order string, line int32) string {
	return fmt.Sprintf("%s %s to %s by %s for %q line %d", lot, quantity, customer, shipment, order, line)
}

// Sort brings the lines in order, so that two answers can be compared.
func (a *Answer) Sort() {
	for _, lines := range []*[]string{&a.Lots, &a.Runs, &a.Edges, &a.Receipts, &a.Shipments} {
		slices.Sort(*lines)
	}
}

// tie is an edge: so much of a lot into or out of a run.
type tie struct {
	lot, run string
	out      bool
}

// model is a graph as maps, and what was found in it.
type model struct {
	g    Graph
	ties map[tie]int64
	// What was found, with direction and depth.
	lots, runs map[string]found
	edges      map[tie]bool
	stopped    map[string]bool
	outside    map[string]bool
	whole      map[tie]int64 // ties whatever the window
	maxDepth   int
}

type found struct {
	direction string
	depth     int
}

// newModel is a graph in which nothing was found yet.
func newModel(g Graph) *model {
	m := &model{
		g: g, lots: map[string]found{}, runs: map[string]found{}, edges: map[tie]bool{},
		stopped: map[string]bool{}, outside: map[string]bool{},
	}
	m.whole = g.ties()
	m.ties = m.whole
	return m
}

// Expect searches the graph in memory.
func (g Graph) Expect(ask Ask) Answer {
	m := newModel(g)
	if ask.Happened != nil {
		m.ties = Join(ask.Happened[ask.From:ask.Until]).ties()
	}
	var backward, forward map[string]bool
	if ask.Backward {
		backward = m.search(ask, true)
	}
	if ask.Forward {
		forward = m.search(ask, false)
	}
	forward = m.addSiblings(ask, forward)
	return m.answer(ask, backward, forward)
}

// search goes one way, one step a round, until a round finds nothing. Near ties
// lead from lots to runs, the others from runs to lots.
func (m *model) search(ask Ask, back bool) map[string]bool {
	near := func(t tie) bool { return t.out == back }
	lots, runs := m.start(ask, near)
	m.spread(ask, lots, runs, near)
	return m.keep(lots, runs, map[bool]string{false: "forward", true: "backward"}[back])
}

// addSiblings goes on forward from all that was found backward, and returns the lots that
// it finds, and those found forward.
func (m *model) addSiblings(ask Ask, forward map[string]bool) map[string]bool {
	if !ask.Siblings {
		return forward
	}
	lots, runs := map[string]int{}, map[string]int{}
	for lot, f := range m.lots {
		if f.direction == "backward" {
			lots[lot] = f.depth
		}
	}
	near := func(t tie) bool { return !t.out }
	for run, f := range m.runs {
		if f.direction == "backward" {
			runs[run] = f.depth
		}
	}
	for t := range m.ties {
		if d, ok := runs[t.run]; ok && !near(t) {
			meet(lots, t.lot, d)
		}
	}
	m.spread(ask, lots, runs, near)
	all := m.keep(lots, runs, "sibling")
	maps.Copy(all, forward)
	return all
}

// spread goes from what was found to all that is behind it.
func (m *model) spread(ask Ask, lots, runs map[string]int, near func(tie) bool) {
	deepest := 0
	for _, depth := range lots {
		deepest = max(deepest, depth)
	}
	for depth := 1; ask.MaxDepth == 0 || depth <= ask.MaxDepth; depth++ {
		met := len(runs)
		for t := range m.ties {
			if d, ok := lots[t.lot]; ok && d == depth-1 && near(t) {
				meet(runs, t.run, depth)
			}
		}
		for t := range m.ties {
			if d, ok := runs[t.run]; ok && d == depth && !near(t) {
				meet(lots, t.lot, depth)
			}
		}
		if len(runs) == met && depth > deepest {
			break
		}
	}
	m.connect(lots, runs, near)
}

// connect notes the ties between what was found, and what was left out beyond it.
func (m *model) connect(lots, runs map[string]int, near func(tie) bool) {
	for t := range m.ties {
		_, lot := lots[t.lot]
		_, run := runs[t.run]
		switch {
		case run && lot:
			m.edges[t] = true
		case lot && near(t):
			m.stopped[t.lot] = true
		}
	}
	for t := range m.whole {
		_, lot := lots[t.lot]
		_, run := runs[t.run]
		if m.ties[t] == 0 && (lot && near(t) || run && !near(t)) {
			m.outside[t.lot] = true
		}
	}
}

// ties are how much of each lot went into, and came out of, each run.
func (g Graph) ties() map[tie]int64 {
	ties := map[tie]int64{}
	for _, run := range g.Runs {
		for _, in := range run.In {
			ties[tie{in.Lot, run.Name, false}] += in.Quantity
		}
		for _, out := range run.Out {
			ties[tie{out.Lot, run.Name, true}] += out.Quantity
		}
	}
	return ties
}

// received says whether a supplier's receipt, which is one operation, lies in the window.
func (ask Ask) received(supplier string) bool {
	return ask.Happened == nil || slices.ContainsFunc(Join(ask.Happened[ask.From:ask.Until]).Receipts, func(r Receipt) bool { return r.Supplier == supplier })
}

// shipped says whether a shipment, each of which is an operation, lies in the window.
func (ask Ask) shipped(number int) bool {
	if ask.Happened == nil {
		return true
	}
	before := len(Join(ask.Happened[:ask.From]).Shipments)
	return number >= before && number < len(Join(ask.Happened[:ask.Until]).Shipments)
}

// wasAt says whether a lot ever was at one of some places: all come to A.
func (g Graph) wasAt(lot string, places []string) bool {
	moved := slices.ContainsFunc(g.Moves, func(m Amount) bool { return m.Lot == lot })
	return len(places) == 0 || slices.Contains(places, "SITE") || slices.Contains(places, "A") || slices.Contains(places, "B") && moved
}

// seeds are the lots that are asked for.
func (ask Ask) seeds() []string {
	if ask.Seed == "" {
		return ask.Lots
	}
	return append(slices.Clip(ask.Lots), ask.Seed)
}

// start is what is found before any step: what was asked for, and the lots behind its runs.
func (m *model) start(ask Ask, near func(tie) bool) (lots, runs map[string]int) {
	lots, runs = map[string]int{}, map[string]int{}
	for _, lot := range ask.seeds() {
		lots[lot] = 0
	}
	for _, run := range ask.Runs {
		runs[run] = 0
	}
	for t := range m.ties {
		if slices.Contains(ask.Runs, t.run) && !near(t) {
			lots[t.lot] = 0
		}
	}
	return lots, runs
}

func meet(depths map[string]int, name string, depth int) {
	if before, met := depths[name]; !met || depth < before {
		depths[name] = depth
	}
}

// keep adds to what was found, where the first way that found a thing counts, and
// returns the lots.
func (m *model) keep(lots, runs map[string]int, direction string) map[string]bool {
	visited := map[string]bool{}
	for lot, depth := range lots {
		visited[lot] = true
		if _, met := m.lots[lot]; !met {
			m.lots[lot] = found{direction, depth}
		}
	}
	for run, depth := range runs {
		m.maxDepth = max(m.maxDepth, depth)
		if _, met := m.runs[run]; !met {
			m.runs[run] = found{direction, depth}
		}
	}
	return visited
}

func (m *model) answer(ask Ask, backward, forward map[string]bool) Answer {
	a := Answer{Stopped: len(m.stopped), MaxDepth: m.maxDepth}
	ofItems := func(lot string) bool { return len(ask.Items) == 0 || slices.Contains(ask.Items, Item(lot)) }
	shown := func(lot string) bool {
		return slices.Contains(ask.seeds(), lot) || ofItems(lot) && m.g.wasAt(lot, ask.Places)
	}
	stocks := m.g.stocks()
	for lot, f := range m.lots {
		if !shown(lot) {
			if ofItems(lot) {
				a.Elsewhere++
			} else {
				a.Hidden++
			}
			continue
		}
		a.Lots = append(a.Lots, LotLine(lot, f.direction, f.depth, stocks[lot].shown().String()))
	}
	adjacent := map[string]bool{}
	for _, run := range ask.Runs {
		adjacent[run] = true
	}
	for t := range m.edges {
		if !shown(t.lot) {
			continue
		}
		adjacent[t.run] = true
		quantity := fmt.Sprint(m.ties[t])
		if t.out {
			a.Edges = append(a.Edges, OutputLine(t.run, quantity, t.lot))
		} else {
			a.Edges = append(a.Edges, ConsumptionLine(t.lot, quantity, t.run))
		}
	}
	for _, run := range m.g.Runs {
		f, ok := m.runs[run.Name]
		if !ok || !adjacent[run.Name] {
			continue
		}
		if run.Open {
			a.OpenRuns++
		}
		a.Runs = append(a.Runs, RunLine(run.Name, f.direction, f.depth, run.Open))
	}
	m.endpoints(&a, ask, backward, forward, shown)
	a.Outside = len(m.outside)
	a.Sort()
	return a
}

func (m *model) endpoints(a *Answer, ask Ask, backward, forward map[string]bool, shown func(string) bool) {
	lines, suppliers, customers := map[string]int32{}, map[string]bool{}, map[string]bool{}
	inside := func(lot string, within bool) bool {
		if !within {
			m.outside[lot] = true
		}
		return within && shown(lot)
	}
	for _, r := range m.g.Receipts {
		lines[r.Supplier]++
		if backward[r.Lot] && inside(r.Lot, ask.received(r.Supplier)) {
			suppliers[r.Supplier] = true
			a.Receipts = append(a.Receipts, ReceiptLine(r.Lot, fmt.Sprint(r.Quantity), r.Supplier, "PO-"+r.Supplier, lines[r.Supplier]))
		}
	}
	for i, s := range m.g.Shipments {
		for j, line := range s.Lines {
			if !forward[line.Lot] || !inside(line.Lot, ask.shipped(i)) {
				continue
			}
			number := int32(0)
			if s.Order != "" {
				number = int32(j + 1)
			}
			customers[s.Customer] = true
			a.Shipments = append(a.Shipments, ShipmentLine(line.Lot, fmt.Sprint(line.Quantity), s.Customer, cmp.Or(s.Code, fmt.Sprintf("S-%d", i+1)), s.Order, number))
		}
	}
	a.Suppliers, a.Customers = len(suppliers), len(customers)
}

// Stock is what is left at the two locations.
type Stock struct{ A, B int64 }

// shown is what is told of it: nothing where more had gone than had come.
func (s Stock) shown() Stock { return Stock{max(s.A, 0), max(s.B, 0)} }

// String tells it.
func (s Stock) String() string { return fmt.Sprintf("A %d B %d", s.A, s.B) }

func (g Graph) stocks() map[string]Stock {
	stocks := map[string]Stock{}
	add := func(lot string, a, b int64) {
		s := stocks[lot]
		stocks[lot] = Stock{s.A + a, s.B + b}
	}
	for _, r := range g.Receipts {
		add(r.Lot, r.Quantity, 0)
	}
	for _, run := range g.Runs {
		for _, in := range run.In {
			add(in.Lot, -in.Quantity, 0)
		}
		for _, out := range run.Out {
			add(out.Lot, out.Quantity, 0)
		}
	}
	for _, m := range g.Moves {
		add(m.Lot, -m.Quantity, m.Quantity)
	}
	for _, found := range g.Adjusted {
		add(found.Lot, found.Quantity, 0)
	}
	for _, s := range g.Shipments {
		for _, line := range s.Lines {
			add(line.Lot, -line.Quantity, 0)
		}
	}
	return stocks
}

// Lots are the names of all lots.
func (g Graph) Lots() map[string]bool {
	lots := map[string]bool{}
	for lot := range g.stocks() {
		lots[lot] = true
	}
	return lots
}
