package lotcode

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// The reasons for which a pattern, or a number, is refused.
const (
	UnclosedBrace      = "PATTERN_BRACE_NOT_CLOSED"
	UnopenedBrace      = "PATTERN_BRACE_NOT_OPENED"
	UnknownPlaceholder = "PATTERN_PLACEHOLDER_UNKNOWN"
	BadCharacter       = "PATTERN_CHARACTER_NOT_ALLOWED"
	NoNumber           = "PATTERN_WITHOUT_NUMBER"
	TwoNumbers         = "PATTERN_NUMBER_REPEATED"
	LongNumber         = "PATTERN_NUMBER_TOO_LONG"
	MixedCalendars     = "PATTERN_MIXES_CALENDARS"
	LongCode           = "PATTERN_CODE_TOO_LONG"
	Exhausted          = "LOT_CODES_EXHAUSTED"
)

// Error says why a pattern is none, or why it makes no more codes, and what to do.
type Error struct {
	// Reason is one of the constants above: callers branch on it.
	Reason string
	// Position is the character of the pattern that the error is about, from 1; 0 if
	// it is about all of it.
	Position int
	// Message tells the position too.
	Message string
}

func (e *Error) Error() string { return e.Message }

// listing is how messages list what may stand in braces.
const listing = "{YYYY}, {YY}, {Y}, {MM}, {DD}, {DDD} (day of the year), {GGGG}, {GG}, {WW} (ISO year and week) and one running number such as {###}"

// compiler reads a pattern once, from the left.
type compiler struct {
	Pattern
	position int // of the character that is read, from 1
	length   int // of the codes, as far as it is read
	number   int // position of the running number, 0 if there was none yet
	// The last placeholder of each calendar.
	month, week string
}

// Compile reads a pattern. What is wrong with it is told by an *Error.
func Compile(pattern string) (Pattern, error) {
	c := &compiler{Pattern: Pattern{source: pattern}}
	for read := 0; read < len(pattern); {
		// All that was accepted so far is ASCII: bytes are characters.
		c.position = read + 1
		size, err := c.next(pattern[read:])
		if err != nil {
			return Pattern{}, err
		}
		read += size
	}
	c.position = 0
	switch {
	case c.number == 0:
		return Pattern{}, c.refuse(NoNumber, "the pattern %q has no running number, and its lot codes would be the same: put one in, such as {###} for 001 to 999", pattern)
	case c.length > MaxLength:
		return Pattern{}, c.refuse(LongCode, "the pattern %q makes lot codes of %d characters, but a GS1 barcode has room for %d (application identifier 10): shorten its text, or write {YY} for the year", pattern, c.length, MaxLength)
	}
	return c.Pattern, nil
}

// next takes what is next, a placeholder or a character, and returns how many bytes
// that is.
func (c *compiler) next(rest string) (int, error) {
	first, size := utf8.DecodeRuneInString(rest)
	switch {
	case first == '}':
		return 0, c.refuse(UnopenedBrace, "character %d, }, closes a brace that was not opened: a lot code has no braces of its own, they are for %s", c.position, listing)
	case first != '{':
		return size, c.literal(first)
	}
	end := strings.IndexAny(rest[1:], "{}") + 1
	if end == 0 || rest[end] == '{' {
		return 0, c.refuse(UnclosedBrace, "the brace that opens at character %d is not closed: close it with }, or leave it out, for a lot code has no braces of its own", c.position)
	}
	return end + 1, c.placeholder(rest[1:end])
}

func (c *compiler) literal(r rune) error {
	switch {
	case r == '#':
		return c.refuse(BadCharacter, "character %d is a # outside of braces: write the running number as {###}, with a # for each digit", c.position)
	case !inSet82(r):
		return c.refuse(BadCharacter, "character %d, %q, cannot stand in a GS1 barcode: use letters A to Z and a to z, digits, and any of !\"%%&'()*+,-./:;<=>?_", c.position, r)
	}
	text := string(r)
	c.add(1, part{write: func(time.Time) string { return text }})
	return nil
}

func (c *compiler) placeholder(name string) error {
	if name != "" && strings.Trim(name, "#") == "" {
		return c.runningNumber(len(name))
	}
	p, ok := placeholders[name]
	if !ok {
		if _, upper := placeholders[strings.ToUpper(name)]; upper {
			return c.refuse(UnknownPlaceholder, "the placeholder {%s} at character %d is unknown: write {%s}", name, c.position, strings.ToUpper(name))
		}
		return c.refuse(UnknownPlaceholder, "the placeholder %q at character %d is unknown: there are %s", "{"+name+"}", c.position, listing)
	}
	if p.month {
		c.month = name
	}
	if p.week {
		c.week = name
	}
	// 29 December 2025 is in week 1 of 2026: by another calendar's year or month the
	// code would name a week that is eleven months off.
	if c.month != "" && c.week != "" {
		return c.refuse(MixedCalendars, "the placeholder {%s} at character %d is of another calendar than {%s}, for ISO weeks run across months and years: write either {GGGG} and {WW}, or {YYYY}, {MM}, {DD} or {DDD}", name, c.position, other(name, c.month, c.week))
	}
	c.add(p.width, part{write: p.write})
	return nil
}

func other(name, a, b string) string {
	if name == a {
		return b
	}
	return a
}

func (c *compiler) runningNumber(digits int) error {
	switch {
	case c.number > 0:
		return c.refuse(TwoNumbers, "the running number at character %d is the second: leave one, the first is at character %d", c.position, c.number)
	case digits > maxDigits:
		return c.refuse(LongNumber, "the running number at character %d has %d digits: give it %d at most", c.position, digits, maxDigits)
	}
	c.number, c.digits = c.position, digits
	c.add(digits, part{number: true})
	return nil
}

func (c *compiler) add(width int, p part) {
	c.length += width
	c.parts = append(c.parts, p)
}

func (c *compiler) refuse(reason, format string, args ...any) *Error {
	return &Error{Reason: reason, Position: c.position, Message: fmt.Sprintf(format, args...)}
}

// inSet82 says whether a character is one of the 82 that an application identifier's
// value may have (GS1 General Specifications, 7.11): so it may stand in a lot code.
func inSet82(r rune) bool {
	return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' ||
		strings.ContainsRune(`!"%&'()*+,-./:;<=>?_`, r)
}
