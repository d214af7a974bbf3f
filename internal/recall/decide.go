package recall

import (
	"context"
	"slices"
	"time"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/command"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/resolve"
)

// DecideRecallLots implements lottrailv1.RecallServiceServer.
func (s *Service) DecideRecallLots(ctx context.Context, req *lottrailv1.DecideRecallLotsRequest) (*lottrailv1.DecideRecallLotsResponse, error) {
	return command.Run(ctx, s.db, req, func(ctx context.Context, tx *pg.Tx) (*lottrailv1.DecideRecallLotsResponse, error) {
		c, err := lockCase(ctx, tx, req.GetCaseNumber())
		if err != nil {
			return nil, err
		}
		if err := checkDecide(c.CaseNumber, c.State); err != nil {
			return nil, err
		}
		if err := decide(ctx, tx, c, req); err != nil {
			return nil, err
		}
		left, err := countWaiting(ctx, tx, c)
		return &lottrailv1.DecideRecallLotsResponse{LotCount: int32(len(req.GetLots())), LotUndecidedCount: left}, err
	})
}

func decide(ctx context.Context, tx *pg.Tx, c queries.RecallLockRow, req *lottrailv1.DecideRecallLotsRequest) error {
	lots := namedLots(req.GetLots())
	if err := checkRepeated(lots); err != nil {
		return err
	}
	ids, err := resolveLots(ctx, tx, lots)
	if err != nil {
		return err
	}
	lotIDs := make([]int64, 0, len(ids))
	for _, id := range ids {
		lotIDs = append(lotIDs, id)
	}
	slices.Sort(lotIDs)
	locked, err := ledger.Lock(ctx, tx, lotIDs)
	if err != nil {
		return err
	}
	held, err := readHeld(ctx, tx, c.RecallID, lotIDs, locked)
	if err != nil {
		return err
	}
	keep := req.GetDecision() == lottrailv1.RecallDecision_RECALL_DECISION_KEEP
	if err := checkDecision(c.CaseNumber, keep, lots, held); err != nil {
		return err
	}
	op := &ledger.Operation{
		Kind: ledger.KindRelease, OccurredAt: time.Now(), Reason: req.GetReason(), Document: ledger.Document{RecallID: &c.RecallID},
	}
	if keep {
		op.Kind = ledger.KindRecallKeep
	} else {
		for _, l := range lots {
			op.Holds = append(op.Holds, ledger.HoldChange{LotID: ids[l.LotName], Release: held[l.LotName].number})
		}
	}
	tx.Queue(planOnce)
	posted, err := ledger.Post(ctx, tx, locked, op)
	if err != nil || !keep {
		return err
	}
	return queries.New(tx).RecallKeepInsert(ctx, queries.RecallKeepInsertParams{
		TenantID: tx.TenantID, RecallID: c.RecallID, OperationID: posted.OperationID, LotIds: lotIDs,
	})
}

// readHeld reads which lots, which are locked, a case holds or held.
func readHeld(ctx context.Context, tx *pg.Tx, recallID int64, lotIDs []int64, locked ledger.Locked) (map[resolve.LotName]heldLot, error) {
	rows, err := queries.New(tx).RecallHeldLotList(ctx, queries.RecallHeldLotListParams{TenantID: tx.TenantID, RecallID: recallID, LotIds: lotIDs})
	held := make(map[resolve.LotName]heldLot, len(rows))
	for _, r := range rows {
		lot := locked[r.LotID]
		held[resolve.LotName{SKU: lot.SKU, LotCode: lot.LotCode}] = heldLot{number: r.Number, released: r.Released, growing: r.Growing}
	}
	return held, err
}

// countWaiting counts the lots of which something is left and on which nothing was
// decided.
func countWaiting(ctx context.Context, tx *pg.Tx, c queries.RecallLockRow) (int32, error) {
	row, err := readCase(ctx, tx, tx.TenantID, c.CaseNumber)
	if err != nil {
		return 0, err
	}
	sc, err := readScope(ctx, tx, tx.TenantID, row)
	if err != nil {
		return 0, err
	}
	kept, err := readKept(ctx, tx, tx.TenantID, c.RecallID)
	if err != nil {
		return 0, err
	}
	left, err := queries.New(tx).RecallLotOnHandList(ctx, queries.RecallLotOnHandListParams{TenantID: tx.TenantID, LotIds: sc.waiting(sc.lots, kept)})
	return int32(len(left)), err
}
