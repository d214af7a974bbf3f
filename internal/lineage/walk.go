package lineage

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
)

// Walk sends what a query asks for to emit, part by part, the nearest first. It
// reads within tx, which has to be a repeatable-read transaction so that
// everything is from one snapshot, and whose planner settings it changes.
// Whatever emit returns ends the walk and is returned.
func Walk(ctx context.Context, tx *pg.Snapshot, q Query, emit func(*Part) error) error {
	w := newWalk(tx, q, emit)
	if err := w.checkSeeds(ctx); err != nil {
		return err
	}
	if q.InTimeOnly {
		var err error
		if w.leaveOut, err = findLate(ctx, tx, q); err != nil {
			return err
		}
	}
	if err := w.walk(ctx); err != nil {
		return err
	}
	if err := w.sendOutOfTime(w.late); err != nil {
		return err
	}
	for _, p := range w.attributed {
		if err := w.attribute(ctx, p); err != nil {
			return err
		}
	}
	w.summary.OutsideLots = int32(w.outside.size) //nolint:gosec // counted as lots are
	return w.finish()
}

func newWalk(tx *pg.Snapshot, q Query, emit func(*Part) error) *walk {
	return &walk{reader: newReader(tx, q), sender: newSender(q, emit), chunk: q.few(), late: newLateness()}
}

// walk walks all the ways that are asked for.
func (w *walk) walk(ctx context.Context) error {
	if w.query.Direction == Forward {
		return w.follow(ctx, w.pass(w.texts.forward()))
	}
	back := w.pass(w.texts.backward())
	back.recorded = w.query.Siblings
	if err := w.follow(ctx, back); err != nil || w.query.Direction == Backward {
		return err
	}
	fore := w.pass(w.texts.forward())
	if err := w.follow(ctx, fore, back); err != nil || !w.query.Siblings {
		return err
	}
	return w.followSiblings(ctx, back, fore)
}

// walk is one walk under way.
type walk struct {
	reader
	sender
	// attributed are the passes whose quantities are asked for.
	attributed []*pass
	chunk      int
	near       *near
	begun      bool
	late       *lateness
	// fromLots, fromRuns and entering are room for what is read, step by step.
	fromLots, fromRuns edgeRoom
	entering           lotBatch
	edges              int // that one way has found
}

// size is how many lots or runs the next query takes: twice as many each time.
func (w *walk) size() int {
	size := w.chunk
	w.chunk = min(2*size, w.query.chunk())
	return size
}

// begin prepares the transaction and notes what it sees, in the round trip of the
// first batch: its other statements are planned after this one is carried out.
func (w *walk) begin(batch *pgx.Batch) {
	w.begun = true
	batch.Queue(queries.LineageBegin, w.tenantID, mostUnlogged).QueryRow(func(row pgx.Row) error {
		var r queries.LineageBeginRow
		if err := row.Scan(&r.ReadAt, &r.LogIndex, &r.SealedAt, &r.UnloggedCount, &r.UnloggedIds); err != nil {
			return err
		}
		w.see(sees(w.query, r))
		return nil
	})
}

// pass is one way walked.
type pass struct {
	way
	lots, runs visits
	due        agenda
	// seeds are the lots that it starts from, and seedUnit is what they are in, where
	// quantities are asked for.
	seeds    []int64
	seedUnit string
	times    *times
	// steps are the lots and runs that it met, by depth, if they are recorded.
	recorded bool
	steps    []step
	late     lateness // of what it met
}

func (w *walk) pass(way way) *pass {
	visited := map[Direction]marks{Forward: visitedForward, Backward: visitedBackward, Sibling: visitedSibling}[way.direction]
	w.walking = way.direction
	p := &pass{way: way, lots: visits{&w.lots, visited}, runs: visits{&w.runs, visited}}
	if w.leaveOut == nil {
		late := w.late
		if way.direction == Sibling {
			late = newLateness() // what is in time as a sibling need not be in time as anything else
		}
		p.times = newTimes(way.direction, &p.due, late)
	}
	return p
}

// follow walks one way from the seeds to the ends, level by level. Others are the ways
// walked before.
func (w *walk) follow(ctx context.Context, p *pass, others ...*pass) error {
	w.near, w.edges = nil, 0
	seeds, err := w.enterSeeds(ctx, p)
	if err != nil {
		return err
	}
	if err := w.askQuantities(ctx, p, seeds); err != nil {
		return err
	}
	p.record(0, seeds, w.query.RunIDs)
	for depth := int32(1); p.due.turn(); depth++ {
		if err := w.level(ctx, p, depth); err != nil {
			return err
		}
	}
	w.late.add(p.times, others...)
	p.keepLate(w.late)
	return nil
}

// level goes from the lots that are due through their runs to those of the next level.
func (w *walk) level(ctx context.Context, p *pass, depth int32) error {
	for p.due.more() {
		lots := p.due.take(w.size())
		if err := tellWide(w.tx, len(lots), w.query.near()); err != nil {
			return err
		}
		edges, err := w.onward(ctx, p, lots)
		if err != nil {
			return err
		}
		met, fresh := w.fromLots.split(edges, p.runs, byRun)
		if err := w.expectRuns(ctx, met); err != nil {
			return err
		}
		if err := w.sendEdges(met); err != nil {
			return err
		}
		if w.query.MaxDepth > 0 && depth > w.query.MaxDepth {
			w.stop(fresh)
			fresh = nil
		}
		if err := w.count(len(met) + len(fresh)); err != nil {
			return err
		}
		p.times.follow(lots, met, fresh)
		p.due.followed(lots)
		for group := range groups(fresh, byRun, w.size) {
			if err := w.through(ctx, p, group, depth); err != nil {
				return err
			}
		}
		w.awaitRuns()
		if err := w.flush(); err != nil {
			return err
		}
	}
	return nil
}

// onward are the edges from lots on, sorted by run.
func (w *walk) onward(ctx context.Context, p *pass, lots []int64) ([]edge, error) {
	if w.near != nil {
		return w.near.onward(lots), nil
	}
	edges, err := w.edgesOf(ctx, p.fromLot, lots, w.fromLots.read)
	w.fromLots.keep(edges)
	return edges, err
}

// behind are runs, and the edges from them on, sorted by lot.
func (w *walk) behind(ctx context.Context, p *pass, ids []int64) ([]queries.LineageRunListRow, []edge, error) {
	if w.near != nil {
		runs, edges := w.near.behind(ids)
		return runs, edges, nil
	}
	runs, edges, err := w.runsOf(ctx, p.fromRun, ids, w.fromRuns.read)
	w.fromRuns.keep(edges)
	return runs, edges, err
}

// through goes through runs, to which the edges in lead, to the lots behind them. Those
// that it had not met are due next.
func (w *walk) through(ctx context.Context, p *pass, in []edge, depth int32) error {
	return w.beyond(ctx, p, visit(in, p.runs, byRun), in, depth)
}

// beyond goes from runs on, after the edges that lead there.
func (w *walk) beyond(ctx context.Context, p *pass, ids []int64, in []edge, depth int32) error {
	runs, edges, err := w.behind(ctx, p, ids)
	if err != nil {
		return err
	}
	if err := w.count(len(edges)); err != nil {
		return err
	}
	w.meetRuns(runs, depth, p.direction)
	if err := w.sendEdges(in); err != nil {
		return err
	}
	p.record(depth, nil, ids)
	met, fresh := w.fromRuns.split(edges, p.lots, byLot)
	p.await(fresh)
	p.times.reach(met, fresh)
	if err := w.sendEdges(met); err != nil {
		return err
	}
	for group := range groups(fresh, byLot, w.size) {
		lots := visit(group, p.lots, byLot)
		p.record(depth, lots, nil)
		if err := w.enter(ctx, p, lots, depth); err != nil {
			return err
		}
		if err := w.sendEdges(group); err != nil {
			return err
		}
	}
	return nil
}

// await has the lots be followed to which edges lead that have just been found.
func (p *pass) await(edges []edge) {
	for i := range edges {
		p.due.add(edges[i].LotID, never)
	}
}

// enter sends lots on which the walk comes and the endpoints that they have this
// way.
func (w *walk) enter(ctx context.Context, p *pass, ids []int64, depth int32) error {
	if ids = w.unentered(p, ids); len(ids) == 0 {
		return nil
	}
	if w.near != nil {
		batch := w.near.take(ids)
		if err := w.send(batch, depth, p); err != nil {
			return err
		}
		return w.sendMovements(ctx, batch.lots)
	}
	batch := &w.entering
	defer batch.empty()
	w.queueLots(batch, ids, p.direction, w.metLot)
	if err := w.read(ctx, batch); err != nil {
		return err
	}
	if err := w.send(batch, depth, p); err != nil {
		return err
	}
	return w.sendMovements(ctx, batch.lots)
}

func (w *walk) send(batch *lotBatch, depth int32, p *pass) error {
	for i := range batch.lots {
		if err := w.sendLot(&batch.lots[i], depth, p.direction); err != nil {
			return err
		}
	}
	for _, r := range batch.receipts {
		number, err := w.sendReceipt(r, w.parties[r.SupplierID])
		if err != nil {
			return err
		}
		p.times.end(r.LotID, r.ReceivedAt, number)
	}
	for _, s := range batch.shipments {
		number, err := w.sendShipment(s, w.parties[s.CustomerID])
		if err != nil {
			return err
		}
		p.times.end(s.LotID, s.ShippedAt, number)
	}
	return nil
}
