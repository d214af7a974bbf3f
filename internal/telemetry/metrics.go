package telemetry

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/otlptranslator"
	prometheusbridge "go.opentelemetry.io/contrib/bridges/prometheus"
	"go.opentelemetry.io/contrib/exporters/autoexport"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	prometheusexporter "go.opentelemetry.io/otel/exporters/prometheus"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
)

// Metrics belong to the process and not to a server: the instruments of a package
// count for all servers in it, and what Go and the process use up can be told only
// once. So there is one of each of these.
var (
	// registry has what is measured by OpenTelemetry's instruments.
	registry = prometheus.NewRegistry()
	// machine has what Go and the process tell of themselves.
	machine = newMachine()

	metering sync.Mutex
	meters   *sdkmetric.MeterProvider
)

func newMachine() *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return r
}

// Handler serves the process's metrics in Prometheus' text format. Until Start was
// called they are those of Go and the process alone.
func Handler() http.Handler {
	return promhttp.HandlerFor(prometheus.Gatherers{machine, registry}, promhttp.HandlerOpts{
		// What can be told is told, and the rest complained about.
		ErrorHandling: promhttp.ContinueOnError,
		ErrorLog:      complaints{},
		// With exemplars, which lead from a slow call to its trace.
		EnableOpenMetrics: true,
	})
}

type complaints struct{}

func (complaints) Println(v ...any) { otel.Handle(fmt.Errorf("metrics: %s", fmt.Sprint(v...))) }

// startMetrics makes the process's meter provider, once: instruments stay with the
// first that there is.
func startMetrics(ctx context.Context, described *resource.Resource) (*sdkmetric.MeterProvider, error) {
	metering.Lock()
	defer metering.Unlock()
	if meters != nil {
		return meters, nil
	}
	provider, err := newMeterProvider(ctx, described, registry)
	if err != nil {
		return nil, err
	}
	meters = provider
	otel.SetMeterProvider(meters)
	return meters, nil
}

// newMeterProvider makes metrics that can be scraped from the registry, and that
// are sent too if the environment asks for it.
func newMeterProvider(ctx context.Context, described *resource.Resource, to prometheus.Registerer) (*sdkmetric.MeterProvider, error) {
	scraped, err := prometheusexporter.New(
		prometheusexporter.WithRegisterer(to),
		prometheusexporter.WithTranslationStrategy(otlptranslator.UnderscoreEscapingWithSuffixes),
		// Names are enough to tell where a metric is from.
		prometheusexporter.WithoutScopeInfo(),
	)
	if err != nil {
		return nil, err
	}
	options := []sdkmetric.Option{
		sdkmetric.WithResource(described),
		sdkmetric.WithView(views()...),
		sdkmetric.WithReader(scraped),
	}
	if exporting("METRICS", os.Getenv) {
		autoexport.WithFallbackMetricProducer(func(context.Context) (sdkmetric.Producer, error) {
			return prometheusbridge.NewMetricProducer(prometheusbridge.WithGatherer(machine)), nil
		})
		sent, err := autoexport.NewMetricReader(ctx)
		if err != nil {
			return nil, fmt.Errorf("OTEL_METRICS_EXPORTER=%s, OTEL_EXPORTER_OTLP_PROTOCOL=%s: %w",
				os.Getenv("OTEL_METRICS_EXPORTER"), os.Getenv("OTEL_EXPORTER_OTLP_PROTOCOL"), err)
		}
		options = append(options, sdkmetric.WithReader(sent))
	}
	return sdkmetric.NewMeterProvider(options...), nil
}

// views say what becomes of the metrics of libraries. Of their attributes those
// are kept of which there is a bounded number: a caller chooses the Host header,
// for example.
func views() []sdkmetric.View {
	return []sdkmetric.View{
		view("http.server.request.duration", "http.request.method", "http.route", "http.response.status_code"),
		view("rpc.server.call.duration", "rpc.method", "rpc.response.status_code"),
		view("db.client.operation.duration", "pgx.operation.type"),
		sdkmetric.NewView(sdkmetric.Instrument{Name: "db.client.operation.errors"}, sdkmetric.Stream{AttributeFilter: attribute.NewAllowKeysFilter("pgx.operation.type")}),
		sdkmetric.NewView(sdkmetric.Instrument{Name: "http.server.*.body.size"}, sdkmetric.Stream{Aggregation: sdkmetric.AggregationDrop{}}),
	}
}

// seconds are from what an indexed read takes to what a statement may take.
var seconds = []float64{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60}

func view(duration string, kept ...attribute.Key) sdkmetric.View {
	return sdkmetric.NewView(sdkmetric.Instrument{Name: duration}, sdkmetric.Stream{
		Aggregation:     sdkmetric.AggregationExplicitBucketHistogram{Boundaries: seconds},
		AttributeFilter: attribute.NewAllowKeysFilter(kept...),
	})
}
