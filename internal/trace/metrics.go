package trace

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/relay"
)

// Instruments fail only for names against the rules, which a test of package
// telemetry would find missing.
var (
	meter = otel.Meter("github.com/lottrail/lottrail/internal/trace")

	walks, _ = meter.Int64Counter("lottrail.trace.walks", metric.WithUnit("{walk}"),
		metric.WithDescription("Walks that have ended, by direction, delivery and outcome."))
	nodes, _ = meter.Int64Counter("lottrail.trace.nodes", metric.WithUnit("{node}"),
		metric.WithDescription("What was sent of traces, by kind."))
	messages, _ = meter.Int64Counter("lottrail.trace.messages", metric.WithUnit("{message}"),
		metric.WithDescription("Parts of traces that were sent, by delivery."))
	untilFirst, _ = meter.Float64Histogram("lottrail.trace.first_message", metric.WithUnit("s"), buckets,
		metric.WithDescription("Time from a streamed call to its first message, by direction."))
	untilLast, _ = meter.Float64Histogram("lottrail.trace.duration", metric.WithUnit("s"), buckets,
		metric.WithDescription("Time from a call to its last message, by direction and delivery, of those that came to an end."))

	buckets = metric.WithExplicitBucketBoundaries(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)
)

// How a trace is delivered.
const (
	streamed = "stream"
	paged    = "page"
)

// measure is what is told of one call. Its methods are for one goroutine, except
// that ended may be called by any, and counts once.
type measure struct {
	ctx                 context.Context
	began               time.Time
	direction, delivery attribute.KeyValue
	messages            int
	summary             *lottrailv1.TraceSummary // once it was sent
	end                 sync.Once
}

func begin(ctx context.Context, direction lineage.Direction, delivery string) *measure {
	name := map[lineage.Direction]string{lineage.Forward: "forward", lineage.Backward: "backward", lineage.Both: "both"}[direction]
	return &measure{
		ctx: ctx, began: time.Now(),
		direction: attribute.String("direction", name), delivery: attribute.String("delivery", delivery),
	}
}

// sent notes a part that the client was sent.
func (m *measure) sent(part *lottrailv1.TracePart) {
	if m.messages++; m.messages == 1 && m.delivery.Value.AsString() == streamed {
		untilFirst.Record(m.ctx, m.seconds(), metric.WithAttributes(m.direction))
	}
	m.summary = part.Summary
	messages.Add(m.ctx, 1, metric.WithAttributes(m.delivery))
	for kind, n := range map[string]int{
		"lot": len(part.Lots), "run": len(part.Runs), "edge": len(part.Edges),
		"receipt": len(part.Receipts), "shipment": len(part.Shipments), "movement": len(part.Movements),
	} {
		if n > 0 {
			nodes.Add(m.ctx, int64(n), metric.WithAttributes(attribute.String("kind", kind)))
		}
	}
}

// ended notes how the walk ended, or that everything was sent.
func (m *measure) ended(err error) {
	m.end.Do(func() {
		outcome := m.outcome(err)
		walks.Add(m.ctx, 1, metric.WithAttributes(m.direction, m.delivery, attribute.String("outcome", outcome)))
		if outcome == "complete" || outcome == "incomplete" || outcome == "page" {
			untilLast.Record(m.ctx, m.seconds(), metric.WithAttributes(m.direction, m.delivery))
		}
	})
}

func (m *measure) outcome(err error) string {
	switch {
	case err == nil && m.summary.GetComplete():
		return "complete"
	case err == nil:
		return "incomplete" // it says so itself: a filter or a depth was asked for
	case errors.Is(err, errPageFull):
		return "page"
	case errs.Reason(err) == relay.ReasonStalled:
		return "cut"
	case errs.Reason(err) != "":
		return "refused"
	case m.ctx.Err() != nil || errors.Is(err, context.Canceled):
		return "abandoned" // the client left, or ran out of time
	}
	return "error"
}

func (m *measure) seconds() float64 { return time.Since(m.began).Seconds() }
