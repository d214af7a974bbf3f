package recall

import (
	"context"
	"fmt"
	"time"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/command"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/resolve"
)

// OpenRecall implements lottrailv1.RecallServiceServer.
func (s *Service) OpenRecall(ctx context.Context, req *lottrailv1.OpenRecallRequest) (*lottrailv1.OpenRecallResponse, error) {
	return command.Run(ctx, s.db, req, func(ctx context.Context, tx *pg.Tx) (*lottrailv1.OpenRecallResponse, error) {
		recallID, err := insertCase(ctx, tx, req)
		if err != nil {
			return nil, err
		}
		op := &ledger.Operation{
			Kind: ledger.KindRecallOpen, OccurredAt: time.Now(), Reason: req.GetReason(), Document: ledger.Document{RecallID: &recallID},
		}
		if _, err := ledger.Post(ctx, tx, nil, op); err != nil {
			return nil, err
		}
		c, recall, err := readRecall(ctx, tx, tx.TenantID, req.GetCaseNumber())
		if err != nil {
			return nil, err
		}
		sc, err := readScope(ctx, tx, tx.TenantID, c)
		if err != nil {
			return nil, err
		}
		counts, err := countScope(ctx, tx, tx.TenantID, c.RecallID, sc)
		return &lottrailv1.OpenRecallResponse{Recall: recall, Scope: counts}, err
	})
}

func insertCase(ctx context.Context, tx *pg.Tx, req *lottrailv1.OpenRecallRequest) (recallID int64, err error) {
	lots := namedLots(req.GetLots())
	if err := checkRepeated(lots); err != nil {
		return 0, err
	}
	seeds, err := findLots(ctx, tx, lots)
	if err != nil {
		return 0, err
	}
	if recallID, err = tx.NextID(ctx); err != nil {
		return 0, err
	}
	q := queries.New(tx)
	inserted, err := q.RecallInsert(ctx, queries.RecallInsertParams{
		TenantID: tx.TenantID, RecallID: recallID, CaseNumber: req.GetCaseNumber(), Class: fromClass[req.GetClass()], Reason: req.GetReason(),
	})
	if err != nil {
		return 0, err
	}
	if inserted == 0 {
		return 0, errs.Exists("case_number", "RECALL_EXISTS", "there is a recall %q already; choose another number, or go on with the case that is there", req.GetCaseNumber())
	}
	return recallID, q.RecallSeedInsert(ctx, queries.RecallSeedInsertParams{TenantID: tx.TenantID, RecallID: recallID, LotIds: seeds})
}

// namedLots are the lots of a request's field lots.
func namedLots(keys []*lottrailv1.LotKey) []namedLot {
	lots := make([]namedLot, len(keys))
	for i, key := range keys {
		lots[i] = namedLot{path: fmt.Sprintf("lots[%d]", i), LotName: resolve.LotName{SKU: key.GetSku(), LotCode: key.GetLotCode()}}
	}
	return lots
}

// resolveLots finds the ids of lots; missing ones are left out.
func resolveLots(ctx context.Context, tx *pg.Tx, lots []namedLot) (map[resolve.LotName]int64, error) {
	keys := make([]resolve.LotKey, len(lots))
	for i, l := range lots {
		keys[i] = resolve.LotKey{SKU: l.SKU, LotCode: l.LotCode}
	}
	return resolve.Lots(ctx, tx, tx.TenantID, keys)
}

// findLots finds the ids of lots that all have to be there.
func findLots(ctx context.Context, tx *pg.Tx, lots []namedLot) ([]int64, error) {
	ids, err := resolveLots(ctx, tx, lots)
	if err != nil {
		return nil, err
	}
	if len(ids) < len(lots) {
		var skus []string
		for _, l := range lots {
			skus = append(skus, l.SKU)
		}
		items, err := queries.New(tx).ItemListBySKU(ctx, queries.ItemListBySKUParams{TenantID: tx.TenantID, Skus: skus})
		if err != nil {
			return nil, err
		}
		known := make(map[string]bool, len(items))
		for _, item := range items {
			known[item.SKU] = true
		}
		if err := checkThere(lots, ids, known); err != nil {
			return nil, err
		}
	}
	found := make([]int64, 0, len(ids))
	for _, id := range ids {
		found = append(found, id)
	}
	return found, nil
}
