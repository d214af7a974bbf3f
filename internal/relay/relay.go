// Package relay sends a long answer while it is being read. Reading goes on beside
// sending, because sending waits for the client and nothing but the end of the call
// can interrupt it: so a client that stalls costs its stream, and neither a
// connection nor a snapshot of the database for longer than it was told.
package relay

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/lottrail/lottrail/internal/errs"
)

// ReasonStalled is why a stream is cut whose client takes nothing.
const ReasonStalled = "CLIENT_STALLED"

// Stall is how long a client may leave a part untaken, unless a test says less.
const Stall = 30 * time.Second

// ahead is how many parts reading may be ahead of its client.
const ahead = 4

// Limit says when a stream is cut.
type Limit struct {
	// Stall is how long a part may wait.
	Stall time.Duration
	// What is sent, and what to do instead of reading it again: for the client to
	// be told.
	What, Instead string
}

// Stream has send send what read emits, in its order, and returns what went wrong
// first. Once sending has failed or the client stalls, emit fails and read has to
// end; a client that stalled is told when it reads on. A panic of read, which runs
// in a goroutine of its own, is returned as an error.
func Stream[T any](ctx context.Context, limit Limit, read func(ctx context.Context, emit func(T) error) error, send func(T) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	parts := make(chan T, ahead)
	var ended error
	go func() {
		defer close(parts)
		// The server's recovery does not reach into this goroutine.
		defer func() {
			if r := recover(); r != nil {
				ended = fmt.Errorf("relay: %s: panic: %v\n%s", limit.What, r, debug.Stack())
			}
		}()
		ended = read(ctx, func(part T) error { return hand(ctx, limit, parts, part) })
	}()
	var failed error
	for part := range parts {
		if failed != nil {
			continue // until read has noticed
		}
		if failed = send(part); failed != nil {
			cancel()
		}
	}
	if failed != nil {
		return failed
	}
	return ended
}

func hand[T any](ctx context.Context, limit Limit, parts chan<- T, part T) error {
	timeout := time.NewTimer(limit.Stall)
	defer timeout.Stop()
	select {
	case parts <- part:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-timeout.C:
		return errs.Exhausted("", ReasonStalled,
			"nothing of the %s was taken for %s, so it was cut; what came of it is true but not all: start again and read on%s", limit.What, limit.Stall, limit.Instead)
	}
}
