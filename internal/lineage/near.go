package lineage

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
)

// cone is what a lot can lead to, as LineageConeForward and LineageConeBackward find
// it, or the beginning of that. Edges that were reversed are in it: it may be too much,
// and is never too little.
type cone []coneRow

// coneRow is a row of either query: the first has no run, and those of runs without any
// lots behind them no lot, which sqlc does not see.
type coneRow struct{ RunID, LotID *int64 }

// small says whether it is all there is, and more than the lot itself. Without rows
// nothing was asked.
func (c cone) small(limit int) bool { return len(c) > 1 && len(c) < limit }

// ends are its lots and runs, each once and sorted.
func (c cone) ends() (lots, runs []int64) {
	for _, row := range c {
		if row.LotID != nil {
			lots = append(lots, *row.LotID)
		}
		if row.RunID != nil {
			runs = append(runs, *row.RunID)
		}
	}
	slices.Sort(lots)
	slices.Sort(runs)
	return slices.Compact(lots), slices.Compact(runs)
}

// tellWide tells whom it concerns that so much was found at once that no cone so wide is
// called near.
func tellWide(tx *pg.Snapshot, found, near int) error {
	if found < near {
		return nil
	}
	return tx.Wide()
}

func (r *reader) queueCone(batch *pgx.Batch, way way, lotID int64, limit int, found *cone) {
	if way.cone != "" {
		queue(batch, (*[]coneRow)(found), way.cone, []any{limit, lotID, r.tenantID})
	}
}

// near is a small cone, read at once: a narrow trace is a matter of round trips, and
// would take two or three for each level. The walk goes through it as it goes through
// the database.
type near struct {
	lots map[int64]*nearLot
	runs map[int64]*nearRun
}

// nearLot is a lot, unless it was met before, its endpoints, and the edges from it on.
type nearLot struct {
	lot       *Lot
	receipts  []queries.LineageReceiptListRow
	shipments []queries.LineageShipmentListRow
	edges     []edge
}

// nearRun is a run, and the edges from it on.
type nearRun struct {
	row   queries.LineageRunListRow
	edges []edge
}

// readNear reads all of a cone but what was sent of its lots already.
func (r *reader) readNear(ctx context.Context, way way, c cone, met func(int64) bool) (*near, error) {
	lots, runs := c.ends()
	batch := &lotBatch{}
	var rows []queries.LineageRunListRow
	var onward, behind []edge
	r.queueLots(batch, lots, way.direction, met)
	r.queueEdges(&batch.Batch, way.fromLot, lots, &onward)
	queue(&batch.Batch, &rows, r.texts.runs, r.arguments(runs))
	r.queueEdges(&batch.Batch, way.fromRun, runs, &behind)
	if err := r.read(ctx, batch); err != nil {
		return nil, err
	}
	n := &near{lots: make(map[int64]*nearLot, len(lots)), runs: make(map[int64]*nearRun, len(rows))}
	for _, id := range lots {
		n.lots[id] = &nearLot{}
	}
	for i := range batch.lots {
		n.lots[batch.lots[i].LotID].lot = &batch.lots[i]
	}
	for _, row := range batch.receipts {
		n.lots[row.LotID].receipts = append(n.lots[row.LotID].receipts, row)
	}
	for _, row := range batch.shipments {
		n.lots[row.LotID].shipments = append(n.lots[row.LotID].shipments, row)
	}
	for _, row := range rows {
		n.runs[row.RunID] = &nearRun{row: row}
	}
	for i := range onward {
		n.lots[onward[i].LotID].edges = append(n.lots[onward[i].LotID].edges, onward[i])
	}
	for i := range behind {
		n.runs[behind[i].RunID].edges = append(n.runs[behind[i].RunID].edges, behind[i])
	}
	return n, nil
}

// take is what read would find of lots.
func (n *near) take(ids []int64) *lotBatch {
	b := &lotBatch{}
	for _, id := range ids {
		lot := n.lots[id]
		if lot.lot != nil {
			b.lots = append(b.lots, *lot.lot)
		}
		b.receipts, b.shipments = append(b.receipts, lot.receipts...), append(b.shipments, lot.shipments...)
	}
	return b
}

// onward are the edges from lots on, sorted as edgesOf sorts them.
func (n *near) onward(ids []int64) []edge {
	var edges []edge
	for _, id := range ids {
		edges = append(edges, n.lots[id].edges...)
	}
	slices.SortFunc(edges, compareRuns)
	return edges
}

// behind are runs and the edges from them on, sorted as runsOf sorts them.
func (n *near) behind(ids []int64) (runs []queries.LineageRunListRow, edges []edge) {
	for _, id := range ids {
		runs, edges = append(runs, n.runs[id].row), append(edges, n.runs[id].edges...)
	}
	slices.SortFunc(edges, compareLots)
	return runs, edges
}
