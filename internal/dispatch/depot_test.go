package dispatch_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// depot is a running service with the small catalog, a second customer and a
// carrier.
type depot struct {
	*apitest.API
	t *testing.T
}

const (
	kiosk   = "CUS-2" // another customer
	carrier = "CAR-1"
	oil     = "OIL" // by lot, expiry tracked
)

func newDepot(t *testing.T) *depot {
	t.Helper()
	d := &depot{apitest.Start(t), t}
	d.Minimal(t)
	d.PushParty(t, &pb.Party{Code: kiosk, Name: "Kiosk", Kinds: []pb.PartyKind{pb.PartyKind_PARTY_KIND_CUSTOMER}})
	d.PushParty(t, &pb.Party{Code: carrier, Name: "Van", Kinds: []pb.PartyKind{pb.PartyKind_PARTY_KIND_CARRIER}})
	d.PushItem(t, &pb.Item{Sku: oil, Name: "Oil", BaseUnit: "LTR", Tracking: pb.Tracking_TRACKING_LOT, ExpiryTracked: true})
	return d
}

func must[T any](t testing.TB, resp T, err error) T {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

func at(text string) *timestamppb.Timestamp {
	moment, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return timestamppb.New(moment)
}

func amount(value, unit string) *pb.Quantity { return &pb.Quantity{Value: value, Unit: unit} }

// salesOrder is an order by the first customer with lines "sku quantity unit",
// numbered 10, 20, ….
func salesOrder(code string, lines ...string) *pb.SalesOrder {
	order := &pb.SalesOrder{Code: code, CustomerCode: apitest.Customer}
	for i, line := range lines {
		fields := strings.Fields(line)
		order.Lines = append(order.Lines, &pb.SalesOrderLine{
			LineNumber: int32(10 * (i + 1)), Sku: fields[0], Quantity: amount(fields[1], fields[2]),
		})
	}
	return order
}

func (d *depot) push(order *pb.SalesOrder) (*pb.UpsertSalesOrderResponse, error) {
	return d.Dispatch.UpsertSalesOrder(d.t.Context(), &pb.UpsertSalesOrderRequest{RequestId: apitest.ID(), SalesOrder: order})
}

func (d *depot) mustPush(order *pb.SalesOrder) *pb.UpsertSalesOrderResponse {
	d.t.Helper()
	resp, err := d.push(order)
	return must(d.t, resp, err)
}

// shipment ships lines "sku/lot quantity unit @ location", each perhaps with
// "for line" behind it. Without an order it goes to the first customer.
func shipment(code, order string, lines ...string) *pb.ShipRequest {
	req := &pb.ShipRequest{RequestId: apitest.ID(), ShipmentCode: code, SalesOrderCode: order}
	if order == "" {
		req.CustomerCode = apitest.Customer
	}
	for _, text := range lines {
		fields := strings.Fields(text)
		if len(fields) != 5 && len(fields) != 7 {
			panic("no line: " + text)
		}
		sku, lot, _ := strings.Cut(fields[0], "/")
		line := &pb.ShipmentLine{Sku: sku, LotCode: lot, Quantity: amount(fields[1], fields[2]), LocationCode: fields[4]}
		if len(fields) == 7 {
			if _, err := fmt.Sscan(fields[6], &line.SalesOrderLineNumber); err != nil {
				panic(err)
			}
		}
		req.Lines = append(req.Lines, line)
	}
	return req
}

func (d *depot) ship(req *pb.ShipRequest) (*pb.Manifest, error) {
	resp, err := d.Dispatch.Ship(d.t.Context(), req)
	return resp.GetManifest(), err
}

func (d *depot) mustShip(req *pb.ShipRequest) *pb.Manifest {
	d.t.Helper()
	manifest, err := d.ship(req)
	return must(d.t, manifest, err)
}

// manifestLines are the lines of a manifest, each in a line.
func manifestLines(m *pb.Manifest) []string {
	var texts []string
	for _, l := range m.Lines {
		text := fmt.Sprintf("%d: %s/%s (%s) %s %s (%s %s) %s", l.SalesOrderLineNumber, l.Lot.Sku, l.Lot.LotCode, l.ItemName,
			l.Quantity.Value, l.Quantity.Unit, l.Entered.Value, l.Entered.Unit, l.LocationCode)
		if l.ExpiryDate != "" {
			text += " until " + l.ExpiryDate
		}
		if l.SupplierLotCode != "" {
			text += " theirs " + l.SupplierLotCode
		}
		texts = append(texts, text)
	}
	return texts
}

func same(t testing.TB, what string, got, want []string) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n  %s\nwant\n  %s", what, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// statuses are an order's lines: "10: 5 of 12 H87".
func (d *depot) statuses(code string) []string {
	d.t.Helper()
	resp, err := d.Dispatch.GetSalesOrder(d.t.Context(), &pb.GetSalesOrderRequest{Code: code})
	must(d.t, resp, err)
	var texts []string
	for _, s := range resp.LineStatuses {
		texts = append(texts, fmt.Sprintf("%d: %s of %s %s", s.LineNumber, s.Shipped.Value, s.Ordered.Value, s.Ordered.Unit))
	}
	return texts
}

// stock is where a lot is: "3@SHELF-1 2@DOCK-1".
func (d *depot) stock(sku, code string) string {
	d.t.Helper()
	resp, err := d.Lots.GetLot(d.t.Context(), &pb.GetLotRequest{Sku: sku, LotCode: code})
	must(d.t, resp, err)
	var texts []string
	for _, s := range resp.Stocks {
		texts = append(texts, s.OnHand.Value+"@"+s.LocationCode)
	}
	return strings.Join(texts, " ")
}

// receiveOil takes in 10 LTR with the supplier's code and an expiry date.
func (d *depot) receiveOil(lot, expiry string) {
	d.t.Helper()
	code := apitest.ID()
	_, err := d.Receiving.UpsertPurchaseOrder(d.t.Context(), &pb.UpsertPurchaseOrderRequest{
		RequestId: apitest.ID(),
		PurchaseOrder: &pb.PurchaseOrder{
			Code: code, SupplierCode: apitest.Supplier, Lines: []*pb.PurchaseOrderLine{{LineNumber: 1, Sku: oil, Quantity: amount("10", "LTR")}},
		},
	})
	if err != nil {
		d.t.Fatal(err)
	}
	_, err = d.Receiving.Receive(d.t.Context(), &pb.ReceiveRequest{
		RequestId: apitest.ID(), ReceiptCode: code, PurchaseOrderCode: code, ReceivedAt: at("2024-01-01T00:00:00Z"),
		Lines: []*pb.ReceiptLine{{
			PurchaseOrderLineNumber: 1, LotCode: lot, SupplierLotCode: "S-" + lot, Quantity: amount("10", "LTR"),
			LocationCode: apitest.Shelf, ExpiryDate: expiry,
		}},
	})
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *depot) hold(sku, lot, reason string) error {
	_, err := d.Lots.PlaceHold(d.t.Context(), &pb.PlaceHoldRequest{RequestId: apitest.ID(), Sku: sku, LotCode: lot, Reason: reason})
	return err
}
