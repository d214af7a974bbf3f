package lots

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/command"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/resolve"
)

// OpenCount implements lottrailv1.LotsServiceServer.
func (s *Service) OpenCount(ctx context.Context, req *lottrailv1.OpenCountRequest) (*lottrailv1.OpenCountResponse, error) {
	return command.Run(ctx, s.db, req, func(ctx context.Context, tx *pg.Tx) (*lottrailv1.OpenCountResponse, error) {
		id, err := tx.NextID(ctx)
		if err != nil {
			return nil, err
		}
		insert := queries.CountInsertParams{
			TenantID: tx.TenantID, CountID: id, Code: req.GetCountCode(), Blind: req.GetBlind(), Note: req.GetNote(), OpenedBy: tx.Principal,
		}
		if text := req.GetTolerancePercent(); text != "" {
			percent, err := qty.Parse(text)
			if err != nil {
				return nil, err
			}
			insert.TolerancePercent = &percent
		}
		var itemIDs []int64
		if insert.LocationID, itemIDs, err = countScope(ctx, tx, req); err != nil {
			return nil, err
		}
		q := queries.New(tx)
		inserted, err := q.CountInsert(ctx, insert)
		if err != nil {
			return nil, err
		}
		if inserted == 0 {
			return nil, errs.Exists("count_code", "COUNT_EXISTS", "there is a count %q already; go on with it, or choose another code", req.GetCountCode())
		}
		if len(itemIDs) > 0 {
			if err := q.CountItemInsert(ctx, queries.CountItemInsertParams{TenantID: tx.TenantID, CountID: id, ItemIds: itemIDs}); err != nil {
				return nil, err
			}
		}
		lines, err := listCount(ctx, tx, id, insert.LocationID, itemIDs)
		if err != nil {
			return nil, err
		}
		row, err := getCount(ctx, tx, tx.TenantID, req.GetCountCode())
		return &lottrailv1.OpenCountResponse{Count: toCount(row), LineCount: int32(lines)}, err //nolint:gosec // at most maxCountLines
	})
}

// countScope resolves what is to be counted. Unlike stock, a count can be of a site.
func countScope(ctx context.Context, tx *pg.Tx, req *lottrailv1.OpenCountRequest) (*int64, []int64, error) {
	if req.GetLocationCode() == "" && len(req.GetSkus()) == 0 {
		return nil, nil, errs.Invalid("location_code", "COUNT_OF_NOTHING", "name what is to be counted: a location, with everything under it, or items in skus, or both")
	}
	var locationID *int64
	if code := req.GetLocationCode(); code != "" {
		key := resolve.Key{Path: "location_code", Value: code}
		location, err := queries.New(tx).CountLocationGet(ctx, queries.CountLocationGetParams{TenantID: tx.TenantID, Code: code})
		if errors.Is(err, pgx.ErrNoRows) {
			return nil, nil, resolve.UnknownLocation(key)
		}
		if err != nil {
			return nil, nil, err
		}
		if location.Kind == "virtual" {
			return nil, nil, errs.Invalid(key.Path, "LOCATION_NOT_FOR_STOCK", "%q is a virtual location, where nothing lies; name a site or a location within one", code)
		}
		locationID = &location.LocationID
	}
	var skus resolve.Keys
	for i, sku := range req.GetSkus() {
		skus = append(skus, resolve.Key{Path: fmt.Sprintf("skus[%d]", i), Value: sku})
	}
	items, err := resolve.Items(ctx, tx, tx.TenantID, skus)
	if err != nil {
		return nil, nil, err
	}
	itemIDs := []int64{} // not nil, which would be NULL
	for _, sku := range req.GetSkus() {
		itemIDs = append(itemIDs, items[sku].ItemID)
	}
	return locationID, itemIDs, nil
}

// maxCountLines bounds a count, and with it the one operation that its variances are.
const maxCountLines = 5000

func countTooLarge(path, code string) error {
	return errs.Precondition(path, "COUNT_TOO_LARGE", "count %q would have more than %d lines; count a smaller part of the house, or fewer items, at a time", code, maxCountLines)
}

// listCount gives the count a line for each lot that the records have where it counts.
func listCount(ctx context.Context, tx *pg.Tx, countID int64, locationID *int64, itemIDs []int64) (int, error) {
	q, insert := queries.New(tx), queries.CountLineInsertParams{TenantID: tx.TenantID, CountID: countID, Listed: true}
	var rows []queries.CountListStockAtRow
	var err error
	if locationID != nil {
		rows, err = q.CountListStockAt(ctx, queries.CountListStockAtParams{TenantID: tx.TenantID, LocationID: *locationID, ItemIds: itemIDs, RowLimit: maxCountLines + 1})
	} else {
		var of []queries.CountListStockOfRow
		of, err = q.CountListStockOf(ctx, queries.CountListStockOfParams{TenantID: tx.TenantID, ItemIds: itemIDs, RowLimit: maxCountLines + 1})
		for _, r := range of {
			rows = append(rows, queries.CountListStockAtRow(r))
		}
	}
	if err != nil {
		return 0, err
	}
	if len(rows) > maxCountLines {
		return 0, countTooLarge("location_code", "")
	}
	for i, r := range rows {
		insert.Numbers = append(insert.Numbers, int32(i+1)) //nolint:gosec // at most maxCountLines
		insert.LocationIds = append(insert.LocationIds, r.LocationID)
		insert.ItemIds = append(insert.ItemIds, r.ItemID)
		insert.LotCodes = append(insert.LotCodes, r.LotCode)
	}
	return len(rows), q.CountLineInsert(ctx, insert)
}

// CancelCount implements lottrailv1.LotsServiceServer.
func (s *Service) CancelCount(ctx context.Context, req *lottrailv1.CancelCountRequest) (*lottrailv1.CancelCountResponse, error) {
	return command.Run(ctx, s.db, req, func(ctx context.Context, tx *pg.Tx) (*lottrailv1.CancelCountResponse, error) {
		row, err := lockCount(ctx, tx, req.GetCountCode())
		if err != nil {
			return nil, err
		}
		err = closeCount(ctx, tx, &row, "cancelled", req.GetReason())
		return &lottrailv1.CancelCountResponse{Count: toCount(row)}, err
	})
}

// lockCount locks a count, which has to be open.
func lockCount(ctx context.Context, tx *pg.Tx, code string) (queries.CountGetRow, error) {
	_, err := queries.New(tx).CountLock(ctx, queries.CountLockParams{TenantID: tx.TenantID, Code: code})
	if errors.Is(err, pgx.ErrNoRows) {
		return queries.CountGetRow{}, unknownCount(code)
	}
	if err != nil {
		return queries.CountGetRow{}, err
	}
	row, err := getCount(ctx, tx, tx.TenantID, code)
	if err == nil && row.State != "open" {
		err = errs.Precondition("count_code", "COUNT_CLOSED", "count %q was %s by %s; open another one", code, row.State, row.ClosedBy)
	}
	return row, err
}

func getCount(ctx context.Context, db queries.DBTX, tenantID int64, code string) (queries.CountGetRow, error) {
	row, err := queries.New(db).CountGet(ctx, queries.CountGetParams{TenantID: tenantID, Code: code})
	if errors.Is(err, pgx.ErrNoRows) {
		err = unknownCount(code)
	}
	return row, err
}

func unknownCount(code string) error {
	return errs.NotFound("count_code", "UNKNOWN_COUNT", "there is no count %q; open it with OpenCount, or check the code", code)
}

func closeCount(ctx context.Context, tx *pg.Tx, row *queries.CountGetRow, state, reason string) error {
	closedAt, err := queries.New(tx).CountClose(ctx, queries.CountCloseParams{
		TenantID: tx.TenantID, CountID: row.CountID, State: state, ClosedBy: tx.Principal, ClosingReason: reason,
	})
	row.State, row.ClosedBy, row.ClosedAt, row.ClosingReason = state, tx.Principal, closedAt, reason
	return err
}
