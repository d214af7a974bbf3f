package model_test

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// Stock is found (Add) or missed, and thrown away, held and expired or not.
const (
	adjust kind = "adjust"
	scrap  kind = "scrap"
)

var adjustStep = step{
	draw: func(t *rapid.T, op *operation, _ []operation) {
		op.Add = rapid.Bool().Draw(t, "add")
		op.drawLines(t, 2, mostlyFirst, true)
	},
	do: (*world).adjust,
	send: func(ctx context.Context, p plant, conn *grpc.ClientConn, op operation) (proto.Message, error) {
		direction := pb.AdjustmentDirection_ADJUSTMENT_DIRECTION_MISSED
		if op.Add {
			direction = pb.AdjustmentDirection_ADJUSTMENT_DIRECTION_FOUND
		}
		req := &pb.AdjustLotsRequest{RequestId: p.name + op.Request, ReasonCode: pb.AdjustmentReason_ADJUSTMENT_REASON_MISCOUNT, Justification: "test"}
		for _, l := range op.Lines {
			req.Lines = append(req.Lines, &pb.AdjustmentLine{Sku: p.sku(l.Lot), LotCode: l.Lot, Quantity: quantity(l.Quantity), LocationCode: l.From, Direction: direction})
		}
		return pb.NewLotsServiceClient(conn).AdjustLots(ctx, req)
	},
}

var scrapStep = step{
	draw: func(t *rapid.T, op *operation, _ []operation) { op.drawLines(t, 2, mostlyFirst, true) },
	do:   (*world).adjust,
	send: func(ctx context.Context, p plant, conn *grpc.ClientConn, op operation) (proto.Message, error) {
		req := &pb.ScrapLotsRequest{RequestId: p.name + op.Request, ReasonCode: pb.AdjustmentReason_ADJUSTMENT_REASON_DAMAGE, Justification: "test"}
		for _, l := range op.Lines {
			req.Lines = append(req.Lines, &pb.ScrapLine{Sku: p.sku(l.Lot), LotCode: l.Lot, Quantity: quantity(l.Quantity), LocationCode: l.From})
		}
		return pb.NewLotsServiceClient(conn).ScrapLots(ctx, req)
	},
}

// adjust is all or nothing, and what one line finds counts for the others.
func (w *world) adjust(op operation) string {
	if !w.known(op.Lines) {
		return "UNKNOWN_LOT"
	}
	for _, l := range op.Lines {
		m := movement{Kind: op.Kind, Lot: l.Lot, From: l.From, Quantity: l.Quantity}
		if op.Kind == adjust && op.Add {
			m.From, m.To = "", l.From
		}
		w.post(m)
	}
	if w.short() {
		return "INSUFFICIENT_STOCK"
	}
	return "ok"
}
