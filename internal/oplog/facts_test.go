package oplog_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"
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

// setUp pushes what the story takes for granted, and returns how many operations
// that took.
func setUp(t testing.TB, api *apitest.API) int64 {
	t.Helper()
	api.Minimal(t)
	ctx := t.Context()
	must[*pb.UpsertPurchaseOrderResponse](t)(api.Receiving.UpsertPurchaseOrder(ctx, &pb.UpsertPurchaseOrderRequest{RequestId: apitest.ID(), PurchaseOrder: &pb.PurchaseOrder{
		Code: "PO-1", SupplierCode: apitest.Supplier, Lines: []*pb.PurchaseOrderLine{{LineNumber: 1, Sku: apitest.Flour, Quantity: amount("1000", "KGM")}},
	}}))
	must[*pb.CreateProductionOrderResponse](t)(api.Production.CreateProductionOrder(ctx, &pb.CreateProductionOrderRequest{RequestId: apitest.ID(), ProductionOrder: &pb.ProductionOrder{
		Code: "MO-1", Sku: apitest.Bread, Quantity: amount("100", "H87"),
	}}))
	must[*pb.UpsertSalesOrderResponse](t)(api.Dispatch.UpsertSalesOrder(ctx, &pb.UpsertSalesOrderRequest{RequestId: apitest.ID(), SalesOrder: &pb.SalesOrder{
		Code: "SO-1", CustomerCode: apitest.Customer, Lines: []*pb.SalesOrderLine{{LineNumber: 1, Sku: apitest.Bread, Quantity: amount("100", "H87")}},
	}}))
	api.ReceiveLot(t, apitest.Salt, "", "10", "GRM", apitest.Shelf)
	api.ReceiveLot(t, apitest.Salt, "", "10", "GRM", apitest.Shelf)
	return api.Sealed(t)
}

// The log says of every kind of operation what was posted, no more and no less, and
// the same in pages, as a stream and over REST.
func TestEveryKindOfOperation(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	before := setUp(t, api)
	_, cursor := readAll(t, api, &pb.ListLogRequest{})
	var want []*pb.Operation
	for i, s := range story(api) {
		id := apitest.ID()
		if err := s.call(t.Context(), id); err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
		s.want.RequestId, s.want.Principal = id, "default"
		want = append(want, s.want)
	}
	api.Sealed(t)
	entries, _ := readAll(t, api, &pb.ListLogRequest{Cursor: cursor})
	if len(entries) != len(want) {
		t.Fatalf("%d entries, want %d", len(entries), len(want))
	}
	posted := time.Now()
	for i, entry := range entries {
		got := entry.Operation
		if entry.LogIndex != before+int64(i)+1 || entry.Continued || entry.Cursor == "" {
			t.Errorf("entry %d: %v", i, entry)
		}
		if recorded := got.RecordedAt.AsTime(); posted.Sub(recorded) > time.Minute || !entry.SealedAt.AsTime().After(recorded) {
			t.Errorf("entry %d: recorded at %v, sealed at %v", i, recorded, entry.SealedAt.AsTime())
		}
		complete(want[i], got)
		if !proto.Equal(got, want[i]) {
			t.Errorf("entry %d: got\n%swant\n%s", i, prototext.Format(got), prototext.Format(want[i]))
		}
	}

	var watched []*pb.LogEntry
	if _, err := follow(t.Context(), api.Log, &pb.WatchLogRequest{Cursor: cursor}, func(m *pb.WatchLogResponse) bool {
		watched = append(watched, m.Entries...)
		return len(watched) < len(entries)
	}); err != nil {
		t.Fatal(err)
	}
	same(t, "the stream", watched, entries)
	var page pb.ListLogResponse
	status, body := api.DoRaw(t, "GET", "/v1/log?cursor="+cursor, nil)
	if err := protojson.Unmarshal(body, &page); err != nil || status != 200 {
		t.Fatalf("HTTP %d, %v", status, err)
	}
	same(t, "REST", page.Entries, entries)
}

// complete fills in what only the service knows, and what movements repeat.
func complete(want, got *pb.Operation) {
	want.RecordedAt = got.RecordedAt
	if want.OccurredAt = timestamppb.New(hour); len(want.Holds) > 0 {
		want.OccurredAt = got.OccurredAt
	}
	for i, m := range want.Movements {
		m.Kind = pb.MovementKind(pb.MovementKind_value["MOVEMENT_KIND_"+pb.OperationKind_name[int32(want.Kind)][len("OPERATION_KIND_"):]])
		m.OccurredAt, m.RecordedAt, m.Principal, m.Reason = want.OccurredAt, want.RecordedAt, want.Principal, want.Reason
		if m.Document = want.ReceiptCode + want.ShipmentCode; want.RunCode != "" {
			m.Document = want.ProductionOrderCode + "/" + want.RunCode
		}
		if m.Lot.LotCode == "" && i < len(got.Movements) {
			m.Lot.LotCode = got.Movements[i].Lot.LotCode // made by the service
		}
	}
}

func same(t testing.TB, what string, got, want []*pb.LogEntry) {
	t.Helper()
	if !slices.EqualFunc(got, want, func(a, b *pb.LogEntry) bool { return proto.Equal(a, b) }) {
		t.Errorf("%s: got %d entries, %v\nwant %d, %v", what, len(got), got, len(want), want)
	}
}
