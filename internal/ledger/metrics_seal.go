package ledger

import (
	"context"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/lottrail/lottrail/internal/ledger/internal/ledgerdb"
	"github.com/lottrail/lottrail/internal/pg"
)

// Instruments fail only for names against the rules, which a test of package
// telemetry would find missing.
var (
	entriesSealed, _ = meter.Int64Counter("lottrail.log.sealed", metric.WithUnit("{operation}"),
		metric.WithDescription("Operations that this process has taken into the log."))
	sealDelay, _ = meter.Float64Histogram("lottrail.log.delay", metric.WithUnit("s"),
		metric.WithExplicitBucketBoundaries(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 3600),
		metric.WithDescription("Time from the recording of an operation to its sealing, of the oldest that was sealed in a transaction."))
	logLag, _ = meter.Float64ObservableGauge("lottrail.log.lag", metric.WithUnit("s"),
		metric.WithDescription("Time since the sealer last left nothing behind: no operation that it could see is out of the log for longer."))
	logBacklog, _ = meter.Int64ObservableGauge("lottrail.log.backlog", metric.WithUnit("{operation}"),
		metric.WithDescription("Operations that the sealer left outside the log in its last round, because there were more than it seals at once; counted up to 50,000 a tenant."))
)

// countMost is how far a backlog is counted.
const countMost = 50000

// sealing is how far behind a sealer is. It is known from its own rounds, so that
// it can be told when the database cannot be asked.
type sealing struct {
	caughtUp atomic.Pointer[time.Time] // when it last began a round that left nothing
	left     atomic.Int64
}

// observe tells of the sealer whenever metrics are collected, until stop is called.
func (s *sealing) observe() (stop func()) {
	now := time.Now()
	s.caughtUp.Store(&now)
	registered, err := meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		o.ObserveFloat64(logLag, time.Since(*s.caughtUp.Load()).Seconds())
		o.ObserveInt64(logBacklog, s.left.Load())
		return nil
	}, logLag, logBacklog)
	if err != nil {
		otel.Handle(err)
		return func() {}
	}
	return func() { _ = registered.Unregister() } // it never fails
}

// tracedSeal is Seal, told of, and how many operations it left behind. It has no
// caller whose trace it could be part of, so it is a trace of its own. A look that
// finds nothing is none: there are many a second, and there is nothing to be seen
// in them.
func tracedSeal(ctx context.Context, db *pg.DB, tenantID int64) (sealed Sealed, left int64, err error) {
	ctx, span := otel.Tracer("github.com/lottrail/lottrail/internal/ledger").Start(ctx, "seal", trace.WithNewRoot())
	defer span.End()
	if sealed, err = Seal(ctx, db, tenantID); err != nil {
		span.SetStatus(codes.Error, err.Error())
		return sealed, 0, err
	}
	span.SetAttributes(attribute.Int("lottrail.log.entries", sealed.Entries), attribute.Int64("lottrail.log.index", sealed.Index))
	if sealed.Entries > 0 {
		entriesSealed.Add(ctx, int64(sealed.Entries))
		sealDelay.Record(ctx, sealed.SealedAt.Sub(sealed.Oldest).Seconds())
	}
	if sealed.Full {
		left, err = ledgerdb.New(db).UnloggedCount(ctx, ledgerdb.UnloggedCountParams{TenantID: tenantID, Most: countMost})
	}
	return sealed, left, err
}
