package dispatch_test

import (
	"context"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
)

func TestUpsertSalesOrder(t *testing.T) {
	t.Parallel()
	d := newDepot(t)
	order := salesOrder("SO/26 \"1\"", "BREAD 2 CASE", "FLOUR 1.5 KGM")
	order.OrderDate, order.References = "2024-03-01", []*pb.Reference{{Kind: "customer_order", Value: "4711"}}
	order.Lines[1].DueDate = "2024-03-05"
	stored := proto.CloneOf(order)
	stored.Revision = 1
	resp := d.mustPush(order)
	if !resp.Changed || !proto.Equal(resp.SalesOrder, stored) {
		t.Errorf("pushed: %v, want %v", resp, stored)
	}
	get := func() *pb.GetSalesOrderResponse {
		t.Helper()
		got, err := d.Dispatch.GetSalesOrder(t.Context(), &pb.GetSalesOrderRequest{Code: order.Code})
		return must(t, got, err)
	}
	if got := get(); !proto.Equal(got.SalesOrder, stored) {
		t.Errorf("got %v, want %v", got.SalesOrder, stored)
	}
	same(t, "statuses", d.statuses(order.Code), []string{"10: 0 of 24 H87", "20: 0 of 1.5 KGM"})

	// The same again changes nothing, whatever revision it says.
	before := dbtest.Rows(t, d.DB)
	order.Revision = 7
	if resp := d.mustPush(order); resp.Changed || !proto.Equal(resp.SalesOrder, stored) {
		t.Errorf("pushed again: %v, want it unchanged", resp)
	}
	before["request"]++
	dbtest.SameRows(t, d.DB, before)
	// Nor does the same in other words.
	reworded := proto.CloneOf(order)
	reworded.Lines[0], reworded.Lines[1] = reworded.Lines[1], reworded.Lines[0]
	reworded.Lines[0].Quantity.Value = "01.50"
	if resp := d.mustPush(reworded); resp.Changed || !proto.Equal(resp.SalesOrder, stored) {
		t.Errorf("pushed in other words: %v, want it unchanged", resp)
	}

	// Everything may change while nothing was shipped: order of the lines, items,
	// quantities, the customer.
	order.Lines = []*pb.SalesOrderLine{
		{LineNumber: 30, Sku: apitest.Salt, Quantity: amount("5", "GRM")},
		{LineNumber: 10, Sku: apitest.Flour, Quantity: amount("3", "BAG")},
	}
	order.CustomerCode = kiosk
	stored = proto.CloneOf(order)
	stored.Lines[0], stored.Lines[1] = stored.Lines[1], stored.Lines[0] // by number
	stored.Revision = 2
	if resp := d.mustPush(order); !resp.Changed || !proto.Equal(resp.SalesOrder, stored) {
		t.Errorf("changed: %v, want %v", resp, stored)
	}
	if got := get(); !proto.Equal(got.SalesOrder, stored) {
		t.Errorf("got %v, want %v", got.SalesOrder, stored)
	}
	same(t, "statuses", d.statuses(order.Code), []string{"10: 0 of 75 KGM", "30: 0 of 5 GRM"})
	_, err := d.Dispatch.GetSalesOrder(t.Context(), &pb.GetSalesOrderRequest{Code: "SO"})
	apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_SALES_ORDER", "code")
}

func TestUpsertSalesOrderIsCarriedOutOnce(t *testing.T) {
	t.Parallel()
	d := newDepot(t)
	req := &pb.UpsertSalesOrderRequest{RequestId: apitest.ID(), SalesOrder: salesOrder("SO-1", "BREAD 1 H87")}
	first, err := d.Dispatch.UpsertSalesOrder(t.Context(), req)
	must(t, first, err)
	d.mustPush(salesOrder("SO-1", "BREAD 2 H87"))
	before := dbtest.Rows(t, d.DB)
	again, err := d.Dispatch.UpsertSalesOrder(t.Context(), req)
	if must(t, again, err); !proto.Equal(again, first) {
		t.Errorf("replay %v, want %v", again, first)
	}
	dbtest.SameRows(t, d.DB, before)
	same(t, "statuses", d.statuses("SO-1"), []string{"10: 0 of 2 H87"})
}

func TestUpsertSalesOrderRefusals(t *testing.T) {
	t.Parallel()
	d := newDepot(t)
	d.mustPush(salesOrder("SO-1", "BREAD 1 H87"))
	before := dbtest.Rows(t, d.DB)
	for name, c := range map[string]struct {
		change        func(*pb.SalesOrder)
		code          codes.Code
		reason, field string
	}{
		"unknown customer": {func(o *pb.SalesOrder) { o.CustomerCode = "CUS-9" }, codes.NotFound, "UNKNOWN_PARTY", "sales_order.customer_code"},
		"a carrier":        {func(o *pb.SalesOrder) { o.CustomerCode = carrier }, codes.InvalidArgument, "PARTY_KIND_DIFFERS", "sales_order.customer_code"},
		"unknown item":     {func(o *pb.SalesOrder) { o.Lines[1].Sku = "PIE" }, codes.NotFound, "UNKNOWN_ITEM", "sales_order.lines[1].sku"},
		"unknown unit":     {func(o *pb.SalesOrder) { o.Lines[1].Quantity.Unit = "LTR" }, codes.InvalidArgument, "UNKNOWN_UNIT", "sales_order.lines[1].quantity.unit"},
		"too precise":      {func(o *pb.SalesOrder) { o.Lines[1].Quantity.Value = "0.0001" }, codes.InvalidArgument, "QUANTITY_TOO_PRECISE", "sales_order.lines[1].quantity.value"},
		"line twice":       {func(o *pb.SalesOrder) { o.Lines[1].LineNumber = 10 }, codes.InvalidArgument, "DUPLICATE_LINE_NUMBER", "sales_order.lines[1].line_number"},
		"no order day":     {func(o *pb.SalesOrder) { o.OrderDate = "2024-02-30" }, codes.InvalidArgument, "INVALID_DATE", "sales_order.order_date"},
		"no due day":       {func(o *pb.SalesOrder) { o.Lines[1].DueDate = "2024-02-30" }, codes.InvalidArgument, "INVALID_DATE", "sales_order.lines[1].due_date"},
		"no lines":         {func(o *pb.SalesOrder) { o.Lines = nil }, codes.InvalidArgument, "INVALID_FIELD", "sales_order.lines"},
		"line number 0":    {func(o *pb.SalesOrder) { o.Lines[1].LineNumber = 0 }, codes.InvalidArgument, "INVALID_FIELD", "sales_order.lines[1].line_number"},
	} {
		for _, code := range []string{"SO-1", "SO-NEW"} {
			order := salesOrder(code, "BREAD 2 H87", "FLOUR 1 KGM")
			c.change(order)
			_, err := d.push(order)
			t.Log(name, code)
			apitest.WantRefusal(t, err, c.code, c.reason, c.field)
		}
	}
	dbtest.SameRows(t, d.DB, before)
}

// What was shipped on stays as it was ordered, but for the quantity.
func TestShippedLinesAreInUse(t *testing.T) {
	t.Parallel()
	d := newDepot(t)
	d.mustPush(salesOrder("SO-1", "BREAD 10 H87", "FLOUR 5 KGM"))
	d.ReceiveLot(t, apitest.Bread, "B-1", "10", "H87", apitest.Shelf)
	d.mustShip(shipment("SH-1", "SO-1", "BREAD/B-1 4 H87 @ SHELF-1 for 10"))
	before := dbtest.Rows(t, d.DB)
	for name, c := range map[string]struct {
		change func(*pb.SalesOrder)
		field  string
	}{
		"another item":       {func(o *pb.SalesOrder) { o.Lines[0].Sku = apitest.Salt; o.Lines[0].Quantity.Unit = "GRM" }, "sales_order.lines[0].sku"},
		"the line dropped":   {func(o *pb.SalesOrder) { o.Lines = o.Lines[1:] }, "sales_order.lines"},
		"another number":     {func(o *pb.SalesOrder) { o.Lines[0].LineNumber = 11 }, "sales_order.lines"},
		"items swapped":      {func(o *pb.SalesOrder) { o.Lines[0].LineNumber, o.Lines[1].LineNumber = 20, 10 }, "sales_order.lines[1].sku"},
		"another customer":   {func(o *pb.SalesOrder) { o.CustomerCode = kiosk }, "sales_order.customer_code"},
		"everything at once": {func(o *pb.SalesOrder) { o.CustomerCode, o.Lines = kiosk, o.Lines[1:] }, "sales_order.customer_code"},
	} {
		order := salesOrder("SO-1", "BREAD 10 H87", "FLOUR 5 KGM")
		c.change(order)
		_, err := d.push(order)
		t.Log(name)
		apitest.WantRefusal(t, err, codes.FailedPrecondition, "LINE_IN_USE", c.field)
	}
	dbtest.SameRows(t, d.DB, before)
	// Less than was shipped is the ERP's to say; the other line is free.
	order := salesOrder("SO-1", "BREAD 3 H87", "SALT 5 GRM")
	if resp := d.mustPush(order); !resp.Changed || resp.SalesOrder.Revision != 2 {
		t.Errorf("pushed %v", resp)
	}
	same(t, "statuses", d.statuses("SO-1"), []string{"10: 4 of 3 H87", "20: 0 of 5 GRM"})
}

// A shipment that waits for the order while its customer changes finds the order
// all the same, and goes to the customer that it has then.
func TestOrderChangesCustomerWhileAShipmentWaits(t *testing.T) {
	t.Parallel()
	d := newDepot(t)
	d.mustPush(salesOrder("SO-1", "BREAD 10 H87"))
	d.ReceiveLot(t, apitest.Bread, "B-1", "10", "H87", apitest.Shelf)
	// Somebody has the order locked; the change of customer waits for it, and
	// behind it the shipment.
	tx, err := d.DB.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(context.Background())
	if _, err := tx.Exec(t.Context(), "SELECT FROM sales_order WHERE tenant_id = 1 AND code = 'SO-1' FOR NO KEY UPDATE"); err != nil {
		t.Fatal(err)
	}
	pushed, shipped := make(chan error, 1), make(chan error, 1)
	go func() {
		order := salesOrder("SO-1", "BREAD 10 H87")
		order.CustomerCode = kiosk
		_, err := d.push(order)
		pushed <- err
	}()
	dbtest.UntilWaiting(t, d.DB, 1, "the order")
	var manifest *pb.Manifest
	go func() {
		var err error
		manifest, err = d.ship(shipment("SH-1", "SO-1", "BREAD/B-1 4 H87 @ SHELF-1 for 10"))
		shipped <- err
	}()
	dbtest.UntilWaiting(t, d.DB, 2, "the shipment behind it")
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-pushed; err != nil {
		t.Errorf("push: %v", err)
	}
	if err := <-shipped; err != nil {
		t.Fatalf("ship: %v", err)
	}
	if manifest.CustomerCode != kiosk {
		t.Errorf("shipped to %q, want %q", manifest.CustomerCode, kiosk)
	}
}
