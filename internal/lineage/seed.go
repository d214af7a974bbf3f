package lineage

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
)

// enterSeeds sends what a pass starts from, all of it at depth 0, and returns its lots,
// which are to be followed.
func (w *walk) enterSeeds(ctx context.Context, p *pass) (lots []int64, err error) {
	for _, id := range w.query.LotIDs {
		p.due.add(id, always)
	}
	if len(w.query.LotIDs) == 1 && len(w.query.RunIDs) == 0 {
		lots = w.query.LotIDs
		err = w.enterLot(ctx, p, lots)
	} else {
		lots, err = w.enterMany(ctx, p)
	}
	if err != nil {
		return nil, err
	}
	for _, id := range w.query.LotIDs {
		if !w.metLot(id) {
			return nil, fmt.Errorf("lineage: tenant %d has no lot %d", w.query.TenantID, id)
		}
	}
	return lots, nil
}

// enterLot sends the one lot that is asked for, and reads what lies around it if that is
// little.
func (w *walk) enterLot(ctx context.Context, p *pass, seed []int64) error {
	p.lots.add(seed[0])
	batch := &lotBatch{}
	if !w.begun {
		w.begin(&batch.Batch)
	}
	w.queueLots(batch, seed, p.direction, w.metLot)
	var found cone
	w.queueCone(&batch.Batch, p.way, seed[0], w.query.near(), &found)
	if err := w.read(ctx, batch); err != nil {
		return err
	}
	if err := tellWide(w.tx, len(found), w.query.near()); err != nil {
		return err
	}
	if err := w.send(batch, 0, p); err != nil {
		return err
	}
	if err := w.sendMovements(ctx, batch.lots); err != nil {
		return err
	}
	// It is on screen while the walk begins.
	if err := w.flush(); err != nil {
		return err
	}
	var err error
	if found.small(w.query.near()) {
		w.near, err = w.readNear(ctx, p.way, found, w.metLot)
	}
	return err
}

// enterMany sends lots and runs that are asked for, and the lots behind those runs.
func (w *walk) enterMany(ctx context.Context, p *pass) ([]int64, error) {
	if !w.begun {
		batch := &pgx.Batch{}
		w.begin(batch)
		if err := w.tx.SendBatch(ctx, batch).Close(); err != nil {
			return nil, err
		}
	}
	edges, err := w.enterRuns(ctx, p)
	if err != nil {
		return nil, err
	}
	lots := slices.Clone(w.query.LotIDs)
	for _, id := range lots {
		p.lots.add(id)
	}
	lots = append(lots, visit(edges, p.lots, byLot)...)
	p.await(edges)
	p.times.reach(nil, edges)
	slices.Sort(lots)
	for rest := lots; len(rest) > 0; {
		n := min(w.size(), len(rest))
		if err := w.enter(ctx, p, rest[:n], 0); err != nil {
			return nil, err
		}
		rest = rest[n:]
	}
	if err := w.sendEdges(edges); err != nil {
		return nil, err
	}
	return lots, w.flush()
}

// enterRuns sends the runs that are asked for, and returns the edges from them on.
func (w *walk) enterRuns(ctx context.Context, p *pass) ([]edge, error) {
	if len(w.query.RunIDs) == 0 {
		return nil, nil
	}
	runs, edges, err := w.runsOf(ctx, p.fromRun, w.query.RunIDs, nil)
	if err != nil {
		return nil, err
	}
	if len(runs) < len(w.query.RunIDs) {
		return nil, fmt.Errorf("lineage: tenant %d has %d of the runs %d", w.query.TenantID, len(runs), w.query.RunIDs)
	}
	w.meetRuns(runs, 0, p.direction)
	for _, run := range runs {
		p.runs.add(run.RunID)
		if err := w.sendRun(run.RunID); err != nil {
			return nil, err
		}
	}
	return edges, nil
}
