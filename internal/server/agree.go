package server

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/lottrail/lottrail/internal/errs"
)

type bodyKey struct{}

// pathAgrees refuses a REST call whose body has another key than its path: the
// gateway would let the path win without a word, and a hold, say, would stand on
// another lot than the one that the body names.
func pathAgrees(ctx context.Context, method string, req, reply any, conn *grpc.ClientConn, invoke grpc.UnaryInvoker, opts ...grpc.CallOption) error {
	body, _ := ctx.Value(bodyKey{}).(*requestBody)
	message, ok := req.(proto.Message)
	if ok && body != nil && body.read != nil {
		if refusal := checkAgrees(message.ProtoReflect(), body.read.ProtoReflect()); refusal != nil {
			return refusedStatus(refusal).Err()
		}
	}
	return invoke(ctx, method, req, reply, conn, opts...)
}

// checkAgrees compares a request with what came of it in the body, which is all
// of it or one of its fields.
func checkAgrees(req, body protoreflect.Message) *errs.Error {
	prefix := ""
	if body.Descriptor() != req.Descriptor() {
		fields := req.Descriptor().Fields()
		for i := range fields.Len() {
			if field := fields.Get(i); field.Message() == body.Descriptor() && !field.IsList() {
				req, prefix = req.Get(field).Message(), field.TextName()+"."
				break
			}
		}
	}
	var refusal *errs.Error
	body.Range(func(field protoreflect.FieldDescriptor, said protoreflect.Value) bool {
		// Keys are never lists or messages.
		if field.IsList() || field.Message() != nil || said.Equal(req.Get(field)) {
			return true
		}
		refusal = errs.Invalid(prefix+field.TextName(), "KEY_DIFFERS", "is %.130q in the path and %.130q in the body; say it in one of them, or the same in both",
			req.Get(field).String(), said.String())
		return false
	})
	return refusal
}
