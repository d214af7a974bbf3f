package model_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"pgregory.net/rapid"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// Stock is reserved for line 1 or 2 of an order, for long (Keep) or until the clock moves
// on, and given back by number. What is shipped or moved for a line is its own first.
const (
	reserve   kind = "reserve"
	unreserve kind = "unreserve"
	shipFor   kind = "ship for"
	moveFor   kind = "move for"
	moveClock kind = "move clock"
)

// reserveTheme is about what is reserved.
var reserveTheme = theme{
	alone: plenty,
	kinds: []kind{reserve, reserve, reserve, shipFor, unreserve, move, offline, moveFor, moveClock, reserve, ship, consume, shipFor, scrap, adjust, receive, hold, release, redate, reverse},
	begin: []operation{
		{Kind: reserve, Request: "r1", Number: 1, Keep: true, Lines: []line{{Lot: "F1", From: locations[0], Quantity: 2}}},
		{Kind: reserve, Request: "r2", Number: 2, Lines: []line{{Lot: "F1", From: locations[0], Quantity: 2}}},
	},
	topics: []topic{reservations},
}

// keeping is a reservation: how much is left of it where.
type keeping struct {
	line int
	long bool
	at   map[string]int
}

// The clock moves on by more than a short time to live, and many times before a long one
// is over.
const (
	shortTTL, longTTL = time.Hour, 30 * 24 * time.Hour
	onward            = time.Hour + time.Minute
)

var reserveStep = step{
	draw: func(t *rapid.T, op *operation, _ []operation) {
		op.Number = rapid.IntRange(1, 2).Draw(t, "line")
		op.Keep = rapid.Bool().Draw(t, "long")
		op.drawLines(t, 1, mostlyFirst, true)
	},
	do: (*world).reserve,
	send: func(ctx context.Context, p plant, conn *grpc.ClientConn, op operation) (proto.Message, error) {
		l, ttl := op.Lines[0], shortTTL
		if op.Keep {
			ttl = longTTL
		}
		return pb.NewDispatchServiceClient(conn).ReserveLots(ctx, &pb.ReserveLotsRequest{RequestId: p.name + op.Request, Lines: []*pb.ReserveLine{{
			SalesOrderCode: p.order(), SalesOrderLineNumber: orderLine(op.Number, l.Lot), Sku: p.sku(l.Lot), LotCode: l.Lot, LocationCode: l.From,
			Quantity: quantity(l.Quantity), Ttl: durationpb.New(ttl),
		}}})
	},
	tell: func(_ operation, response proto.Message) string {
		return fmt.Sprintf("ok: reservation %d", response.(*pb.ReserveLotsResponse).Reservations[0].Number)
	},
}

// orderLine is the line of the order that is the nth of an item.
func orderLine(n int, lot string) int32 {
	if lot[:1] == made[0][:1] {
		n += 2
	}
	return int32(n)
}

func (w *world) reserve(op operation) string {
	line := op.Lines[0]
	l, exists := w.lots[line.Lot]
	switch {
	case !exists:
		return "UNKNOWN_LOT"
	case l.held():
		return "LOT_HELD"
	case l.expiry == past:
		return "LOT_EXPIRED"
	case line.Quantity > l.onHand[line.From]:
		return "INSUFFICIENT_STOCK"
	case line.Quantity > l.onHand[line.From]-l.reserved(line.From):
		return "STOCK_RESERVED"
	}
	l.kept = append(l.kept, keeping{line: op.Number, long: op.Keep, at: map[string]int{line.From: line.Quantity}})
	w.lots[line.Lot] = l
	return fmt.Sprintf("ok: reservation %d", len(l.kept))
}

// reserved is how much of a lot is reserved at a location.
func (l lot) reserved(location string) int {
	sum := 0
	for _, k := range l.kept {
		sum += k.at[location]
	}
	return sum
}

var unreserveStep = step{
	draw: func(t *rapid.T, op *operation, _ []operation) {
		op.Number = rapid.IntRange(1, 5).Draw(t, "number")
		op.drawLines(t, 1, mostlyFirst, false)
	},
	do: func(w *world, op operation) string {
		l, exists := w.lots[op.Lines[0].Lot]
		switch {
		case !exists:
			return "UNKNOWN_LOT"
		case op.Number > len(l.kept):
			return "UNKNOWN_RESERVATION"
		case l.kept[op.Number-1].left() == 0:
			return "RESERVATION_ENDED"
		}
		clear(l.kept[op.Number-1].at)
		return "ok"
	},
	send: func(ctx context.Context, p plant, conn *grpc.ClientConn, op operation) (proto.Message, error) {
		l := op.Lines[0]
		return pb.NewDispatchServiceClient(conn).ReleaseReservations(ctx, &pb.ReleaseReservationsRequest{RequestId: p.name + op.Request, Lines: []*pb.ReleaseReservationLine{
			{Sku: p.sku(l.Lot), LotCode: l.Lot, Number: int32(op.Number)},
		}})
	},
}

func (k keeping) left() int {
	sum := 0
	for _, quantity := range k.at {
		sum += quantity
	}
	return sum
}

// take takes up to so much from what is left at a location, and moves it to another, if
// one is given. It returns how much that was.
func (k keeping) take(much int, from, to string) int {
	part := min(much, k.at[from])
	k.at[from] -= part
	if to != "" {
		k.at[to] += part
	}
	return part
}

// use takes for a line of the order what is reserved for it.
func (l lot) use(number int, line line) {
	rest := line.Quantity
	for _, k := range l.kept {
		if k.line == number {
			rest -= k.take(rest, line.From, line.To)
		}
	}
}

// settle brings what is reserved to what is on hand, when all is done: it goes along
// where stock was moved, or is cut down, the latest first. False if it is not to be taken.
func (w *world) settle(op operation) bool {
	for _, l := range w.lots {
		for i, location := range locations {
			lack := l.reserved(location) - l.onHand[location]
			if lack > 0 && (op.Kind == consume || op.Kind == ship) {
				return false
			}
			to := ""
			if op.Kind == move {
				to = locations[1-i]
			}
			for _, k := range slices.Backward(l.kept) {
				lack -= k.take(max(lack, 0), location, to)
			}
		}
	}
	return true
}

// forLine is an operation on stock for a line of the order.
func forLine(of kind, plain step, send func(ctx context.Context, p plant, conn *grpc.ClientConn, op operation) (proto.Message, error)) step {
	return step{
		draw: func(t *rapid.T, op *operation, earlier []operation) {
			op.Number = rapid.IntRange(1, 2).Draw(t, "line")
			plain.draw(t, op, earlier)
		},
		do: func(w *world, op operation) string {
			op.Kind = of
			return w.take(op)
		},
		send: send,
	}
}

var shipForStep = forLine(ship, shipStep, func(ctx context.Context, p plant, conn *grpc.ClientConn, op operation) (proto.Message, error) {
	req := &pb.ShipRequest{RequestId: p.name + op.Request, ShipmentCode: p.name + op.Document, SalesOrderCode: p.order()}
	for _, l := range op.Lines {
		req.Lines = append(req.Lines, &pb.ShipmentLine{
			Sku: p.sku(l.Lot), LotCode: l.Lot, Quantity: quantity(l.Quantity), LocationCode: l.From, SalesOrderLineNumber: orderLine(op.Number, l.Lot),
		})
	}
	return pb.NewDispatchServiceClient(conn).Ship(ctx, req)
})

var moveForStep = forLine(move, moveStep, func(ctx context.Context, p plant, conn *grpc.ClientConn, op operation) (proto.Message, error) {
	req := &pb.MoveLotsRequest{RequestId: p.name + op.Request}
	for _, l := range op.Lines {
		req.Lines = append(req.Lines, &pb.MoveLine{
			Sku: p.sku(l.Lot), LotCode: l.Lot, Quantity: quantity(l.Quantity), FromLocationCode: l.From, ToLocationCode: l.To,
			SalesOrderCode: p.order(), SalesOrderLineNumber: orderLine(op.Number, l.Lot),
		})
	}
	return pb.NewLotsServiceClient(conn).MoveLots(ctx, req)
})

// moveClockStep lets short times to live run out: nobody waits for them in a test, so
// all that is to come comes nearer. Once for each id, as all else.
var moveClockStep = step{
	alone: true,
	draw:  func(*rapid.T, *operation, []operation) {},
	do: func(w *world, _ operation) string {
		for _, l := range w.lots {
			for _, k := range l.kept {
				if !k.long {
					clear(k.at)
				}
			}
		}
		return "ok"
	},
	send: func(ctx context.Context, p plant, _ *grpc.ClientConn, op operation) (proto.Message, error) {
		var claimed, repeated bool
		err := p.api.DB.QueryRow(ctx, `
			WITH claim AS (INSERT INTO request (tenant_id, request_id, fingerprint) VALUES (1, $1, 'clock') ON CONFLICT DO NOTHING RETURNING request_id)
			SELECT EXISTS (SELECT FROM claim), EXISTS (SELECT FROM request WHERE tenant_id = 1 AND request_id = $1 AND fingerprint = 'clock')`,
			p.name+op.Request).Scan(&claimed, &repeated)
		if err != nil || repeated {
			return nil, err
		}
		if !claimed {
			return nil, errors.New("REQUEST_ID_REUSED")
		}
		_, err = p.api.DB.Exec(ctx, `
			WITH mine AS (SELECT lot_id FROM lot JOIN item USING (tenant_id, item_id) WHERE starts_with(item.sku, $1)),
			moved AS (UPDATE reservation SET expires_at = expires_at - $2::interval WHERE lot_id IN (SELECT lot_id FROM mine))
			UPDATE lot SET reserved_until = reserved_until - $2::interval WHERE lot_id IN (SELECT lot_id FROM mine)`, p.name, onward)
		return nil, err
	},
	logged: func(string) bool { return false },
}
