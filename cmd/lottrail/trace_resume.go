package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// mostCuts is how often in a row a trace is taken up that nothing more came of; the waits
// between, each twice as long as the one before, cover a service that starts anew.
const (
	mostCuts  = 5
	firstWait = 200 * time.Millisecond
)

// following is a trace that is taken up where it stopped when it is cut.
type following struct {
	open func(*pb.TraceForwardRequest) (func() (*pb.TracePart, error), error)
	req  *pb.TraceForwardRequest
	say  io.Writer

	parts func() (*pb.TracePart, error)
	whole bool // the last part has come
	cuts  int
}

// next is the next part, or why there is none: io.EOF behind the last.
func (f *following) next(ctx context.Context) (*pb.TracePart, error) {
	for {
		part, err := f.receive()
		if err == nil {
			f.req.ResumeToken, f.whole, f.cuts = part.GetResumeToken(), part.GetSummary() != nil, 0
			return part, nil
		}
		if !f.goesOn(err) {
			return nil, err
		}
		fmt.Fprintf(f.say, "The trace was cut (%s); going on where it stopped.\n", status.Convert(err).Message())
		select {
		case <-time.After(firstWait << f.cuts):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		f.cuts++
		f.parts = nil
	}
}

func (f *following) receive() (part *pb.TracePart, err error) {
	if f.parts == nil {
		if f.parts, err = f.open(f.req); err != nil {
			return nil, err
		}
	}
	return f.parts()
}

// goesOn says whether an error only cut the trace: the connection is gone, and of what came
// something said where to go on.
func (f *following) goesOn(err error) bool {
	cut := status.Code(err) == codes.Unavailable || errors.Is(err, io.EOF) && !f.whole
	return cut && f.req.GetResumeToken() != "" && f.cuts < mostCuts
}
