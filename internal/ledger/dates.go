package ledger

import (
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/ledger/internal/ledgerdb"
	"github.com/lottrail/lottrail/internal/pg"
)

// LastDay is the day that counts when a lot's time is judged: the expiry date, else
// the best-before date, nil if it has neither.
func (lot *Lot) LastDay() *time.Time {
	if lot.ExpiryDate != nil {
		return lot.ExpiryDate
	}
	return lot.BestBeforeDate
}

// Removed says whether a lot may not be shipped any more: the removal date is the last
// day on which it may. It may still be used here.
func (lot *Lot) Removed(day time.Time) bool {
	return lot.RemovalDate != nil && day.After(*lot.RemovalDate)
}

// dateColumns are the dates of lots as one array a column.
type dateColumns struct{ production, bestBefore, expiry, removal []*time.Time }

func (c *dateColumns) add(production, bestBefore, expiry, removal *time.Time) {
	c.production, c.bestBefore = append(c.production, production), append(c.bestBefore, bestBefore)
	c.expiry, c.removal = append(c.expiry, expiry), append(c.removal, removal)
}

// validateDates finds mistakes of the program: which dates a lot may have is for who
// changes them to judge.
func validateDates(op *Operation, locked Locked) error {
	if (op.Kind == KindDateChange) != (len(op.Dates) > 0) {
		return fmt.Errorf("ledger: %s with %d changes of dates", op.Kind, len(op.Dates))
	}
	changed := make(map[int64]bool, len(op.Dates))
	for _, d := range op.Dates {
		if locked[d.LotID] == nil || changed[d.LotID] {
			return fmt.Errorf("ledger: dates of lot %d, which is not locked or changed already", d.LotID)
		}
		changed[d.LotID] = true
	}
	return nil
}

// queueDates records what the dates were and became, and then changes them.
func queueDates(tx *pg.Tx, op *Operation, operationID int64, posted *Posted) {
	if len(op.Dates) == 0 {
		return
	}
	var c dateColumns
	var lotIDs []int64
	var retests []string
	at := make(map[int64]int, len(op.Dates))
	for i, d := range op.Dates {
		at[d.LotID] = i
		lotIDs, retests = append(lotIDs, d.LotID), append(retests, d.RetestReference)
		c.add(d.ProductionDate, d.BestBeforeDate, d.ExpiryDate, d.RemovalDate)
	}
	tx.Queue(ledgerdb.LotDateChangeInsert, tx.TenantID, operationID, lotIDs, c.production, c.bestBefore, c.expiry, c.removal, retests).
		Query(func(rows pgx.Rows) error {
			numbers := make([]int32, len(op.Dates))
			err := eachRow(rows, func(r ledgerdb.LotDateChangeInsertRow) { numbers[at[r.LotID]] = r.Number })
			if posted != nil {
				posted.DateChanges = numbers
			}
			return err
		})
	tx.Queue(ledgerdb.LotChangeDates, tx.TenantID, lotIDs, c.production, c.bestBefore, c.expiry, c.removal)
}
