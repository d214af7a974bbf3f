package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/puddle/v2"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"

	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/pg"
)

// domain is whose reasons they are, in google.rpc.ErrorInfo.
const domain = "lottrail.dev"

// errorMapper is the one place where an error becomes a status. What it does
// not know is logged whole and leaves with nothing of the inside in it.
type errorMapper struct{ log *slog.Logger }

func (m errorMapper) unary(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	resp, err := next(ctx, req)
	if err != nil {
		return nil, m.toStatus(ctx, info.FullMethod, err).Err()
	}
	return resp, nil
}

func (m errorMapper) stream(srv any, stream grpc.ServerStream, info *grpc.StreamServerInfo, next grpc.StreamHandler) error {
	if err := next(srv, stream); err != nil {
		return m.toStatus(stream.Context(), info.FullMethod, err).Err()
	}
	return nil
}

func (m errorMapper) toStatus(ctx context.Context, method string, err error) *status.Status {
	var refused *errs.Error
	if errors.As(err, &refused) {
		return refusedStatus(refused)
	}
	// A caller that went away or ran out of time makes all kinds of errors.
	if ended := ctx.Err(); ended != nil {
		return withReason(status.FromContextError(ended))
	}
	// From grpc itself: a method that is not there, a stream that broke. What it
	// may have been wrapped in on the way is dropped.
	var own interface{ GRPCStatus() *status.Status }
	if errors.As(err, &own) {
		return withReason(own.GRPCStatus())
	}
	if s := databaseStatus(err); s != nil {
		m.log.ErrorContext(ctx, "database trouble", "method", method, "error", err)
		return s
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		m.log.ErrorContext(ctx, "gave up", "method", method, "error", err)
		return withReason(status.New(codes.DeadlineExceeded, "the service took too long and gave up; try again"))
	}
	m.log.ErrorContext(ctx, "internal error", "method", method, "error", err)
	return internalStatus(ctx)
}

var kindCodes = map[errs.Kind]codes.Code{
	errs.KindInvalidArgument:    codes.InvalidArgument,
	errs.KindNotFound:           codes.NotFound,
	errs.KindAlreadyExists:      codes.AlreadyExists,
	errs.KindFailedPrecondition: codes.FailedPrecondition,
	errs.KindAborted:            codes.Aborted,
	errs.KindPermissionDenied:   codes.PermissionDenied,
	errs.KindUnauthenticated:    codes.Unauthenticated,
	errs.KindResourceExhausted:  codes.ResourceExhausted,
	errs.KindUnavailable:        codes.Unavailable,
}

func refusedStatus(e *errs.Error) *status.Status {
	details := []protoadapt.MessageV1{&errdetails.ErrorInfo{Reason: e.Reason, Domain: domain}}
	if len(e.Violations) > 0 {
		bad := &errdetails.BadRequest{}
		for _, v := range e.Violations {
			bad.FieldViolations = append(bad.FieldViolations, &errdetails.BadRequest_FieldViolation{
				Field: v.Path, Description: bounded(v.Message), Reason: v.Reason,
			})
		}
		details = append(details, bad)
	}
	return detailed(kindCodes[e.Kind], e.Message, details...)
}

// databaseStatus is what an error of the database means to a caller, or nil if
// it means nothing to them.
func databaseStatus(err error) *status.Status {
	if pg.Retryable(err) {
		return withInfo(codes.Aborted, "CONTENTION", "too many others are at work on the same data; send the same request again")
	}
	var answered *pgconn.PgError
	if errors.As(err, &answered) {
		switch {
		case answered.Code == "57014": // query_canceled: the statement timeout
			return withInfo(codes.DeadlineExceeded, "DATABASE_TIMEOUT", "the database took too long; nothing was recorded, try again later or ask for less")
		case unavailable(answered.Code):
			return unavailableStatus()
		}
		return nil
	}
	var connect *pgconn.ConnectError
	var network *net.OpError
	if errors.As(err, &connect) || errors.As(err, &network) || errors.Is(err, puddle.ErrClosedPool) ||
		errors.Is(err, pgconn.ErrConnClosed) || errors.Is(err, io.ErrUnexpectedEOF) {
		return unavailableStatus()
	}
	return nil
}

// unavailable tells the SQLSTATEs of a server that cannot serve right now:
// connection exceptions, out of resources, an operator stepping in, a standby.
func unavailable(sqlstate string) bool {
	for _, class := range []string{"08", "53", "57P", "58", "25006", "25P03"} {
		if strings.HasPrefix(sqlstate, class) {
			return true
		}
	}
	return false
}

func unavailableStatus() *status.Status {
	return withInfo(codes.Unavailable, "DATABASE_UNAVAILABLE", "the database cannot be reached at the moment; try again")
}

func internalStatus(ctx context.Context) *status.Status {
	message := "internal error; the service's log has the cause"
	if id := trace.SpanContextFromContext(ctx).TraceID(); id.IsValid() {
		message = fmt.Sprintf("internal error; the trace id %s finds it in the log", id)
	}
	return withInfo(codes.Internal, "INTERNAL", message)
}

func withInfo(c codes.Code, reason, message string) *status.Status {
	return detailed(c, message, &errdetails.ErrorInfo{Reason: reason, Domain: domain})
}

// withReason gives a status of grpc's own the name of its code as the reason, so
// that every error has one.
func withReason(s *status.Status) *status.Status {
	if reasonOf(s) != "" {
		return s
	}
	return withInfo(s.Code(), code.Code(s.Code()).String(), s.Message())
}

func detailed(c codes.Code, message string, details ...protoadapt.MessageV1) *status.Status {
	s := status.New(c, bounded(message))
	if whole, err := s.WithDetails(details...); err == nil {
		return whole
	}
	return s
}

// maxMessage keeps what goes into HTTP/2 trailers within what proxies take.
const maxMessage = 2000

func bounded(message string) string {
	if len(message) <= maxMessage {
		return message
	}
	return strings.ToValidUTF8(message[:maxMessage], "") + " …"
}
