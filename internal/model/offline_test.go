package model_test

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
	"pgregory.net/rapid"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// offline are moves that a scanner has collected, which are told in the other order than
// they happened in (Add), or in the same. Each is posted by itself, in the order in which
// they happened, under an id of its own; others may come in between.
const offline kind = "offline"

// collected is when the first of them happened.
var collected = time.Now().Add(-time.Minute)

var offlineStep = step{
	draw: func(t *rapid.T, op *operation, earlier []operation) {
		op.Add = rapid.Bool().Draw(t, "backwards")
		moveStep.draw(t, op, earlier)
		if len(op.Lines) == 1 || rapid.Bool().Draw(t, "and back") {
			// Which is first is seen only where one needs what the other brings.
			there := op.Lines[0]
			op.Lines = []line{there, {Lot: there.Lot, From: there.To, To: there.From, Quantity: 2 * there.Quantity}}
		}
	},
	do: func(w *world, op operation) string {
		before := len(w.movements)
		op.Kind, op.Number = move, 0 // for no order
		outcome := w.take(op)
		for i := range w.movements[before:] {
			w.movements[before+i].late = true
		}
		return outcome
	},
	send: func(ctx context.Context, p plant, conn *grpc.ClientConn, op operation) (proto.Message, error) {
		req := &pb.PostOfflineMovesRequest{}
		for _, part := range op.parts() {
			l := part.Lines[0]
			sku, code, scan := p.ref(l)
			req.Moves = append(req.Moves, &pb.OfflineMove{
				RequestId: p.name + part.Request, MovedAt: timestamppb.New(collected.Add(time.Duration(part.Number) * time.Millisecond)),
				Sku: sku, LotCode: code, Scanned: scan, Quantity: quantity(l.Quantity), Weight: kilos(l.Weight), FromLocationCode: l.From, ToLocationCode: l.To,
			})
		}
		return pb.NewLotsServiceClient(conn).PostOfflineMoves(ctx, req)
	},
	split: func(p plant, op operation, response proto.Message) ([]played, error) {
		resp := response.(*pb.PostOfflineMovesResponse)
		var all []played
		refused := 0
		for i, part := range op.parts() {
			result := resp.Results[i]
			one := played{op: part, outcome: "ok", answer: result, nth: part.Number}
			if result.RequestId != p.name+part.Request {
				return nil, fmt.Errorf("%s is told of as %s", p.name+part.Request, result.RequestId)
			}
			if result.Refusal != nil {
				one.outcome, one.answer = result.Refusal.Reason, nil
				refused++
			}
			all = append(all, one)
		}
		if int(resp.RefusedCount) != refused {
			return nil, fmt.Errorf("%d told as refused, want %d", resp.RefusedCount, refused)
		}
		return all, nil
	},
}

// parts are the moves one by one, as they are told. Number is the place in time.
func (op operation) parts() []operation {
	parts := make([]operation, len(op.Lines))
	for i := range parts {
		parts[i] = op
		parts[i].Request, parts[i].Lines, parts[i].Number = fmt.Sprint(op.Request, "/", i), op.Lines[i:i+1], i
		if op.Add {
			parts[i].Number = len(parts) - 1 - i
		}
	}
	return parts
}
