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

// routeKey is under what the context has a *string for the route.
type routeKey struct{}

// traced gives each call a span named by its method and route. By its path every
// lot would be a name of its own, and the route is known only further in.
func traced(rest http.Handler) http.Handler {
	name := func(_ string, r *http.Request) string {
		if route, _ := r.Context().Value(routeKey{}).(*string); route != nil && *route != "" {
			return r.Method + " " + *route
		}
		return r.Method
	}
	handler := otelhttp.NewHandler(rest, "REST", otelhttp.WithSpanNameFormatter(name))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handler.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), routeKey{}, new(string))))
	})
}

// noteRoute tells the span the route that the gateway has found.
func noteRoute(next runtime.HandlerFunc) runtime.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request, params map[string]string) {
		route, _ := r.Context().Value(routeKey{}).(*string)
		if pattern, ok := runtime.HTTPPattern(r.Context()); ok && route != nil {
			*route = strings.ReplaceAll(pattern.String(), "=*}", "}")
			trace.SpanFromContext(r.Context()).SetAttributes(attribute.String("http.route", *route))
		}
		next(w, r, params)
	}
}
