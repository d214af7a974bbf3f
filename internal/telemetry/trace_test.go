package telemetry_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"
	collectorpb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/telemetry"
	"github.com/lottrail/lottrail/internal/telemetry/telemetrytest"
)

func TestMain(m *testing.M) { telemetrytest.Main(func() { dbtest.Main(m) }) }

// collector is an OTLP/HTTP endpoint that keeps what it is sent.
type collector struct {
	mu       sync.Mutex
	services map[string]bool
	spans    []*tracepb.Span
}

func (c *collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body io.Reader = r.Body
	if r.Header.Get("Content-Encoding") == "gzip" {
		unzipped, err := gzip.NewReader(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		body = unzipped
	}
	text, err := io.ReadAll(body)
	var request collectorpb.ExportTraceServiceRequest
	if err == nil {
		err = proto.Unmarshal(text, &request)
	}
	if err != nil || r.URL.Path != "/v1/traces" {
		http.Error(w, fmt.Sprint(r.URL.Path, err), http.StatusBadRequest)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, from := range request.ResourceSpans {
		for _, attribute := range from.Resource.Attributes {
			if attribute.Key == "service.name" {
				c.services[attribute.Value.GetStringValue()] = true
			}
		}
		for _, scope := range from.ScopeSpans {
			c.spans = append(c.spans, scope.Spans...)
		}
	}
}

// TestOneTrace: a REST call, the gRPC call that it becomes and the statements
// that this one makes are one trace, which continues the caller's.
func TestOneTrace(t *testing.T) {
	c := &collector{services: map[string]bool{}}
	endpoint := httptest.NewServer(c)
	defer endpoint.Close()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.URL)
	var log bytes.Buffer
	stop, err := telemetry.Start(t.Context(), "v0", telemetry.NewLog(&log, slog.LevelWarn, true))
	if err != nil {
		t.Fatal(err)
	}
	api := apitest.Start(t)
	const caller = "4bf92f3577b34da6a3ce929d0e0e4736"
	status, body := api.Do(t, http.MethodGet, "/v1/items/NONE", nil, "Traceparent", "00-"+caller+"-00f067aa0ba902b7-01")
	if status != http.StatusNotFound {
		t.Errorf("HTTP %d: %v", status, body)
	}
	if err := stop(context.Background()); err != nil {
		t.Fatal(err)
	}

	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.services["lottrail"] || len(c.services) != 1 {
		t.Errorf("services %v", c.services)
	}
	kinds := map[string]int{}
	for _, span := range c.spans {
		if fmt.Sprintf("%x", span.TraceId) != caller {
			continue
		}
		switch {
		case span.Name == "GET /v1/items/{sku}":
			kinds["REST"]++
		case strings.HasSuffix(span.Name, "CatalogService/GetItem") && span.Kind == tracepb.Span_SPAN_KIND_CLIENT:
			kinds["gRPC client"]++
		case strings.HasSuffix(span.Name, "CatalogService/GetItem") && span.Kind == tracepb.Span_SPAN_KIND_SERVER:
			kinds["gRPC server"]++
		default:
			kinds["SQL"]++
		}
	}
	if kinds["REST"] != 1 || kinds["gRPC client"] != 1 || kinds["gRPC server"] != 1 || kinds["SQL"] == 0 {
		t.Errorf("spans of the call: %v", kinds)
		for _, span := range c.spans {
			t.Logf("%x %s", span.TraceId, span.Name)
		}
	}
	if log.Len() > 0 {
		t.Errorf("telemetry complains: %s", log.String())
	}
}

// TestNotExporting: nothing is sent unless asked for, yet every trace has an id.
func TestNotExporting(t *testing.T) {
	for name, env := range map[string]map[string]string{
		"nothing said": {},
		"none":         {"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"},
		"disabled":     {"OTEL_SDK_DISABLED": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"},
	} {
		t.Run(name, func(t *testing.T) {
			for key, value := range env {
				t.Setenv(key, value)
			}
			var log bytes.Buffer
			logger := telemetry.NewLog(&log, slog.LevelInfo, true)
			stop, err := telemetry.Start(t.Context(), "v0", logger)
			if err != nil {
				t.Fatal(err)
			}
			ctx, span := otel.Tracer("test").Start(t.Context(), "x")
			logger.InfoContext(ctx, "hello")
			span.End()
			id := trace.SpanContextFromContext(ctx).TraceID()
			if !id.IsValid() || span.IsRecording() {
				t.Errorf("trace id %s, recording %v", id, span.IsRecording())
			}
			if !strings.Contains(log.String(), `"trace_id":"`+id.String()+`"`) {
				t.Errorf("the log lacks the trace id %s: %s", id, log.String())
			}
			if err := stop(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestBadEnvironment(t *testing.T) {
	t.Setenv("OTEL_TRACES_EXPORTER", "carrier-pigeon")
	_, err := telemetry.Start(t.Context(), "v0", slog.New(slog.DiscardHandler))
	if err == nil || !strings.Contains(err.Error(), "OTEL_TRACES_EXPORTER=carrier-pigeon") {
		t.Errorf("error %v", err)
	}
}

func TestLogText(t *testing.T) {
	var out bytes.Buffer
	log := telemetry.NewLog(&out, slog.LevelInfo, false).With("a", 1)
	log.Debug("not this")
	log.Info("hello")
	if got := out.String(); !strings.Contains(got, "level=INFO msg=hello a=1\n") || strings.Contains(got, "not this") {
		t.Errorf("log %q", got)
	}
}
