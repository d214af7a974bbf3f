package dispatch

import (
	"context"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/command"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/resolve"
)

// ReleaseReservations implements lottrailv1.DispatchServiceServer.
func (s *Service) ReleaseReservations(ctx context.Context, req *lottrailv1.ReleaseReservationsRequest) (*lottrailv1.ReleaseReservationsResponse, error) {
	return command.Run(ctx, s.db, req, func(ctx context.Context, tx *pg.Tx) (*lottrailv1.ReleaseReservationsResponse, error) {
		op := &ledger.Operation{Kind: ledger.KindReservationRelease, OccurredAt: time.Now(), Reason: req.GetReason()}
		locked, codes, err := lockReleased(ctx, tx, req.GetLines(), op)
		if err != nil {
			return nil, err
		}
		posted, err := ledger.Post(ctx, tx, locked, op)
		if err != nil {
			return nil, err
		}
		return toReleased(ctx, tx, posted, locked, codes)
	})
}

// lockReleased finds what is to be given back and locks the lots. codes are those of
// locations that were named, by their ids.
func lockReleased(ctx context.Context, tx *pg.Tx, lines []*lottrailv1.ReleaseReservationLine, op *ledger.Operation) (locked ledger.Locked, codes map[int64]string, err error) {
	var skus, places resolve.Keys
	var keys []resolve.LotKey
	for i, l := range lines {
		path := pbtype.Line(i)
		skus = append(skus, resolve.Key{Path: path + ".sku", Value: l.GetSku()})
		keys = append(keys, resolve.LotKey{Path: path + ".lot_code", SKU: l.GetSku(), LotCode: l.GetLotCode()})
		if code := l.GetLocationCode(); code != "" {
			places = append(places, resolve.Key{Path: path + ".location_code", Value: code})
		}
	}
	lookup := resolve.NewLookup(tx.TenantID)
	items, locations := lookup.Items(skus), lookup.Sources(places)
	locked, lots := lookup.LockLots(ctx, tx, keys)
	if err := lookup.Do(ctx, tx); err != nil {
		return nil, nil, err
	}
	codes = map[int64]string{}
	for _, place := range locations {
		codes[place.LocationID] = place.Code
	}
	for i, l := range lines {
		id, ok := lots[resolve.LotName{SKU: l.GetSku(), LotCode: l.GetLotCode()}]
		if !ok {
			return nil, nil, resolve.UnknownLot(keys[i])
		}
		u := ledger.Unreserve{Field: pbtype.Line(i), LotID: id, Number: l.GetNumber()}
		if code := l.GetLocationCode(); code != "" {
			u.LocationID = locations[code].LocationID
		}
		if u.Quantity, err = quantityOf(items[l.GetSku()], pbtype.Line(i)+".quantity", l.GetQuantity()); err != nil {
			return nil, nil, err
		}
		if l.GetNumber() > locked[id].ReservationCount {
			return nil, nil, errs.NotFound(pbtype.Line(i)+".number", "UNKNOWN_RESERVATION", "lot %q of item %q has no reservation %d; list its reservations to see which there are",
				l.GetLotCode(), l.GetSku(), l.GetNumber())
		}
		op.Unreserves = append(op.Unreserves, u)
	}
	return locked, codes, nil
}

// quantityOf is a quantity in the base unit, nil if none was given.
func quantityOf(item *resolve.Item, path string, asked *lottrailv1.Quantity) (*qty.Decimal, error) {
	if asked == nil {
		return nil, nil
	}
	base, _, err := item.Quantity(path, asked.GetValue(), asked.GetUnit())
	return &base, err
}

// toReleased tells of what became free. Where it is, the ledger knows by id.
func toReleased(ctx context.Context, tx *pg.Tx, posted *ledger.Posted, locked ledger.Locked, codes map[int64]string) (*lottrailv1.ReleaseReservationsResponse, error) {
	var unknown []int64
	for _, change := range posted.Reservations {
		if codes[change.LocationID] == "" {
			unknown = append(unknown, change.LocationID)
		}
	}
	if len(unknown) > 0 {
		rows, err := queries.New(tx).ReservationListPlace(ctx, queries.ReservationListPlaceParams{TenantID: tx.TenantID, LocationIds: unknown})
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			codes[r.LocationID] = r.Code
		}
	}
	resp := &lottrailv1.ReleaseReservationsResponse{}
	for _, change := range posted.Reservations {
		lot := locked[change.LotID]
		resp.Released = append(resp.Released, &lottrailv1.ReservationFact{
			Lot: &lottrailv1.LotKey{Sku: lot.SKU, LotCode: lot.LotCode}, Number: change.Number, LocationCode: codes[change.LocationID],
			SalesOrderCode: change.For.OrderCode, SalesOrderLineNumber: change.For.Number,
			Change: pbtype.Quantity(change.Quantity, lot.BaseUnit), ExpiresAt: timestamppb.New(change.ExpiresAt),
		})
	}
	return resp, nil
}
