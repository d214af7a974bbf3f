package rotation_test

import (
	"testing"

	"google.golang.org/grpc/codes"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// What is reserved for others could not have been taken; what is reserved for the order
// itself could.
func TestReservedIsNotPassedOver(t *testing.T) {
	t.Parallel()
	d := newDairy(t)
	d.receive(milk, "EARLY", apitest.Shelf, 5)
	d.receive(milk, "LATE", apitest.Shelf, 9)
	reserve := func(order, quantity string) {
		t.Helper()
		_, err := d.Dispatch.UpsertSalesOrder(t.Context(), &pb.UpsertSalesOrderRequest{RequestId: apitest.ID(), SalesOrder: &pb.SalesOrder{
			Code: order, CustomerCode: apitest.Customer, Lines: []*pb.SalesOrderLine{{LineNumber: 1, Sku: milk, Quantity: amount("10", "LTR")}},
		}})
		d.must(err)
		_, err = d.Dispatch.ReserveLots(t.Context(), &pb.ReserveLotsRequest{RequestId: apitest.ID(), Lines: []*pb.ReserveLine{{
			SalesOrderCode: order, SalesOrderLineNumber: 1, Sku: milk, LotCode: "EARLY", LocationCode: apitest.Shelf, Quantity: amount(quantity, "LTR"),
		}}})
		d.must(err)
	}
	reserve("SO-1", "9")
	_, err := d.ship("SH-1", "MILK/LATE 1 SHELF-1")
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "OUT_OF_ROTATION", "lines[0].out_of_rotation_reason")
	told, err := d.ship("SH-1", "MILK/LATE 1 SHELF-1 because it stood in front")
	d.must(err)
	if want := "behind 1 of EARLY@SHELF-1 because it stood in front"; told != want {
		t.Errorf("%q, want %q", told, want)
	}
	reserve("SO-2", "1")
	told, err = d.ship("SH-2", "MILK/LATE 1 SHELF-1")
	d.must(err)
	if told != "in rotation" {
		t.Errorf("all that comes before is reserved for others, and it is %q", told)
	}
	d.must(d.consume("MILK/LATE 1 SHELF-1"))
	own := &pb.ShipRequest{RequestId: apitest.ID(), ShipmentCode: "SH-3", SalesOrderCode: "SO-2", Lines: lines("MILK/LATE 1 SHELF-1")}
	own.Lines[0].SalesOrderLineNumber = 1
	_, err = d.Dispatch.Ship(t.Context(), own)
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "OUT_OF_ROTATION", "lines[0].out_of_rotation_reason")
}
