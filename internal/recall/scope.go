package recall

import (
	"context"
	"time"

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
	// released is when the case released lots, those that it did.
	released map[int64]time.Time
}

// never stands for the release of a lot that was not released.
var never = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// until is when each of the lots was released.
func (s *scope) until() []time.Time {
	until := make([]time.Time, len(s.lots))
	for i, id := range s.lots {
		until[i] = never
		if at, released := s.released[id]; released {
			until[i] = at
		}
	}
	return until
}

// holds says whether the case holds a lot of its scope.
func (s *scope) holds(lotID int64) bool {
	_, released := s.released[lotID]
	return s.fixed && !released
}

// waiting are those of the lots that the case holds and on which nothing was decided.
func (s *scope) waiting(lots []int64, kept map[int64]bool) []int64 {
	var waiting []int64
	for _, id := range lots {
		if s.holds(id) && !kept[id] {
			waiting = append(waiting, id)
		}
	}
	return waiting
}

// readScope reads the scope of a case. A reader's transaction gives it in one
// snapshot.
func readScope(ctx context.Context, db queries.DBTX, tenantID int64, c *queries.RecallGetRow) (scope, error) {
	if c.ActivatedAt == nil {
		return preview(ctx, db, tenantID, c.RecallID)
	}
	q, s := queries.New(db), scope{fixed: true, released: map[int64]time.Time{}}
	holds, err := q.RecallHoldList(ctx, queries.RecallHoldListParams{TenantID: tenantID, RecallID: c.RecallID})
	if err != nil {
		return scope{}, err
	}
	for _, hold := range holds {
		s.lots = append(s.lots, hold.LotID)
		if hold.ReleasedAt != nil {
			s.released[hold.LotID] = *hold.ReleasedAt
		}
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
	onHand, err := q.RecallLotOnHandList(ctx, queries.RecallLotOnHandListParams{TenantID: tenantID, LotIds: s.lots})
	if err != nil {
		return nil, err
	}
	kept, err := readKept(ctx, db, tenantID, recallID)
	if err != nil {
		return nil, err
	}
	runs, err := q.RecallRunCount(ctx, queries.RecallRunCountParams{TenantID: tenantID, RunIds: s.runs})
	if err != nil {
		return nil, err
	}
	shipments, err := q.RecallShipmentCount(ctx, queries.RecallShipmentCountParams{TenantID: tenantID, LotIds: s.lots, Until: s.until()})
	held := s.waiting(onHand, nil)
	return &lottrailv1.RecallScope{
		Fixed:             s.fixed,
		LotCount:          int32(len(s.lots)),
		LotOnHandCount:    int32(len(onHand)),
		LotHeldCount:      int32(len(held)),
		LotUndecidedCount: int32(len(s.waiting(held, kept))),
		RunCount:          runs.Runs,
		OpenRunCount:      runs.InProcess,
		ShipmentCount:     shipments.Lines,
		CustomerCount:     shipments.Customers,
	}, err
}

// readKept reads of which lots it was decided that they stay held.
func readKept(ctx context.Context, db queries.DBTX, tenantID, recallID int64) (map[int64]bool, error) {
	lots, err := queries.New(db).RecallKeptLotList(ctx, queries.RecallKeptLotListParams{TenantID: tenantID, RecallID: recallID})
	kept := make(map[int64]bool, len(lots))
	for _, id := range lots {
		kept[id] = true
	}
	return kept, err
}
