package badinput_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	spb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// world is the service with a small house in it, see newWorld.
type world struct {
	*apitest.API
	digester *digester
	good     map[string]proto.Message
	known    time.Time // when the house was set up, and all of it in the log
}

// bad is a request that is to be refused: the good one of the RPC with edits.
type bad struct {
	rpc    string
	edits  []edit
	code   codes.Code
	reason string
	// field is what is at fault, the first edit's if empty.
	field string
	// says is what the message has to hold beside the field: the thing that is
	// wrong, and what to do.
	says []string
}

// anyReason is for cases that are derived: the field has to be named, with
// whatever reason it is wrong for.
const anyReason = "*"

// quoted is a value as messages show it: what cannot be seen is escaped.
func quoted(value string) string { return fmt.Sprintf("%q", value) }

func says(parts ...string) []string { return parts }

// httpStatus is what REST answers, by code.
var httpStatus = map[codes.Code]int{
	codes.InvalidArgument:    http.StatusBadRequest,
	codes.FailedPrecondition: http.StatusBadRequest,
	codes.NotFound:           http.StatusNotFound,
	codes.AlreadyExists:      http.StatusConflict,
}

// request is the good request of an RPC with a request id of its own, edited.
func (w *world) request(t testing.TB, name string, edits ...edit) proto.Message {
	t.Helper()
	good, ok := w.good[name]
	if !ok {
		t.Fatalf("there is no good request for %s", name)
	}
	req := proto.Clone(good)
	if rpcs[name].isWrite() {
		apply(t, req, set("request_id", apitest.ID()))
	}
	apply(t, req, edits)
	return req
}

// refuseAll runs a table.
func (w *world) refuseAll(t *testing.T, cases []bad) {
	t.Helper()
	before := w.digester.sums(t)
	for _, c := range cases {
		t.Run(c.name(), func(t *testing.T) {
			w.refused(t, c)
			before = w.digester.same(t, before)
		})
	}
}

func (c bad) name() string {
	var b strings.Builder
	b.WriteString(c.rpc + " " + c.reason)
	for _, e := range c.edits {
		text, err := json.Marshal(e.value)
		if err != nil || len(text) > 40 {
			text = []byte("…")
		}
		b.WriteString(" " + e.path + "=" + string(text))
	}
	return b.String()
}

// refused sends a bad request both ways and checks what comes back: the same
// both ways, to the letter.
func (w *world) refused(t testing.TB, c bad) {
	t.Helper()
	if c.field == "" {
		c.field = c.edits[0].path
	}
	req := w.request(t, c.rpc, c.edits...)
	_, err := w.overGRPC(t, c.rpc, req)
	if err == nil {
		t.Errorf("gRPC accepted it")
		return
	}
	refusal := status.Convert(err)
	c.check(t, refusal)
	got, answered := w.overREST(t, c.rpc, req)
	if got != httpStatus[c.code] {
		t.Errorf("HTTP %d, want %d: %v", got, httpStatus[c.code], answered)
	}
	if !proto.Equal(answered, refusal.Proto()) {
		t.Errorf("REST says %v, gRPC %v", answered, refusal.Proto())
	}
}

// check holds a status against what the case wants.
func (c bad) check(t testing.TB, s *status.Status) {
	t.Helper()
	if s.Code() != c.code {
		t.Errorf("code %v, want %v: %v", s.Code(), c.code, s.Message())
	}
	for _, part := range append(slices.Clone(c.says), c.field) {
		if !strings.Contains(s.Message(), part) {
			t.Errorf("the message does not say %q: %s", part, s.Message())
		}
	}
	if len(s.Message()) > 2100 {
		t.Errorf("a message of %d bytes", len(s.Message()))
	}
	var reasons []string
	named := false
	for _, detail := range s.Details() {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			reasons = append(reasons, detail.Reason)
			if detail.Domain == "" {
				t.Errorf("the reason %s has no domain", detail.Reason)
			}
		case *errdetails.BadRequest:
			for _, v := range detail.FieldViolations {
				if v.Description == "" || v.Reason == "" {
					t.Errorf("an empty violation: %v", v)
				}
				if v.Field == c.field && (v.Reason == c.reason || c.reason == anyReason) {
					named = true
				}
			}
		}
	}
	if !named {
		t.Errorf("no violation %s of field %s: %v", c.reason, c.field, s.Details())
	}
	// Several fields can break their rules at once, each with a reason of its own.
	if len(reasons) != 1 || c.reason != anyReason && reasons[0] != c.reason && (c.code != codes.InvalidArgument || reasons[0] != "INVALID_FIELD") {
		t.Errorf("reasons %v, want %s", reasons, c.reason)
	}
}

// overGRPC makes the call and returns the answer, the last one of a stream, or the
// first of one that does not end.
func (w *world) overGRPC(t testing.TB, name string, req any, opts ...grpc.CallOption) (proto.Message, error) {
	t.Helper()
	r, resp := rpcs[name], rpcs[name].response(t)
	if !r.IsStreamingServer() {
		return resp, w.Conn.Invoke(t.Context(), r.fullName(), req, resp, opts...)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	stream, err := w.Conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, r.fullName(), opts...)
	if err != nil {
		return nil, err
	}
	if err := stream.SendMsg(req); err != nil {
		return nil, err
	}
	if err := stream.CloseSend(); err != nil {
		return nil, err
	}
	for {
		switch err := stream.RecvMsg(resp); {
		case errors.Is(err, io.EOF):
			return resp, nil
		case err != nil:
			return nil, err
		case endless[name]:
			return resp, nil
		}
	}
}

// overREST makes the call by the binding without keys in its path, and returns
// the HTTP status and the refusal, if it is one.
func (w *world) overREST(t testing.TB, name string, req proto.Message) (int, *spb.Status) {
	t.Helper()
	way := rpcs[name].carries(t, req)
	target, body := way.call(t, req)
	send := w.send
	if endless[name] {
		send = w.sendEndless
	}
	code, answer := send(t, way.method, target, body)
	if code == http.StatusOK {
		return code, nil
	}
	return code, toStatus(t, answer)
}

func (w *world) send(t testing.TB, method, target string, body []byte) (int, []byte) {
	t.Helper()
	if body == nil {
		return w.DoRaw(t, method, target, nil)
	}
	return w.DoRaw(t, method, target, body)
}

// toStatus reads a refusal over REST. A stream's stands in a line of its own.
func toStatus(t testing.TB, answer []byte) *spb.Status {
	t.Helper()
	var line struct{ Error json.RawMessage }
	if json.Unmarshal(answer, &line) == nil && line.Error != nil {
		answer = line.Error
	}
	s := &spb.Status{}
	if err := protojson.Unmarshal(bytes.TrimSpace(answer), s); err != nil {
		t.Fatalf("%v: %.300s", err, answer)
	}
	return s
}
