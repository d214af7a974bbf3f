package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"text/template"

	"github.com/spf13/cobra"

	"github.com/lottrail/lottrail/internal/config"
	"github.com/lottrail/lottrail/internal/server"
)

func serveCommand() *cobra.Command {
	var cfg config.Config
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve gRPC and REST until told to stop",
		Long: `Serves the API over gRPC and over REST, with a page to try it at /docs/ of the
HTTP address, until Ctrl-C or SIGTERM. Calls under way may then end; a second
Ctrl-C does not wait for them.

The data is kept in the PostgreSQL (15 or newer) of --database-url. Without one,
Lottrail runs a private PostgreSQL whose data stays in --data-dir from one start
to the next: good for a first look, a test or a single machine, but nobody backs
it up.

There is no authentication yet, which is why it listens on loopback unless told
otherwise: whoever reaches it can read and write everything.

Every flag can also be set in the environment: --grpc-listen is
LOTTRAIL_GRPC_LISTEN, and so on. A flag wins. Where neither --database-url nor
LOTTRAIL_DATABASE_URL is given, DATABASE_URL counts. Traces are sent where
OpenTelemetry's variables say, OTEL_EXPORTER_OTLP_ENDPOINT for example.

GET /healthz tells that the process is up, GET /readyz that the database answers;
gRPC health tells the same as /readyz. GET /metrics has metrics for Prometheus.`,
		Example: `  lottrail serve
  lottrail serve --data-dir ./data --http-listen 127.0.0.1:9000
  lottrail serve --database-url postgres://lottrail:secret@db.example/lottrail --grpc-listen :7070 --http-listen :8080
  LOTTRAIL_HTTP_LISTEN=:80 DATABASE_URL=postgres://… lottrail serve`,
		Args: cobra.NoArgs,
	}
	cfg.AddListen(cmd.Flags())
	cfg.AddDatabase(cmd.Flags())
	cfg.AddStore(cmd.Flags())
	cfg.AddPosting(cmd.Flags())
	cfg.AddLog(cmd.Flags())
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := cfg.Resolve(cmd.Flags(), os.Getenv); err != nil {
			return err
		}
		return serve(cmd, &cfg, newLog(&cfg))
	}
	return cmd
}

func serve(cmd *cobra.Command, cfg *config.Config, log *slog.Logger) error {
	ctx := cmd.Context()
	// The demo and the bench tell of days long past, on which their lots were fresh.
	service, err := startAll(ctx, cfg, log, server.WithExpiry())
	if err != nil {
		return err
	}
	if err := announce(cmd.OutOrStdout(), service); err != nil {
		log.Warn("standard output", "error", err)
	}
	select {
	case <-ctx.Done():
		log.Info("shutting down")
	case <-service.Done():
	}
	return service.Stop()
}

var announcement = template.Must(template.New("").Parse(`Lottrail serves
  gRPC      {{.GRPC}}
  REST      {{.REST}}
  docs      {{.REST}}/docs/
  database  {{.Database}}

Try
  curl -X PUT {{.REST}}/v1/items/FLOUR -H 'Idempotency-Key: first' \
       -d '{"name":"Flour","base_unit":"KGM","decimals":3,"tracking":"TRACKING_LOT"}'
  curl {{.REST}}/v1/items
  grpcurl -plaintext {{.GRPC}} list

Ctrl-C ends it.
`))

func announce(out io.Writer, service *running) error {
	if err := announcement.Execute(out, service); err != nil {
		return fmt.Errorf("telling where it serves: %w", err)
	}
	return nil
}
