package gs1

import "strings"

// gs is what FNC1 is sent as where it separates.
const gs = '\x1d'

// readElementString reads elements one after the other, from start to the end of
// the data. After a value of no predefined length a separator has to stand, unless
// it is the last; after others it may.
func readElementString(data string, start int, separator byte) ([]field, error) {
	if start == len(data) {
		return nil, fail(ReasonEmpty, start, "there is no element")
	}
	var fields []field
	for at := start; at < len(data); {
		ai, d := aiAt(data[at:])
		if d == nil {
			return nil, unknownAI(data, at)
		}
		value := data[at+len(ai):]
		if end := strings.IndexByte(value, separator); end >= 0 {
			value = value[:end]
		}
		if predefined(ai) {
			value = value[:min(len(value), d.length())]
		}
		f := field{Element: Element{AI: ai, Value: value}, at: at, offset: from(at + len(ai))}
		if err := f.check(d); err != nil {
			return nil, err
		}
		fields = append(fields, f)
		at += len(ai) + len(value)
		if at < len(data) && data[at] == separator {
			at++
		}
	}
	return fields, nil
}

// aiAt is the AI that a text begins with; nil if none does.
func aiAt(text string) (string, *definition) {
	if len(text) < 2 {
		return "", nil
	}
	size := digitsOfAI[text[:2]]
	if len(text) < size {
		return "", nil
	}
	return text[:size], dictionary[text[:size]]
}

func unknownAI(data string, at int) *Error {
	return fail(ReasonUnknownAI, at, "no application identifier of GS1 begins %q; is the value before it too long, or a separator (FNC1, sent as GS) missing?", data[at:min(len(data), at+4)])
}

// readBracketed reads (01)09521234543213(10)ABC. A bracket that opens within a
// value is written \(.
func readBracketed(data string, start int) ([]field, error) {
	var fields []field
	for at := start; at < len(data); {
		ai, _, closed := strings.Cut(data[at+1:], ")")
		if !closed || len(ai) < 2 || len(ai) > 4 || strings.Trim(ai, digits) != "" {
			return nil, fail(ReasonBrackets, at, `an application identifier of two to four digits in brackets has to stand here, such as (01); write \( for a bracket within a value`)
		}
		d := dictionary[ai]
		if d == nil {
			return nil, fail(ReasonUnknownAI, at, "there is no application identifier (%s)", ai)
		}
		valueAt := at + len(ai) + 2
		value, size := unescapeBrackets(data[valueAt:])
		f := field{Element: Element{AI: ai, Value: value}, at: at, offset: func(i int) int {
			return valueAt + i + strings.Count(value[:i], "(")
		}}
		if err := f.check(d); err != nil {
			return nil, err
		}
		fields = append(fields, f)
		at = valueAt + size
	}
	return fields, nil
}

// unescapeBrackets returns the value that a text begins with, and how much of the
// text that is.
func unescapeBrackets(text string) (value string, size int) {
	var b strings.Builder
	for size < len(text) && text[size] != '(' {
		if strings.HasPrefix(text[size:], `\(`) {
			size++
		}
		b.WriteByte(text[size])
		size++
	}
	return b.String(), size
}
