package lineage

import (
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/queries"
)

// ahead is what lies behind a few lots, read together with them: the edges to runs,
// and if there is little of it the runs and what they lead to. In a narrow trace that
// is just what the next level asks for, and each level is one round trip; in a wide
// one it is read in vain, and so there is a limit to it.
type ahead struct {
	pass  *pass
	lots  []int64
	edges []edge
	runs  map[int64]*runAhead // nil if it was too much
}

// runAhead is a run, and the edges from it on.
type runAhead struct {
	row   queries.LineageRunListRow
	edges []edge
}

// beyondRows is how many movements a lot may have beyond its runs, taken over a few
// lots, for them to be read ahead.
const beyondRows = 2

// onward are the edges from lots on, if they were read ahead.
func (a *ahead) onward(p *pass, lots []int64) ([]edge, bool) {
	return a.edges, a.pass == p && slices.Equal(a.lots, lots)
}

// behind are runs and the edges from them on, sorted as runsOf sorts them, if all
// were read ahead.
func (a *ahead) behind(p *pass, runIDs []int64) (runs []queries.LineageRunListRow, edges []edge, ok bool) {
	if a.pass != p {
		return nil, nil, false
	}
	for _, id := range runIDs {
		run := a.runs[id]
		if run == nil {
			return nil, nil, false
		}
		runs, edges = append(runs, run.row), append(edges, run.edges...)
	}
	slices.SortFunc(edges, compareLots)
	return runs, edges, true
}

// beyondRow is a run and one movement from it on. LineageOutputListBeyond and
// LineageConsumptionListBeyond have the same columns.
type beyondRow struct {
	queries.LineageRunListRow
	LotID      *int64
	Quantity   *qty.Decimal
	OccurredAt *time.Time
}

// queueBeyond adds what lies behind the edges from lots on to a batch, at most as
// many rows as limit, and fills runs with it unless that is too little.
func (r *reader) queueBeyond(batch *pgx.Batch, way way, lotIDs []int64, limit int, runs *map[int64]*runAhead) {
	if way.beyond == "" {
		return
	}
	batch.Queue(way.beyond, append(r.arguments(lotIDs), limit)...).Query(func(rows pgx.Rows) error {
		found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[beyondRow])
		if err == nil && len(found) < limit {
			*runs = gatherBeyond(found, way.fromRun.kind)
		}
		return err
	})
}

// gatherBeyond sums movements to edges.
func gatherBeyond(rows []beyondRow, kind EdgeKind) map[int64]*runAhead {
	runs := map[int64]*runAhead{}
	for _, row := range rows {
		run := runs[row.RunID]
		if run == nil {
			run = &runAhead{row: row.LineageRunListRow}
			runs[row.RunID] = run
		}
		if row.LotID == nil {
			continue
		}
		at := slices.IndexFunc(run.edges, func(e edge) bool { return e.LotID == *row.LotID })
		if at < 0 {
			run.edges = append(run.edges, edge{edgeRow{row.RunID, *row.LotID, *row.Quantity, *row.OccurredAt, *row.OccurredAt}, kind})
			continue
		}
		e := &run.edges[at]
		e.Quantity = e.Quantity.Add(*row.Quantity)
		if row.OccurredAt.Before(e.FirstAt) {
			e.FirstAt = *row.OccurredAt
		}
		if row.OccurredAt.After(e.LastAt) {
			e.LastAt = *row.OccurredAt
		}
	}
	for _, run := range runs {
		// What was reversed is no edge.
		run.edges = slices.DeleteFunc(run.edges, func(e edge) bool { return e.Quantity.Sign() <= 0 })
	}
	return runs
}
