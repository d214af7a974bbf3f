// Package auth says on whose behalf a call is made: for which tenant, and by
// which principal. Everything further in asks FromContext and knows nothing of
// where the answer came from.
package auth

import "context"

// Identity is who calls.
type Identity struct {
	TenantID  int64
	Principal string
}

type key struct{}

// NewContext returns a context that carries the identity.
func NewContext(ctx context.Context, id Identity) context.Context {
	return context.WithValue(ctx, key{}, id)
}

// FromContext returns who calls. The interceptors see to it that there is
// always somebody; a call that came past them is a mistake in the program.
func FromContext(ctx context.Context) Identity {
	id, ok := ctx.Value(key{}).(Identity)
	if !ok {
		panic("auth: no identity in the context: the call did not pass the interceptors")
	}
	return id
}
