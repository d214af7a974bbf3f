package trace_test

import (
	"testing"

	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// Movements are told as the lot's own list has them, whatever they were part of: with what
// they weigh, and the document.
func TestDetailOfAllKinds(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	ctx := t.Context()
	const cod = "COD"
	cases := func(n string) *pb.Quantity { return &pb.Quantity{Value: n, Unit: "CASE"} }
	kg := func(n string) *pb.Quantity { return &pb.Quantity{Value: n, Unit: "KGM"} }
	api.PushItem(t, &pb.Item{Sku: cod, Name: "Cod", BaseUnit: "CASE", Tracking: pb.Tracking_TRACKING_LOT, WeightUnit: "KGM", WeightDecimals: 2})
	_, err := api.Receiving.UpsertPurchaseOrder(ctx, &pb.UpsertPurchaseOrderRequest{RequestId: apitest.ID(), PurchaseOrder: &pb.PurchaseOrder{
		Code: "PO", SupplierCode: apitest.Supplier, Lines: []*pb.PurchaseOrderLine{{LineNumber: 1, Sku: cod, Quantity: cases("10")}},
	}})
	for _, do := range []func() error{
		func() error {
			_, err := api.Receiving.Receive(ctx, &pb.ReceiveRequest{RequestId: apitest.ID(), ReceiptCode: "RC", PurchaseOrderCode: "PO", Lines: []*pb.ReceiptLine{
				{PurchaseOrderLineNumber: 1, LotCode: "C", Quantity: cases("10"), Weight: kg("101.25"), LocationCode: apitest.Dock},
			}})
			return err
		},
		func() error {
			_, err := api.Production.CreateProductionOrder(ctx, &pb.CreateProductionOrderRequest{RequestId: apitest.ID(), ProductionOrder: &pb.ProductionOrder{
				Code: "MO", Sku: apitest.Bread, Quantity: &pb.Quantity{Value: "1", Unit: "H87"},
			}})
			return err
		},
		func() error {
			_, err := api.Production.StartRun(ctx, &pb.StartRunRequest{RequestId: apitest.ID(), ProductionOrderCode: "MO", RunCode: "1"})
			return err
		},
		func() error {
			_, err := api.Production.ConsumeLots(ctx, &pb.ConsumeLotsRequest{RequestId: apitest.ID(), ProductionOrderCode: "MO", RunCode: "1", Lines: []*pb.ConsumptionLine{
				{Sku: cod, LotCode: "C", LocationCode: apitest.Dock, Quantity: cases("2"), Weight: kg("20.5")},
			}})
			return err
		},
		func() error {
			_, err := api.Lots.OpenCount(ctx, &pb.OpenCountRequest{RequestId: apitest.ID(), CountCode: "CNT", LocationCode: apitest.Dock, Skus: []string{cod}})
			return err
		},
		func() error {
			_, err := api.Lots.RecordCount(ctx, &pb.RecordCountRequest{RequestId: apitest.ID(), CountCode: "CNT", Lines: []*pb.CountReading{
				{LocationCode: apitest.Dock, Sku: cod, LotCode: "C", Counted: &pb.CountedQuantity{Value: "7", Unit: "CASE"}, Weight: kg("70")},
			}})
			return err
		},
		func() error {
			_, err := api.Lots.PostCount(ctx, &pb.PostCountRequest{RequestId: apitest.ID(), CountCode: "CNT", Justification: "test", ApprovedBy: "Kim"})
			return err
		},
		func() error {
			_, err := api.Dispatch.Ship(ctx, &pb.ShipRequest{RequestId: apitest.ID(), ShipmentCode: "SH", CustomerCode: apitest.Customer, Lines: []*pb.ShipmentLine{
				{Sku: cod, LotCode: "C", LocationCode: apitest.Dock, Quantity: cases("1"), Weight: kg("10.25")},
			}})
			return err
		},
	} {
		if err == nil {
			err = do()
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	listed, err := api.Lots.ListLotMovements(ctx, &pb.ListLotMovementsRequest{Sku: cod, LotCode: "C"})
	if err != nil {
		t.Fatal(err)
	}
	traced, err := streamOf(ctx, api.Trace, directions[0], &pb.TraceForwardRequest{Sku: cod, LotCode: "C", Detail: pb.TraceDetail_TRACE_DETAIL_MOVEMENTS})
	if err != nil {
		t.Fatal(err)
	}
	all := joined(traced)
	documents := map[string]bool{}
	if len(all.Movements) != len(listed.Movements) || len(all.Movements) < 4 {
		t.Fatalf("%d movements, the lot has %d", len(all.Movements), len(listed.Movements))
	}
	for i, l := range listed.Movements {
		documents[l.Document] = true
		want := &pb.TraceMovement{
			LotRef: 1, Kind: l.Kind, Quantity: l.Quantity, Weight: l.Weight, FromLocationCode: l.FromLocationCode, ToLocationCode: l.ToLocationCode,
			OccurredAt: l.OccurredAt, RecordedAt: l.RecordedAt, Document: l.Document,
		}
		if got := all.Movements[i]; !proto.Equal(got, want) || got.Weight == nil {
			t.Errorf("movement %d\n got %v\nwant %v", i, got, want)
		}
	}
	for _, document := range []string{"RC", "MO/1", "CNT", "SH"} {
		if !documents[document] {
			t.Errorf("nothing of %s among %v", document, documents)
		}
	}
	if lot := all.Lots[0]; lot.Weight.GetValue() != "59.75" || lot.Stocks[0].Weight.GetValue() != "59.75" {
		t.Errorf("%v", lot)
	}
}
