package telemetry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"go.opentelemetry.io/contrib/exporters/autoexport"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"google.golang.org/grpc/grpclog"
)

// Start makes tracing and metrics work for the whole process, as OpenTelemetry's
// standard environment variables want it (OTEL_TRACES_EXPORTER,
// OTEL_METRICS_EXPORTER, OTEL_EXPORTER_OTLP_…, OTEL_SERVICE_NAME,
// OTEL_TRACES_SAMPLER, OTEL_SDK_DISABLED). Where none of them names an exporter no
// span leaves the process, but traces have ids all the same, so that the lines of
// one call can be found in the log; and metrics can be had from Handler whatever
// they say.
//
// The function that it returns sends what is still to be sent.
func Start(ctx context.Context, version string, log *slog.Logger) (stop func(context.Context) error, err error) {
	described, err := describe(ctx, version)
	if err != nil {
		return nil, err
	}
	options := []sdktrace.TracerProviderOption{sdktrace.WithSampler(sdktrace.NeverSample())}
	if exporting("TRACES", os.Getenv) {
		exporter, err := autoexport.NewSpanExporter(ctx)
		if err != nil {
			return nil, fmt.Errorf("OTEL_TRACES_EXPORTER=%s, OTEL_EXPORTER_OTLP_PROTOCOL=%s: %w",
				os.Getenv("OTEL_TRACES_EXPORTER"), os.Getenv("OTEL_EXPORTER_OTLP_PROTOCOL"), err)
		}
		// The sampler is the one of OTEL_TRACES_SAMPLER.
		options = []sdktrace.TracerProviderOption{sdktrace.WithBatcher(exporter), sdktrace.WithResource(described)}
	}
	metrics, err := startMetrics(ctx, described)
	if err != nil {
		return nil, err
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { log.Warn("telemetry", "error", err) }))
	otel.SetTextMapPropagator(propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{}))
	spans := sdktrace.NewTracerProvider(options...)
	otel.SetTracerProvider(spans)
	// grpc's own log goes where ours goes; most of it is about clients that left.
	grpclog.SetLoggerV2(grpclog.NewLoggerV2(io.Discard, io.Discard, logWriter{log}))
	return func(ctx context.Context) error { return errors.Join(spans.Shutdown(ctx), metrics.ForceFlush(ctx)) }, nil
}

// exporting says whether the environment asks for a signal, TRACES or METRICS, to
// be sent. That it leaves the exporter out means "otlp, to localhost" by the
// standard; for a program that most people try without a collector that would be
// an error a second. "prometheus" is not sent but fetched, from where it always is.
func exporting(signal string, getenv func(string) string) bool {
	exporter := "OTEL_" + signal + "_EXPORTER"
	if strings.EqualFold(getenv("OTEL_SDK_DISABLED"), "true") || getenv(exporter) == "none" ||
		signal == "METRICS" && getenv(exporter) == "prometheus" {
		return false
	}
	for _, name := range []string{exporter, "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_" + signal + "_ENDPOINT"} {
		if getenv(name) != "" {
			return true
		}
	}
	return false
}

// describe is who tells.
func describe(ctx context.Context, version string) (*resource.Resource, error) {
	described, err := resource.New(ctx,
		resource.WithTelemetrySDK(),
		resource.WithHost(),
		resource.WithAttributes(attribute.String("service.name", "lottrail"), attribute.String("service.version", version)),
		resource.WithFromEnv(), // last: the operator's names win
	)
	if err != nil {
		return nil, fmt.Errorf("OTEL_RESOURCE_ATTRIBUTES: %w", err)
	}
	return described, nil
}

// logWriter takes whole lines from a writer's log into ours.
type logWriter struct{ log *slog.Logger }

func (w logWriter) Write(line []byte) (int, error) {
	w.log.Warn("grpc", "message", strings.TrimSpace(string(line)))
	return len(line), nil
}
