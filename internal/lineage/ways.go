package lineage

import (
	"context"

	"github.com/lottrail/lottrail/internal/pg"
)

// Ways finds which of some lots lie forward of a lot, or backward of it, and the shortest
// way there: the lots on it in the order in which goods went, both ends included. Times do
// not count. ErrTooWide if too much lies there to be held in memory.
func Ways(ctx context.Context, tx *pg.Snapshot, q Query, lotID int64, direction Direction, to []int64) (map[int64][]int64, error) {
	s := newSearch(tx, q, direction)
	if err := s.begin(ctx, []int64{lotID}, nil); err != nil {
		return nil, err
	}
	for !s.done() {
		if err := s.step(ctx); err != nil {
			return nil, err
		}
	}
	ways := map[int64][]int64{}
	var before map[int64]int64
	for _, target := range to {
		if target == lotID || !s.lots[target] {
			continue
		}
		if before == nil {
			before = s.nearest(lotID, direction)
		}
		way := []int64{target}
		for id := target; id != lotID; {
			id = before[id]
			if direction == Forward {
				way = append([]int64{id}, way...)
			} else {
				way = append(way, id)
			}
		}
		ways[target] = way
	}
	return ways, nil
}

// nearest has for each lot one way of a lot the one that is before it on a shortest way
// from there.
func (w *web) nearest(lotID int64, direction Direction) map[int64]int64 {
	runs, lots := w.into, w.gave
	if direction == Backward {
		runs, lots = w.from, w.took
	}
	before, reached := map[int64]int64{lotID: lotID}, map[int64]bool{}
	for level := []int64{lotID}; len(level) > 0; {
		var next []int64
		for _, id := range level {
			for _, t := range runs[id] {
				if reached[t.runID] {
					continue
				}
				reached[t.runID] = true
				for _, other := range lots[t.runID] {
					if _, met := before[other.lotID]; !met {
						before[other.lotID] = id
						next = append(next, other.lotID)
					}
				}
			}
		}
		level = next
	}
	return before
}
