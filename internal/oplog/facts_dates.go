package oplog

import (
	"github.com/jackc/pgx/v5"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/civil"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/queries"
)

// queueDates asks for what operations did about dates, behind a part.
func queueDates(batch *pgx.Batch, tenantID int64, ids []int64, behind part, each, all int, add func(operationID int64, f fact)) {
	after := behind.in(dated)
	batch.Queue(queries.LogListDateChange, ids, tenantID, after.first, after.second, each, all).Query(func(rows pgx.Rows) error {
		changes, err := pgx.CollectRows(rows, pgx.RowToAddrOfStructByPos[queries.LogListDateChangeRow])
		for _, c := range changes {
			add(c.OperationID, fact{at: part{dated, c.LotID, c.Number}, change: toDateFact(c)})
		}
		return err
	})
	after = behind.in(alerted)
	batch.Queue(queries.LogListExpiryAlert, ids, tenantID, after.first, each, all).Query(func(rows pgx.Rows) error {
		alerts, err := pgx.CollectRows(rows, pgx.RowToAddrOfStructByPos[queries.LogListExpiryAlertRow])
		for _, a := range alerts {
			add(a.OperationID, fact{at: part{alerted, a.LotID, 0}, alert: &lottrailv1.ExpiryFact{
				Lot: &lottrailv1.LotKey{Sku: a.SKU, LotCode: a.LotCode}, LastDay: civil.Format(&a.LastDay),
			}})
		}
		return err
	})
}

func toDateFact(r *queries.LogListDateChangeRow) *lottrailv1.DateFact {
	return &lottrailv1.DateFact{
		Lot:             &lottrailv1.LotKey{Sku: r.SKU, LotCode: r.LotCode},
		Number:          r.Number,
		Before:          pbtype.LotDates(r.OldProductionDate, r.OldBestBeforeDate, r.OldExpiryDate, r.OldRemovalDate),
		After:           pbtype.LotDates(r.NewProductionDate, r.NewBestBeforeDate, r.NewExpiryDate, r.NewRemovalDate),
		RetestReference: r.RetestReference,
	}
}
