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
	"github.com/lottrail/lottrail/internal/config"
)

func recallCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "recall",
		Short: "Take the packet of a recall from a running Lottrail",
		Long: `A recall is opened, activated, decided on and closed by calls of the API: see
RecallService at /docs/ of the HTTP address. Here is what people then carry around.`,
	}
	cmd.AddCommand(packetCommand())
	return cmd
}

func packetCommand() *cobra.Command {
	ask := asking{server: cmp.Or(os.Getenv("LOTTRAIL_SERVER"), "127.0.0.1:7070")}
	var out string
	var asJSON, force bool
	cmd := &cobra.Command{
		Use:   "packet CASE",
		Short: "Write down everything about a recall",
		Long: `Asks a running Lottrail for everything about a case that whoever has to act on it
needs, as of one moment: whom to notify and what they got, where what is left lies,
the lots, runs, receipts and suppliers, and whether that is all. It is to be had at
any time: of a case that is open it is a preview, and says so.

It is one HTML page that needs nothing else, for a screen, a phone and paper, and
goes to --out. With --json it is newline-delimited JSON, a part of the packet a line
(GetRecallPacketResponse), and goes to standard output unless --out names a file.

A file that is there is left alone unless --force is given, and none appears under
the name before the packet is whole. A packet ends with its statement; if that does
not arrive it was cut, and the exit code is 1.`,
		Example: `  lottrail recall packet Q-2026-014 --out packet.html
  lottrail recall packet Q-2026-014 --json | jq -c '.shipments[]'
  lottrail recall packet Q-2026-014 --out packet.html --server lots.example:7070`,
		Args: cobra.ExactArgs(1),
	}
	flags := cmd.Flags()
	flags.StringVar(&out, "out", "", "`file` to write to")
	flags.BoolVar(&asJSON, "json", false, "newline-delimited JSON instead of a page")
	flags.BoolVar(&force, "force", false, "replace the file if it is there")
	flags.StringVar(&ask.server, "server", ask.server, "`host:port` of its gRPC; also taken from LOTTRAIL_SERVER")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if out == "" && !asJSON {
			return fmt.Errorf("%w: say with --out where the page is to go, such as --out packet.html", config.ErrInvalid)
		}
		return ask.packet(cmd.Context(), cmd.OutOrStdout(), args[0], packetFile{name: out, force: force, hint: ", or replace it with --force"}, asJSON)
	}
	return cmd
}

func (a asking) packet(ctx context.Context, stdout io.Writer, caseNumber string, file packetFile, asJSON bool) error {
	conn, err := grpc.NewClient("passthrough:///"+a.server, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer conn.Close()
	client := pb.NewRecallServiceClient(conn)
	write := func(w io.Writer) (string, error) { return writePage(ctx, client, caseNumber, w) }
	if asJSON {
		write = func(w io.Writer) (string, error) { return writeJSON(ctx, client, caseNumber, w) }
	}
	if file.name == "" {
		_, err := write(stdout)
		return a.explain(ctx, err)
	}
	statement, err := file.save(write)
	if err != nil {
		return a.explain(ctx, err)
	}
	_, err = fmt.Fprintf(stdout, "The packet of recall %s is in %s.\n%s\n", caseNumber, file.name, statement)
	return err
}

// errCut is what a packet or a dossier ends with that lacks its statement.
var errCut = errors.New("it ended without its statement: it was cut, so what came of it may not be all; take it again")

// packetFile is where a packet is to go.
type packetFile struct {
	name  string
	force bool   // replace what is there
	hint  string // what else to do about a file that is there
	fresh bool   // it was made for this, and goes if nothing comes of it
}

// orTemporary is the file, or a new one among the temporary ones if it has no name.
func (f packetFile) orTemporary(pattern string) (packetFile, error) {
	if f.name != "" {
		return f, nil
	}
	file, err := os.CreateTemp("", pattern)
	if err != nil {
		return f, err
	}
	return packetFile{name: file.Name(), force: true, fresh: true}, file.Close()
}

// check refuses a file that is there.
func (f packetFile) check() error {
	if _, err := os.Lstat(f.name); f.force || errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return fmt.Errorf("%w: %s is there already; name another file, or take that one away%s", config.ErrInvalid, f.name, f.hint)
}

// save has write fill the file, which gets its name once that has succeeded:
// whatever happens, a part of a packet never stands there as if it were all.
func (f packetFile) save(write func(io.Writer) (statement string, err error)) (statement string, err error) {
	defer func() {
		if err != nil && f.fresh {
			err = errors.Join(err, os.Remove(f.name))
		}
	}()
	if err := f.check(); err != nil {
		return "", err
	}
	part := fmt.Sprintf("%s.%d.part", f.name, os.Getpid())
	file, err := os.OpenFile(part, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return "", err
	}
	defer os.Remove(part) // after the renaming there is none
	statement, err = write(file)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return "", err
	}
	if err := f.check(); err != nil {
		return "", err
	}
	return statement, os.Rename(part, f.name)
}
