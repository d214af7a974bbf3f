package server

import (
	"fmt"

	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/lottrail/lottrail/internal/errs"
)

// requestCodec is proto's, except that it leaves the refusal of what it cannot
// read to the interceptors: grpc by itself answers before they have a say, and
// calls the caller's bytes an internal error. What was wrong travels on in the
// request, which is empty otherwise, as a field that nothing defines.
type requestCodec struct{ encoding.CodecV2 }

const (
	unreadableField protowire.Number = protowire.MaxValidNumber - 1
	tooLargeField   protowire.Number = protowire.MaxValidNumber
)

// Unmarshal reads a request of at most maxRequest bytes.
func (c requestCodec) Unmarshal(data mem.BufferSlice, v any) error {
	message, ok := v.(proto.Message)
	if !ok {
		return c.CodecV2.Unmarshal(data, v)
	}
	if data.Len() > maxRequest {
		mark(message, tooLargeField, "")
	} else if err := c.CodecV2.Unmarshal(data, v); err != nil {
		mark(message, unreadableField, plain(err))
	}
	return nil
}

func mark(message proto.Message, field protowire.Number, text string) {
	proto.Reset(message)
	message.ProtoReflect().SetUnknown(protowire.AppendString(protowire.AppendTag(nil, field, protowire.BytesType), text))
}

// checkReadable refuses a request that requestCodec could not read.
func checkReadable(message proto.Message) error {
	unknown := message.ProtoReflect().GetUnknown()
	field, kind, n := protowire.ConsumeTag(unknown)
	if n < 0 || kind != protowire.BytesType {
		return nil
	}
	switch field {
	case tooLargeField:
		return errs.Exhausted("", "REQUEST_TOO_LARGE", "the request is larger than %d MiB; send it in parts", maxRequest>>20)
	case unreadableField:
		cause, _ := protowire.ConsumeString(unknown[n:])
		return errs.Invalid("", "INVALID_MESSAGE", "the request cannot be read as a %s: %s; send what the proto defines, with texts in UTF-8",
			fmt.Sprint(message.ProtoReflect().Descriptor().Name()), cause)
	}
	return nil
}
