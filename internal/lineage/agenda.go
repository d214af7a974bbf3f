package lineage

import "slices"

// agenda are the lots that a walk is yet to follow, and when each was reached, at the
// earliest: those of the level that it is at, and those of the next one, which it finds
// meanwhile. A level is followed in the order of ids.
type agenda struct {
	level, next idTable[int64]
	// pages are those of the level that were not begun, and ids what was begun and not
	// taken. They are the end of buffer.
	pages, ids, buffer []int64
	// following is the page of the lot that was followed last.
	following int64
}

// add has a lot followed in the next level, unless it is already.
func (a *agenda) add(lotID, at int64) {
	if _, there := a.next.get(lotID); !there {
		a.next.put(lotID, at)
	}
}

// turn goes to the next level, once this one is done, and says whether there is one.
func (a *agenda) turn() bool {
	*a = agenda{level: a.next, pages: a.next.numbers(), buffer: a.buffer}
	return a.more()
}

// awaits says whether there is a next level.
func (a *agenda) awaits() bool { return a.next.size > 0 }

// more says whether lots of the level are left.
func (a *agenda) more() bool { return len(a.ids)+len(a.pages) > 0 }

// take returns the next lots of the level, n at most, in a slice that the next call takes
// again.
func (a *agenda) take(n int) []int64 {
	if len(a.ids) < n && len(a.pages) > 0 {
		a.ids = append(a.buffer[:0], a.ids...)
		for len(a.ids) < n && len(a.pages) > 0 {
			begun := len(a.ids)
			a.ids = slices.Grow(a.ids, a.level.pages[a.pages[0]].used)
			for id := range a.level.page(a.pages[0]) {
				a.ids = append(a.ids, id)
			}
			slices.Sort(a.ids[begun:])
			a.pages = a.pages[1:]
		}
		a.buffer = a.ids
	}
	n = min(n, len(a.ids))
	lots := a.ids[:n]
	a.ids = a.ids[n:]
	return lots
}

// followed notes that lots that were taken are followed: nothing depends any more on when
// they were reached.
func (a *agenda) followed(lots []int64) {
	for _, id := range lots {
		if page := id >> pageBits; page != a.following {
			delete(a.level.pages, a.following)
			a.following = page
		}
		a.level.put(id, always)
	}
}

// arrival is when a lot was reached that is yet to be followed, and always for others.
func (a *agenda) arrival(lotID int64) int64 {
	for _, lots := range [2]*idTable[int64]{&a.level, &a.next} {
		if at, there := lots.get(lotID); there {
			return at
		}
	}
	return always
}

// improve notes that a lot, if it is yet to be followed, is reached earlier.
func (a *agenda) improve(lotID, at int64) {
	for _, lots := range [2]*idTable[int64]{&a.level, &a.next} {
		if before, there := lots.get(lotID); there && at < before {
			lots.put(lotID, at)
		}
	}
}
