package catalog

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/command"
	"github.com/lottrail/lottrail/internal/page"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/resolve"
)

// UpsertLocation implements lottrailv1.CatalogServiceServer: a batch of one.
func (s *Service) UpsertLocation(ctx context.Context, req *lottrailv1.UpsertLocationRequest) (*lottrailv1.UpsertLocationResponse, error) {
	return command.Run(ctx, s.db, req, func(ctx context.Context, tx *pg.Tx) (*lottrailv1.UpsertLocationResponse, error) {
		l, err := toLocation("location", req.GetLocation())
		if err != nil {
			return nil, err
		}
		locations, changed, err := upsertLocations(ctx, tx, []location{l})
		if err != nil {
			return nil, err
		}
		return &lottrailv1.UpsertLocationResponse{Location: locations[0], Changed: changed == 1}, nil
	})
}

// BatchUpsertLocations implements lottrailv1.CatalogServiceServer.
func (s *Service) BatchUpsertLocations(ctx context.Context, req *lottrailv1.BatchUpsertLocationsRequest) (*lottrailv1.BatchUpsertLocationsResponse, error) {
	return command.Run(ctx, s.db, req, func(ctx context.Context, tx *pg.Tx) (*lottrailv1.BatchUpsertLocationsResponse, error) {
		var batch []location
		var keys []keyed
		for i, in := range req.GetLocations() {
			l, err := toLocation(fieldOf("locations", i), in)
			if err != nil {
				return nil, err
			}
			batch = append(batch, l)
			keys = append(keys, keyed{l.Field, "code", l.Code})
		}
		if err := checkDistinct(keys); err != nil {
			return nil, err
		}
		locations, changed, err := upsertLocations(ctx, tx, batch)
		if err != nil {
			return nil, err
		}
		return &lottrailv1.BatchUpsertLocationsResponse{Locations: locations, ChangedCount: changed}, nil
	})
}

// GetLocation implements lottrailv1.CatalogServiceServer.
func (s *Service) GetLocation(ctx context.Context, req *lottrailv1.GetLocationRequest) (*lottrailv1.GetLocationResponse, error) {
	row, err := queries.New(s.db).LocationGet(ctx, queries.LocationGetParams{TenantID: auth.FromContext(ctx).TenantID, Code: req.GetCode()})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, resolve.UnknownLocation(resolve.Key{Path: "code", Value: req.GetCode()})
	}
	if err != nil {
		return nil, err
	}
	found, err := storedToLocation(row.Content, row.Revision)
	if err != nil {
		return nil, err
	}
	return &lottrailv1.GetLocationResponse{Location: found}, nil
}

// ListLocations implements lottrailv1.CatalogServiceServer.
func (s *Service) ListLocations(ctx context.Context, req *lottrailv1.ListLocationsRequest) (*lottrailv1.ListLocationsResponse, error) {
	var after string
	if _, err := page.Decode(req, &after); err != nil {
		return nil, err
	}
	size := page.Size(req.GetPageSize(), defaultPageSize)
	rows, err := queries.New(s.db).LocationList(ctx, queries.LocationListParams{
		TenantID: auth.FromContext(ctx).TenantID, After: after, RowLimit: size + 1,
	})
	if err != nil {
		return nil, err
	}
	rows, more := page.Cut(rows, size)
	resp := &lottrailv1.ListLocationsResponse{}
	for _, row := range rows {
		found, err := storedToLocation(row.Content, row.Revision)
		if err != nil {
			return nil, err
		}
		resp.Locations = append(resp.Locations, found)
	}
	if more {
		resp.NextPageToken, err = page.Encode(req, rows[len(rows)-1].Code)
	}
	return resp, err
}
