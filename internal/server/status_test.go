package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/puddle/v2"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/pg"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// secret is in every error here that must not go out.
const secret = "hunter2"

// errorCases are errors of services with what callers are to get.
func errorCases() map[string]struct {
	err    error
	code   codes.Code
	http   int
	reason string
} {
	gone := fmt.Errorf("%s: %w", secret, &net.OpError{Op: "read", Err: io.EOF})
	lost := errors.Join(errors.New(secret), errs.Aborted("", "CONTENTION", "again"))
	return map[string]struct {
		err    error
		code   codes.Code
		http   int
		reason string
	}{
		"invalid":      {errs.Invalid("lines[2].quantity.value", "QUANTITY_TOO_PRECISE", "too precise"), codes.InvalidArgument, 400, "QUANTITY_TOO_PRECISE"},
		"not found":    {errs.NotFound("sku", "UNKNOWN_ITEM", "no"), codes.NotFound, 404, "UNKNOWN_ITEM"},
		"exists":       {errs.Exists("sku", "GTIN_TAKEN", "no"), codes.AlreadyExists, 409, "GTIN_TAKEN"},
		"precondition": {errs.Precondition("", "LOT_HELD", "no"), codes.FailedPrecondition, 400, "LOT_HELD"},
		"aborted":      {errs.Aborted("", "TRACE_CHANGED", "no"), codes.Aborted, 409, "TRACE_CHANGED"},
		"exhausted":    {errs.Exhausted("", "TOO_MANY", "no"), codes.ResourceExhausted, 429, "TOO_MANY"},
		"wrapped":      {fmt.Errorf("%s: %w", secret, errs.NotFound("", "UNKNOWN_ITEM", "no")), codes.NotFound, 404, "UNKNOWN_ITEM"},
		"contention":   {lost, codes.Aborted, 409, "CONTENTION"},
		"overtaken":    {fmt.Errorf("%s: %w", secret, pg.ErrOvertaken), codes.Aborted, 409, "CONTENTION"},
		"unknown":      {errors.New(secret), codes.Internal, 500, "INTERNAL"},
		"a status":     {fmt.Errorf("%s: %w", secret, status.Error(codes.Unimplemented, "not here")), codes.Unimplemented, 501, "UNIMPLEMENTED"},
		"network":      {gone, codes.Unavailable, 503, "DATABASE_UNAVAILABLE"},
		"pool closed":  {puddle.ErrClosedPool, codes.Unavailable, 503, "DATABASE_UNAVAILABLE"},
		"own deadline": {fmt.Errorf("%s: %w", secret, context.DeadlineExceeded), codes.DeadlineExceeded, 504, "DEADLINE_EXCEEDED"},
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	cases := errorCases()
	p := echo()
	p.get = func(_ context.Context, req *pb.GetItemRequest) (*pb.GetItemResponse, error) {
		return nil, cases[req.Sku].err
	}
	p.trace = func(req *pb.TraceForwardRequest, _ pb.TraceService_TraceForwardServer) error {
		return cases[req.Sku].err
	}
	s := serve(t, p)
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := pb.NewCatalogServiceClient(s.conn).GetItem(t.Context(), &pb.GetItemRequest{Sku: name})
			wantStatus(t, "unary", err, want.code, want.reason)

			stream, err := pb.NewTraceServiceClient(s.conn).TraceForward(t.Context(), &pb.TraceForwardRequest{Sku: name, LotCode: "L"})
			if err != nil {
				t.Fatal(err)
			}
			_, err = stream.Recv()
			wantStatus(t, "stream", err, want.code, want.reason)

			path := strings.ReplaceAll(name, " ", "%20")
			a := call(t, http.MethodGet, s.rest+"/v1/items/"+path, "")
			if a.code != want.http || a.reason() != want.reason || strings.Contains(a.text, secret) {
				t.Errorf("REST: HTTP %d, reason %q, want %d, %q: %s", a.code, a.reason(), want.http, want.reason, a.text)
			}
			a = call(t, http.MethodGet, s.rest+"/v1/items/"+path+"/lots/L/trace/forward", "")
			if a.code != want.http || !strings.Contains(a.text, want.reason) || strings.Contains(a.text, secret) {
				t.Errorf("REST stream: HTTP %d, want %d, %q: %s", a.code, want.http, want.reason, a.text)
			}
		})
	}
	if !strings.Contains(s.log.String(), secret) {
		t.Error("the log does not have the cause")
	}
}

func wantStatus(t *testing.T, what string, err error, code codes.Code, reason string) {
	t.Helper()
	s := status.Convert(err)
	if s.Code() != code || reasonOf(s) != reason {
		t.Errorf("%s: %v %q, want %v %q: %v", what, s.Code(), reasonOf(s), code, reason, err)
	}
	if strings.Contains(s.Message(), secret) {
		t.Errorf("%s: lets the inside out: %v", what, err)
	}
}

func TestFieldViolations(t *testing.T) {
	t.Parallel()
	p := echo()
	p.get = func(context.Context, *pb.GetItemRequest) (*pb.GetItemResponse, error) {
		return nil, errs.Invalid("lines[2].quantity.value", "QUANTITY_TOO_PRECISE", "has %d digits", 7)
	}
	s := serve(t, p)
	_, err := pb.NewCatalogServiceClient(s.conn).GetItem(t.Context(), &pb.GetItemRequest{Sku: "A"})
	got := violations(err)
	if len(got) != 1 || got[0].Field != "lines[2].quantity.value" || got[0].Reason != "QUANTITY_TOO_PRECISE" || got[0].Description != "has 7 digits" {
		t.Errorf("violations %v", got)
	}
}

func violations(err error) []*errdetails.BadRequest_FieldViolation {
	for _, detail := range status.Convert(err).Details() {
		if bad, ok := detail.(*errdetails.BadRequest); ok {
			return bad.FieldViolations
		}
	}
	return nil
}

func TestPanic(t *testing.T) {
	t.Parallel()
	p := echo()
	p.get = func(context.Context, *pb.GetItemRequest) (*pb.GetItemResponse, error) { panic(secret) }
	p.trace = func(*pb.TraceForwardRequest, pb.TraceService_TraceForwardServer) error { panic(secret) }
	s := serve(t, p)
	_, err := pb.NewCatalogServiceClient(s.conn).GetItem(t.Context(), &pb.GetItemRequest{Sku: "A"})
	wantStatus(t, "unary", err, codes.Internal, "INTERNAL")
	stream, err := pb.NewTraceServiceClient(s.conn).TraceForward(t.Context(), &pb.TraceForwardRequest{Sku: "A", LotCode: "L"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = stream.Recv()
	wantStatus(t, "stream", err, codes.Internal, "INTERNAL")
	if log := s.log.String(); !strings.Contains(log, secret) || !strings.Contains(log, "status_test.go") {
		t.Errorf("the log lacks the cause or the stack: %s", log)
	}
	if _, err := pb.NewCatalogServiceClient(s.conn).UpsertItem(t.Context(), goodItem()); err != nil {
		t.Errorf("the server did not live on: %v", err)
	}
}

func goodItem() *pb.UpsertItemRequest {
	return &pb.UpsertItemRequest{RequestId: "r", Item: &pb.Item{
		Sku: "A", Name: "x", BaseUnit: "KGM", Tracking: pb.Tracking_TRACKING_LOT,
	}}
}

// TestDatabaseErrors maps errors that PostgreSQL and the driver really make.
func TestDatabaseErrors(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	db := dbtest.Open(t)
	provoke := func(statements ...string) error {
		conn, err := pgx.ConnectConfig(ctx, db.Config().ConnConfig)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(context.Background())
		for _, statement := range statements {
			if _, err = conn.Exec(ctx, statement); err != nil {
				break
			}
		}
		return err
	}
	config := db.Config().ConnConfig.Copy()
	config.Host, config.Fallbacks = t.TempDir(), nil
	_, connectErr := pgx.ConnectConfig(ctx, config)

	mapper := errorMapper{log: discard}
	for _, test := range []struct {
		name   string
		err    error
		code   codes.Code
		reason string
	}{
		{"statement timeout", provoke("SET statement_timeout = 1", "SELECT pg_sleep(5)"), codes.DeadlineExceeded, "DATABASE_TIMEOUT"},
		{"terminated", provoke("SELECT pg_terminate_backend(pg_backend_pid())"), codes.Unavailable, "DATABASE_UNAVAILABLE"},
		{"nobody there", connectErr, codes.Unavailable, "DATABASE_UNAVAILABLE"},
		{"read-only", provoke("SET default_transaction_read_only = on", "CREATE TABLE x ()"), codes.Unavailable, "DATABASE_UNAVAILABLE"},
		{"constraint", provoke("INSERT INTO tenant SELECT * FROM tenant"), codes.Internal, "INTERNAL"},
		{"syntax", provoke("SELEKT"), codes.Internal, "INTERNAL"},
	} {
		if test.err == nil {
			t.Errorf("%s: no error was provoked", test.name)
			continue
		}
		wantStatus(t, test.name, mapper.toStatus(ctx, "/m", test.err).Err(), test.code, test.reason)
	}
}

// TestCallerGone: whatever error that makes inside, it is the caller's ending.
func TestCallerGone(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	mapper := errorMapper{log: discard}
	wantStatus(t, "gone", mapper.toStatus(ctx, "/m", errors.New(secret)).Err(), codes.Canceled, "CANCELLED")
	ctx, cancel = context.WithTimeout(t.Context(), 0)
	defer cancel()
	wantStatus(t, "out of time", mapper.toStatus(ctx, "/m", errors.New(secret)).Err(), codes.DeadlineExceeded, "DEADLINE_EXCEEDED")
}

// TestLargeMessage: what a caller sent cannot blow up the trailers.
func TestLargeMessage(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 100_000)
	p := echo()
	p.get = func(context.Context, *pb.GetItemRequest) (*pb.GetItemResponse, error) {
		return nil, errs.Invalid("sku", "LONG", "%s", long)
	}
	s := serve(t, p)
	_, err := pb.NewCatalogServiceClient(s.conn).GetItem(t.Context(), &pb.GetItemRequest{Sku: "A"})
	wantStatus(t, "long", err, codes.InvalidArgument, "LONG")
	if n := len(status.Convert(err).Message()); n > 2*maxMessage {
		t.Errorf("%d bytes of message", n)
	}
}

func TestAllKindsHaveACode(t *testing.T) {
	t.Parallel()
	for kind := errs.KindInvalidArgument; kind <= errs.KindUnavailable; kind++ {
		if kindCodes[kind] == codes.OK {
			t.Errorf("kind %d has no code", kind)
		}
	}
	if !slices.Contains(services, "lottrail.v1.TraceService") {
		t.Errorf("health does not know the services: %v", services)
	}
}
