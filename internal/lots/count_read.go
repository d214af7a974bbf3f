package lots

import (
	"context"

	"google.golang.org/protobuf/types/known/timestamppb"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/page"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
)

// The API's states beside what the database keeps.
var (
	countStates = map[string]lottrailv1.CountState{
		"open":      lottrailv1.CountState_COUNT_STATE_OPEN,
		"posted":    lottrailv1.CountState_COUNT_STATE_POSTED,
		"cancelled": lottrailv1.CountState_COUNT_STATE_CANCELLED,
	}
	countLineStates = map[string]lottrailv1.CountLineState{
		"open":     lottrailv1.CountLineState_COUNT_LINE_STATE_OPEN,
		"counted":  lottrailv1.CountLineState_COUNT_LINE_STATE_COUNTED,
		"recount":  lottrailv1.CountLineState_COUNT_LINE_STATE_RECOUNT,
		"posted":   lottrailv1.CountLineState_COUNT_LINE_STATE_POSTED,
		"left_out": lottrailv1.CountLineState_COUNT_LINE_STATE_LEFT_OUT,
	}
)

// stateName is the database's name for a state; "" if there is none.
func stateName[S comparable](names map[string]S, state S) string {
	for name, s := range names {
		if s == state {
			return name
		}
	}
	return ""
}

// GetCount implements lottrailv1.LotsServiceServer.
func (s *Service) GetCount(ctx context.Context, req *lottrailv1.GetCountRequest) (*lottrailv1.GetCountResponse, error) {
	var after int32
	if _, err := page.Decode(req, &after); err != nil {
		return nil, err
	}
	tenantID, size := auth.FromContext(ctx).TenantID, page.Size(req.GetPageSize(), defaultPageSize)
	resp := &lottrailv1.GetCountResponse{}
	err := s.db.Read(ctx, func(tx *pg.Snapshot) error {
		count, err := getCount(ctx, tx, tenantID, req.GetCountCode())
		if err != nil {
			return err
		}
		rows, err := queries.New(tx).CountListLine(ctx, queries.CountListLineParams{
			TenantID: tenantID, CountID: count.CountID, AfterNumber: after, State: stateName(countLineStates, req.GetLineState()), RowLimit: size + 1,
		})
		if err != nil {
			return err
		}
		rows, more := page.Cut(rows, size)
		resp.Count = toCount(count)
		for _, r := range rows {
			resp.Lines = append(resp.Lines, toCountLine(r, count.Blind && count.State == "open"))
		}
		if more {
			resp.NextPageToken, err = page.Encode(req, rows[len(rows)-1].Number)
		}
		return err
	})
	return resp, err
}

// ListCounts implements lottrailv1.LotsServiceServer.
func (s *Service) ListCounts(ctx context.Context, req *lottrailv1.ListCountsRequest) (*lottrailv1.ListCountsResponse, error) {
	var after string
	view, err := countFields.Open(req, &after)
	if err != nil {
		return nil, err
	}
	size := page.Size(req.GetPageSize(), defaultPageSize)
	var rows []queries.CountListRow
	err = view.Read(ctx, s.db, func(q *queries.Queries) (err error) {
		rows, err = q.CountList(ctx, queries.CountListParams{
			TenantID: auth.FromContext(ctx).TenantID, AfterCode: after, State: stateName(countStates, req.GetState()), RowLimit: size + 1,
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	rows, more := page.Cut(rows, size)
	resp := &lottrailv1.ListCountsResponse{}
	for _, r := range rows {
		resp.Counts = append(resp.Counts, toCount(queries.CountGetRow(r)))
	}
	if more {
		resp.NextPageToken, err = view.Token(req, len(rows)-1, rows[len(rows)-1].Code)
	}
	return resp, err
}

func toCount(r queries.CountGetRow) *lottrailv1.Count {
	count := &lottrailv1.Count{
		CountCode: r.Code, LocationCode: r.LocationCode, Skus: r.Skus, Blind: r.Blind, Note: r.Note, State: countStates[r.State],
		OpenedBy: r.OpenedBy, OpenedAt: timestamppb.New(r.OpenedAt), ClosedBy: r.ClosedBy, ClosedAt: pbtype.Time(r.ClosedAt), ClosingReason: r.ClosingReason,
	}
	if r.TolerancePercent != nil {
		count.TolerancePercent = r.TolerancePercent.String()
	}
	return count
}

// toCountLine tells what is expected unless it is hidden.
func toCountLine(r queries.CountListLineRow, hidden bool) *lottrailv1.CountLine {
	line := &lottrailv1.CountLine{
		Number: r.Number, LocationCode: r.LocationCode, Sku: r.SKU, LotCode: r.LotCode, Unexpected: !r.Listed, State: countLineStates[r.State],
		Readings: r.Readings, LeftOutReason: r.LeftOut,
	}
	if r.Readings == 0 {
		return line
	}
	line.Counted, line.CountedBy, line.CountedAt = pbtype.Quantity(r.Counted, r.BaseUnit), r.CountedBy, timestamppb.New(r.RecordedAt)
	line.CountedWeight = pbtype.Weight(r.CountedWeight, r.WeightUnit)
	if !hidden {
		line.ExpectedWeight, line.WeightVariance = pbtype.Weight(r.ExpectedWeight, r.WeightUnit), pbtype.Weight(r.CountedWeight.Sub(r.ExpectedWeight), r.WeightUnit)
		line.Expected, line.Variance = pbtype.Quantity(r.Expected, r.BaseUnit), pbtype.Quantity(r.Counted.Sub(r.Expected), r.BaseUnit)
	}
	return line
}
