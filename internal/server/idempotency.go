package server

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/lottrail/lottrail/internal/errs"
)

// idempotencyHeader is the REST header that says the request id; the gateway
// hands it on as metadata of the same name.
const idempotencyHeader = "idempotency-key"

// requestIDField is the field that every write has, and no read.
const requestIDField = "request_id"

// idempotencyKey fills an empty request_id from the header. A request that
// gives both must give the same, or the caller's books and ours would disagree
// about what was carried out.
func idempotencyKey(ctx context.Context, req any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	message, ok := req.(proto.Message)
	if !ok {
		return next(ctx, req)
	}
	field := message.ProtoReflect().Descriptor().Fields().ByName(requestIDField)
	if field == nil || field.Kind() != protoreflect.StringKind {
		return next(ctx, req) // a read
	}
	for _, key := range metadata.ValueFromIncomingContext(ctx, idempotencyHeader) {
		given := message.ProtoReflect().Get(field).String()
		if given != "" && given != key {
			return nil, errs.Invalid("request_id", "REQUEST_ID_DIFFERS",
				"is %.130q, but the Idempotency-Key header says %.130q; send one of them, or both the same", given, key)
		}
		message.ProtoReflect().Set(field, protoreflect.ValueOfString(key))
	}
	return next(ctx, req)
}
