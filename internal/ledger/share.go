package ledger

import (
	"fmt"

	"github.com/lottrail/lottrail/internal/ledger/internal/ledgerdb"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/qty"
)

// queueShares writes what outputs state of their shares, if they do, and what of that is
// taken back. The movements have the ids given, in their order.
func queueShares(tx *pg.Tx, op *Operation, operationID int64, runID *int64, ids []int64) {
	var movementIDs, lotIDs []int64
	var shares []qty.Decimal
	for i, m := range op.Movements {
		if m.Share.Sign() != 0 {
			movementIDs, lotIDs, shares = append(movementIDs, ids[i]), append(lotIDs, m.LotID), append(shares, m.Share)
		}
	}
	if len(shares) > 0 {
		tx.Queue(ledgerdb.OutputShareInsert, tx.TenantID, *runID, operationID, movementIDs, lotIDs, shares)
	}
}

// validateShares finds shares of what is no output, and outputs of which some state one
// and some do not: mistakes of the program.
func validateShares(op *Operation) error {
	kind := op.Kind
	if op.Reverses != nil {
		kind = op.Reverses.Kind
	}
	for _, m := range op.Movements {
		stated := m.Share.Sign()
		if stated != 0 && (kind != KindOutput || stated != m.Quantity.Sign()) || (stated != 0) != (op.Movements[0].Share.Sign() != 0) {
			return fmt.Errorf("ledger: %s of %s of lot %d with a share of %s", kind, m.Quantity, m.LotID, m.Share)
		}
	}
	return nil
}
