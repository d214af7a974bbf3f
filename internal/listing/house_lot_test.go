package listing_test

import (
	"fmt"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// cod is weighed, and its lot K is where there is something to list of one lot: places,
// movements and reservations.
const cod = "COD"

// done ends the test where a call did not succeed.
func done(t testing.TB) func(any, error) {
	t.Helper()
	return func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
}

func cases(n int) *pb.Quantity { return &pb.Quantity{Value: fmt.Sprint(n), Unit: "CASE"} }

func kilos(text string) *pb.Quantity { return &pb.Quantity{Value: text, Unit: "KGM"} }

// handle has lot K received, moved to and fro, lost, found, shipped and held in part.
func handle(t testing.TB, a *apitest.API) {
	t.Helper()
	a.PushItem(t, &pb.Item{Sku: cod, Name: "Cod", BaseUnit: "CASE", Tracking: pb.Tracking_TRACKING_LOT, WeightUnit: "KGM", WeightDecimals: 2, Units: []*pb.ItemUnit{{Unit: "PAL", Numerator: "10"}}})
	line := &pb.PurchaseOrderLine{LineNumber: 1, Sku: cod, Quantity: cases(200)}
	done(t)(a.Receiving.UpsertPurchaseOrder(t.Context(), &pb.UpsertPurchaseOrderRequest{
		RequestId: apitest.ID(), PurchaseOrder: &pb.PurchaseOrder{Code: "PO-COD", SupplierCode: apitest.Supplier, Lines: []*pb.PurchaseOrderLine{line}},
	}))
	long := timestamppb.New(time.Now().Add(-2 * time.Hour))
	done(t)(a.Receiving.Receive(t.Context(), &pb.ReceiveRequest{
		RequestId: apitest.ID(), ReceiptCode: "RC-COD", PurchaseOrderCode: "PO-COD", ReceivedAt: long,
		Lines: []*pb.ReceiptLine{{PurchaseOrderLineNumber: 1, LotCode: "K", Quantity: &pb.Quantity{Value: "20", Unit: "PAL"}, Weight: kilos("2500.75"), LocationCode: apitest.Dock}},
	}))
	for i, bin := range []string{"b", "A", "é", "a", "10", "9"} {
		a.PushLocation(t, &pb.Location{Code: bin, ParentCode: apitest.Site, Kind: pb.LocationKind_LOCATION_KIND_STORAGE})
		moved := &pb.MoveLotsRequest{
			RequestId: apitest.ID(), Reason: []string{"", "make room"}[i%2],
			Lines: []*pb.MoveLine{{Sku: cod, LotCode: "K", Quantity: cases(20 + i/2), Weight: kilos([]string{"250", "245.5"}[i%2]), FromLocationCode: apitest.Dock, ToLocationCode: bin}},
		}
		if i%3 == 0 {
			moved.MovedAt = long
		}
		done(t)(a.Lots.MoveLots(t.Context(), moved))
		if i%2 == 0 {
			done(t)(a.Lots.PlaceHold(t.Context(), &pb.PlaceHoldRequest{RequestId: apitest.ID(), Sku: cod, LotCode: "K", LocationCode: bin, Reason: "smell"}))
		}
		done(t)(a.Lots.AdjustLots(t.Context(), &pb.AdjustLotsRequest{
			RequestId: apitest.ID(), Justification: "counted", ReasonCode: pb.AdjustmentReason_ADJUSTMENT_REASON_FOUND, ApprovedBy: []string{"", "chief"}[i%2],
			Lines: []*pb.AdjustmentLine{{Sku: cod, LotCode: "K", Quantity: cases(1), Weight: kilos("12.5"), LocationCode: apitest.Shelf, Direction: pb.AdjustmentDirection_ADJUSTMENT_DIRECTION_FOUND}},
		}))
	}
	done(t)(a.Dispatch.Ship(t.Context(), &pb.ShipRequest{
		RequestId: apitest.ID(), ShipmentCode: "SH-1", CustomerCode: apitest.Customer,
		Lines: []*pb.ShipmentLine{{Sku: cod, LotCode: "K", Quantity: cases(3), Weight: kilos("37.25"), LocationCode: apitest.Dock}},
	}))
	done(t)(a.Lots.ReverseOperation(t.Context(), &pb.ReverseOperationRequest{
		RequestId: apitest.ID(), Operation: &pb.ReverseOperationRequest_ShipmentCode{ShipmentCode: "SH-1"}, Reason: "wrong truck",
	}))
}

// reserve keeps some of lot K and of a lot of flour; one reservation has ended, and one
// expires before anything is listed.
func reserve(t testing.TB, a *apitest.API) {
	t.Helper()
	for i := range 2 {
		done(t)(a.Dispatch.UpsertSalesOrder(t.Context(), &pb.UpsertSalesOrderRequest{
			RequestId: apitest.ID(), SalesOrder: &pb.SalesOrder{Code: []string{"so", "SO-É"}[i], CustomerCode: apitest.Customer, Lines: []*pb.SalesOrderLine{
				{LineNumber: 1, Sku: cod, Quantity: cases(100)}, {LineNumber: 10, Sku: apitest.Flour, Quantity: kilos("100")},
			}},
		}))
	}
	for i, ttl := range []time.Duration{time.Second, 20 * time.Hour, 3 * time.Hour, 20 * time.Hour, 4 * time.Hour, 30 * time.Hour, 3 * time.Hour} {
		line := &pb.ReserveLine{Sku: cod, LotCode: "K", Quantity: cases(1 + i%3), LocationCode: []string{apitest.Dock, "A", "a"}[i%3], SalesOrderLineNumber: 1, Ttl: durationpb.New(ttl)}
		if i > 4 {
			line = &pb.ReserveLine{Sku: apitest.Flour, LotCode: "é", Quantity: kilos("0.125"), LocationCode: apitest.Shelf, SalesOrderLineNumber: 10, Ttl: durationpb.New(ttl)}
		}
		line.SalesOrderCode = []string{"so", "SO-É"}[i%2]
		kept, err := a.Dispatch.ReserveLots(t.Context(), &pb.ReserveLotsRequest{RequestId: apitest.ID(), Lines: []*pb.ReserveLine{line}})
		done(t)(kept, err)
		if i == 2 {
			done(t)(a.Dispatch.ReleaseReservations(t.Context(), &pb.ReleaseReservationsRequest{
				RequestId: apitest.ID(), Lines: []*pb.ReleaseReservationLine{{Sku: cod, LotCode: "K", Number: kept.Reservations[0].Number}},
			}))
		}
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		resp, err := a.Dispatch.ListReservations(t.Context(), &pb.ListReservationsRequest{State: pb.ReservationState_RESERVATION_STATE_EXPIRED})
		done(t)(resp, err)
		if len(resp.Reservations) == 1 {
			return
		} else if time.Now().After(deadline) {
			t.Fatalf("expired are %v", resp.Reservations)
		}
	}
}

// redate changes the dates of a lot, to and fro.
func redate(t testing.TB, a *apitest.API, code string) {
	t.Helper()
	for i := range 7 {
		day := []string{"2091-01-01", "2090-01-01", "2092-05-05"}[i%3]
		change := &pb.ChangeLotDatesRequest{
			RequestId: apitest.ID(), Sku: "OIL", LotCode: code, ExpiryDate: day, ProductionDate: []string{"", "2025-12-01"}[i%2],
			Reason: fmt.Sprint("label ", i%2), RetestReference: []string{"LAB/1", "LAB/2", "é"}[i%3],
		}
		if i%3 == 1 {
			change.BestBeforeDate, change.RemovalDate = "2089-01-01", "2088-12-0"+fmt.Sprint(1+i)
		} else if i%3 == 2 {
			change.DropDates = []pb.LotDate{pb.LotDate_LOT_DATE_BEST_BEFORE}
		}
		done(t)(a.Lots.ChangeLotDates(t.Context(), change))
	}
}

// consume has a run take of what is weighed and what is not, in rotation, out of it, and
// where nobody asks.
func consume(t testing.TB, a *apitest.API, codes []string) {
	t.Helper()
	done(t)(a.Production.CreateProductionOrder(t.Context(), &pb.CreateProductionOrderRequest{
		RequestId: apitest.ID(), ProductionOrder: &pb.ProductionOrder{Code: "MO", Sku: apitest.Bread, Quantity: &pb.Quantity{Value: "100", Unit: "H87"}},
	}))
	done(t)(a.Production.StartRun(t.Context(), &pb.StartRunRequest{RequestId: apitest.ID(), ProductionOrderCode: "MO", RunCode: "R"}))
	litre := &pb.Quantity{Value: "0.25", Unit: "LTR"}
	for i, line := range []*pb.ConsumptionLine{
		{Sku: cod, LotCode: "K", Quantity: cases(1), Weight: kilos("12"), LocationCode: apitest.Dock},
		{Sku: "OIL", LotCode: codes[4], Quantity: litre, LocationCode: apitest.Shelf, OutOfRotationReason: "it stood in front"},
		{Sku: "OIL", LotCode: codes[5], Quantity: litre, LocationCode: apitest.Dock},
		{Sku: "OIL", LotCode: codes[6], Quantity: litre, LocationCode: apitest.Shelf},
		{Sku: "OIL", LotCode: codes[7], Quantity: &pb.Quantity{Value: "0.5", Unit: "LTR"}, LocationCode: apitest.Dock},
		{Sku: apitest.Flour, LotCode: codes[4], Quantity: kilos("0.125"), LocationCode: apitest.Shelf},
		{Sku: apitest.Salt, Quantity: &pb.Quantity{Value: "2", Unit: "GRM"}, LocationCode: apitest.Shelf},
		{Sku: cod, LotCode: "K", Quantity: cases(1), Weight: kilos("12.5"), LocationCode: "A"},
	} {
		req := &pb.ConsumeLotsRequest{RequestId: apitest.ID(), ProductionOrderCode: "MO", RunCode: "R", Lines: []*pb.ConsumptionLine{line}}
		if i%3 == 1 {
			req.ConsumedAt = timestamppb.New(time.Now().Add(-time.Hour))
		}
		done(t)(a.Production.ConsumeLots(t.Context(), req))
	}
}
