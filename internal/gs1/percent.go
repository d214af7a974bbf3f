package gs1

import "strings"

// place is a part of a URI: in a query + stands for a space.
type place int

const (
	inPath place = iota
	inQuery
)

const unreserved = digits + upper + lower + "-._~"

// encode writes a value into a URI: all but the unreserved characters of RFC 3986
// in percent-encoding.
func encode(value string, where place) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(value) {
		switch c := value[i]; {
		case strings.IndexByte(unreserved, c) >= 0:
			b.WriteByte(c)
		case c == ' ' && where == inQuery:
			b.WriteByte('+')
		default:
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return b.String()
}

// decode is the inverse of encode. A % that no two hexadecimal digits follow stands
// for itself. The offsets are the places in the text that the bytes of the value,
// and its end, come from.
func decode(text string, where place) (value string, offsets []int) {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		offsets = append(offsets, i)
		switch c := text[i]; {
		case c == '%' && escaped(text[i:]):
			b.WriteByte(fromHex(text[i+1])<<4 | fromHex(text[i+2]))
			i += 2
		case c == '+' && where == inQuery:
			b.WriteByte(' ')
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), append(offsets, len(text))
}

// escaped says whether a text begins with a character in percent-encoding.
func escaped(text string) bool {
	const hex = "0123456789ABCDEFabcdef"
	return len(text) >= 3 && strings.IndexByte(hex, text[1]) >= 0 && strings.IndexByte(hex, text[2]) >= 0
}

func fromHex(c byte) byte {
	switch {
	case c >= 'a':
		return c - 'a' + 10
	case c >= 'A':
		return c - 'A' + 10
	}
	return c - '0'
}
