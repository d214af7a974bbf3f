package recall

import (
	"context"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/page"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
)

// maxStocks bounds the locations that come with a lot.
const maxStocks = 1000

// lotKey is where a page of lots ended.
type lotKey struct{ SKU, LotCode string }

// ListRecallLots implements lottrailv1.RecallServiceServer.
func (s *Service) ListRecallLots(ctx context.Context, req *lottrailv1.ListRecallLotsRequest) (*lottrailv1.ListRecallLotsResponse, error) {
	var after lotKey
	if _, err := page.Decode(req, &after); err != nil {
		return nil, err
	}
	tenantID, size := auth.FromContext(ctx).TenantID, page.Size(req.GetPageSize(), defaultPageSize)
	resp := &lottrailv1.ListRecallLotsResponse{}
	err := s.read(ctx, func(tx *pg.Snapshot) error {
		c, err := readCase(ctx, tx, tenantID, req.GetCaseNumber())
		if err != nil {
			return err
		}
		sc, err := readScope(ctx, tx, tenantID, c)
		if err != nil {
			return err
		}
		lots, err := listLots(ctx, tx, tenantID, c.RecallID, sc, lotPage{after, req.GetUndecidedOnly(), size + 1})
		if err != nil {
			return err
		}
		lots, more := page.Cut(lots, size)
		resp.Lots = lots
		if more {
			last := lots[len(lots)-1].GetLot()
			resp.NextPageToken, err = page.Encode(req, lotKey{last.GetSku(), last.GetLotCode()})
		}
		return err
	})
	return resp, err
}

// lotPage is which lots of a scope are asked for.
type lotPage struct {
	after         lotKey
	undecidedOnly bool
	limit         int32
}

// listLots reads lots of a scope in the order of sku and lot code.
func listLots(ctx context.Context, db queries.DBTX, tenantID, recallID int64, sc scope, p lotPage) ([]*lottrailv1.RecallLot, error) {
	q, among := queries.New(db), sc.lots
	if p.undecidedOnly {
		kept, err := readKept(ctx, db, tenantID, recallID)
		if err != nil {
			return nil, err
		}
		among = sc.waiting(sc.lots, kept)
	}
	rows, err := q.RecallLotList(ctx, queries.RecallLotListParams{
		TenantID: tenantID, RecallID: recallID, LotIds: among, OnHandOnly: p.undecidedOnly,
		AfterSKU: p.after.SKU, AfterLotCode: p.after.LotCode, RowLimit: p.limit,
	})
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(rows))
	for i := range rows {
		ids[i] = rows[i].LotID
	}
	stocks, err := q.RecallStockList(ctx, queries.RecallStockListParams{TenantID: tenantID, LotIds: ids, RowLimit: maxStocks + 1})
	if err != nil {
		return nil, err
	}
	byLot := make(map[int64][]queries.RecallStockListRow, len(rows))
	for _, stock := range stocks {
		byLot[stock.LotID] = append(byLot[stock.LotID], stock)
	}
	lots := make([]*lottrailv1.RecallLot, len(rows))
	for i := range rows {
		lots[i] = toLot(&rows[i], sc.fixed, byLot[rows[i].LotID])
	}
	return lots, nil
}
