package lots

import (
	"context"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/knownat"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/resolve"
)

// snapshot is what is read from: the records as they stand, or as they were known
// at a point.
type snapshot struct {
	*queries.Queries
	tx       *pg.Snapshot
	tenantID int64
	known    *knownat.Point
}

// read runs fn on a snapshot of the moment asked about, and tells how far that
// goes.
func (s *Service) read(ctx context.Context, asked *lottrailv1.KnownAt, fn func(*snapshot) error) (*lottrailv1.LogPosition, error) {
	tenantID := auth.FromContext(ctx).TenantID
	point, err := knownat.Resolve(ctx, s.db, tenantID, asked)
	if err != nil {
		return nil, err
	}
	var position *lottrailv1.LogPosition
	err = s.db.Read(ctx, func(tx *pg.Snapshot) error {
		position = point.Position(tx, tenantID)
		return fn(&snapshot{queries.New(tx), tx, tenantID, point})
	})
	return position, err
}

func (s *snapshot) resolve(ctx context.Context, key resolve.LotKey) (int64, error) {
	return s.known.Lot(ctx, s.tx, s.tenantID, key)
}

func (s *snapshot) lot(ctx context.Context, lotID int64) (queries.LotGetRow, error) {
	if s.known == nil {
		return s.LotGet(ctx, queries.LotGetParams{TenantID: s.tenantID, LotID: lotID})
	}
	row, err := s.KnownAtLotGet(ctx, queries.KnownAtLotGetParams{TenantID: s.tenantID, LotID: lotID, LogIndex: s.known.LogIndex})
	return queries.LotGetRow(row), err
}

func (s *snapshot) stocks(ctx context.Context, lotID int64, after string, limit int32) ([]queries.LotListStockRow, error) {
	if s.known == nil {
		return s.LotListStock(ctx, queries.LotListStockParams{TenantID: s.tenantID, LotID: lotID, AfterCode: after, RowLimit: limit})
	}
	rows, err := s.KnownAtLotListStock(ctx, queries.KnownAtLotListStockParams{
		TenantID: s.tenantID, LotID: lotID, LogIndex: s.known.LogIndex, AfterCode: after, RowLimit: limit,
	})
	return convert(rows, func(r queries.KnownAtLotListStockRow) queries.LotListStockRow { return queries.LotListStockRow(r) }), err
}

func (s *snapshot) activeHolds(ctx context.Context, lotID int64) ([]queries.HoldListRow, error) {
	if s.known == nil {
		return s.HoldList(ctx, queries.HoldListParams{TenantID: s.tenantID, LotID: lotID, ActiveOnly: true, RowLimit: maxInLot})
	}
	rows, err := s.KnownAtHoldList(ctx, queries.KnownAtHoldListParams{TenantID: s.tenantID, LotID: lotID, LogIndex: s.known.LogIndex, RowLimit: maxInLot})
	return convert(rows, func(r queries.KnownAtHoldListRow) queries.HoldListRow { return queries.HoldListRow(r) }), err
}

func (s *snapshot) contents(ctx context.Context, p queries.LocationListContentParams) ([]queries.LocationListContentRow, error) {
	if s.known == nil {
		return s.LocationListContent(ctx, p)
	}
	// How much has happened since decides on the plan: it is to be made for that.
	if _, err := s.tx.Exec(ctx, "SET LOCAL plan_cache_mode = force_custom_plan"); err != nil {
		return nil, err
	}
	rows, err := s.KnownAtLocationListContent(ctx, queries.KnownAtLocationListContentParams{
		TenantID: p.TenantID, LogIndex: s.known.LogIndex, LocationCode: p.LocationCode, LastLocationCode: p.LastLocationCode,
		SKU: p.SKU, Held: p.Held, ExpiringBefore: p.ExpiringBefore,
		AfterLocationCode: p.AfterLocationCode, AfterSKU: p.AfterSKU, AfterLotCode: p.AfterLotCode, RowLimit: p.RowLimit,
	})
	return convert(rows, func(r queries.KnownAtLocationListContentRow) queries.LocationListContentRow {
		return queries.LocationListContentRow(r)
	}), err
}

func convert[From, To any](rows []From, to func(From) To) []To {
	converted := make([]To, len(rows))
	for i := range rows {
		converted[i] = to(rows[i])
	}
	return converted
}
