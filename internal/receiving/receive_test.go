package receiving_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// variances as "1 SHORT 100 60 -40 KGM": line, kind, ordered, received,
// difference, unit.
func variances(all ...*pb.QuantityVariance) string {
	var texts []string
	for _, v := range all {
		texts = append(texts, fmt.Sprintf("%d %s %s %s %s %s", v.LineNumber, strings.TrimPrefix(v.Kind.String(), "VARIANCE_KIND_"),
			v.Ordered.Value, v.Received.Value, v.Difference.Value, v.Difference.Unit))
	}
	return strings.Join(texts, "; ")
}

// Three deliveries against one order: short, then over on one line and as
// ordered on the other, then nothing but over. Each receipt keeps what it said.
func TestPartialReceipts(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.order(t, "PO/1", apitest.Supplier, "FLOUR 4 BAG", "MILK 30.5 LTR", "BREAD 10 H87")
	first := arrived("R/1", "PO/1",
		with(lot(1, "FL-2026-0325", "2", "BAG"), func(l *pb.ReceiptLine) {
			l.SupplierLotCode, l.ProductionDate, l.ExpiryDate = "M/77", "2025-03-01", "2025-09-01"
			l.UnitCost = &pb.UnitCost{Amount: "21.40", Currency: "EUR", Unit: "BAG"}
			l.TemperatureCelsius = "-1.50"
		}),
		lot(1, "FL-2026-0326", "10.125", "KGM"),
		lot(2, "M-1", "30.50", "LTR"),
	)
	first.ReceivedAt = at(t, "2025-03-25T09:00:00.123456789Z")
	first.References = []*pb.Reference{{Kind: "delivery_note", Value: `DN "7" <&>`}, {Kind: "seal", Value: "封条"}}
	got := []*pb.Receipt{h.receive(t, first)}
	got = append(got, h.receive(t, arrived("R/2", "PO/1",
		with(lot(1, "FL-2026-0325", "50", "KGM"), func(l *pb.ReceiptLine) { l.AddToExisting, l.SupplierLotCode = true, "M/77" }),
		lot(3, "B-1", "10", "H87"))))
	got = append(got, h.receive(t, arrived("R/3", "PO/1", lot(2, "M-2", "0.01", "LTR"))))

	want := []string{
		"1 SHORT 100 60.125 -39.875 KGM; 2 NONE 30.5 30.5 0 LTR",
		"1 OVER 100 110.125 10.125 KGM; 3 NONE 10 10 0 H87",
		"2 OVER 30.5 30.51 0.01 LTR",
	}
	for i, receipt := range got {
		if v := variances(receipt.Variances...); v != want[i] {
			t.Errorf("%s: variances %s, want %s", receipt.Code, v, want[i])
		}
		if later := h.receipt(t, receipt.Code); !proto.Equal(later, receipt) {
			t.Errorf("%s: answered\n%v\nread later\n%v", receipt.Code, receipt, later)
		}
	}
	r := got[0]
	if r.SupplierCode != apitest.Supplier || r.PurchaseOrderCode != "PO/1" || r.Principal != "default" || len(r.References) != 2 ||
		!proto.Equal(r.References[0], first.References[0]) || !proto.Equal(r.References[1], first.References[1]) {
		t.Errorf("receipt %v", r)
	}
	if !r.ReceivedAt.AsTime().Equal(first.ReceivedAt.AsTime().Truncate(time.Microsecond)) || time.Since(r.RecordedAt.AsTime()) > time.Minute {
		t.Errorf("received at %v, recorded at %v", r.ReceivedAt.AsTime(), r.RecordedAt.AsTime())
	}
	wantLine := proto.CloneOf(first.Lines[0])
	wantLine.Sku, wantLine.UnitCost.Amount, wantLine.TemperatureCelsius = apitest.Flour, "21.4", "-1.5"
	if !proto.Equal(r.Lines[0], wantLine) {
		t.Errorf("line %v, want %v", r.Lines[0], wantLine)
	}
	for lotCode, want := range map[string]string{"FL-2026-0325": "100", "FL-2026-0326": "10.125"} {
		if got := h.onHand(t, apitest.Flour, lotCode); got != want {
			t.Errorf("%s kg of lot %s on hand, want %s", got, lotCode, want)
		}
	}

	// What was ordered may change later; what a receipt said does not.
	h.order(t, "PO/1", apitest.Supplier, "FLOUR 110.125 KGM", "MILK 30.5 LTR", "BREAD 10 H87")
	if v := variances(h.receipt(t, "R/2").Variances...); v != want[1] {
		t.Errorf("R/2 after the order changed: variances %s, want %s", v, want[1])
	}
	order, err := h.Receiving.GetPurchaseOrder(t.Context(), &pb.GetPurchaseOrderRequest{Code: "PO/1"})
	if err != nil {
		t.Fatal(err)
	}
	var status []string
	for _, s := range order.LineStatuses {
		text := variances(s.Variance)
		for _, l := range s.Lots {
			text += fmt.Sprintf(" %s/%s/%s/%s %s %s", l.Lot.Sku, l.Lot.LotCode, l.SupplierLotCode, l.ReceiptCode, l.Quantity.Value, l.Quantity.Unit)
		}
		status = append(status, text)
	}
	wantStatus := []string{
		"1 NONE 110.125 110.125 0 KGM FLOUR/FL-2026-0325/M/77/R/1 50 KGM FLOUR/FL-2026-0326//R/1 10.125 KGM FLOUR/FL-2026-0325/M/77/R/2 50 KGM",
		"2 OVER 30.5 30.51 0.01 LTR MILK/M-1//R/1 30.5 LTR MILK/M-2//R/3 0.01 LTR",
		"3 NONE 10 10 0 H87 BREAD/B-1//R/2 10 H87",
	}
	if strings.Join(status, "\n") != strings.Join(wantStatus, "\n") {
		t.Errorf("line statuses\n%s\nwant\n%s", strings.Join(status, "\n"), strings.Join(wantStatus, "\n"))
	}
	if got := order.LineStatuses[0].Lots[0].ReceivedAt.AsTime(); !got.Equal(r.ReceivedAt.AsTime()) {
		t.Errorf("lot received at %v", got)
	}
}

// The same moment is the 26th in Auckland and the 25th in Los Angeles, and what
// arrived keeps 10 days from the day that it is there.
func TestShelfLifeBySiteTimeZone(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.order(t, "PO", apitest.Supplier, "MILK 100 LTR")
	line := func(code, location, production string) *pb.ReceiptLine {
		return with(lot(1, code, "1", "LTR"), func(l *pb.ReceiptLine) { l.LocationCode, l.ProductionDate = location, production })
	}
	for _, c := range []struct{ moment, auckland, losAngeles string }{
		{"2025-03-25T10:59:59Z", "2025-04-04", "2025-04-04"},
		{"2025-03-25T11:00:00Z", "2025-04-05", "2025-04-04"}, // midnight in Auckland (UTC+13)
		{"2025-03-26T06:59:59Z", "2025-04-05", "2025-04-04"},
		{"2025-03-26T07:00:00Z", "2025-04-05", "2025-04-05"}, // midnight in Los Angeles (UTC-7)
	} {
		req := arrived("R "+c.moment, "PO", line("A "+c.moment, auckland, ""), line("L "+c.moment, losAngeles, ""), line("P "+c.moment, auckland, "2025-03-20"))
		req.ReceivedAt = at(t, c.moment)
		lines := h.receive(t, req).Lines
		if lines[0].ExpiryDate != c.auckland || lines[1].ExpiryDate != c.losAngeles || lines[2].ExpiryDate != "2025-03-30" {
			t.Errorf("%s: expiry %s in Auckland, %s in Los Angeles, %s by production date; want %s, %s, 2025-03-30",
				c.moment, lines[0].ExpiryDate, lines[1].ExpiryDate, lines[2].ExpiryDate, c.auckland, c.losAngeles)
		}
	}
	// Made on the 26th: still to come in Los Angeles, today in Auckland.
	for location, accepted := range map[string]bool{auckland: true, losAngeles: false} {
		req := arrived("made "+location, "PO", line("made "+location, location, "2025-03-26"))
		req.ReceivedAt = at(t, "2025-03-25T12:00:00Z")
		_, err := h.Receiving.Receive(t.Context(), req)
		if accepted && err != nil {
			t.Errorf("%s: %v", location, err)
		}
		if !accepted {
			apitest.WantRefusal(t, err, codes.InvalidArgument, "PRODUCTION_IN_THE_FUTURE", "lines[0].production_date")
		}
	}
}

// What is expired when it arrives is in the house all the same.
func TestGoodsThatArriveExpired(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.order(t, "PO", apitest.Supplier, "CREAM 1 LTR")
	h.receive(t, arrived("R", "PO", with(lot(1, "C", "1", "LTR"), func(l *pb.ReceiptLine) { l.ExpiryDate = "2020-02-29" })))
	if got := h.onHand(t, cream, "C"); got != "1" {
		t.Errorf("%s on hand", got)
	}
}

func TestSameCodeOnTwoItems(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.order(t, "PO", apitest.Supplier, "FLOUR 1 KGM", "BREAD 2 CASE")
	h.receive(t, arrived("R", "PO", lot(1, "001", "1", "KGM"), lot(2, "001", "2", "CASE")))
	if f, b := h.onHand(t, apitest.Flour, "001"), h.onHand(t, apitest.Bread, "001"); f != "1" || b != "24" {
		t.Errorf("%s kg and %s pieces on hand, want 1 and 24", f, b)
	}
}

// One lot in two lines at two places is one lot.
func TestOneNewLotInSeveralLines(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.order(t, "PO", apitest.Supplier, "MILK 5 LTR", "MILK 5 LTR")
	receipt := h.receive(t, arrived("R", "PO",
		lot(1, "M", "2", "LTR"),
		with(lot(2, "M", "3", "LTR"), func(l *pb.ReceiptLine) { l.LocationCode, l.ExpiryDate = apitest.Shelf, "2099-01-01" })))
	if got := h.onHand(t, milk, "M"); got != "5" {
		t.Errorf("%s on hand", got)
	}
	for i, l := range receipt.Lines {
		if l.ExpiryDate != "2099-01-01" {
			t.Errorf("line %d: expiry %q; a lot has one", i, l.ExpiryDate)
		}
	}
}

func TestUntrackedItem(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.order(t, "PO", apitest.Supplier, "SALT 500 GRM")
	receipt := h.receive(t, arrived("R/9", "PO", lot(1, "", "300", "GRM"), with(lot(1, "", "200", "GRM"), func(l *pb.ReceiptLine) { l.SupplierLotCode = "S-1" })))
	for i, want := range []string{"receipt R/9 line 1", "receipt R/9 line 2"} {
		if receipt.Lines[i].LotCode != want {
			t.Errorf("line %d: lot %q, want %q", i, receipt.Lines[i].LotCode, want)
		}
	}
	var inferred int
	if err := h.DB.QueryRow(t.Context(), "SELECT count(*) FROM lot WHERE inferred").Scan(&inferred); err != nil || inferred != 2 {
		t.Errorf("%d inferred lots, %v; want one a line", inferred, err)
	}
	if got := h.onHand(t, apitest.Salt, "receipt R/9 line 1"); got != "300" {
		t.Errorf("%s on hand", got)
	}
	long := strings.Repeat("长", 128)
	code := h.receive(t, arrived(long, "PO", lot(1, "", "1", "GRM"))).Lines[0].LotCode
	if _, err := h.Lots.GetLot(t.Context(), &pb.GetLotRequest{Sku: apitest.Salt, LotCode: code}); err != nil {
		t.Errorf("the lot of a receipt with a long code cannot be asked for: %v", err)
	}
}

func TestSerials(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.order(t, "PO", apitest.Supplier, "OVEN 2 PAIR")
	receipt := h.receive(t, arrived("R", "PO", lot(1, "S-1", "1", "H87"), lot(1, "S-2", "0.5", "PAIR")))
	if v := variances(receipt.Variances...); v != "1 SHORT 4 2 -2 H87" {
		t.Errorf("variances %s", v)
	}
	if one, two := h.onHand(t, oven, "S-1"), h.onHand(t, oven, "S-2"); one != "1" || two != "1" {
		t.Errorf("%s and %s on hand", one, two)
	}
}

// A third of a roll cannot be kept, three thirds can.
func TestUnitsAreExact(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.order(t, "PO", apitest.Supplier, "GASKET 6 STRIP")
	receipt := h.receive(t, arrived("R", "PO", lot(1, "G", "3", "STRIP")))
	if v := variances(receipt.Variances...); v != "1 SHORT 2 1 -1 ROLL" {
		t.Errorf("variances %s", v)
	}
	_, err := h.Receiving.Receive(t.Context(), arrived("R2", "PO", lot(1, "G2", "1", "STRIP")))
	apitest.WantRefusal(t, err, codes.InvalidArgument, "QUANTITY_TOO_PRECISE", "lines[0].quantity.value")
}

func TestReplay(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.order(t, "PO", apitest.Supplier, "FLOUR 100 KGM")
	req := arrived("R", "PO", lot(1, "F", "10", "KGM"))
	first := h.receive(t, req)
	before := h.contents(t)
	if again := h.receive(t, req); !proto.Equal(first, again) {
		t.Errorf("replayed %v, first %v", again, first)
	}
	changed := proto.CloneOf(req)
	changed.Lines[0].Quantity.Value = "11"
	_, err := h.Receiving.Receive(t.Context(), changed)
	apitest.WantRefusal(t, err, codes.AlreadyExists, "REQUEST_ID_REUSED", "request_id")
	// Sent again by a caller that forgot its request id: not received twice.
	changed = proto.CloneOf(req)
	changed.RequestId = apitest.ID()
	_, err = h.Receiving.Receive(t.Context(), changed)
	apitest.WantRefusal(t, err, codes.AlreadyExists, "RECEIPT_EXISTS", "receipt_code")
	if after := h.contents(t); after != before {
		t.Errorf("before %s\nafter  %s", before, after)
	}
}

func TestReceiveOverREST(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.order(t, `PO/1%"`, apitest.Supplier, "FLOUR 100 KGM")
	status, answer := h.Do(t, http.MethodPost, "/v1/receipts", map[string]any{
		"receiptCode": "R/1", "purchaseOrderCode": `PO/1%"`,
		"lines": []any{map[string]any{"purchaseOrderLineNumber": 1, "lotCode": "F", "quantity": map[string]any{"value": "100", "unit": "KGM"}, "locationCode": "DOCK-1"}},
	}, "Idempotency-Key", "k1")
	if status != http.StatusOK {
		t.Fatalf("HTTP %d: %v", status, answer)
	}
	for _, path := range []string{"/v1/receipts/R%2F1", "/v1/receipt?code=R%2F1"} {
		status, read := h.Do(t, http.MethodGet, path, nil)
		if status != http.StatusOK || fmt.Sprint(read) != fmt.Sprint(answer) {
			t.Errorf("%s: HTTP %d\n%v\nwant\n%v", path, status, read, answer)
		}
	}
	if status, answer := h.Do(t, http.MethodGet, "/v1/purchase-orders/PO%2F1%25%22", nil); status != http.StatusOK {
		t.Errorf("HTTP %d: %v", status, answer)
	}
	if status, answer := h.Do(t, http.MethodGet, "/v1/receipts/R%2F2", nil); status != http.StatusNotFound || !strings.Contains(fmt.Sprint(answer), "UNKNOWN_RECEIPT") {
		t.Errorf("HTTP %d: %v", status, answer)
	}
}

// A receipt of the greatest size, twice into the same lots.
func TestFiveHundredLines(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.order(t, "PO", apitest.Supplier, "FLOUR 1000 KGM")
	for i, receipt := range []string{"R1", "R2"} {
		req := arrived(receipt, "PO")
		for n := range 500 {
			req.Lines = append(req.Lines, with(lot(1, fmt.Sprintf("F-%d", n), "1", "KGM"), func(l *pb.ReceiptLine) { l.AddToExisting = i > 0 }))
		}
		h.receive(t, req)
	}
	if got := h.onHand(t, apitest.Flour, "F-499"); got != "2" {
		t.Errorf("%s on hand", got)
	}
	order, err := h.Receiving.GetPurchaseOrder(t.Context(), &pb.GetPurchaseOrderRequest{Code: "PO"})
	if err != nil || len(order.LineStatuses[0].Lots) != 1000 || order.LineStatuses[0].LotsTruncated {
		t.Fatalf("%d lots, %v", len(order.GetLineStatuses()[0].GetLots()), err)
	}
	h.receive(t, arrived("R3", "PO", lot(1, "last", "1", "KGM")))
	order, err = h.Receiving.GetPurchaseOrder(t.Context(), &pb.GetPurchaseOrderRequest{Code: "PO"})
	if err != nil || len(order.LineStatuses[0].Lots) != 1000 || !order.LineStatuses[0].LotsTruncated {
		t.Errorf("with 1,001 lots: %d, truncated %v, %v", len(order.GetLineStatuses()[0].GetLots()), order.GetLineStatuses()[0].GetLotsTruncated(), err)
	}
	if v := variances(order.LineStatuses[0].Variance); v != "1 OVER 1000 1001 1 KGM" {
		t.Errorf("variance %s", v)
	}
}
