package recall

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/command"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/mark"
	"github.com/lottrail/lottrail/internal/page"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
)

// maxGone bounds the shipments that an activation answers with.
const maxGone = 1000

// ActivateRecall implements lottrailv1.RecallServiceServer.
func (s *Service) ActivateRecall(ctx context.Context, req *lottrailv1.ActivateRecallRequest) (*lottrailv1.ActivateRecallResponse, error) {
	return command.Run(ctx, s.db, req, func(ctx context.Context, tx *pg.Tx) (*lottrailv1.ActivateRecallResponse, error) {
		c, err := lockCase(ctx, tx, req.GetCaseNumber())
		if err != nil {
			return nil, err
		}
		if err := checkActivate(c.CaseNumber, c.State); err != nil {
			return nil, err
		}
		sc, err := activate(ctx, tx, c)
		if err != nil {
			return nil, err
		}
		return tellActivated(ctx, tx, c, sc)
	})
}

// lockCase locks a case, or fails with UNKNOWN_RECALL.
func lockCase(ctx context.Context, tx *pg.Tx, caseNumber string) (queries.RecallLockRow, error) {
	tx.Queue(planAnew)
	c, err := queries.New(tx).RecallLock(ctx, queries.RecallLockParams{TenantID: tx.TenantID, CaseNumber: caseNumber})
	if errors.Is(err, pgx.ErrNoRows) {
		err = unknownCase(caseNumber)
	}
	return c, err
}

// activate fixes the scope of a case, marks its runs and holds its lots.
func activate(ctx context.Context, tx *pg.Tx, c queries.RecallLockRow) (scope, error) {
	seeds, err := seedLots(ctx, tx, tx.TenantID, c.RecallID)
	if err != nil {
		return scope{}, err
	}
	sc, locked, err := fix(ctx, tx, seeds)
	if err != nil {
		return scope{}, err
	}
	tx.Queue(planOnce)
	q := queries.New(tx)
	if err := q.RecallRunInsert(ctx, queries.RecallRunInsertParams{TenantID: tx.TenantID, RecallID: c.RecallID, RunIds: sc.runs}); err != nil {
		return scope{}, err
	}
	if err := q.RecallSetState(ctx, queries.RecallSetStateParams{TenantID: tx.TenantID, RecallID: c.RecallID, State: stateActive}); err != nil {
		return scope{}, err
	}
	op := &ledger.Operation{
		Kind: ledger.KindRecallActivation, OccurredAt: time.Now(), Document: ledger.Document{RecallID: &c.RecallID},
	}
	marking := mark.Recall{RecallID: c.RecallID, CaseNumber: c.CaseNumber, Class: c.Class, Reason: c.Reason}
	for _, lotID := range sc.lots {
		op.Holds = append(op.Holds, marking.Hold(lotID))
	}
	_, err = ledger.Post(ctx, tx, locked, op)
	return sc, err
}

// tellActivated reads what is affected and what had gone, which is final: nothing
// of it leaves any more.
func tellActivated(ctx context.Context, tx *pg.Tx, c queries.RecallLockRow, sc scope) (*lottrailv1.ActivateRecallResponse, error) {
	_, recall, err := readRecall(ctx, tx, tx.TenantID, c.CaseNumber)
	if err != nil {
		return nil, err
	}
	counts, err := countScope(ctx, tx, tx.TenantID, c.RecallID, sc)
	if err != nil {
		return nil, err
	}
	gone, err := listShipments(ctx, tx, tx.TenantID, sc, shipmentKey{}, maxGone+1)
	resp := &lottrailv1.ActivateRecallResponse{Recall: recall, Scope: counts}
	resp.Shipments, resp.ShipmentsTruncated = page.Cut(gone, maxGone)
	return resp, err
}
