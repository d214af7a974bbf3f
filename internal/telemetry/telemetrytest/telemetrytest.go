// Package telemetrytest reads metrics as Prometheus does, so that a test can say
// what a call moved.
//
// Metrics are the process's: a test that looks at them does not run in parallel
// with others, and asks what has moved and not what there is.
package telemetrytest

import (
	"context"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/lottrail/lottrail/internal/telemetry"
)

// Main makes the process's metrics before any test needs them, whatever the
// machine's own environment says of OpenTelemetry, and runs next.
func Main(next func()) {
	for _, entry := range os.Environ() {
		if name, _, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "OTEL_") {
			_ = os.Unsetenv(name) // it has that name
		}
	}
	if _, err := telemetry.Start(context.Background(), "v0", slog.New(slog.DiscardHandler)); err != nil {
		panic(err)
	}
	next()
}

// Metrics are values by name and labels, as in name{label="value"}, with labels in
// the order of their names. Of a histogram it has name_count and name_sum.
type Metrics map[string]float64

// Scrape reads a server's /metrics.
func Scrape(t testing.TB, rest string) Metrics {
	t.Helper()
	return Values(Families(t, rest))
}

// Own reads the process's metrics without a server.
func Own(t testing.TB) Metrics {
	t.Helper()
	server := httptest.NewServer(telemetry.Handler())
	defer server.Close()
	return Scrape(t, server.URL)
}

// Families reads a server's /metrics as families by name.
func Families(t testing.TB, rest string) map[string]*dto.MetricFamily {
	t.Helper()
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(Text(t, rest)))
	if err != nil {
		t.Fatalf("/metrics: %v", err)
	}
	return families
}

// Text is a server's /metrics as it comes.
func Text(t testing.TB, rest string) string {
	t.Helper()
	resp, err := http.Get(rest + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/plain") {
		t.Fatalf("/metrics: HTTP %d, %q, %v: %.500s", resp.StatusCode, resp.Header.Get("Content-Type"), err, text)
	}
	return string(text)
}

// Values flattens families.
func Values(families map[string]*dto.MetricFamily) Metrics {
	values := Metrics{}
	for name, family := range families {
		for _, m := range family.Metric {
			labels := labelsOf(m)
			switch {
			case m.Histogram != nil:
				values[name+"_count"+labels] = float64(m.Histogram.GetSampleCount())
				values[name+"_sum"+labels] = m.Histogram.GetSampleSum()
			case m.Counter != nil:
				values[name+labels] = m.Counter.GetValue()
			case m.Gauge != nil:
				values[name+labels] = m.Gauge.GetValue()
			}
		}
	}
	return values
}

func labelsOf(m *dto.Metric) string {
	if len(m.Label) == 0 {
		return ""
	}
	var labels []string
	for _, l := range m.Label {
		labels = append(labels, l.GetName()+`="`+l.GetValue()+`"`)
	}
	return "{" + strings.Join(labels, ",") + "}"
}

// Moved is by how much values have changed since before, of metrics whose names
// begin with one of the prefixes, if there are any. What has not changed is left
// out.
func (m Metrics) Moved(before Metrics, prefixes ...string) Metrics {
	moved := Metrics{}
	for key, value := range m {
		asked := len(prefixes) == 0 || slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(key, p) })
		if asked && value != before[key] {
			moved[key] = value - before[key]
		}
	}
	return moved
}

// WantMoved waits until just what is wanted has moved since before, for some calls
// are counted a moment after they are answered.
func WantMoved(t testing.TB, rest string, before, want Metrics, prefixes ...string) {
	t.Helper()
	var moved Metrics
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if moved = Scrape(t, rest).Moved(before, prefixes...); maps.Equal(moved, want) {
			return
		}
	}
	for key, value := range moved {
		if want[key] != value {
			t.Errorf("%s moved by %v, want %v", key, value, want[key])
		}
	}
	for key, value := range want {
		if _, ok := moved[key]; !ok {
			t.Errorf("%s has not moved, want %v", key, value)
		}
	}
}
