package oplog_test

import (
	"context"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// reserveChange is by how much the first reservation of BR-1 became more.
func reserveChange(value, location string) *pb.ReservationFact {
	return &pb.ReservationFact{
		Lot: &pb.LotKey{Sku: apitest.Bread, LotCode: "BR-1"}, Number: 1, LocationCode: location,
		SalesOrderCode: "SO-1", SalesOrderLineNumber: 1, Change: amount(value, "H87"),
	}
}

// reserveStory has 14 of BR-1 on the shelf, of which 10 are reserved, moved along, used
// up, cut down and released.
func reserveStory(api *apitest.API) []step {
	at := timestamppb.New(hour)
	return []step{
		{func(ctx context.Context, id string) error {
			return did(api.Dispatch.ReserveLots(ctx, &pb.ReserveLotsRequest{RequestId: id, Reason: "morning tour", Lines: []*pb.ReserveLine{{
				Sku: apitest.Bread, LotCode: "BR-1", Quantity: amount("10", "H87"), LocationCode: apitest.Shelf, SalesOrderCode: "SO-1", SalesOrderLineNumber: 1,
				Ttl: durationpb.New(time.Hour),
			}}}))
		}, &pb.Operation{
			Kind: pb.OperationKind_OPERATION_KIND_RESERVATION, Reason: "morning tour", ReservationChanges: []*pb.ReservationFact{reserveChange("10", apitest.Shelf)},
		}},
		{func(ctx context.Context, id string) error {
			return did(api.Lots.MoveLots(ctx, &pb.MoveLotsRequest{RequestId: id, MovedAt: at, Lines: []*pb.MoveLine{
				{Sku: apitest.Bread, LotCode: "BR-1", Quantity: amount("6", "H87"), FromLocationCode: apitest.Shelf, ToLocationCode: apitest.Dock},
			}}))
		}, &pb.Operation{
			Kind: pb.OperationKind_OPERATION_KIND_TRANSFER, Movements: []*pb.Movement{moved(apitest.Bread, "BR-1", "6", "H87", apitest.Shelf, apitest.Dock)},
			ReservationChanges: []*pb.ReservationFact{reserveChange("-2", apitest.Shelf), reserveChange("2", apitest.Dock)},
		}},
		{func(ctx context.Context, id string) error {
			return did(api.Dispatch.Ship(ctx, &pb.ShipRequest{RequestId: id, ShipmentCode: "SH-R", SalesOrderCode: "SO-1", ShippedAt: at, Lines: []*pb.ShipmentLine{
				{SalesOrderLineNumber: 1, Sku: apitest.Bread, LotCode: "BR-1", LocationCode: apitest.Dock, Quantity: amount("1", "H87")},
			}}))
		}, &pb.Operation{
			Kind: pb.OperationKind_OPERATION_KIND_SHIPMENT, ShipmentCode: "SH-R", SalesOrderCode: "SO-1", PartyCode: apitest.Customer,
			Movements:          []*pb.Movement{moved(apitest.Bread, "BR-1", "1", "H87", apitest.Dock, "customer")},
			ReservationChanges: []*pb.ReservationFact{reserveChange("-1", apitest.Dock)},
		}},
		{func(ctx context.Context, id string) error {
			return did(api.Lots.ScrapLots(ctx, &pb.ScrapLotsRequest{
				RequestId: id, ScrappedAt: at, ReasonCode: pb.AdjustmentReason_ADJUSTMENT_REASON_SPOILAGE, Justification: "mouldy",
				Lines: []*pb.ScrapLine{{Sku: apitest.Bread, LotCode: "BR-1", LocationCode: apitest.Shelf, Quantity: amount("3", "H87")}},
			}))
		}, &pb.Operation{
			Kind: pb.OperationKind_OPERATION_KIND_SCRAP, Reason: "mouldy", ReasonCode: pb.AdjustmentReason_ADJUSTMENT_REASON_SPOILAGE,
			Movements:          []*pb.Movement{moved(apitest.Bread, "BR-1", "3", "H87", apitest.Shelf, "scrap")},
			ReservationChanges: []*pb.ReservationFact{reserveChange("-3", apitest.Shelf)},
		}},
		{func(ctx context.Context, id string) error {
			return did(api.Dispatch.ReleaseReservations(ctx, &pb.ReleaseReservationsRequest{RequestId: id, Lines: []*pb.ReleaseReservationLine{
				{Sku: apitest.Bread, LotCode: "BR-1", Number: 1},
			}}))
		}, &pb.Operation{
			Kind: pb.OperationKind_OPERATION_KIND_RESERVATION_RELEASE, ReservationChanges: []*pb.ReservationFact{reserveChange("-1", apitest.Dock), reserveChange("-5", apitest.Shelf)},
		}},
	}
}
