package trace

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"google.golang.org/grpc"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/lineage"
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

// partsAhead is how many parts a walk may be ahead of its client.
const partsAhead = 4

const reasonStalled = "CLIENT_STALLED"

// stream walks beside sending, because sending waits for the client and nothing
// but the end of the call can interrupt it. A client that stalls ends the walk,
// which gives back its connection and its snapshot; the client is told when it
// reads on.
func (s *Service) stream(ctx context.Context, req asked, direction lineage.Direction, send func(*lottrailv1.TracePart) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	measured := begin(ctx, direction, streamed)
	parts := make(chan *lineage.Part, partsAhead)
	var walked error
	go func() {
		defer close(parts)
		// The server's recovery does not reach into this goroutine.
		defer func() {
			if r := recover(); r != nil {
				walked = fmt.Errorf("trace: panic: %v\n%s", r, debug.Stack())
			}
		}()
		walked = s.walk(ctx, req, direction, func(part *lineage.Part) error { return s.hand(ctx, parts, part) })
		if walked != nil {
			measured.ended(walked) // now: who sends may wait for its client for long
		}
	}()
	var sent error
	for part := range parts {
		if sent != nil {
			continue // until the walk has noticed
		}
		message := toPart(part)
		if sent = send(message); sent != nil {
			cancel()
			continue
		}
		measured.sent(message)
	}
	if sent != nil {
		measured.ended(context.Canceled)
		return sent
	}
	measured.ended(walked)
	return walked
}

func (s *Service) hand(ctx context.Context, parts chan<- *lineage.Part, part *lineage.Part) error {
	timeout := time.NewTimer(s.stall)
	defer timeout.Stop()
	select {
	case parts <- part:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-timeout.C:
		return errs.Exhausted("", reasonStalled,
			"nothing of the trace was taken for %s, so it was cut; what came of it is true but not all: start again and read on, or take it in pages with GetTrace", s.stall)
	}
}
