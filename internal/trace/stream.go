package trace

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/pg"
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

// stream walks beside sending, see package relay. What was sent before, by the stream
// that is gone on with, is not sent again.
func (s *Service) stream(ctx context.Context, req resumable, direction lineage.Direction, send func(*lottrailv1.TracePart) error) error {
	done, err := begun(req, "resume_token", req.GetResumeToken(), badResumeToken())
	if err != nil {
		return err
	}
	measured, left := begin(ctx, direction, streamed), done.sent
	limit := relay.Limit{Stall: s.stall, What: "trace", Instead: ", with the resume_token of the last part to go on from there, or take it in pages with GetTrace"}
	err = relay.Stream(ctx, limit, func(ctx context.Context, emit func(*lineage.Part) error) error {
		err := s.walk(ctx, req, direction, done, func(tx *pg.Snapshot) func(*lineage.Part) error { return pg.Emitting(ctx, tx, emit) })
		if err != nil {
			measured.ended(err) // now: who sends may wait for its client for long
		}
		return err
	}, func(part *lineage.Part) error {
		message := toPart(part)
		left -= skip(message, left)
		n := entries(message)
		if n == 0 && message.Summary == nil {
			return nil
		}
		done.sent += n
		if message.Summary == nil {
			token, err := done.token(part.Seen)
			if err != nil {
				return err
			}
			message.ResumeToken = token
		}
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

// resumable is the request of a stream.
type resumable interface {
	asked
	proto.Message
	GetResumeToken() string
}
