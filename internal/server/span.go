package server

import (
	"context"
	"net/http"
	"strings"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// traced gives each call a span. By its path every lot would be a name of its
// own, and the route is known only further in: see nameSpan.
func traced(rest http.Handler) http.Handler {
	return otelhttp.NewHandler(rest, "REST", otelhttp.WithSpanNameFormatter(
		func(_ string, r *http.Request) string { return r.Method }))
}

// nameSpan names the call's span by the route that the gateway has found, which
// metrics get too.
func nameSpan(next runtime.HandlerFunc) runtime.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request, params map[string]string) {
		if name := routeOf(r.Context()); name != "" {
			route := attribute.String("http.route", name)
			span := trace.SpanFromContext(r.Context())
			span.SetName(r.Method + " " + name)
			span.SetAttributes(route)
			labels, _ := otelhttp.LabelerFromContext(r.Context())
			labels.Add(route)
		}
		next(w, r, params)
	}
}

// routeOf is the path that the gateway has found for a call, as the protos have it,
// or "".
func routeOf(ctx context.Context) string {
	pattern, ok := runtime.HTTPPattern(ctx)
	if !ok {
		return ""
	}
	return strings.ReplaceAll(pattern.String(), "=*}", "}")
}
