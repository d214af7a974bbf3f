package lots

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/page"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/resolve"
)

// shrinkKey is where a page of shrink ended.
type shrinkKey struct{ Key, SKU, LotCode, ReasonCode string }

// shrinkGroups are the queries' names for what shrink is summed up by.
var shrinkGroups = map[lottrailv1.ShrinkGroupBy]string{
	lottrailv1.ShrinkGroupBy_SHRINK_GROUP_BY_LOT:      "lot",
	lottrailv1.ShrinkGroupBy_SHRINK_GROUP_BY_LOCATION: "location",
	lottrailv1.ShrinkGroupBy_SHRINK_GROUP_BY_DAY:      "day",
	lottrailv1.ShrinkGroupBy_SHRINK_GROUP_BY_MONTH:    "month",
}

// ListShrink implements lottrailv1.LotsServiceServer.
func (s *Service) ListShrink(ctx context.Context, req *lottrailv1.ListShrinkRequest) (*lottrailv1.ListShrinkResponse, error) {
	var after shrinkKey
	view, err := shrinkFields(req.GetGroupBy()).Open(req, &after)
	if err != nil {
		return nil, err
	}
	params, err := s.shrinkParams(ctx, req)
	if err != nil {
		return nil, err
	}
	size := page.Size(req.GetPageSize(), defaultPageSize)
	params.AfterKey, params.AfterSKU, params.AfterLotCode, params.AfterReasonCode = after.Key, after.SKU, after.LotCode, after.ReasonCode
	params.RowLimit = size + 1
	var rows []queries.ShrinkListRow
	err = view.Read(ctx, s.db, func(q *queries.Queries) (err error) {
		rows, err = q.ShrinkList(ctx, params)
		return err
	})
	if err != nil {
		return nil, err
	}
	rows, more := page.Cut(rows, size)
	resp := &lottrailv1.ListShrinkResponse{}
	for _, r := range rows {
		resp.Rows = append(resp.Rows, toShrink(req.GetGroupBy(), r))
	}
	if more {
		last := rows[len(rows)-1]
		resp.NextPageToken, err = view.Token(req, len(rows)-1, shrinkKey{last.Key, last.SKU, last.LotCode, last.ReasonCode})
	}
	return resp, err
}

// shrinkParams resolves what is asked for: a misspelt key must not look like one of
// which nothing was ever missed.
func (s *Service) shrinkParams(ctx context.Context, req *lottrailv1.ListShrinkRequest) (queries.ShrinkListParams, error) {
	tenantID := auth.FromContext(ctx).TenantID
	p := queries.ShrinkListParams{
		TenantID: tenantID, GroupBy: shrinkGroups[req.GetGroupBy()], ReasonCodes: []string{},
		HappenedFrom: time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), HappenedBefore: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	if t := req.GetHappenedFrom(); t != nil {
		p.HappenedFrom = clampMoment(t)
	}
	if t := req.GetHappenedBefore(); t != nil {
		p.HappenedBefore = clampMoment(t)
	}
	if !p.HappenedBefore.After(p.HappenedFrom) {
		return p, errs.Invalid("happened_before", "EMPTY_WINDOW", "%s is not after happened_from, %s, so nothing can lie between; swap them, or leave one of them out",
			p.HappenedBefore.Format(time.RFC3339), p.HappenedFrom.Format(time.RFC3339))
	}
	for _, code := range req.GetReasonCodes() {
		p.ReasonCodes = append(p.ReasonCodes, pbtype.AdjustmentCode(code))
	}
	if req.GetLotCode() != "" {
		if req.GetSku() == "" {
			return p, errs.Invalid("sku", "SKU_REQUIRED", "a lot is named by its item and its code; give the item of lot %q too", req.GetLotCode())
		}
		var err error
		if p.LotID, err = resolve.Lot(ctx, s.db, tenantID, lotKey(req)); err != nil {
			return p, err
		}
	} else if sku := req.GetSku(); sku != "" {
		items, err := resolve.Items(ctx, s.db, tenantID, resolve.Keys{{Path: "sku", Value: sku}})
		if err != nil {
			return p, err
		}
		p.ItemID = items[sku].ItemID
	}
	if code := req.GetLocationCode(); code != "" {
		location, err := queries.New(s.db).CountLocationGet(ctx, queries.CountLocationGetParams{TenantID: tenantID, Code: code})
		if errors.Is(err, pgx.ErrNoRows) {
			err = resolve.UnknownLocation(resolve.Key{Path: "location_code", Value: code})
		}
		p.LocationID = location.LocationID
		return p, err
	}
	return p, nil
}

func toShrink(by lottrailv1.ShrinkGroupBy, r queries.ShrinkListRow) *lottrailv1.Shrink {
	shrink := &lottrailv1.Shrink{
		Sku: r.SKU, LotCode: r.LotCode, ReasonCode: pbtype.AdjustmentReason(r.ReasonCode), MovementCount: r.MovementCount,
		Found: pbtype.Quantity(r.Found, r.BaseUnit), Missed: pbtype.Quantity(r.Missed, r.BaseUnit), Scrapped: pbtype.Quantity(r.Scrapped, r.BaseUnit),
		Net: pbtype.Quantity(r.Found.Sub(r.Missed).Sub(r.Scrapped), r.BaseUnit),
	}
	if by == lottrailv1.ShrinkGroupBy_SHRINK_GROUP_BY_LOCATION {
		shrink.LocationCode = r.Key
	} else {
		shrink.Period = r.Key
	}
	return shrink
}
