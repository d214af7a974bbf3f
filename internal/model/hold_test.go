package model_test

import (
	"context"
	"fmt"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// A hold is placed on a lot, and released by its number.
const (
	hold    kind = "hold"
	release kind = "release"
)

var holdStep = step{
	draw: func(t *rapid.T, op *operation, _ []operation) { op.drawLines(t, 1, mostlyFirst, false) },
	do: func(w *world, op operation) string {
		code := op.Lines[0].Lot
		l, exists := w.lots[code]
		if !exists {
			return "UNKNOWN_LOT"
		}
		l.hold("")
		w.lots[code] = l
		return fmt.Sprintf("ok: hold %d", len(l.holds))
	},
	send: func(ctx context.Context, p plant, conn *grpc.ClientConn, op operation) (proto.Message, error) {
		l := op.Lines[0]
		return pb.NewLotsServiceClient(conn).PlaceHold(ctx, &pb.PlaceHoldRequest{RequestId: p.name + op.Request, Sku: p.sku(l.Lot), LotCode: l.Lot, Reason: "test"})
	},
	tell: func(_ operation, response proto.Message) string {
		return fmt.Sprintf("ok: hold %d", response.(*pb.PlaceHoldResponse).GetHold().GetNumber())
	},
}

var releaseStep = step{
	draw: func(t *rapid.T, op *operation, _ []operation) {
		op.Number = rapid.IntRange(1, 2).Draw(t, "number")
		op.drawLines(t, 1, mostlyFirst, false)
	},
	do: (*world).release,
	send: func(ctx context.Context, p plant, conn *grpc.ClientConn, op operation) (proto.Message, error) {
		l := op.Lines[0]
		return pb.NewLotsServiceClient(conn).ReleaseHold(ctx, &pb.ReleaseHoldRequest{
			RequestId: p.name + op.Request, Sku: p.sku(l.Lot), LotCode: l.Lot, Number: int32(op.Number), Reason: "test",
		})
	},
	tell: func(_ operation, response proto.Message) string {
		return fmt.Sprintf("ok: hold %d", response.(*pb.ReleaseHoldResponse).GetHold().GetNumber())
	},
}

func (w *world) release(op operation) string {
	l, exists := w.lots[op.Lines[0].Lot]
	switch {
	case !exists:
		return "UNKNOWN_LOT"
	case op.Number > len(l.holds):
		return "UNKNOWN_HOLD"
	case !l.holds[op.Number-1]:
		return "HOLD_RELEASED"
	case w.recalls[l.cases[op.Number-1]].state == active:
		return "HOLD_OF_RECALL"
	}
	l.holds[op.Number-1] = false
	return fmt.Sprintf("ok: hold %d", op.Number)
}

// standing are the numbers of the holds that stand.
func (l lot) standing() []int {
	var numbers []int
	for i, active := range l.holds {
		if active {
			numbers = append(numbers, i+1)
		}
	}
	return numbers
}
