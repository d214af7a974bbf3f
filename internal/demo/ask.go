package demo

import (
	"context"
	"fmt"
	"io"

	"google.golang.org/grpc"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/treeview"
)

// Ask puts the two questions of a recall to the service and draws the answers
// as they stream in: where did the flour go, and what went into the danishes.
func Ask(ctx context.Context, conn grpc.ClientConnInterface, w io.Writer) error {
	client := pb.NewTraceServiceClient(conn)

	Heading(w, "Where did flour lot "+FlourLot+" go?")
	fmt.Fprintln(w, "In brackets: how much of the flour is in it, with the least and the most that is possible.")
	forward, err := client.TraceForward(ctx, &pb.TraceForwardRequest{Sku: FlourSKU, LotCode: FlourLot, Attribute: true})
	if err != nil {
		return err
	}
	if _, err := treeview.Print(w, pb.TraceDirection_TRACE_DIRECTION_FORWARD, treeview.Parts(forward)); err != nil {
		return err
	}

	Heading(w, "What went into danishes "+DanishLot+"?")
	fmt.Fprintln(w, "In brackets: how much of the danishes comes of it, likewise.")
	backward, err := client.TraceBackward(ctx, &pb.TraceBackwardRequest{Sku: DanishSKU, LotCode: DanishLot, Attribute: true})
	if err != nil {
		return err
	}
	_, err = treeview.Print(w, pb.TraceDirection_TRACE_DIRECTION_BACKWARD, treeview.Parts(backward))
	return err
}
