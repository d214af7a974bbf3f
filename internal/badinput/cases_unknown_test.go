package badinput_test

import (
	"testing"

	"google.golang.org/grpc/codes"
)

// none is a code that nothing has.
const none = "NO/SUCH"

// refuseUnknown: every key in every request, naming what is not there.
func refuseUnknown(t *testing.T, w *world) {
	t.Helper()
	var (
		item            = says(`"NO/SUCH"`, "UpsertItem")
		lot             = says(`"NO/SUCH"`, `"FLOUR"`, "receive or produce it")
		location        = says(`"NO/SUCH"`, "UpsertLocation")
		party           = says(`"NO/SUCH"`, "UpsertParty")
		purchaseOrder   = says(`"NO/SUCH"`, "UpsertPurchaseOrder")
		productionOrder = says(`"NO/SUCH"`, "CreateProductionOrder")
		run             = says(`"NO/SUCH"`, `"MO-1"`, "StartRun")
		salesOrder      = says(`"NO/SUCH"`, "UpsertSalesOrder")
	)
	const missing = codes.NotFound
	w.refuseAll(t, []bad{
		{"UpsertLocation", set("location.parent_code", none), missing, "UNKNOWN_LOCATION", "", says(`"NO/SUCH"`, `"NEW-LOCATION"`, "push it first")},
		{"BatchUpsertLocations", set("locations[1].parent_code", none), missing, "UNKNOWN_LOCATION", "", says(`"NO/SUCH"`, "in the same batch")},
		{"UpsertPurchaseOrder", set("purchase_order.supplier_code", none), missing, "UNKNOWN_PARTY", "", party},
		{"UpsertPurchaseOrder", set("purchase_order.lines[0].sku", none), missing, "UNKNOWN_ITEM", "", item},
		{"Receive", set("purchase_order_code", none), missing, "UNKNOWN_PURCHASE_ORDER", "", purchaseOrder},
		{"Receive", set("lines[0].purchase_order_line_number", 99), missing, "UNKNOWN_ORDER_LINE", "", says(`"PO-1"`, "no line 99", "get the order to see its lines")},
		{"Receive", set("lines[0].location_code", none), missing, "UNKNOWN_LOCATION", "", location},
		{"CreateProductionOrder", set("production_order.sku", none), missing, "UNKNOWN_ITEM", "", item},
		{"StartRun", set("production_order_code", none), missing, "UNKNOWN_PRODUCTION_ORDER", "", productionOrder},
		{"ConsumeLots", set("production_order_code", none), missing, "UNKNOWN_PRODUCTION_ORDER", "", productionOrder},
		{"ConsumeLots", set("run_code", none), missing, "UNKNOWN_RUN", "", run},
		{"ConsumeLots", set("lines[0].sku", none), missing, "UNKNOWN_ITEM", "", item},
		{"ConsumeLots", set("lines[0].lot_code", none), missing, "UNKNOWN_LOT", "", lot},
		{"ConsumeLots", set("lines[0].location_code", none), missing, "UNKNOWN_LOCATION", "", location},
		{"RecordOutputs", set("production_order_code", none), missing, "UNKNOWN_PRODUCTION_ORDER", "", productionOrder},
		{"RecordOutputs", set("run_code", none), missing, "UNKNOWN_RUN", "", run},
		{"RecordOutputs", set("lines[0].sku", none), missing, "UNKNOWN_ITEM", "", item},
		{"RecordOutputs", set("lines[0].location_code", none), missing, "UNKNOWN_LOCATION", "", location},
		{"FinishRun", set("production_order_code", none), missing, "UNKNOWN_PRODUCTION_ORDER", "", productionOrder},
		{"FinishRun", set("run_code", none), missing, "UNKNOWN_RUN", "", run},
		{"UpsertSalesOrder", set("sales_order.customer_code", none), missing, "UNKNOWN_PARTY", "", party},
		{"UpsertSalesOrder", set("sales_order.lines[0].sku", none), missing, "UNKNOWN_ITEM", "", item},
		{"Ship", set("sales_order_code", none), missing, "UNKNOWN_SALES_ORDER", "", salesOrder},
		{"Ship", set("customer_code", none), missing, "UNKNOWN_PARTY", "", party},
		{"Ship", set("carrier_code", none), missing, "UNKNOWN_PARTY", "", party},
		{"Ship", set("lines[0].sales_order_line_number", 99), missing, "UNKNOWN_ORDER_LINE", "", says(`"SO-1"`, "no line 99", "check the number")},
		{"Ship", set("lines[0].sku", none, "lines[0].sales_order_line_number", 0), missing, "UNKNOWN_ITEM", "", item},
		{"Ship", set("lines[0].lot_code", none), missing, "UNKNOWN_LOT", "", lot},
		{"Ship", set("lines[0].location_code", none), missing, "UNKNOWN_LOCATION", "", location},
		{"MoveLots", set("lines[0].sku", none), missing, "UNKNOWN_ITEM", "", item},
		{"MoveLots", set("lines[0].lot_code", none), missing, "UNKNOWN_LOT", "", lot},
		{"MoveLots", set("lines[0].from_location_code", none), missing, "UNKNOWN_LOCATION", "", location},
		{"MoveLots", set("lines[0].to_location_code", none), missing, "UNKNOWN_LOCATION", "", location},
		{"PlaceHold", set("sku", none), missing, "UNKNOWN_ITEM", "", item},
		{"PlaceHold", set("lot_code", none, "sku", "FLOUR"), missing, "UNKNOWN_LOT", "", lot},
		{"ReleaseHold", set("sku", none), missing, "UNKNOWN_ITEM", "", item},
		{"ReleaseHold", set("lot_code", none), missing, "UNKNOWN_LOT", "", lot},
		{"ReleaseHold", set("number", 99), missing, "UNKNOWN_HOLD", "", says(`"FL-HELD"`, "hold 99", "list its holds")},

		{"GetItem", set("sku", none), missing, "UNKNOWN_ITEM", "", item},
		{"GetParty", set("code", none), missing, "UNKNOWN_PARTY", "", party},
		{"GetLocation", set("code", none), missing, "UNKNOWN_LOCATION", "", location},
		{"GetPurchaseOrder", set("code", none), missing, "UNKNOWN_PURCHASE_ORDER", "", purchaseOrder},
		{"GetReceipt", set("code", none), missing, "UNKNOWN_RECEIPT", "", says(`"NO/SUCH"`, "check the code")},
		{"ListReceipts", set("purchase_order_code", none, "page_token", ""), missing, "UNKNOWN_PURCHASE_ORDER", "", purchaseOrder},
		{"GetProductionOrder", set("code", none), missing, "UNKNOWN_PRODUCTION_ORDER", "", productionOrder},
		{"GetRun", set("production_order_code", none), missing, "UNKNOWN_PRODUCTION_ORDER", "", productionOrder},
		{"GetRun", set("run_code", none), missing, "UNKNOWN_RUN", "", run},
		{"GetSalesOrder", set("code", none), missing, "UNKNOWN_SALES_ORDER", "", salesOrder},
		{"GetManifest", set("shipment_code", none), missing, "UNKNOWN_SHIPMENT", "", says(`"NO/SUCH"`, "check the code")},
		{"GetLot", set("sku", none), missing, "UNKNOWN_ITEM", "", item},
		{"GetLot", set("lot_code", none), missing, "UNKNOWN_LOT", "", lot},
		{"ListLots", set("sku", none, "page_token", ""), missing, "UNKNOWN_ITEM", "", item},
		{"LocateLot", set("sku", none, "page_token", ""), missing, "UNKNOWN_ITEM", "", item},
		{"LocateLot", set("lot_code", none, "page_token", ""), missing, "UNKNOWN_LOT", "", lot},
		{"ListLocationContents", set("location_code", none, "page_token", ""), missing, "UNKNOWN_LOCATION", "", location},
		{"ListHolds", set("sku", none, "page_token", ""), missing, "UNKNOWN_ITEM", "", item},
		{"ListHolds", set("lot_code", none, "page_token", ""), missing, "UNKNOWN_LOT", "", lot},
		{"ListLotMovements", set("sku", none, "page_token", ""), missing, "UNKNOWN_ITEM", "", item},
		{"ListLotMovements", set("lot_code", none, "page_token", ""), missing, "UNKNOWN_LOT", "", lot},
		{"TraceForward", set("sku", none), missing, "UNKNOWN_ITEM", "", item},
		{"TraceForward", set("lot_code", none), missing, "UNKNOWN_LOT", "", lot},
		{"TraceForward", set("filter.skus[0]", none), missing, "UNKNOWN_ITEM", "", item},
		{"TraceBackward", set("sku", none), missing, "UNKNOWN_ITEM", "", item},
		{"TraceBackward", set("lot_code", none), missing, "UNKNOWN_LOT", "", lot},
		{"TraceBackward", set("filter.skus[0]", none), missing, "UNKNOWN_ITEM", "", item},
		{"TraceBoth", set("sku", none), missing, "UNKNOWN_ITEM", "", item},
		{"TraceBoth", set("lot_code", none), missing, "UNKNOWN_LOT", "", lot},
		{"TraceBoth", set("filter.skus[0]", none), missing, "UNKNOWN_ITEM", "", item},
		{"GetTrace", set("sku", none, "page_token", ""), missing, "UNKNOWN_ITEM", "", item},
		{"GetTrace", set("lot_code", none, "page_token", ""), missing, "UNKNOWN_LOT", "", lot},
		{"GetTrace", set("filter.skus[0]", none, "page_token", ""), missing, "UNKNOWN_ITEM", "", item},
	})
}

// refuseWrongKind: what is there, but is not what the field is for.
func refuseWrongKind(t *testing.T, w *world) {
	t.Helper()
	const invalid = codes.InvalidArgument
	kind := says(`"CAR-1"`, "name another, or add the kind")
	site := says(`"PLANT"`, "name a location within a site")
	w.refuseAll(t, []bad{
		{"UpsertPurchaseOrder", set("purchase_order.supplier_code", "CAR-1"), invalid, "PARTY_KIND_DIFFERS", "", kind},
		{"UpsertSalesOrder", set("sales_order.customer_code", "CAR-1"), invalid, "PARTY_KIND_DIFFERS", "", kind},
		{"Ship", set("customer_code", "CAR-1"), invalid, "PARTY_KIND_DIFFERS", "", kind},
		{"Ship", set("carrier_code", "SUP-1"), invalid, "PARTY_KIND_DIFFERS", "", says(`"SUP-1"`, "add the kind")},
		{"Ship", set("lines[0].sku", "BREAD"), invalid, "ITEM_DIFFERS", "", says(`"SO-1"`, `"FLOUR"`, `"BREAD"`, "ship that item, or leave the line number out")},
		{"Ship", set("lines[0].sales_order_line_number", 1, "sales_order_code", ""), invalid, "ORDER_REQUIRED", "", says("give sales_order_code")},
		{"Ship", set("sales_order_code", "", "customer_code", "", "lines[0].sales_order_line_number", 0), invalid, "CUSTOMER_REQUIRED", "customer_code", says("give customer_code, or the sales_order_code")},
		{"Receive", set("lines[0].location_code", "PLANT"), invalid, "LOCATION_NOT_FOR_STOCK", "", site},
		{"ConsumeLots", set("lines[0].location_code", "PLANT"), invalid, "LOCATION_NOT_FOR_STOCK", "", site},
		{"RecordOutputs", set("lines[0].location_code", "PLANT"), invalid, "LOCATION_NOT_FOR_STOCK", "", site},
		{"Ship", set("lines[0].location_code", "customer"), invalid, "LOCATION_NOT_FOR_STOCK", "", says(`"customer"`, "name a location within a site")},
		{"MoveLots", set("lines[0].from_location_code", "supplier"), invalid, "LOCATION_NOT_FOR_STOCK", "", says(`"supplier"`)},
		{"MoveLots", set("lines[0].to_location_code", "scrap"), invalid, "LOCATION_NOT_FOR_STOCK", "", says(`"scrap"`)},
		{"MoveLots", set("lines[0].to_location_code", "DOCK-1"), invalid, "SAME_LOCATION", "", says(`"DOCK-1"`, "name another location")},
	})
}
