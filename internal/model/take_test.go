package model_test

import (
	"context"
	"fmt"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// Stock is taken to be used, or to lie elsewhere.
const (
	consume kind = "consume"
	ship    kind = "ship"
	move    kind = "move"
)

var consumeStep = step{
	draw: func(t *rapid.T, op *operation, _ []operation) {
		op.Run = rapid.IntRange(1, 2).Draw(t, "run")
		op.drawLines(t, 2, mostlyFirst, true)
	},
	do: (*world).take,
	send: func(ctx context.Context, p plant, conn *grpc.ClientConn, op operation) (proto.Message, error) {
		req := &pb.ConsumeLotsRequest{RequestId: p.name + op.Request, ProductionOrderCode: p.order(), RunCode: p.run(op.Run)}
		for _, l := range op.Lines {
			sku, code, scan := p.ref(l)
			req.Lines = append(req.Lines, &pb.ConsumptionLine{Sku: sku, LotCode: code, Scan: scan, Quantity: quantity(l.Quantity), Weight: kilos(l.Weight), LocationCode: l.From, OutOfRotationReason: op.Reason})
		}
		return pb.NewProductionServiceClient(conn).ConsumeLots(ctx, req)
	},
	tell: tellDrawn,
}

var shipStep = step{
	draw: func(t *rapid.T, op *operation, earlier []operation) {
		op.Document = fmt.Sprintf("d%d", len(earlier))
		op.drawLines(t, 2, mostlyFirst, true)
	},
	do: (*world).take,
	send: func(ctx context.Context, p plant, conn *grpc.ClientConn, op operation) (proto.Message, error) {
		req := &pb.ShipRequest{RequestId: p.name + op.Request, ShipmentCode: p.name + op.Document, CustomerCode: apitest.Customer}
		for _, l := range op.Lines {
			sku, code, scan := p.ref(l)
			req.Lines = append(req.Lines, &pb.ShipmentLine{Sku: sku, LotCode: code, Scan: scan, Quantity: quantity(l.Quantity), Weight: kilos(l.Weight), LocationCode: l.From, OutOfRotationReason: op.Reason})
		}
		return pb.NewDispatchServiceClient(conn).Ship(ctx, req)
	},
	tell: tellDrawn,
}

var moveStep = step{
	draw: func(t *rapid.T, op *operation, _ []operation) {
		op.drawLines(t, 2, mostlyFirst, true)
		for i, l := range op.Lines {
			op.Lines[i].To = locations[1]
			if l.From == locations[1] {
				op.Lines[i].To = locations[0]
			}
		}
	},
	do: (*world).take,
	send: func(ctx context.Context, p plant, conn *grpc.ClientConn, op operation) (proto.Message, error) {
		req := &pb.MoveLotsRequest{RequestId: p.name + op.Request}
		for _, l := range op.Lines {
			sku, code, scan := p.ref(l)
			req.Lines = append(req.Lines, &pb.MoveLine{Sku: sku, LotCode: code, Scan: scan, Quantity: quantity(l.Quantity), Weight: kilos(l.Weight), FromLocationCode: l.From, ToLocationCode: l.To})
		}
		return pb.NewLotsServiceClient(conn).MoveLots(ctx, req)
	},
	tell: tellDrawn,
}

// take is all or nothing: what a line brings counts for the others.
func (w *world) take(op operation) string {
	if op.Kind == consume && w.runs[op.Run] {
		return "RUN_FINISHED"
	}
	lines, refused := w.drawn(op)
	if refused != "" {
		return refused
	}
	if !w.known(lines) {
		return "UNKNOWN_LOT"
	}
	lines, told := w.weighOut(lines)
	if !told {
		return "WEIGHT_REQUIRED"
	}
	before := len(w.movements)
	for _, line := range lines {
		l := w.lots[line.Lot]
		if l.held() && op.Kind != move {
			return "LOT_HELD"
		}
		if l.expiry == past && op.Kind != move {
			return "LOT_EXPIRED"
		}
		if op.Number > 0 {
			l.use(op.Number, line)
		}
		w.post(movement{Kind: op.Kind, Lot: line.Lot, From: line.From, To: line.To, Quantity: line.Quantity, Weight: line.Weight, Run: op.Run, Document: op.Document})
	}
	if reason := w.misfit(before); reason != "" {
		return reason
	}
	if !w.settle(op) {
		return "STOCK_RESERVED"
	}
	if op.Seen == "OUT_OF_ROTATION" {
		return op.Seen // checkRotation looks whether it was
	}
	if op.Kind == ship {
		w.papers[op.Document] = paper{kind: ship}
	}
	return tellLines(op, lines)
}
