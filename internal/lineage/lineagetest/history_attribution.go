package lineagetest

import (
	"math/big"
)

// Attributed is what of the lots asked for is where, exactly.
type Attributed struct {
	// Figures are of all that the trace visits, whether it is shown or not. What is not there
	// is nothing.
	Figures map[Figure]*big.Rat
	// Customers are who got the lines of shipments.
	Customers map[string]string
	// Divisions are how runs are divided, and Assumed what rests on an assumption, by what
	// figures are of. Faint is set where so little rests on one that it may be rounded away.
	Divisions map[string]string
	Assumed   map[string]bool
	Faint     bool
	// Slack is by how much figures may be off, if each movement, and each part of a run, is
	// rounded to the ninth decimal, and what is round goes on with the loops.
	Slack *big.Rat
	// Endless is set if something goes round for ever, and Rounds is how often it does.
	Endless bool
	Rounds  *big.Rat
}

// Figure is what a figure tells: of "lot a/1" what is "on hand", of "total" what was "found".
type Figure struct{ Of, What string }

// Attribute says how much of what was asked for is in everything that it reached, or comes
// from everything that reached it: how each lot is mixed says it both ways.
func (h History) Attribute(at Moment, ask Ask, back bool) *Attributed {
	a := newAttributing(h, at, ask, back)
	a.link()
	found := &Attributed{
		Figures: map[Figure]*big.Rat{}, Customers: map[string]string{}, Divisions: map[string]string{}, Assumed: map[string]bool{}, Rounds: rounds(a.into),
	}
	steps := 10
	for _, lot := range a.lots {
		steps += 3 * len(lot.flows)
	}
	found.Slack = new(big.Rat).Mul(big.NewRat(int64(steps), 1_000_000_000), found.Rounds)
	values, settled := settle(a.into)
	if found.Endless = !settled; found.Endless {
		return found
	}
	a.values, a.Attributed = values, found
	a.assume()
	a.tell()
	return found
}

// attributing is an Attributed under way.
type attributing struct {
	*Attributed
	History
	at        Moment
	backward  bool
	lots      map[string]*mixing // that were visited
	runs      map[string]bool    // likewise, and whether they are in process
	seeds     map[string]bool
	divisions map[string]division
	into      map[string]form // what is in runs
	content   map[part]form   // what of the seeds is in each movement
	values    map[string]*big.Rat
}

func newAttributing(h History, at Moment, ask Ask, back bool) *attributing {
	a := &attributing{
		History: h, at: at, backward: back,
		lots: map[string]*mixing{}, runs: map[string]bool{}, seeds: map[string]bool{},
		divisions: map[string]division{}, into: map[string]form{}, content: map[part]form{},
	}
	m := newModel(h.graph(at))
	flows := h.flows(at)
	for lot := range m.search(ask, back) {
		a.lots[lot] = mix(flows[lot])
	}
	for lot, f := range m.lots {
		a.seeds[lot] = f.depth == 0
	}
	for _, run := range m.g.Runs {
		if _, visited := m.runs[run.Name]; visited {
			a.runs[run.Name] = run.Open
			a.into[run.Name] = form{}
		}
	}
	return a
}

// divided says whether a movement is one over which a run is divided.
func (a *attributing) divided(f *flow) bool { return f.in != a.backward && f.Run != "" }

// link divides the runs, and finds of what their content is made.
func (a *attributing) link() {
	parts, feeds := map[string]map[part]flow{}, map[string]map[part]flow{}
	for lot, m := range a.lots {
		for i, f := range m.flows {
			to := feeds
			if a.divided(&f) {
				to = parts
			}
			if f.Run != "" && to[f.Run] == nil {
				to[f.Run] = map[part]flow{}
			}
			if f.Run != "" {
				to[f.Run][part{lot, i}] = f
			}
		}
	}
	for run, open := range a.runs {
		consumed := feeds[run]
		if open && !a.backward {
			consumed = a.consumed(run)
		}
		a.divisions[run] = divide(parts[run], consumed, open && !a.backward)
	}
	for lot, m := range a.lots {
		a.lead(lot, m)
	}
	for run := range a.runs {
		for p := range feeds[run] {
			a.into[run].add(a.content[p], big.NewRat(1, 1))
		}
	}
}

// consumed is all that a run consumed, of lots that were visited or not.
func (a *attributing) consumed(run string) map[part]flow {
	all := map[part]flow{}
	for lot, flows := range a.flows(a.at) {
		for i, f := range flows {
			if f.Run == run && !f.in {
				all[part{lot, i}] = f
			}
		}
	}
	return all
}

// lead says what of the seeds each movement of a lot has: forward what comes in of runs, and
// what goes out by how it was mixed; backward what runs ask of what went out, and what
// that was mixed of.
func (a *attributing) lead(lot string, m *mixing) {
	for i, f := range m.flows {
		a.content[part{lot, i}] = form{}
		if run := f.Run; a.divided(&f) && a.divisions[run].shares[part{lot, i}] != nil {
			a.content[part{lot, i}][run] = a.divisions[run].shares[part{lot, i}]
		}
	}
	for out, was := range m.of {
		for in, q := range was {
			from, to, whole := part{lot, in}, part{lot, out}, m.flows[in].quantity
			if a.backward {
				from, to, whole = to, from, m.flows[out].quantity
			}
			if !a.seeds[lot] {
				a.content[to].add(a.content[from], new(big.Rat).Quo(q, whole))
			}
		}
	}
	for i, f := range m.flows {
		if a.seeds[lot] && !a.divided(&f) {
			a.content[part{lot, i}] = form{"": f.quantity}
		}
		if f.again != nil && !a.backward {
			a.content[part{lot, i}] = a.blended(lot, m, f.again)
		}
	}
}

// blended is what of the seeds is in a blend, forward.
func (a *attributing) blended(lot string, m *mixing, b blend) form {
	f := form{}
	for i, q := range b {
		if a.seeds[lot] {
			f.add(form{"": q}, big.NewRat(1, 1))
		} else {
			f.add(a.content[part{lot, i}], new(big.Rat).Quo(q, m.flows[i].quantity))
		}
	}
	return f
}

// assume finds what rests on an even division, on and on. All that is in the seeds is what
// was asked for, whatever it comes from.
func (a *attributing) assume() {
	for run, d := range a.divisions {
		a.Assumed["run "+run] = d.how == "evenly"
		a.Divisions["run "+run] = d.how
	}
	for grew := true; grew; {
		grew = false
		for lot, m := range a.lots {
			for i, f := range m.flows {
				_, known := a.runs[f.Run]
				q := a.content[part{lot, i}].value(a.values)
				if !known || q.Sign() == 0 || a.seeds[lot] && a.divided(&f) {
					continue
				}
				from, to := "lot "+lot, "run "+f.Run
				if a.divided(&f) {
					from, to = to, from
				}
				if a.Assumed[from] && !a.Assumed[to] {
					a.Assumed[to], grew = true, true
					a.Faint = a.Faint || q.Cmp(a.Slack) <= 0
				}
			}
		}
	}
}
