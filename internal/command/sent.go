package command

import (
	"context"

	"google.golang.org/protobuf/proto"
)

type sentKey struct{}

// sent is how a request came, and whether it can be carried out.
type sent struct {
	content []byte
	refusal error
}

// WithSent has Run tell a request apart from others by what the caller sent, before
// anything is filled into it from what is known at the moment. If it was refused there,
// Run answers with the refusal, unless the request was carried out before: then it
// answers as it did.
func WithSent(ctx context.Context, content []byte, refusal error) context.Context {
	return context.WithValue(ctx, sentKey{}, sent{content, refusal})
}

// Refused is the refusal of WithSent, or nil.
func Refused(ctx context.Context) error {
	s, _ := ctx.Value(sentKey{}).(sent)
	return s.refusal
}

// Content is the form in which requests are compared.
func Content(req proto.Message) ([]byte, error) {
	return proto.MarshalOptions{Deterministic: true}.Marshal(req)
}

// contentOf is a request as the caller sent it.
func contentOf(ctx context.Context, req proto.Message) ([]byte, error) {
	if s, ok := ctx.Value(sentKey{}).(sent); ok {
		return s.content, nil
	}
	return Content(req)
}
