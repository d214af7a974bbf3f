package oplog

import (
	"time"

	"google.golang.org/grpc"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/errs"
)

// messageSize is how many entries a message of a stream has at most.
const messageSize = 500

// WatchLog implements lottrailv1.LogServiceServer. It reads a batch, gives the
// connection back, and sends: however slow a client is, nobody waits for it. Where
// the log ends it waits for the sealer to tell that there is more, and asks the
// database nothing.
func (s *Service) WatchLog(req *lottrailv1.WatchLogRequest, stream grpc.ServerStreamingServer[lottrailv1.WatchLogResponse]) error {
	tenantID, kinds := auth.FromContext(stream.Context()).TenantID, fromKinds(req.GetKinds())
	at, err := parseCursor(req.GetCursor())
	if err != nil {
		return err
	}
	select {
	case s.watchers <- struct{}{}:
		defer func() { <-s.watchers }()
	default:
		return errs.Exhausted("", "TOO_MANY_WATCHERS",
			"%d streams of the log are open here already; end one, or read it in pages with ListLog", cap(s.watchers))
	}
	quiet := time.NewTimer(s.quiet)
	defer quiet.Stop()
	for {
		b, err := s.read(stream.Context(), tenantID, at, kinds, messageSize)
		if err != nil {
			return err
		}
		at = b.at
		if len(b.entries) > 0 {
			if err := stream.Send(&lottrailv1.WatchLogResponse{Entries: b.entries, Cursor: at.String()}); err != nil {
				return err
			}
			quiet.Reset(s.quiet)
		}
		if err := s.wait(stream, quiet, at, s.next(tenantID, b)); err != nil {
			return err
		}
	}
}

// wait waits for more to read. It sends a message without entries whenever there was
// none for a while.
func (s *Service) wait(stream grpc.ServerStreamingServer[lottrailv1.WatchLogResponse], quiet *time.Timer, at cursor, more <-chan struct{}) error {
	for {
		select {
		case <-more:
			return nil
		case <-quiet.C:
			if err := stream.Send(&lottrailv1.WatchLogResponse{Cursor: at.String()}); err != nil {
				return err
			}
			quiet.Reset(s.quiet)
		case <-s.stopped:
			return errs.Unavailable("", "SHUTTING_DOWN",
				"this instance is shutting down; go on at another one, or in a while, from the last cursor")
		case <-stream.Context().Done():
			return stream.Context().Err()
		}
	}
}

// next is closed when there may be more behind a batch.
func (s *Service) next(tenantID int64, b *batch) <-chan struct{} {
	if !b.end {
		return now
	}
	return s.sealer.Moved(tenantID, b.at.index)
}

var now = func() <-chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()
