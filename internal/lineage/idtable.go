package lineage

import "slices"

// idTable keeps what is known of lots, or of runs, by id: flat, without a pointer an
// id, and in some ten bytes for each, so that a walk over a million of them fits
// beside other calls.
//
// Ids are handed out in blocks, so those of a walk lie near each other: a page holds
// what lies within the same pageSize ids, and has to keep the low bits alone.
type idTable struct {
	pages map[int64]*idPage
	size  int
}

// node is what is known of an id.
type node struct {
	ref   int32  // of what was sent; the depth of a run that is awaited
	unit  uint16 // of a lot that was sent, as units number them
	marks marks  // none is not known
}

// marks say what has come to pass with a lot or run.
type marks uint8

const (
	// visitedForward and visitedBackward are by way: a lot that was found backward is
	// to be followed forward too, should a loop lead there.
	visitedForward marks = 1 << iota
	visitedBackward
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

	awaited         = ofKind // a run that was met and may yet be sent: see runs.go
	awaitedBackward = ofKindToo
)

// get returns what is known of an id.
func (t *idTable) get(id int64) node {
	page := t.pages[id>>pageBits]
	if page == nil {
		return node{}
	}
	slot, found := page.find(uint16(id)) //nolint:gosec // the low bits
	if !found {
		return node{}
	}
	return node{page.refs[slot], page.units[slot], page.marks[slot]}
}

// put keeps what is known of an id: it has to have a mark.
func (t *idTable) put(id int64, n node) {
	page := t.pages[id>>pageBits]
	if page == nil {
		if t.pages == nil {
			t.pages = map[int64]*idPage{}
		}
		page = newIDPage(smallestPage)
		t.pages[id>>pageBits] = page
	}
	if page.put(uint16(id), n) { //nolint:gosec // the low bits
		t.size++
	}
}

// mark adds a mark to an id and says whether it had not been there.
func (t *idTable) mark(id int64, m marks) bool {
	n := t.get(id)
	if n.marks&m != 0 {
		return false
	}
	n.marks |= m
	t.put(id, n)
	return true
}

// has says whether an id has a mark.
func (t *idTable) has(id int64, m marks) bool { return t.get(id).marks&m != 0 }

// with are the ids that have a mark, sorted.
func (t *idTable) with(m marks) []int64 {
	var ids []int64
	for number, page := range t.pages {
		for slot, has := range page.marks {
			if has&m != 0 {
				ids = append(ids, number<<pageBits|int64(page.keys[slot]))
			}
		}
	}
	slices.Sort(ids)
	return ids
}

const (
	pageBits     = 16
	pageSize     = 1 << pageBits
	smallestPage = 16
)

// idPage is a hash table with open addressing, in which a slot without marks is
// empty. It grows by half at a time, so more than half of its slots are used.
type idPage struct {
	keys  []uint16
	refs  []int32
	units []uint16
	marks []marks
	used  int
}

func newIDPage(slots int) *idPage {
	return &idPage{keys: make([]uint16, slots), refs: make([]int32, slots), units: make([]uint16, slots), marks: make([]marks, slots)}
}

// find returns the slot of a key, or where it is to be put. An empty slot is always
// met: some are left in a page, or it has one for every key there is, for spread then
// gives each its own.
func (p *idPage) find(key uint16) (slot int, found bool) {
	slots := len(p.keys)
	for slot = spread(key, slots); p.marks[slot] != 0; {
		if p.keys[slot] == key {
			return slot, true
		}
		if slot++; slot == slots {
			slot = 0
		}
	}
	return slot, false
}

// spread maps all keys onto so many slots, neighbours far from each other: multiplied by
// an odd number, no two keys become one.
func spread(key uint16, slots int) int { return int(key*40503) * slots / pageSize }

// put says whether the key is a new one.
func (p *idPage) put(key uint16, n node) bool {
	slot, found := p.find(key)
	if !found {
		if slots := len(p.keys); slots < pageSize && p.used >= slots-slots/8 {
			p.grow(min(slots+slots/2, pageSize))
			slot, _ = p.find(key)
		}
		p.used++
	}
	p.keys[slot], p.refs[slot], p.units[slot], p.marks[slot] = key, n.ref, n.unit, n.marks
	return !found
}

func (p *idPage) grow(slots int) {
	old := *p
	*p = *newIDPage(slots)
	for slot, m := range old.marks {
		if m != 0 {
			p.put(old.keys[slot], node{old.refs[slot], old.units[slot], m})
		}
	}
}
