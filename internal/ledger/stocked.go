package ledger

import (
	"maps"
	"slices"

	"github.com/lottrail/lottrail/internal/ledger/internal/ledgerdb"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/qty"
)

// queueStocked says of lots whether there is anything left of them, where an operation
// takes the last or brings the first again. New lots are born with some.
func queueStocked(tx *pg.Tx, op *Operation, locked Locked) {
	became := stockedChanges(op, locked)
	if len(became) == 0 {
		return
	}
	ids := slices.Sorted(maps.Keys(became))
	stocked := make([]bool, len(ids))
	for i, id := range ids {
		stocked[i] = became[id]
	}
	tx.Queue(ledgerdb.LotChangeStocked, tx.TenantID, ids, stocked)
}

// stockedChanges are the lots of which an operation leaves nothing at any real
// location (false), and those of which there was nothing before it (true).
func stockedChanges(op *Operation, locked Locked) map[int64]bool {
	change := make(map[int64]qty.Decimal, len(op.Movements))
	for key, net := range netByBalance(op.Movements) {
		change[key.lotID] = change[key.lotID].Add(net)
	}
	became := map[int64]bool{}
	for id, net := range change {
		lot := locked[id]
		if lot == nil || net.IsZero() {
			continue
		}
		var before qty.Decimal
		for _, onHand := range lot.OnHand {
			before = before.Add(onHand)
		}
		if after := before.Add(net); before.IsZero() != after.IsZero() {
			became[id] = !after.IsZero()
		}
	}
	return became
}
