package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/wording"
)

// compareCommand asks how a trace differs between two moments.
func compareCommand(ask *tracing) *cobra.Command {
	var second moment
	var backward bool
	cmd := &cobra.Command{
		Use: "compare [SKU LOT]", Short: "What has changed in a trace since a moment, or between two", Args: cobra.MaximumNArgs(2),
		Long: `Compares a trace at two moments: the one of --known-at and --as-of, and the one of
--then-known-at and --then-as-of, which is now if neither is given. Lines that begin with - are in the
first trace alone, those with + in the second alone, and those with ~ in both, but not the same.`,
		Example: `  lottrail trace compare FLOUR-T550 FL-2026-0325 --as-of 2026-03-25T10:00:00Z
  lottrail trace compare --receipt RC-7001 --known-at 20`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return ask.compare(cmd, args, &second, backward)
		},
	}
	ask.flags(cmd.Flags(), ask.filter)
	second.flags(cmd.Flags(), "then-")
	cmd.Flags().BoolVar(&backward, "backward", false, "what went into the lot, instead of where it went")
	return cmd
}

func (t *tracing) compare(cmd *cobra.Command, args []string, then *moment, backward bool) error {
	ctx := cmd.Context()
	if err := meansNothing(cmd, "picture", "no-quantities"); err != nil {
		return err
	}
	of, err := t.request(args, t.filter)
	if err != nil {
		return err
	}
	first, err := t.moment.read()
	if err != nil {
		return err
	}
	second, err := then.read()
	if err != nil {
		return err
	}
	conn, err := grpc.NewClient("passthrough:///"+t.server, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer conn.Close()
	req := &pb.CompareTracesRequest{
		Sku: of.Sku, LotCode: of.LotCode, Seeds: of.Seeds, Direction: pb.TraceDirection_TRACE_DIRECTION_FORWARD, Filter: of.Filter, First: first, Second: second,
	}
	if backward {
		req.Direction = pb.TraceDirection_TRACE_DIRECTION_BACKWARD
	}
	stream, err := pb.NewTraceServiceClient(conn).CompareTraces(ctx, req)
	if err != nil {
		return t.explain(ctx, err)
	}
	ended := false
	for {
		part, err := stream.Recv()
		if errors.Is(err, io.EOF) && ended {
			return nil
		}
		if err != nil {
			return t.explain(ctx, err)
		}
		tellDifferences(cmd.OutOrStdout(), part)
		ended = part.Summary != nil
	}
}

// tellDifferences prints a line for each.
func tellDifferences(out io.Writer, part *pb.CompareTracesResponse) {
	for _, d := range part.Lots {
		name := "lot " + lotName(d.First.GetLot(), d.Second.GetLot())
		change(out, d.First == nil, d.Second == nil, name+differing(d.First, d.Second), "on hand", d.First.GetOnHand(), d.Second.GetOnHand())
	}
	for _, d := range part.Runs {
		run := d.First
		if run == nil {
			run = d.Second
		}
		change(out, d.First == nil, d.Second == nil, runName(run.ProductionOrderCode, run.RunCode)+differing(d.First, d.Second), "", nil, nil)
	}
	line := func(lot *pb.LotKey, how string, was, is measured) {
		name := lotName(lot, nil) + " " + how + differing(was, is)
		change(out, !was.ProtoReflect().IsValid(), !is.ProtoReflect().IsValid(), name, "", was.GetQuantity(), is.GetQuantity())
	}
	for _, d := range part.Edges {
		way := "into "
		if cmp.Or(d.First.GetKind(), d.Second.GetKind()) == pb.TraceEdgeKind_TRACE_EDGE_KIND_OUTPUT {
			way = "out of "
		}
		line(d.Lot, way+runName(d.ProductionOrderCode, d.RunCode), d.First, d.Second)
	}
	for _, d := range part.Receipts {
		line(d.Lot, "by receipt "+wording.Code(cmp.Or(d.First.GetReceiptCode(), d.Second.GetReceiptCode())), d.First, d.Second)
	}
	for _, d := range part.Shipments {
		line(d.Lot, "by shipment "+wording.Code(cmp.Or(d.First.GetShipmentCode(), d.Second.GetShipmentCode())), d.First, d.Second)
	}
	if part.Summary != nil {
		fmt.Fprintf(out, "\n1: %s\n2: %s\n%s\n", part.Summary.First.GetStatement(), part.Summary.Second.GetStatement(), part.Summary.Statement)
	}
}

// measured is an edge, or a line of a receipt or shipment.
type measured interface {
	proto.Message
	GetQuantity() *pb.Quantity
}

func runName(order, run string) string {
	return "run " + wording.Code(order) + "/" + wording.Code(run)
}

// change prints what has come, has gone, or has changed.
func change(out io.Writer, came, gone bool, name, what string, was, is *pb.Quantity) {
	if what != "" {
		what = " " + what
	}
	amount := func(q *pb.Quantity) string {
		if q == nil {
			return ""
		}
		return ": " + wording.Amount(q) + what
	}
	switch {
	case came:
		fmt.Fprintf(out, "+ %s%s\n", name, amount(is))
	case gone:
		fmt.Fprintf(out, "- %s%s\n", name, amount(was))
	case was.GetValue() != is.GetValue():
		fmt.Fprintf(out, "~ %s: %s, then %s%s\n", name, wording.Amount(was), wording.Amount(is), what)
	default:
		fmt.Fprintf(out, "~ %s\n", name)
	}
}

// differing tells what differs in what is there both times, beside quantities, which are
// told by themselves: "(finished at –, then 2026-03-25T08:50:00Z; active hold count 0, then 2)".
func differing(was, is proto.Message) string {
	before, after := was.ProtoReflect(), is.ProtoReflect()
	if !before.IsValid() || !after.IsValid() {
		return ""
	}
	var told []string
	fields := before.Descriptor().Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		if before.Get(field).Equal(after.Get(field)) || slices.Contains([]protoreflect.Name{"ref", "lot_ref", "run_ref", "on_hand", "quantity"}, field.Name()) {
			continue
		}
		name := strings.ReplaceAll(string(field.Name()), "_", " ")
		if first, tellable := value(before, field); tellable {
			then, _ := value(after, field)
			name += " " + first + ", then " + then
		}
		told = append(told, name)
	}
	if len(told) == 0 {
		return ""
	}
	return " (" + strings.Join(told, "; ") + ")"
}

// value is what a field has in a few letters, if it can be said so.
func value(of protoreflect.Message, field protoreflect.FieldDescriptor) (text string, tellable bool) {
	switch at, isTime := of.Get(field).Interface().(protoreflect.Message); {
	case field.IsList() || field.Enum() != nil:
		return "", false
	case field.Message() == nil:
		return cmp.Or(fmt.Sprint(of.Get(field)), "–"), true
	case !of.Has(field):
		return "–", field.Message().FullName() == "google.protobuf.Timestamp"
	default:
		moment, known := at.Interface().(*timestamppb.Timestamp)
		return moment.AsTime().Format(time.RFC3339Nano), isTime && known
	}
}

func lotName(key, other *pb.LotKey) string {
	if key == nil {
		key = other
	}
	return wording.Code(key.GetSku()) + " " + wording.Code(key.GetLotCode())
}
