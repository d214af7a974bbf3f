package trace

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"google.golang.org/protobuf/types/known/timestamppb"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/knownat"
	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/resolve"
)

// FindPath finds the shortest way from one lot to another.
func (s *Service) FindPath(ctx context.Context, req *lottrailv1.FindPathRequest) (*lottrailv1.FindPathResponse, error) {
	var path *lineage.Path
	err := s.readAt(ctx, req, func(tx *pg.Snapshot, q lineage.Query, at moment) error {
		from, to, err := at.wayEnds(ctx, tx, q, req)
		if err != nil {
			return err
		}
		path, err = lineage.FindPath(ctx, tx, q, from, to)
		return err
	})
	if errors.Is(err, lineage.ErrTooWide) {
		return nil, errs.Exhausted("to", "TOO_WIDE",
			"what became of lot %q and what went into lot %q are both too much to search in memory; trace one of them, to a depth or for the other's item only",
			req.GetFrom().GetLotCode(), req.GetTo().GetLotCode())
	}
	if err != nil {
		return nil, err
	}
	return toPath(req, path), nil
}

// wayEnds are the lots between which a way is looked for. If neither is there, both are named.
func (m moment) wayEnds(ctx context.Context, tx *pg.Snapshot, q lineage.Query, req *lottrailv1.FindPathRequest) (from, to int64, err error) {
	key := func(path string, end *lottrailv1.TraceWayEnd) resolve.LotKey {
		return resolve.LotKey{Path: path + ".lot_code", SKU: end.GetSku(), LotCode: end.GetLotCode()}
	}
	from, first := m.lot(ctx, tx, q, key("from", req.GetFrom()))
	var missing *errs.Error
	if first != nil && (!errors.As(first, &missing) || missing.Kind != errs.KindNotFound) {
		return 0, 0, first
	}
	to, second := m.lot(ctx, tx, q, key("to", req.GetTo()))
	var other *errs.Error
	if missing != nil && errors.As(second, &other) && other.Kind == errs.KindNotFound {
		return 0, 0, errs.NotFoundFields("a way leads from one lot that is there to another", slices.Concat(missing.Violations, other.Violations))
	}
	return from, to, cmp.Or(first, second)
}

// readAt reads out of one snapshot, at the moment that is asked for. What read gathers it
// begins anew each time.
func (s *Service) readAt(ctx context.Context, req momentous, read func(*pg.Snapshot, lineage.Query, moment) error) error {
	at, err := s.resolve(ctx, req, &progress{})
	if err != nil {
		return err
	}
	q := lineage.Query{TenantID: auth.FromContext(ctx).TenantID, MaxTies: s.ties}
	at.into(&q)
	return s.db.ReadLong(ctx, func(tx *pg.Snapshot) error { return read(tx, q, at) })
}

func toPath(req *lottrailv1.FindPathRequest, p *lineage.Path) *lottrailv1.FindPathResponse {
	resp := &lottrailv1.FindPathResponse{
		Found: p.Found(), InTime: p.Found() && p.ShortestInTime == p.Shortest,
		ReadAt: timestamppb.New(p.Summary.ReadAt), LogPosition: toPosition(p.Summary.Log),
	}
	if p.Found() {
		resp.Way = toTraceWay(p.Shortest)
	}
	if len(p.ShortestInTime.Lots) > 0 && !resp.InTime {
		resp.InTimeWay = toTraceWay(p.ShortestInTime)
	}
	resp.Statement = statePath(req.GetFrom(), req.GetTo(), p)
	return resp
}

func toTraceWay(p *lineage.Part) *lottrailv1.TraceWay {
	part := toPart(p)
	return &lottrailv1.TraceWay{Lots: part.Lots, Runs: part.Runs, Edges: part.Edges}
}

func toPosition(p lineage.LogPosition) *lottrailv1.LogPosition {
	return knownat.ToPosition(p.Index, p.SealedAt, p.Unlogged)
}

// statePath tells in a sentence whether one lot is in another.
func statePath(fromKey, toKey *lottrailv1.TraceWayEnd, p *lineage.Path) string {
	name := func(key *lottrailv1.TraceWayEnd) string {
		return fmt.Sprintf("lot %q of item %q", key.GetLotCode(), key.GetSku())
	}
	over := func(way *lineage.Part) string {
		if len(way.Runs) == 1 {
			return "1 run"
		}
		return fmt.Sprintf("%d runs", len(way.Runs))
	}
	from, to, read := name(fromKey), name(toKey), "; "+p.Moment+"."
	switch {
	case !p.Found():
		return fmt.Sprintf("No: the records connect %s in no way to %s%s", from, to, read)
	case len(p.Shortest.Runs) == 0:
		return fmt.Sprintf("Yes: %s is that lot itself%s", from, read)
	case p.ShortestInTime == p.Shortest:
		return fmt.Sprintf("Yes: %s can have come into %s over %s%s", from, to, over(p.Shortest), read)
	case len(p.ShortestInTime.Lots) > 0:
		return fmt.Sprintf("Yes: %s can have come into %s over %s; over %s, which is shorter, not in time%s", from, to, over(p.ShortestInTime), over(p.Shortest), read)
	}
	return fmt.Sprintf("Not in time: the records connect %s to %s over %s, and on no way can it have come there in time%s", from, to, over(p.Shortest), read)
}
