package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

func dossierCommand() *cobra.Command {
	ask := asking{server: cmp.Or(os.Getenv("LOTTRAIL_SERVER"), "127.0.0.1:7070")}
	file := packetFile{hint: ", or replace it with --force"}
	var asJSON bool
	var at moment
	cmd := &cobra.Command{
		Use:   "dossier SKU LOT",
		Short: "Write down all that is known of one lot",
		Long: `Asks a running Lottrail for all that the records say of one lot, as of one moment, now or
that of --known-at and --as-of:
where it came from, with conditions and variances, the runs that made it and that it
went into, the customers that got it, where the rest is now and every location it had,
holds, recalls, rotation, what was found, missed and scrapped, and what was paid; with
the way it went drawn as a graph; and whether that is all.

It is one HTML page that needs nothing else, for a screen, a phone and paper. With
--json it is newline-delimited JSON, a part of the dossier a line (GetDossierResponse).
Either goes to standard output unless --out names a file, which is left alone if it is
there unless --force is given, and does not appear before the dossier is whole. A
dossier ends with its statement; if that does not arrive it was cut, and the exit code
is 1.`,
		Example: `  lottrail dossier FLOUR-T550 FL-2026-0325 -o dossier.html
  lottrail dossier FLOUR-T550 FL-2026-0325 --json | jq -c '.stays[]?'
  lottrail dossier FLOUR-T550 FL-2026-0325 --as-of 2026-03-25T10:00:00Z -o at-ten.html`,
		Args: cobra.ExactArgs(2),
	}
	flags := cmd.Flags()
	flags.StringVarP(&file.name, "out", "o", "", "`file` to write to")
	flags.BoolVar(&asJSON, "json", false, "newline-delimited JSON instead of a page")
	flags.BoolVar(&file.force, "force", false, "replace the file if it is there")
	at.flags(flags, "")
	flags.StringVar(&ask.server, "server", ask.server, "`host:port` of its gRPC; also taken from LOTTRAIL_SERVER")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		is, err := at.read()
		if err != nil {
			return err
		}
		req := &pb.GetDossierRequest{Sku: args[0], LotCode: args[1], KnownAt: is.GetKnownAt(), AsOf: is.GetAsOf()}
		return ask.dossier(cmd.Context(), cmd.OutOrStdout(), req, file, asJSON)
	}
	return cmd
}

func (a asking) dossier(ctx context.Context, stdout io.Writer, req *pb.GetDossierRequest, file packetFile, asJSON bool) error {
	conn, err := grpc.NewClient("passthrough:///"+a.server, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer conn.Close()
	client := pb.NewTraceServiceClient(conn)
	write := func(w io.Writer) (string, error) { return writeDossierPage(ctx, client, req, w) }
	if asJSON {
		write = func(w io.Writer) (string, error) { return writeDossierJSON(ctx, client, req, w) }
	}
	if file.name == "" {
		_, err := write(stdout)
		return a.explain(ctx, err)
	}
	statement, err := file.save(write)
	if err != nil {
		return a.explain(ctx, err)
	}
	_, err = fmt.Fprintf(stdout, "The dossier of lot %s of %s is in %s.\n%s\n", req.GetLotCode(), req.GetSku(), file.name, statement)
	return err
}

func writeDossierPage(ctx context.Context, client pb.TraceServiceClient, req *pb.GetDossierRequest, w io.Writer) (string, error) {
	stream, err := client.RenderDossier(ctx, &pb.RenderDossierRequest{Sku: req.GetSku(), LotCode: req.GetLotCode(), KnownAt: req.GetKnownAt(), AsOf: req.GetAsOf()})
	if err != nil {
		return "", err
	}
	return savePieces(w, func() ([]byte, error) {
		piece, err := stream.Recv()
		return piece.GetBody().GetData(), err
	})
}

func writeDossierJSON(ctx context.Context, client pb.TraceServiceClient, req *pb.GetDossierRequest, w io.Writer) (string, error) {
	stream, err := client.GetDossier(ctx, req)
	if err != nil {
		return "", err
	}
	var statement *pb.DossierStatement
	for {
		part, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", err
		}
		line, err := oneLine(part)
		if err != nil {
			return "", err
		}
		if _, err := w.Write(line); err != nil {
			return "", err
		}
		statement = part.GetStatement()
	}
	if statement == nil {
		return "", errCut
	}
	return statement.GetStatement(), nil
}
