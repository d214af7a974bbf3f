package dispatch_test

import (
	"context"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
)

func TestShipOnAnOrder(t *testing.T) {
	t.Parallel()
	d := newDepot(t)
	d.mustPush(salesOrder("SO/1", "BREAD 2 CASE", "OIL 5 LTR", "BREAD 1 H87"))
	d.ReceiveLot(t, apitest.Bread, "B/1", "30", "H87", apitest.Shelf)
	d.ReceiveLot(t, apitest.Bread, "B/2", "30", "H87", apitest.Dock)
	d.ReceiveLot(t, apitest.Salt, "", "30", "GRM", apitest.Shelf)
	d.receiveOil("O/1", "2024-03-31")
	req := shipment(`SH/1 "a"`, "SO/1",
		"BREAD/B/2 1 CASE @ DOCK-1 for 10", "BREAD/B/1 6 H87 @ SHELF-1 for 10", "OIL/O/1 5 LTR @ SHELF-1 for 20", "BREAD/B/1 2 H87 @ SHELF-1")
	req.CarrierCode, req.ShippedAt, req.DeliveryDate = carrier, at("2024-03-25T15:00:00.5Z"), "2024-03-26"
	req.References = []*pb.Reference{{Kind: "delivery_note", Value: "DN/7"}, {Kind: "sscc", Value: "340123450000000000"}}
	manifest := d.mustShip(req)
	want := &pb.Manifest{
		ShipmentCode: `SH/1 "a"`, SalesOrderCode: "SO/1", CustomerCode: apitest.Customer, CustomerName: "Shop", CarrierCode: carrier,
		ShippedAt: req.ShippedAt, DeliveryDate: "2024-03-26", References: req.References,
		BackDated: true, RecordedAt: manifest.RecordedAt, Principal: "default", Lines: manifest.Lines,
	}
	if !proto.Equal(manifest, want) || manifest.RecordedAt == nil {
		t.Errorf("manifest %v, want %v", manifest, want)
	}
	same(t, "manifest", manifestLines(manifest), []string{
		"10: BREAD/B/2 (Bread) 12 H87 (1 CASE) DOCK-1",
		"10: BREAD/B/1 (Bread) 6 H87 (6 H87) SHELF-1",
		"20: OIL/O/1 (Oil) 5 LTR (5 LTR) SHELF-1 until 2024-03-31 theirs S-O/1",
		"0: BREAD/B/1 (Bread) 2 H87 (2 H87) SHELF-1",
	})
	got, err := d.Dispatch.GetManifest(t.Context(), &pb.GetManifestRequest{ShipmentCode: req.ShipmentCode})
	if must(t, got, err); !proto.Equal(got.Manifest, manifest) {
		t.Errorf("got %v, want %v", got.Manifest, manifest)
	}
	same(t, "statuses", d.statuses("SO/1"), []string{"10: 18 of 24 H87", "20: 5 of 5 LTR", "30: 0 of 1 H87"})
	if got := d.stock(apitest.Bread, "B/1"); got != "22@SHELF-1" {
		t.Errorf("B/1 is %s", got)
	}
	// More than was ordered is no error and shows.
	d.mustShip(shipment("SH-2", "SO/1", "BREAD/B/1 10 H87 @ SHELF-1 for 10"))
	same(t, "statuses", d.statuses("SO/1"), []string{"10: 28 of 24 H87", "20: 5 of 5 LTR", "30: 0 of 1 H87"})
	dbtest.Reconcile(t, d.DB)
}

func TestShipWithoutAnOrder(t *testing.T) {
	t.Parallel()
	d := newDepot(t)
	d.ReceiveLot(t, apitest.Bread, "B-1", "30", "H87", apitest.Shelf)
	req := shipment("SH-1", "", "BREAD/B-1 1 H87 @ SHELF-1")
	req.CustomerCode = kiosk
	manifest := d.mustShip(req)
	if manifest.CustomerCode != kiosk || manifest.SalesOrderCode != "" || manifest.CarrierCode != "" || manifest.DeliveryDate != "" {
		t.Errorf("manifest %v", manifest)
	}
	same(t, "manifest", manifestLines(manifest), []string{"0: BREAD/B-1 (Bread) 1 H87 (1 H87) SHELF-1"})
	// To somebody else than the order says, if the caller says so.
	d.mustPush(salesOrder("SO-1", "BREAD 1 H87"))
	req = shipment("SH-2", "SO-1", "BREAD/B-1 1 H87 @ SHELF-1 for 10")
	req.CustomerCode = kiosk
	if manifest := d.mustShip(req); manifest.CustomerCode != kiosk || manifest.SalesOrderCode != "SO-1" {
		t.Errorf("manifest %v", manifest)
	}
	_, err := d.Dispatch.GetManifest(t.Context(), &pb.GetManifestRequest{ShipmentCode: "SH-9"})
	apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_SHIPMENT", "shipment_code")
	dbtest.Reconcile(t, d.DB)
}

// A line of an untracked item is several lots on the manifest, and one line of
// the order.
func TestShipUntracked(t *testing.T) {
	t.Parallel()
	d := newDepot(t)
	d.mustPush(salesOrder("SO-1", "SALT 100 GRM"))
	for range 3 {
		d.ReceiveLot(t, apitest.Salt, "", "10", "GRM", apitest.Shelf)
	}
	lots, err := d.Lots.ListLots(t.Context(), &pb.ListLotsRequest{Sku: apitest.Salt})
	must(t, lots, err)
	var codes []string
	for _, l := range lots.Lots {
		codes = append(codes, l.LotCode)
	}
	manifest := d.mustShip(shipment("SH-1", "SO-1", "SALT 25 GRM @ SHELF-1 for 10", "SALT 3 GRM @ SHELF-1"))
	same(t, "manifest", manifestLines(manifest), []string{
		"10: SALT/" + codes[0] + " (Salt) 10 GRM (10 GRM) SHELF-1",
		"10: SALT/" + codes[1] + " (Salt) 10 GRM (10 GRM) SHELF-1",
		"10: SALT/" + codes[2] + " (Salt) 5 GRM (5 GRM) SHELF-1",
		"0: SALT/" + codes[2] + " (Salt) 3 GRM (3 GRM) SHELF-1",
	})
	same(t, "statuses", d.statuses("SO-1"), []string{"10: 25 of 100 GRM"})
	dbtest.Reconcile(t, d.DB)
}

func TestShipIsCarriedOutOnce(t *testing.T) {
	t.Parallel()
	d := newDepot(t)
	d.ReceiveLot(t, apitest.Bread, "B-1", "30", "H87", apitest.Shelf)
	req := shipment("SH-1", "", "BREAD/B-1 10 H87 @ SHELF-1")
	first := d.mustShip(req)
	if err := d.hold(apitest.Bread, "B-1", "too late"); err != nil {
		t.Fatal(err)
	}
	before := dbtest.Rows(t, d.DB)
	if again := d.mustShip(req); !proto.Equal(again, first) {
		t.Errorf("replay %v, want %v", again, first)
	}
	dbtest.SameRows(t, d.DB, before)
	if got := d.stock(apitest.Bread, "B-1"); got != "20@SHELF-1" {
		t.Errorf("B-1 is %s", got)
	}
}

// All lines or none: whatever is refused leaves every table as it was, the
// shipment itself included.
func TestShipRefusals(t *testing.T) {
	t.Parallel()
	d := newDepot(t)
	d.mustPush(salesOrder("SO-1", "BREAD 10 H87", "OIL 5 LTR"))
	d.ReceiveLot(t, apitest.Bread, "B-1", "30", "H87", apitest.Shelf)
	d.ReceiveLot(t, apitest.Bread, "HELD", "30", "H87", apitest.Shelf)
	d.ReceiveLot(t, apitest.Salt, "", "10", "GRM", apitest.Shelf)
	d.receiveOil("EXPIRED", "2024-03-31")
	if err := d.hold(apitest.Bread, "HELD", "glass found"); err != nil {
		t.Fatal(err)
	}
	d.mustShip(shipment("SH-0", "SO-1", "BREAD/B-1 1 H87 @ SHELF-1 for 10"))
	before := dbtest.Rows(t, d.DB)
	good := "BREAD/B-1 2 H87 @ SHELF-1 for 10"
	for line, c := range map[string]struct {
		code                codes.Code
		reason, field, text string
	}{
		"BREAD/HELD 1 H87 @ SHELF-1":         {codes.FailedPrecondition, "LOT_HELD", "lines[1]", "hold 1 (glass found)"},
		"OIL/EXPIRED 1 LTR @ SHELF-1 for 20": {codes.FailedPrecondition, "LOT_EXPIRED", "lines[1]", "2024-03-31"},
		"BREAD/B-1 28 H87 @ SHELF-1":         {codes.FailedPrecondition, "INSUFFICIENT_STOCK", "lines[0]", "only 29 H87"}, // with the line before
		"BREAD/B-1 1 H87 @ DOCK-1":           {codes.FailedPrecondition, "INSUFFICIENT_STOCK", "lines[1]", `"DOCK-1"`},
		"SALT 11 GRM @ SHELF-1":              {codes.FailedPrecondition, "INSUFFICIENT_STOCK", "lines[1]", "11 GRM"},
		"OIL/EXPIRED 1 LTR @ SHELF-1 for 10": {codes.InvalidArgument, "ITEM_DIFFERS", "lines[1].sku", `"BREAD"`},
		"BREAD/B-1 1 H87 @ SHELF-1 for 30":   {codes.NotFound, "UNKNOWN_ORDER_LINE", "lines[1].sales_order_line_number", "30"},
		"PIE/B-1 1 H87 @ SHELF-1":            {codes.NotFound, "UNKNOWN_ITEM", "lines[1].sku", `"PIE"`},
		"BREAD/B-9 1 H87 @ SHELF-1":          {codes.NotFound, "UNKNOWN_LOT", "lines[1].lot_code", `"B-9"`},
		"BREAD/B-1 1 H87 @ SHELF-9":          {codes.NotFound, "UNKNOWN_LOCATION", "lines[1].location_code", `"SHELF-9"`},
		"BREAD/B-1 1 H87 @ customer":         {codes.InvalidArgument, "LOCATION_NOT_FOR_STOCK", "lines[1].location_code", "customer"},
		"BREAD 1 H87 @ SHELF-1":              {codes.InvalidArgument, "LOT_CODE_REQUIRED", "lines[1].lot_code", `"BREAD"`},
		"SALT/B-1 1 GRM @ SHELF-1":           {codes.InvalidArgument, "LOT_CODE_NOT_ALLOWED", "lines[1].lot_code", `"SALT"`},
		"BREAD/B-1 1 KGM @ SHELF-1":          {codes.InvalidArgument, "UNKNOWN_UNIT", "lines[1].quantity.unit", `"KGM"`},
		"BREAD/B-1 0.1 CASE @ SHELF-1":       {codes.InvalidArgument, "QUANTITY_TOO_PRECISE", "lines[1].quantity.value", "0.1 CASE"},
		"BREAD/B-1 0 H87 @ SHELF-1":          {codes.InvalidArgument, "INVALID_FIELD", "lines[1].quantity.value", "above zero"},
	} {
		t.Log(line)
		_, err := d.ship(shipment("SH-1", "SO-1", good, line))
		apitest.WantRefusal(t, err, c.code, c.reason, c.field)
		if err != nil && !strings.Contains(err.Error(), c.text) {
			t.Errorf("message does not say %q: %v", c.text, err)
		}
	}
	for name, c := range map[string]struct {
		change        func(*pb.ShipRequest)
		code          codes.Code
		reason, field string
	}{
		"shipment exists":        {func(r *pb.ShipRequest) { r.ShipmentCode = "SH-0" }, codes.AlreadyExists, "SHIPMENT_EXISTS", "shipment_code"},
		"unknown order":          {func(r *pb.ShipRequest) { r.SalesOrderCode = "SO-9" }, codes.NotFound, "UNKNOWN_SALES_ORDER", "sales_order_code"},
		"line of no order":       {func(r *pb.ShipRequest) { r.SalesOrderCode, r.CustomerCode = "", kiosk }, codes.InvalidArgument, "ORDER_REQUIRED", "lines[0].sales_order_line_number"},
		"neither order nor name": {func(r *pb.ShipRequest) { r.SalesOrderCode = "" }, codes.InvalidArgument, "CUSTOMER_REQUIRED", "customer_code"},
		"unknown customer":       {func(r *pb.ShipRequest) { r.CustomerCode = "CUS-9" }, codes.NotFound, "UNKNOWN_PARTY", "customer_code"},
		"customer is none":       {func(r *pb.ShipRequest) { r.CustomerCode = carrier }, codes.InvalidArgument, "PARTY_KIND_DIFFERS", "customer_code"},
		"unknown carrier":        {func(r *pb.ShipRequest) { r.CarrierCode = "CAR-9" }, codes.NotFound, "UNKNOWN_PARTY", "carrier_code"},
		"carrier is none":        {func(r *pb.ShipRequest) { r.CarrierCode = kiosk }, codes.InvalidArgument, "PARTY_KIND_DIFFERS", "carrier_code"},
		"in the future":          {func(r *pb.ShipRequest) { r.ShippedAt = at("2999-01-01T00:00:00Z") }, codes.InvalidArgument, "IN_THE_FUTURE", "shipped_at"},
		"no delivery day":        {func(r *pb.ShipRequest) { r.DeliveryDate = "2024-02-30" }, codes.InvalidArgument, "INVALID_DATE", "delivery_date"},
		"delivered before":       {func(r *pb.ShipRequest) { r.ShippedAt, r.DeliveryDate = at("2024-03-25T12:00:00Z"), "2024-03-24" }, codes.InvalidArgument, "DATES_REVERSED", "delivery_date"},
		"no lines":               {func(r *pb.ShipRequest) { r.Lines = nil }, codes.InvalidArgument, "INVALID_FIELD", "lines"},
	} {
		t.Log(name)
		req := shipment("SH-1", "SO-1", good)
		c.change(req)
		_, err := d.ship(req)
		apitest.WantRefusal(t, err, c.code, c.reason, c.field)
	}
	dbtest.SameRows(t, d.DB, before)
	if got := d.stock(apitest.Bread, "B-1"); got != "29@SHELF-1" {
		t.Errorf("B-1 is %s", got)
	}
	// None of the refused used the code up.
	d.mustShip(shipment("SH-1", "SO-1", good))
	dbtest.Reconcile(t, d.DB)
}

// A hold that is placed while a shipment waits for the lot is seen and named,
// and so is stock that left meanwhile.
func TestShipmentWaitsWhileAHoldIsPlaced(t *testing.T) {
	t.Parallel()
	d := newDepot(t)
	d.ReceiveLot(t, apitest.Bread, "B-1", "30", "H87", apitest.Shelf)
	tx, err := d.DB.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(context.Background())
	if _, err := tx.Exec(t.Context(), "SELECT FROM lot WHERE tenant_id = 1 AND lot_code = 'B-1' FOR NO KEY UPDATE"); err != nil {
		t.Fatal(err)
	}
	held, shipped := make(chan error, 1), make(chan error, 1)
	go func() { held <- d.hold(apitest.Bread, "B-1", "glass found") }()
	dbtest.UntilWaiting(t, d.DB, 1, "the hold")
	go func() {
		_, err := d.ship(shipment("SH-1", "", "BREAD/B-1 1 H87 @ SHELF-1"))
		shipped <- err
	}()
	dbtest.UntilWaiting(t, d.DB, 2, "the shipment behind it")
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-held; err != nil {
		t.Fatal(err)
	}
	err = <-shipped
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "LOT_HELD", "lines[0]")
	if err != nil && !strings.Contains(err.Error(), "hold 1 (glass found)") {
		t.Errorf("message does not name the hold: %v", err)
	}
	if got := d.stock(apitest.Bread, "B-1"); got != "30@SHELF-1" {
		t.Errorf("B-1 is %s", got)
	}
}

// Two shipments of one code at once: one is recorded, the other told so.
func TestShipmentCodeIsTakenOnce(t *testing.T) {
	t.Parallel()
	d := newDepot(t)
	const clients = 6
	d.ReceiveLot(t, apitest.Bread, "B-1", "30", "H87", apitest.Shelf)
	results := make(chan error, clients)
	for range clients {
		go func() {
			_, err := d.ship(shipment("SH-1", "", "BREAD/B-1 1 H87 @ SHELF-1"))
			results <- err
		}()
	}
	done := 0
	for range clients {
		if err := <-results; err == nil {
			done++
		} else {
			apitest.WantRefusal(t, err, codes.AlreadyExists, "SHIPMENT_EXISTS", "shipment_code")
		}
	}
	if done != 1 || d.stock(apitest.Bread, "B-1") != "29@SHELF-1" {
		t.Errorf("%d were recorded, B-1 is %s", done, d.stock(apitest.Bread, "B-1"))
	}
}
