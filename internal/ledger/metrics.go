package ledger

import (
	"context"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/lottrail/lottrail/internal/pg"
)

// Instruments fail only for names against the rules, which a test of package
// telemetry would find missing.
var (
	meter = otel.Meter("github.com/lottrail/lottrail/internal/ledger")

	postings, _ = meter.Int64Counter("lottrail.ledger.postings", metric.WithUnit("{operation}"),
		metric.WithDescription("Operations that were posted and committed, by kind."))
	movements, _ = meter.Int64Counter("lottrail.ledger.movements", metric.WithUnit("{movement}"),
		metric.WithDescription("Movements that were posted and committed, by kind."))
	lockDuration, _ = meter.Float64Histogram("lottrail.ledger.lock.duration", metric.WithUnit("s"),
		metric.WithExplicitBucketBoundaries(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
		metric.WithDescription("Time that a posting took to lock its lots and to read what decides on them: waiting for others, and a round trip."))
	lockLots, _ = meter.Int64Histogram("lottrail.ledger.lock.lots", metric.WithUnit("{lot}"),
		metric.WithExplicitBucketBoundaries(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000),
		metric.WithDescription("Lots that were locked at once."))
)

// countPosted counts an operation once it is committed: an attempt that loses and
// is tried again counts once.
func countPosted(ctx context.Context, tx *pg.Tx, op *Operation) {
	kind := metric.WithAttributes(attribute.String("kind", string(op.Kind)))
	tx.OnCommit(func() {
		postings.Add(ctx, 1, kind)
		movements.Add(ctx, int64(len(op.Movements)), kind)
	})
}

func measureLock(ctx context.Context, lots int, began time.Time) {
	lockDuration.Record(ctx, time.Since(began).Seconds())
	lockLots.Record(ctx, int64(lots))
}
