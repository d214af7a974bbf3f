package server

import (
	"context"
	"log/slog"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// logUnary writes one line a call, as it went out: at debug level if it went
// well, at info if it was refused, as a warning if it failed through no fault of
// the caller. The cause of such a failure is logged where it is hidden.
func logUnary(log *slog.Logger) grpc.UnaryServerInterceptor {
	return func(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
		began := time.Now()
		resp, err := next(ctx, req)
		logCall(ctx, log, info.FullMethod, began, err)
		return resp, err
	}
}

func logStream(log *slog.Logger) grpc.StreamServerInterceptor {
	return func(srv any, stream grpc.ServerStream, info *grpc.StreamServerInfo, next grpc.StreamHandler) error {
		began := time.Now()
		err := next(srv, stream)
		logCall(stream.Context(), log, info.FullMethod, began, err)
		return err
	}
}

func logCall(ctx context.Context, log *slog.Logger, method string, began time.Time, err error) {
	s := status.Convert(err)
	level := callLevel(s.Code())
	if !log.Enabled(ctx, level) {
		return
	}
	attrs := []slog.Attr{
		slog.String("method", method),
		slog.String("code", s.Code().String()),
		slog.Duration("took", time.Since(began)),
	}
	if err != nil {
		attrs = append(attrs, slog.String("reason", reasonOf(s)), slog.String("error", s.Message()))
	}
	log.LogAttrs(ctx, level, "call", attrs...)
}

func callLevel(code codes.Code) slog.Level {
	switch code {
	case codes.OK:
		return slog.LevelDebug
	case codes.Unknown, codes.DeadlineExceeded, codes.ResourceExhausted, codes.Internal, codes.Unavailable, codes.DataLoss:
		return slog.LevelWarn
	}
	return slog.LevelInfo
}

// reasonOf is the reason in the status's ErrorInfo, or "".
func reasonOf(s *status.Status) string {
	for _, detail := range s.Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok {
			return info.Reason
		}
	}
	return ""
}
