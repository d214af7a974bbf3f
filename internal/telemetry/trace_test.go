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
	"slices"
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
	var request collectorpb.ExportTraceServiceRequest
	if err := readOTLP(r, "/v1/traces", &request); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
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

// readOTLP reads what an exporter has sent to a path.
func readOTLP(r *http.Request, path string, into proto.Message) error {
	if r.URL.Path != path {
		return fmt.Errorf("sent to %s", r.URL.Path)
	}
	var body io.Reader = r.Body
	if r.Header.Get("Content-Encoding") == "gzip" {
		unzipped, err := gzip.NewReader(r.Body)
		if err != nil {
			return err
		}
		body = unzipped
	}
	text, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	return proto.Unmarshal(text, into)
}

// tracing starts a service whose spans go to a collector. Its traces are complete
// once flush has returned.
func tracing(t *testing.T) (api *apitest.API, c *collector, flush func()) {
	t.Helper()
	c = &collector{services: map[string]bool{}}
	endpoint := httptest.NewServer(c)
	t.Cleanup(endpoint.Close)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.URL)
	var log bytes.Buffer
	stop, err := telemetry.Start(t.Context(), "v0", telemetry.NewLog(&log, slog.LevelWarn, true))
	if err != nil {
		t.Fatal(err)
	}
	return apitest.Start(t), c, func() {
		if err := stop(context.Background()); err != nil {
			t.Fatal(err)
		}
		if log.Len() > 0 {
			t.Errorf("telemetry complains: %s", log.String())
		}
	}
}

// callerSpan is what the caller was at when it called.
const callerSpan = "00f067aa0ba902b7"

// ways are, of each span of a trace, the names from the caller's to it, in one
// line. A span whose parent was not sent is an error.
func (c *collector) ways(t *testing.T, traceID string) []string {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	spans := map[string]*tracepb.Span{}
	for _, span := range c.spans {
		if fmt.Sprintf("%x", span.TraceId) == traceID {
			spans[fmt.Sprintf("%x", span.SpanId)] = span
		}
	}
	var ways []string
	for _, span := range spans {
		way := kindOf(span) + span.Name
		for {
			parent := fmt.Sprintf("%x", span.ParentSpanId)
			if parent == callerSpan {
				break
			}
			if span = spans[parent]; span == nil {
				t.Errorf("%s hangs in the air", way)
				break
			}
			way = kindOf(span) + span.Name + " > " + way
		}
		ways = append(ways, way)
	}
	slices.Sort(ways)
	return ways
}

func kindOf(span *tracepb.Span) string {
	switch span.Kind {
	case tracepb.Span_SPAN_KIND_SERVER:
		return "server "
	case tracepb.Span_SPAN_KIND_CLIENT:
		return "client "
	}
	return ""
}

// TestOneTrace: a REST call, the gRPC call that it becomes and the statements
// that this one makes are one trace, which continues the caller's. That holds for a
// read, for a write, whose statements go in batches, and for a stream.
func TestOneTrace(t *testing.T) {
	api, collected, flush := tracing(t)
	api.Minimal(t)
	load(t, api)
	order(t, api, "PO")
	cases := []struct {
		traceID, method, path, body string
		status                      int
		route, rpc                  string
		statements                  []string
	}{{
		traceID: "4bf92f3577b34da6a3ce929d0e0e4736", method: http.MethodGet, path: "/v1/items/NONE", status: http.StatusNotFound,
		route: "GET /v1/items/{sku}", rpc: "lottrail.v1.CatalogService/GetItem",
		statements: []string{"ItemGet"},
	}, {
		traceID: "4bf92f3577b34da6a3ce929d0e0e4737", method: http.MethodPost, path: "/v1/receipts", status: http.StatusOK,
		body: `{"request_id": "1", "receipt_code": "RC", "purchase_order_code": "PO", "lines": [{"purchase_order_line_number": 1,
			"lot_code": "L", "quantity": {"value": "1", "unit": "KGM"}, "location_code": "` + apitest.Dock + `"}]}`,
		route: "POST /v1/receipts", rpc: receive,
		statements: []string{"RequestClaim", "PurchaseOrderLock", "OperationInsert", "LotInsert", "BalanceAdd", "MovementInsert", "RequestComplete", "COMMIT"},
	}, {
		traceID: "4bf92f3577b34da6a3ce929d0e0e4738", method: http.MethodGet, path: "/v1/items/flour/lots/1/trace/forward", status: http.StatusOK,
		route: "GET /v1/items/{sku}/lots/{lot_code}/trace/forward", rpc: "lottrail.v1.TraceService/TraceForward",
		statements: []string{"LotListByKey", "LineageLotList", "LineageConsumptionListByLot", "LineageShipmentList"},
	}}
	for _, c := range cases {
		var body any
		if c.body != "" {
			body = c.body
		}
		status, text := api.DoRaw(t, c.method, c.path, body, "Traceparent", "00-"+c.traceID+"-"+callerSpan+"-01")
		if status != c.status {
			t.Errorf("%s: HTTP %d: %s", c.route, status, text)
		}
	}
	flush()
	for _, c := range cases {
		ways := collected.ways(t, c.traceID)
		has := func(way string) bool { return slices.Contains(ways, way) }
		call := "server " + c.route + " > client " + c.rpc + " > server " + c.rpc
		if !has(call) {
			t.Errorf("%s: no span %s", c.route, call)
		}
		for _, statement := range c.statements {
			if !has(call+" > client "+statement) && !has(call+" > client batch start > client "+statement) {
				t.Errorf("%s: no span of %s", c.route, statement)
			}
		}
		if t.Failed() && len(ways) > 0 {
			t.Log(strings.Join(ways, "\n"))
		}
	}
	collected.mu.Lock()
	defer collected.mu.Unlock()
	if !collected.services["lottrail"] || len(collected.services) != 1 {
		t.Errorf("services %v", collected.services)
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
