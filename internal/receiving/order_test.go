package receiving_test

import (
	"fmt"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

func (h house) getOrder(t *testing.T, code string) *pb.PurchaseOrder {
	t.Helper()
	resp, err := h.Receiving.GetPurchaseOrder(t.Context(), &pb.GetPurchaseOrderRequest{Code: code})
	if err != nil {
		t.Fatalf("get order %q: %v", code, err)
	}
	return resp.PurchaseOrder
}

func TestPushingAnOrder(t *testing.T) {
	t.Parallel()
	h := open(t)
	order := &pb.PurchaseOrder{
		Code: "PO/7 🥐", SupplierCode: apitest.Supplier, OrderDate: "2026-03-01",
		References: []*pb.Reference{{Kind: "invoice", Value: "RE-2026/15"}},
		Lines: []*pb.PurchaseOrderLine{
			{LineNumber: 10, Sku: apitest.Flour, Quantity: amount("2", "BAG"), DueDate: "2026-03-20"},
			{LineNumber: 20, Sku: milk, Quantity: amount("7.5", "LTR")},
		},
	}
	resp, err := h.push(t, order)
	if err != nil {
		t.Fatal(err)
	}
	want := proto.CloneOf(order)
	want.Revision = 1
	if !resp.Changed || !proto.Equal(resp.PurchaseOrder, want) || !proto.Equal(h.getOrder(t, order.Code), want) {
		t.Errorf("pushed\n%v\nanswered\n%v", want, resp)
	}

	// The same again, told in other ways: nothing changes but the request ids.
	before := h.contents(t)
	same := proto.CloneOf(order)
	same.Revision = 99
	same.Lines[0], same.Lines[1] = same.Lines[1], same.Lines[0]
	same.Lines[0].Quantity.Value = "07.50"
	for _, again := range []*pb.PurchaseOrder{order, same} {
		resp, err = h.push(t, again)
		if err != nil || resp.Changed || !proto.Equal(resp.PurchaseOrder, want) {
			t.Errorf("pushed again: %v, %v", resp, err)
		}
	}
	if n := h.count(t, "revision WHERE subject = 'purchase_order'"); n != 1 {
		t.Errorf("%d revisions", n)
	}
	if _, err := h.DB.Exec(t.Context(), "DELETE FROM request WHERE tenant_id = 1 AND request_id IN (SELECT request_id FROM request ORDER BY created_at DESC LIMIT 2)"); err != nil {
		t.Fatal(err)
	}
	if after := h.contents(t); after != before {
		t.Errorf("before %s\nafter  %s", before, after)
	}

	// A line goes, one comes, one changes its item, and the supplier is another.
	other := proto.CloneOf(order)
	other.SupplierCode = otherSupplier
	other.Lines = []*pb.PurchaseOrderLine{
		{LineNumber: 20, Sku: apitest.Flour, Quantity: amount("1", "BAG")},
		{LineNumber: 30, Sku: milk, Quantity: amount("1", "LTR")},
	}
	resp, err = h.push(t, other)
	other.Revision = 2
	if err != nil || !resp.Changed || !proto.Equal(resp.PurchaseOrder, other) || !proto.Equal(h.getOrder(t, order.Code), other) {
		t.Errorf("changed order: %v, %v", resp, err)
	}
	var lines string
	err = h.DB.QueryRow(t.Context(), "SELECT string_agg(line_number || ' ' || sku || ' ' || trim_scale(quantity), ', ' ORDER BY line_number) FROM purchase_order_line JOIN item USING (tenant_id, item_id)").Scan(&lines)
	if err != nil || lines != "20 FLOUR 25, 30 MILK 1" {
		t.Errorf("lines %s, %v", lines, err)
	}
	// And it is received from the supplier that it has now.
	if r := h.receive(t, arrived("R", order.Code, lot(20, "F", "1", "KGM"))); r.SupplierCode != otherSupplier {
		t.Errorf("received from %s", r.SupplierCode)
	}
}

func (h house) count(t *testing.T, from string) (n int) {
	t.Helper()
	if err := h.DB.QueryRow(t.Context(), "SELECT count(*) FROM "+from).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestOrderLinesInUse(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.order(t, "PO", apitest.Supplier, "FLOUR 10 KGM", "MILK 5 LTR", "BREAD 5 H87")
	h.receive(t, arrived("R", "PO", lot(1, "F", "4", "KGM"), lot(3, "B", "1", "H87")))
	before := h.contents(t)
	for name, c := range map[string]struct {
		order *pb.PurchaseOrder
		field string
	}{
		"line dropped":   {&pb.PurchaseOrder{SupplierCode: apitest.Supplier, Lines: orderLines(t, "FLOUR 10 KGM", "MILK 5 LTR")}, "purchase_order.lines"},
		"other item":     {&pb.PurchaseOrder{SupplierCode: apitest.Supplier, Lines: orderLines(t, "FLOUR 10 KGM", "MILK 5 LTR", "CREAM 5 LTR")}, "purchase_order.lines[2].sku"},
		"other supplier": {&pb.PurchaseOrder{SupplierCode: otherSupplier, Lines: orderLines(t, "FLOUR 10 KGM", "MILK 5 LTR", "BREAD 5 H87")}, "purchase_order.supplier_code"},
	} {
		t.Run(name, func(t *testing.T) {
			c.order.Code = "PO"
			_, err := h.push(t, c.order)
			apitest.WantRefusal(t, err, codes.FailedPrecondition, "LINE_IN_USE", c.field)
		})
	}
	if after := h.contents(t); after != before {
		t.Errorf("before %s\nafter  %s", before, after)
	}
	// The quantities may change, and what nothing was received against may go.
	order := &pb.PurchaseOrder{Code: "PO", SupplierCode: apitest.Supplier, Lines: orderLines(t, "FLOUR 3 KGM", "CREAM 1 LTR", "BREAD 1 CASE")}
	if resp, err := h.push(t, order); err != nil || resp.PurchaseOrder.Revision != 2 {
		t.Errorf("%v, %v", resp, err)
	}
	resp, err := h.Receiving.GetPurchaseOrder(t.Context(), &pb.GetPurchaseOrderRequest{Code: "PO"})
	if err != nil {
		t.Fatal(err)
	}
	got := variances(resp.LineStatuses[0].Variance, resp.LineStatuses[1].Variance, resp.LineStatuses[2].Variance)
	if got != "1 OVER 3 4 1 KGM; 2 SHORT 1 0 -1 LTR; 3 SHORT 12 1 -11 H87" {
		t.Errorf("variances %s", got)
	}
}

func TestOrderRefusals(t *testing.T) {
	t.Parallel()
	h := open(t)
	before := h.contents(t)
	for name, c := range map[string]struct {
		change func(*pb.PurchaseOrder)
		code   codes.Code
		reason string
		field  string
	}{
		"unknown supplier":   {func(o *pb.PurchaseOrder) { o.SupplierCode = "NOBODY" }, codes.NotFound, "UNKNOWN_PARTY", "purchase_order.supplier_code"},
		"no supplier":        {func(o *pb.PurchaseOrder) { o.SupplierCode = apitest.Customer }, codes.InvalidArgument, "PARTY_KIND_DIFFERS", "purchase_order.supplier_code"},
		"unknown item":       {func(o *pb.PurchaseOrder) { o.Lines[1].Sku = "NOTHING" }, codes.NotFound, "UNKNOWN_ITEM", "purchase_order.lines[1].sku"},
		"unknown unit":       {func(o *pb.PurchaseOrder) { o.Lines[1].Quantity.Unit = "KGM" }, codes.InvalidArgument, "UNKNOWN_UNIT", "purchase_order.lines[1].quantity.unit"},
		"too precise":        {func(o *pb.PurchaseOrder) { o.Lines[1].Quantity.Value = "0.005" }, codes.InvalidArgument, "QUANTITY_TOO_PRECISE", "purchase_order.lines[1].quantity.value"},
		"line twice":         {func(o *pb.PurchaseOrder) { o.Lines[1].LineNumber = 1 }, codes.InvalidArgument, "DUPLICATE_LINE_NUMBER", "purchase_order.lines[1].line_number"},
		"no such order date": {func(o *pb.PurchaseOrder) { o.OrderDate = "2026-02-29" }, codes.InvalidArgument, "INVALID_DATE", "purchase_order.order_date"},
		"no such due date":   {func(o *pb.PurchaseOrder) { o.Lines[1].DueDate = "2026-02-29" }, codes.InvalidArgument, "INVALID_DATE", "purchase_order.lines[1].due_date"},
	} {
		t.Run(name, func(t *testing.T) {
			order := &pb.PurchaseOrder{Code: "PO", SupplierCode: apitest.Supplier, Lines: orderLines(t, "FLOUR 10 KGM", "MILK 5 LTR")}
			c.change(order)
			_, err := h.push(t, order)
			apitest.WantRefusal(t, err, c.code, c.reason, c.field)
		})
	}
	if after := h.contents(t); after != before {
		t.Errorf("before %s\nafter  %s", before, after)
	}
}

// Many push the same new order at once: it is made once and changed by each.
func TestConcurrentPushesOfANewOrder(t *testing.T) {
	t.Parallel()
	h := open(t)
	all := h.crowd(t)
	const rounds = 10
	for round := range rounds {
		code := fmt.Sprintf("PO/%d", round)
		for _, err := range all.atOnce(func(i int, client pb.ReceivingServiceClient) error {
			order := &pb.PurchaseOrder{Code: code, SupplierCode: apitest.Supplier, Lines: orderLines(t, fmt.Sprintf("FLOUR %d KGM", i+1))}
			resp, err := client.UpsertPurchaseOrder(t.Context(), &pb.UpsertPurchaseOrderRequest{RequestId: apitest.ID(), PurchaseOrder: order})
			if err == nil && !resp.Changed {
				t.Errorf("order %q: %v", code, resp)
			}
			return err
		}) {
			if err != nil {
				t.Error(err)
			}
		}
		if got := h.getOrder(t, code).Revision; got != connections {
			t.Errorf("order %q: revision %d, want %d", code, got, connections)
		}
	}
	var agree int
	err := h.DB.QueryRow(t.Context(), "SELECT count(*) FROM purchase_order JOIN purchase_order_line USING (tenant_id, purchase_order_id) WHERE content #>> '{lines,0,quantity,value}' = trim_scale(quantity)::text").Scan(&agree)
	if err != nil || agree != rounds || h.count(t, "purchase_order_line") != rounds {
		t.Errorf("%d orders agree with their lines, %v", agree, err)
	}
}
