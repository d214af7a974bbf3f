package telemetry

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
)

// NewMeterProvider makes metrics as Start does for the process, beside those.
func NewMeterProvider(ctx context.Context, version string) (*sdkmetric.MeterProvider, error) {
	described, err := describe(ctx, version)
	if err != nil {
		return nil, err
	}
	return newMeterProvider(ctx, described, prometheus.NewRegistry())
}
