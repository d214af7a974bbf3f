package receiving_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// What the house has beside apitest.Minimal.
const (
	milk   = "MILK"   // expiry tracked, keeps 10 days; LTR with 2 decimals
	cream  = "CREAM"  // expiry tracked, keeps as printed
	oven   = "OVEN"   // by serial; 1 PAIR is 2
	gasket = "GASKET" // 1 STRIP is a third of a ROLL, the base unit

	otherSupplier = "SUP-2"
	auckland      = "DOCK-AKL"
	losAngeles    = "DOCK-LAX"
)

// house is a service with master data, as a receiving clerk finds it.
type house struct{ *apitest.API }

func open(t *testing.T) house {
	t.Helper()
	h := house{apitest.Start(t)}
	h.Minimal(t)
	h.PushItem(t, &pb.Item{Sku: milk, Name: "Milk", BaseUnit: "LTR", Decimals: 2, Tracking: pb.Tracking_TRACKING_LOT, ExpiryTracked: true, ShelfLifeDays: 10})
	h.PushItem(t, &pb.Item{Sku: cream, Name: "Cream", BaseUnit: "LTR", Decimals: 2, Tracking: pb.Tracking_TRACKING_LOT, ExpiryTracked: true})
	h.PushItem(t, &pb.Item{
		Sku: oven, Name: "Oven", BaseUnit: "H87", Tracking: pb.Tracking_TRACKING_SERIAL, Units: []*pb.ItemUnit{{Unit: "PAIR", Numerator: "2"}},
	})
	h.PushItem(t, &pb.Item{
		Sku: gasket, Name: "Gasket", BaseUnit: "ROLL", Decimals: 2, Tracking: pb.Tracking_TRACKING_LOT,
		Units: []*pb.ItemUnit{{Unit: "STRIP", Numerator: "1", Denominator: "3"}},
	})
	h.PushParty(t, &pb.Party{Code: otherSupplier, Name: "Other mill", Kinds: []pb.PartyKind{pb.PartyKind_PARTY_KIND_SUPPLIER}})
	for code, zone := range map[string]string{auckland: "Pacific/Auckland", losAngeles: "America/Los_Angeles"} {
		h.PushLocation(t, &pb.Location{Code: "SITE " + code, Kind: pb.LocationKind_LOCATION_KIND_SITE, TimeZone: zone})
		h.PushLocation(t, &pb.Location{Code: code, ParentCode: "SITE " + code, Kind: pb.LocationKind_LOCATION_KIND_DOCK})
	}
	return h
}

func amount(value, unit string) *pb.Quantity { return &pb.Quantity{Value: value, Unit: unit} }

func at(t *testing.T, text string) *timestamppb.Timestamp {
	t.Helper()
	moment, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return timestamppb.New(moment)
}

// orderLines are lines 1, 2, … of an order, each as "MILK 12.5 LTR".
func orderLines(t *testing.T, texts ...string) []*pb.PurchaseOrderLine {
	t.Helper()
	var lines []*pb.PurchaseOrderLine
	for i, text := range texts {
		f := strings.Fields(text)
		lines = append(lines, &pb.PurchaseOrderLine{LineNumber: int32(i + 1), Sku: f[0], Quantity: amount(f[1], f[2])})
	}
	return lines
}

func (h house) push(t *testing.T, order *pb.PurchaseOrder) (*pb.UpsertPurchaseOrderResponse, error) {
	t.Helper()
	return h.Receiving.UpsertPurchaseOrder(t.Context(), &pb.UpsertPurchaseOrderRequest{RequestId: apitest.ID(), PurchaseOrder: order})
}

// order pushes an order to a supplier, or ends the test.
func (h house) order(t *testing.T, code, supplier string, lines ...string) {
	t.Helper()
	if _, err := h.push(t, &pb.PurchaseOrder{Code: code, SupplierCode: supplier, Lines: orderLines(t, lines...)}); err != nil {
		t.Fatalf("push order %q: %v", code, err)
	}
}

func arrived(receipt, order string, lines ...*pb.ReceiptLine) *pb.ReceiveRequest {
	return &pb.ReceiveRequest{RequestId: apitest.ID(), ReceiptCode: receipt, PurchaseOrderCode: order, Lines: lines}
}

// lot is a receipt line at the dock.
func lot(orderLine int32, code, value, unit string) *pb.ReceiptLine {
	return &pb.ReceiptLine{PurchaseOrderLineNumber: orderLine, LotCode: code, Quantity: amount(value, unit), LocationCode: apitest.Dock}
}

// with is the line after a change.
func with(line *pb.ReceiptLine, change func(*pb.ReceiptLine)) *pb.ReceiptLine {
	change(line)
	return line
}

// receive posts a receipt, or ends the test.
func (h house) receive(t *testing.T, req *pb.ReceiveRequest) *pb.Receipt {
	t.Helper()
	resp, err := h.Receiving.Receive(t.Context(), req)
	if err != nil {
		t.Fatalf("receive %q: %v", req.ReceiptCode, err)
	}
	return resp.Receipt
}

func (h house) receipt(t *testing.T, code string) *pb.Receipt {
	t.Helper()
	resp, err := h.Receiving.GetReceipt(t.Context(), &pb.GetReceiptRequest{Code: code})
	if err != nil {
		t.Fatalf("get receipt %q: %v", code, err)
	}
	return resp.Receipt
}

// onHand is the balance of a lot over all locations, and the sum of its
// movements; the test fails if they differ.
func (h house) onHand(t *testing.T, sku, lotCode string) string {
	t.Helper()
	var balances, movements string
	err := h.DB.QueryRow(t.Context(), `
		SELECT (SELECT trim_scale(coalesce(sum(on_hand), 0)) FROM balance b WHERE b.tenant_id = 1 AND b.lot_id = lot.lot_id),
		       (SELECT trim_scale(coalesce(sum(quantity), 0)) FROM movement m WHERE m.tenant_id = 1 AND m.lot_id = lot.lot_id)
		FROM lot JOIN item ON item.tenant_id = 1 AND item.item_id = lot.item_id
		WHERE lot.tenant_id = 1 AND item.sku = $1 AND lot.lot_code = $2`, sku, lotCode).Scan(&balances, &movements)
	if err != nil {
		t.Fatalf("balance of lot %q of %q: %v", lotCode, sku, err)
	}
	if balances != movements {
		t.Errorf("lot %q of %q: balances %s, movements %s", lotCode, sku, balances, movements)
	}
	return balances
}

// contents counts all that receiving writes: a refused request leaves it as it
// was.
func (h house) contents(t *testing.T) string {
	t.Helper()
	var counts []string
	for _, table := range []string{
		"purchase_order", "purchase_order_line", "receipt", "receipt_line", "receipt_variance", "operation", "movement", "lot", "balance", "revision", "request",
	} {
		var n int
		if err := h.DB.QueryRow(t.Context(), "SELECT count(*) FROM "+table).Scan(&n); err != nil {
			t.Fatal(err)
		}
		counts = append(counts, fmt.Sprintf("%s %d", table, n))
	}
	var state string
	err := h.DB.QueryRow(t.Context(), `
		SELECT coalesce((SELECT sum(on_hand) FROM balance), 0)::text || ' ' || coalesce((SELECT sum(quantity) FROM purchase_order_line), 0)::text
		       || ' ' || md5(coalesce((SELECT string_agg(content::text, ' ' ORDER BY code) FROM purchase_order), ''))`).Scan(&state)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(append(counts, state), ", ")
}
