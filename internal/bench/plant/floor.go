package plant

// Floor answers what a trace asks by a breadth-first search over arrays in memory: no
// service, no database and no names, and so the least that it can take.
type Floor struct {
	p         *Plant
	uses      uses
	lots      []int32 // by lot, the search that reached it
	runs      []int32 // likewise
	search    int32
	frontier  []int32
	ofShipped int32 // the first of the lots that are shipped
}

// Reached is how much a search came upon.
type Reached struct{ Lots, Runs, Edges, Shipments int }

// Floor prepares searches.
func (p *Plant) Floor() *Floor {
	return &Floor{p: p, uses: p.uses(), lots: make([]int32, len(p.Lots)), runs: make([]int32, len(p.Runs)), ofShipped: p.LotLevels[Levels-1]}
}

// Forward searches from a lot on.
func (f *Floor) Forward(lot int32) Reached {
	f.search++
	var r Reached
	f.lots[lot] = f.search
	f.frontier = append(f.frontier[:0], lot)
	for at := 0; at < len(f.frontier); at++ {
		lot := f.frontier[at]
		if lot >= f.ofShipped {
			r.Shipments += Customers
		}
		uses := f.uses.of(lot)
		r.Edges += len(uses)
		for _, n := range uses {
			if f.runs[n] == f.search {
				continue
			}
			f.runs[n] = f.search
			r.Runs++
			run := &f.p.Runs[n]
			r.Edges += int(run.Outputs)
			for out := run.FirstOut; out < run.FirstOut+run.Outputs; out++ {
				if f.lots[out] != f.search {
					f.lots[out] = f.search
					f.frontier = append(f.frontier, out)
				}
			}
		}
	}
	r.Lots = len(f.frontier)
	return r
}
