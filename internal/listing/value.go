package listing

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/lottrail/lottrail/internal/qty"
)

// literal is a value as it was written: in quotes, as a number, or as a bare word.
type literal struct {
	text string
	kind literalKind
}

type literalKind int

const (
	quoted literalKind = iota + 1
	number
	word
)

// value is what PostgreSQL is given for a literal that a field is compared with: a
// text that it can read as the field's type, whatever the literal is. The error says
// what the literal should be.
func (f Field) value(l literal) (string, error) {
	switch f.Type {
	case Boolean:
		if l.kind == word && (l.text == "true" || l.text == "false") {
			return l.text, nil
		}
		return "", errors.New("it is compared with true or false")
	case Enum:
		if stored, found := f.Values[l.text]; found && l.kind != number {
			return stored, nil
		}
		return "", fmt.Errorf("it is one of %s", strings.Join(sortedNames(f.Values), ", "))
	case Number:
		if l.kind == word {
			return "", errors.New("it is compared with a number, such as 12.5")
		}
		return parse(Number, l.text)
	default:
		if l.kind != quoted {
			return "", fmt.Errorf("it is compared with a text in quotes, such as %q", examples[f.Type])
		}
		return parse(f.Type, l.text)
	}
}

var examples = map[Type]string{Text: "A-1", Date: "2026-03-25", Moment: "2026-03-25T08:00:00Z"}

func sortedNames(values map[string]string) []string {
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// parse checks that PostgreSQL can read a text as a type.
func parse(as Type, text string) (string, error) {
	switch as {
	case Date:
		day, err := time.Parse(time.DateOnly, text)
		if err != nil || day.Year() < 1 {
			return "", errors.New(`it is compared with a day that exists, such as "2026-03-25"`)
		}
		return text, nil
	case Moment:
		moment, err := time.Parse(time.RFC3339Nano, text)
		if moment = moment.UTC(); err != nil || moment.Year() < 1 || moment.Year() > 9999 {
			return "", errors.New(`it is compared with a moment in the form of RFC 3339, such as "2026-03-25T08:00:00Z"`)
		}
		return moment.Format(time.RFC3339Nano), nil
	case Number:
		if _, err := qty.Parse(text); err != nil {
			return "", errors.New("it is compared with a decimal number, with at most 29 digits before and 9 after the point")
		}
		return text, nil
	case Boolean:
		if text != "true" && text != "false" {
			return "", errors.New("it is compared with true or false")
		}
		return text, nil
	default:
		if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			return "", errors.New("the text is not UTF-8, or has a character with the number 0 in it")
		}
		return text, nil
	}
}
