package gs1

import "strings"

const (
	digits = "0123456789"
	upper  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	lower  = "abcdefghijklmnopqrstuvwxyz"
	set82  = `!"%&'()*+,-./` + digits + ":;<=>?" + upper + "_" + lower
	set39  = "#-/" + digits + upper
	set64  = upper + lower + digits + "-_"
)

// characterSets are those of the General Specifications, section 7.11, in their
// order, which check characters are computed from.
var characterSets = map[byte]string{'n': digits, 'x': set82, 'y': set39, 'z': set64}

// checkValue holds a value against the format and the rules of its AI.
func (d *definition) checkValue(value string) *fault {
	at := 0
	for _, c := range d.components {
		rest := value[at:]
		if rest == "" && c.optional {
			break
		}
		if len(rest) < c.least {
			return wrong(ReasonLength, len(value), "%s is too short: the value has %s", brief(value), d.format())
		}
		part := rest[:min(len(rest), c.most)]
		if f := checkCharacters(c.set, part); f != nil {
			return f.after(at)
		}
		for _, rule := range c.rules {
			if f := rules[rule](part); f != nil {
				return f.after(at)
			}
		}
		at += len(part)
	}
	if at < len(value) {
		return wrong(ReasonLength, at, "%s is too long: the value has %s; is a separator (FNC1, sent as GS) missing?", brief(value), d.format())
	}
	return nil
}

// checkCharacters holds a text against a character set.
func checkCharacters(set byte, text string) *fault {
	if set == 'z' {
		return checkBase64(text)
	}
	allowed := characterSets[set]
	for i := range len(text) {
		if strings.IndexByte(allowed, text[i]) >= 0 {
			continue
		}
		switch {
		case text[i] == '\\' && set != 'n':
			return wrong(ReasonCharacter, i, `a backslash is in no value of GS1's: send the separator GS as the character 0x1D, which JSON writes "\u001d"`)
		case set == 'n':
			return wrong(ReasonCharacter, i, "%s stands where a digit has to be", quote(text, i))
		case set == 'y':
			return wrong(ReasonCharacter, i, "%s is not in GS1's character set 39: capital letters, digits and # - /", quote(text, i))
		default:
			return wrong(ReasonCharacter, i, `%s is not in GS1's character set 82: letters, digits and !"%%&'()*+,-./_:;<=>?`, quote(text, i))
		}
	}
	return nil
}

// checkBase64 looks at base64url: padded by at most two "=", and then to a
// multiple of three.
func checkBase64(text string) *fault {
	body := strings.TrimRight(text, "=")
	for i := range len(body) {
		if strings.IndexByte(set64, body[i]) < 0 {
			return wrong(ReasonCharacter, i, "%s is not in the base64url alphabet: letters, digits and - _", quote(text, i))
		}
	}
	if padding := len(text) - len(body); padding > 2 || padding > 0 && len(text)%3 != 0 {
		return wrong(ReasonCharacter, len(body), "%q is not padded as base64url is", text)
	}
	return nil
}

// format says in words what a value consists of, for messages.
func (d *definition) format() string {
	var b strings.Builder
	for i, c := range d.components {
		if i > 0 {
			b.WriteString(", then ")
		}
		if c.optional {
			b.WriteString("if need be ")
		}
		if c.least != c.most {
			b.WriteString("1 to ")
		}
		b.WriteString(count(c.most, map[bool]string{true: "digit", false: "character"}[c.set == 'n']))
	}
	return b.String()
}
