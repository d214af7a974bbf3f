package main

import (
	"cmp"
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/picture"
	"github.com/lottrail/lottrail/internal/treeview"
)

// asking is what the client commands have in common: whom to ask.
type asking struct{ server string }

// tracing is how a trace is asked for and shown.
type tracing struct {
	asking
	shape
	filter  *pb.TraceFilter
	picture string // the file; empty for none
	moment  moment
	// siblings tells those, too, in a trace in both directions.
	siblings bool
	// noQuantities leaves out how much of the lot is in what it reached.
	noQuantities bool
	detail       string
}

func traceCommand() *cobra.Command {
	ask := tracing{asking: asking{server: cmp.Or(os.Getenv("LOTTRAIL_SERVER"), "127.0.0.1:7070")}, filter: &pb.TraceFilter{}}
	cmd := &cobra.Command{
		Use:   "trace",
		Short: "Ask a running Lottrail where a lot went, or what went into it",
		Long: `Asks a running Lottrail and draws the answer as a tree. On a terminal the tree grows
while the answer streams in. It ends with the statement of completeness. If the
connection is lost before that arrives, the trace goes on where it stopped, out of the
same records; if that does not help either, the exit code is 1.

With --picture it is drawn as a graph, too, goods going from left to right: as SVG for a
browser, or for Graphviz or Mermaid, as the file's name ends.

Behind each lot, run, shipment and receipt stands in brackets how much of the lot asked for is in
it, or of it, with the least and the most that is possible; --no-quantities leaves that out.`,
	}
	flags := cmd.PersistentFlags()
	flags.StringVar(&ask.server, "server", ask.server, "`host:port` of its gRPC; also taken from LOTTRAIL_SERVER")
	flags.Int32Var(&ask.filter.MaxDepth, "max-depth", 0, "`number` of runs away from the lot at which to stop; 0 is no limit")
	flags.StringSliceVar(&ask.filter.Skus, "sku", nil, "show lots of these `items` only; the walk goes on through the others")
	flags.StringVar(&ask.picture, "picture", "", "draw a graph into this `file`, by its ending: .svg, .dot, .mmd (Mermaid)")
	flags.BoolVar(&ask.noQuantities, "no-quantities", false, "do not say how much of the lot is in everything, which takes longer where there is much")
	flags.BoolVar(&ask.filter.InTimeOnly, "in-time-only", false, "leave out what the lot cannot have reached, or come from, in time")
	ask.moment.flags(flags, "")
	walks := []*cobra.Command{
		{
			Use: "forward [SKU LOT]", Short: "Where did this lot go?", Args: cobra.MaximumNArgs(2),
			Example: `  lottrail trace forward FLOUR-T550 FL-2026-0325
  lottrail trace forward FLOUR-T550 FL-2026-0325 --picture trail.svg
  lottrail trace forward --receipt RC-7001 --supplier-lot MILL,M88/1 --category pastry`,
			RunE: func(cmd *cobra.Command, args []string) error {
				return ask.trace(cmd, pb.TraceDirection_TRACE_DIRECTION_FORWARD, args)
			},
		},
		{
			Use: "backward [SKU LOT]", Short: "What went into this lot?", Args: cobra.MaximumNArgs(2),
			Example: `  lottrail trace backward DANISH-CHS CD-0325-B --max-depth 2
  lottrail trace backward --shipment SP-9001 --detail summary`,
			RunE: func(cmd *cobra.Command, args []string) error {
				return ask.trace(cmd, pb.TraceDirection_TRACE_DIRECTION_BACKWARD, args)
			},
		},
		{
			Use: "both [SKU LOT]", Short: "What went into this lot, and where did it go?", Args: cobra.MaximumNArgs(2),
			Example: `  lottrail trace both DOUGH-DAN DD-0325-A
  lottrail trace both DOUGH-DAN DD-0325-A --siblings
  lottrail trace both --run MO-4103,1`,
			RunE: func(cmd *cobra.Command, args []string) error {
				if ask.siblings {
					return ask.trace(cmd, pb.TraceDirection_TRACE_DIRECTION_SIBLING, args)
				}
				return ask.trace(cmd, pb.TraceDirection_TRACE_DIRECTION_BOTH, args)
			},
		},
	}
	for _, walk := range walks {
		ask.flags(walk.Flags(), ask.filter)
		walk.Flags().StringVar(&ask.detail, "detail", "", "`summary` alone, or movements too")
	}
	walks[2].Flags().BoolVar(&ask.siblings, "siblings", false, "tell what else came of all that went into it, too, and where that went")
	cmd.AddCommand(append(walks, compareCommand(&ask), pathCommand(&ask), commonCommand(&ask))...)
	return cmd
}

func (t tracing) trace(cmd *cobra.Command, direction pb.TraceDirection, args []string) error {
	ctx := cmd.Context()
	draw, err := drawerOf(t.picture)
	if err != nil {
		return err
	}
	req, err := t.request(args, t.filter)
	if err != nil {
		return err
	}
	if req.Detail, err = detailOf(t.detail); err != nil {
		return err
	}
	req.Attribute = !t.noQuantities && req.Filter.GetFrom() == nil && req.Filter.GetUntil() == nil
	at, err := t.moment.read()
	if err != nil {
		return err
	}
	req.KnownAt, req.AsOf = at.KnownAt, at.AsOf
	conn, err := grpc.NewClient("passthrough:///"+t.server, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer conn.Close()
	client := pb.NewTraceServiceClient(conn)
	follow := &following{req: req, say: cmd.ErrOrStderr(), open: func(req *pb.TraceForwardRequest) (func() (*pb.TracePart, error), error) {
		return open(ctx, client, direction, req)
	}}
	parts := func() (*pb.TracePart, error) { return follow.next(ctx) }
	trail := picture.NewTrail()
	if draw != nil {
		next := parts
		parts = func() (*pb.TracePart, error) {
			part, err := next()
			trail.Take(part)
			return part, err
		}
	}
	if _, err = treeview.Print(cmd.OutOrStdout(), direction, parts); err != nil || draw == nil {
		return t.explain(ctx, err)
	}
	return drawInto(t.picture, trail.Graph(), draw, cmd.ErrOrStderr())
}

func open(ctx context.Context, client pb.TraceServiceClient, direction pb.TraceDirection, req *pb.TraceForwardRequest) (func() (*pb.TracePart, error), error) {
	switch direction {
	case pb.TraceDirection_TRACE_DIRECTION_BACKWARD:
		stream, err := client.TraceBackward(ctx, &pb.TraceBackwardRequest{
			Sku: req.Sku, LotCode: req.LotCode, Seeds: req.Seeds, Filter: req.Filter, Detail: req.Detail, Attribute: req.Attribute, KnownAt: req.KnownAt, AsOf: req.AsOf, ResumeToken: req.ResumeToken,
		})
		if err != nil {
			return nil, err
		}
		return treeview.Parts(stream), nil
	case pb.TraceDirection_TRACE_DIRECTION_BOTH, pb.TraceDirection_TRACE_DIRECTION_SIBLING:
		stream, err := client.TraceBoth(ctx, &pb.TraceBothRequest{
			Sku: req.Sku, LotCode: req.LotCode, Seeds: req.Seeds, Filter: req.Filter, Detail: req.Detail, Attribute: req.Attribute, KnownAt: req.KnownAt, AsOf: req.AsOf, ResumeToken: req.ResumeToken,
			Siblings: direction == pb.TraceDirection_TRACE_DIRECTION_SIBLING,
		})
		if err != nil {
			return nil, err
		}
		return treeview.Parts(stream), nil
	}
	stream, err := client.TraceForward(ctx, req)
	if err != nil {
		return nil, err
	}
	return treeview.Parts(stream), nil
}

// explain says what a refusal of the service means to whoever typed the command.
func (a asking) explain(ctx context.Context, err error) error {
	refused, ok := status.FromError(err)
	switch {
	case err == nil || !ok:
		return err
	case ctx.Err() != nil:
		return ctx.Err()
	case refused.Code() == codes.Unavailable:
		return fmt.Errorf("nobody answers at %s (%s); start lottrail serve or lottrail demo, or say where it is with --server", a.server, refused.Message())
	}
	return fmt.Errorf("%s", refused.Message())
}
