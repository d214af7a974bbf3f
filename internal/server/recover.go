package server

import (
	"context"
	"log/slog"
	"runtime/debug"

	"google.golang.org/grpc"
)

// recoverUnary keeps a mistake in one call from ending all the others.
func recoverUnary(log *slog.Logger) grpc.UnaryServerInterceptor {
	return func(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (_ any, err error) {
		defer func() {
			if cause := recover(); cause != nil {
				err = panicked(ctx, log, info.FullMethod, cause)
			}
		}()
		return next(ctx, req)
	}
}

func recoverStream(log *slog.Logger) grpc.StreamServerInterceptor {
	return func(srv any, stream grpc.ServerStream, info *grpc.StreamServerInfo, next grpc.StreamHandler) (err error) {
		defer func() {
			if cause := recover(); cause != nil {
				err = panicked(stream.Context(), log, info.FullMethod, cause)
			}
		}()
		return next(srv, stream)
	}
}

func panicked(ctx context.Context, log *slog.Logger, method string, cause any) error {
	log.ErrorContext(ctx, "panic", "method", method, "cause", cause, "stack", string(debug.Stack()))
	return internalStatus(ctx).Err()
}
