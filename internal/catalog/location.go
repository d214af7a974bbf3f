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
	tenantID := auth.FromContext(ctx).TenantID
	resp := &lottrailv1.GetLocationResponse{}
	err := s.db.Read(ctx, func(tx *pg.Snapshot) error {
		row, err := queries.New(tx).LocationGet(ctx, queries.LocationGetParams{TenantID: tenantID, Code: req.GetCode()})
		if errors.Is(err, pgx.ErrNoRows) {
			return resolve.UnknownLocation(resolve.Key{Path: "code", Value: req.GetCode()})
		}
		if err != nil {
			return err
		}
		resp.ChildCount = row.ChildCount
		if resp.Location, err = storedToLocation(row.Content, row.Revision); err != nil {
			return err
		}
		resp.Location.Active = row.Active
		return setPaths(ctx, tx, tenantID, resp.Location)
	})
	return resp, err
}

// ListLocations implements lottrailv1.CatalogServiceServer.
func (s *Service) ListLocations(ctx context.Context, req *lottrailv1.ListLocationsRequest) (*lottrailv1.ListLocationsResponse, error) {
	var after string
	if _, err := page.Decode(req, &after); err != nil {
		return nil, err
	}
	tenantID, size := auth.FromContext(ctx).TenantID, page.Size(req.GetPageSize(), defaultPageSize)
	resp := &lottrailv1.ListLocationsResponse{}
	more := false
	err := s.db.Read(ctx, func(tx *pg.Snapshot) error {
		rows, err := listLocations(ctx, queries.New(tx), req, queries.LocationListParams{
			TenantID: tenantID, After: after, Kind: locationKinds[req.GetKind()], Active: req.Active, RowLimit: size + 1,
		})
		if err != nil {
			return err
		}
		rows, more = page.Cut(rows, size)
		for _, row := range rows {
			found, err := storedToLocation(row.Content, row.Revision)
			if err != nil {
				return err
			}
			found.Active = row.Active
			resp.Locations = append(resp.Locations, found)
		}
		return setPaths(ctx, tx, tenantID, resp.Locations...)
	})
	if err == nil && more {
		resp.NextPageToken, err = page.Encode(req, resp.Locations[len(resp.Locations)-1].GetCode())
	}
	return resp, err
}

func listLocations(ctx context.Context, q *queries.Queries, req *lottrailv1.ListLocationsRequest, p queries.LocationListParams) ([]queries.LocationListRow, error) {
	if req.GetUnder() == "" {
		return q.LocationList(ctx, p)
	}
	outer, err := q.LocationGetID(ctx, queries.LocationGetIDParams{TenantID: p.TenantID, Code: req.GetUnder()})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, resolve.UnknownLocation(resolve.Key{Path: "under", Value: req.GetUnder()})
	}
	if err != nil {
		return nil, err
	}
	found, err := q.LocationListUnder(ctx, queries.LocationListUnderParams{
		TenantID: p.TenantID, OuterID: outer, After: p.After, Kind: p.Kind, Active: p.Active, RowLimit: p.RowLimit,
	})
	rows := make([]queries.LocationListRow, len(found))
	for i, r := range found {
		rows[i] = queries.LocationListRow(r)
	}
	return rows, err
}

// setPaths sets what locations lie in.
func setPaths(ctx context.Context, db queries.DBTX, tenantID int64, locations ...*lottrailv1.Location) error {
	codes := make([]string, len(locations))
	for i, l := range locations {
		codes[i] = l.GetCode()
	}
	paths, err := resolve.Paths(ctx, db, tenantID, codes)
	for _, l := range locations {
		l.Path = paths[l.GetCode()]
	}
	return err
}
