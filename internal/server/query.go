package server

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"github.com/grpc-ecosystem/grpc-gateway/v2/utilities"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// queryParser takes each parameter by itself, so that a refusal names the one
// that is wrong, and refuses what the default one would drop: parameters that do
// not exist.
type queryParser struct{ runtime.DefaultQueryParser }

func (p queryParser) Parse(message proto.Message, values url.Values, filter *utilities.DoubleArray) error {
	for name, given := range values {
		path := strings.Split(name, ".")
		field := fieldNamed(message.ProtoReflect().Descriptor(), path)
		if field == nil {
			return fmt.Errorf("there is no query parameter %.100q here; /docs lists those that there are", name)
		}
		if filter.HasCommonPrefix(path) {
			return fmt.Errorf("query parameter %s: the path or the body says that already; leave the parameter out", name)
		}
		if other := strings.ReplaceAll(name, field.JSONName(), string(field.Name())); other != name && values.Has(other) {
			return fmt.Errorf("query parameters %s and %s are the same; give one of them", name, other)
		}
		if other := excluded(message.ProtoReflect().Descriptor(), field, path, values); other != "" {
			return fmt.Errorf("query parameters %s and %s exclude each other; give one of them", min(name, other), max(name, other))
		}
		if err := p.DefaultQueryParser.Parse(message, url.Values{name: given}, filter); err != nil {
			return fmt.Errorf("query parameter %s: %s", name, wanted(field, given))
		}
	}
	return nil
}

// excluded finds the parameter that cannot stand beside another one, whose field
// and path are given; "" if there is none.
func excluded(message protoreflect.MessageDescriptor, field protoreflect.FieldDescriptor, path []string, values url.Values) string {
	for other := range values {
		otherPath := strings.Split(other, ".")
		beside := fieldNamed(message, otherPath)
		if beside == nil || beside == field || beside.ContainingOneof() == nil || beside.ContainingOneof() != field.ContainingOneof() {
			continue
		}
		if slices.Equal(path[:len(path)-1], otherPath[:len(otherPath)-1]) {
			return other
		}
	}
	return ""
}

// wanted says what a parameter has to be, of which given is not one.
func wanted(field protoreflect.FieldDescriptor, given []string) string {
	if len(given) > 1 && !field.IsList() {
		return fmt.Sprintf("is given %d times; give it once", len(given))
	}
	value := strings.Join(given, ", ")
	switch kind := field.Kind(); kind {
	case protoreflect.MessageKind:
		if isTime(field.Message()) {
			return fmt.Sprintf("%.40q must be a time as in RFC 3339, such as 2026-03-25T06:30:00Z", value)
		}
		return fmt.Sprintf("%.40q is no value for what has fields of its own; give those, each by its name behind a point", value)
	case protoreflect.EnumKind:
		return fmt.Sprintf("%.40q must be one of %s", value, strings.Join(namesOf(field), ", "))
	case protoreflect.BoolKind:
		return fmt.Sprintf("%.40q must be true or false", value)
	default:
		return fmt.Sprintf("%.40q must be a number (%s)", value, kind)
	}
}

// fieldNamed finds a field by its path, whose names are those of the protos or
// of JSON and become those of the protos; nil if there is none.
func fieldNamed(message protoreflect.MessageDescriptor, path []string) protoreflect.FieldDescriptor {
	if message == nil || isTime(message) { // which is one value, whatever it is made of
		return nil
	}
	field := message.Fields().ByTextName(path[0])
	if field == nil {
		field = message.Fields().ByJSONName(path[0])
	}
	if field == nil {
		return nil
	}
	if path[0] = field.TextName(); len(path) == 1 {
		return field
	}
	return fieldNamed(field.Message(), path[1:])
}

func isTime(message protoreflect.MessageDescriptor) bool {
	return message.FullName() == (*timestamppb.Timestamp)(nil).ProtoReflect().Descriptor().FullName()
}
