package attribution

import "slices"

// node is a lot, by its place in History.lots, or a run, by len(lots) plus its place in
// History.runs.
type node = int32

// components are the lots and runs, what leads to others before those: each by itself, or
// together with those with which it is in a loop (Tarjan: Depth-first search and linear
// graph algorithms, 1972). A way may be as long as there are lots, so there is no
// recursion.
func (h *History) components(w *watch) ([][]node, error) {
	n := len(h.lots) + len(h.runs)
	t := &tarjan{index: make([]int32, n), low: make([]int32, n), on: make([]bool, n)}
	for v := range node(n) {
		if t.index[v] == 0 {
			if err := t.search(v, h.onward, w); err != nil {
				return nil, err
			}
		}
	}
	slices.Reverse(t.found)
	return t.found, nil
}

// onward are the nodes that a node leads to.
func (h *History) onward(v node) []node {
	var next []node
	if int(v) < len(h.lots) {
		for i := range h.lots[v].steps {
			if s := &h.lots[v].steps[i]; s.kind.runs() && !h.brings(s.kind) {
				next = append(next, node(len(h.lots))+node(s.link))
			}
		}
	} else {
		for _, p := range h.runs[int(v)-len(h.lots)].parts {
			next = append(next, p.lot)
		}
	}
	slices.Sort(next)
	return slices.Compact(next)
}

type tarjan struct {
	count      int32
	index, low []int32
	on         []bool
	stack      []node
	found      [][]node
}

type searched struct {
	node node
	next []node
}

func (t *tarjan) enter(v node, onward func(node) []node) searched {
	t.count++
	t.index[v], t.low[v], t.on[v] = t.count, t.count, true
	t.stack = append(t.stack, v)
	return searched{v, onward(v)}
}

func (t *tarjan) search(from node, onward func(node) []node, watch *watch) error {
	way := []searched{t.enter(from, onward)}
	for len(way) > 0 {
		if err := watch.after(1); err != nil {
			return err
		}
		here := &way[len(way)-1]
		v := here.node
		if len(here.next) > 0 {
			w := here.next[0]
			here.next = here.next[1:]
			switch {
			case t.index[w] == 0:
				way = append(way, t.enter(w, onward))
			case t.on[w]:
				t.low[v] = min(t.low[v], t.index[w])
			}
			continue
		}
		if way = way[:len(way)-1]; len(way) > 0 {
			back := way[len(way)-1].node
			t.low[back] = min(t.low[back], t.low[v])
		}
		if t.low[v] == t.index[v] {
			t.close(v)
		}
	}
	return nil
}

// close takes a component off the stack, its first node first.
func (t *tarjan) close(v node) {
	start := len(t.stack) - 1
	for t.stack[start] != v {
		start--
	}
	component := slices.Clone(t.stack[start:])
	t.stack = t.stack[:start]
	for _, w := range component {
		t.on[w] = false
	}
	t.found = append(t.found, component)
}
