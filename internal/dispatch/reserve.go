package dispatch

import (
	"context"
	"slices"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/command"
	"github.com/lottrail/lottrail/internal/draw"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/resolve"
)

// defaultTTL is how long a reservation stands if nobody says: what is promised in the
// morning is picked by the next. The most that may be asked for is in the proto.
const defaultTTL = 24 * time.Hour

// ReserveLots implements lottrailv1.DispatchServiceServer.
func (s *Service) ReserveLots(ctx context.Context, req *lottrailv1.ReserveLotsRequest) (*lottrailv1.ReserveLotsResponse, error) {
	return command.Run(ctx, s.db, req, func(ctx context.Context, tx *pg.Tx) (*lottrailv1.ReserveLotsResponse, error) {
		now := time.Now()
		lookup := resolve.NewLookup(tx.TenantID)
		orders := queueOrders(tx, lookup, req.GetLines())
		takings, locked, err := draw.Draw(ctx, tx, lookup, reserveLines(req.GetLines()), draw.ToReserve, now)
		if err != nil {
			return nil, err
		}
		op := &ledger.Operation{Kind: ledger.KindReservation, OccurredAt: now, Reason: req.GetReason()}
		for _, t := range takings {
			op.Reserves = append(op.Reserves, ledger.Reserve{
				Field: pbtype.Line(t.Line), LotID: t.Lot.LotID, At: ledger.Place{LocationID: t.From.LocationID, Code: t.From.Code}, Day: t.Day,
				Quantity: t.Quantity, For: t.For, SalesOrderID: orders[t.For.OrderCode], ExpiresAt: expiry(tx.LockedAt, req.GetLines()[t.Line].GetTtl()),
			})
		}
		posted, err := ledger.Post(ctx, tx, locked, op)
		if err != nil {
			return nil, err
		}
		return &lottrailv1.ReserveLotsResponse{Reservations: reserved(op, posted, locked, tx.Principal)}, nil
	})
}

// expiry is when a reservation ends that is made at a moment.
func expiry(at time.Time, ttl *durationpb.Duration) time.Time {
	if ttl == nil {
		return at.Add(defaultTTL)
	}
	return at.Add(ttl.AsDuration()).Truncate(time.Microsecond) // as the database keeps it
}

// queueOrders locks the orders, in the order of their codes, and then looks up the lines.
// It returns the ids of the orders by code.
func queueOrders(tx *pg.Tx, lookup *resolve.Lookup, lines []*lottrailv1.ReserveLine) map[string]int64 {
	var codes []string
	keys := make([]resolve.OrderLineKey, len(lines))
	for i, l := range lines {
		codes = append(codes, l.GetSalesOrderCode())
		keys[i] = resolve.OrderLineKey{Path: pbtype.Line(i), OrderCode: l.GetSalesOrderCode(), Number: l.GetSalesOrderLineNumber(), SKU: l.GetSku()}
	}
	slices.Sort(codes)
	for _, code := range slices.Compact(codes) {
		tx.Queue(queries.SalesOrderLock, tx.TenantID, code)
	}
	return lookup.OrderLines(keys)
}

func reserveLines(lines []*lottrailv1.ReserveLine) []draw.Line {
	drawn := make([]draw.Line, len(lines))
	for i, l := range lines {
		path := pbtype.Line(i)
		drawn[i] = draw.Line{
			Path: path, LocationPath: path + ".location_code", SKU: l.GetSku(), LotCode: l.GetLotCode(), LocationCode: l.GetLocationCode(),
			Value: l.GetQuantity().GetValue(), Unit: l.GetQuantity().GetUnit(),
			For: ledger.OrderLine{OrderCode: l.GetSalesOrderCode(), Number: l.GetSalesOrderLineNumber()},
		}
	}
	return drawn
}

// reserved tells of what was reserved, in the order of the lines: the ledger numbers the
// reservations of each lot in it.
func reserved(op *ledger.Operation, posted *ledger.Posted, locked ledger.Locked, principal string) []*lottrailv1.Reservation {
	numbers := map[int64]int32{}
	var all []*lottrailv1.Reservation
	for _, r := range op.Reserves {
		lot := locked[r.LotID]
		numbers[r.LotID]++
		all = append(all, &lottrailv1.Reservation{
			Lot: &lottrailv1.LotKey{Sku: lot.SKU, LotCode: lot.LotCode}, Number: lot.ReservationCount + numbers[r.LotID], LocationCode: r.At.Code,
			SalesOrderCode: r.For.OrderCode, SalesOrderLineNumber: r.For.Number, Quantity: pbtype.Quantity(r.Quantity, lot.BaseUnit),
			ExpiresAt: timestamppb.New(r.ExpiresAt), State: lottrailv1.ReservationState_RESERVATION_STATE_ACTIVE,
			ReservedBy: principal, ReservedAt: timestamppb.New(posted.RecordedAt),
		})
	}
	return all
}
