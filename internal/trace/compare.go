package trace

import (
	"context"
	"errors"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/timestamppb"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/relay"
)

// maxCompared is how many entries a trace may have that is compared: those of the first
// are kept in memory, some hundred bytes each.
const maxCompared = 200_000

// CompareTraces walks twice in one snapshot: it keeps what the first walk finds, and tells
// of what the second finds otherwise.
func (s *Service) CompareTraces(req *lottrailv1.CompareTracesRequest, stream grpc.ServerStreamingServer[lottrailv1.CompareTracesResponse]) error {
	limit := relay.Limit{Stall: s.stall, What: "comparison"}
	return relay.Stream(stream.Context(), limit, func(ctx context.Context, emit func(*lottrailv1.CompareTracesResponse) error) error {
		return s.compare(ctx, req, emit)
	}, stream.Send)
}

func (s *Service) compare(ctx context.Context, req *lottrailv1.CompareTracesRequest, emit func(*lottrailv1.CompareTracesResponse) error) error {
	first, second := comparing{req, req.GetFirst()}, comparing{req, req.GetSecond()}
	was, err := s.resolve(ctx, first, &progress{})
	if err != nil {
		return under("first", err)
	}
	is, err := s.resolve(ctx, second, &progress{})
	if err != nil {
		return under("second", err)
	}
	return s.db.ReadLong(ctx, func(tx *pg.Snapshot) error {
		c := newComparison(pg.Emitting(ctx, tx, emit))
		if err := s.compareWalk(ctx, tx, first, was, c.takeFirst); err != nil {
			return err
		}
		c.turn()
		if err := s.compareWalk(ctx, tx, second, is, c.takeSecond); err != nil {
			return err
		}
		return c.finish()
	})
}

// compareWalk refuses a trace as soon as it is known to be too large.
func (s *Service) compareWalk(ctx context.Context, tx *pg.Snapshot, req comparing, at moment, take func(*lottrailv1.TracePart) error) error {
	q, err := query(ctx, tx, req, directions[req.GetDirection()], at)
	if err != nil {
		return err
	}
	found := 0
	q.MaxEntries = s.compared
	err = lineage.Walk(ctx, tx, q, func(part *lineage.Part) error {
		message := toPart(part)
		if found += entries(message); found > s.compared {
			return lineage.ErrTooLarge
		}
		return take(message)
	})
	if errors.Is(err, lineage.ErrTooLarge) {
		return errs.Exhausted("", "TRACE_TOO_LARGE",
			"there are more than %d entries in the trace%s, too many to be compared; ask for fewer runs away with filter.max_depth, or for some items with filter.skus, or start nearer to what has changed", s.compared, at)
	}
	return err
}

// comparing is one of the two traces that a request asks about.
type comparing struct {
	*lottrailv1.CompareTracesRequest
	moment *lottrailv1.TraceMoment
}

// GetKnownAt is of its moment.
func (c comparing) GetKnownAt() *lottrailv1.KnownAt { return c.moment.GetKnownAt() }

// GetAsOf is of its moment.
func (c comparing) GetAsOf() *timestamppb.Timestamp { return c.moment.GetAsOf() }

// GetAttribute says that quantities are compared as they are.
func (c comparing) GetAttribute() bool { return false }

// GetDetail says that lots, runs, edges and endpoints are compared.
func (c comparing) GetDetail() lottrailv1.TraceDetail { return 0 }

// under has a refusal tell of a field within another.
func under(field string, err error) error {
	var refusal *errs.Error
	if !errors.As(err, &refusal) || len(refusal.Violations) == 0 {
		return err
	}
	refused := *refusal
	refused.Message = field + "." + refusal.Message
	refused.Violations = nil
	for _, v := range refusal.Violations {
		v.Path = field + "." + v.Path
		refused.Violations = append(refused.Violations, v)
	}
	return &refused
}
