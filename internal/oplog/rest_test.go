package oplog_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"testing"

	spb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
)

func databaseURL(t testing.TB) string { return dbtest.URL(t) }

// lines is WatchLog over REST: a JSON object a line.
type lines struct {
	scanner *bufio.Scanner
	ctx     context.Context // has ended once the reader has left
	leave   func()
}

func watchREST(t testing.TB, api *apitest.API, cursor string) *lines {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	req := must[*http.Request](t)(http.NewRequestWithContext(ctx, http.MethodGet, api.REST+"/v1/log/watch?cursor="+cursor, nil))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = resp.Body.Close()
	})
	scanner := bufio.NewScanner(resp.Body)
	scanner.Buffer(nil, 64<<20)
	return &lines{scanner, ctx, cancel}
}

// next is the next message, or the status that the stream ended with.
func (l *lines) next() (*pb.WatchLogResponse, error) {
	if !l.scanner.Scan() {
		return nil, l.scanner.Err()
	}
	var line struct{ Result, Error json.RawMessage }
	if err := json.Unmarshal(l.scanner.Bytes(), &line); err != nil {
		return nil, err
	}
	if line.Error != nil {
		s := &spb.Status{}
		if err := protojson.Unmarshal(line.Error, s); err != nil {
			return nil, err
		}
		return nil, status.ErrorProto(s)
	}
	message := &pb.WatchLogResponse{}
	return message, protojson.Unmarshal(line.Result, message)
}
