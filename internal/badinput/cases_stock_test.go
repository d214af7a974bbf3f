package badinput_test

import (
	"testing"

	"google.golang.org/grpc/codes"
)

// refuseStock: more than is there, and lots that may not be used.
func refuseStock(t *testing.T, w *world) {
	t.Helper()
	const refused, line = codes.FailedPrecondition, "lines[0]"
	var (
		tooMuch  = says("only 78 KGM", `"FL-1"`, `"FLOUR"`, `"DOCK-1"`, "enter at most that much")
		nothing  = says(`"FL-1"`, `"LINE-1"`, "post what brought more there first")
		tooSalty = says("1001 GRM", `"SALT"`, `"SHELF-1"`, "enter at most that much")
		held     = says(`"FL-HELD"`, `"FLOUR"`, "hold 1 (glass in the mill), hold 2 (wet)", "take another lot or have the hold released")
		expired  = says(`"MK-OLD"`, `"MILK"`, "2020-01-31", "take another lot")
	)
	salt := set("lines[0].sku", "SALT", "lines[0].lot_code", "", "lines[0].quantity.value", "1001", "lines[0].quantity.unit", "GRM")
	old := set("lines[0].sku", milk, "lines[0].lot_code", "MK-OLD", "lines[0].quantity.unit", "LTR")
	free := set("lines[0].sales_order_line_number", 0)
	cases := []bad{
		{"MoveLots", set("lines[0].quantity.value", "78.001"), refused, "INSUFFICIENT_STOCK", line, tooMuch},
		{"MoveLots", set("lines[0].quantity.value", "40", "lines", times(2)), refused, "INSUFFICIENT_STOCK", line, tooMuch},
		{"MoveLots", set("lines[0].from_location_code", "LINE-1", "lines[0].to_location_code", "DOCK-1"), refused, "INSUFFICIENT_STOCK", line, nothing},
		{"MoveLots", append(salt, set("lines[0].from_location_code", "SHELF-1")...), refused, "INSUFFICIENT_STOCK", line, tooSalty},
	}
	for _, name := range []string{"ConsumeLots", "Ship"} {
		with := func(edits []edit, more ...edit) []edit {
			if name == "Ship" {
				more = append(more, free...)
			}
			return append(append([]edit(nil), edits...), more...)
		}
		cases = append(cases,
			bad{name, with(set("lines[0].quantity.value", "78.001")), refused, "INSUFFICIENT_STOCK", line, tooMuch},
			bad{name, with(set("lines[0].quantity.value", "40", "lines", times(2))), refused, "INSUFFICIENT_STOCK", line, tooMuch},
			bad{name, with(set("lines[0].quantity.value", "1", "lines[0].location_code", "LINE-1")), refused, "INSUFFICIENT_STOCK", line, nothing},
			bad{name, with(salt, set("lines[0].location_code", "SHELF-1")...), refused, "INSUFFICIENT_STOCK", line, tooSalty},
			bad{name, with(set("lines[0].lot_code", "FL-HELD")), refused, "LOT_HELD", line, held},
			bad{name, with(old), refused, "LOT_EXPIRED", line, expired},
		)
	}
	w.refuseAll(t, cases)
}

// refuseStates: what is over, and what is there already.
func refuseStates(t *testing.T, w *world) {
	t.Helper()
	const refused, exists = codes.FailedPrecondition, codes.AlreadyExists
	finished := says(`"R-2"`, `"MO-1"`, "2025-06-01T08:00:00Z", "start another run")
	w.refuseAll(t, []bad{
		{"ConsumeLots", set("run_code", "R-2"), refused, "RUN_FINISHED", "", finished},
		{"RecordOutputs", set("run_code", "R-2"), refused, "RUN_FINISHED", "", finished},
		{"FinishRun", set("run_code", "R-2"), refused, "RUN_FINISHED", "", finished},
		{"ReleaseHold", set("lot_code", "FL-1", "number", 1), refused, "HOLD_RELEASED", "number", says("hold 1", `"FL-1"`, "list its holds to see by whom")},
		{"CreateProductionOrder", set("production_order.code", "MO-1"), exists, "PRODUCTION_ORDER_EXISTS", "", says(`"MO-1"`, "choose another code")},
		{"StartRun", set("run_code", "R-1"), exists, "RUN_EXISTS", "", says(`"R-1"`, `"MO-1"`, "choose another code")},
		{"Receive", set("receipt_code", "RC-1"), exists, "RECEIPT_EXISTS", "", says(`"RC-1"`, "a code of its own")},
		{"Ship", set("shipment_code", "SH-1"), exists, "SHIPMENT_EXISTS", "", says(`"SH-1"`, "choose another code")},

		{"UpsertItem", set("item.sku", "FLOUR", "item.base_unit", "GRM", "item.gtins", cleared), refused, "ITEM_IN_USE", "item.base_unit", says(`"FLOUR"`, `"KGM"`, `"GRM"`, "use a new sku")},
		{"UpsertItem", set("item.sku", "FLOUR", "item.tracking", 1), refused, "ITEM_IN_USE", "item.tracking", says(`"FLOUR"`, "use a new sku")},
		{"UpsertItem", set("item.sku", "FLOUR", "item.decimals", 2), refused, "ITEM_IN_USE", "item.decimals", says(`"FLOUR"`, "keep them, or raise them")},
		{"UpsertLocation", set("location.code", "DOCK-1", "location.kind", 1, "location.parent_code", "", "location.time_zone", "Asia/Tokyo"), refused, "LOCATION_IN_USE", "location.kind", says(`"DOCK-1"`, "move it")},
		{"UpsertPurchaseOrder", set("purchase_order.code", "PO-1", "purchase_order.supplier_code", "SUP-2"), refused, "LINE_IN_USE", "purchase_order.supplier_code", says(`"PO-1"`, `"SUP-1"`, "keep the supplier")},
		{"UpsertPurchaseOrder", set("purchase_order.code", "PO-1"), refused, "LINE_IN_USE", "purchase_order.lines", says("line 2", `"PO-1"`, "keep the line")},
		{"UpsertPurchaseOrder", set("purchase_order.code", "PO-1", "purchase_order.lines[0].sku", "BREAD", "purchase_order.lines[0].quantity.unit", "CASE"), refused, "LINE_IN_USE", "purchase_order.lines[0].sku", says(`"FLOUR"`, `"PO-1"`, "keep the item")},
		{"UpsertSalesOrder", set("sales_order.code", "SO-1"), refused, "LINE_IN_USE", "sales_order.lines[0].sku", says(`"FLOUR"`, `"SO-1"`, "keep the item")},
		{"UpsertSalesOrder", set("sales_order.code", "SO-1", "sales_order.lines[0].line_number", 2), refused, "LINE_IN_USE", "sales_order.lines", says("line 1", `"SO-1"`, "keep it")},
	})
}

// refuseLotParticulars: a lot code that exists, for goods that are not the same.
func refuseLotParticulars(t *testing.T, w *world) {
	t.Helper()
	const refused, exists, invalid = codes.FailedPrecondition, codes.AlreadyExists, codes.InvalidArgument
	more := func(edits ...any) []edit {
		same := set("lines[0].lot_code", "FL-1", "lines[0].supplier_lot_code", "S/1", "lines[0].production_date", "", "lines[0].best_before_date", "", "lines[0].expiry_date", "", "lines[0].removal_date", "", "lines[0].add_to_existing", true)
		return append(same, set(edits...)...)
	}
	const another = "use another lot code"
	w.refuseAll(t, []bad{
		{"Receive", more("lines[0].add_to_existing", false), exists, "LOT_EXISTS", "lines[0].lot_code", says(`"FL-1"`, `"FLOUR"`, "set add_to_existing if this is more of it, else give it another lot code")},
		{"Receive", more("purchase_order_code", "PO-2"), refused, "LOT_DIFFERS", "lines[0].lot_code", says(`"FL-1"`, `"SUP-1"`, `"SUP-2"`, another)},
		{"Receive", more("lines[0].supplier_lot_code", "S/2"), refused, "LOT_DIFFERS", "lines[0].supplier_lot_code", says(`"FL-1"`, `"S/1"`, `"S/2"`, another)},
		{"Receive", more("lines[0].supplier_lot_code", ""), refused, "LOT_DIFFERS", "lines[0].supplier_lot_code", says(`"FL-1"`, `"S/1"`, another)},
		{"Receive", more("lines[0].production_date", "2025-01-11"), refused, "LOT_DIFFERS", "lines[0].production_date", says(`"FL-1"`, "2025-01-10", "2025-01-11", another)},
		{"Receive", more("lines[0].expiry_date", "2099-12-30"), refused, "LOT_DIFFERS", "lines[0].expiry_date", says(`"FL-1"`, "2099-12-31", "2099-12-30", another)},
		{"Receive", more("lines[0].lot_code", "BR-9", "lines[0].purchase_order_line_number", 2, "lines[0].quantity.unit", "CASE", "lines[0].quantity.value", "1", "lines[0].unit_cost", cleared), refused, "LOT_DIFFERS", "lines[0].lot_code", says(`"BR-9"`, "produced here", another)},
		{"Receive", more("lines[0].lot_code", "DR-1", "lines[0].purchase_order_line_number", 5, "lines[0].quantity.unit", "H87", "lines[0].quantity.value", "1", "lines[0].unit_cost", cleared), exists, "LOT_EXISTS", "lines[0].lot_code", says(`"DR-1"`, "needs its own")},
		{"Receive", more("lines[0].lot_code", ""), invalid, "LOT_CODE_REQUIRED", "lines[0].lot_code", says(`"FLOUR"`, "give the code")},
		{"Receive", more("lines[0].purchase_order_line_number", 3, "lines[0].quantity.unit", "GRM", "lines[0].quantity.value", "1", "lines[0].unit_cost", cleared), invalid, "LOT_CODE_NOT_ALLOWED", "lines[0].lot_code", says(`"SALT"`, "leave the lot code out")},
		{"ConsumeLots", set("lines[0].lot_code", ""), invalid, "LOT_CODE_REQUIRED", "", says(`"FLOUR"`, "give the code")},
		{"Ship", set("lines[0].lot_code", ""), invalid, "LOT_CODE_REQUIRED", "", says(`"FLOUR"`, "give the code")},
		{"MoveLots", set("lines[0].lot_code", ""), invalid, "LOT_CODE_REQUIRED", "", says(`"FLOUR"`, "give the code")},
		{"RecordOutputs", set("lines[0].lot_code", ""), invalid, "LOT_CODE_REQUIRED", "", says(`"BREAD"`, "give the code")},
		{"RecordOutputs", set("lines[0].lot_code", "BR-1"), exists, "LOT_EXISTS", "", says(`"BR-1"`, `"BREAD"`, "choose another code")},
		{"RecordOutputs", set("run_code", "R-3", "lines[0].lot_code", "BR-9"), exists, "LOT_EXISTS", "lines[0].lot_code", says(`"BR-9"`, "choose another code")},
		{"RecordOutputs", set("lines[0].lot_code", "BR-9", "lines[0].production_date", "2025-05-31", "lines[0].best_before_date", "", "lines[0].expiry_date", "", "lines[0].removal_date", ""), refused, "LOT_DIFFERS", "lines[0].production_date", says(`"BR-9"`, "2025-06-01", "2025-05-31", another)},
		// Lines of one receipt that bring one lot have to agree, and serials differ.
		{"Receive", set("lines", times(2), "lines[1].expiry_date", "2099-01-01"), refused, "LOT_DIFFERS", "lines[1].expiry_date", says(`"NEW-FL"`, "2099-12-31", "2099-01-01", another)},
		{"Receive", set("lines", times(2), "lines[1].supplier_lot_code", "S/10"), refused, "LOT_DIFFERS", "lines[1].supplier_lot_code", says(`"NEW-FL"`, `"S/9"`, `"S/10"`, another)},
		{"Receive", set("lines[0].purchase_order_line_number", 5, "lines[0].quantity.unit", "H87", "lines[0].quantity.value", "1", "lines[0].unit_cost", cleared, "lines", times(2)), invalid, "SERIAL_REPEATED", "lines[1].lot_code", says(`"DRILL"`, "needs its own")},
	})
}
