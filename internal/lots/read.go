package lots

import (
	"context"
	"time"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/listing"
	"github.com/lottrail/lottrail/internal/page"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/resolve"
)

const (
	defaultPageSize = 100
	// maxInLot bounds the stocks and holds that come with a lot.
	maxInLot = 1000
)

// lotKey names a lot in a request's sku and lot_code.
func lotKey(req interface {
	GetSku() string
	GetLotCode() string
}) resolve.LotKey {
	return resolve.LotKey{Path: "lot_code", SKU: req.GetSku(), LotCode: req.GetLotCode()}
}

// GetLot implements lottrailv1.LotsServiceServer.
func (s *Service) GetLot(ctx context.Context, req *lottrailv1.GetLotRequest) (*lottrailv1.GetLotResponse, error) {
	resp := &lottrailv1.GetLotResponse{}
	position, err := s.read(ctx, req.GetKnownAt(), func(from *snapshot) error {
		lotID, err := from.resolve(ctx, lotKey(req))
		if err != nil {
			return err
		}
		lot, err := from.lot(ctx, lotID)
		if err != nil {
			return err
		}
		stocks, err := from.stocks(ctx, lotID, "", maxInLot)
		if err != nil {
			return err
		}
		holds, err := from.activeHolds(ctx, lotID)
		if err != nil {
			return err
		}
		resp.Lot, resp.ActiveHolds = pbtype.Lot(lot), pbtype.Holds(holds)
		resp.Stocks, err = from.places(ctx, stocks)
		return err
	})
	resp.LogPosition = position
	return resp, err
}

// lotListKey is where a page of lots ended.
type lotListKey struct{ SKU, LotCode string }

// ListLots implements lottrailv1.LotsServiceServer.
func (s *Service) ListLots(ctx context.Context, req *lottrailv1.ListLotsRequest) (*lottrailv1.ListLotsResponse, error) {
	var after lotListKey
	view, err := lotFields.Open(req, &after)
	if err != nil {
		return nil, err
	}
	size := page.Size(req.GetPageSize(), defaultPageSize)
	tenantID := auth.FromContext(ctx).TenantID
	var rows []queries.LotListRow
	err = view.Read(ctx, s.db, func(q *queries.Queries) (err error) {
		rows, err = listLots(ctx, q, req, view, queries.LotListParams{
			TenantID: tenantID, OnHandOnly: req.GetOnHandOnly(), AfterSKU: after.SKU, AfterLotCode: after.LotCode, RowLimit: size + 1,
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 && req.GetSku() != "" {
		// A misspelt item must not look like one without lots.
		if _, err := resolve.Items(ctx, s.db, tenantID, resolve.Keys{{Path: "sku", Value: req.GetSku()}}); err != nil {
			return nil, err
		}
	}
	rows, more := page.Cut(rows, size)
	resp := &lottrailv1.ListLotsResponse{}
	for _, r := range rows {
		resp.Lots = append(resp.Lots, pbtype.Lot(queries.LotGetRow(r)))
	}
	if more {
		last := rows[len(rows)-1]
		resp.NextPageToken, err = view.Token(req, len(rows)-1, lotListKey{last.SKU, last.LotCode})
	}
	return resp, err
}

// listLots reads a page of lots: out of its indexes, or what is asked for out of all.
func listLots(ctx context.Context, q *queries.Queries, req *lottrailv1.ListLotsRequest, view *listing.View, p queries.LotListParams) ([]queries.LotListRow, error) {
	if view.Plain() {
		p.LastSKU = "\U0010FFFF" // behind every sku
		if req.GetSku() != "" {
			p.AfterSKU, p.LastSKU = req.GetSku(), req.GetSku()
		}
		return q.LotList(ctx, p)
	}
	rows, err := q.LotListWhole(ctx, queries.LotListWholeParams{TenantID: p.TenantID, SKU: req.GetSku(), OnHandOnly: p.OnHandOnly, RowLimit: p.RowLimit})
	return convert(rows, func(r queries.LotListWholeRow) queries.LotListRow { return queries.LotListRow(r) }), err
}

// ListHolds implements lottrailv1.LotsServiceServer.
func (s *Service) ListHolds(ctx context.Context, req *lottrailv1.ListHoldsRequest) (*lottrailv1.ListHoldsResponse, error) {
	var after int32
	view, err := holdFields.Open(req, &after)
	if err != nil {
		return nil, err
	}
	tenantID, size := auth.FromContext(ctx).TenantID, page.Size(req.GetPageSize(), defaultPageSize)
	lotID, err := resolve.Lot(ctx, s.db, tenantID, lotKey(req))
	if err != nil {
		return nil, err
	}
	var rows []queries.HoldListRow
	err = view.Read(ctx, s.db, func(q *queries.Queries) (err error) {
		rows, err = q.HoldList(ctx, queries.HoldListParams{TenantID: tenantID, LotID: lotID, AfterNumber: after, RowLimit: size + 1})
		return err
	})
	if err != nil {
		return nil, err
	}
	rows, more := page.Cut(rows, size)
	resp := &lottrailv1.ListHoldsResponse{Holds: pbtype.Holds(rows)}
	if more {
		resp.NextPageToken, err = view.Token(req, len(rows)-1, rows[len(rows)-1].Number)
	}
	return resp, err
}

// movementKey is where a page of movements ended.
type movementKey struct {
	RecordedAt  time.Time
	OperationID int64
	MovementID  int64
}

// ListLotMovements implements lottrailv1.LotsServiceServer.
func (s *Service) ListLotMovements(ctx context.Context, req *lottrailv1.ListLotMovementsRequest) (*lottrailv1.ListLotMovementsResponse, error) {
	var after movementKey
	view, err := movementFields.Open(req, &after)
	if err != nil {
		return nil, err
	}
	tenantID, size := auth.FromContext(ctx).TenantID, page.Size(req.GetPageSize(), defaultPageSize)
	lotID, err := resolve.Lot(ctx, s.db, tenantID, lotKey(req))
	if err != nil {
		return nil, err
	}
	var rows []queries.LotListMovementRow
	err = view.Read(ctx, s.db, func(q *queries.Queries) (err error) {
		rows, err = q.LotListMovement(ctx, queries.LotListMovementParams{
			TenantID: tenantID, LotID: lotID, RowLimit: size + 1,
			AfterRecordedAt: after.RecordedAt, AfterOperationID: after.OperationID, AfterMovementID: after.MovementID,
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	rows, more := page.Cut(rows, size)
	resp := &lottrailv1.ListLotMovementsResponse{Movements: pbtype.Movements(rows)}
	if more {
		last := rows[len(rows)-1]
		resp.NextPageToken, err = view.Token(req, len(rows)-1, movementKey{last.RecordedAt, last.OperationID, last.MovementID})
	}
	return resp, err
}
