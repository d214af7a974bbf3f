package lineage

import (
	"cmp"
	"iter"
	"time"

	"github.com/lottrail/lottrail/internal/qty"
)

// edge is an edge as the records have it, in little room: one lot may have very many.
type edge struct {
	RunID, LotID int64
	// first and last are when the first and the last of it moved, in microseconds.
	first, last int64
	// Its quantity is coefficient·10^exponent, or large if that cannot be.
	coefficient int64
	large       qty.Decimal
	exponent    int32
	kind        EdgeKind
}

type edgeRow struct {
	RunID    int64
	LotID    int64
	Quantity qty.Decimal
	FirstAt  time.Time
	LastAt   time.Time
}

func newEdge(row *edgeRow, kind EdgeKind) edge {
	e := edge{RunID: row.RunID, LotID: row.LotID, first: row.FirstAt.UnixMicro(), last: row.LastAt.UnixMicro(), kind: kind}
	var small bool
	if e.coefficient, e.exponent, small = row.Quantity.Scientific(); !small {
		e.large = row.Quantity
	}
	return e
}

func (e *edge) quantity() qty.Decimal {
	if e.coefficient == 0 {
		return e.large
	}
	return qty.FromScientific(e.coefficient, e.exponent)
}

func byRun(e *edge) int64 { return e.RunID }
func byLot(e *edge) int64 { return e.LotID }

// visits are the lots, or the runs, that one way has visited.
type visits struct {
	*nodeTable
	way marks
}

func (v visits) has(id int64) bool { return v.nodeTable.has(id, v.way) }

// add says whether it was not visited before.
func (v visits) add(id int64) bool { return v.mark(id, v.way) }

// all are the visited ones, sorted.
func (v visits) all() []int64 { return v.with(v.way) }

// edgeRoom is the room of the edges of one step of a walk, which the next step takes again.
type edgeRoom struct{ read, again []edge }

// largestRoom is how many edges there is room for at most between two steps.
const largestRoom = 16_384

func (r *edgeRoom) keep(read []edge) {
	if r.read = read; cap(r.read) > largestRoom {
		r.read = nil
	}
	if cap(r.again) > largestRoom {
		r.again = nil
	}
}

// split tells edges whose far end was visited from those that lead on, which stay where
// they are.
func (r *edgeRoom) split(edges []edge, visited visits, far func(*edge) int64) (again, fresh []edge) {
	again, fresh = r.again[:0], edges[:0]
	for i := range edges {
		if visited.has(far(&edges[i])) {
			again = append(again, edges[i])
		} else {
			fresh = append(fresh, edges[i])
		}
	}
	r.again = again
	return again, fresh
}

// groups cuts edges, which are sorted by their far end, so that each group has at
// most size() different far ends and no two groups share one.
func groups(edges []edge, far func(*edge) int64, size func() int) iter.Seq[[]edge] {
	return func(yield func([]edge) bool) {
		start, ends, most := 0, 0, size()
		for i := range edges {
			if i > 0 && far(&edges[i]) == far(&edges[i-1]) {
				continue
			}
			if ends == most {
				if !yield(edges[start:i]) {
					return
				}
				start, ends, most = i, 0, size()
			}
			ends++
		}
		if start < len(edges) {
			yield(edges[start:])
		}
	}
}

// visit marks the far ends of edges, which are sorted by them, and returns them.
func visit(edges []edge, visited visits, far func(*edge) int64) []int64 {
	var ids []int64
	for i := range edges {
		if id := far(&edges[i]); visited.add(id) {
			ids = append(ids, id)
		}
	}
	return ids
}

func compareRuns(a, b edge) int {
	return cmp.Or(cmp.Compare(a.RunID, b.RunID), cmp.Compare(a.LotID, b.LotID))
}

func compareLots(a, b edge) int {
	return cmp.Or(cmp.Compare(a.LotID, b.LotID), cmp.Compare(a.RunID, b.RunID))
}
