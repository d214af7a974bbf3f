package lots

import (
	"context"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/page"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/resolve"
)

// LocateLot implements lottrailv1.LotsServiceServer.
func (s *Service) LocateLot(ctx context.Context, req *lottrailv1.LocateLotRequest) (*lottrailv1.LocateLotResponse, error) {
	var after string
	if _, err := page.Decode(req, &after); err != nil {
		return nil, err
	}
	size := page.Size(req.GetPageSize(), defaultPageSize)
	var rows []queries.LotListStockRow
	position, err := s.read(ctx, req.GetKnownAt(), func(from *snapshot) error {
		lotID, err := from.resolve(ctx, lotKey(req))
		if err == nil {
			rows, err = from.stocks(ctx, lotID, after, size+1)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	rows, more := page.Cut(rows, size)
	resp := &lottrailv1.LocateLotResponse{Stocks: toStocks(rows), LogPosition: position}
	if more {
		resp.NextPageToken, err = page.Encode(req, rows[len(rows)-1].Code)
	}
	return resp, err
}

// contentKey is where a page of a location's contents ended.
type contentKey struct{ LocationCode, SKU, LotCode string }

// ListLocationContents implements lottrailv1.LotsServiceServer.
func (s *Service) ListLocationContents(ctx context.Context, req *lottrailv1.ListLocationContentsRequest) (*lottrailv1.ListLocationContentsResponse, error) {
	var after contentKey
	if _, err := page.Decode(req, &after); err != nil {
		return nil, err
	}
	size := page.Size(req.GetPageSize(), defaultPageSize)
	var rows []queries.LocationListContentRow
	position, err := s.read(ctx, req.GetKnownAt(), func(from *snapshot) error {
		exists, err := from.LocationExists(ctx, queries.LocationExistsParams{TenantID: from.tenantID, Code: req.GetLocationCode()})
		if err != nil {
			return err
		}
		if !exists {
			return resolve.UnknownLocation(resolve.Key{Path: "location_code", Value: req.GetLocationCode()})
		}
		rows, err = from.contents(ctx, queries.LocationListContentParams{
			TenantID: from.tenantID, LocationCode: req.GetLocationCode(), WithDescendants: !req.GetThisLocationOnly(),
			AfterLocationCode: after.LocationCode, AfterSKU: after.SKU, AfterLotCode: after.LotCode, RowLimit: size + 1,
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	rows, more := page.Cut(rows, size)
	resp := &lottrailv1.ListLocationContentsResponse{Contents: toContents(rows), LogPosition: position}
	if more {
		last := rows[len(rows)-1]
		resp.NextPageToken, err = page.Encode(req, contentKey{last.LocationCode, last.SKU, last.LotCode})
	}
	return resp, err
}
