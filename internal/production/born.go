package production

import (
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/mark"
)

// bearHeld places, in the operation that brings a run's lots into being, the holds of
// the recalls that have marked the run. Lots that are there already are held, for
// the activation held them or they were born so; the exception is one that was
// released. More is not added to it: what is put out now was not looked at when that
// was decided, and a recall holds a lot once. It gets a lot of its own.
func bearHeld(op *ledger.Operation, locked ledger.Locked, recalls []mark.Recall) error {
	for _, r := range recalls {
		for _, lot := range op.NewLots {
			op.Holds = append(op.Holds, r.Hold(lot.LotID))
		}
		for _, m := range op.Movements {
			if lot := locked[m.LotID]; lot != nil && mark.Active(lot, r.RecallID) == 0 {
				return errs.Precondition(m.Field+".lot_code", "LOT_RELEASED",
					"lot %q of item %q was released from recall %q, and what this run puts out now is held by it; give it a lot code of its own", lot.LotCode, lot.SKU, r.CaseNumber)
			}
		}
	}
	return nil
}
