package recall

import (
	"context"
	"fmt"
	"time"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/command"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
)

// CloseRecall implements lottrailv1.RecallServiceServer.
func (s *Service) CloseRecall(ctx context.Context, req *lottrailv1.CloseRecallRequest) (*lottrailv1.CloseRecallResponse, error) {
	return command.Run(ctx, s.db, req, func(ctx context.Context, tx *pg.Tx) (*lottrailv1.CloseRecallResponse, error) {
		c, err := lockCase(ctx, tx, req.GetCaseNumber())
		if err != nil {
			return nil, err
		}
		if err := checkClose(c.CaseNumber, c.State); err != nil {
			return nil, err
		}
		op := &ledger.Operation{
			Kind: ledger.KindRecallClose, OccurredAt: time.Now(), Reason: req.GetReason(), Document: ledger.Document{RecallID: &c.RecallID},
		}
		var locked ledger.Locked
		if c.State == stateActive {
			if locked, op.Holds, err = lockSettled(ctx, tx, c); err != nil {
				return nil, err
			}
		}
		tx.Queue(planOnce)
		if err := queries.New(tx).RecallSetState(ctx, queries.RecallSetStateParams{TenantID: tx.TenantID, RecallID: c.RecallID, State: stateClosed}); err != nil {
			return nil, err
		}
		if _, err := ledger.Post(ctx, tx, locked, op); err != nil {
			return nil, err
		}
		_, recall, err := readRecall(ctx, tx, tx.TenantID, c.CaseNumber)
		return &lottrailv1.CloseRecallResponse{Recall: recall}, err
	})
}

// lockSettled locks the lots that a case holds, refuses if it is not over, and
// returns the holds that end with it.
//
// Its runs are locked, for a finished one may be reopened: that they are finished stays
// true until the case is closed, and then nobody reopens them any more. And since whoever
// puts out has the run locked, all that they put out is there to be read.
func lockSettled(ctx context.Context, tx *pg.Tx, c queries.RecallLockRow) (ledger.Locked, []ledger.HoldChange, error) {
	q := queries.New(tx)
	marked, err := q.RecallRunIDList(ctx, queries.RecallRunIDListParams{TenantID: tx.TenantID, RecallID: c.RecallID})
	if err != nil {
		return nil, nil, err
	}
	if _, err := q.RecallRunLock(ctx, queries.RecallRunLockParams{TenantID: tx.TenantID, RunIds: marked}); err != nil {
		return nil, nil, err
	}
	runs, err := q.RecallOpenRunList(ctx, queries.RecallOpenRunListParams{TenantID: tx.TenantID, RecallID: c.RecallID})
	if err != nil {
		return nil, nil, err
	}
	names := make([]string, 0, len(runs))
	for _, r := range runs {
		names = append(names, fmt.Sprintf("%q of production order %q", r.Code, r.ProductionOrderCode))
	}
	if err := checkFinished(c.CaseNumber, names); err != nil {
		return nil, nil, err
	}
	holds, err := q.RecallHoldList(ctx, queries.RecallHoldListParams{TenantID: tx.TenantID, RecallID: c.RecallID})
	if err != nil {
		return nil, nil, err
	}
	var held []int64
	for _, hold := range holds {
		if hold.ReleasedAt == nil {
			held = append(held, hold.LotID)
		}
	}
	locked, err := ledger.Lock(ctx, tx, held)
	if err != nil {
		return nil, nil, err
	}
	kept, err := readKept(ctx, tx, tx.TenantID, c.RecallID)
	if err != nil {
		return nil, nil, err
	}
	releases, undecided := settle(c.RecallID, locked, kept)
	return locked, releases, checkDecided(c.CaseNumber, undecided)
}
