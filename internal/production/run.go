package production

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/command"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
)

// StartRun implements lottrailv1.ProductionServiceServer.
func (s *Service) StartRun(ctx context.Context, req *lottrailv1.StartRunRequest) (*lottrailv1.StartRunResponse, error) {
	return command.Run(ctx, s.db, req, func(ctx context.Context, tx *pg.Tx) (*lottrailv1.StartRunResponse, error) {
		startedAt, err := s.window.Occurred("started_at", pbtype.Told(req.GetStartedAt()), time.Now())
		if err != nil {
			return nil, err
		}
		runID, err := insertRun(ctx, tx, req, startedAt)
		if err != nil {
			return nil, err
		}
		op := &ledger.Operation{Kind: ledger.KindRunStart, OccurredAt: startedAt, Document: ledger.Document{RunID: &runID}}
		if err := ledger.PostUnasked(ctx, tx, op); err != nil {
			return nil, err
		}
		return &lottrailv1.StartRunResponse{Run: toRun(req.GetProductionOrderCode(), req.GetRunCode(), startedAt, nil)}, nil
	})
}

// insertRun queues a run, which goes with its operation.
func insertRun(ctx context.Context, tx *pg.Tx, req *lottrailv1.StartRunRequest, startedAt time.Time) (int64, error) {
	runID, err := tx.NextID(ctx)
	if err != nil {
		return 0, err
	}
	queued := tx.Queued(func(err error) error {
		switch {
		case pg.FailedCheck(err):
			return unknownOrder("production_order_code", req.GetProductionOrderCode())
		case pg.Constraint(err) != "run_code_key":
			return err
		}
		return errs.Exists("run_code", "RUN_EXISTS", "production order %q has a run %q already; choose another code, or post to the run that is there",
			req.GetProductionOrderCode(), req.GetRunCode())
	})
	return runID, queries.New(queued).RunInsert(ctx, queries.RunInsertParams{
		TenantID: tx.TenantID, RunID: runID, ProductionOrderCode: req.GetProductionOrderCode(), Code: req.GetRunCode(), StartedAt: startedAt,
	})
}

// FinishRun implements lottrailv1.ProductionServiceServer.
func (s *Service) FinishRun(ctx context.Context, req *lottrailv1.FinishRunRequest) (*lottrailv1.FinishRunResponse, error) {
	return command.Run(ctx, s.db, req, func(ctx context.Context, tx *pg.Tx) (*lottrailv1.FinishRunResponse, error) {
		finishedAt, err := s.window.Occurred("finished_at", pbtype.Told(req.GetFinishedAt()), time.Now())
		if err != nil {
			return nil, err
		}
		run := queueRunLock(tx, req.GetProductionOrderCode(), req.GetRunCode())
		if err := tx.Flush(ctx); err != nil {
			return nil, err
		}
		if finishedAt, err = finishTime(run.StartedAt, finishedAt, req.GetFinishedAt() != nil); err != nil {
			return nil, err
		}
		if err := queries.New(tx.Queued(nil)).RunFinish(ctx, queries.RunFinishParams{TenantID: tx.TenantID, RunID: run.RunID, FinishedAt: &finishedAt}); err != nil {
			return nil, err
		}
		op := &ledger.Operation{Kind: ledger.KindRunFinish, OccurredAt: finishedAt, Document: ledger.Document{RunID: &run.RunID}}
		if err := ledger.PostUnasked(ctx, tx, op); err != nil {
			return nil, err
		}
		return &lottrailv1.FinishRunResponse{Run: toRun(req.GetProductionOrderCode(), req.GetRunCode(), run.StartedAt, &finishedAt)}, nil
	})
}

// queueRunLock queues the lock of a run: whoever asks the database next has it
// locked, or is refused because it is not there, or is finished. Whoever holds the
// lock knows that the run stays open until the transaction ends.
func queueRunLock(tx *pg.Tx, orderCode, runCode string) *queries.RunLockRow {
	run := &queries.RunLockRow{}
	tx.Queue(queries.RunLock, tx.TenantID, runCode, orderCode).QueryRow(func(row pgx.Row) error {
		var runID *int64
		var startedAt *time.Time
		var hasShares *bool
		switch err := row.Scan(&runID, &startedAt, &run.FinishedAt, &hasShares); {
		case errors.Is(err, pgx.ErrNoRows):
			return unknownOrder("production_order_code", orderCode)
		case err != nil:
			return err
		case runID == nil:
			return unknownRun(orderCode, runCode)
		}
		run.RunID, run.StartedAt, run.HasShares = *runID, *startedAt, *hasShares
		return checkOpen(orderCode, runCode, run.FinishedAt)
	})
	return run
}

func unknownRun(orderCode, runCode string) error {
	return errs.NotFound("run_code", "UNKNOWN_RUN", "production order %q has no run %q; start it with StartRun first, or check the code", orderCode, runCode)
}

// findRun reads a run, and says whether it is the order or the run that is not
// there.
func findRun(ctx context.Context, db queries.DBTX, tenantID int64, orderCode, runCode string) (queries.RunGetRow, error) {
	q := queries.New(db)
	run, err := q.RunGet(ctx, queries.RunGetParams{TenantID: tenantID, ProductionOrderCode: orderCode, Code: runCode})
	if !errors.Is(err, pgx.ErrNoRows) {
		return run, err
	}
	switch _, err := q.ProductionOrderID(ctx, queries.ProductionOrderIDParams{TenantID: tenantID, Code: orderCode}); {
	case errors.Is(err, pgx.ErrNoRows):
		return run, unknownOrder("production_order_code", orderCode)
	case err != nil:
		return run, err
	}
	return run, unknownRun(orderCode, runCode)
}

// maxRunLots bounds the inputs and the outputs that come with a run.
const maxRunLots = 1000

// GetRun implements lottrailv1.ProductionServiceServer.
func (s *Service) GetRun(ctx context.Context, req *lottrailv1.GetRunRequest) (*lottrailv1.GetRunResponse, error) {
	resp := &lottrailv1.GetRunResponse{}
	tenantID := auth.FromContext(ctx).TenantID
	err := s.db.Read(ctx, func(tx *pg.Snapshot) error {
		q := queries.New(tx)
		run, err := findRun(ctx, tx, tenantID, req.GetProductionOrderCode(), req.GetRunCode())
		if err != nil {
			return err
		}
		resp.Run = toRun(req.GetProductionOrderCode(), req.GetRunCode(), run.StartedAt, run.FinishedAt)
		for kind, lots := range map[ledger.Kind]*[]*lottrailv1.RunLot{ledger.KindConsumption: &resp.Inputs, ledger.KindOutput: &resp.Outputs} {
			rows, err := q.RunLotList(ctx, queries.RunLotListParams{TenantID: tenantID, RunID: &run.RunID, Kind: string(kind), RowLimit: maxRunLots + 1})
			if err != nil {
				return err
			}
			if len(rows) > maxRunLots {
				rows, resp.Truncated = rows[:maxRunLots], true
			}
			*lots = toRunLots(rows)
		}
		return nil
	})
	return resp, err
}
