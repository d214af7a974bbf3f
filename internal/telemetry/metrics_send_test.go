package telemetry_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	collectorpb "go.opentelemetry.io/proto/otlp/collector/metrics/v1"

	"github.com/lottrail/lottrail/internal/telemetry"
)

// metricNames is an OTLP/HTTP endpoint that keeps the names of the metrics that it
// is sent.
type metricNames struct {
	t     *testing.T
	mu    sync.Mutex
	names map[string]bool
}

func (c *metricNames) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var request collectorpb.ExportMetricsServiceRequest
	if err := readOTLP(r, "/v1/metrics", &request); err != nil {
		c.t.Error(err)
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, from := range request.ResourceMetrics {
		for _, scope := range from.ScopeMetrics {
			for _, m := range scope.Metrics {
				c.names[m.Name] = true
			}
		}
	}
}

// Metrics are sent, under OpenTelemetry's names, where the environment says so, and
// nowhere if it does not.
func TestMetricsAreSent(t *testing.T) {
	for name, test := range map[string]struct {
		env  []string // name, value, name, value, …; URL stands for the collector's
		sent bool
	}{
		"for all signals": {[]string{"OTEL_EXPORTER_OTLP_ENDPOINT", "URL"}, true},
		"for metrics":     {[]string{"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "URL/v1/metrics"}, true},
		"for traces":      {[]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "URL/v1/traces"}, false},
		"nothing said":    {nil, false},
		"not wanted":      {[]string{"OTEL_EXPORTER_OTLP_ENDPOINT", "URL", "OTEL_METRICS_EXPORTER", "none"}, false},
		"fetched":         {[]string{"OTEL_EXPORTER_OTLP_ENDPOINT", "URL", "OTEL_METRICS_EXPORTER", "prometheus"}, false},
		"disabled":        {[]string{"OTEL_EXPORTER_OTLP_ENDPOINT", "URL", "OTEL_SDK_DISABLED", "true"}, false},
		"wanted":          {[]string{"OTEL_EXPORTER_OTLP_ENDPOINT", "URL", "OTEL_METRICS_EXPORTER", "otlp"}, true},
		"over HTTP":       {[]string{"OTEL_EXPORTER_OTLP_ENDPOINT", "URL", "OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			c := &metricNames{t: t, names: map[string]bool{}}
			endpoint := httptest.NewServer(c)
			defer endpoint.Close()
			for i := 0; i < len(test.env); i += 2 {
				t.Setenv(test.env[i], strings.Replace(test.env[i+1], "URL", endpoint.URL, 1))
			}
			provider, err := telemetry.NewMeterProvider(t.Context(), "v0")
			if err != nil {
				t.Fatal(err)
			}
			counter, err := provider.Meter("test").Int64Counter("test.things")
			if err != nil {
				t.Fatal(err)
			}
			counter.Add(t.Context(), 1)
			if err := provider.Shutdown(t.Context()); err != nil {
				t.Fatal(err)
			}
			c.mu.Lock()
			defer c.mu.Unlock()
			if c.names["test.things"] != test.sent || c.names["go_goroutines"] != test.sent {
				t.Errorf("sent: %q", slices.Sorted(maps.Keys(c.names)))
			}
		})
	}
}

func TestBadMetricsExporter(t *testing.T) {
	t.Setenv("OTEL_METRICS_EXPORTER", "carrier-pigeon")
	_, err := telemetry.NewMeterProvider(t.Context(), "v0")
	if err == nil || !strings.Contains(err.Error(), "OTEL_METRICS_EXPORTER=carrier-pigeon") {
		t.Errorf("error %v", err)
	}
}
