package dispatch

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"google.golang.org/protobuf/types/known/timestamppb"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/page"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/resolve"
)

const defaultPageSize = 100

// reservationKey is where a page of reservations ended.
type reservationKey struct {
	ExpiresAt  time.Time
	LotID      int64
	Number     int32
	LocationID int64
}

// stateNames are the states as queries call them.
var stateNames = map[lottrailv1.ReservationState]string{
	lottrailv1.ReservationState_RESERVATION_STATE_ACTIVE:  "active",
	lottrailv1.ReservationState_RESERVATION_STATE_EXPIRED: "expired",
	lottrailv1.ReservationState_RESERVATION_STATE_ENDED:   "ended",
}

// ListReservations implements lottrailv1.DispatchServiceServer.
func (s *Service) ListReservations(ctx context.Context, req *lottrailv1.ListReservationsRequest) (*lottrailv1.ListReservationsResponse, error) {
	var after reservationKey
	view, err := reservationFields.Open(req, &after)
	if err != nil {
		return nil, err
	}
	if err := checkLotFilter(req.GetSku(), req.GetLotCode()); err != nil {
		return nil, err
	}
	size := page.Size(req.GetPageSize(), defaultPageSize)
	var rows []queries.ReservationListRow
	err = s.db.Read(ctx, func(tx *pg.Snapshot) error {
		asked, err := resolveReservations(ctx, tx, req)
		if err != nil {
			return err
		}
		asked.State, asked.RowLimit = stateNames[req.GetState()], size+1
		asked.AfterExpiresAt, asked.AfterLotID, asked.AfterNumber, asked.AfterLocationID = after.ExpiresAt, after.LotID, after.Number, after.LocationID
		rows, err = view.Over(tx).ReservationList(ctx, *asked)
		return err
	})
	if err != nil {
		return nil, err
	}
	rows, more := page.Cut(rows, size)
	resp := &lottrailv1.ListReservationsResponse{}
	for _, r := range rows {
		resp.Reservations = append(resp.Reservations, toReservation(r))
	}
	if more {
		last := rows[len(rows)-1]
		resp.NextPageToken, err = view.Token(req, len(rows)-1, reservationKey{last.ExpiresAt, last.LotID, last.Number, last.LocationID})
	}
	return resp, err
}

// resolveReservations finds which are asked for, and refuses what is not there: it must
// not look like what has none.
func resolveReservations(ctx context.Context, tx *pg.Snapshot, req *lottrailv1.ListReservationsRequest) (*queries.ReservationListParams, error) {
	asked := &queries.ReservationListParams{TenantID: auth.FromContext(ctx).TenantID}
	if code := req.GetSalesOrderCode(); code != "" {
		order, err := queries.New(tx).SalesOrderGet(ctx, queries.SalesOrderGetParams{TenantID: asked.TenantID, Code: code})
		if errors.Is(err, pgx.ErrNoRows) {
			return nil, resolve.UnknownSalesOrder("sales_order_code", code)
		}
		if err != nil {
			return nil, err
		}
		asked.SalesOrderID = order.SalesOrderID
	}
	if req.GetSku() != "" {
		var err error
		if asked.LotID, err = resolve.Lot(ctx, tx, asked.TenantID, resolve.LotKey{Path: "lot_code", SKU: req.GetSku(), LotCode: req.GetLotCode()}); err != nil {
			return nil, err
		}
	}
	if code := req.GetLocationCode(); code != "" {
		lookup := resolve.NewLookup(asked.TenantID)
		locations := lookup.Sources(resolve.Keys{{Path: "location_code", Value: code}})
		if err := lookup.Do(ctx, tx); err != nil {
			return nil, err
		}
		asked.LocationID = locations[code].LocationID
	}
	return asked, nil
}

func toReservation(r queries.ReservationListRow) *lottrailv1.Reservation {
	state := lottrailv1.ReservationState_RESERVATION_STATE_ACTIVE
	switch {
	case r.Quantity.IsZero():
		state = lottrailv1.ReservationState_RESERVATION_STATE_ENDED
	case r.Expired:
		state = lottrailv1.ReservationState_RESERVATION_STATE_EXPIRED
	}
	return &lottrailv1.Reservation{
		Lot: &lottrailv1.LotKey{Sku: r.SKU, LotCode: r.LotCode}, Number: r.Number, LocationCode: r.LocationCode,
		SalesOrderCode: r.OrderCode, SalesOrderLineNumber: r.OrderLineNumber, Quantity: pbtype.Quantity(r.Quantity, r.BaseUnit),
		ExpiresAt: timestamppb.New(r.ExpiresAt), State: state, ReservedBy: r.ReservedBy, ReservedAt: timestamppb.New(r.ReservedAt),
	}
}
