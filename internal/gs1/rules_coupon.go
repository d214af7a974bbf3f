package gs1

import "strings"

// The coupons of North America, AIs 8110 and 8112, are a row of fields, some of
// which begin with a digit for their own length.

// couponReader takes such a value apart. After its first fault it takes nothing
// more.
type couponReader struct {
	text  string
	at    int
	fault *fault
}

func (r *couponReader) rest() string { return r.text[r.at:] }

// take takes n characters of the field that is called what.
func (r *couponReader) take(n int, what string) string {
	if r.fault != nil {
		return ""
	}
	if len(r.rest()) < n {
		r.fault = wrong(ReasonLength, r.at, "%q is too short for the coupon's %s of %s", r.rest(), what, count(n, "digit"))
		return ""
	}
	r.at += n
	return r.text[r.at-n : r.at]
}

// code takes a digit which has to be one of those allowed.
func (r *couponReader) code(allowed, what string) string {
	code := r.take(1, what)
	if r.fault == nil && !strings.Contains(allowed, code) {
		r.fault = wrong(ReasonValue, r.at-1, "%q is no %s of a coupon: it is one of %s", code, what, allowed)
	}
	return code
}

// sized takes a field that begins with its own length, less an amount. A length
// "9" stands for a field that is not there, where 9 is allowed.
func (r *couponReader) sized(allowed string, less int, what string) {
	size := r.code(allowed, "length of the "+what)
	if r.fault != nil || size == "9" && !strings.Contains(allowed, "8") {
		return
	}
	r.take(number(size)+less, what)
}

func (r *couponReader) date(what string) string {
	start := r.at
	text := r.take(6, what)
	if r.fault == nil {
		r.fault = ruleDate(text, "YYMMDD", false).after(start)
	}
	return text
}

const (
	prefixSizes      = "0123456" // of a company prefix of 6 to 12 digits
	amountSizes      = "12345"
	requirementCodes = "012349"
)

// purchase takes what has to be bought, without the company.
func (r *couponReader) purchase(which string) {
	r.sized(amountSizes, 0, which+" purchase requirement")
	r.code(requirementCodes, which+" purchase requirement code")
	r.take(3, which+" purchase family code")
}

// ruleCoupon is for AI 8110.
func ruleCoupon(text string) *fault {
	if f := checkCharacters('n', text); f != nil {
		return f
	}
	r := &couponReader{text: text}
	r.sized(prefixSizes, 6, "company prefix")
	r.take(6, "offer code")
	r.sized(amountSizes, 0, "save value")
	r.purchase("first")

	// What follows may be there or not, in this order.
	next := func(field string) bool {
		if r.fault != nil || !strings.HasPrefix(r.rest(), field) {
			return false
		}
		r.at++
		return true
	}
	if next("1") {
		r.code("0123", "additional purchase rules code")
		r.purchase("second")
		r.sized(prefixSizes+"9", 6, "second company prefix")
	}
	if next("2") {
		r.purchase("third")
		r.sized(prefixSizes+"9", 6, "third company prefix")
	}
	var expires, starts string
	startsAt := 0
	if next("3") {
		expires = r.date("expiration date")
	}
	if next("4") {
		startsAt = r.at
		starts = r.date("start date")
	}
	if r.fault == nil && expires != "" && starts > expires {
		return wrong(ReasonDate, startsAt, "the coupon starts on %s, after it has expired on %s", starts, expires)
	}
	if next("5") {
		r.sized(digits, 6, "serial number")
	}
	if next("6") {
		r.sized("1234567", 6, "retailer's company prefix or GLN")
	}
	if next("9") {
		r.code("01256", "save value code")
		r.code("012", "code of the item that the save value applies to")
		r.take(1, "store coupon flag")
		r.code("01", "flag against multiplying")
	}
	return r.end()
}

// ruleOffer is for AI 8112.
func ruleOffer(text string) *fault {
	if f := checkCharacters('n', text); f != nil {
		return f
	}
	r := &couponReader{text: text}
	r.code("01", "format code")
	r.sized(prefixSizes, 6, "funder")
	r.take(6, "offer code")
	r.sized(digits, 6, "serial number")
	return r.end()
}

func (r *couponReader) end() *fault {
	if r.fault == nil && r.rest() != "" {
		return wrong(ReasonLength, r.at, "%q stands after the last field of the coupon", r.rest())
	}
	return r.fault
}
