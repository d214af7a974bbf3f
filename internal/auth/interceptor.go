package auth

import (
	"context"

	"google.golang.org/grpc"
)

// Default is who everybody is until authentication is built: the tenant that
// the first migration makes.
var Default = Identity{TenantID: 1, Principal: "default"}

// Unary gives every call its identity.
func Unary(identify func(context.Context) (Identity, error)) grpc.UnaryServerInterceptor {
	return func(ctx context.Context, req any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
		id, err := identify(ctx)
		if err != nil {
			return nil, err
		}
		return next(NewContext(ctx, id), req)
	}
}

// Stream gives every stream its identity.
func Stream(identify func(context.Context) (Identity, error)) grpc.StreamServerInterceptor {
	return func(srv any, stream grpc.ServerStream, _ *grpc.StreamServerInfo, next grpc.StreamHandler) error {
		id, err := identify(stream.Context())
		if err != nil {
			return err
		}
		return next(srv, &identified{stream, NewContext(stream.Context(), id)})
	}
}

type identified struct {
	grpc.ServerStream
	ctx context.Context
}

func (s *identified) Context() context.Context { return s.ctx }

// Everybody identifies every caller as Default.
func Everybody(context.Context) (Identity, error) { return Default, nil }
