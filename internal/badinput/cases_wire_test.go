package badinput_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// raw sends bytes as they are, as no generated client would.
type raw struct{}

func (raw) Marshal(v any) ([]byte, error) { return *v.(*[]byte), nil }
func (raw) Unmarshal([]byte, any) error   { return nil }
func (raw) Name() string                  { return "proto" }

// sendRaw makes a call with bytes for a request.
func (w *world) sendRaw(t testing.TB, fullName string, request []byte) *status.Status {
	t.Helper()
	stream, err := w.Conn.NewStream(t.Context(), &grpc.StreamDesc{ServerStreams: true}, fullName, grpc.ForceCodec(raw{}))
	if err != nil {
		t.Fatal(err)
	}
	_ = stream.SendMsg(&request) // the status says more, should this fail
	_ = stream.CloseSend()
	return status.Convert(stream.RecvMsg(&[]byte{}))
}

const marker = "MARKER"

// marked is the good request of an RPC with a marker in one of its texts.
func (w *world) marked(t testing.TB, name, path string) proto.Message {
	t.Helper()
	return w.request(t, name, set(path, marker)...)
}

// refuseNotUTF8: a text that is none, in each request, over both ways.
func refuseNotUTF8(t *testing.T, w *world) {
	t.Helper()
	before := w.digester.sums(t)
	for name, r := range rpcs {
		paths := texts(w.good[name].ProtoReflect())
		path := paths[len(paths)-1]
		request, err := proto.Marshal(w.marked(t, name, path))
		if err != nil {
			t.Fatal(err)
		}
		s := w.sendRaw(t, r.fullName(), bytes.Replace(request, []byte(marker), []byte("caf\xe9??"), 1))
		wantStatus(t, name, s, codes.InvalidArgument, "INVALID_MESSAGE", "UTF-8")

		way := r.flat(t)
		target, body := way.call(t, w.marked(t, name, path))
		target = strings.Replace(target, marker, "caf%E9", 1)
		if body != nil {
			body = bytes.Replace(body, []byte(marker), []byte("caf\xe9"), 1)
		}
		code, answer := w.send(t, way.method, target, body)
		reason := "INVALID_PARAMETER"
		if body != nil {
			reason = "INVALID_JSON"
		}
		if code != http.StatusBadRequest {
			t.Errorf("%s: HTTP %d", name, code)
		}
		wantStatus(t, name, status.FromProto(toStatus(t, answer)), codes.InvalidArgument, reason, "UTF-8")
	}
	w.digester.same(t, before)
}

func wantStatus(t testing.TB, what string, s *status.Status, code codes.Code, reason string, says ...string) {
	t.Helper()
	if s.Code() != code || apitest.Reason(s.Err()) != reason {
		t.Errorf("%s: %v %q, want %v %q: %v", what, s.Code(), apitest.Reason(s.Err()), code, reason, s.Message())
	}
	for _, part := range says {
		if !strings.Contains(s.Message(), part) {
			t.Errorf("%s: the message does not say %q: %s", what, part, s.Message())
		}
	}
}

// refuseNoMessage: bytes that are no request, and calls of nothing.
func refuseNoMessage(t *testing.T, w *world) {
	t.Helper()
	before := w.digester.sums(t)
	for _, name := range []string{"MoveLots", "GetLot", "TraceForward"} {
		for what, request := range map[string][]byte{
			"text": []byte("move it"), "cut": {0x0a, 0x7f, 'a'}, "groups without end": bytes.Repeat([]byte{0x0b}, 20_000), "JSON": []byte(`{"sku":"FLOUR"}`),
		} {
			wantStatus(t, name+" "+what, w.sendRaw(t, rpcs[name].fullName(), request), codes.InvalidArgument, "INVALID_MESSAGE", name)
		}
		large := bytes.Repeat([]byte("x"), 5<<20)
		wantStatus(t, name+" too large", w.sendRaw(t, rpcs[name].fullName(), large), codes.ResourceExhausted, "REQUEST_TOO_LARGE", "4 MiB", "send it in parts")
	}
	wantStatus(t, "no method", w.sendRaw(t, "/lottrail.v1.LotsService/BurnLots", nil), codes.Unimplemented, "", "BurnLots")
	wantStatus(t, "no service", w.sendRaw(t, "/lottrail.v1.FireService/BurnLots", nil), codes.Unimplemented, "", "FireService")
	w.digester.same(t, before)
}

// refuseMomentsOfNoTime: timestamps that JSON cannot say, and so only gRPC brings.
func refuseMomentsOfNoTime(t *testing.T, w *world) {
	t.Helper()
	before := w.digester.sums(t)
	for what, moment := range map[string]struct {
		seconds int64
		nanos   int32
		reason  string
	}{
		"far ahead": {1 << 62, 0, "IN_THE_FUTURE"}, "far back": {-1 << 62, 0, "TOO_LONG_AGO"},
	} {
		req := w.request(t, "MoveLots").(*pb.MoveLotsRequest)
		req.MovedAt = &timestamppb.Timestamp{Seconds: moment.seconds, Nanos: moment.nanos}
		_, err := w.overGRPC(t, "MoveLots", req)
		wantStatus(t, what, status.Convert(err), codes.InvalidArgument, moment.reason, "moved_at", "give the moment")
		if _, err := protojson.Marshal(req); err == nil {
			t.Errorf("%s: JSON can say it", what)
		}
	}
	w.digester.same(t, before)
}
