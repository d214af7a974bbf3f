package dispatch_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
)

// reservation reserves lines "sku/lot quantity unit @ location for order/line", each
// perhaps with a time to live behind it.
func reservation(lines ...string) *pb.ReserveLotsRequest {
	req := &pb.ReserveLotsRequest{RequestId: apitest.ID(), Reason: "picked tomorrow"}
	for _, text := range lines {
		fields := strings.Fields(text)
		sku, lot, _ := strings.Cut(fields[0], "/")
		order, number, _ := strings.Cut(fields[6], "/")
		line := &pb.ReserveLine{Sku: sku, LotCode: lot, Quantity: amount(fields[1], fields[2]), LocationCode: fields[4], SalesOrderCode: order}
		if _, err := fmt.Sscan(number, &line.SalesOrderLineNumber); err != nil {
			panic(err)
		}
		if len(fields) > 7 {
			ttl, err := time.ParseDuration(fields[7])
			if err != nil {
				panic(err)
			}
			line.Ttl = durationpb.New(ttl)
		}
		req.Lines = append(req.Lines, line)
	}
	return req
}

func (d *depot) reserve(lines ...string) error {
	_, err := d.Dispatch.ReserveLots(d.t.Context(), reservation(lines...))
	return err
}

func (d *depot) mustReserve(lines ...string) {
	d.t.Helper()
	if err := d.reserve(lines...); err != nil {
		d.t.Fatal(err)
	}
}

// stands are reservations: "1: 4 H87 of BREAD/B-1 at SHELF-1 for SO-1/10 ACTIVE".
func stands(all []*pb.Reservation) []string {
	var texts []string
	for _, r := range all {
		texts = append(texts, fmt.Sprintf("%d: %s %s of %s/%s at %s for %s/%d %s", r.Number, r.Quantity.Value, r.Quantity.Unit, r.Lot.Sku, r.Lot.LotCode,
			r.LocationCode, r.SalesOrderCode, r.SalesOrderLineNumber, strings.TrimPrefix(r.State.String(), "RESERVATION_STATE_")))
	}
	return texts
}

func (d *depot) reservations(req *pb.ListReservationsRequest) []string {
	d.t.Helper()
	resp, err := d.Dispatch.ListReservations(d.t.Context(), req)
	must(d.t, resp, err)
	return stands(resp.Reservations)
}

func ofLot(sku, lot string) *pb.ListReservationsRequest {
	return &pb.ListReservationsRequest{Sku: sku, LotCode: lot}
}

// shares are a lot's quantities: "SHELF-1: 10, 4 reserved, 0 held, 6 available".
func (d *depot) shares(sku, lot string, known *pb.KnownAt) []string {
	d.t.Helper()
	resp, err := d.Lots.LocateLot(d.t.Context(), &pb.LocateLotRequest{Sku: sku, LotCode: lot, KnownAt: known})
	must(d.t, resp, err)
	var texts []string
	for _, s := range resp.Stocks {
		texts = append(texts, fmt.Sprintf("%s: %s, %s reserved, %s held, %s available", s.LocationCode, s.OnHand.Value, s.Reserved.Value, s.Held.Value, s.Available.Value))
	}
	return texts
}

// newReserving has 10 loaves of B-1 on the shelf, and orders SO-1 and SO-2 with lines 10
// and 20 of bread.
func newReserving(t *testing.T) *depot {
	t.Helper()
	d := newDepot(t)
	d.mustPush(salesOrder("SO-1", "BREAD 6 H87", "BREAD 2 H87"))
	d.mustPush(salesOrder("SO-2", "BREAD 6 H87", "OIL 2 LTR"))
	d.ReceiveLot(t, apitest.Bread, "B-1", "10", "H87", apitest.Shelf)
	return d
}

func TestReserve(t *testing.T) {
	t.Parallel()
	d := newReserving(t)
	d.receiveOil("O-1", "2099-01-01")
	req := reservation("BREAD/B-1 4 H87 @ SHELF-1 for SO-1/10", "OIL/O-1 1 LTR @ SHELF-1 for SO-2/20 2h", "BREAD/B-1 3 H87 @ SHELF-1 for SO-2/10")
	resp, err := d.Dispatch.ReserveLots(t.Context(), req)
	must(t, resp, err)
	want := []string{
		"1: 4 H87 of BREAD/B-1 at SHELF-1 for SO-1/10 ACTIVE", "1: 1 LTR of OIL/O-1 at SHELF-1 for SO-2/20 ACTIVE",
		"2: 3 H87 of BREAD/B-1 at SHELF-1 for SO-2/10 ACTIVE",
	}
	same(t, "reserved", stands(resp.Reservations), want)
	if r := resp.Reservations[0]; r.ExpiresAt.AsTime().Sub(r.ReservedAt.AsTime()) != 24*time.Hour || r.ReservedBy != "default" {
		t.Errorf("reservation %v, want a day from %v by default", r, r.ReservedAt.AsTime())
	}
	again, err := d.Dispatch.ReserveLots(t.Context(), req)
	if must(t, again, err); !proto.Equal(again, resp) {
		t.Errorf("the same request again: %v, want %v", again, resp)
	}
	// The oil expires first. As listed, they are what they were when they were made.
	list, err := d.Dispatch.ListReservations(t.Context(), &pb.ListReservationsRequest{})
	must(t, list, err)
	same(t, "all", stands(list.Reservations), []string{want[1], want[0], want[2]})
	if !proto.Equal(list.Reservations[1], resp.Reservations[0]) {
		t.Errorf("listed %v, want %v", list.Reservations[1], resp.Reservations[0])
	}
	same(t, "shares", d.shares(apitest.Bread, "B-1", nil), []string{"SHELF-1: 10, 7 reserved, 0 held, 3 available"})
	dbtest.Reconcile(t, d.DB)
}

// Nobody else gets what is reserved; the line that it is for uses it up.
func TestShipReserved(t *testing.T) {
	t.Parallel()
	d := newReserving(t)
	d.mustReserve("BREAD/B-1 6 H87 @ SHELF-1 for SO-1/10", "BREAD/B-1 2 H87 @ SHELF-1 for SO-1/20")
	for _, req := range []*pb.ShipRequest{
		shipment("SH-1", "", "BREAD/B-1 3 H87 @ SHELF-1"),
		shipment("SH-1", "SO-2", "BREAD/B-1 3 H87 @ SHELF-1 for 10"),
		shipment("SH-1", "SO-1", "BREAD/B-1 3 H87 @ SHELF-1"),
		shipment("SH-1", "SO-1", "BREAD/B-1 9 H87 @ SHELF-1 for 10"),
	} {
		_, err := d.ship(req)
		apitest.WantRefusal(t, err, codes.FailedPrecondition, "STOCK_RESERVED", "lines[0]")
	}
	_, err := d.ship(shipment("SH-1", "SO-2", "BREAD/B-1 3 H87 @ SHELF-1 for 10"))
	for _, part := range []string{`only 2 H87 of lot "B-1"`, "10 are there", `6 reserved for line 10 of sales order "SO-1"`, `2 reserved for line 20`} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("refused with %v, want %q in it", err, part)
		}
	}
	// Its own and all that is free.
	d.mustShip(shipment("SH-1", "SO-1", "BREAD/B-1 7 H87 @ SHELF-1 for 10"))
	same(t, "shares", d.shares(apitest.Bread, "B-1", nil), []string{"SHELF-1: 3, 2 reserved, 0 held, 1 available"})
	d.mustShip(shipment("SH-2", "SO-2", "BREAD/B-1 1 H87 @ SHELF-1 for 10"))
	_, err = d.ship(shipment("SH-3", "SO-2", "BREAD/B-1 1 H87 @ SHELF-1 for 10"))
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "STOCK_RESERVED", "lines[0]")
	d.mustShip(shipment("SH-3", "SO-1", "BREAD/B-1 1 H87 @ SHELF-1 for 20"))
	same(t, "left", d.reservations(ofLot(apitest.Bread, "B-1")), []string{
		"1: 0 H87 of BREAD/B-1 at SHELF-1 for SO-1/10 ENDED", "2: 1 H87 of BREAD/B-1 at SHELF-1 for SO-1/20 ACTIVE",
	})
	dbtest.Reconcile(t, d.DB)
}

func TestReserveNoMoreThanAvailable(t *testing.T) {
	t.Parallel()
	d := newReserving(t)
	refused := func(reason, field string, parts []string, lines ...string) {
		t.Helper()
		before := dbtest.Rows(t, d.DB)
		err := d.reserve(lines...)
		apitest.WantRefusal(t, err, codes.FailedPrecondition, reason, field)
		for _, part := range parts {
			if err == nil || !strings.Contains(err.Error(), part) {
				t.Errorf("refused with %v, want %q in it", err, part)
			}
		}
		dbtest.SameRows(t, d.DB, before)
	}
	refused("INSUFFICIENT_STOCK", "lines[0]", []string{"only 10 H87"}, "BREAD/B-1 11 H87 @ SHELF-1 for SO-1/10")
	refused("INSUFFICIENT_STOCK", "lines[0]", []string{`at location "DOCK-1"`}, "BREAD/B-1 1 H87 @ DOCK-1 for SO-1/10")
	refused("STOCK_RESERVED", "lines[1]", []string{"only 4 H87", "10 are there", "6 reserved"}, "BREAD/B-1 6 H87 @ SHELF-1 for SO-1/10", "BREAD/B-1 5 H87 @ SHELF-1 for SO-1/10")
	d.mustReserve("BREAD/B-1 10 H87 @ SHELF-1 for SO-1/10")
	refused("STOCK_RESERVED", "lines[0]", []string{"only 0 H87"}, "BREAD/B-1 1 H87 @ SHELF-1 for SO-1/10")
	must(t, 0, d.hold(apitest.Bread, "B-1", "glass"))
	refused("LOT_HELD", "lines[0]", []string{"cannot be reserved", "glass"}, "BREAD/B-1 1 H87 @ SHELF-1 for SO-1/10")
	same(t, "held and reserved", d.shares(apitest.Bread, "B-1", nil), []string{"SHELF-1: 10, 10 reserved, 10 held, 0 available"})
	_, err := d.ship(shipment("SH-1", "SO-1", "BREAD/B-1 1 H87 @ SHELF-1 for 10"))
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "LOT_HELD", "lines[0]")
	d.receiveOil("O-OLD", "2024-03-31")
	refused("LOT_EXPIRED", "lines[0]", []string{"2024-03-31", "cannot be reserved"}, "OIL/O-OLD 1 LTR @ SHELF-1 for SO-2/20")
	dbtest.Reconcile(t, d.DB)
}

// What has expired does not count: nobody has to clean up.
func TestReservationExpires(t *testing.T) {
	t.Parallel()
	d := newReserving(t)
	d.mustReserve("BREAD/B-1 4 H87 @ SHELF-1 for SO-1/10 1s", "BREAD/B-1 3 H87 @ SHELF-1 for SO-1/20 10h")
	known := &pb.KnownAt{Moment: &pb.KnownAt_LogIndex{LogIndex: d.Sealed(t)}}
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if got := d.shares(apitest.Bread, "B-1", nil)[0]; got == "SHELF-1: 10, 3 reserved, 0 held, 7 available" {
			break
		} else if time.Now().After(deadline) {
			t.Fatal(got)
		}
	}
	same(t, "states", d.reservations(ofLot(apitest.Bread, "B-1")), []string{
		"1: 4 H87 of BREAD/B-1 at SHELF-1 for SO-1/10 EXPIRED", "2: 3 H87 of BREAD/B-1 at SHELF-1 for SO-1/20 ACTIVE",
	})
	same(t, "known then", d.shares(apitest.Bread, "B-1", known), []string{"SHELF-1: 10, 7 reserved, 0 held, 3 available"})
	_, err := d.Dispatch.ReleaseReservations(t.Context(), release("BREAD/B-1 1"))
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "RESERVATION_ENDED", "lines[0]")
	d.mustReserve("BREAD/B-1 7 H87 @ SHELF-1 for SO-2/10")
	dbtest.Reconcile(t, d.DB)
}

// release gives back lines "sku/lot number", each perhaps with "quantity unit" behind
// it.
func release(lines ...string) *pb.ReleaseReservationsRequest {
	req := &pb.ReleaseReservationsRequest{RequestId: apitest.ID(), Reason: "cancelled"}
	for _, text := range lines {
		fields := strings.Fields(text)
		sku, lot, _ := strings.Cut(fields[0], "/")
		line := &pb.ReleaseReservationLine{Sku: sku, LotCode: lot}
		if _, err := fmt.Sscan(fields[1], &line.Number); err != nil {
			panic(err)
		}
		if len(fields) > 2 {
			line.Quantity = amount(fields[2], fields[3])
		}
		req.Lines = append(req.Lines, line)
	}
	return req
}

func TestReleaseReservations(t *testing.T) {
	t.Parallel()
	d := newReserving(t)
	d.mustReserve("BREAD/B-1 4 H87 @ SHELF-1 for SO-1/10", "BREAD/B-1 3 H87 @ SHELF-1 for SO-1/20")
	resp, err := d.Dispatch.ReleaseReservations(t.Context(), release("BREAD/B-1 1 1 H87", "BREAD/B-1 2"))
	must(t, resp, err)
	var got []string
	for _, f := range resp.Released {
		got = append(got, fmt.Sprintf("%d: %s %s at %s for %s/%d", f.Number, f.Change.Value, f.Change.Unit, f.LocationCode, f.SalesOrderCode, f.SalesOrderLineNumber))
	}
	same(t, "released", got, []string{"1: -1 H87 at SHELF-1 for SO-1/10", "2: -3 H87 at SHELF-1 for SO-1/20"})
	same(t, "shares", d.shares(apitest.Bread, "B-1", nil), []string{"SHELF-1: 10, 3 reserved, 0 held, 7 available"})
	for _, c := range []struct{ line, reason, field string }{
		{"BREAD/B-1 2", "RESERVATION_ENDED", "lines[0]"},
		{"BREAD/B-1 1 3.5 H87", "", ""}, // pieces are whole
		{"BREAD/B-1 1 4 H87", "RESERVATION_TOO_SMALL", "lines[0]"},
		{"BREAD/B-1 3", "UNKNOWN_RESERVATION", "lines[0].number"},
	} {
		_, err := d.Dispatch.ReleaseReservations(t.Context(), release(c.line))
		code := codes.FailedPrecondition
		switch c.reason {
		case "":
			code, c.reason, c.field = codes.InvalidArgument, "QUANTITY_TOO_PRECISE", "lines[0].quantity.value"
		case "UNKNOWN_RESERVATION":
			code = codes.NotFound
		}
		apitest.WantRefusal(t, err, code, c.reason, c.field)
	}
	if _, err := d.Dispatch.ReleaseReservations(t.Context(), release("BREAD/B-1 1")); err != nil {
		t.Fatal(err)
	}
	var until *time.Time
	if err := d.DB.QueryRow(t.Context(), "SELECT reserved_until FROM lot WHERE lot_code = 'B-1'").Scan(&until); err != nil || until != nil {
		t.Errorf("nothing is reserved, and the lot says it is until %v: %v", until, err)
	}
	dbtest.Reconcile(t, d.DB)
}
