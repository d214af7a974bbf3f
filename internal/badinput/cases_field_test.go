package badinput_test

import (
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// answersEach are calls that are not refused for what is wrong with a part of them: the
// answer says it of the part. TestOfflineMoves has what.
var answersEach = map[string]bool{"PostOfflineMoves": true}

// forEach derives cases from the fields of every request.
func (w *world) forEach(derive func(name string, message protoreflect.Message) []bad) []bad {
	var cases []bad
	for name, req := range w.good {
		if answersEach[name] {
			continue
		}
		cases = append(cases, derive(name, req.ProtoReflect())...)
	}
	slices.SortStableFunc(cases, func(a, b bad) int { return strings.Compare(a.name(), b.name()) })
	return cases
}

// refuseTexts: no text in any request may be without end, or hold what the
// database cannot keep.
func refuseTexts(t *testing.T, w *world) {
	t.Helper()
	w.refuseAll(t, w.forEach(func(name string, message protoreflect.Message) (cases []bad) {
		for _, path := range texts(message) {
			for _, text := range []string{strings.Repeat("x", 5000), "A\x00B"} {
				cases = append(cases, bad{name, set(path, text), codes.InvalidArgument, anyReason, "", nil})
			}
		}
		return cases
	}))
}

// megabyte is a text that nothing takes.
var megabyte = strings.Repeat("x", 1_000_000)

// refuseMegabyte: text of a megabyte, in every kind of text.
func refuseMegabyte(t *testing.T, w *world) {
	t.Helper()
	const invalid, start = codes.InvalidArgument, `"xxxxxxxx`
	code, name, text := says(start, "must be 1 to 128 characters long"), says(start, "must be at most 200 characters long"), says(start, "must be at most 2,000 characters long")
	number := says("must be a decimal number in plain notation")
	w.refuseAll(t, []bad{
		{"UpsertItem", set("item.sku", megabyte), invalid, "CODE_LENGTH", "", code},
		{"UpsertItem", set("item.name", megabyte), invalid, "NAME_LENGTH", "", name},
		{"UpsertItem", set("item.base_unit", megabyte), invalid, "UNIT_FORMAT", "", says(start, "must be a unit code")},
		{"UpsertItem", set("item.units[0].numerator", strings.Repeat("9", 1_000_000)), invalid, "DECIMAL_FORMAT", "", number},
		{"UpsertItem", set("item.gtins[0].gtin", strings.Repeat("9", 1_000_000)), invalid, "STRING_MAX_LEN", "", says("at most 14 characters")},
		{"UpsertItem", set("request_id", megabyte), invalid, "REQUEST_ID_FORMAT", "", says(start, "must be at most 128 visible ASCII characters")},
		{"UpsertParty", set("party.address", megabyte), invalid, "TEXT_LENGTH", "", text},
		{"UpsertParty", set("party.contacts[0].email", "x@"+strings.Repeat("x.", 500_000)+"example"), invalid, "STRING_MAX_LEN", "", says("at most 254 characters")},
		{"UpsertParty", set("party.gln", strings.Repeat("9", 1_000_000)), invalid, "STRING_LEN", "", says("13 characters")},
		{"BatchUpsertLocations", set("locations[0].time_zone", megabyte), invalid, "STRING_MAX_LEN", "", says("at most 64 characters")},
		{"UpsertPurchaseOrder", set("purchase_order.references[0].value", megabyte), invalid, "CODE_LENGTH", "", code},
		{"UpsertPurchaseOrder", set("purchase_order.order_date", megabyte), invalid, "DATE_FORMAT", "", says(start, "YYYY-MM-DD")},
		{"Receive", set("lines[0].quantity.value", strings.Repeat("1", 1_000_000)), invalid, "DECIMAL_FORMAT", "", number},
		{"Receive", set("lines[0].lot_code", megabyte), invalid, "CODE_LENGTH", "", code},
		{"Receive", set("lines[0].unit_cost.currency", megabyte), invalid, "CURRENCY_FORMAT", "", says(start, "ISO 4217")},
		{"Receive", set("lines[0].temperature_celsius", megabyte), invalid, "TEMPERATURE_FORMAT", "", says(start, "such as")},
		{"MoveLots", set("reason", megabyte), invalid, "TEXT_LENGTH", "", text},
		{"PlaceHold", set("reason", strings.Repeat("é", 500_000)), invalid, "TEXT_LENGTH", "", says("must be at most 2,000 characters long")},
		{"GetItem", set("sku", megabyte), invalid, "CODE_LENGTH", "", code},
		{"ListItems", set("page_token", megabyte), invalid, "PAGE_TOKEN_LENGTH", "", says(start, "must be a next_page_token of an earlier response")},
		{"TraceForward", set("filter.skus[0]", megabyte), invalid, "CODE_LENGTH", "", code},
	})
}

// refuseTooMany: more elements than any list takes, and none where one is needed.
func refuseTooMany(t *testing.T, w *world) {
	t.Helper()
	isList := func(field protoreflect.FieldDescriptor) bool { return field.IsList() }
	w.refuseAll(t, w.forEach(func(name string, message protoreflect.Message) (cases []bad) {
		for _, list := range leaves(message, "", isList) {
			if !list.message.Has(list.field) {
				continue // the same in the request's other elements
			}
			cases = append(cases, bad{name, set(list.path, times(1001)), codes.InvalidArgument, "REPEATED_MAX_ITEMS", "", says("must contain no more than")})
			if list.path == "kinds" {
				continue // of operations: all of them if empty
			}
			switch nameOf(list.path) {
			case "units", "gtins", "contacts", "references", "skus", "scans", "reason_codes", "drop_dates", "path", "agreed_lot_codes", "categories", "location_codes": // may be empty
			default:
				edits := set(list.path, cleared)
				if list.path == "lots" { // which scans stand beside
					edits = append(edits, set("scans", cleared)...)
				}
				least := "must contain at least 1 item"
				if list.path == "complaints" { // which are held against each other
					least = "must contain at least 2 item"
				}
				cases = append(cases, bad{name, edits, codes.InvalidArgument, "REPEATED_MIN_ITEMS", "", says(least)})
			}
		}
		return cases
	}))
}

// refuseMissing: messages that have to be there.
func refuseMissing(t *testing.T, w *world) {
	t.Helper()
	isMessage := func(field protoreflect.FieldDescriptor) bool {
		return field.Message() != nil && !field.IsList() && field.Message().FullName() != "google.protobuf.Timestamp" && field.Message().FullName() != "google.protobuf.Duration"
	}
	w.refuseAll(t, w.forEach(func(name string, message protoreflect.Message) (cases []bad) {
		for _, l := range leaves(message, "", isMessage) {
			if !slices.Contains([]string{"filter", "unit_cost", "known_at", "first", "second", "supplier_lot", "weight"}, nameOf(l.path)) && l.field.ContainingOneof() == nil && name != "ReleaseReservations" { // may be left out
				cases = append(cases, bad{name, set(l.path, cleared), codes.InvalidArgument, "REQUIRED", "", says("value is required")})
			}
		}
		if rpcs[name].isWrite() {
			cases = append(cases, bad{name, set("request_id", ""), codes.InvalidArgument, "REQUEST_ID_REQUIRED", "", says("choose a new unique value", "Idempotency-Key")})
		}
		return cases
	}))
}

// refuseEnums: values that are none, and none at all.
func refuseEnums(t *testing.T, w *world) {
	t.Helper()
	isEnum := func(field protoreflect.FieldDescriptor) bool { return field.Enum() != nil }
	cases := w.forEach(func(name string, message protoreflect.Message) (cases []bad) {
		for _, l := range leaves(message, "", isEnum) {
			path := l.path
			if l.field.IsList() {
				path += "[0]"
			}
			first := string(l.field.Enum().Values().Get(1).Name())
			if !slices.Contains([]string{"ListRecalls", "GetCount", "ListCounts", "ListShrink", "GetLotLabel", "ListExpiringLots", "ProposePicks", "PlaceHold", "MoveLots", "ListLocations", "ListReservations"}, name) && path != "detail" { // all states, or as it is where nothing is asked for
				cases = append(cases, bad{name, set(path, 0), codes.InvalidArgument, "ENUM_NOT_IN", "", says("must be one of " + first)})
			}
			if rpcs[name].isWrite() { // a query says more, see refuseQueries
				cases = append(cases, bad{name, set(path, 99), codes.InvalidArgument, "ENUM_DEFINED_ONLY", "", says("must be one of " + first)})
			}
		}
		return cases
	})
	cases = append(cases, bad{"UpsertParty", set("party.kinds", times(2)), codes.InvalidArgument, "REPEATED_UNIQUE", "", says("unique")})
	w.refuseAll(t, cases)
}
