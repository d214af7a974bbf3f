package lineage

import "slices"

// nodeTable keeps what is known of lots, or of runs, by id.
type nodeTable struct{ idTable[node] }

// node is what is known of an id.
type node struct {
	ref   int32  // of what was sent; the depth of a run that is awaited
	unit  uint16 // of a lot that was sent, as units number them
	marks marks  // none is not known
}

// marks say what has come to pass with a lot or run.
type marks uint8

const (
	// visitedForward and the others are by way: a lot that was found backward is to be
	// followed forward too, should a loop lead there.
	visitedForward marks = 1 << iota
	visitedBackward
	visitedSibling
	sent    // only sent lots and runs have refs
	met     // of no way
	tooLate // left out because it is out of time
	ofKind
	ofKindToo
)

// Some are for lots, or for runs, alone.
const (
	hidden  = ofKind    // a lot that was walked through without being shown
	stopped = ofKindToo // a lot at which the depth asked for ended the walk, with more behind it

	awaited = ofKind // a run that was met and may yet be sent: see runs.go
)

// firstWay is the way that found a lot or run that was visited: they are walked in this
// order.
func (m marks) firstWay() Direction {
	switch {
	case m&visitedBackward != 0:
		return Backward
	case m&visitedForward != 0:
		return Forward
	}
	return Sibling
}

// get returns what is known of an id.
func (t *nodeTable) get(id int64) node {
	n, _ := t.idTable.get(id)
	return n
}

// mark adds a mark to an id and says whether it had not been there.
func (t *nodeTable) mark(id int64, m marks) bool {
	n := t.get(id)
	if n.marks&m != 0 {
		return false
	}
	n.marks |= m
	t.put(id, n)
	return true
}

// has says whether an id has a mark.
func (t *nodeTable) has(id int64, m marks) bool { return t.get(id).marks&m != 0 }

// with are the ids that have a mark, sorted.
func (t *nodeTable) with(m marks) []int64 {
	var ids []int64
	for _, number := range t.numbers() {
		for id, n := range t.page(number) {
			if n.marks&m != 0 {
				ids = append(ids, id)
			}
		}
	}
	slices.Sort(ids)
	return ids
}
