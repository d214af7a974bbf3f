package recall

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/page"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
)

const defaultPageSize = 100

// GetRecall implements lottrailv1.RecallServiceServer.
func (s *Service) GetRecall(ctx context.Context, req *lottrailv1.GetRecallRequest) (*lottrailv1.GetRecallResponse, error) {
	resp := &lottrailv1.GetRecallResponse{}
	tenantID := auth.FromContext(ctx).TenantID
	err := s.read(ctx, func(tx *pg.Snapshot) error {
		c, recall, err := readRecall(ctx, tx, tenantID, req.GetCaseNumber())
		if err != nil {
			return err
		}
		resp.Recall = recall
		sc, err := readScope(ctx, tx, tenantID, c)
		if err != nil {
			return err
		}
		resp.Scope, err = countScope(ctx, tx, tenantID, c.RecallID, sc)
		return err
	})
	return resp, err
}

// readCase finds a case by its number, or fails with UNKNOWN_RECALL.
func readCase(ctx context.Context, db queries.DBTX, tenantID int64, caseNumber string) (*queries.RecallGetRow, error) {
	row, err := queries.New(db).RecallGet(ctx, queries.RecallGetParams{TenantID: tenantID, CaseNumber: caseNumber})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, unknownCase(caseNumber)
	}
	return &row, err
}

func unknownCase(caseNumber string) error {
	return errs.NotFound("case_number", "UNKNOWN_RECALL", "there is no recall %q; open it with OpenRecall first, or check the number", caseNumber)
}

// readRecall is readCase with the message that tells of it.
func readRecall(ctx context.Context, db queries.DBTX, tenantID int64, caseNumber string) (*queries.RecallGetRow, *lottrailv1.Recall, error) {
	c, err := readCase(ctx, db, tenantID, caseNumber)
	if err != nil {
		return nil, nil, err
	}
	seeds, err := queries.New(db).RecallSeedList(ctx, queries.RecallSeedListParams{TenantID: tenantID, RecallIds: []int64{c.RecallID}})
	return c, toRecall(c, seeds), err
}

// ListRecalls implements lottrailv1.RecallServiceServer.
func (s *Service) ListRecalls(ctx context.Context, req *lottrailv1.ListRecallsRequest) (*lottrailv1.ListRecallsResponse, error) {
	var after string
	if _, err := page.Decode(req, &after); err != nil {
		return nil, err
	}
	tenantID, size := auth.FromContext(ctx).TenantID, page.Size(req.GetPageSize(), defaultPageSize)
	resp := &lottrailv1.ListRecallsResponse{}
	err := s.read(ctx, func(tx *pg.Snapshot) error {
		q := queries.New(tx)
		rows, err := q.RecallList(ctx, queries.RecallListParams{
			TenantID: tenantID, State: fromState[req.GetState()], AfterCaseNumber: after, RowLimit: size + 1,
		})
		if err != nil {
			return err
		}
		rows, more := page.Cut(rows, size)
		ids := make([]int64, len(rows))
		for i, r := range rows {
			ids[i] = r.RecallID
		}
		seeds, err := q.RecallSeedList(ctx, queries.RecallSeedListParams{TenantID: tenantID, RecallIds: ids})
		if err != nil {
			return err
		}
		byRecall := make(map[int64][]queries.RecallSeedListRow, len(rows))
		for _, seed := range seeds {
			byRecall[seed.RecallID] = append(byRecall[seed.RecallID], seed)
		}
		for _, r := range rows {
			c := queries.RecallGetRow(r)
			resp.Recalls = append(resp.Recalls, toRecall(&c, byRecall[r.RecallID]))
		}
		if more {
			resp.NextPageToken, err = page.Encode(req, rows[len(rows)-1].CaseNumber)
		}
		return err
	})
	return resp, err
}
