package demo

import (
	"context"
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
	forward, err := client.TraceForward(ctx, &pb.TraceForwardRequest{Sku: FlourSKU, LotCode: FlourLot})
	if err != nil {
		return err
	}
	if _, err := treeview.Print(w, pb.TraceDirection_TRACE_DIRECTION_FORWARD, parts(forward)); err != nil {
		return err
	}

	Heading(w, "What went into danishes "+DanishLot+"?")
	backward, err := client.TraceBackward(ctx, &pb.TraceBackwardRequest{Sku: DanishSKU, LotCode: DanishLot})
	if err != nil {
		return err
	}
	_, err = treeview.Print(w, pb.TraceDirection_TRACE_DIRECTION_BACKWARD, parts(backward))
	return err
}

// parts receives the parts of a trace from either stream.
func parts[R interface{ GetPart() *pb.TracePart }](stream interface{ Recv() (R, error) }) func() (*pb.TracePart, error) {
	return func() (*pb.TracePart, error) {
		response, err := stream.Recv()
		if err != nil {
			return nil, err
		}
		return response.GetPart(), nil
	}
}
