package trace

import (
	"context"

	"google.golang.org/grpc"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/relay"
)

// TraceForward streams where a lot went.
func (s *Service) TraceForward(req *lottrailv1.TraceForwardRequest, stream grpc.ServerStreamingServer[lottrailv1.TraceForwardResponse]) error {
	return s.stream(stream.Context(), req, lineage.Forward, func(part *lottrailv1.TracePart) error {
		return stream.Send(&lottrailv1.TraceForwardResponse{Part: part})
	})
}

// TraceBackward streams what went into a lot.
func (s *Service) TraceBackward(req *lottrailv1.TraceBackwardRequest, stream grpc.ServerStreamingServer[lottrailv1.TraceBackwardResponse]) error {
	return s.stream(stream.Context(), req, lineage.Backward, func(part *lottrailv1.TracePart) error {
		return stream.Send(&lottrailv1.TraceBackwardResponse{Part: part})
	})
}

// TraceBoth streams both from the same snapshot.
func (s *Service) TraceBoth(req *lottrailv1.TraceBothRequest, stream grpc.ServerStreamingServer[lottrailv1.TraceBothResponse]) error {
	return s.stream(stream.Context(), req, lineage.Both, func(part *lottrailv1.TracePart) error {
		return stream.Send(&lottrailv1.TraceBothResponse{Part: part})
	})
}

// stream walks beside sending, see package relay.
func (s *Service) stream(ctx context.Context, req asked, direction lineage.Direction, send func(*lottrailv1.TracePart) error) error {
	measured := begin(ctx, direction, streamed)
	limit := relay.Limit{Stall: s.stall, What: "trace", Instead: ", or take it in pages with GetTrace"}
	err := relay.Stream(ctx, limit, func(ctx context.Context, emit func(*lineage.Part) error) error {
		err := s.walk(ctx, req, direction, emit)
		if err != nil {
			measured.ended(err) // now: who sends may wait for its client for long
		}
		return err
	}, func(part *lineage.Part) error {
		message := toPart(part)
		if err := send(message); err != nil {
			measured.ended(context.Canceled)
			return err
		}
		measured.sent(message)
		return nil
	})
	measured.ended(err)
	return err
}
