package trace

import (
	"context"
	"errors"

	"google.golang.org/protobuf/types/known/timestamppb"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/page"
	"github.com/lottrail/lottrail/internal/pg"
)

// RankCommonOrigins finds what several complaints have in common. It is found anew for
// each page, and goes on behind the last origin of the one before.
func (s *Service) RankCommonOrigins(ctx context.Context, req *lottrailv1.RankCommonOriginsRequest) (*lottrailv1.RankCommonOriginsResponse, error) {
	var last lineage.Origin
	resumed, err := page.Decode(req, &last)
	if err != nil {
		return nil, err
	}
	after := &last
	if !resumed {
		after = nil
	}
	size := page.Size(req.PageSize, 100)
	var found *lineage.CommonOrigins
	err = s.readAt(ctx, req, func(tx *pg.Snapshot, q lineage.Query, at moment) error {
		asked, err := findSeeds(ctx, tx, q, at, "complaints", req.GetComplaints())
		if err != nil {
			return err
		}
		var complaints []lineage.Complaint
		for _, one := range asked.all {
			complaints = append(complaints, lineage.Complaint{LotIDs: one.lots, RunIDs: one.runs})
		}
		found, err = lineage.FindCommonOrigins(ctx, tx, q, complaints, after, int(size)+1)
		return err
	})
	if errors.Is(err, lineage.ErrTooWide) {
		return nil, errs.Exhausted("complaints", "TOO_WIDE", "what is behind these complaints is too much to search in memory; ask about fewer of them, or trace one backward")
	}
	if err != nil {
		return nil, err
	}
	resp := &lottrailv1.RankCommonOriginsResponse{
		OriginCount: int32(found.Count), ReadAt: timestamppb.New(found.Summary.ReadAt), LogPosition: toPosition(found.Summary.Log), //nolint:gosec // bounded by what is held in memory
	}
	ranked, more := page.Cut(found.Ranked, size)
	for i := range ranked {
		resp.Origins = append(resp.Origins, toOrigin(&ranked[i], found))
	}
	if more {
		resp.NextPageToken, err = page.Encode(req, ranked[len(ranked)-1])
	}
	return resp, err
}

func toOrigin(o *lineage.Origin, found *lineage.CommonOrigins) *lottrailv1.CommonOrigin {
	origin := &lottrailv1.CommonOrigin{
		ComplaintCount: int32(o.Explains.Count()), InTimeCount: int32(o.InTime.Count()), //nolint:gosec // 100 at most
		Complaints: o.Explains.Places(), InTimeComplaints: o.InTime.Places(), TotalDepth: o.Distance,
	}
	switch o.Kind {
	case lineage.OriginLot:
		lot := toLot(found.Lots[o.ID])
		lot.Direction = lottrailv1.TraceDirection_TRACE_DIRECTION_UNSPECIFIED
		origin.Origin = &lottrailv1.CommonOrigin_Lot{Lot: lot}
	case lineage.OriginRun:
		run := toRun(found.Runs[o.ID])
		run.Direction = lottrailv1.TraceDirection_TRACE_DIRECTION_UNSPECIFIED
		origin.Origin = &lottrailv1.CommonOrigin_Run{Run: run}
	case lineage.OriginReceipt:
		r := found.Receipts[o.Code]
		origin.Origin = &lottrailv1.CommonOrigin_Receipt{Receipt: &lottrailv1.CommonReceipt{
			ReceiptCode: r.ReceiptCode, PurchaseOrderCode: r.PurchaseOrderCode, SupplierCode: r.SupplierCode,
			SupplierName: r.SupplierName, ReceivedAt: timestamppb.New(r.ReceivedAt),
		}}
	}
	return origin
}
