package receiving_test

import (
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// Every refusal names the field and the thing, and leaves nothing half done:
// each request has a first line that is right.
func TestReceiveRefuses(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.order(t, "PO", apitest.Supplier, "FLOUR 100 KGM", "MILK 10 LTR", "CREAM 10 LTR", "OVEN 2 H87", "SALT 9 GRM", "BREAD 10 H87")
	h.order(t, "PO other", otherSupplier, "FLOUR 100 KGM")
	h.receive(t, arrived("R", "PO",
		with(lot(1, "F", "10", "KGM"), func(l *pb.ReceiptLine) {
			l.SupplierLotCode, l.ProductionDate, l.ExpiryDate = "s-1", "2025-01-01", "2025-06-01"
		}),
		lot(1, "F bare", "10", "KGM"), lot(4, "S-1", "1", "H87")))
	more := func(change func(*pb.ReceiptLine)) *pb.ReceiptLine {
		return with(lot(1, "F", "1", "KGM"), func(l *pb.ReceiptLine) { l.AddToExisting, l.SupplierLotCode = true, "s-1"; change(l) })
	}
	cases := map[string]struct {
		line   *pb.ReceiptLine
		change func(*pb.ReceiveRequest)
		code   codes.Code
		reason string
		field  string
		says   []string
	}{
		"unknown order":      {change: func(r *pb.ReceiveRequest) { r.PurchaseOrderCode = "PO-0" }, code: codes.NotFound, reason: "UNKNOWN_PURCHASE_ORDER", field: "purchase_order_code", says: []string{`"PO-0"`}},
		"unknown order line": {line: lot(77, "X", "1", "KGM"), code: codes.NotFound, reason: "UNKNOWN_ORDER_LINE", field: "lines[1].purchase_order_line_number", says: []string{`"PO"`, "77"}},
		"unknown location":   {line: with(lot(1, "X", "1", "KGM"), func(l *pb.ReceiptLine) { l.LocationCode = "NOWHERE" }), code: codes.NotFound, reason: "UNKNOWN_LOCATION", field: "lines[1].location_code", says: []string{`"NOWHERE"`}},
		"at a site":          {line: with(lot(1, "X", "1", "KGM"), func(l *pb.ReceiptLine) { l.LocationCode = apitest.Site }), code: codes.InvalidArgument, reason: "LOCATION_NOT_FOR_STOCK", field: "lines[1].location_code"},
		"at no real place":   {line: with(lot(1, "X", "1", "KGM"), func(l *pb.ReceiptLine) { l.LocationCode = "scrap" }), code: codes.InvalidArgument, reason: "LOCATION_NOT_FOR_STOCK", field: "lines[1].location_code"},

		"unit":               {line: lot(1, "X", "1", "LTR"), code: codes.InvalidArgument, reason: "UNKNOWN_UNIT", field: "lines[1].quantity.unit", says: []string{`"LTR"`, `"BAG"`, `"KGM"`}},
		"unit of the cost":   {line: with(lot(1, "X", "1", "KGM"), func(l *pb.ReceiptLine) { l.UnitCost = &pb.UnitCost{Amount: "1", Currency: "EUR", Unit: "TNE"} }), code: codes.InvalidArgument, reason: "UNKNOWN_UNIT", field: "lines[1].unit_cost.unit", says: []string{`"TNE"`}},
		"too precise":        {line: lot(1, "X", "1.0005", "KGM"), code: codes.InvalidArgument, reason: "QUANTITY_TOO_PRECISE", field: "lines[1].quantity.value", says: []string{"1.0005", "FLOUR"}},
		"half a piece":       {line: lot(6, "X", "0.3", "CASE"), code: codes.InvalidArgument, reason: "QUANTITY_TOO_PRECISE", field: "lines[1].quantity.value"},
		"too large":          {line: lot(1, "X", strings.Repeat("9", 29), "KGM"), code: codes.InvalidArgument, reason: "QUANTITY_TOO_LARGE", field: "lines[1].quantity.value"},
		"too large in units": {line: lot(1, "X", strings.Repeat("9", 29), "BAG"), code: codes.InvalidArgument, reason: "QUANTITY_TOO_LARGE", field: "lines[1].quantity.value"},
		"zero":               {line: lot(1, "X", "0.00", "KGM"), code: codes.InvalidArgument, reason: "DECIMAL_POSITIVE", field: "lines[1].quantity.value"},
		"negative":           {line: lot(1, "X", "-1", "KGM"), code: codes.InvalidArgument, reason: "DECIMAL_POSITIVE", field: "lines[1].quantity.value"},
		"not a number":       {line: lot(1, "X", "1e3", "KGM"), code: codes.InvalidArgument, reason: "DECIMAL_FORMAT", field: "lines[1].quantity.value"},

		"no lot code":       {line: lot(1, "", "1", "KGM"), code: codes.InvalidArgument, reason: "LOT_CODE_REQUIRED", field: "lines[1].lot_code", says: []string{"FLOUR"}},
		"no serial":         {line: lot(4, "", "1", "H87"), code: codes.InvalidArgument, reason: "LOT_CODE_REQUIRED", field: "lines[1].lot_code"},
		"lot of untracked":  {line: lot(5, "X", "1", "GRM"), code: codes.InvalidArgument, reason: "LOT_CODE_NOT_ALLOWED", field: "lines[1].lot_code", says: []string{"SALT"}},
		"two of a serial":   {line: lot(4, "S-9", "1", "PAIR"), code: codes.InvalidArgument, reason: "SERIAL_NOT_ONE", field: "lines[1].quantity", says: []string{"OVEN"}},
		"serial again":      {line: with(lot(4, "S-1", "1", "H87"), func(l *pb.ReceiptLine) { l.AddToExisting = true }), code: codes.AlreadyExists, reason: "LOT_EXISTS", field: "lines[1].lot_code", says: []string{`"S-1"`}},
		"new lot differs":   {line: with(lot(1, "new", "1", "KGM"), func(l *pb.ReceiptLine) { l.ExpiryDate = "2031-01-01" }), code: codes.FailedPrecondition, reason: "LOT_DIFFERS", field: "lines[1].expiry_date", says: []string{"2030-01-01", "2031-01-01"}},
		"expiry needed":     {line: lot(3, "X", "1", "LTR"), code: codes.InvalidArgument, reason: "EXPIRY_DATE_REQUIRED", field: "lines[1].expiry_date", says: []string{"CREAM"}},
		"dates reversed":    {line: with(lot(3, "X", "1", "LTR"), func(l *pb.ReceiptLine) { l.ProductionDate, l.ExpiryDate = "2025-02-02", "2025-02-01" }), code: codes.InvalidArgument, reason: "DATES_REVERSED", field: "lines[1].expiry_date"},
		"no such day":       {line: with(lot(3, "X", "1", "LTR"), func(l *pb.ReceiptLine) { l.ExpiryDate = "2025-02-30" }), code: codes.InvalidArgument, reason: "INVALID_DATE", field: "lines[1].expiry_date", says: []string{"2025-02-30"}},
		"no such day, made": {line: with(lot(3, "X", "1", "LTR"), func(l *pb.ReceiptLine) { l.ProductionDate = "2025-13-01" }), code: codes.InvalidArgument, reason: "INVALID_DATE", field: "lines[1].production_date"},
		"made in 3000":      {line: with(lot(2, "X", "1", "LTR"), func(l *pb.ReceiptLine) { l.ProductionDate = "3000-01-01" }), code: codes.InvalidArgument, reason: "PRODUCTION_IN_THE_FUTURE", field: "lines[1].production_date"},
		"arrives tomorrow": {change: func(r *pb.ReceiveRequest) { r.ReceivedAt = timestamppb.New(time.Now().Add(24 * time.Hour)) },
			code: codes.InvalidArgument, reason: "IN_THE_FUTURE", field: "received_at"},

		"receipt exists": {change: func(r *pb.ReceiveRequest) { r.ReceiptCode = "R" }, code: codes.AlreadyExists, reason: "RECEIPT_EXISTS", field: "receipt_code", says: []string{`"R"`}},
		"lot exists":     {line: lot(1, "F", "1", "KGM"), code: codes.AlreadyExists, reason: "LOT_EXISTS", field: "lines[1].lot_code", says: []string{`"F"`, "add_to_existing"}},
		"lot exists, another's": {change: func(r *pb.ReceiveRequest) {
			r.PurchaseOrderCode, r.Lines = "PO other", []*pb.ReceiptLine{lot(1, "F", "1", "KGM")}
		}, code: codes.AlreadyExists, reason: "LOT_EXISTS", field: "lines[0].lot_code"},
		"another supplier": {change: func(r *pb.ReceiveRequest) {
			r.PurchaseOrderCode, r.Lines = "PO other", []*pb.ReceiptLine{more(func(*pb.ReceiptLine) {})}
		}, code: codes.FailedPrecondition, reason: "LOT_DIFFERS", field: "lines[0].lot_code", says: []string{`"SUP-1"`, `"SUP-2"`}},
		"another supplier lot":       {line: more(func(l *pb.ReceiptLine) { l.SupplierLotCode = "s-2" }), code: codes.FailedPrecondition, reason: "LOT_DIFFERS", field: "lines[1].supplier_lot_code", says: []string{`"s-1"`, `"s-2"`}},
		"no supplier lot":            {line: more(func(l *pb.ReceiptLine) { l.SupplierLotCode = "" }), code: codes.FailedPrecondition, reason: "LOT_DIFFERS", field: "lines[1].supplier_lot_code", says: []string{`"s-1"`}},
		"another production date":    {line: more(func(l *pb.ReceiptLine) { l.ProductionDate = "2025-01-02" }), code: codes.FailedPrecondition, reason: "LOT_DIFFERS", field: "lines[1].production_date", says: []string{"2025-01-01", "2025-01-02"}},
		"another expiry date":        {line: more(func(l *pb.ReceiptLine) { l.ExpiryDate = "2025-06-02" }), code: codes.FailedPrecondition, reason: "LOT_DIFFERS", field: "lines[1].expiry_date", says: []string{"2025-06-01", "2025-06-02"}},
		"a date where there is none": {line: with(lot(1, "F bare", "1", "KGM"), func(l *pb.ReceiptLine) { l.AddToExisting, l.ExpiryDate = true, "2025-06-02" }), code: codes.FailedPrecondition, reason: "LOT_DIFFERS", field: "lines[1].expiry_date"},
	}
	before := h.contents(t)
	for name, c := range cases {
		right := with(lot(1, "new", "1", "KGM"), func(l *pb.ReceiptLine) { l.ExpiryDate = "2030-01-01" })
		req := arrived("R "+name, "PO", right)
		if c.line != nil {
			req.Lines = append(req.Lines, c.line)
		}
		if c.change != nil {
			c.change(req)
		}
		t.Run(name, func(t *testing.T) {
			_, err := h.Receiving.Receive(t.Context(), req)
			apitest.WantRefusal(t, err, c.code, c.reason, c.field)
			for _, s := range c.says {
				if !strings.Contains(status.Convert(err).Message(), s) {
					t.Errorf("message does not say %s: %v", s, err)
				}
			}
			if after := h.contents(t); after != before {
				t.Errorf("something was left behind\nbefore %s\nafter  %s", before, after)
			}
		})
	}
	// The line that was right in all of them is.
	right := with(lot(1, "new", "1", "KGM"), func(l *pb.ReceiptLine) { l.ExpiryDate = "2030-01-01" })
	h.receive(t, arrived("R right", "PO", right))
	h.receive(t, arrived("R more", "PO", more(func(l *pb.ReceiptLine) { l.ProductionDate, l.ExpiryDate = "2025-01-01", "2025-06-01" }),
		more(func(*pb.ReceiptLine) {})))
	if got := h.onHand(t, apitest.Flour, "F"); got != "12" {
		t.Errorf("%s on hand, want 12", got)
	}
}

func TestUnknownDocuments(t *testing.T) {
	t.Parallel()
	h := open(t)
	_, err := h.Receiving.GetReceipt(t.Context(), &pb.GetReceiptRequest{Code: "nope"})
	apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_RECEIPT", "code")
	_, err = h.Receiving.GetPurchaseOrder(t.Context(), &pb.GetPurchaseOrderRequest{Code: "nope"})
	apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_PURCHASE_ORDER", "code")
	_, err = h.Receiving.ListReceipts(t.Context(), &pb.ListReceiptsRequest{PurchaseOrderCode: "nope"})
	apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_PURCHASE_ORDER", "purchase_order_code")
}
