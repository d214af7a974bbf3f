package server

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/errs"
)

var discard = slog.New(slog.DiscardHandler)

func TestIdempotencyKey(t *testing.T) {
	t.Parallel()
	s := serve(t, echo())
	const item = `{"sku":"A","name":"x","base_unit":"KGM","tracking":"TRACKING_LOT"}`
	for _, test := range []struct {
		name, method, path, body, key string
		code                          int
		want                          string // the request id, or the reason
	}{
		{"header only", "POST", "/v1/items", `{"item":` + item + `}`, "h-1", 200, "h-1"},
		{"body only", "POST", "/v1/items", `{"request_id":"b-1","item":` + item + `}`, "", 200, "b-1"},
		{"both the same", "POST", "/v1/items", `{"request_id":"b-1","item":` + item + `}`, "b-1", 200, "b-1"},
		{"both, different", "POST", "/v1/items", `{"request_id":"b-1","item":` + item + `}`, "h-1", 400, "REQUEST_ID_DIFFERS"},
		{"neither", "POST", "/v1/items", `{"item":` + item + `}`, "", 400, "REQUEST_ID_REQUIRED"},
		{"PUT with header", "PUT", "/v1/items/A", item, "h-1", 200, "h-1"},
		{"PUT with parameter", "PUT", "/v1/items/A?request_id=q-1", item, "", 200, "q-1"},
		{"too long", "PUT", "/v1/items/A", item, strings.Repeat("x", 129), 400, "REQUEST_ID_FORMAT"},
		{"not ASCII", "PUT", "/v1/items/A", item, "ключ", 400, "REQUEST_ID_FORMAT"},
		{"on a read", "GET", "/v1/items/A", "", "h-1", 200, "A"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var headers []string
			if test.key != "" {
				headers = []string{"Idempotency-Key", test.key}
			}
			a := call(t, test.method, s.rest+test.path, test.body, headers...)
			if a.code != test.code || !strings.Contains(a.text, `"`+test.want+`"`) {
				t.Errorf("HTTP %d, want %d with %q: %s", a.code, test.code, test.want, a.text)
			}
		})
	}
	ctx := metadata.AppendToOutgoingContext(t.Context(), "idempotency-key", "one", "idempotency-key", "two")
	_, err := pb.NewCatalogServiceClient(s.conn).UpsertItem(ctx, &pb.UpsertItemRequest{Item: goodItem().Item})
	wantStatus(t, "two keys", err, codes.InvalidArgument, "REQUEST_ID_DIFFERS")
}

func TestValidation(t *testing.T) {
	t.Parallel()
	s := serve(t, echo())
	catalog := pb.NewCatalogServiceClient(s.conn)
	request := goodItem()
	request.Item.Units = []*pb.ItemUnit{{Unit: "CASE", Numerator: "24"}, {Unit: "two words", Numerator: "0"}}
	_, err := catalog.UpsertItem(t.Context(), request)
	wantStatus(t, "unary", err, codes.InvalidArgument, "INVALID_FIELD")
	var got []string
	for _, v := range violations(err) {
		if v.Description == "" {
			t.Errorf("%s: no description", v.Field)
		}
		got = append(got, v.Field+" "+v.Reason)
	}
	want := "[item.units[1].unit UNIT_FORMAT item.units[1].numerator DECIMAL_POSITIVE]"
	if fmt.Sprint(got) != want {
		t.Errorf("violations %v, want %s", got, want)
	}

	stream, err := pb.NewTraceServiceClient(s.conn).TraceForward(t.Context(), &pb.TraceForwardRequest{
		Sku: "A", LotCode: "L", Filter: &pb.TraceFilter{MaxDepth: -1, Skus: []string{"B", " C"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = stream.Recv()
	wantStatus(t, "stream", err, codes.InvalidArgument, "INVALID_FIELD")
	if v := violations(err); len(v) != 2 || v[1].Field != "filter.skus[1]" {
		t.Errorf("violations %v", v)
	}

	batch := &pb.BatchUpsertItemsRequest{RequestId: "r"}
	for range 1000 {
		batch.Items = append(batch.Items, &pb.Item{})
	}
	_, err = catalog.BatchUpsertItems(t.Context(), batch)
	wantStatus(t, "many", err, codes.InvalidArgument, "INVALID_FIELD")
	if v := violations(err); len(v) != maxViolations || !strings.Contains(v[len(v)-1].Description, "more fields") {
		t.Errorf("%d violations, the last %v", len(v), v[len(v)-1])
	}
}

// TestRequestSize: a megabyte is read and judged, more than four are not read.
func TestRequestSize(t *testing.T) {
	t.Parallel()
	s := serve(t, echo())
	for size, code := range map[int]codes.Code{1 << 20: codes.InvalidArgument, 5 << 20: codes.ResourceExhausted} {
		request := goodItem()
		request.Item.Name = strings.Repeat("x", size)
		_, err := pb.NewCatalogServiceClient(s.conn).UpsertItem(t.Context(), request)
		if got := statusCode(err); got != code {
			t.Errorf("%d bytes: %v, want %v", size, got, code)
		}
	}
}

// TestStream: each message is a line, and is there before the next one is made.
func TestStream(t *testing.T) {
	t.Parallel()
	p := echo()
	read := make(chan struct{})
	p.trace = func(_ *pb.TraceForwardRequest, stream pb.TraceService_TraceForwardServer) error {
		for range 2 {
			if err := stream.Send(&pb.TraceForwardResponse{Part: &pb.TracePart{}}); err != nil {
				return err
			}
			select {
			case <-read:
			case <-stream.Context().Done():
				return stream.Context().Err()
			}
		}
		return errs.Aborted("", "TRACE_CHANGED", "start again")
	}
	s := serve(t, p)
	resp, err := http.Get(s.rest + "/v1/trace/forward?sku=A&lot_code=L")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got := resp.Header.Get("Content-Type"); got != "application/x-ndjson" || resp.StatusCode != 200 {
		t.Errorf("HTTP %d, Content-Type %q", resp.StatusCode, got)
	}
	lines := bufio.NewReader(resp.Body)
	for range 2 {
		line, err := lines.ReadString('\n')
		if err != nil || !strings.HasPrefix(line, `{"result":{"part":{`) {
			t.Fatalf("line %q: %v", line, err)
		}
		read <- struct{}{}
	}
	rest, err := io.ReadAll(lines)
	if err != nil || !strings.HasPrefix(string(rest), `{"error":{`) || !strings.Contains(string(rest), "TRACE_CHANGED") {
		t.Errorf("the end is %q: %v", rest, err)
	}
}

// TestDeadline: a caller's deadline ends what the service does.
func TestDeadline(t *testing.T) {
	t.Parallel()
	p := echo()
	p.get = func(ctx context.Context, _ *pb.GetItemRequest) (*pb.GetItemResponse, error) {
		<-ctx.Done()
		return nil, fmt.Errorf("%s: %w", secret, ctx.Err())
	}
	s := serve(t, p)
	a := call(t, http.MethodGet, s.rest+"/v1/items/A", "", "Grpc-Timeout", "20m")
	if a.code != http.StatusGatewayTimeout || strings.Contains(a.text, secret) {
		t.Errorf("HTTP %d: %s", a.code, a.text)
	}
}
