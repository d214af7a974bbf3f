package ledger

import (
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/lottrail/lottrail/internal/ledger/internal/ledgerdb"
	"github.com/lottrail/lottrail/internal/pg"
)

// holdColumns are hold changes as one array a column.
type holdColumns struct {
	lotIDs, recallIDs, locationIDs []int64
	places, numbers                []int32
	reasons, codes                 []string
	untils                         []*time.Time
	at                             []int // index into the operation's holds
}

// queueHolds writes all hold changes of an operation, which Validate has seen to
// be possible, and the counts on the lots.
func queueHolds(tx *pg.Tx, op *Operation, operationID int64, posted *Posted) {
	if len(op.Holds) == 0 {
		return
	}
	posted.HoldNumbers = make([]int32, len(op.Holds))
	var placed, released holdColumns
	count, places := map[int64]int32{}, map[int64]int32{}
	for i, h := range op.Holds {
		if h.Release > 0 {
			count[h.LotID]--
			posted.HoldNumbers[i] = h.Release
			released.lotIDs = append(released.lotIDs, h.LotID)
			released.numbers = append(released.numbers, h.Release)
			continue
		}
		count[h.LotID]++
		places[h.LotID]++
		placed.lotIDs = append(placed.lotIDs, h.LotID)
		placed.places = append(placed.places, places[h.LotID])
		placed.locationIDs, placed.codes = append(placed.locationIDs, h.LocationID), append(placed.codes, string(h.Code))
		placed.untils = append(placed.untils, h.Until)
		placed.reasons = append(placed.reasons, h.Reason)
		placed.recallIDs = append(placed.recallIDs, h.RecallID)
		placed.at = append(placed.at, i)
	}
	queueHoldCounts(tx, count)
	queuePlaced(tx, operationID, placed, posted)
	queueReleased(tx, operationID, released)
}

func queueHoldCounts(tx *pg.Tx, count map[int64]int32) {
	var lotIDs []int64
	var changes []int32
	for lotID, change := range count {
		lotIDs = append(lotIDs, lotID)
		changes = append(changes, change)
	}
	tx.Queue(ledgerdb.LotChangeHoldCount, tx.TenantID, lotIDs, changes)
}

func queuePlaced(tx *pg.Tx, operationID int64, c holdColumns, posted *Posted) {
	if len(c.lotIDs) == 0 {
		return
	}
	tx.Queue(ledgerdb.HoldInsert, tx.TenantID, operationID, c.lotIDs, c.places, c.reasons, c.recallIDs, c.locationIDs, c.codes, c.untils).
		Query(func(rows pgx.Rows) error {
			numbers := make(map[int64][]int32, len(c.lotIDs)) // of a lot, in the order of their places
			err := eachRow(rows, func(r ledgerdb.HoldInsertRow) { numbers[r.LotID] = append(numbers[r.LotID], r.Number) })
			if err != nil {
				return err
			}
			for i, at := range c.at {
				of := numbers[c.lotIDs[i]]
				slices.Sort(of)
				posted.HoldNumbers[at] = of[c.places[i]-1]
			}
			return nil
		})
}

func queueReleased(tx *pg.Tx, operationID int64, c holdColumns) {
	if len(c.lotIDs) == 0 {
		return
	}
	tx.Queue(ledgerdb.HoldRelease, operationID, tx.TenantID, c.lotIDs, c.numbers).Exec(func(tag pgconn.CommandTag) error {
		if tag.RowsAffected() != int64(len(c.lotIDs)) {
			return fmt.Errorf("ledger: %d of %d holds released, though the lots were locked and validated", tag.RowsAffected(), len(c.lotIDs))
		}
		return nil
	})
}
