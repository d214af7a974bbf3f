package lineage

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/queries"
)

// meetRuns keeps runs until they are to be sent: a run is sent with its first edge to a
// lot that is shown.
func (s *sender) meetRuns(rows []queries.LineageRunListRow, depth int32, direction Direction) {
	if s.silent {
		return
	}
	s.summary.MaxDepth = max(s.summary.MaxDepth, depth)
	for _, row := range rows {
		n := s.runs.get(row.RunID)
		if n.marks&sent != 0 {
			continue
		}
		if n.marks&awaited != 0 {
			s.expect(row, n)
			continue
		}
		if _, met := s.waiting[row.RunID]; met {
			continue
		}
		s.wait(row, depth, direction)
	}
}

func (s *sender) sendRun(id int64) error {
	run, waits := s.waiting[id]
	if !waits {
		return nil
	}
	delete(s.waiting, id)
	run.Ref = s.nextRef()
	n := s.runs.get(id)
	s.runs.put(id, node{ref: run.Ref, marks: n.marks | sent})
	s.summary.Runs++
	if run.FinishedAt == nil {
		s.summary.OpenRuns++
	}
	s.part.Runs = append(s.part.Runs, run)
	return s.weigh(1)
}

func (s *sender) wait(row queries.LineageRunListRow, depth int32, direction Direction) {
	s.waiting[row.RunID] = Run{
		RunID: row.RunID, ProductionOrderCode: row.ProductionOrderCode, RunCode: row.Code, Depth: depth,
		Direction: direction, StartedAt: row.StartedAt, FinishedAt: row.FinishedAt,
	}
}

// expect has a run wait again that was awaited.
func (s *sender) expect(row queries.LineageRunListRow, n node) {
	s.runs.put(row.RunID, node{marks: n.marks &^ awaited})
	s.wait(row, n.ref, n.marks.firstWay())
}

// awaitRuns keeps no more than marks and depths of the runs that wait, once they are
// many: where most lots are left out, most runs are never sent.
func (s *sender) awaitRuns() {
	if len(s.waiting) <= s.query.chunk() {
		return
	}
	for id, run := range s.waiting {
		s.runs.put(id, node{run.Depth, 0, s.runs.get(id).marks | awaited})
	}
	s.waiting = map[int64]Run{}
}

// expectRuns reads those awaited runs again that are to be sent with edges.
func (w *walk) expectRuns(ctx context.Context, edges []edge) error {
	var ids []int64
	for i := range edges {
		e := &edges[i]
		if w.runs.has(e.RunID, awaited) && w.lots.has(e.LotID, sent) && (len(ids) == 0 || ids[len(ids)-1] != e.RunID) {
			ids = append(ids, e.RunID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	var rows []queries.LineageRunListRow
	batch := &pgx.Batch{}
	queue(batch, &rows, w.texts.runs, w.arguments(ids))
	if err := w.tx.SendBatch(ctx, batch).Close(); err != nil {
		return err
	}
	for _, row := range rows {
		w.expect(row, w.runs.get(row.RunID))
	}
	return nil
}
