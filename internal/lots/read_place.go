package lots

import (
	"context"

	"google.golang.org/protobuf/types/known/timestamppb"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/civil"
	"github.com/lottrail/lottrail/internal/page"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/resolve"
)

// LocateLot implements lottrailv1.LotsServiceServer.
func (s *Service) LocateLot(ctx context.Context, req *lottrailv1.LocateLotRequest) (*lottrailv1.LocateLotResponse, error) {
	var after string
	view, err := stockFields.Open(req, &after)
	if err != nil {
		return nil, err
	}
	size := page.Size(req.GetPageSize(), defaultPageSize)
	resp, more := &lottrailv1.LocateLotResponse{}, false
	position, err := s.read(ctx, req.GetKnownAt(), func(from *snapshot) error {
		lotID, err := from.resolve(ctx, lotKey(req))
		if err != nil {
			return err
		}
		from.Queries = view.Over(from.tx)
		rows, err := from.stocks(ctx, lotID, after, size+1)
		if err != nil {
			return err
		}
		rows, more = page.Cut(rows, size)
		resp.Stocks, err = from.places(ctx, rows)
		return err
	})
	if err != nil {
		return nil, err
	}
	resp.LogPosition = position
	if more {
		resp.NextPageToken, err = view.Token(req, len(resp.Stocks)-1, resp.Stocks[len(resp.Stocks)-1].GetLocationCode())
	}
	return resp, err
}

// places tells where a lot is, with the ways there, and what of it is held and reserved.
func (s *snapshot) places(ctx context.Context, rows []queries.LotListStockRow) ([]*lottrailv1.Stock, error) {
	codes := make([]string, len(rows))
	for i, r := range rows {
		codes[i] = r.Code
	}
	paths, err := resolve.Paths(ctx, s.tx, s.tenantID, codes)
	if err != nil {
		return nil, err
	}
	stocks := make([]*lottrailv1.Stock, 0, len(rows))
	for _, r := range rows {
		part := divide(r.OnHand, r.Reserved, r.Held)
		stocks = append(stocks, &lottrailv1.Stock{
			LocationCode: r.Code,
			Path:         paths[r.Code],
			OnHand:       pbtype.Quantity(r.OnHand, r.BaseUnit),
			Held:         pbtype.Quantity(part.held, r.BaseUnit),
			Available:    pbtype.Quantity(part.available, r.BaseUnit),
			Reserved:     pbtype.Quantity(r.Reserved, r.BaseUnit),
			Weight:       pbtype.Weight(r.Weight, r.WeightUnit),
		})
	}
	return stocks, nil
}

// parts are what a quantity on hand is divided into; what is held may be reserved, too.
type parts struct{ held, available qty.Decimal }

// divide: a hold is on all that there is of a lot, or on all that is of it at a
// location. What is neither held nor reserved is available.
func divide(onHand, reserved qty.Decimal, held bool) parts {
	if held {
		return parts{held: onHand}
	}
	return parts{available: onHand.Sub(reserved)}
}

// contentKey is where a page of a location's contents ended.
type contentKey struct{ LocationCode, SKU, LotCode string }

// ListLocationContents implements lottrailv1.LotsServiceServer.
func (s *Service) ListLocationContents(ctx context.Context, req *lottrailv1.ListLocationContentsRequest) (*lottrailv1.ListLocationContentsResponse, error) {
	var after contentKey
	view, err := contentFields.Open(req, &after)
	if err != nil {
		return nil, err
	}
	before, err := civil.ParseOptional("expiring_before", req.GetExpiringBefore())
	if err != nil {
		return nil, err
	}
	size := page.Size(req.GetPageSize(), defaultPageSize)
	var rows []queries.LocationListContentRow
	position, err := s.read(ctx, req.GetKnownAt(), func(from *snapshot) error {
		if err := from.checkContents(ctx, req); err != nil {
			return err
		}
		p := queries.LocationListContentParams{
			TenantID: from.tenantID, LocationCode: req.GetLocationCode(), LastLocationCode: "\U0010FFFF", // behind every code
			SKU: req.GetSku(), Held: req.Held, ExpiringBefore: before,
			AfterLocationCode: after.LocationCode, AfterSKU: after.SKU, AfterLotCode: after.LotCode, RowLimit: size + 1,
		}
		if req.GetThisLocationOnly() {
			p.AfterLocationCode, p.LastLocationCode = req.GetLocationCode(), req.GetLocationCode()
		}
		var err error
		from.Queries = view.Over(from.tx)
		rows, err = from.contents(ctx, p)
		return err
	})
	if err != nil {
		return nil, err
	}
	rows, more := page.Cut(rows, size)
	resp := &lottrailv1.ListLocationContentsResponse{Contents: toContents(rows), LogPosition: position}
	if more {
		last := rows[len(rows)-1]
		resp.NextPageToken, err = view.Token(req, len(rows)-1, contentKey{last.LocationCode, last.SKU, last.LotCode})
	}
	return resp, err
}

// checkContents refuses what is not there: a misspelt place or item must not look like
// an empty one.
func (s *snapshot) checkContents(ctx context.Context, req *lottrailv1.ListLocationContentsRequest) error {
	exists, err := s.LocationExists(ctx, queries.LocationExistsParams{TenantID: s.tenantID, Code: req.GetLocationCode()})
	if err != nil {
		return err
	}
	if !exists {
		return resolve.UnknownLocation(resolve.Key{Path: "location_code", Value: req.GetLocationCode()})
	}
	if req.GetSku() == "" {
		return nil
	}
	_, err = resolve.Items(ctx, s.tx, s.tenantID, resolve.Keys{{Path: "sku", Value: req.GetSku()}})
	return err
}

func toContents(rows []queries.LocationListContentRow) []*lottrailv1.LocationContent {
	contents := make([]*lottrailv1.LocationContent, 0, len(rows))
	for _, r := range rows {
		part := divide(r.OnHand, r.Reserved, r.HoldCount > 0)
		contents = append(contents, &lottrailv1.LocationContent{
			LocationCode:    r.LocationCode,
			Lot:             &lottrailv1.LotKey{Sku: r.SKU, LotCode: r.LotCode},
			ItemName:        r.ItemName,
			OnHand:          pbtype.Quantity(r.OnHand, r.BaseUnit),
			Held:            pbtype.Quantity(part.held, r.BaseUnit),
			Available:       pbtype.Quantity(part.available, r.BaseUnit),
			Reserved:        pbtype.Quantity(r.Reserved, r.BaseUnit),
			ProductionDate:  civil.Format(r.ProductionDate),
			BestBeforeDate:  civil.Format(r.BestBeforeDate),
			ExpiryDate:      civil.Format(r.ExpiryDate),
			ReceivedAt:      timestamppb.New(r.ReceivedAt),
			ActiveHoldCount: r.HoldCount,
			Weight:          pbtype.Weight(r.Weight, r.WeightUnit),
		})
	}
	return contents
}
