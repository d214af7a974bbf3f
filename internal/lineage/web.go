package lineage

import (
	"context"
	"errors"
	"slices"

	"github.com/lottrail/lottrail/internal/pg"
)

// ErrTooWide is what comes of a question that is answered in memory and would take more
// of it than there is for that.
var ErrTooWide = errors.New("lineage: too much is connected to what is asked about to be held in memory")

// web is edges in memory, without quantities: some questions go over them several times.
type web struct {
	into map[int64][]tie // by lot: the runs that consumed it
	from map[int64][]tie // by lot: the runs that put it out
	took map[int64][]tie // by run: the lots that it consumed
	gave map[int64][]tie // by run: the lots that it put out
	size int
}

// tie is an edge: when the first and the last of it moved, in microseconds.
type tie struct{ lotID, runID, first, last int64 }

func newWeb() *web {
	return &web{into: map[int64][]tie{}, from: map[int64][]tie{}, took: map[int64][]tie{}, gave: map[int64][]tie{}}
}

func (w *web) add(edges []edge) {
	for i := range edges {
		e := &edges[i]
		t := tie{e.LotID, e.RunID, e.first, e.last}
		if e.kind == Consumption {
			w.into[t.lotID], w.took[t.runID] = append(w.into[t.lotID], t), append(w.took[t.runID], t)
		} else {
			w.from[t.lotID], w.gave[t.runID] = append(w.from[t.lotID], t), append(w.gave[t.runID], t)
		}
	}
	w.size += len(edges)
}

// search gathers a web one way, level by level.
type search struct {
	reader
	*web
	way        way
	lots, runs map[int64]bool
	frontier   []int64
	near, most int
	full       bool // it found more than that
}

func newSearch(tx *pg.Snapshot, q Query, direction Direction) *search {
	s := &search{reader: newReader(tx, q), web: newWeb(), lots: map[int64]bool{}, runs: map[int64]bool{}, near: q.near(), most: q.ties()}
	s.way = s.texts.forward()
	if direction == Backward {
		s.way = s.texts.backward()
	}
	return s
}

// begin takes the ends from which it starts.
func (s *search) begin(ctx context.Context, lotIDs, runIDs []int64) error {
	for _, id := range runIDs {
		s.runs[id] = true
	}
	edges, err := s.behind(ctx, runIDs)
	if err != nil {
		return err
	}
	s.frontier = s.meet(edges, lotIDs)
	return nil
}

// done says whether all there is has been found.
func (s *search) done() bool { return len(s.frontier) == 0 }

// step goes from the lots found last through their runs to the next.
func (s *search) step(ctx context.Context) error {
	if err := tellWide(s.tx, len(s.frontier), s.near); err != nil {
		return err
	}
	var fresh []int64
	for chunk := range slices.Chunk(s.frontier, coneChunk) {
		edges, err := s.edgesOf(ctx, s.way.fromLot, chunk, nil)
		if err != nil {
			return err
		}
		s.add(edges)
		for i := range edges {
			if id := edges[i].RunID; !s.runs[id] {
				s.runs[id] = true
				fresh = append(fresh, id)
			}
		}
		if s.size > s.most {
			return ErrTooWide
		}
	}
	edges, err := s.behind(ctx, fresh)
	s.frontier = s.meet(edges, nil)
	return err
}

// behind reads the edges from runs on.
func (s *search) behind(ctx context.Context, runIDs []int64) ([]edge, error) {
	var all []edge
	for chunk := range slices.Chunk(runIDs, coneChunk) {
		_, edges, err := s.runsOf(ctx, s.way.fromRun, chunk, nil)
		if err != nil {
			return nil, err
		}
		all = append(all, edges...)
		if s.size+len(all) > s.most {
			return nil, ErrTooWide
		}
	}
	s.add(all)
	return all, nil
}

// meet returns the lots among these, and at the far ends of edges, that were not met
// before, sorted.
func (s *search) meet(edges []edge, lotIDs []int64) []int64 {
	ids := slices.Clone(lotIDs)
	for i := range edges {
		ids = append(ids, edges[i].LotID)
	}
	ids = slices.DeleteFunc(ids, func(id int64) bool {
		met := s.lots[id]
		s.lots[id] = true
		return met
	})
	slices.Sort(ids)
	return ids
}
