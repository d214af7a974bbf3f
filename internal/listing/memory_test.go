package listing_test

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"
	"pgregory.net/rapid"

	"github.com/lottrail/lottrail/internal/qty"
)

// kind is what a field of a message is, told from the message alone.
type kind int

const (
	text kind = iota
	day
	moment
	number
	boolean
	enum
)

// column is a field that a list says it has.
type column struct {
	name string
	path []protoreflect.FieldDescriptor
	kind kind
}

// columnOf finds a field in a message, or returns false.
func columnOf(message protoreflect.MessageDescriptor, name string) (column, bool) {
	c := column{name: name}
	for _, part := range strings.Split(name, ".") {
		if message == nil {
			return c, false
		}
		field := message.Fields().ByName(protoreflect.Name(part))
		if field == nil || field.IsList() {
			return c, false
		}
		c.path, message = append(c.path, field), field.Message()
	}
	last := c.path[len(c.path)-1]
	switch {
	case last.Kind() == protoreflect.EnumKind:
		c.kind = enum
	case last.Kind() == protoreflect.BoolKind:
		c.kind = boolean
	case last.Kind() == protoreflect.MessageKind && last.Message().FullName() == "google.protobuf.Timestamp":
		c.kind = moment
	case last.Kind() == protoreflect.MessageKind:
		return c, false
	case last.Kind() != protoreflect.StringKind || last.Name() == "value" || strings.HasSuffix(string(last.Name()), "_percent"):
		c.kind = number
	case strings.HasSuffix(string(last.Name()), "_date") || last.Name() == "last_day" || last.Name() == "today":
		c.kind = day
	}
	return c, true
}

// of is the value in a row as text, and whether it is there.
func (c column) of(row proto.Message) (string, bool) {
	m := row.ProtoReflect()
	for _, field := range c.path[:len(c.path)-1] {
		if !m.Has(field) {
			return "", c.kind == text
		}
		m = m.Get(field).Message()
	}
	last := c.path[len(c.path)-1]
	value := m.Get(last)
	switch c.kind {
	case text:
		return value.String(), true
	case enum:
		return string(last.Enum().Values().ByNumber(value.Enum()).Name()), true
	case moment:
		if !m.Has(last) {
			return "", false
		}
		return value.Message().Interface().(*timestamppb.Timestamp).AsTime().Format(time.RFC3339Nano), true
	case boolean:
		return value.String(), true
	case number:
		return value.String(), !last.HasPresence() && value.String() != "" || m.Has(last)
	default:
		return value.String(), value.String() != ""
	}
}

// compare tells which of two values is first.
func (c column) compare(a, b string) int {
	switch c.kind {
	case number:
		return qty.MustParse(a).Cmp(qty.MustParse(b))
	case moment:
		x, _ := time.Parse(time.RFC3339Nano, a)
		y, _ := time.Parse(time.RFC3339Nano, b)
		return x.Compare(y)
	default:
		return cmp.Compare(a, b)
	}
}

// sorted is the order that order_by asks for; rows come in that of the list.
type sorted struct {
	column
	desc bool
}

func inOrder(rows []proto.Message, by []sorted) []proto.Message {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b proto.Message) int {
		for _, s := range by {
			x, hasX := s.of(a)
			y, hasY := s.of(b)
			switch {
			case hasX != hasY:
				return map[bool]int{true: -1, false: 1}[hasX] // missing ones last, either way
			case !hasX || s.compare(x, y) == 0:
				continue
			case s.desc:
				return -s.compare(x, y)
			default:
				return s.compare(x, y)
			}
		}
		return 0
	})
	return rows
}

// asked is a filter as text and as what it means.
type asked struct {
	text  string
	holds func(proto.Message) bool
}

// drawFilter draws a filter over some columns, with values of the rows or near them.
func drawFilter(t *rapid.T, columns []column, rows []proto.Message, depth int) asked {
	if depth > 0 {
		switch rapid.IntRange(0, 4).Draw(t, "shape") {
		case 0:
			a, b := drawFilter(t, columns, rows, depth-1), drawFilter(t, columns, rows, depth-1)
			return asked{"(" + a.text + ") AND (" + b.text + ")", func(m proto.Message) bool { return a.holds(m) && b.holds(m) }}
		case 1:
			a, b := drawFilter(t, columns, rows, depth-1), drawFilter(t, columns, rows, depth-1)
			return asked{"(" + a.text + " ) OR ( " + b.text + ")", func(m proto.Message) bool { return a.holds(m) || b.holds(m) }}
		case 2:
			a := drawFilter(t, columns, rows, depth-1)
			return asked{rapid.SampledFrom([]string{"NOT ", "-"}).Draw(t, "not") + "(" + a.text + ")", func(m proto.Message) bool { return !a.holds(m) }}
		}
	}
	c := rapid.SampledFrom(columns).Draw(t, "field")
	if rapid.IntRange(0, 7).Draw(t, "presence") == 0 {
		return asked{c.name + ":*", func(m proto.Message) bool {
			value, there := c.of(m)
			return there && (c.kind != text || value != "")
		}}
	}
	return drawComparison(t, c, rows)
}

func drawComparison(t *rapid.T, c column, rows []proto.Message) asked {
	value, there := c.of(rapid.SampledFrom(rows).Draw(t, "like"))
	if !there {
		value = map[kind]string{day: "2099-06-15", moment: "2026-01-01T00:00:00Z", number: "1", boolean: "true"}[c.kind]
	}
	literal := value
	switch {
	case c.kind == number && rapid.Bool().Draw(t, "near"):
		value += map[bool]string{true: "5", false: ".5"}[strings.Contains(value, ".")]
		literal = value
	case c.kind == text || c.kind == day || c.kind == moment:
		literal = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`
	}
	if c.kind == text && value != "" && value != "*" && rapid.IntRange(0, 4).Draw(t, "part") == 0 {
		return asked{c.name + ":" + literal, func(m proto.Message) bool {
			got, _ := c.of(m)
			return strings.Contains(got, value)
		}}
	}
	operators := []string{"=", "!=", "<", "<=", ">", ">="}
	if c.kind == boolean || c.kind == enum {
		operators = operators[:2]
	}
	operator := rapid.SampledFrom(operators).Draw(t, "operator")
	return asked{c.name + " " + operator + " " + literal, func(m proto.Message) bool {
		got, there := c.of(m)
		if !there {
			return operator == "!="
		}
		d := c.compare(got, value)
		return map[string]bool{"=": d == 0, "!=": d != 0, "<": d < 0, "<=": d <= 0, ">": d > 0, ">=": d >= 0}[operator]
	}}
}
