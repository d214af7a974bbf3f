package oplog

import (
	"github.com/jackc/pgx/v5"
	"google.golang.org/protobuf/types/known/timestamppb"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/queries"
)

// queueReservations asks for what operations did to reservations, behind a part.
func queueReservations(batch *pgx.Batch, tenantID int64, ids []int64, behind part, each, all int, add func(operationID int64, f fact)) {
	after := behind.in(reserved)
	batch.Queue(queries.LogListReservation, ids, tenantID, after.first, each, all).Query(func(rows pgx.Rows) error {
		changes, err := pgx.CollectRows(rows, pgx.RowToAddrOfStructByPos[queries.LogListReservationRow])
		for _, c := range changes {
			add(c.OperationID, fact{at: part{reserved, c.Place, 0}, reserved: &lottrailv1.ReservationFact{
				Lot: &lottrailv1.LotKey{Sku: c.SKU, LotCode: c.LotCode}, Number: c.Number, LocationCode: c.LocationCode,
				SalesOrderCode: c.OrderCode, SalesOrderLineNumber: c.OrderLineNumber,
				Change: pbtype.Quantity(c.Quantity, c.BaseUnit), ExpiresAt: timestamppb.New(c.ExpiresAt),
			}})
		}
		return err
	})
}
