package server

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"

	"github.com/swaggest/swgui/v5emb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/lottrail/lottrail/api"
	"github.com/lottrail/lottrail/internal/telemetry"
)

// newHTTP is everything that is to be had over HTTP: REST, and the pages beside
// it.
func newHTTP(gateway *grpc.ClientConn, checker *checker, log *slog.Logger) (http.Handler, error) {
	rest, err := newGateway(gateway)
	if err != nil {
		return nil, err
	}
	// There is no authentication yet, and browsers reach loopback: no page from
	// elsewhere may write here.
	browsers := http.NewCrossOriginProtection()
	browsers.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		refuse(w, r, http.StatusForbidden, withInfo(codes.PermissionDenied, "CROSS_ORIGIN", "a web page of another origin may not write here"))
	}))
	rest = browsers.Handler(withLimits(rest, refuse))

	rest = traced(rest)
	mux := http.NewServeMux()
	mux.Handle("/", rest)
	mux.HandleFunc("GET /{$}", index)
	mux.HandleFunc("GET /healthz", healthz)
	mux.HandleFunc("GET /readyz", checker.serveReadiness(log))
	mux.Handle("GET /metrics", telemetry.Handler())
	mux.HandleFunc("GET /openapi.json", openAPI)
	mux.Handle("GET /docs/", v5emb.New("Lottrail", "/openapi.json", "/docs/"))
	mux.Handle("GET /docs", http.RedirectHandler("/docs/", http.StatusMovedPermanently))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// The mux would redirect /v1/items//lots to another path: there a key is
		// empty, and that is to be said.
		if strings.HasPrefix(r.URL.Path, "/v1/") {
			rest.ServeHTTP(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	}), nil
}

// refuse answers with a status in the form that the gateway gives it.
func refuse(w http.ResponseWriter, _ *http.Request, httpStatus int, s *status.Status) {
	codec := newCodec()
	text, err := codec.Marshal(s.Proto())
	if err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", codec.ContentType(nil))
	w.WriteHeader(httpStatus)
	_, _ = w.Write(text) // the client is gone if this fails
}

func index(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte(indexPage))
}

const indexPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Lottrail</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:40em;margin:3em auto;padding:0 1em}</style>
<h1>Lottrail</h1>
<p>Where did this lot go, and what went into it?</p>
<ul>
<li><a href="/docs/">Try the API</a> (REST; the same over gRPC, with reflection)</li>
<li><a href="/openapi.json">The OpenAPI document</a></li>
<li><a href="/readyz">Is it ready?</a> and <a href="/healthz">is it up?</a></li>
<li><a href="/metrics">Metrics</a>, as Prometheus reads them</li>
</ul>
`

func healthz(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{"status": "ok"})
}

func openAPI(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(api.OpenAPI)
}

func writeJSON(w http.ResponseWriter, httpStatus int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(httpStatus)
	_ = json.NewEncoder(w).Encode(v) // the client is gone if this fails
}
