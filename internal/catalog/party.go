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

// UpsertParty implements lottrailv1.CatalogServiceServer: a batch of one.
func (s *Service) UpsertParty(ctx context.Context, req *lottrailv1.UpsertPartyRequest) (*lottrailv1.UpsertPartyResponse, error) {
	return command.Run(ctx, s.db, req, func(ctx context.Context, tx *pg.Tx) (*lottrailv1.UpsertPartyResponse, error) {
		p, err := toParty("party", req.GetParty())
		if err != nil {
			return nil, err
		}
		parties, changed, err := upsertParties(ctx, tx, []party{p})
		if err != nil {
			return nil, err
		}
		return &lottrailv1.UpsertPartyResponse{Party: parties[0], Changed: changed == 1}, nil
	})
}

// BatchUpsertParties implements lottrailv1.CatalogServiceServer.
func (s *Service) BatchUpsertParties(ctx context.Context, req *lottrailv1.BatchUpsertPartiesRequest) (*lottrailv1.BatchUpsertPartiesResponse, error) {
	return command.Run(ctx, s.db, req, func(ctx context.Context, tx *pg.Tx) (*lottrailv1.BatchUpsertPartiesResponse, error) {
		var batch []party
		var keys []keyed
		for i, in := range req.GetParties() {
			p, err := toParty(fieldOf("parties", i), in)
			if err != nil {
				return nil, err
			}
			batch = append(batch, p)
			keys = append(keys, keyed{p.Field, "code", p.Code})
		}
		if err := checkDistinct(keys); err != nil {
			return nil, err
		}
		parties, changed, err := upsertParties(ctx, tx, batch)
		if err != nil {
			return nil, err
		}
		return &lottrailv1.BatchUpsertPartiesResponse{Parties: parties, ChangedCount: changed}, nil
	})
}

// GetParty implements lottrailv1.CatalogServiceServer.
func (s *Service) GetParty(ctx context.Context, req *lottrailv1.GetPartyRequest) (*lottrailv1.GetPartyResponse, error) {
	row, err := queries.New(s.db).PartyGet(ctx, queries.PartyGetParams{TenantID: auth.FromContext(ctx).TenantID, Code: req.GetCode()})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, errs.NotFound("code", "UNKNOWN_PARTY", "there is no party %q; push it with UpsertParty first, or check the code", req.GetCode())
	}
	if err != nil {
		return nil, err
	}
	found, err := storedToParty(row.Content, row.Revision)
	if err != nil {
		return nil, err
	}
	return &lottrailv1.GetPartyResponse{Party: found}, nil
}

// ListParties implements lottrailv1.CatalogServiceServer.
func (s *Service) ListParties(ctx context.Context, req *lottrailv1.ListPartiesRequest) (*lottrailv1.ListPartiesResponse, error) {
	var after string
	if _, err := page.Decode(req, &after); err != nil {
		return nil, err
	}
	size := page.Size(req.GetPageSize(), defaultPageSize)
	rows, err := queries.New(s.db).PartyList(ctx, queries.PartyListParams{
		TenantID: auth.FromContext(ctx).TenantID, After: after, RowLimit: size + 1,
	})
	if err != nil {
		return nil, err
	}
	rows, more := page.Cut(rows, size)
	resp := &lottrailv1.ListPartiesResponse{}
	for _, row := range rows {
		found, err := storedToParty(row.Content, row.Revision)
		if err != nil {
			return nil, err
		}
		resp.Parties = append(resp.Parties, found)
	}
	if more {
		resp.NextPageToken, err = page.Encode(req, rows[len(rows)-1].Code)
	}
	return resp, err
}
