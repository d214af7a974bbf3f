package badinput_test

import (
	"net/http"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// addReservations reserves bread that nobody else of the good requests takes.
func addReservations(add func(string, proto.Message)) {
	add("ListReservations", &pb.ListReservationsRequest{
		Sku: apitest.Bread, LotCode: "BR-9", LocationCode: apitest.Shelf, SalesOrderCode: "SO-1", State: pb.ReservationState_RESERVATION_STATE_ACTIVE, PageSize: 1,
	})
	add("ReserveLots", &pb.ReserveLotsRequest{Reason: "for the morning tour", Lines: []*pb.ReserveLine{{
		SalesOrderCode: "SO-1", SalesOrderLineNumber: 2, Sku: apitest.Bread, LotCode: "BR-9", LocationCode: apitest.Shelf, Quantity: amount("1", "CASE"),
		Ttl: durationpb.New(time.Hour),
	}}})
	add("ReleaseReservations", &pb.ReleaseReservationsRequest{Reason: "not wanted", Lines: []*pb.ReleaseReservationLine{{
		Sku: apitest.Bread, LotCode: "BR-9", Number: 1, LocationCode: apitest.Shelf, Quantity: amount("1", "H87"),
	}}})
}

// reserve keeps 5 of BR-9 for line 2 of SO-1, twice.
func (w *world) reserve(t testing.TB) {
	t.Helper()
	line := &pb.ReserveLine{SalesOrderCode: "SO-1", SalesOrderLineNumber: 2, Sku: apitest.Bread, LotCode: "BR-9", LocationCode: apitest.Shelf, Quantity: amount("5", "H87")}
	w.must(t, "ReserveLots", &pb.ReserveLotsRequest{Lines: []*pb.ReserveLine{line, line}})
}

// refuseReservations: what cannot be kept, and what is not kept.
func refuseReservations(t *testing.T, w *world) {
	t.Helper()
	const invalid, missing, refused = codes.InvalidArgument, codes.NotFound, codes.FailedPrecondition
	const line = "lines[0]"
	flour := func(lot string) []edit {
		return set("lines[0].sku", apitest.Flour, "lines[0].lot_code", lot, "lines[0].location_code", apitest.Dock, "lines[0].sales_order_line_number", 1, "lines[0].quantity.unit", "KGM")
	}
	w.refuseAll(t, []bad{
		{"ReserveLots", set("lines[0].sales_order_code", "SO-99"), missing, "UNKNOWN_SALES_ORDER", "lines[0].sales_order_code", says(`"SO-99"`, "push it")},
		{"ReserveLots", set("lines[0].sales_order_line_number", 7), missing, "UNKNOWN_ORDER_LINE", "lines[0].sales_order_line_number", says(`"SO-1"`, "no line 7")},
		{"ReserveLots", set("lines[0].sales_order_line_number", 0), invalid, "INT32_GTE", "lines[0].sales_order_line_number", says("1")},
		{"ReserveLots", set("lines[0].sales_order_line_number", 1), invalid, "ITEM_DIFFERS", "lines[0].sku", says(`"FLOUR"`, `"BREAD"`, "line 1")},
		{"ReserveLots", flour("FL-HELD"), refused, "LOT_HELD", line, says(`"FL-HELD"`, "cannot be reserved", "glass in the mill")},
		{"ReserveLots", set("lines[0].quantity.value", "15", "lines[0].quantity.unit", "H87"), refused, "STOCK_RESERVED", line, says("only 14 H87", `"BR-9"`, "24 are there", "10 reserved", "have reservations released")},
		{"ReserveLots", set("lines[0].quantity.value", "1000"), refused, "INSUFFICIENT_STOCK", line, says("only 24 H87", `"BR-9"`)},
		{"ReserveLots", set("lines[0].location_code", apitest.Dock), refused, "INSUFFICIENT_STOCK", line, says(`"DOCK-1"`)},
		{"ReserveLots", set("lines[0].lot_code", ""), invalid, "LOT_CODE_REQUIRED", "lines[0].lot_code", says(`"BREAD"`)},
		{"ReserveLots", set("lines[0].ttl.seconds", 31*24*3600), invalid, "DURATION_GTE_LTE", "lines[0].ttl", says("2592000s")},
		{"ReserveLots", set("lines[0].ttl.seconds", 0), invalid, "DURATION_GTE_LTE", "lines[0].ttl", says("1s")},
		{"ReserveLots", set("lines[0].ttl.seconds", -3600), invalid, "DURATION_GTE_LTE", "lines[0].ttl", says("1s")},
		{"ReleaseReservations", set("lines[0].number", 3), missing, "UNKNOWN_RESERVATION", "lines[0].number", says("no reservation 3", `"BR-9"`)},
		{"ReleaseReservations", set("lines[0].quantity.value", "6"), refused, "RESERVATION_TOO_SMALL", line, says("only 5 H87", "reservation 1")},
		{"ReleaseReservations", set("lines", times(6)), refused, "RESERVATION_ENDED", "lines[5]", says("reservation 1", `"BR-9"`)},
		{"ReleaseReservations", set("lines[0].location_code", apitest.Dock), refused, "RESERVATION_ENDED", line, says("reservation 1")},
		{"ListReservations", set("lot_code", "", "page_token", ""), invalid, "LOT_CODE_REQUIRED", "lot_code", says(`"BREAD"`)},
		{"ListReservations", set("sku", "", "page_token", ""), invalid, "SKU_REQUIRED", "sku", says(`"BR-9"`)},
		{"ListReservations", set("sales_order_code", "SO-99", "page_token", ""), missing, "UNKNOWN_SALES_ORDER", "sales_order_code", says(`"SO-99"`)},
		{"MoveLots", set("lines[0].sales_order_code", "SO-99", "lines[0].sales_order_line_number", 1), missing, "UNKNOWN_SALES_ORDER", "lines[0].sales_order_code", says(`"SO-99"`)},
		{"MoveLots", set("lines[0].sales_order_code", "SO-1", "lines[0].sales_order_line_number", 7), missing, "UNKNOWN_ORDER_LINE", "lines[0].sales_order_line_number", says(`"SO-1"`, "no line 7")},
		{"MoveLots", set("lines[0].sales_order_code", "SO-1", "lines[0].sales_order_line_number", 2), invalid, "ITEM_DIFFERS", "lines[0].sku", says(`"BREAD"`)},
		{"MoveLots", set("lines[0].sales_order_code", "SO-1"), invalid, "ORDER_LINE_REQUIRED", "lines[0].sales_order_line_number", says(`"SO-1"`)},
		{"MoveLots", set("lines[0].sales_order_line_number", 1), invalid, "ORDER_REQUIRED", "lines[0].sales_order_line_number", says("which order")},
		{"MoveLots", set("lines[0].sales_order_line_number", -1), invalid, "INT32_GTE", "lines[0].sales_order_line_number", says("0")},
		// What is kept is nobody else's.
		{"Ship", set("lines[0].sales_order_line_number", 0, "lines[0].sku", apitest.Bread, "lines[0].lot_code", "BR-9", "lines[0].location_code", apitest.Shelf, "lines[0].quantity.value", "15", "lines[0].quantity.unit", "H87"),
			refused, "STOCK_RESERVED", line, says("only 14 H87", "24 are there", `5 reserved for line 2 of sales order "SO-1"`)},
		{"ConsumeLots", set("lines[0].sku", apitest.Bread, "lines[0].lot_code", "BR-9", "lines[0].location_code", apitest.Shelf, "lines[0].quantity.value", "15", "lines[0].quantity.unit", "H87"),
			refused, "STOCK_RESERVED", line, says("only 14 H87")},
	})
	const post, path, status = http.MethodPost, "/v1/reservations", http.StatusBadRequest
	w.refuseCalls(t, []badCall{
		{"no lines", post, path, `{}`, status, invalid, "INVALID_FIELD", says("lines")},
		{"a day", post, path, `{"lines":[{"ttl":"1d"}]}`, status, invalid, "INVALID_JSON", says("1d")},
		{"a number", post, path, `{"lines":[{"ttl":3600}]}`, status, invalid, "INVALID_JSON", says("3600")},
		{"no state", http.MethodGet, path + "?state=GONE", ``, status, invalid, "INVALID_PARAMETER", says("GONE")},
	})
}
