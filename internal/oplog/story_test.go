package oplog_test

import (
	"context"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

var hour = time.Date(2025, 6, 1, 8, 0, 0, 0, time.UTC)

// step is a call and what the log is to say of it, but for when it was recorded and
// what every movement repeats of its operation.
type step struct {
	call func(ctx context.Context, id string) error
	want *pb.Operation
}

func did[Resp any](_ Resp, err error) error { return err }

// moved is a movement as the log tells it, of which the rest follows from its
// operation.
func moved(sku, lot, value, unit, from, to string) *pb.Movement {
	return &pb.Movement{
		Lot: &pb.LotKey{Sku: sku, LotCode: lot}, Quantity: amount(value, unit), Entered: amount(value, unit),
		FromLocationCode: from, ToLocationCode: to,
	}
}

func entered(m *pb.Movement, value, unit string) *pb.Movement {
	m.Entered = amount(value, unit)
	return m
}

func holdFact(lot string, number int32, action pb.HoldAction, reason string) *pb.HoldFact {
	return &pb.HoldFact{Lot: &pb.LotKey{Sku: apitest.Flour, LotCode: lot}, Number: number, Action: action, Reason: reason}
}

// story has every kind of operation, recalls aside.
func story(api *apitest.API) []step {
	const order, run = "MO-1", "R/1"
	at := timestamppb.New(hour)
	return []step{
		{func(ctx context.Context, id string) error {
			return did(api.Receiving.Receive(ctx, &pb.ReceiveRequest{RequestId: id, ReceiptCode: "RC-1", PurchaseOrderCode: "PO-1", ReceivedAt: at, Lines: []*pb.ReceiptLine{
				{PurchaseOrderLineNumber: 1, LotCode: "FL-1", Quantity: amount("4", "BAG"), LocationCode: apitest.Dock},
				{PurchaseOrderLineNumber: 1, LotCode: "FL-2", Quantity: amount("12.5", "KGM"), LocationCode: apitest.Shelf},
			}}))
		}, &pb.Operation{
			Kind: pb.OperationKind_OPERATION_KIND_RECEIPT, ReceiptCode: "RC-1", PurchaseOrderCode: "PO-1", PartyCode: apitest.Supplier,
			Movements: []*pb.Movement{
				entered(moved(apitest.Flour, "FL-1", "100", "KGM", "supplier", apitest.Dock), "4", "BAG"),
				moved(apitest.Flour, "FL-2", "12.5", "KGM", "supplier", apitest.Shelf),
			},
		}},
		{func(ctx context.Context, id string) error {
			return did(api.Lots.MoveLots(ctx, &pb.MoveLotsRequest{RequestId: id, MovedAt: at, Reason: "put-away", Lines: []*pb.MoveLine{
				{Sku: apitest.Flour, LotCode: "FL-1", Quantity: amount("30", "KGM"), FromLocationCode: apitest.Dock, ToLocationCode: apitest.Line},
				{Sku: apitest.Flour, LotCode: "FL-1", Quantity: amount("20", "KGM"), FromLocationCode: apitest.Dock, ToLocationCode: apitest.Shelf},
			}}))
		}, &pb.Operation{
			Kind: pb.OperationKind_OPERATION_KIND_TRANSFER, Reason: "put-away",
			Movements: []*pb.Movement{
				moved(apitest.Flour, "FL-1", "30", "KGM", apitest.Dock, apitest.Line),
				moved(apitest.Flour, "FL-1", "20", "KGM", apitest.Dock, apitest.Shelf),
			},
		}},
		{func(ctx context.Context, id string) error {
			return did(api.Production.StartRun(ctx, &pb.StartRunRequest{RequestId: id, ProductionOrderCode: order, RunCode: run, StartedAt: at}))
		}, &pb.Operation{Kind: pb.OperationKind_OPERATION_KIND_RUN_START, ProductionOrderCode: order, RunCode: run}},
		{func(ctx context.Context, id string) error {
			return did(api.Production.ConsumeLots(ctx, &pb.ConsumeLotsRequest{RequestId: id, ProductionOrderCode: order, RunCode: run, ConsumedAt: at, Lines: []*pb.ConsumptionLine{
				{Sku: apitest.Flour, LotCode: "FL-1", LocationCode: apitest.Line, Quantity: amount("1", "BAG")},
			}}))
		}, &pb.Operation{
			Kind: pb.OperationKind_OPERATION_KIND_CONSUMPTION, ProductionOrderCode: order, RunCode: run,
			Movements: []*pb.Movement{entered(moved(apitest.Flour, "FL-1", "25", "KGM", apitest.Line, "production"), "1", "BAG")},
		}},
		{func(ctx context.Context, id string) error {
			return did(api.Production.RecordOutputs(ctx, &pb.RecordOutputsRequest{RequestId: id, ProductionOrderCode: order, RunCode: run, ProducedAt: at, Lines: []*pb.OutputLine{
				{Sku: apitest.Bread, LotCode: "BR-1", LocationCode: apitest.Shelf, Quantity: amount("2", "CASE")},
			}}))
		}, &pb.Operation{
			Kind: pb.OperationKind_OPERATION_KIND_OUTPUT, ProductionOrderCode: order, RunCode: run,
			Movements: []*pb.Movement{entered(moved(apitest.Bread, "BR-1", "24", "H87", "production", apitest.Shelf), "2", "CASE")},
		}},
		{func(ctx context.Context, id string) error {
			return did(api.Production.FinishRun(ctx, &pb.FinishRunRequest{RequestId: id, ProductionOrderCode: order, RunCode: run, FinishedAt: at}))
		}, &pb.Operation{Kind: pb.OperationKind_OPERATION_KIND_RUN_FINISH, ProductionOrderCode: order, RunCode: run}},
		{func(ctx context.Context, id string) error {
			return did(api.Dispatch.Ship(ctx, &pb.ShipRequest{RequestId: id, ShipmentCode: "SH-1", SalesOrderCode: "SO-1", ShippedAt: at, Lines: []*pb.ShipmentLine{
				{SalesOrderLineNumber: 1, Sku: apitest.Bread, LotCode: "BR-1", LocationCode: apitest.Shelf, Quantity: amount("10", "H87")},
			}}))
		}, &pb.Operation{
			Kind: pb.OperationKind_OPERATION_KIND_SHIPMENT, ShipmentCode: "SH-1", SalesOrderCode: "SO-1", PartyCode: apitest.Customer,
			Movements: []*pb.Movement{moved(apitest.Bread, "BR-1", "10", "H87", apitest.Shelf, "customer")},
		}},
		{func(ctx context.Context, id string) error {
			return did(api.Dispatch.Ship(ctx, &pb.ShipRequest{RequestId: id, ShipmentCode: "SH-2", CustomerCode: apitest.Customer, ShippedAt: at, Lines: []*pb.ShipmentLine{
				{Sku: apitest.Salt, LocationCode: apitest.Shelf, Quantity: amount("15", "GRM")},
			}}))
		}, &pb.Operation{
			Kind: pb.OperationKind_OPERATION_KIND_SHIPMENT, ShipmentCode: "SH-2", PartyCode: apitest.Customer,
			Movements: []*pb.Movement{
				moved(apitest.Salt, "", "10", "GRM", apitest.Shelf, "customer"),
				moved(apitest.Salt, "", "5", "GRM", apitest.Shelf, "customer"),
			},
		}},
		{func(ctx context.Context, id string) error {
			return did(api.Lots.PlaceHold(ctx, &pb.PlaceHoldRequest{RequestId: id, Sku: apitest.Flour, LotCode: "FL-1", Reason: "glass"}))
		}, &pb.Operation{
			Kind: pb.OperationKind_OPERATION_KIND_HOLD, Reason: "glass",
			Holds: []*pb.HoldFact{holdFact("FL-1", 1, pb.HoldAction_HOLD_ACTION_PLACED, "glass")},
		}},
		{func(ctx context.Context, id string) error {
			return did(api.Lots.ReleaseHold(ctx, &pb.ReleaseHoldRequest{RequestId: id, Sku: apitest.Flour, LotCode: "FL-1", Number: 1, Reason: "it was ice"}))
		}, &pb.Operation{
			Kind: pb.OperationKind_OPERATION_KIND_RELEASE, Reason: "it was ice",
			Holds: []*pb.HoldFact{holdFact("FL-1", 1, pb.HoldAction_HOLD_ACTION_RELEASED, "glass")},
		}},
	}
}
