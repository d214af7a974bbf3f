package badinput_test

import (
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// isCode tells fields that hold a business key by their names.
func isCode(path string) bool {
	name := nameOf(path)
	return name == "sku" || name == "skus" || name == "case_number" || strings.HasSuffix(name, "code") ||
		strings.HasSuffix(path, "references[0].kind") || strings.HasSuffix(path, "references[0].value")
}

// unseen are codes with something in them that cannot be seen.
var unseen = []string{
	// Blanks at the ends, and nothing else.
	" A", "A ", "\u00a0A", "A\u2003", "A\u3000", " ",
	// Nothing to be seen at all.
	"A\u200bB", "A\u200cB", "A\u200dB", "A\u2060B", "A\ufeffB", "\ufeffA", "A\u00adB", "A\u034fB", "A\u115fB", "A\u3164", "\u2800", "A\u180eB", "A\U000e0041",
	// Direction.
	"\u202eA", "A\u200eB", "A\u200f", "A\u061cB", "\u2066A\u2069", "A\u202c",
	// Control characters and ends of lines.
	"A\x00B", "A\nB", "A\tB", "A\x1bB", "A\x7fB", "A\u0085B", "A\u2028B", "A\u2029", "\r",
	// What means nothing to anybody else, or nothing yet.
	"A\ue000", "A\U0010ffff",
}

const seen = "must consist of visible characters"

// refuseUnseenCodes: every way of hiding something in a code, where a code is made
// and where it is looked up.
func refuseUnseenCodes(t *testing.T, w *world) {
	t.Helper()
	var cases []bad
	for _, code := range unseen {
		for _, at := range []struct{ rpc, path string }{{"UpsertItem", "item.sku"}, {"Receive", "lines[0].lot_code"}, {"GetLot", "lot_code"}, {"TraceBoth", "lot_code"}} {
			cases = append(cases, bad{at.rpc, set(at.path, code), codes.InvalidArgument, "CODE_CHARACTERS", "", says(quoted(code), seen)})
		}
	}
	w.refuseAll(t, cases)
}

// refuseCodes: the same in every field that holds a code, in short.
func refuseCodes(t *testing.T, w *world) {
	t.Helper()
	// An empty code in these means that there is none.
	optional := []string{
		"ListExpiringLots sku", "ListExpiringLots location_code",
		"Receive lines[0].supplier_lot_code", "Receive lines[0].sku", "Ship sales_order_code", "Ship customer_code", "Ship carrier_code",
		"ListReceipts purchase_order_code", "OpenCount location_code", "ListShrink sku", "ListShrink lot_code", "ListShrink location_code",
		"ListLots sku", "ListLocations under", "ListLocationContents sku", "BatchUpsertLocations locations[0].parent_code",
		"Reconcile lot_code", "Reconcile location_code", "PlaceHold location_code",
		"ListReservations sku", "ListReservations lot_code", "ListReservations location_code", "ListReservations sales_order_code",
		"ReleaseReservations lines[0].location_code", "MoveLots lines[0].sales_order_code",
		"GetTrace sku", "GetTrace lot_code", // its token is refused first; see refuseSeeds
	}
	const invalid, length = codes.InvalidArgument, "must be 1 to 128 characters long"
	w.refuseAll(t, w.forEach(func(name string, message protoreflect.Message) (cases []bad) {
		for _, path := range texts(message) {
			if !isCode(path) {
				continue
			}
			for _, code := range []string{"A\u200f", "\u202eA", "A\u200bB", "A ", "A\x00B"} {
				cases = append(cases, bad{name, set(path, code), invalid, "CODE_CHARACTERS", "", says(quoted(code), seen)})
			}
			for _, code := range []string{strings.Repeat("x", 129), strings.Repeat("é", 129)} {
				cases = append(cases, bad{name, set(path, code), invalid, "CODE_LENGTH", "", says(length)})
			}
			if !slices.Contains(optional, name+" "+path) {
				// Where it is optional for some items only, the service says so.
				cases = append(cases, bad{name, set(path, ""), invalid, anyReason, "", nil})
			}
		}
		return cases
	}))
}

// refuseReservedCodes: the outside worlds' names.
func refuseReservedCodes(t *testing.T, w *world) {
	t.Helper()
	var cases []bad
	for _, code := range []string{"supplier", "customer", "production", "scrap", "adjustment"} {
		cases = append(cases,
			bad{"UpsertLocation", set("location.code", code), codes.InvalidArgument, "LOCATION_CODE_RESERVED", "", says(quoted(code), "choose another")},
			bad{"UpsertLocation", set("location.parent_code", code), codes.NotFound, "UNKNOWN_LOCATION", "", says(quoted(code), "check the code")},
		)
	}
	w.refuseAll(t, cases)
}
