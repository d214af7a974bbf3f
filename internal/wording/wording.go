// Package wording is how quantities, counts and codes are written for people, the
// same on a screen and on a page.
package wording

import (
	"fmt"
	"strings"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// symbols are what people write for UN/ECE Rec 20 codes.
var symbols = map[string]string{"KGM": "kg", "GRM": "g", "TNE": "t", "LTR": "l", "MLT": "ml", "H87": "pcs"}

// Amount is a quantity as people write it: 4,800 pcs.
func Amount(q *pb.Quantity) string {
	unit := q.GetUnit()
	if symbol, ok := symbols[unit]; ok {
		unit = symbol
	}
	return grouped(q.GetValue()) + " " + unit
}

// grouped puts commas between the thousands of a decimal.
func grouped(value string) string {
	sign := ""
	if strings.HasPrefix(value, "-") {
		sign, value = "-", value[1:]
	}
	whole, fraction, found := strings.Cut(value, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if found {
		whole += "." + fraction
	}
	return sign + whole
}

// Code is a lot code as it stands in a text: in quotes if it has blanks.
func Code(lotCode string) string {
	if strings.Contains(lotCode, " ") {
		return "“" + lotCode + "”"
	}
	return lotCode
}

// Number is a whole number: 2,000.
func Number[N int | int32 | int64](n N) string { return grouped(fmt.Sprint(n)) }

// Noun is what so many are called, by the name of one.
func Noun[N int | int32 | int64](n N, one string) string {
	if n == 1 {
		return one
	}
	return one + "s"
}

// Count is a number of things: 1 lot, 2,000 lots.
func Count[N int | int32 | int64](n N, one string) string { return Number(n) + " " + Noun(n, one) }

// Logged says how far the log went.
func Logged(p *pb.LogPosition) string {
	text := "when the log was empty"
	if p.GetLogIndex() > 0 {
		text = fmt.Sprintf("with the log at %d", p.GetLogIndex())
	}
	if n := p.GetUnloggedCount(); n > 0 {
		text += fmt.Sprintf(" and %s recorded beyond it", Count(n, "operation"))
	}
	return text
}
