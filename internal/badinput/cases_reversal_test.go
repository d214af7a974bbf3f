package badinput_test

import (
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// addOffline moves what a scanner collected. Its fields are judged in the answer.
func addOffline(add func(string, proto.Message)) {
	add("PostOfflineMoves", &pb.PostOfflineMovesRequest{Moves: []*pb.OfflineMove{{
		RequestId: "scanner-1/1", MovedAt: then, Sku: apitest.Flour, LotCode: "FL-1", Quantity: amount("1", "KGM"),
		FromLocationCode: apitest.Dock, ToLocationCode: apitest.Line, Purpose: pb.MovePurpose_MOVE_PURPOSE_PUT_AWAY, Reason: "put-away",
	}}})
}

// addReversals holds what came with a receipt, and takes the receipt back.
func addReversals(add func(string, proto.Message)) {
	add("HoldLots", &pb.HoldLotsRequest{
		Scope:      &pb.HoldLotsRequest_SupplierLot{SupplierLot: &pb.SupplierLot{SupplierCode: apitest.Supplier, SupplierLotCode: "S/9"}},
		ReasonCode: pb.HoldReason_HOLD_REASON_SUPPLIER_NOTICE, Reason: "stones", Until: timestamppb.New(time.Date(2090, 1, 1, 0, 0, 0, 0, time.UTC)),
	})
	add("ReverseOperation", &pb.ReverseOperationRequest{Operation: &pb.ReverseOperationRequest_ReceiptCode{ReceiptCode: "NEW-RC"}, Reason: "another house's"})
}

func TestReversalsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, c := range []struct {
		req    *pb.ReverseOperationRequest
		code   codes.Code
		reason string
		field  string
	}{
		{&pb.ReverseOperationRequest{Operation: &pb.ReverseOperationRequest_LogIndex{LogIndex: 1 << 40}}, codes.NotFound, "UNKNOWN_OPERATION", "log_index"},
		{&pb.ReverseOperationRequest{Operation: &pb.ReverseOperationRequest_LogIndex{LogIndex: -1}}, codes.InvalidArgument, "INT64_GTE", "log_index"},
		{&pb.ReverseOperationRequest{Operation: &pb.ReverseOperationRequest_ReceiptCode{ReceiptCode: "RC-99"}}, codes.NotFound, "UNKNOWN_RECEIPT", "receipt_code"},
		{&pb.ReverseOperationRequest{Operation: &pb.ReverseOperationRequest_ShipmentCode{ShipmentCode: "SH-99"}}, codes.NotFound, "UNKNOWN_SHIPMENT", "shipment_code"},
		{&pb.ReverseOperationRequest{}, codes.InvalidArgument, "REQUIRED", "operation"},
	} {
		c.req.RequestId, c.req.Reason = apitest.ID(), "wrong"
		_, err := w.Lots.ReverseOperation(t.Context(), c.req)
		apitest.WantRefusal(t, err, c.code, c.reason, c.field)
	}
}
