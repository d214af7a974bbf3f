package badinput_test

import (
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
)

// quantityOf is where each write has a quantity, and the item's sku beside it.
var quantityOf = map[string]struct{ quantity, sku string }{
	"UpsertPurchaseOrder":   {"purchase_order.lines[0].quantity", "purchase_order.lines[0].sku"},
	"Receive":               {"lines[0].quantity", ""},
	"CreateProductionOrder": {"production_order.quantity", "production_order.sku"},
	"ConsumeLots":           {"lines[0].quantity", "lines[0].sku"},
	"RecordOutputs":         {"lines[0].quantity", "lines[0].sku"},
	"UpsertSalesOrder":      {"sales_order.lines[0].quantity", "sales_order.lines[0].sku"},
	"Ship":                  {"lines[0].quantity", "lines[0].sku"},
	"MoveLots":              {"lines[0].quantity", "lines[0].sku"},
}

// badQuantity is a quantity of flour, which is kept in KGM with 3 decimals.
type badQuantity struct {
	value, unit string
	field       string // under the quantity
	reason      string
	says        []string
}

func badQuantities() []badQuantity {
	const format, positive = "DECIMAL_FORMAT", "DECIMAL_POSITIVE"
	var (
		plain      = "must be a decimal number in plain notation"
		aboveZero  = "must be above zero"
		precise    = says(`"FLOUR"`, "round it where it is measured, or raise the item's decimals")
		large      = says("check the quantity")
		unitFormat = "must be a unit code"
	)
	quantities := []badQuantity{
		{"0", "KGM", ".value", positive, says(`"0"`, aboveZero)},
		{"0.000", "KGM", ".value", positive, says(`"0.000"`, aboveZero)},
		{"-0", "KGM", ".value", positive, says(`"-0"`, aboveZero)},
		{"-1", "KGM", ".value", positive, says(`"-1"`, aboveZero)},
		{"1.0005", "KGM", ".value", "QUANTITY_TOO_PRECISE", append(precise, "1.0005 KGM")},
		{"0.00001", "BAG", ".value", "QUANTITY_TOO_PRECISE", append(precise, "0.00001 BAG")},
		{"1.0000000001", "KGM", ".value", format, says(`"1.0000000001"`, "9 after the point")},
		{"1000000000000000000.001", "KGM", ".value", "QUANTITY_TOO_LARGE", append(large, "1000000000000000000.001 KGM")},
		{"40000000000000001", "BAG", ".value", "QUANTITY_TOO_LARGE", append(large, "40000000000000001 BAG")},
		{strings.Repeat("9", 29), "KGM", ".value", "QUANTITY_TOO_LARGE", append(large, strings.Repeat("9", 29))},
		{strings.Repeat("9", 30), "KGM", ".value", format, says(`"9999`, "at most 29 digits before")},
		{strings.Repeat("9", 40), "KGM", ".value", format, says(`"9999`, "at most 29 digits before")},
		{"1", "PALLET", ".unit", "UNKNOWN_UNIT", says(`"FLOUR"`, `"PALLET"`, `use one of "BAG", "KGM"`)},
		{"1", "kgm", ".unit", "UNKNOWN_UNIT", says(`"kgm"`, `use one of "BAG", "KGM"`)},
		{"1", "", ".unit", "UNIT_FORMAT", says(unitFormat)},
		{"1", "big bag", ".unit", "UNIT_FORMAT", says(`"big bag"`, unitFormat)},
		{"1", "BAG\u200b", ".unit", "UNIT_FORMAT", says(`"BAG\u200b"`, unitFormat)},
		{"1", strings.Repeat("B", 17), ".unit", "UNIT_FORMAT", says(`"BBBB`, unitFormat)},
	}
	for _, value := range []string{
		"abc", "NaN", "Infinity", "1e3", "1E3", "1,5", "1.5.0", "1_000", "1 000", "0x10", "+1", ".5", "5.", " 1", "1 ", "1\n", "--1", "½", "٣", "１", "1/3",
	} {
		quantities = append(quantities, badQuantity{value, "KGM", ".value", format, says(plain, quoted(value))})
	}
	return append(quantities, badQuantity{"", "KGM", ".value", format, says(plain)})
}

// refuseQuantities: every bad quantity in every write.
func refuseQuantities(t *testing.T, w *world) {
	t.Helper()
	var cases []bad
	for name, at := range quantityOf {
		var flour []edit
		if at.sku != "" {
			flour = set(at.sku, "FLOUR")
		}
		for _, q := range badQuantities() {
			edits := append(set(at.quantity+q.field, map[string]string{".value": q.value, ".unit": q.unit}[q.field]), flour...)
			edits = append(edits, set(at.quantity+".value", q.value, at.quantity+".unit", q.unit)...)
			cases = append(cases, bad{name, edits, codes.InvalidArgument, q.reason, at.quantity + q.field, q.says})
		}
		cases = append(cases, bad{name, append(set(at.quantity, cleared), flour...), codes.InvalidArgument, "REQUIRED", at.quantity, says("required")})
	}
	w.refuseAll(t, cases)
}

// refuseOtherNumbers: what is no quantity of stock and is a number all the same.
func refuseOtherNumbers(t *testing.T, w *world) {
	t.Helper()
	const invalid = codes.InvalidArgument
	plain := "must be a decimal number in plain notation"
	two := set("lines[0].quantity.value", "2", "lines[0].quantity.unit", "H87")
	w.refuseAll(t, []bad{
		{"UpsertItem", set("item.units[0].numerator", "0"), invalid, "DECIMAL_POSITIVE", "", says(`"0"`, "must be above zero")},
		{"UpsertItem", set("item.units[0].numerator", "a third"), invalid, "DECIMAL_FORMAT", "", says(`"a third"`, plain)},
		{"UpsertItem", set("item.units[0].denominator", "-3"), invalid, "DECIMAL_POSITIVE", "", says(`"-3"`, "must be above zero")},
		{"UpsertItem", set("item.units[0].unit", "KGM"), invalid, "DUPLICATE_UNIT", "", says(`"KGM"`, "leave it out")},
		{"UpsertItem", set("item.gtins[0].unit", "PALLET"), invalid, "UNKNOWN_UNIT", "", says(`"PALLET"`, "add it to the units")},
		{"UpsertItem", set("item.gtins[0].gtin", "4006381333932"), invalid, "INVALID_GTIN", "", says(`"4006381333932"`, "should be 1", "check it against the label")},
		{"UpsertItem", set("item.decimals", 10), invalid, "INT32_GTE_LTE", "", says("10", "less than or equal to 9")},
		{"UpsertItem", set("item.shelf_life_days", -1), invalid, "INT32_GTE_LTE", "", says("-1", "greater than or equal to 0")},
		{"UpsertParty", set("party.gln", "4006381333932"), invalid, "INVALID_GLN", "", says(`"4006381333932"`, "check the number")},
		{"UpsertPurchaseOrder", set("purchase_order.lines[0].line_number", 0), invalid, "INT32_GTE", "", says("0", "greater than or equal to 1")},
		{"UpsertPurchaseOrder", set("purchase_order.lines", times(2)), invalid, "DUPLICATE_LINE_NUMBER", "purchase_order.lines[1].line_number", says("1", "number each line differently")},
		{"UpsertSalesOrder", set("sales_order.lines", times(2)), invalid, "DUPLICATE_LINE_NUMBER", "sales_order.lines[1].line_number", says("1", "number each line")},
		{"Receive", set("lines[0].unit_cost.amount", "-1"), invalid, "UNIT_COST_NOT_NEGATIVE", "", says(`"-1"`, "must not be negative")},
		{"Receive", set("lines[0].unit_cost.amount", "free"), invalid, "DECIMAL_FORMAT", "", says(`"free"`, plain)},
		{"Receive", set("lines[0].unit_cost.unit", "PALLET"), invalid, "UNKNOWN_UNIT", "", says(`"PALLET"`, `use one of "BAG", "KGM"`)},
		{"Receive", set("lines[0].unit_cost.currency", "euro"), invalid, "CURRENCY_FORMAT", "", says(`"euro"`, "ISO 4217")},
		{"Receive", set("lines[0].temperature_celsius", "warm"), invalid, "TEMPERATURE_FORMAT", "", says(`"warm"`, "such as")},
		{"Receive", set("lines[0].temperature_celsius", "4,5"), invalid, "TEMPERATURE_FORMAT", "", says(`"4,5"`, "such as")},
		{"Receive", append(two, set("lines[0].purchase_order_line_number", 5, "lines[0].unit_cost", cleared)...), invalid, "SERIAL_NOT_ONE", "lines[0].quantity", says(`"DRILL"`, "a line with its own serial")},
		{"RecordOutputs", append(two, set("lines[0].sku", drill)...), invalid, "SERIAL_NOT_ONE", "lines[0].quantity", says(`"DRILL"`, "a line with its own serial")},
		{"ReleaseHold", set("number", 0), invalid, "INT32_GTE", "", says("0", "greater than or equal to 1")},
		{"TraceForward", set("filter.max_depth", -1), invalid, "INT32_GTE", "", says("-1", "greater than or equal to 0")},
	})
}
