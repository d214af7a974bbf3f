package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/config"
	"github.com/lottrail/lottrail/internal/treeview"
	"github.com/lottrail/lottrail/internal/wording"
)

func pathCommand(ask *tracing) *cobra.Command {
	return &cobra.Command{
		Use: "path SKU LOT IN-SKU IN-LOT", Short: "Is this lot in that one, and how?", Args: cobra.ExactArgs(4),
		Example: `  lottrail trace path FLOUR-T550 FL-2026-0325 DANISH-CHS CD-0325-B`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return ask.find(cmd, func(client pb.TraceServiceClient, at *pb.TraceMoment) error {
				path, err := client.FindPath(cmd.Context(), &pb.FindPathRequest{
					From: &pb.TraceWayEnd{Sku: args[0], LotCode: args[1]}, To: &pb.TraceWayEnd{Sku: args[2], LotCode: args[3]},
					KnownAt: at.KnownAt, AsOf: at.AsOf,
				})
				if err != nil {
					return err
				}
				for _, way := range []*pb.TraceWay{path.GetWay(), path.GetInTimeWay()} {
					if way != nil && way == path.GetInTimeWay() {
						fmt.Fprintln(cmd.OutOrStdout(), "That is not possible in time. This is:")
					}
					tree := treeview.New(pb.TraceDirection_TRACE_DIRECTION_FORWARD)
					tree.Add(&pb.TracePart{Lots: way.GetLots(), Runs: way.GetRuns(), Edges: way.GetEdges()})
					for _, line := range tree.Lines() {
						fmt.Fprintln(cmd.OutOrStdout(), line)
					}
				}
				_, err = fmt.Fprintln(cmd.OutOrStdout(), path.GetStatement())
				return err
			})
		},
	}
}

func commonCommand(ask *tracing) *cobra.Command {
	var complaints seedFlags
	cmd := &cobra.Command{
		Use: "common [SKU LOT]...", Short: "What do these complaints have in common?",
		Long: `Ranks the lots, runs and receipts that are behind several complaints: first what is behind
most of them, then what is nearest. A complaint is a lot, a run, or all the lots of a shipment,
of a receipt or under a supplier's lot code.`,
		Example: `  lottrail trace common --shipment SP-9001 --shipment SP-9002 DANISH-CHS CD-0325-B
  lottrail trace common --run MO-4103,1 --supplier-lot MILL,M88/17`,
		RunE: func(cmd *cobra.Command, args []string) error {
			seeds, err := complaints.seeds(args)
			if err != nil {
				return err
			}
			if len(seeds) == 0 {
				return fmt.Errorf("%w: say what was complained about, twice at least: SKU LOT, or %s", config.ErrInvalid, seedNames)
			}
			req := &pb.RankCommonOriginsRequest{Complaints: seeds}
			return ask.find(cmd, func(client pb.TraceServiceClient, at *pb.TraceMoment) error {
				req.KnownAt, req.AsOf = at.KnownAt, at.AsOf
				resp, err := client.RankCommonOrigins(cmd.Context(), req)
				if err != nil {
					return err
				}
				_, err = fmt.Fprint(cmd.OutOrStdout(), ranking(resp, len(req.Complaints)))
				return err
			})
		},
	}
	complaints.flags(cmd.Flags(), "somebody complained about")
	return cmd
}

// ranking tells the origins, a line each.
func ranking(resp *pb.RankCommonOriginsResponse, complaints int) string {
	var b strings.Builder
	for _, o := range resp.GetOrigins() {
		name := "receipt " + o.GetReceipt().GetReceiptCode() + " from " + o.GetReceipt().GetSupplierName()
		switch {
		case o.GetLot() != nil:
			name = "lot " + wording.Code(o.GetLot().GetLot().GetLotCode()) + " " + o.GetLot().GetItemName()
		case o.GetRun() != nil:
			name = "run " + o.GetRun().GetProductionOrderCode() + "/" + o.GetRun().GetRunCode()
		}
		fmt.Fprintf(&b, "%d of %d", o.GetComplaintCount(), complaints)
		if late := o.GetComplaintCount() - o.GetInTimeCount(); late > 0 {
			fmt.Fprintf(&b, " (%d OUT OF TIME)", late)
		}
		fmt.Fprintf(&b, " · %s · %s away in all\n", name, wording.Count(int(o.GetTotalDepth()), "run"))
	}
	if more := int(resp.GetOriginCount()) - len(resp.GetOrigins()); more > 0 {
		fmt.Fprintf(&b, "and %d more, which explain less or are farther away.\n", more)
	}
	origins := "They have nothing in common"
	if n := int(resp.GetOriginCount()); n > 0 {
		origins = wording.Number(n) + " in common: lots, runs and receipts"
	}
	fmt.Fprintf(&b, "%s; read at %s.\n", origins, resp.GetReadAt().AsTime().Format(time.RFC3339Nano))
	return b.String()
}

// find asks for something that is no trace, at the moment that is asked for. What only traces
// know is refused.
func (t *tracing) find(cmd *cobra.Command, ask func(pb.TraceServiceClient, *pb.TraceMoment) error) error {
	if err := meansNothing(cmd, "max-depth", "sku", "picture", "in-time-only", "no-quantities"); err != nil {
		return err
	}
	at, err := t.moment.read()
	if err != nil {
		return err
	}
	conn, err := grpc.NewClient("passthrough:///"+t.server, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer conn.Close()
	return t.explain(cmd.Context(), ask(pb.NewTraceServiceClient(conn), at))
}

// meansNothing refuses flags that only traces know.
func meansNothing(cmd *cobra.Command, names ...string) error {
	for _, name := range names {
		if cmd.Flags().Changed(name) {
			return fmt.Errorf("%w: --%s is of traces, and means nothing here", config.ErrInvalid, name)
		}
	}
	return nil
}
