package command

import (
	"context"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"google.golang.org/grpc"
)

// Instruments fail only for names against the rules, which a test of package
// telemetry would find missing.
var (
	meter = otel.Meter("github.com/lottrail/lottrail/internal/command")

	conflicts, _ = meter.Int64Counter("lottrail.command.conflicts", metric.WithUnit("{conflict}"),
		metric.WithDescription("Transactions that lost to others and were rolled back, by cause."))
	retries, _ = meter.Int64Counter("lottrail.command.retries", metric.WithUnit("{retry}"),
		metric.WithDescription("Transactions that were tried again after a conflict, by method."))
	givenUp, _ = meter.Int64Counter("lottrail.command.given_up", metric.WithUnit("{request}"),
		metric.WithDescription("Writes refused with CONTENTION, because every attempt lost, by method."))
	replays, _ = meter.Int64Counter("lottrail.command.replays", metric.WithUnit("{request}"),
		metric.WithDescription("Repeated requests that got their stored answer, by method."))
)

// causes are what pg.Retryable retries, in PostgreSQL's words. There is one more:
// overtaken.
var causes = map[string]string{
	"40001": "serialization_failure",
	"40P01": "deadlock_detected",
	"55P03": "lock_not_available",
}

func countConflict(ctx context.Context, err error) {
	cause := "overtaken"
	var answered *pgconn.PgError
	if errors.As(err, &answered) {
		cause = causes[answered.Code]
	}
	conflicts.Add(ctx, 1, metric.WithAttributes(attribute.String("cause", cause)))
}

// count counts a request under the method that it came by, which is one of those
// that there are.
func count(ctx context.Context, counter metric.Int64Counter) {
	method, _ := grpc.Method(ctx)
	counter.Add(ctx, 1, metric.WithAttributes(attribute.String("rpc.method", strings.TrimPrefix(method, "/"))))
}
