// Package mark is what a recall that is active leaves on lots and runs: a hold on
// each lot that is affected, and a mark on each run, whose outputs are born held.
// A recall places them, production heeds them.
package mark

import (
	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
)

// Classes of recalls, as they are stored.
const (
	Class1     = "1"
	Class2     = "2"
	Class3     = "3"
	Withdrawal = "withdrawal"
)

// Recall is a case, as far as its holds tell of it.
type Recall struct {
	RecallID   int64
	CaseNumber string
	Class      string
	Reason     string
}

// Hold is the hold that the recall places on a lot. Whoever is stopped by it reads
// which case it is, how grave, and why.
func (r Recall) Hold(lotID int64) ledger.HoldChange {
	return ledger.HoldChange{LotID: lotID, Code: ledger.HoldRecall, Reason: r.describe(), RecallID: r.RecallID}
}

func (r Recall) describe() string {
	class := r.Class
	if class != Withdrawal {
		class = "class " + class
	}
	return "recall " + r.CaseNumber + " (" + class + "): " + r.Reason
}

// QueueOfRun queues the question which active recalls have marked a run. Whoever
// queues the run's lock before it has an answer that stays true until the
// transaction ends: an activation locks the runs that it marks, and a case is not
// closed before they are finished.
func QueueOfRun(tx *pg.Tx, orderCode, runCode string) *[]Recall {
	recalls := &[]Recall{}
	tx.Queue(queries.RecallListOfRun, tx.TenantID, orderCode, runCode).Query(func(rows pgx.Rows) (err error) {
		*recalls, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Recall])
		return err
	})
	return recalls
}

// Active returns the number of the hold that a recall has on a lot, which is
// locked, or 0: it never placed one, or that was released.
func Active(lot *ledger.LockedLot, recallID int64) int32 {
	for _, hold := range lot.Holds {
		if hold.RecallID == recallID {
			return hold.Number
		}
	}
	return 0
}
