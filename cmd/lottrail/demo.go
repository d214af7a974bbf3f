package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/config"
	"github.com/lottrail/lottrail/internal/demo"
)

func demoCommand() *cobra.Command {
	var cfg config.Config
	var exit bool
	var file packetFile
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show what it does: a day of a bakery, two traces and a recall",
		Long: `Starts a private PostgreSQL and the service on loopback, makes the calls of a
bakery's day through the public gRPC API, asks where a lot of flour went and what
went into a lot of danishes, recalls the flour, tells how to go on with curl and
grpcurl, and serves until Ctrl-C.

The packet of the recall is written to a new file among the temporary ones, or where
--packet says, and so is the dossier of the flour; it tells where
they are. Nothing else is kept: each time begins from
nothing, and the private PostgreSQL goes with the program. Where the usual ports are taken it uses free ones. To keep data,
see lottrail serve.`,
		Example: `  lottrail demo
  lottrail demo --exit
  lottrail demo --exit --packet packet.html
  lottrail demo --grpc-listen 127.0.0.1:9070 --http-listen 127.0.0.1:9080`,
		Args: cobra.NoArgs,
	}
	cfg.AddListen(cmd.Flags())
	cmd.Flags().BoolVar(&exit, "exit", false, "end after the printing")
	cmd.Flags().StringVar(&file.name, "packet", "", "`file` for the packet of the recall, which must not be there; a temporary one if left out")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := cfg.Resolve(cmd.Flags(), os.Getenv); err != nil {
			return err
		}
		// Nobody's database, whatever the environment says: the demo fills it.
		cfg.Migrate, cfg.MaxConnections = true, config.DefaultConnections
		if file.name != "" {
			if err := file.check(); err != nil {
				return err // before anything is started
			}
		}
		return runDemo(cmd, &cfg, file, exit)
	}
	return cmd
}

func runDemo(cmd *cobra.Command, cfg *config.Config, file packetFile, exit bool) error {
	ctx, out := cmd.Context(), cmd.OutOrStdout()
	began := time.Now()
	progress := newStartLog(os.Stderr)
	service, err := startDemo(ctx, cfg, cmd.Flags(), slog.New(progress))
	if err != nil {
		return err
	}
	progress.started()
	fmt.Fprintf(out, "Lottrail serves, %.1f s after the start, on a private PostgreSQL that ends with it:\n  gRPC  %s\n  REST  %s\n",
		time.Since(began).Seconds(), service.GRPC, service.REST)
	if err := tellDemo(ctx, service, file, out); err != nil {
		if ctx.Err() != nil {
			err = ctx.Err() // Ctrl-C, and not what it broke
		}
		return errors.Join(err, service.Stop())
	}
	if exit {
		return service.Stop()
	}
	fmt.Fprintln(out, "\nCtrl-C ends it.")
	select {
	case <-ctx.Done():
	case <-service.Done():
	}
	return service.Stop()
}

// startDemo takes the usual ports, or free ones for those that are taken and
// that nobody asked for.
func startDemo(ctx context.Context, cfg *config.Config, flags *pflag.FlagSet, log *slog.Logger) (*running, error) {
	const free = "127.0.0.1:0"
	grpcs, https := []string{cfg.GRPCListen}, []string{cfg.HTTPListen}
	if isDefault(flags, "grpc-listen") {
		grpcs = append(grpcs, free)
	}
	if isDefault(flags, "http-listen") {
		https = append(https, free)
	}
	var refused error // the last time, by what was asked for
	for _, grpcListen := range grpcs {
		for _, httpListen := range https {
			cfg.GRPCListen, cfg.HTTPListen = grpcListen, httpListen
			service, err := startAll(ctx, cfg, log)
			if !errors.Is(err, config.ErrInvalid) {
				return service, err
			}
			refused = err
		}
	}
	return nil, refused
}

func isDefault(flags *pflag.FlagSet, name string) bool {
	flag := flags.Lookup(name)
	return flag.Value.String() == flag.DefValue
}

// tellDemo loads the day, traces it and recalls the flour, as any client would.
func tellDemo(ctx context.Context, service *running, file packetFile, out io.Writer) error {
	conn, err := grpc.NewClient("passthrough:///"+service.GRPC, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := demo.Load(ctx, conn, out); err != nil {
		return fmt.Errorf("the bakery's day: %w", err)
	}
	if err := demo.Ask(ctx, conn, out); err != nil {
		return fmt.Errorf("tracing: %w", err)
	}
	if err := demo.Recall(ctx, conn, out); err != nil {
		return fmt.Errorf("recalling: %w", err)
	}
	if file, err = file.orTemporary("lottrail-recall-*.html"); err != nil {
		return err
	}
	if _, err := file.save(func(w io.Writer) (string, error) {
		return writePage(ctx, pb.NewRecallServiceClient(conn), demo.RecallCase, w)
	}); err != nil {
		return fmt.Errorf("the packet: %w", err)
	}
	fmt.Fprintf(out, "  Its packet, for a screen, a phone or paper, is in\n    %s\n", file.name)
	lot, err := packetFile{}.orTemporary("lottrail-dossier-*.html")
	if err != nil {
		return err
	}
	if _, err := lot.save(func(w io.Writer) (string, error) {
		return writeDossierPage(ctx, pb.NewTraceServiceClient(conn), &pb.GetDossierRequest{Sku: demo.FlourSKU, LotCode: demo.FlourLot}, w)
	}); err != nil {
		return fmt.Errorf("the dossier: %w", err)
	}
	fmt.Fprintf(out, "  The dossier of the flour, all that is known of that one lot, is in\n    %s\n", lot.name)
	demo.TellCommands(out, service.GRPC, service.REST)
	return nil
}
