package model_test

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// redate gives a lot that was bought another expiry date: that of its number, with a
// retest reference or without (Add).
const redate kind = "redate"

// past and future are the dates. Lots that were made here have a production date, and
// could not have the first.
const past, future = "2001-01-01", "2999-12-31"

var expiries = map[int]string{1: past, 2: future, 3: "2998-01-01", 4: "2998-01-02", 5: "2998-01-03"}

var redateStep = step{
	draw: func(t *rapid.T, op *operation, _ []operation) {
		// Twice as often one with which the lot can be used.
		op.Number = 1 + min(1, rapid.IntRange(0, 2).Draw(t, "date"))
		op.Add = rapid.IntRange(0, 3).Draw(t, "retest") > 0
		op.drawLines(t, 1, append([]string{"F1"}, bought...), false)
	},
	do: (*world).redate,
	send: func(ctx context.Context, p plant, conn *grpc.ClientConn, op operation) (proto.Message, error) {
		l := op.Lines[0]
		req := &pb.ChangeLotDatesRequest{RequestId: p.name + op.Request, Sku: p.sku(l.Lot), LotCode: l.Lot, ExpiryDate: expiries[op.Number], Reason: "test"}
		if op.Add {
			req.RetestReference = "LAB"
		}
		return pb.NewLotsServiceClient(conn).ChangeLotDates(ctx, req)
	},
}

func (w *world) redate(op operation) string {
	l, exists := w.lots[op.Lines[0].Lot]
	to := expiries[op.Number]
	switch {
	case !exists:
		return "UNKNOWN_LOT"
	case l.expiry == to:
		return "DATES_UNCHANGED"
	case l.expiry != "" && to > l.expiry && !op.Add:
		return "RETEST_REFERENCE_REQUIRED"
	}
	l.expiry = to
	w.redated(&l)
	w.lots[op.Lines[0].Lot] = l
	return "ok"
}
