package dispatch_test

import (
	"testing"

	"google.golang.org/grpc/codes"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
)

// What is weighed is reserved by count alone: which cases they will be, and so what they
// weigh, shows when they are picked.
func TestReserveWhatIsWeighed(t *testing.T) {
	t.Parallel()
	d := newDepot(t)
	const cod = "COD"
	d.PushItem(t, &pb.Item{Sku: cod, Name: "Cod", BaseUnit: "CASE", Tracking: pb.Tracking_TRACKING_LOT, WeightUnit: "KGM", WeightDecimals: 2})
	_, err := d.Receiving.UpsertPurchaseOrder(t.Context(), &pb.UpsertPurchaseOrderRequest{RequestId: apitest.ID(), PurchaseOrder: &pb.PurchaseOrder{
		Code: "PO", SupplierCode: apitest.Supplier, Lines: []*pb.PurchaseOrderLine{{LineNumber: 1, Sku: cod, Quantity: amount("12", "CASE")}},
	}})
	must(t, 0, err)
	_, err = d.Receiving.Receive(t.Context(), &pb.ReceiveRequest{RequestId: apitest.ID(), ReceiptCode: "RC", PurchaseOrderCode: "PO", Lines: []*pb.ReceiptLine{{
		PurchaseOrderLineNumber: 1, LotCode: "C-1", Quantity: amount("12", "CASE"), Weight: amount("148.35", "KGM"), LocationCode: apitest.Shelf,
	}}})
	must(t, 0, err)
	d.mustPush(salesOrder("SO-1", "COD 10 CASE"))
	d.mustReserve("COD/C-1 10 CASE @ SHELF-1 for SO-1/10")
	ship := func(code, order string, number int32, cases, weight string) error {
		req := &pb.ShipRequest{RequestId: apitest.ID(), ShipmentCode: code, SalesOrderCode: order, Lines: []*pb.ShipmentLine{{
			Sku: cod, LotCode: "C-1", LocationCode: apitest.Shelf, Quantity: amount(cases, "CASE"), Weight: amount(weight, "KGM"), SalesOrderLineNumber: number,
		}}}
		if order == "" {
			req.CustomerCode = kiosk
		}
		_, err := d.Dispatch.Ship(t.Context(), req)
		return err
	}
	apitest.WantRefusal(t, ship("SH-1", "", 0, "3", "37"), codes.FailedPrecondition, "STOCK_RESERVED", "lines[0]")
	must(t, 0, ship("SH-1", "", 0, "2", "24.6"))
	must(t, 0, ship("SH-2", "SO-1", 10, "10", "123.75"))
	same(t, "stock", []string{d.stock(cod, "C-1")}, []string{""})
	dbtest.Reconcile(t, d.DB)
}
