package server

import (
	"context"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"google.golang.org/grpc"
	"google.golang.org/grpc/status"
)

// It fails only for a name against the rules, which a test of package telemetry
// would find missing.
var refusals, _ = otel.Meter("github.com/lottrail/lottrail/internal/server").Int64Counter("lottrail.rpc.refusals", metric.WithUnit("{call}"),
	metric.WithDescription("Calls that were refused or failed, by the reason that the caller was given."))

// countUnary counts what leaves as an error. Reasons are constants of this program:
// there is a bounded number of them.
func countUnary(ctx context.Context, req any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	resp, err := next(ctx, req)
	countRefusal(ctx, err)
	return resp, err
}

func countStream(srv any, stream grpc.ServerStream, _ *grpc.StreamServerInfo, next grpc.StreamHandler) error {
	err := next(srv, stream)
	countRefusal(stream.Context(), err)
	return err
}

func countRefusal(ctx context.Context, err error) {
	if err != nil {
		refusals.Add(ctx, 1, metric.WithAttributes(attribute.String("reason", reasonOf(status.Convert(err)))))
	}
}
