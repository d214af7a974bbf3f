// Package listing is how lists are filtered (AIP-160) and ordered (AIP-132) as
// their callers wish. A list says which fields there are; what is asked for is read
// with a parser and put around the list's own query, which stays as it is and is
// asked as ever where nothing is asked for:
//
//	SELECT listed.*, … FROM (the query without its order and limit) AS listed
//	WHERE (the filter) AND (what is behind the page before)
//	ORDER BY (the order, then the list's own key) LIMIT …
//
// So whose rows are read is decided by the inner query alone, and nothing that a
// caller wrote is ever part of the statement: fields become columns that are named
// here, values become parameters.
package listing

import (
	"slices"
	"strings"
)

// Type is what values of a field are, and how they are compared.
type Type int

// The types.
const (
	// Text is compared byte by byte. One that is missing is empty.
	Text Type = iota + 1
	// Date is a day, "2026-03-25".
	Date
	// Moment is a point in time, "2026-03-25T08:00:00Z".
	Moment
	// Number is an exact decimal.
	Number
	// Boolean is true or false.
	Boolean
	// Enum is one of the names of Values: it is equal or not, and has no order.
	Enum
)

// of are PostgreSQL's names for the types.
var sqlTypes = map[Type]string{Text: "text", Date: "date", Moment: "timestamptz", Number: "numeric", Boolean: "boolean", Enum: "text"}

// Field is something that a list may be filtered by and, an Enum aside, ordered by.
type Field struct {
	// Name is the path of the field in the message that the list is of.
	Name string
	// Column is what it is called in the list's query, or an expression of that.
	Column string
	Type   Type
	// Optional are those that may be null.
	Optional bool
	// Values are what the query has for the names of an Enum.
	Values map[string]string
}

// sql is what the field is compared and ordered as.
func (f Field) sql() string {
	if f.Type != Text {
		return "(" + f.Column + ")"
	}
	if f.Optional {
		return "(coalesce(" + f.Column + `, '') COLLATE "C")`
	}
	return "(" + f.Column + ` COLLATE "C")`
}

// nullable tells whether what sql returns may be null.
func (f Field) nullable() bool { return f.Optional && f.Type != Text }

// Term is a field that rows are ordered by. What is missing comes last, either way.
type Term struct {
	Field
	Desc bool
}

// List is what a list may be filtered and ordered by.
type List struct {
	Fields []Field
	// Key is the order of the list where nothing is said, and tells all of its rows
	// apart. Its fields are never null, and need not be among Fields.
	Key []Term
}

func (l List) field(name string) (Field, bool) {
	i := slices.IndexFunc(l.Fields, func(f Field) bool { return f.Name == name })
	if i < 0 {
		return Field{}, false
	}
	return l.Fields[i], true
}

// names are the fields, for whoever named another.
func (l List) names(orderable bool) string {
	var names []string
	for _, f := range l.Fields {
		if !orderable || f.Type != Enum {
			names = append(names, f.Name)
		}
	}
	return strings.Join(names, ", ")
}

// Stored are the values of an Enum, by the names that its protos have and by what the
// records have for each.
func Stored[E ~int32](names map[int32]string, code func(E) string) map[string]string {
	values := make(map[string]string, len(names))
	for n, name := range names {
		values[name] = code(E(n))
	}
	return values
}
