package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/config"
	"github.com/lottrail/lottrail/internal/treeview"
	"github.com/lottrail/lottrail/internal/wording"
)

func reconcileCommand() *cobra.Command {
	ask := asking{server: cmp.Or(os.Getenv("LOTTRAIL_SERVER"), "127.0.0.1:7070")}
	req := &pb.ReconcileRequest{}
	cmd := &cobra.Command{
		Use:   "reconcile",
		Short: "Have a running Lottrail hold its records against each other",
		Long: `Asks a running Lottrail to hold every balance against its movements, what came in of
every lot against what came of it, and every count of holds against the holds: of
everything, or of an item, a lot, or a location with all that is under it.

Differences go to standard output as they are found, with what is recorded and what
all else makes of it; how far it is goes to standard error. It ends with a statement;
if that does not arrive, it was cut. The exit code is 0 if nothing differs, and 1 if
something does or it did not get through.`,
		Example: `  lottrail reconcile
  lottrail reconcile --sku FLOUR-T550 --lot FL-2026-0311
  lottrail reconcile --location STORE --server lots.example:7070`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case req.LotCode != "" && req.Sku == "":
				return fmt.Errorf("%w: lots of several items may have one code; say with --sku whose lot %s is", config.ErrInvalid, req.LotCode)
			case req.LocationCode != "" && req.Sku != "":
				return fmt.Errorf("%w: a location is reconciled with whatever lies there; give --location or --sku, not both", config.ErrInvalid)
			}
			return ask.explain(cmd.Context(), ask.reconcile(cmd.Context(), cmd.OutOrStdout(), req))
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&req.Sku, "sku", "", "only lots of this `item`")
	flags.StringVar(&req.LotCode, "lot", "", "only this `lot` of the item")
	flags.StringVar(&req.LocationCode, "location", "", "only what lies at this `location` and under it")
	flags.Int32Var(&req.MaxDifferences, "max", 0, "`number` of differences after which to stop; 0 is no limit")
	flags.StringVar(&ask.server, "server", ask.server, "`host:port` of its gRPC; also taken from LOTTRAIL_SERVER")
	return cmd
}

func (a asking) reconcile(ctx context.Context, out io.Writer, req *pb.ReconcileRequest) error {
	conn, err := grpc.NewClient("passthrough:///"+a.server, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer conn.Close()
	stream, err := pb.NewLotsServiceClient(conn).Reconcile(ctx, req)
	if err != nil {
		return err
	}
	progress := newReconcileProgress(os.Stderr, treeview.IsTerminal(os.Stderr))
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	found := 0
	for {
		part, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return errors.New("the reconciliation ended without its statement: it was cut, so there may be more; start it again")
		}
		if err != nil {
			progress.end()
			return err
		}
		if len(part.GetDifferences()) > 0 || part.GetSummary() != nil {
			progress.end()
		}
		if summary := part.GetSummary(); summary != nil {
			return told(out, summary)
		}
		if found == 0 && len(part.GetDifferences()) > 0 {
			fmt.Fprintln(table, "CHECK\tITEM\tLOT\tLOCATION\tRECORDED\tCOMPUTED\tUNIT")
		}
		for _, d := range part.GetDifferences() {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", checkNames[d.GetCheck()], d.GetLot().GetSku(), wording.Code(d.GetLot().GetLotCode()),
				cmp.Or(d.GetLocationCode(), "-"), d.GetRecorded(), d.GetComputed(), cmp.Or(d.GetUnit(), "-"))
		}
		found += len(part.GetDifferences())
		if err := table.Flush(); err != nil {
			return err
		}
		progress.show(part.GetProgress(), found)
	}
}

// checkNames are the checks as the table has them.
var checkNames = map[pb.ReconcileCheck]string{
	pb.ReconcileCheck_RECONCILE_CHECK_BALANCE:      "balance",
	pb.ReconcileCheck_RECONCILE_CHECK_MASS_BALANCE: "mass balance",
	pb.ReconcileCheck_RECONCILE_CHECK_HOLD_COUNT:   "hold count",
	pb.ReconcileCheck_RECONCILE_CHECK_RESERVED:     "reserved",
}

// told prints the statement, and fails if something differs or is missing.
func told(out io.Writer, summary *pb.ReconcileSummary) error {
	if _, err := fmt.Fprintln(out, summary.GetStatement()); err != nil {
		return err
	}
	all := int64(0)
	for _, c := range summary.GetDifferenceCounts() {
		all += c.GetCount()
	}
	switch {
	case all > 0:
		return fmt.Errorf("%s found", wording.Count(all, "difference"))
	case !summary.GetComplete():
		return errors.New("not everything was looked at")
	}
	return nil
}

// reconcileProgress tells how far it is: on a terminal in one line that goes at the
// end, elsewhere in a line now and then.
type reconcileProgress struct {
	w        io.Writer
	terminal bool
	every    time.Duration
	last     time.Time
}

func newReconcileProgress(w io.Writer, terminal bool) *reconcileProgress {
	if terminal {
		return &reconcileProgress{w: w, terminal: true, every: 100 * time.Millisecond}
	}
	return &reconcileProgress{w: w, every: 5 * time.Second, last: time.Now()}
}

func (p *reconcileProgress) show(at *pb.ReconcileProgress, found int) {
	if time.Since(p.last) < p.every {
		return
	}
	p.last = time.Now()
	text := fmt.Sprintf("… %s of %s, %s so far", wording.Number(at.GetLotsDone()), wording.Count(at.GetLotsTotal(), "lot"), wording.Count(found, "difference"))
	if p.terminal {
		fmt.Fprint(p.w, clearLine+text)
	} else {
		fmt.Fprintln(p.w, text)
	}
}

func (p *reconcileProgress) end() {
	if p.terminal && !p.last.IsZero() {
		fmt.Fprint(p.w, clearLine)
	}
}
