package listing

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"go.einride.tech/aip/ordering"

	"github.com/lottrail/lottrail/internal/errs"
)

// maxOrder is how many fields a list may be ordered by. A page token holds a value of
// each, and of the list's key.
const maxOrder = 3

// order reads an order_by, and ends it with the list's key: no two rows are alike in all
// of it.
func (l List) order(by string) ([]Term, error) {
	var terms []Term
	if strings.TrimSpace(by) != "" {
		place := 1
		for _, part := range strings.Split(by, ",") {
			term, err := l.term(part, place)
			if err != nil {
				return nil, err
			}
			if has(terms, term) {
				return nil, l.badOrder(part, place, "%s is there twice", term.Name)
			}
			if terms = append(terms, term); len(terms) > maxOrder {
				return nil, l.badOrder(part, place, "there may be %d fields", maxOrder)
			}
			place += utf8.RuneCountInString(part) + 1
		}
	}
	for _, key := range l.Key {
		if !has(terms, key) {
			terms = append(terms, key)
		}
	}
	return terms, nil
}

func has(terms []Term, one Term) bool {
	return slices.ContainsFunc(terms, func(t Term) bool { return t.Column == one.Column })
}

// term reads one part of an order_by, which begins at a place in it.
func (l List) term(part string, place int) (Term, error) {
	var order ordering.OrderBy
	if err := order.UnmarshalString(part); err != nil || len(order.Fields) != 1 {
		return Term{}, l.badOrder(part, place, "%q is no field with a direction, asc or desc", short(strings.TrimSpace(part)))
	}
	asked := order.Fields[0]
	field, found := l.field(asked.Path)
	switch {
	case !found:
		return Term{}, l.badOrder(part, place, "there is no field %q", short(asked.Path))
	case field.Type == Enum:
		return Term{}, l.badOrder(part, place, "%s has no order", field.Name)
	}
	return Term{Field: field, Desc: asked.Desc}, nil
}

func (l List) badOrder(part string, place int, format string, args ...any) error {
	place += utf8.RuneCountInString(part) - utf8.RuneCountInString(strings.TrimLeft(part, " "))
	args = append(append([]any{place}, args...), l.names(true))
	return errs.Invalid("order_by", "INVALID_ORDER", `at character %d: `+format+`. Write it as in "a desc, b"; the fields are %s`, args...)
}

// orderBy is what is to stand behind ORDER BY.
func orderBy(terms []Term) string {
	parts := make([]string, len(terms))
	for i, t := range terms {
		parts[i] = t.sql()
		if t.Desc {
			parts[i] += " DESC"
		}
		if t.nullable() {
			parts[i] += " NULLS LAST"
		}
	}
	return strings.Join(parts, ", ")
}

// behind is the condition for what comes after a row with the given values of the terms,
// nil where one is missing. The directions may differ, so it goes term by term: rows that
// are behind in one of them, and in all before it the same.
func behind(terms []Term, values []*string, params *params) string {
	var same, either []string
	for i, t := range terms {
		column := t.sql()
		if values[i] == nil {
			// Nothing comes behind what is missing.
			same = append(same, column+" IS NULL")
			continue
		}
		param := params.add(*values[i], t.Type)
		operator := map[bool]string{false: ">", true: "<"}[t.Desc]
		after := column + " " + operator + " " + param
		if t.nullable() {
			after = "(" + after + " OR " + column + " IS NULL)"
		}
		either = append(either, "("+strings.Join(append(slices.Clone(same), after), " AND ")+")")
		same = append(same, column+" = "+param)
	}
	return "(" + strings.Join(either, " OR ") + ")"
}

// params are the values of a statement, behind those that its inner query has.
type params struct {
	// first is how many those are.
	first  int
	values []any
}

// add returns what stands in the statement for a value.
func (p *params) add(value string, t Type) string {
	p.values = append(p.values, value)
	return fmt.Sprintf("$%d::%s", p.first+len(p.values), sqlTypes[t])
}
