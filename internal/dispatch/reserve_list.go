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
	if _, err := page.Decode(req, &after); err != nil {
		return nil, err
	}
	if err := checkLotFilter(req.GetSku(), req.GetLotCode()); err != nil {
		return nil, err
	}
	size := page.Size(req.GetPageSize(), defaultPageSize)
	var rows []queries.ReservationListAllRow
	err := s.db.Read(ctx, func(tx *pg.Snapshot) error {
		filter, err := resolveReservations(ctx, tx, req)
		if err != nil {
			return err
		}
		filter.ReservationListAllParams = queries.ReservationListAllParams{
			TenantID: filter.TenantID, State: stateNames[req.GetState()], RowLimit: size + 1,
			AfterExpiresAt: after.ExpiresAt, AfterLotID: after.LotID, AfterNumber: after.Number, AfterLocationID: after.LocationID,
		}
		rows, err = filter.list(ctx, queries.New(tx))
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
		resp.NextPageToken, err = page.Encode(req, reservationKey{last.ExpiresAt, last.LotID, last.Number, last.LocationID})
	}
	return resp, err
}

// reservationFilter is which reservations are asked for; ids are 0 where all are.
type reservationFilter struct {
	queries.ReservationListAllParams
	orderID, lotID, locationID int64
}

// resolveReservations refuses what is not there: it must not look like what has none.
func resolveReservations(ctx context.Context, tx *pg.Snapshot, req *lottrailv1.ListReservationsRequest) (*reservationFilter, error) {
	f := &reservationFilter{}
	f.TenantID = auth.FromContext(ctx).TenantID
	if code := req.GetSalesOrderCode(); code != "" {
		order, err := queries.New(tx).SalesOrderGet(ctx, queries.SalesOrderGetParams{TenantID: f.TenantID, Code: code})
		if errors.Is(err, pgx.ErrNoRows) {
			return nil, resolve.UnknownSalesOrder("sales_order_code", code)
		}
		if err != nil {
			return nil, err
		}
		f.orderID = order.SalesOrderID
	}
	if req.GetSku() != "" {
		var err error
		if f.lotID, err = resolve.Lot(ctx, tx, f.TenantID, resolve.LotKey{Path: "lot_code", SKU: req.GetSku(), LotCode: req.GetLotCode()}); err != nil {
			return nil, err
		}
	}
	if code := req.GetLocationCode(); code != "" {
		lookup := resolve.NewLookup(f.TenantID)
		locations := lookup.Sources(resolve.Keys{{Path: "location_code", Value: code}})
		if err := lookup.Do(ctx, tx); err != nil {
			return nil, err
		}
		f.locationID = locations[code].LocationID
	}
	return f, nil
}

// list asks by what leaves the fewest.
func (f *reservationFilter) list(ctx context.Context, q *queries.Queries) ([]queries.ReservationListAllRow, error) {
	all := f.ReservationListAllParams
	switch {
	case f.orderID != 0:
		rows, err := q.ReservationListByOrder(ctx, queries.ReservationListByOrderParams{
			TenantID: all.TenantID, SalesOrderID: f.orderID, LotID: f.lotID, LocationID: f.locationID, State: all.State, RowLimit: all.RowLimit,
			AfterExpiresAt: all.AfterExpiresAt, AfterLotID: all.AfterLotID, AfterNumber: all.AfterNumber, AfterLocationID: all.AfterLocationID,
		})
		return convertRows(rows, func(r queries.ReservationListByOrderRow) queries.ReservationListAllRow {
			return queries.ReservationListAllRow(r)
		}), err
	case f.lotID != 0:
		rows, err := q.ReservationListByLot(ctx, queries.ReservationListByLotParams{
			TenantID: all.TenantID, LotID: f.lotID, LocationID: f.locationID, State: all.State, RowLimit: all.RowLimit,
			AfterExpiresAt: all.AfterExpiresAt, AfterLotID: all.AfterLotID, AfterNumber: all.AfterNumber, AfterLocationID: all.AfterLocationID,
		})
		return convertRows(rows, func(r queries.ReservationListByLotRow) queries.ReservationListAllRow {
			return queries.ReservationListAllRow(r)
		}), err
	case f.locationID != 0:
		rows, err := q.ReservationListByLocation(ctx, queries.ReservationListByLocationParams{
			TenantID: all.TenantID, LocationID: f.locationID, State: all.State, RowLimit: all.RowLimit,
			AfterExpiresAt: all.AfterExpiresAt, AfterLotID: all.AfterLotID, AfterNumber: all.AfterNumber, AfterLocationID: all.AfterLocationID,
		})
		return convertRows(rows, func(r queries.ReservationListByLocationRow) queries.ReservationListAllRow {
			return queries.ReservationListAllRow(r)
		}), err
	}
	return q.ReservationListAll(ctx, all)
}

func convertRows[From any](rows []From, to func(From) queries.ReservationListAllRow) []queries.ReservationListAllRow {
	converted := make([]queries.ReservationListAllRow, len(rows))
	for i := range rows {
		converted[i] = to(rows[i])
	}
	return converted
}

func toReservation(r queries.ReservationListAllRow) *lottrailv1.Reservation {
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
