package gs1

import (
	"slices"
	"strings"
	"time"
)

// Element is an AI with its value: an element string.
type Element struct{ AI, Value string }

// Elements are element strings that belong together, in the order in which they
// were read or shall be written.
type Elements []Element

// Value returns the value of an AI, and whether there is one.
func (e Elements) Value(ai string) (string, bool) {
	for _, element := range e {
		if element.AI == ai {
			return element.Value, true
		}
	}
	return "", false
}

func (e Elements) has(ai string) bool {
	_, has := e.Value(ai)
	return has
}

func (e Elements) value(ai string) string {
	value, _ := e.Value(ai)
	return value
}

// GTIN is that of the trade item itself, with 14 digits; "" if there is none.
func (e Elements) GTIN() string { return e.value("01") }

// ContentGTIN is that of the trade items within a logistic unit, of which Count
// says how many there are; "" if there is none.
func (e Elements) ContentGTIN() string { return e.value("02") }

// Lot is the batch or lot number; "" if there is none.
func (e Elements) Lot() string { return e.value("10") }

// Serial is the serial number; "" if there is none.
func (e Elements) Serial() string { return e.value("21") }

// SSCC identifies a logistic unit; "" if there is none.
func (e Elements) SSCC() string { return e.value("00") }

// VariableCount is the number of items in a trade item that varies in it (AI 30),
// and Count that of trade items in a logistic unit (AI 37), without zeros in front;
// "" if there is none.
func (e Elements) VariableCount() string { return unpadded(e.value("30")) }

// Count is explained at VariableCount.
func (e Elements) Count() string { return unpadded(e.value("37")) }

// AIs of dates, for Elements.Date.
const (
	ProductionDate = "11"
	DueDate        = "12"
	PackagingDate  = "13"
	BestBeforeDate = "15"
	SellByDate     = "16"
	ExpirationDate = "17"
)

// Date returns the date of an AI whose value is a date, as midnight UTC, and
// whether there is one. Today, at whichever place counts, decides on the century:
// the year is at most 50 after and 49 before it. Where the day was left open (00),
// it is the last of the month.
func (e Elements) Date(ai string, today time.Time) (day time.Time, ok bool) {
	value, has := e.Value(ai)
	if d := dictionary[ai]; !has || d == nil || d.date() == "" || ruleDate(value, "YYMMDD", true) != nil {
		return time.Time{}, false
	}
	return readDate(value, today)
}

// DateValue is the value of a date, the inverse of Date, for writing it.
func DateValue(day time.Time) string { return day.Format("060102") }

// Measure is a quantity with its unit: net weight, length, area, volume.
type Measure struct {
	AI string
	// Quantity is a plain decimal, with as many decimals as the AI says: the
	// value 000195 of AI 3103 is 0.195.
	Quantity string
	// Unit is a UN/ECE Rec 20 code such as KGM or LBR; "" for AI 357n, which does
	// not tell ounces of weight from those of volume.
	Unit string
}

// Measures are the elements with AIs from 3100 to 3695, in their order.
func (e Elements) Measures() []Measure {
	var all []Measure
	for _, element := range e {
		if len(element.AI) != 4 || element.AI < "3100" || element.AI > "3699" || !wellFormed(element) {
			continue
		}
		decimals := int(element.AI[3] - '0')
		whole := len(element.Value) - decimals
		quantity := unpadded(element.Value[:whole])
		if decimals > 0 {
			quantity += "." + element.Value[whole:]
		}
		all = append(all, Measure{AI: element.AI, Quantity: quantity, Unit: dictionary[element.AI].unit})
	}
	return all
}

// wellFormed keeps what was not read by this package from being trusted.
func wellFormed(e Element) bool {
	d := dictionary[e.AI]
	return d != nil && d.checkValue(e.Value) == nil
}

// unpadded is a number without zeros in front, but for the last.
func unpadded(number string) string {
	if number == "" {
		return ""
	}
	return strings.TrimLeft(number[:len(number)-1], "0") + number[len(number)-1:]
}

// once leaves out elements that come again.
func (e Elements) once() Elements {
	var all Elements
	for _, element := range e {
		if !slices.Contains(all, element) {
			all = append(all, element)
		}
	}
	return all
}
