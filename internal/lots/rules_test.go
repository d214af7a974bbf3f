package lots

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/ledger"
)

func TestCheckRelease(t *testing.T) {
	t.Parallel()
	text := func(s string) *string { return &s }
	lot := &ledger.LockedLot{SKU: "FLOUR", Lot: ledger.Lot{LotCode: "FL-1"}, Holds: []ledger.ActiveHold{{Number: 2, RecallID: 9}, {Number: 3}}}
	for _, c := range []struct {
		name       string
		number     int32
		caseNumber *string
		state      *string
		reason     string
	}{
		{"of nobody", 3, nil, nil, ""},
		{"of an active recall", 2, text("R-1"), text("active"), "HOLD_OF_RECALL"},
		{"of a closed recall", 2, text("R-1"), text("closed"), ""},
		{"of an active recall, released", 1, text("R-1"), text("active"), ""},
	} {
		err := checkRelease(c.number, lot, c.caseNumber, c.state)
		var refusal *errs.Error
		switch {
		case c.reason == "" && err != nil:
			t.Errorf("%s: refused: %v", c.name, err)
		case c.reason != "" && (!errors.As(err, &refusal) || refusal.Reason != c.reason || refusal.Violations[0].Path != "number" ||
			slices.ContainsFunc([]string{`hold 2 of lot "FL-1" of item "FLOUR"`, `recall "R-1"`, "DecideRecallLots"}, func(part string) bool {
				return !strings.Contains(err.Error(), part)
			})):
			t.Errorf("%s: %v, want %s", c.name, err, c.reason)
		}
	}
}
