package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/textproto"
	"reflect"
	"strings"
	"sync"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// setQueryParser is done once: the option of a mux changes it for all of them,
// and another server of the process may be reading it.
var setQueryParser = sync.OnceFunc(func() { runtime.NewServeMux(runtime.SetQueryParameterParser(queryParser{})) })

// newGateway makes the REST handler, which calls our own gRPC through conn.
func newGateway(conn *grpc.ClientConn) (http.Handler, error) {
	setQueryParser()
	mux := runtime.NewServeMux(
		runtime.WithMarshalerOption(runtime.MIMEWildcard, newCodec()),
		runtime.WithMarshalerOption(bodyMIME, bodyCodec{newCodec()}),
		runtime.WithForwardResponseRewriter(bodyOf),
		// A code may hold a slash: it comes as %2F, and stays in its segment.
		runtime.WithUnescapingMode(runtime.UnescapingModeAllExceptReserved),
		runtime.WithIncomingHeaderMatcher(incomingHeader),
		runtime.WithOutgoingHeaderMatcher(func(string) (string, bool) { return "", false }),
		runtime.WithErrorHandler(gatewayError),
		runtime.WithStreamErrorHandler(func(ctx context.Context, err error) *status.Status {
			abortBody(ctx)
			return withReason(status.Convert(err))
		}),
		runtime.WithRoutingErrorHandler(routingError),
		runtime.WithDisablePathLengthFallback(),
		runtime.WithDisableHTTPMethodOverride(),
		runtime.WithMiddlewares(nameSpan, asBody()),
	)
	for _, register := range []func(context.Context, *runtime.ServeMux, *grpc.ClientConn) error{
		pb.RegisterCatalogServiceHandler,
		pb.RegisterReceivingServiceHandler,
		pb.RegisterProductionServiceHandler,
		pb.RegisterDispatchServiceHandler,
		pb.RegisterLotsServiceHandler,
		pb.RegisterTraceServiceHandler,
		pb.RegisterRecallServiceHandler,
		pb.RegisterLogServiceHandler,
	} {
		if err := register(context.Background(), mux, conn); err != nil {
			return nil, err
		}
	}
	return mux, nil
}

// codec is the JSON of the API: names as in the protos; zero values written out,
// so that "complete": false and an empty list are seen and not guessed, while a
// message that is not set is left out; and a field that does not exist refused,
// for a misspelt optional field must not be dropped in silence.
type codec struct{ *runtime.JSONPb }

func newCodec() codec {
	return codec{&runtime.JSONPb{
		MarshalOptions:   protojson.MarshalOptions{UseProtoNames: true, EmitDefaultValues: true},
		UnmarshalOptions: protojson.UnmarshalOptions{DiscardUnknown: false},
	}}
}

// StreamContentType is that of newline-delimited JSON, one object a message.
func (codec) StreamContentType(any) string { return "application/x-ndjson" }

// NewDecoder reads the whole body, and remembers in it what was read, for
// pathAgrees, and what was wrong: all that the gateway hands to gatewayError is a
// text.
func (c codec) NewDecoder(r io.Reader) runtime.Decoder {
	return runtime.DecoderFunc(func(v any) error {
		err := c.decode(r, v)
		body, ok := r.(*requestBody)
		switch {
		case !ok || errors.Is(err, io.EOF):
		case err != nil:
			body.err = err
		default:
			body.read = copyOf(v)
		}
		return err
	})
}

// copyOf is what the gateway had a body read into: a message, or the field that
// points to one.
func copyOf(v any) proto.Message {
	if message, ok := v.(proto.Message); ok {
		return proto.Clone(message)
	}
	if field := reflect.ValueOf(v); field.Kind() == reflect.Pointer {
		if message, ok := field.Elem().Interface().(proto.Message); ok {
			return proto.Clone(message)
		}
	}
	return nil
}

func (c codec) decode(r io.Reader, v any) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if len(strings.TrimSpace(string(data))) == 0 {
		return io.EOF // no body is an empty one; the field rules have the word then
	}
	var one json.RawMessage // also refuses what follows after the end
	if err := json.Unmarshal(data, &one); err != nil {
		return err
	}
	return c.Unmarshal(data, v)
}

func incomingHeader(name string) (string, bool) {
	if name == textproto.CanonicalMIMEHeaderKey(idempotencyHeader) {
		return idempotencyHeader, true
	}
	return "", false
}

// gatewayError answers with the status, and gives those that come from the
// gateway itself a reason first.
func gatewayError(ctx context.Context, mux *runtime.ServeMux, m runtime.Marshaler, w http.ResponseWriter, r *http.Request, err error) {
	var routed *runtime.HTTPStatusError
	if errors.As(err, &routed) {
		err = routed.Err // a path with a broken escape
		if _, ok := status.FromError(err); !ok {
			err = withInfo(codes.InvalidArgument, "INVALID_PATH", "path: "+err.Error()).Err()
		}
	}
	s := status.Convert(err)
	httpStatus := runtime.HTTPStatusFromCode(s.Code())
	switch body, _ := r.Body.(*requestBody); {
	case reasonOf(s) != "":
	case body != nil && body.tooLarge():
		s, httpStatus = withInfo(codes.ResourceExhausted, "REQUEST_TOO_LARGE",
			fmt.Sprintf("the body is larger than %d MiB; send it in parts", maxRequest>>20)), http.StatusRequestEntityTooLarge
	case body != nil && body.err != nil:
		s = withInfo(codes.InvalidArgument, "INVALID_JSON", "body: "+plain(body.err)+`; /docs has the form of each request (the value of a quantity is a text: "12.5")`)
	case s.Code() == codes.InvalidArgument:
		s = withInfo(codes.InvalidArgument, "INVALID_PARAMETER", s.Message())
	default:
		s = withReason(s)
	}
	runtime.DefaultHTTPErrorHandler(ctx, mux, m, w, r, &runtime.HTTPStatusError{HTTPStatus: httpStatus, Err: s.Err()})
}

// plain takes off what protojson puts in front, which differs from build to
// build.
func plain(err error) string {
	return strings.TrimLeft(strings.TrimPrefix(err.Error(), "proto:"), " \u00a0")
}

func routingError(ctx context.Context, mux *runtime.ServeMux, m runtime.Marshaler, w http.ResponseWriter, r *http.Request, httpStatus int) {
	s := withInfo(codes.NotFound, "UNKNOWN_PATH", fmt.Sprintf("there is nothing at %.200q; /docs lists what there is", r.URL.EscapedPath()))
	switch httpStatus {
	case http.StatusMethodNotAllowed:
		s = withInfo(codes.Unimplemented, "METHOD_NOT_ALLOWED", fmt.Sprintf("%.20q is not what %.200q takes; /docs lists what it does", r.Method, r.URL.EscapedPath()))
	case http.StatusBadRequest:
		s = withInfo(codes.InvalidArgument, "INVALID_PATH", "the path has to begin with a slash")
	}
	runtime.DefaultHTTPErrorHandler(ctx, mux, m, w, r, &runtime.HTTPStatusError{HTTPStatus: httpStatus, Err: s.Err()})
}
