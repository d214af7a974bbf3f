package lineage

import (
	"context"
	"errors"
	"slices"

	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
)

// Path is how one lot came to be in another.
type Path struct {
	// Shortest goes over as few runs as can be; of equally short ways it is one that is
	// possible in time if there is one. It is empty if no way leads from one to the other.
	Shortest *Part
	// ShortestInTime is the shortest that is possible in time, empty if none is. It is
	// Shortest if that is.
	ShortestInTime *Part
	// Summary says what it was read from, and Moment in words of which moment it is.
	Summary Summary
	Moment  string
}

// Found says whether the records connect the lots.
func (p *Path) Found() bool { return len(p.Shortest.Lots) > 0 }

// FindPath finds the shortest way from one lot to another. It searches from both ends at
// once until it has seen all that one of them leads to, of the end where that is less as
// far as it has got: neither end's cone alone may be large. ErrTooWide if both are.
// Of the query the tenant and the moment count.
func FindPath(ctx context.Context, tx *pg.Snapshot, q Query, from, to int64) (*Path, error) {
	w, err := beginReading(ctx, tx, q)
	if err != nil {
		return nil, err
	}
	found, err := smallerCone(ctx, tx, q, from, to)
	if err != nil {
		return nil, err
	}
	shortest, inTime := found.shortest(from, to, false), found.shortest(from, to, true)
	if inTime != nil && inTime.runs == shortest.runs {
		shortest = inTime
	}
	path := &Path{Summary: w.summary, Moment: moment(q, &w.summary)}
	if path.Shortest, err = w.describe(ctx, shortest); err != nil || shortest == inTime {
		path.ShortestInTime = path.Shortest
		return path, err
	}
	path.ShortestInTime, err = w.describe(ctx, inTime)
	return path, err
}

// beginReading is a walk that has gone nowhere: it has the snapshot's settings, and what
// is seen there.
func beginReading(ctx context.Context, tx *pg.Snapshot, q Query) (*walk, error) {
	w := &walk{reader: newReader(tx, q), sender: newSender(q, nil)}
	batch := &lotBatch{}
	w.begin(&batch.Batch)
	return w, tx.SendBatch(ctx, &batch.Batch).Close()
}

// smallerCone gathers what lies forward of one lot and what lies backward of another, a
// level at a time of what is less so far, and returns that which is whole first: all ways
// from one to the other are in it.
func smallerCone(ctx context.Context, tx *pg.Snapshot, q Query, from, to int64) (*web, error) {
	forward, backward := newSearch(tx, q, Forward), newSearch(tx, q, Backward)
	if err := errors.Join(forward.begin(ctx, []int64{from}, nil), backward.begin(ctx, []int64{to}, nil)); err != nil {
		return nil, err
	}
	for {
		less, other := forward, backward
		if forward.full || !backward.full && backward.size < forward.size {
			less, other = backward, forward
		}
		err := less.step(ctx)
		switch {
		case errors.Is(err, ErrTooWide) && !other.full:
			less.full = true // there is the other end
		case err != nil:
			return nil, err
		case less.done():
			return less.web, nil
		}
	}
}

// describe reads what there is to know of a way, in its order.
func (w *walk) describe(ctx context.Context, last *hop) (*Part, error) {
	all := &Part{}
	hops := last.way()
	if len(hops) == 0 {
		return all, nil
	}
	send := newSender(w.query, func(p *Part) error {
		all.Lots, all.Runs, all.Edges = append(all.Lots, p.Lots...), append(all.Runs, p.Runs...), append(all.Edges, p.Edges...)
		return nil
	})
	lots, runs, edges, err := w.readWay(ctx, hops)
	if err != nil {
		return nil, err
	}
	// A lot may come twice on a way that is possible in time: it was in a run that put out
	// more of it earlier. So each edge goes before the lot behind it.
	for i, h := range hops {
		depth := int32(i) //nolint:gosec // a way has fewer hops
		if i > 0 {
			send.meetRuns(runs[h.runID], depth, Forward)
			if err := send.sendEdges([]edge{edges[tieKey{h.before.lotID, h.runID, Consumption}]}); err != nil {
				return nil, err
			}
		}
		if err := send.sendLot(lots[h.lotID], depth, Forward); err != nil {
			return nil, err
		}
		if i > 0 {
			if err := send.sendEdges([]edge{edges[tieKey{h.lotID, h.runID, Output}]}); err != nil {
				return nil, err
			}
		}
	}
	return all, send.flush()
}

type tieKey struct {
	lotID, runID int64
	kind         EdgeKind
}

// readWay reads the lots, runs and edges of a way.
func (w *walk) readWay(ctx context.Context, hops []*hop) (map[int64]*Lot, map[int64][]queries.LineageRunListRow, map[tieKey]edge, error) {
	var lotIDs, runIDs []int64
	for _, h := range hops {
		lotIDs, runIDs = append(lotIDs, h.lotID), append(runIDs, h.runID)
	}
	slices.Sort(lotIDs)
	slices.Sort(runIDs)
	lots, rows, err := w.readNodes(ctx, slices.Compact(lotIDs), slices.Compact(runIDs))
	if err != nil {
		return nil, nil, nil, err
	}
	into, err := w.edgesOf(ctx, w.texts.forward().fromLot, lotIDs, nil)
	if err != nil {
		return nil, nil, nil, err
	}
	from, err := w.edgesOf(ctx, w.texts.backward().fromLot, lotIDs, nil)
	edges := map[tieKey]edge{}
	for _, e := range append(into, from...) {
		edges[tieKey{e.LotID, e.RunID, e.kind}] = e
	}
	runs := map[int64][]queries.LineageRunListRow{}
	for _, row := range rows {
		runs[row.RunID] = []queries.LineageRunListRow{row}
	}
	return lots, runs, edges, err
}

// readNodes reads lots and runs without what is connected to them.
func (r *reader) readNodes(ctx context.Context, lotIDs, runIDs []int64) (map[int64]*Lot, []queries.LineageRunListRow, error) {
	batch := &lotBatch{}
	var runs []queries.LineageRunListRow
	r.queueIntroductions(batch, lotIDs)
	queue(&batch.Batch, &runs, r.texts.runs, r.arguments(runIDs))
	err := r.read(ctx, batch)
	lots := map[int64]*Lot{}
	for i := range batch.lots {
		lots[batch.lots[i].LotID] = &batch.lots[i]
	}
	return lots, runs, err
}
