package expiry

import (
	"context"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/lottrail/lottrail/internal/pg"
)

const scope = "github.com/lottrail/lottrail/internal/expiry"

// Instruments fail only for names against the rules, which a test of package
// telemetry would find missing.
var (
	meter = otel.Meter(scope)

	lotsHeld, _ = meter.Int64Counter("lottrail.expiry.held", metric.WithUnit("{lot}"),
		metric.WithDescription("Lots that this process has put on hold because they were past their last day."))
	lotsAlerted, _ = meter.Int64Counter("lottrail.expiry.alerts", metric.WithUnit("{lot}"),
		metric.WithDescription("Lots that this process has told to be within the warning days of their item."))
	lookDuration, _ = meter.Float64Histogram("lottrail.expiry.look.duration", metric.WithUnit("s"),
		metric.WithExplicitBucketBoundaries(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300),
		metric.WithDescription("Time that a look took for lots that are near their last day or past it, with what was done about them."))
	lookLag, _ = meter.Float64ObservableGauge("lottrail.expiry.lag", metric.WithUnit("s"),
		metric.WithDescription("Time since this process last looked, to the end, for lots that are past their last day."))
)

// progress is when a job last looked to the end. It is known without the database, so
// that it can be told when that cannot be asked.
type progress struct{ completed atomic.Pointer[time.Time] }

func (p *progress) complete() {
	now := time.Now()
	p.completed.Store(&now)
}

// observe tells of the job whenever metrics are collected, until stop is called.
func (p *progress) observe() (stop func()) {
	p.complete()
	registered, err := meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		o.ObserveFloat64(lookLag, time.Since(*p.completed.Load()).Seconds())
		return nil
	}, lookLag)
	if err != nil {
		otel.Handle(err)
		return func() {}
	}
	return func() { _ = registered.Unregister() } // it never fails
}

// tracedLook is Look, told of. It has no caller whose trace it could be part of, so it
// is a trace of its own.
func tracedLook(ctx context.Context, db *pg.DB, tenantID int64, now time.Time) (Looked, error) {
	ctx, span := otel.Tracer(scope).Start(ctx, "expiry", trace.WithNewRoot())
	defer span.End()
	began := time.Now()
	looked, err := Look(ctx, db, tenantID, now)
	lookDuration.Record(ctx, time.Since(began).Seconds())
	// What was done before something failed is done.
	lotsHeld.Add(ctx, int64(looked.Held))
	lotsAlerted.Add(ctx, int64(looked.Alerted))
	span.SetAttributes(attribute.Int("lottrail.expiry.held", looked.Held), attribute.Int("lottrail.expiry.alerts", looked.Alerted))
	if err != nil {
		span.SetStatus(codes.Error, err.Error())
	}
	return looked, err
}
