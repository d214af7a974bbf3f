package lineage

import (
	"iter"
	"maps"
	"slices"
)

// idTable keeps a value for each of many ids: flat, without a pointer an id, and in not
// much more room than the values take, so that a walk over a million lots fits beside
// other calls.
//
// Ids are handed out in blocks, so those of a walk lie near each other: a page holds
// what lies within the same pageSize ids, and has to keep the low bits alone.
type idTable[V any] struct {
	pages map[int64]*idPage[V]
	size  int
}

// get returns the value of an id, and whether it has one.
func (t *idTable[V]) get(id int64) (v V, found bool) {
	page := t.pages[id>>pageBits]
	if page == nil {
		return v, false
	}
	slot, found := page.find(uint16(id)) //nolint:gosec // the low bits
	if found {
		v = page.values[slot]
	}
	return v, found
}

// put gives an id a value.
func (t *idTable[V]) put(id int64, v V) {
	page := t.pages[id>>pageBits]
	if page == nil {
		if t.pages == nil {
			t.pages = map[int64]*idPage[V]{}
		}
		page = newIDPage[V](smallestPage)
		t.pages[id>>pageBits] = page
	}
	if page.put(uint16(id), v) { //nolint:gosec // the low bits
		t.size++
	}
}

// numbers are those of the pages there are, sorted.
func (t *idTable[V]) numbers() []int64 { return slices.Sorted(maps.Keys(t.pages)) }

// page is what is in one of them, in no order.
func (t *idTable[V]) page(number int64) iter.Seq2[int64, V] {
	return func(yield func(int64, V) bool) {
		page := t.pages[number]
		for slot := range page.values {
			if page.taken.has(slot) && !yield(number<<pageBits|int64(page.key(slot)), page.values[slot]) {
				return
			}
		}
	}
}

const (
	pageBits     = 16
	pageSize     = 1 << pageBits
	smallestPage = 16
	// largestHash is of how many slots, of ten bytes, a page is made at most. One that
	// needs more has a place for every key, which takes eight, and no keys.
	largestHash = pageSize * 4 / 5
)

// idPage is a hash table with open addressing. It grows by a quarter at a time, so most of
// its slots are taken.
type idPage[V any] struct {
	keys   []uint16
	values []V
	taken  bitset
	used   int
}

func newIDPage[V any](slots int) *idPage[V] {
	if slots > largestHash {
		return &idPage[V]{values: make([]V, pageSize), taken: newBitset(pageSize)}
	}
	return &idPage[V]{keys: make([]uint16, slots), values: make([]V, slots), taken: newBitset(slots)}
}

// find returns the slot of a key, or where it is to be put. Some slots are always left,
// unless there is one for every key.
func (p *idPage[V]) find(key uint16) (slot int, found bool) {
	if p.keys == nil {
		return int(key), p.taken.has(int(key))
	}
	slots := len(p.keys)
	for slot = spread(key, slots); p.taken.has(slot); {
		if p.keys[slot] == key {
			return slot, true
		}
		if slot++; slot == slots {
			slot = 0
		}
	}
	return slot, false
}

// key is that of a slot that is taken.
func (p *idPage[V]) key(slot int) uint16 {
	if p.keys == nil {
		return uint16(slot) //nolint:gosec // a place for every key
	}
	return p.keys[slot]
}

// spread maps all keys onto so many slots, neighbours far from each other: multiplied by
// an odd number, no two keys become one.
func spread(key uint16, slots int) int { return int(key*40503) * slots / pageSize }

// put says whether the key is a new one.
func (p *idPage[V]) put(key uint16, v V) bool {
	slot, found := p.find(key)
	if !found {
		if slots := len(p.keys); p.keys != nil && p.used >= slots-slots/8 {
			p.grow(slots + slots/4)
			slot, _ = p.find(key)
		}
		if p.keys != nil {
			p.keys[slot] = key
		}
		p.taken.add(slot)
		p.used++
	}
	p.values[slot] = v
	return !found
}

func (p *idPage[V]) grow(slots int) {
	old := *p
	*p = *newIDPage[V](slots)
	for slot := range old.values {
		if old.taken.has(slot) {
			p.put(old.key(slot), old.values[slot])
		}
	}
}

// bitset are which of some numbers are there.
type bitset []uint64

func newBitset(n int) bitset { return make(bitset, (n+63)/64) }

func (b bitset) has(i int) bool { return b[i/64]>>(i%64)&1 != 0 }
func (b bitset) add(i int)      { b[i/64] |= 1 << (i % 64) }
