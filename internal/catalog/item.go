package catalog

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/command"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/page"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
)

// UpsertItem implements lottrailv1.CatalogServiceServer: a batch of one.
func (s *Service) UpsertItem(ctx context.Context, req *lottrailv1.UpsertItemRequest) (*lottrailv1.UpsertItemResponse, error) {
	return command.Run(ctx, s.db, req, func(ctx context.Context, tx *pg.Tx) (*lottrailv1.UpsertItemResponse, error) {
		it, err := toItem("item", req.GetItem())
		if err != nil {
			return nil, err
		}
		items, changed, err := upsertItems(ctx, tx, []item{it})
		if err != nil {
			return nil, err
		}
		return &lottrailv1.UpsertItemResponse{Item: items[0], Changed: changed == 1}, nil
	})
}

// BatchUpsertItems implements lottrailv1.CatalogServiceServer.
func (s *Service) BatchUpsertItems(ctx context.Context, req *lottrailv1.BatchUpsertItemsRequest) (*lottrailv1.BatchUpsertItemsResponse, error) {
	return command.Run(ctx, s.db, req, func(ctx context.Context, tx *pg.Tx) (*lottrailv1.BatchUpsertItemsResponse, error) {
		var batch []item
		var keys []keyed
		for i, in := range req.GetItems() {
			it, err := toItem(fieldOf("items", i), in)
			if err != nil {
				return nil, err
			}
			batch = append(batch, it)
			keys = append(keys, keyed{it.Field, "sku", it.SKU})
		}
		if err := checkDistinct(keys); err != nil {
			return nil, err
		}
		if err := checkGTINsApart(batch); err != nil {
			return nil, err
		}
		items, changed, err := upsertItems(ctx, tx, batch)
		if err != nil {
			return nil, err
		}
		return &lottrailv1.BatchUpsertItemsResponse{Items: items, ChangedCount: changed}, nil
	})
}

// GetItem implements lottrailv1.CatalogServiceServer.
func (s *Service) GetItem(ctx context.Context, req *lottrailv1.GetItemRequest) (*lottrailv1.GetItemResponse, error) {
	row, err := queries.New(s.db).ItemGet(ctx, queries.ItemGetParams{TenantID: auth.FromContext(ctx).TenantID, SKU: req.GetSku()})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, errs.NotFound("sku", "UNKNOWN_ITEM", "there is no item %q; push it with UpsertItem first, or check the sku", req.GetSku())
	}
	if err != nil {
		return nil, err
	}
	found, err := storedToItem(row.Content, row.Revision)
	if err != nil {
		return nil, err
	}
	return &lottrailv1.GetItemResponse{Item: found}, nil
}

// ListItems implements lottrailv1.CatalogServiceServer.
func (s *Service) ListItems(ctx context.Context, req *lottrailv1.ListItemsRequest) (*lottrailv1.ListItemsResponse, error) {
	var after string
	if _, err := page.Decode(req, &after); err != nil {
		return nil, err
	}
	size := page.Size(req.GetPageSize(), defaultPageSize)
	rows, err := queries.New(s.db).ItemList(ctx, queries.ItemListParams{
		TenantID: auth.FromContext(ctx).TenantID, After: after, RowLimit: size + 1,
	})
	if err != nil {
		return nil, err
	}
	rows, more := page.Cut(rows, size)
	resp := &lottrailv1.ListItemsResponse{}
	for _, row := range rows {
		found, err := storedToItem(row.Content, row.Revision)
		if err != nil {
			return nil, err
		}
		resp.Items = append(resp.Items, found)
	}
	if more {
		resp.NextPageToken, err = page.Encode(req, rows[len(rows)-1].SKU)
	}
	return resp, err
}
