package dispatch_test

import (
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
)

// moveFor moves bread from the shelf to the dock, for "order/line" or for nothing.
func (d *depot) moveFor(quantity, order string, number int32) error {
	_, err := d.Lots.MoveLots(d.t.Context(), &pb.MoveLotsRequest{RequestId: apitest.ID(), Purpose: pb.MovePurpose_MOVE_PURPOSE_PICK, Lines: []*pb.MoveLine{{
		Sku: apitest.Bread, LotCode: "B-1", Quantity: amount(quantity, "H87"), FromLocationCode: apitest.Shelf, ToLocationCode: apitest.Dock,
		SalesOrderCode: order, SalesOrderLineNumber: number,
	}}})
	return err
}

// What is picked for a line is its own; what is moved otherwise is free first.
func TestMoveReserved(t *testing.T) {
	t.Parallel()
	d := newReserving(t)
	d.mustReserve("BREAD/B-1 4 H87 @ SHELF-1 for SO-1/10", "BREAD/B-1 5 H87 @ SHELF-1 for SO-2/10")
	must(t, 0, d.moveFor("3", "SO-1", 10))
	same(t, "picked", d.shares(apitest.Bread, "B-1", nil), []string{"DOCK-1: 3, 3 reserved, 0 held, 0 available", "SHELF-1: 7, 6 reserved, 0 held, 1 available"})
	must(t, 0, d.moveFor("2", "", 0))
	same(t, "moved", d.reservations(ofLot(apitest.Bread, "B-1")), []string{
		"1: 3 H87 of BREAD/B-1 at DOCK-1 for SO-1/10 ACTIVE", "1: 1 H87 of BREAD/B-1 at SHELF-1 for SO-1/10 ACTIVE",
		"2: 1 H87 of BREAD/B-1 at DOCK-1 for SO-2/10 ACTIVE", "2: 4 H87 of BREAD/B-1 at SHELF-1 for SO-2/10 ACTIVE",
	})
	// Moved back, they are where they were.
	_, err := d.Lots.ReverseOperation(t.Context(), &pb.ReverseOperationRequest{
		RequestId: apitest.ID(), Reason: "wrong dock", Operation: &pb.ReverseOperationRequest_LogIndex{LogIndex: d.Sealed(t)},
	})
	must(t, 0, err)
	same(t, "moved back", d.reservations(&pb.ListReservationsRequest{LocationCode: apitest.Dock, State: pb.ReservationState_RESERVATION_STATE_ACTIVE}), []string{
		"1: 3 H87 of BREAD/B-1 at DOCK-1 for SO-1/10 ACTIVE",
	})
	for _, c := range []struct {
		order  string
		number int32
		code   codes.Code
		reason string
		field  string
	}{
		{"SO-9", 10, codes.NotFound, "UNKNOWN_SALES_ORDER", "lines[0].sales_order_code"},
		{"SO-1", 11, codes.NotFound, "UNKNOWN_ORDER_LINE", "lines[0].sales_order_line_number"},
		{"SO-2", 20, codes.InvalidArgument, "ITEM_DIFFERS", "lines[0].sku"},
		{"SO-1", 0, codes.InvalidArgument, "ORDER_LINE_REQUIRED", "lines[0].sales_order_line_number"},
		{"", 10, codes.InvalidArgument, "ORDER_REQUIRED", "lines[0].sales_order_line_number"},
	} {
		apitest.WantRefusal(t, d.moveFor("1", c.order, c.number), c.code, c.reason, c.field)
	}
	dbtest.Reconcile(t, d.DB)
}

// A line that stock is reserved for stays as it is, until that is over.
func TestOrderLineReserved(t *testing.T) {
	t.Parallel()
	d := newReserving(t)
	d.mustReserve("BREAD/B-1 4 H87 @ SHELF-1 for SO-1/20")
	_, err := d.push(salesOrder("SO-1", "BREAD 6 H87"))
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "LINE_IN_USE", "sales_order.lines")
	if err == nil || !strings.Contains(err.Error(), "release its reservations first") {
		t.Errorf("refused with %v", err)
	}
	_, err = d.push(salesOrder("SO-1", "BREAD 6 H87", "OIL 2 LTR"))
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "LINE_IN_USE", "sales_order.lines[1].sku")
	d.mustPush(salesOrder("SO-1", "BREAD 6 H87", "BREAD 1 H87"))
	_, err = d.Dispatch.ReleaseReservations(t.Context(), release("BREAD/B-1 1"))
	must(t, 0, err)
	d.mustPush(salesOrder("SO-1", "BREAD 6 H87"))
}

// Of stock that is not tracked by lot the oldest that is free is reserved, and shipped
// from where it is reserved.
func TestReserveUntracked(t *testing.T) {
	t.Parallel()
	d := newDepot(t)
	d.mustPush(salesOrder("SO-1", "SALT 30 GRM", "SALT 30 GRM"))
	for range 2 {
		d.ReceiveLot(t, apitest.Salt, "", "10", "GRM", apitest.Shelf)
	}
	d.mustReserve("SALT/ 4 GRM @ SHELF-1 for SO-1/10", "SALT/ 8 GRM @ SHELF-1 for SO-1/20")
	apitest.WantRefusal(t, d.reserve("SALT/ 9 GRM @ SHELF-1 for SO-1/10"), codes.FailedPrecondition, "INSUFFICIENT_STOCK", "lines[0]")
	_, err := d.ship(shipment("SH-1", "", "SALT/ 9 GRM @ SHELF-1"))
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "INSUFFICIENT_STOCK", "lines[0]")
	var took []string
	for _, l := range d.mustShip(shipment("SH-2", "SO-1", "SALT/ 9 GRM @ SHELF-1 for 20")).Lines {
		took = append(took, l.Quantity.Value)
	}
	same(t, "took", took, []string{"6", "3"}) // its own of both, and then of the newer
	d.mustShip(shipment("SH-3", "", "SALT/ 7 GRM @ SHELF-1"))
	list := d.reservations(&pb.ListReservationsRequest{State: pb.ReservationState_RESERVATION_STATE_ACTIVE})
	if len(list) != 1 || !strings.HasPrefix(list[0], "1: 4 GRM") {
		t.Errorf("left %q", list)
	}
	dbtest.Reconcile(t, d.DB)
}

// Lists go page by page, by what they are asked for.
func TestListReservations(t *testing.T) {
	t.Parallel()
	d := newReserving(t)
	d.ReceiveLot(t, apitest.Bread, "B-2", "10", "H87", apitest.Dock)
	d.mustReserve("BREAD/B-1 1 H87 @ SHELF-1 for SO-1/10 3h", "BREAD/B-2 2 H87 @ DOCK-1 for SO-2/10 1h", "BREAD/B-1 3 H87 @ SHELF-1 for SO-2/10 2h", "BREAD/B-2 4 H87 @ DOCK-1 for SO-1/20 4h")
	_, err := d.Dispatch.ReleaseReservations(t.Context(), release("BREAD/B-2 2"))
	must(t, 0, err)
	const active, ended = pb.ReservationState_RESERVATION_STATE_ACTIVE, pb.ReservationState_RESERVATION_STATE_ENDED
	for name, c := range map[string]struct {
		req  *pb.ListReservationsRequest
		want string
	}{
		"all":                 {&pb.ListReservationsRequest{}, "2 3 1 0"},
		"active":              {&pb.ListReservationsRequest{State: active}, "2 3 1"},
		"ended":               {&pb.ListReservationsRequest{State: ended}, "0"},
		"of a lot":            {ofLot(apitest.Bread, "B-1"), "3 1"},
		"of a lot elsewhere":  {&pb.ListReservationsRequest{Sku: apitest.Bread, LotCode: "B-1", LocationCode: apitest.Dock}, ""},
		"at a location":       {&pb.ListReservationsRequest{LocationCode: apitest.Dock}, "2 0"},
		"for an order":        {&pb.ListReservationsRequest{SalesOrderCode: "SO-1"}, "1 0"},
		"for an order, there": {&pb.ListReservationsRequest{SalesOrderCode: "SO-2", LocationCode: apitest.Shelf, State: active}, "3"},
		"for an order, of it": {&pb.ListReservationsRequest{SalesOrderCode: "SO-2", Sku: apitest.Bread, LotCode: "B-2"}, "2"},
	} {
		var got []string
		c.req.PageSize = 1
		for more := true; more; more = c.req.PageToken != "" {
			resp, err := d.Dispatch.ListReservations(t.Context(), c.req)
			must(t, resp, err)
			for _, r := range resp.Reservations {
				got = append(got, r.Quantity.Value)
			}
			c.req.PageToken = resp.NextPageToken
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
