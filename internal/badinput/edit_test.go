package badinput_test

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// edit puts a value into the field at a path such as lines[0].quantity.value: a
// string, an int (also for enums), a bool or a time. cleared takes out what is
// there, times(n) repeats the first element of a list, messages are a list.
type edit struct {
	path  string
	value any
}

type (
	clearing struct{}
	times    int
	messages []proto.Message
)

var cleared clearing

// set makes edits of path, value, path, value, ….
func set(pairs ...any) []edit {
	var edits []edit
	for i := 0; i < len(pairs); i += 2 {
		edits = append(edits, edit{pairs[i].(string), pairs[i+1]})
	}
	return slices.Clip(edits) // tables append to some of them more than once
}

// leaf is a field within a message within a request; index is the element of a
// list, or -1.
type leaf struct {
	path    string
	message protoreflect.Message
	field   protoreflect.FieldDescriptor
	index   int
}

var step = regexp.MustCompile(`^(\w+)(?:\[(\d+)\])?$`)

func leafAt(t testing.TB, message protoreflect.Message, path string) leaf {
	t.Helper()
	steps := strings.Split(path, ".")
	for i, text := range steps {
		parts := step.FindStringSubmatch(text)
		if parts == nil {
			t.Fatalf("path %q", path)
		}
		field := message.Descriptor().Fields().ByName(protoreflect.Name(parts[1]))
		if field == nil {
			t.Fatalf("%s has no field %s", message.Descriptor().Name(), parts[1])
		}
		index := -1
		if parts[2] != "" {
			index, _ = strconv.Atoi(parts[2])
		}
		if i == len(steps)-1 {
			return leaf{path, message, field, index}
		}
		if index < 0 {
			message = message.Mutable(field).Message()
			continue
		}
		list := message.Mutable(field).List()
		if index >= list.Len() {
			t.Fatalf("%s: only %d there", path, list.Len())
		}
		message = list.Get(index).Message()
	}
	panic("unreachable")
}

// apply makes the edits in the request.
func apply(t testing.TB, req proto.Message, edits []edit) {
	t.Helper()
	for _, e := range edits {
		l := leafAt(t, req.ProtoReflect(), e.path)
		switch value := e.value.(type) {
		case clearing:
			l.message.Clear(l.field)
		case times:
			list := l.message.Mutable(l.field).List()
			for first := list.Get(0); list.Len() < int(value); {
				list.Append(another(first))
			}
		case messages:
			for _, m := range value {
				l.message.Mutable(l.field).List().Append(protoreflect.ValueOfMessage(m.ProtoReflect()))
			}
		default:
			if l.index >= 0 {
				l.message.Mutable(l.field).List().Set(l.index, toValue(t, l.field, value))
			} else {
				l.message.Set(l.field, toValue(t, l.field, value))
			}
		}
	}
}

// another is a copy of an element.
func another(element protoreflect.Value) protoreflect.Value {
	if message, ok := element.Interface().(protoreflect.Message); ok {
		return protoreflect.ValueOfMessage(proto.Clone(message.Interface()).ProtoReflect())
	}
	return element
}

func toValue(t testing.TB, field protoreflect.FieldDescriptor, value any) protoreflect.Value {
	t.Helper()
	switch value := value.(type) {
	case int:
		if field.Kind() == protoreflect.EnumKind {
			return protoreflect.ValueOfEnum(protoreflect.EnumNumber(value))
		}
		if field.Kind() == protoreflect.Int64Kind {
			return protoreflect.ValueOfInt64(int64(value))
		}
		return protoreflect.ValueOfInt32(int32(value))
	case time.Time:
		return protoreflect.ValueOfMessage(timestamppb.New(value).ProtoReflect())
	}
	return protoreflect.ValueOf(value)
}

// leaves are the fields of a request that keep says, within all messages that
// are there.
func leaves(message protoreflect.Message, prefix string, keep func(protoreflect.FieldDescriptor) bool) []leaf {
	var found []leaf
	fields := message.Descriptor().Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		path := prefix + string(field.Name())
		if keep(field) {
			found = append(found, leaf{path, message, field, -1})
		}
		switch {
		case field.Message() == nil || !message.Has(field):
		case field.IsList():
			list := message.Get(field).List()
			for j := range list.Len() {
				found = append(found, leaves(list.Get(j).Message(), fmt.Sprintf("%s[%d].", path, j), keep)...)
			}
		default:
			found = append(found, leaves(message.Get(field).Message(), path+".", keep)...)
		}
	}
	return found
}

// texts finds every text in a request, elements of lists by their first.
func texts(message protoreflect.Message) []string {
	var paths []string
	for _, l := range leaves(message, "", func(field protoreflect.FieldDescriptor) bool { return field.Kind() == protoreflect.StringKind }) {
		if l.field.IsList() {
			l.path += "[0]"
		}
		paths = append(paths, l.path)
	}
	return paths
}

// nameOf is the field's name at the end of a path.
func nameOf(path string) string {
	last := path[strings.LastIndexByte(path, '.')+1:]
	name, _, _ := strings.Cut(last, "[")
	return name
}
