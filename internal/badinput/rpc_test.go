package badinput_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// rpc is a method of the API with its ways over REST.
type rpc struct {
	protoreflect.MethodDescriptor
	bindings []binding
}

// binding is one way over REST, such as PUT /v1/items/{item.sku} with a body.
type binding struct{ method, path, body string }

// rpcs are all methods of the API, by name.
var rpcs = func() map[string]*rpc {
	methods := map[string]*rpc{}
	protoregistry.GlobalFiles.RangeFilesByPackage(pb.File_lottrail_v1_types_proto.Package(), func(file protoreflect.FileDescriptor) bool {
		for i := range file.Services().Len() {
			service := file.Services().Get(i)
			for j := range service.Methods().Len() {
				method := service.Methods().Get(j)
				methods[string(method.Name())] = &rpc{method, bindingsOf(method)}
			}
		}
		return true
	})
	return methods
}()

func bindingsOf(method protoreflect.MethodDescriptor) []binding {
	rule := proto.GetExtension(method.Options(), annotations.E_Http).(*annotations.HttpRule)
	var bindings []binding
	for _, r := range append([]*annotations.HttpRule{rule}, rule.AdditionalBindings...) {
		b := binding{body: r.Body}
		switch p := r.Pattern.(type) {
		case *annotations.HttpRule_Get:
			b.method, b.path = http.MethodGet, p.Get
		case *annotations.HttpRule_Post:
			b.method, b.path = http.MethodPost, p.Post
		case *annotations.HttpRule_Put:
			b.method, b.path = http.MethodPut, p.Put
		}
		bindings = append(bindings, b)
	}
	return bindings
}

func (r *rpc) fullName() string { return fmt.Sprintf("/%s/%s", r.Parent().FullName(), r.Name()) }

func (r *rpc) isWrite() bool { return r.Input().Fields().ByName("request_id") != nil }

// flat is the binding whose path holds no key: all of the request goes into the
// query or the body.
func (r *rpc) flat(t testing.TB) binding {
	t.Helper()
	for _, b := range r.bindings {
		if !strings.Contains(b.path, "{") {
			return b
		}
	}
	t.Fatalf("%s has no binding without keys in its path", r.Name())
	return binding{}
}

// carries is flat for a request: one with a body if the request has a list of messages,
// which no query can carry.
func (r *rpc) carries(t testing.TB, req proto.Message) binding {
	t.Helper()
	listed := false
	req.ProtoReflect().Range(func(field protoreflect.FieldDescriptor, _ protoreflect.Value) bool {
		listed = field.IsList() && field.Message() != nil
		return !listed
	})
	for _, b := range r.bindings {
		if listed && b.body == "*" && !strings.Contains(b.path, "{") {
			return b
		}
	}
	return r.flat(t)
}

// response makes an empty response of the method.
func (r *rpc) response(t testing.TB) proto.Message {
	t.Helper()
	message, err := protoregistry.GlobalTypes.FindMessageByName(r.Output().FullName())
	if err != nil {
		t.Fatal(err)
	}
	return message.New().Interface()
}

var variable = regexp.MustCompile(`\{[^}]*\}`)

// call is the request as REST: the path with the keys in it, the rest as query
// or body.
func (b binding) call(t testing.TB, req proto.Message) (target string, body []byte) {
	t.Helper()
	rest := proto.Clone(req)
	target = variable.ReplaceAllStringFunc(b.path, func(name string) string {
		name = strings.Trim(name, "{}")
		key := leafAt(t, rest.ProtoReflect(), name)
		text := fmt.Sprint(key.message.Get(key.field).Interface())
		key.message.Clear(key.field)
		return escape(text)
	})
	switch b.body {
	case "":
		query := url.Values{}
		addQuery(query, "", rest.ProtoReflect())
		if len(query) > 0 {
			target += "?" + query.Encode()
		}
		return target, nil
	case "*":
	default: // one field is the body, the others are the query
		field := rest.ProtoReflect().Descriptor().Fields().ByName(protoreflect.Name(b.body))
		inner := rest.ProtoReflect().Get(field).Message().Interface()
		rest.ProtoReflect().Clear(field)
		query := url.Values{}
		addQuery(query, "", rest.ProtoReflect())
		target, rest = target+"?"+query.Encode(), inner
	}
	body, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(rest)
	if err != nil {
		t.Fatal(err)
	}
	return target, body
}

// escape also hides the segments that mean something in paths.
func escape(key string) string {
	if key == "." || key == ".." {
		return strings.ReplaceAll(key, ".", "%2E")
	}
	return url.PathEscape(key)
}

func addQuery(query url.Values, prefix string, message protoreflect.Message) {
	message.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		name := prefix + field.TextName()
		switch {
		case field.IsList():
			for i := range value.List().Len() {
				query.Add(name, fmt.Sprint(value.List().Get(i).Interface()))
			}
		case field.Message() != nil:
			if moment, ok := value.Message().Interface().(*timestamppb.Timestamp); ok {
				query.Set(name, moment.AsTime().Format(time.RFC3339Nano))
				return true
			}
			addQuery(query, name+".", value.Message())
		default:
			query.Set(name, fmt.Sprint(value.Interface()))
		}
		return true
	})
}
