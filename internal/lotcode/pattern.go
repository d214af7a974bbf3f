// Package lotcode makes lot codes from a pattern, such as LOT-{YYYY}-{MM}-{###}.
// It is pure: who hands out the numbers, and sees to it that no two get the same,
// keeps a counter for each Scope.
//
// A pattern is text with placeholders in braces. Text stands for itself; the
// placeholders are
//
//	{YYYY} {YY} {Y}   the year with four, two or one digit
//	{MM} {DD}         month, day of the month
//	{DDD}             day of the year, 001 to 366
//	{GGGG} {GG} {WW}  the ISO year (four or two digits) and its week, 01 to 53
//	{#} to {#########} the running number, with a digit for each #
//
// There is exactly one running number, and everything else has a fixed width, so
// two codes of a pattern are the same only if both number and Scope are.
//
// What other systems have beyond that is left out. An item has a pattern of its own,
// and a lot is named by item and code: the item's code, a plant's or a line's is
// text in the pattern. Hours and minutes would begin the numbers anew all the time.
package lotcode

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// MaxLength is how long the codes of a pattern may be. The API takes lot codes of up
// to 128 characters, for suppliers make them as they like. A code that is made here
// has to fit in every GS1 barcode, and application identifier (10), batch or lot,
// has room for 20 characters (GS1 General Specifications, 3.4.1).
const MaxLength = 20

// maxDigits of a running number, all of which fit in 32 bits.
const maxDigits = 9

// Pattern is a pattern that was compiled. The zero Pattern makes no codes.
type Pattern struct {
	source string
	parts  []part
	digits int
}

// part is a piece of a pattern: the running number, or else what write puts there
// for a day.
type part struct {
	number bool
	write  func(day time.Time) string
}

// String is the pattern as it was written.
func (p Pattern) String() string { return p.source }

// Last is the highest running number that the pattern has digits for.
func (p Pattern) Last() int64 {
	last := int64(1)
	for range p.digits {
		last *= 10
	}
	return last - 1
}

// Scope is the key under which the numbers of a day run, from 1: the code with all
// but the number in it, so that they begin anew with each month if the pattern has
// the month in it. How many digits the number has is not told: whoever gives a
// pattern more of them, because its numbers have run out, goes on where it was.
//
// day is the date that the calendar shows where the lot is made.
func (p Pattern) Scope(day time.Time) string { return p.write(day, "{#}") }

// Code is the lot code with the running number n, which begins at 1. A number that
// the pattern has no digits for is refused with an *Error, LOT_CODES_EXHAUSTED.
func (p Pattern) Code(day time.Time, n int64) (string, error) {
	switch {
	case n < 1:
		return "", fmt.Errorf("lot code number %d: the numbers begin at 1", n)
	case n > p.Last():
		return "", &Error{Reason: Exhausted, Message: fmt.Sprintf(
			"all %d lot codes of the form %s are used up: give the item's pattern %q more # for the running number, or a placeholder that begins the numbers anew more often, such as {DD}",
			p.Last(), p.write(day, strings.Repeat("#", p.digits)), p.source)}
	}
	return p.write(day, fmt.Sprintf("%0*d", p.digits, n)), nil
}

// write writes a code of the day with this for its number.
func (p Pattern) write(day time.Time, number string) string {
	var code strings.Builder
	for _, part := range p.parts {
		if part.number {
			code.WriteString(number)
		} else {
			code.WriteString(part.write(day))
		}
	}
	return code.String()
}

// placeholder is what may stand in braces, other than the running number.
type placeholder struct {
	width int
	// Which calendar it is of: months and days, or weeks.
	month, week bool
	write       func(day time.Time) string
}

var placeholders = map[string]placeholder{
	"YYYY": {width: 4, month: true, write: format("2006")},
	"YY":   {width: 2, month: true, write: format("06")},
	"Y":    {width: 1, month: true, write: func(day time.Time) string { return strconv.Itoa(day.Year() % 10) }},
	"MM":   {width: 2, month: true, write: format("01")},
	"DD":   {width: 2, month: true, write: format("02")},
	"DDD":  {width: 3, month: true, write: format("002")},
	"GGGG": {width: 4, week: true, write: func(day time.Time) string { year, _ := day.ISOWeek(); return fmt.Sprintf("%04d", year) }},
	"GG":   {width: 2, week: true, write: func(day time.Time) string { year, _ := day.ISOWeek(); return fmt.Sprintf("%02d", year%100) }},
	"WW":   {width: 2, week: true, write: func(day time.Time) string { _, week := day.ISOWeek(); return fmt.Sprintf("%02d", week) }},
}

func format(layout string) func(time.Time) string {
	return func(day time.Time) string { return day.Format(layout) }
}
