package recall

import (
	"context"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/queries"
)

// scope is what a case affects: ids, sorted.
type scope struct {
	lots, runs []int64
	// fixed is set once the case was activated. Before, and for a case that was
	// closed without, it is a preview: what the records connect now.
	fixed bool
}

// readScope reads the scope of a case. A reader's transaction gives it in one
// snapshot.
func readScope(ctx context.Context, db queries.DBTX, tenantID int64, c *queries.RecallGetRow) (scope, error) {
	if c.ActivatedAt == nil {
		return preview(ctx, db, tenantID, c.RecallID)
	}
	q, s := queries.New(db), scope{fixed: true}
	var err error
	if s.lots, err = q.RecallLotIDList(ctx, queries.RecallLotIDListParams{TenantID: tenantID, RecallID: c.RecallID}); err != nil {
		return scope{}, err
	}
	s.runs, err = q.RecallRunIDList(ctx, queries.RecallRunIDListParams{TenantID: tenantID, RecallID: c.RecallID})
	return s, err
}

// preview is what would be affected if the case were activated now.
func preview(ctx context.Context, db queries.DBTX, tenantID, recallID int64) (s scope, err error) {
	seeds, err := seedLots(ctx, db, tenantID, recallID)
	if err != nil {
		return scope{}, err
	}
	s.lots, s.runs, err = lineage.Cone(ctx, db, tenantID, seeds, nil)
	return s, err
}

func seedLots(ctx context.Context, db queries.DBTX, tenantID, recallID int64) ([]int64, error) {
	seeds, err := queries.New(db).RecallSeedList(ctx, queries.RecallSeedListParams{TenantID: tenantID, RecallIds: []int64{recallID}})
	if err != nil {
		return nil, err
	}
	lots := make([]int64, 0, len(seeds))
	for _, seed := range seeds {
		lots = append(lots, seed.LotID)
	}
	return lots, nil
}

// countScope counts what is in a scope.
func countScope(ctx context.Context, db queries.DBTX, tenantID, recallID int64, s scope) (*lottrailv1.RecallScope, error) {
	q := queries.New(db)
	lots, err := q.RecallLotCount(ctx, queries.RecallLotCountParams{TenantID: tenantID, RecallID: recallID, LotIds: s.lots})
	if err != nil {
		return nil, err
	}
	runs, err := q.RecallRunCount(ctx, queries.RecallRunCountParams{TenantID: tenantID, RunIds: s.runs})
	if err != nil {
		return nil, err
	}
	shipments, err := q.RecallShipmentCount(ctx, queries.RecallShipmentCountParams{TenantID: tenantID, RecallID: recallID, LotIds: s.lots})
	return &lottrailv1.RecallScope{
		Fixed:             s.fixed,
		LotCount:          lots.Lots,
		LotOnHandCount:    lots.OnHand,
		LotHeldCount:      lots.Held,
		LotUndecidedCount: lots.Undecided,
		RunCount:          runs.Runs,
		OpenRunCount:      runs.InProcess,
		ShipmentCount:     shipments.Lines,
		CustomerCount:     shipments.Customers,
	}, err
}
