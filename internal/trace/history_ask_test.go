package trace_test

import (
	"context"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/trace"
)

// asStream asks for a stream what is asked for in pages, from a token on if it is not empty.
func asStream(ctx context.Context, s *trace.Service, req *pb.GetTraceRequest, token string) ([]*pb.TracePart, error) {
	switch req.Direction {
	case pb.TraceDirection_TRACE_DIRECTION_FORWARD:
		c := &collected[*pb.TraceForwardResponse]{ctx: ctx}
		err := s.TraceForward(like(req, &pb.TraceForwardRequest{ResumeToken: token}), c)
		return c.parts, err
	case pb.TraceDirection_TRACE_DIRECTION_BACKWARD:
		c := &collected[*pb.TraceBackwardResponse]{ctx: ctx}
		err := s.TraceBackward(like(req, &pb.TraceBackwardRequest{ResumeToken: token}), c)
		return c.parts, err
	}
	c := &collected[*pb.TraceBothResponse]{ctx: ctx}
	err := s.TraceBoth(like(req, &pb.TraceBothRequest{ResumeToken: token}), c)
	return c.parts, err
}

// like fills in what two requests have in common.
func like[M proto.Message](from *pb.GetTraceRequest, to M) M {
	fields := to.ProtoReflect().Descriptor().Fields()
	from.ProtoReflect().Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		if same := fields.ByName(field.Name()); same != nil {
			to.ProtoReflect().Set(same, value)
		}
		return true
	})
	return to
}
