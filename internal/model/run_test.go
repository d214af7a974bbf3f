package model_test

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// A run puts lots out, until it is finished. What it consumes is in take_test.go.
const (
	output kind = "output"
	finish kind = "finish"
)

var outputStep = step{
	draw: func(t *rapid.T, op *operation, _ []operation) {
		op.Run = rapid.IntRange(1, 2).Draw(t, "run")
		op.drawLines(t, 1, made, true)
	},
	do: (*world).output,
	send: func(ctx context.Context, p plant, conn *grpc.ClientConn, op operation) (proto.Message, error) {
		l := op.Lines[0]
		sku, code, scan := p.ref(l)
		return pb.NewProductionServiceClient(conn).RecordOutputs(ctx, &pb.RecordOutputsRequest{
			RequestId: p.name + op.Request, ProductionOrderCode: p.order(), RunCode: p.run(op.Run),
			Lines: []*pb.OutputLine{{Sku: sku, LotCode: code, Scan: scan, Quantity: quantity(l.Quantity), Weight: kilos(l.Weight), LocationCode: l.From, ExpiryDate: l.Date, Share: part(l.Share)}},
		})
	},
	tell: tellCode,
}

func (w *world) output(op operation) string {
	if w.runs[op.Run] {
		return "RUN_FINISHED"
	}
	if refused := w.unshared(op); refused != "" {
		return refused
	}
	line, refused := w.coded(op)
	if refused != "" {
		return refused
	}
	if l, exists := w.lots[line.Lot]; exists && l.run != op.Run {
		return "LOT_EXISTS"
	} else if w.differs(line) {
		return "LOT_DIFFERS"
	} else if exists && w.released(l) {
		return "LOT_RELEASED"
	}
	w.bring(line, op.Run)
	w.post(movement{Kind: output, Lot: line.Lot, To: line.From, Quantity: line.Quantity, Weight: line.Weight, Run: op.Run, Share: line.Share})
	return tellCoded(op, line)
}

var finishStep = step{
	draw: func(t *rapid.T, op *operation, _ []operation) { op.Run = rapid.IntRange(1, 2).Draw(t, "run") },
	do: func(w *world, op operation) string {
		if w.runs[op.Run] {
			return "RUN_FINISHED"
		}
		w.runs[op.Run], w.finishes[op.Request] = true, finishing{run: op.Run}
		return "ok"
	},
	send: func(ctx context.Context, p plant, conn *grpc.ClientConn, op operation) (proto.Message, error) {
		return pb.NewProductionServiceClient(conn).FinishRun(ctx, &pb.FinishRunRequest{
			RequestId: p.name + op.Request, ProductionOrderCode: p.order(), RunCode: p.run(op.Run),
		})
	},
}
