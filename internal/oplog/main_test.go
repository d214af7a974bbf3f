package oplog_test

import (
	"context"
	"errors"
	"io"
	"testing"

	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// readAll reads the log from a cursor to its end, in pages of a size.
func readAll(t testing.TB, api *apitest.API, req *pb.ListLogRequest) (entries []*pb.LogEntry, cursor string) {
	t.Helper()
	req = proto.CloneOf(req)
	for {
		page, err := api.Log.ListLog(context.Background(), req)
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, page.Entries...)
		if req.Cursor = page.NextCursor; page.End {
			return entries, req.Cursor
		}
	}
}

// follow watches the log until take returns false or the stream fails, and returns
// the cursor of the last message.
func follow(ctx context.Context, log pb.LogServiceClient, req *pb.WatchLogRequest, take func(*pb.WatchLogResponse) bool) (cursor string, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cursor = req.Cursor
	stream, err := log.WatchLog(ctx, req)
	if err != nil {
		return cursor, err
	}
	for {
		message, err := stream.Recv()
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = errors.New("the stream ended without an error")
			}
			return cursor, err
		}
		cursor = message.Cursor
		if !take(message) {
			return cursor, nil
		}
	}
}

func amount(value, unit string) *pb.Quantity { return &pb.Quantity{Value: value, Unit: unit} }

// must is for calls that a test is set up with.
func must[Resp any](t testing.TB) func(Resp, error) Resp {
	return func(resp Resp, err error) Resp {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return resp
	}
}
