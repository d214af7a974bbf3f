package rotation_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

const (
	milk   = "MILK"   // FEFO is kept to
	juice  = "JUICE"  // its expiry is tracked
	timber = "TIMBER" // nothing expires
	fence  = "QUARANTINE-1"
	abroad = "ABROAD-1" // at another site
)

// dairy is a running service with milk, juice and timber.
type dairy struct {
	*apitest.API
	t *testing.T
}

func newDairy(t *testing.T) *dairy {
	t.Helper()
	d := &dairy{apitest.Start(t), t}
	d.Minimal(t)
	d.PushLocation(t, &pb.Location{Code: fence, ParentCode: apitest.Site, Kind: pb.LocationKind_LOCATION_KIND_QUARANTINE})
	d.PushLocation(t, &pb.Location{Code: "ABROAD", Kind: pb.LocationKind_LOCATION_KIND_SITE, TimeZone: "UTC"})
	d.PushLocation(t, &pb.Location{Code: abroad, ParentCode: "ABROAD", Kind: pb.LocationKind_LOCATION_KIND_STORAGE})
	d.PushItem(t, &pb.Item{Sku: milk, Name: "Milk", BaseUnit: "LTR", Tracking: pb.Tracking_TRACKING_LOT, ExpiryTracked: true, Fefo: true})
	d.PushItem(t, &pb.Item{Sku: juice, Name: "Juice", BaseUnit: "LTR", Tracking: pb.Tracking_TRACKING_LOT, ExpiryTracked: true})
	d.PushItem(t, &pb.Item{Sku: timber, Name: "Timber", BaseUnit: "LTR", Tracking: pb.Tracking_TRACKING_LOT})
	_, err := d.Production.CreateProductionOrder(t.Context(), &pb.CreateProductionOrderRequest{
		RequestId: apitest.ID(), ProductionOrder: &pb.ProductionOrder{Code: "MO", Sku: apitest.Bread, Quantity: amount("1", "H87")},
	})
	d.must(err)
	_, err = d.Production.StartRun(t.Context(), &pb.StartRunRequest{RequestId: apitest.ID(), ProductionOrderCode: "MO", RunCode: "R"})
	d.must(err)
	return d
}

func (d *dairy) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func amount(value, unit string) *pb.Quantity { return &pb.Quantity{Value: value, Unit: unit} }

func inDays(n int) string { return time.Now().AddDate(0, 0, n).Format(time.DateOnly) }

// receive takes in 10 of a lot with so many days left; change may give it other dates.
func (d *dairy) receive(sku, lot, location string, days int, change ...func(*pb.ReceiptLine)) {
	d.t.Helper()
	code := apitest.ID()
	_, err := d.Receiving.UpsertPurchaseOrder(d.t.Context(), &pb.UpsertPurchaseOrderRequest{RequestId: apitest.ID(), PurchaseOrder: &pb.PurchaseOrder{
		Code: code, SupplierCode: apitest.Supplier, Lines: []*pb.PurchaseOrderLine{{LineNumber: 1, Sku: sku, Quantity: amount("10", "LTR")}},
	}})
	d.must(err)
	line := &pb.ReceiptLine{PurchaseOrderLineNumber: 1, LotCode: lot, Quantity: amount("10", "LTR"), LocationCode: location, ExpiryDate: inDays(days)}
	for _, c := range change {
		c(line)
	}
	_, err = d.Receiving.Receive(d.t.Context(), &pb.ReceiveRequest{RequestId: apitest.ID(), ReceiptCode: code, PurchaseOrderCode: code, Lines: []*pb.ReceiptLine{line}})
	d.must(err)
}

// lines are "sku/lot quantity location", with a reason behind it or not.
func lines(texts ...string) []*pb.ShipmentLine {
	var all []*pb.ShipmentLine
	for _, text := range texts {
		text, reason, _ := strings.Cut(text, " because ")
		fields := strings.Fields(text)
		sku, lot, _ := strings.Cut(fields[0], "/")
		all = append(all, &pb.ShipmentLine{Sku: sku, LotCode: lot, Quantity: amount(fields[1], "LTR"), LocationCode: fields[2], OutOfRotationReason: reason})
	}
	return all
}

// ship ships the lines and tells of each whether it was in rotation.
func (d *dairy) ship(code string, texts ...string) (string, error) {
	req := &pb.ShipRequest{RequestId: apitest.ID(), ShipmentCode: code, CustomerCode: apitest.Customer, Lines: lines(texts...)}
	resp, err := d.Dispatch.Ship(d.t.Context(), req)
	if err != nil {
		return "", err
	}
	read, err := d.Dispatch.GetManifest(d.t.Context(), &pb.GetManifestRequest{ShipmentCode: code})
	d.must(err)
	if !proto.Equal(read.Manifest, resp.Manifest) {
		d.t.Errorf("manifest %v, want %v", read.Manifest, resp.Manifest)
	}
	again, err := d.Dispatch.Ship(d.t.Context(), req)
	d.must(err)
	if !proto.Equal(again, resp) {
		d.t.Errorf("replay %v, want %v", again, resp)
	}
	var told []string
	for _, l := range resp.Manifest.Lines {
		told = append(told, rotation(l.Rotation))
	}
	return strings.Join(told, "; "), nil
}

func (d *dairy) consume(texts ...string) error {
	req := &pb.ConsumeLotsRequest{RequestId: apitest.ID(), ProductionOrderCode: "MO", RunCode: "R"}
	for _, l := range lines(texts...) {
		req.Lines = append(req.Lines, &pb.ConsumptionLine{Sku: l.Sku, LotCode: l.LotCode, Quantity: l.Quantity, LocationCode: l.LocationCode, OutOfRotationReason: l.OutOfRotationReason})
	}
	_, err := d.Production.ConsumeLots(d.t.Context(), req)
	return err
}

// rotation is what was judged in a line.
func rotation(r *pb.Rotation) string {
	switch {
	case r == nil:
		return "not judged"
	case r.InRotation:
		return "in rotation"
	}
	var earlier []string
	for _, e := range r.Earlier {
		earlier = append(earlier, fmt.Sprintf("%s of %s@%s", e.Quantity.Value, e.Lot.LotCode, e.LocationCode))
	}
	text := "behind " + strings.Join(earlier, ", ")
	if r.Reason != "" {
		text += " because " + r.Reason
	}
	return text
}

func TestShipments(t *testing.T) {
	t.Parallel()
	d := newDairy(t)
	for _, sku := range []string{milk, juice, timber} {
		d.receive(sku, "LATE", apitest.Dock, 20)
		d.receive(sku, "SOON", apitest.Shelf, 10)
	}
	wantShip := func(want string, texts ...string) {
		t.Helper()
		if got, err := d.ship(apitest.ID(), texts...); err != nil || got != want {
			t.Errorf("%q: %s, %v, want %s", texts, got, err, want)
		}
	}
	before := dbtest.Rows(t, d.DB)
	_, err := d.ship("SH-0", "MILK/SOON 1 SHELF-1", "MILK/LATE 1 DOCK-1")
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "OUT_OF_ROTATION", "lines[1].out_of_rotation_reason")
	if err == nil || !strings.Contains(err.Error(), `before it comes lot "SOON" (last day `+inDays(10)+`; 9 LTR at "SHELF-1")`) {
		t.Errorf("refusal %v", err)
	}
	// What cannot be shipped at all is refused for that.
	_, err = d.ship("SH-0", "MILK/LATE 11 DOCK-1")
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "INSUFFICIENT_STOCK", "lines[0]")
	dbtest.SameRows(t, d.DB, before)
	wantShip("behind 10 of SOON@SHELF-1 because ordered like that", "MILK/LATE 1 DOCK-1 because ordered like that")
	wantShip("behind 10 of SOON@SHELF-1", "JUICE/LATE 1 DOCK-1")
	wantShip("not judged", "TIMBER/LATE 1 DOCK-1")
	wantShip("in rotation", "MILK/SOON 1 SHELF-1")
	wantShip("in rotation", "MILK/SOON 1 SHELF-1 because needless")
	wantShip("in rotation; in rotation", "MILK/LATE 1 DOCK-1", "MILK/SOON 8 SHELF-1")
	wantShip("in rotation", "MILK/LATE 1 DOCK-1")
	dbtest.Reconcile(t, d.DB)
}

// What could not be taken instead does not count.
func TestWhatDoesNotCount(t *testing.T) {
	t.Parallel()
	d := newDairy(t)
	d.receive(milk, "LATE", apitest.Dock, 20)
	d.receive(milk, "ELSEWHERE", abroad, 2)
	d.receive(milk, "IN-QUARANTINE", fence, 3)
	d.receive(milk, "PAST", apitest.Shelf, -2)
	d.receive(milk, "SAME-DAY", apitest.Shelf, 20)
	d.receive(milk, "REMOVED", apitest.Shelf, 4, func(l *pb.ReceiptLine) { l.RemovalDate = inDays(-2) })
	d.receive(milk, "HELD", apitest.Shelf, 5)
	d.receive(milk, "HELD-HERE", apitest.Shelf, 6)
	d.receive(milk, "GONE", apitest.Shelf, 7)
	for lot, location := range map[string]string{"HELD": "", "HELD-HERE": apitest.Shelf} {
		_, err := d.Lots.PlaceHold(t.Context(), &pb.PlaceHoldRequest{RequestId: apitest.ID(), Sku: milk, LotCode: lot, Reason: "sour?", LocationCode: location})
		d.must(err)
	}
	d.must(d.consume("MILK/GONE 10 SHELF-1 because it is used up"))
	if got, err := d.ship("SH-1", "MILK/LATE 1 DOCK-1"); err != nil || got != "in rotation" {
		t.Errorf("%s, %v", got, err)
	}
	// But a removal date keeps nobody from consuming, nor a hold elsewhere.
	err := d.consume("MILK/LATE 1 DOCK-1")
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "OUT_OF_ROTATION", "lines[0].out_of_rotation_reason")
	if err == nil || !strings.Contains(err.Error(), `"REMOVED"`) || strings.Contains(err.Error(), "HELD") {
		t.Errorf("refusal %v", err)
	}
	d.receive(milk, "HALF", apitest.Shelf, 6)
	_, err = d.Lots.MoveLots(t.Context(), &pb.MoveLotsRequest{RequestId: apitest.ID(), Lines: []*pb.MoveLine{
		{Sku: milk, LotCode: "HALF", Quantity: amount("1", "LTR"), FromLocationCode: apitest.Shelf, ToLocationCode: apitest.Line},
	}})
	d.must(err)
	_, err = d.Lots.PlaceHold(t.Context(), &pb.PlaceHoldRequest{RequestId: apitest.ID(), Sku: milk, LotCode: "HALF", Reason: "sour?", LocationCode: apitest.Shelf})
	d.must(err)
	if _, err := d.ship("SH-2", "MILK/LATE 1 DOCK-1"); err == nil || !strings.Contains(err.Error(), `before it comes lot "HALF" (last day `+inDays(6)+`; 1 LTR at "LINE-1"); take`) {
		t.Errorf("refusal %v", err)
	}
	dbtest.Reconcile(t, d.DB)
}
