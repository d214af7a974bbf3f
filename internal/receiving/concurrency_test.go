package receiving_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"google.golang.org/grpc/codes"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

const connections = 8

// crowd is several connections that are open already, so that calls sent
// together arrive together.
type crowd []pb.ReceivingServiceClient

func (h house) crowd(t *testing.T) crowd {
	t.Helper()
	var clients crowd
	for range connections {
		client := pb.NewReceivingServiceClient(h.Dial(t))
		if _, err := client.ListReceipts(t.Context(), &pb.ListReceiptsRequest{}); err != nil {
			t.Fatal(err)
		}
		clients = append(clients, client)
	}
	return clients
}

// atOnce makes a call on each connection, all let go together, and returns their
// errors.
func (c crowd) atOnce(call func(int, pb.ReceivingServiceClient) error) []error {
	failures := make([]error, len(c))
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i, client := range c {
		wg.Go(func() {
			<-start
			failures[i] = call(i, client)
		})
	}
	close(start)
	wg.Wait()
	return failures
}

// receive sends one request on each connection.
func (c crowd) receive(t *testing.T, requests []*pb.ReceiveRequest) []error {
	t.Helper()
	return c.atOnce(func(i int, client pb.ReceivingServiceClient) error {
		_, err := client.Receive(t.Context(), requests[i])
		return err
	})
}

// Each receipt is against an order of its own, so that nothing but the lot
// stands between them.
func (h house) orders(t *testing.T) {
	t.Helper()
	for i := range connections {
		h.order(t, fmt.Sprintf("PO %d", i), apitest.Supplier, "FLOUR 1000 KGM")
	}
}

func TestConcurrentReceiptsOfANewLotThatAdd(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.orders(t)
	all := h.crowd(t)
	for round := range 20 {
		code := fmt.Sprintf("F/%d", round)
		var requests []*pb.ReceiveRequest
		for i := range connections {
			order := fmt.Sprintf("PO %d", i)
			if round%2 == 1 {
				order = "PO 0" // and now with all against one order
			}
			requests = append(requests, arrived(fmt.Sprintf("R %d %d", round, i), order,
				with(lot(1, code, "1.5", "KGM"), func(l *pb.ReceiptLine) { l.AddToExisting = true })))
		}
		for i, err := range all.receive(t, requests) {
			if err != nil {
				t.Errorf("round %d, receipt %d: %v", round, i, err)
			}
		}
		if got := h.onHand(t, apitest.Flour, code); got != "12" {
			t.Errorf("round %d: %s on hand, want 12", round, got)
		}
	}
	// Each of the receipts against one order knew those before it: the last says
	// how much came in all.
	var sums, most string
	err := h.DB.QueryRow(t.Context(), `
		SELECT trim_scale(max(v.received_quantity)),
		       (SELECT trim_scale(sum(m.quantity)) FROM movement m JOIN receipt_line l USING (tenant_id, receipt_line_id) WHERE l.purchase_order_id = r.purchase_order_id)
		FROM receipt_variance v JOIN receipt r USING (tenant_id, receipt_id)
		JOIN purchase_order o USING (tenant_id, purchase_order_id)
		WHERE o.code = 'PO 0' GROUP BY r.purchase_order_id HAVING count(DISTINCT v.received_quantity) = count(*)`).Scan(&most, &sums)
	if err != nil || most != sums {
		t.Errorf("the last variance says %s, %s came in: %v", most, sums, err)
	}
}

func TestConcurrentReceiptsOfANewLotThatDoNotAdd(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.orders(t)
	all := h.crowd(t)
	for round := range 20 {
		code := fmt.Sprintf("F/%d", round)
		var requests []*pb.ReceiveRequest
		for i := range connections {
			requests = append(requests, arrived(fmt.Sprintf("R %d %d", round, i), fmt.Sprintf("PO %d", i), lot(1, code, "1", "KGM")))
		}
		accepted := 0
		for _, err := range all.receive(t, requests) {
			if err == nil {
				accepted++
				continue
			}
			apitest.WantRefusal(t, err, codes.AlreadyExists, "LOT_EXISTS", "lines[0].lot_code")
		}
		if accepted != 1 || h.onHand(t, apitest.Flour, code) != "1" {
			t.Errorf("round %d: %d accepted, %s on hand", round, accepted, h.onHand(t, apitest.Flour, code))
		}
	}
}

// The same request on several connections is one receipt; the same receipt code
// in several requests is one too.
func TestTheSameReceiptAtOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.orders(t)
	all := h.crowd(t)
	for round := range 10 {
		same := arrived(fmt.Sprintf("same %d", round), "PO 0", lot(1, fmt.Sprintf("same %d", round), "1", "KGM"))
		var again, code []*pb.ReceiveRequest
		for i := range connections {
			again = append(again, same)
			code = append(code, arrived(fmt.Sprintf("code %d", round), fmt.Sprintf("PO %d", i), lot(1, fmt.Sprintf("code %d %d", round, i), "1", "KGM")))
		}
		for _, err := range all.receive(t, again) {
			if err != nil {
				t.Errorf("round %d: %v", round, err)
			}
		}
		if got := h.onHand(t, apitest.Flour, fmt.Sprintf("same %d", round)); got != "1" {
			t.Errorf("round %d: %s on hand, want 1", round, got)
		}
		accepted := 0
		for _, err := range all.receive(t, code) {
			if err == nil {
				accepted++
				continue
			}
			apitest.WantRefusal(t, err, codes.AlreadyExists, "RECEIPT_EXISTS", "receipt_code")
		}
		if accepted != 1 {
			t.Errorf("round %d: %d receipts of one code", round, accepted)
		}
	}
	if n := h.count(t, "receipt"); n != 20 {
		t.Errorf("%d receipts, want 20", n)
	}
}

// Lots in opposite orders, half of them new: nobody gives up, nothing is lost.
func TestConcurrentReceiptsOfTheSameLotsInOtherOrders(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.orders(t)
	all := h.crowd(t)
	var sent atomic.Int64
	for round := range 5 {
		var requests []*pb.ReceiveRequest
		for i := range connections {
			req := arrived(fmt.Sprintf("R %d %d", round, i), fmt.Sprintf("PO %d", i))
			for n := range 20 {
				if i%2 == 1 {
					n = 19 - n
				}
				// One half is there from the round before.
				req.Lines = append(req.Lines, with(lot(1, fmt.Sprintf("F %d", round*10+n), "1", "KGM"), func(l *pb.ReceiptLine) { l.AddToExisting = true }))
				sent.Add(1)
			}
			requests = append(requests, req)
		}
		for i, err := range all.receive(t, requests) {
			if err != nil {
				t.Errorf("round %d, receipt %d: %v", round, i, err)
			}
		}
	}
	var onHand int64
	if err := h.DB.QueryRow(t.Context(), "SELECT sum(on_hand)::bigint FROM balance").Scan(&onHand); err != nil || onHand != sent.Load() {
		t.Errorf("%d on hand, %d received: %v", onHand, sent.Load(), err)
	}
}

// An order changes while goods come in against it: a line that was received
// against is never one of another item.
func TestReceiveAgainstAnOrderThatChanges(t *testing.T) {
	t.Parallel()
	h := open(t)
	two := h.crowd(t)[:2]
	for round := range 20 {
		code := fmt.Sprintf("PO/%d", round)
		h.order(t, code, apitest.Supplier, "FLOUR 10 KGM")
		req := arrived("R"+code, code, lot(1, "F"+code, "1", "KGM"))
		order := &pb.PurchaseOrder{Code: code, SupplierCode: otherSupplier, Lines: orderLines(t, "BREAD 10 H87")}
		failures := two.atOnce(func(i int, client pb.ReceivingServiceClient) (err error) {
			if i == 0 {
				_, err = client.Receive(t.Context(), req)
			} else {
				_, err = client.UpsertPurchaseOrder(t.Context(), &pb.UpsertPurchaseOrderRequest{RequestId: apitest.ID(), PurchaseOrder: order})
			}
			return err
		})
		received, pushed := failures[0], failures[1]
		switch {
		case received == nil:
			apitest.WantRefusal(t, pushed, codes.FailedPrecondition, "LINE_IN_USE", "purchase_order.supplier_code")
		case pushed != nil:
			t.Errorf("both refused: %v; %v", received, pushed)
		default:
			apitest.WantRefusal(t, received, codes.InvalidArgument, "UNKNOWN_UNIT", "lines[0].quantity.unit")
		}
	}
}
