package server

import (
	"context"
	"net/http"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// Some methods answer with a google.api.HttpBody, such as a picture, or stream the pieces
// of a page as such: what goes out is then the body and nothing else, with its content
// type.

// bodyMIME makes the gateway choose bodyCodec. Only asBody asks for it.
const bodyMIME = "application/vnd.lottrail.body"

// bodyCodec hands on pieces as they are. Refusals, as long as nothing else was
// sent, are JSON.
type bodyCodec struct{ codec }

// Delimiter implements runtime.Delimited: nothing stands between two pieces.
func (bodyCodec) Delimiter() []byte { return nil }

// ContentType is that of the body.
func (c bodyCodec) ContentType(v any) string {
	if r, ok := v.(interface{ XXX_ResponseBody() any }); ok {
		v = r.XXX_ResponseBody()
	}
	if body, ok := v.(*httpbody.HttpBody); ok {
		return body.GetContentType()
	}
	return c.codec.ContentType(v)
}

// Marshal hands on a body that is all of the answer.
func (c bodyCodec) Marshal(v any) ([]byte, error) {
	if body, ok := v.(*httpbody.HttpBody); ok {
		return body.GetData(), nil
	}
	return c.codec.Marshal(v)
}

// StreamContentType implements runtime.StreamContentType.
func (c bodyCodec) StreamContentType(v any) string {
	if body, ok := v.(*httpbody.HttpBody); ok {
		return body.GetContentType()
	}
	return c.codec.StreamContentType(v)
}

// bodyOf is the response rewriter: of an answer of which only a body counts, that
// body.
func bodyOf(_ context.Context, response proto.Message) (any, error) {
	if r, ok := response.(interface{ XXX_ResponseBody() any }); ok {
		if body, ok := r.XXX_ResponseBody().(*httpbody.HttpBody); ok {
			return body, nil
		}
	}
	return response, nil
}

// bodyRoutes are the routes of methods that answer with a body.
func bodyRoutes() map[string]bool {
	routes := map[string]bool{}
	body := (*httpbody.HttpBody)(nil).ProtoReflect().Descriptor().FullName()
	protoregistry.GlobalFiles.RangeFilesByPackage(pb.File_lottrail_v1_types_proto.Package(), func(file protoreflect.FileDescriptor) bool {
		for i := range file.Services().Len() {
			methods := file.Services().Get(i).Methods()
			for j := range methods.Len() {
				rule, _ := proto.GetExtension(methods.Get(j).Options(), annotations.E_Http).(*annotations.HttpRule)
				for _, r := range append([]*annotations.HttpRule{rule}, rule.GetAdditionalBindings()...) {
					field := methods.Get(j).Output().Fields().ByName(protoreflect.Name(r.GetResponseBody()))
					if field != nil && field.Message() != nil && field.Message().FullName() == body {
						routes[r.GetGet()] = true
					}
				}
			}
		}
		return true
	})
	return routes
}

// bodyPolicy keeps a page from doing anything, whatever is in it.
const bodyPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// asBody is a middleware that lets the answers of bodyRoutes through.
func asBody() runtime.Middleware {
	routes := bodyRoutes()
	return func(next runtime.HandlerFunc) runtime.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request, params map[string]string) {
			r.Header.Del("Accept") // by which the gateway chooses a codec
			if !routes[routeOf(r.Context())] {
				next(w, r, params)
				return
			}
			header := w.Header()
			header.Set("Content-Security-Policy", bodyPolicy)
			header.Set("X-Content-Type-Options", "nosniff")
			header.Set("Referrer-Policy", "no-referrer")
			header.Set("Cache-Control", "no-store")
			sent := &bodyWriter{ResponseWriter: w}
			r.Header.Set("Accept", bodyMIME)
			next(sent, r.WithContext(context.WithValue(r.Context(), sentKey{}, sent)), params)
		}
	}
}

type sentKey struct{}

// bodyWriter knows whether anything was sent.
type bodyWriter struct {
	http.ResponseWriter
	begun bool
}

func (w *bodyWriter) Write(p []byte) (int, error) {
	w.begun = true
	return w.ResponseWriter.Write(p)
}

// Unwrap lets a ResponseController through.
func (w *bodyWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// abortBody breaks off an answer of which pieces were sent: text behind them would
// become part of them, and an end like any other would look as if it were all.
// Clients see that the connection broke.
func abortBody(ctx context.Context) {
	if w, ok := ctx.Value(sentKey{}).(*bodyWriter); ok && w.begun {
		panic(http.ErrAbortHandler)
	}
}
