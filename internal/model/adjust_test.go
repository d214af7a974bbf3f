package model_test

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// Stock is found (Add) or missed, and thrown away, held and expired or not.
const (
	adjust kind = "adjust"
	scrap  kind = "scrap"
)

// adjust is all or nothing, and what one line finds counts for the others.
func (w *world) adjust(op operation) string {
	for _, line := range op.Lines {
		if _, exists := w.lots[line.Lot]; !exists {
			return "UNKNOWN_LOT"
		}
	}
	for _, line := range op.Lines {
		l := w.lots[line.Lot]
		if op.Kind == adjust && op.Add {
			l.onHand[line.From] += line.Quantity
			l.out -= line.Quantity // not in: nobody delivered or made it
		} else {
			l.onHand[line.From] -= line.Quantity
			l.out += line.Quantity
		}
		w.lots[line.Lot] = l
		w.moved++
	}
	for _, l := range w.lots {
		for _, quantity := range l.onHand {
			if quantity < 0 {
				return "INSUFFICIENT_STOCK"
			}
		}
	}
	return "ok"
}

func (p plant) sendAdjustment(ctx context.Context, conn *grpc.ClientConn, op operation) (proto.Message, error) {
	lots := pb.NewLotsServiceClient(conn)
	if op.Kind == scrap {
		req := &pb.ScrapLotsRequest{RequestId: p.name + op.Request, ReasonCode: pb.AdjustmentReason_ADJUSTMENT_REASON_DAMAGE, Justification: "test"}
		for _, l := range op.Lines {
			req.Lines = append(req.Lines, &pb.ScrapLine{Sku: p.sku(l.Lot), LotCode: l.Lot, Quantity: quantity(l.Quantity), LocationCode: l.From})
		}
		return lots.ScrapLots(ctx, req)
	}
	direction := pb.AdjustmentDirection_ADJUSTMENT_DIRECTION_MISSED
	if op.Add {
		direction = pb.AdjustmentDirection_ADJUSTMENT_DIRECTION_FOUND
	}
	req := &pb.AdjustLotsRequest{RequestId: p.name + op.Request, ReasonCode: pb.AdjustmentReason_ADJUSTMENT_REASON_MISCOUNT, Justification: "test"}
	for _, l := range op.Lines {
		req.Lines = append(req.Lines, &pb.AdjustmentLine{Sku: p.sku(l.Lot), LotCode: l.Lot, Quantity: quantity(l.Quantity), LocationCode: l.From, Direction: direction})
	}
	return lots.AdjustLots(ctx, req)
}
