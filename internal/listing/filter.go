package listing

import (
	"errors"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"go.einride.tech/aip/filtering"
	expr "google.golang.org/genproto/googleapis/api/expr/v1alpha1"

	"github.com/lottrail/lottrail/internal/errs"
)

// What a filter may have at most; how long it may be is a rule of its field.
const (
	maxComparisons = 50
	maxDepth       = 20
)

// filterer turns a filter into a condition.
type filterer struct {
	list   List
	params *params
	filter string
	// lead is how many characters were cut off in front of filter.
	lead int
	// positions are where in filter the nodes of what was parsed begin.
	positions map[int64]int32
}

// condition is what is to stand behind WHERE for a filter. No comparison in it is ever
// null: with what is missing none holds but !=, which is always the opposite of =. So
// a NOT is the opposite too.
func (l List) condition(filter string, params *params) (string, error) {
	f := &filterer{list: l, params: params, filter: strings.TrimSpace(filter)}
	before, _, _ := strings.Cut(filter, f.filter)
	f.lead = utf8.RuneCountInString(before)
	if err := f.measure(); err != nil {
		return "", err
	}
	var parser filtering.Parser
	parser.Init(f.filter)
	parsed, err := parser.Parse()
	if err != nil {
		return "", f.syntax(err)
	}
	f.positions = parsed.GetSourceInfo().GetPositions()
	return f.boolean(parsed.GetExpr())
}

// measure refuses what is too much before it is parsed. And it moves blanks from in front
// of closing parentheses to behind them, for the parser takes none there: so all else
// stays where it is.
func (f *filterer) measure() error {
	var lexer filtering.Lexer
	lexer.Init(f.filter)
	var moved strings.Builder
	blanks, depth, comparisons := "", 0, 0
	for {
		token, err := lexer.Lex()
		if errors.Is(err, io.EOF) {
			f.filter = moved.String() + blanks
			return nil
		}
		if err != nil {
			return f.syntax(err)
		}
		switch {
		case token.Type == filtering.TokenTypeWhitespace:
			blanks += token.Value
			continue
		case token.Type == filtering.TokenTypeLeftParen:
			depth++
		case token.Type == filtering.TokenTypeRightParen:
			depth--
		case token.Type.IsComparator():
			comparisons++
		}
		if depth > maxDepth {
			return f.bad(token.Position.Offset, "more than %d parentheses are open here; write it flatter", maxDepth)
		}
		if comparisons > maxComparisons {
			return f.bad(token.Position.Offset, "this is comparison %d, and there may be %d; ask in parts", comparisons, maxComparisons)
		}
		if token.Type != filtering.TokenTypeRightParen {
			moved.WriteString(blanks)
			blanks = ""
		}
		moved.WriteString(token.Value)
	}
}

// boolean is the condition for what holds or does not.
func (f *filterer) boolean(e *expr.Expr) (string, error) {
	call := e.GetCallExpr()
	args := call.GetArgs()
	switch function := call.GetFunction(); {
	case call == nil:
		return "", f.badAt(e, `a comparison is expected, such as %s = …`, f.list.Fields[0].Name)
	case function == filtering.FunctionNot && len(args) == 1:
		inner, err := f.boolean(args[0])
		return "(NOT " + inner + ")", err
	case (function == filtering.FunctionAnd || function == filtering.FunctionOr) && len(args) == 2:
		left, err := f.boolean(args[0])
		if err != nil {
			return "", err
		}
		right, err := f.boolean(args[1])
		return "(" + left + " " + function + " " + right + ")", err
	case function == filtering.FunctionFuzzyAnd:
		for args[0].GetCallExpr().GetFunction() == function {
			args = args[0].GetCallExpr().GetArgs()
		}
		return "", f.badAt(args[len(args)-1], "comparisons are joined by AND or OR")
	case len(args) == 2 && filtering.TokenType(function).IsComparator():
		return f.comparison(function, args[0], args[1])
	default:
		return "", f.badAt(e, "there is no function %q; strings are compared in quotes", short(function))
	}
}

// comparison is the condition for a field and what it is compared with.
func (f *filterer) comparison(operator string, left, right *expr.Expr) (string, error) {
	name, ok := path(left)
	if !ok {
		return "", f.badAt(left, "the name of a field is expected in front of %s", operator)
	}
	field, found := f.list.field(name)
	if !found {
		return "", f.badAt(left, "there is no field %q", short(name))
	}
	value, ok := f.literal(right)
	if !ok {
		return "", f.badAt(right, "a value is expected behind %s", operator)
	}
	if operator == filtering.FunctionHas {
		return f.has(field, value, right)
	}
	if field.Type == Enum || field.Type == Boolean {
		if operator != filtering.FunctionEquals && operator != filtering.FunctionNotEquals {
			return "", f.badAt(left, "%s is compared by = and != only", name)
		}
	}
	text, err := field.value(value)
	if err != nil {
		return "", f.badAt(right, "%s cannot be compared with %q: %s", name, short(value.text), err.Error())
	}
	column, param := field.sql(), f.params.add(text, field.Type)
	switch {
	case !field.nullable():
		return "(" + column + " " + sqlOperators[operator] + " " + param + ")", nil
	case operator == filtering.FunctionNotEquals:
		return "(" + column + " IS NULL OR " + column + " <> " + param + ")", nil
	default:
		return "(" + column + " IS NOT NULL AND " + column + " " + sqlOperators[operator] + " " + param + ")", nil
	}
}

// sqlOperators are PostgreSQL's, by AIP-160's.
var sqlOperators = map[string]string{"=": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}

// has is the condition for field:*, that there is something, and for field:"part", that
// a text has a part.
func (f *filterer) has(field Field, value literal, at *expr.Expr) (string, error) {
	column := field.sql()
	switch {
	case value.text == "*" && field.Type == Text:
		return "(" + column + " <> '')", nil
	case value.text == "*":
		return "(" + column + " IS NOT NULL)", nil
	case field.Type != Text || value.kind != quoted:
		return "", f.badAt(at, `: is for %s:*, that there is something, and for texts, %s:"part"`, field.Name, field.Name)
	}
	text, err := field.value(value)
	if err != nil {
		return "", f.badAt(at, "%s", err.Error())
	}
	return "(strpos(" + column + ", " + f.params.add(text, Text) + ") > 0)", nil
}

// path is the name of a field, dots included.
func path(e *expr.Expr) (string, bool) {
	if selected := e.GetSelectExpr(); selected != nil {
		name, ok := path(selected.GetOperand())
		return name + "." + selected.GetField(), ok
	}
	return e.GetIdentExpr().GetName(), e.GetIdentExpr() != nil
}

var numberText = regexp.MustCompile(`^-?(0[xX][0-9a-fA-F]*|[0-9]*\.?[0-9]*)`)

// literal is a value as it was written. Numbers are read again: the parser makes
// doubles of them, which are not what was written.
func (f *filterer) literal(e *expr.Expr) (literal, bool) {
	switch constant := e.GetConstExpr().GetConstantKind().(type) {
	case *expr.Constant_StringValue:
		return literal{constant.StringValue, quoted}, true
	case *expr.Constant_Int64Value, *expr.Constant_DoubleValue:
		return literal{numberText.FindString(f.filter[f.positions[e.GetId()]:]), number}, true
	}
	name, ok := path(e)
	return literal{name, word}, ok
}

// located are the parser's errors, which tell where.
type located interface {
	error
	Position() filtering.Position
	Message() string
}

// syntax refuses what could not be parsed, where the innermost of the errors says.
func (f *filterer) syntax(err error) error {
	var at located
	for errors.As(err, &at) {
		err = errors.Unwrap(at)
	}
	offset := int32(len(f.filter))
	if at != nil {
		offset = min(offset, at.Position().Offset)
	}
	switch rest := strings.TrimSpace(f.filter[offset:]); {
	case at != nil && at.Message() == "unterminated string":
		return f.bad(offset, "the string that begins here has no end")
	case rest == "":
		return f.bad(offset, "something is missing at the end: a value, or a closing parenthesis")
	default:
		return f.bad(offset, "%q was not expected; strings stand in quotes, and AND, OR and NOT between blanks", short(rest))
	}
}

// badAt refuses what begins with a node.
func (f *filterer) badAt(e *expr.Expr, format string, args ...any) error {
	return f.bad(f.positions[e.GetId()], format, args...)
}

func (f *filterer) bad(offset int32, format string, args ...any) error {
	place := f.lead + utf8.RuneCountInString(f.filter[:offset]) + 1
	args = append(append([]any{place}, args...), f.list.names(false))
	return errs.Invalid("filter", "INVALID_FILTER", "at character %d: "+format+". The fields are %s", args...)
}

// short is as much of a text as an error repeats.
func short(text string) string {
	const most = 40
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most]) + "…"
}
