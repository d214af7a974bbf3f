package production

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/resolve"
	"github.com/lottrail/lottrail/internal/shelflife"
)

func checkOpen(orderCode, runCode string, finishedAt *time.Time) error {
	if finishedAt == nil {
		return nil
	}
	return errs.Precondition("run_code", "RUN_FINISHED", "run %q of production order %q was finished at %s and takes nothing more; start another run, or take the finish back with ReverseOperation",
		runCode, orderCode, finishedAt.UTC().Format(time.RFC3339))
}

// finishTime refuses a finish that was told to lie before the start. One that
// was not told, and so is now, may be a moment early by another clock.
func finishTime(startedAt, finishedAt time.Time, told bool) (time.Time, error) {
	if !finishedAt.Before(startedAt) {
		return finishedAt, nil
	}
	if told {
		return finishedAt, errs.Invalid("finished_at", "FINISHED_BEFORE_STARTED", "%s is before the start at %s; check the time",
			finishedAt.UTC().Format(time.RFC3339), startedAt.UTC().Format(time.RFC3339))
	}
	return startedAt, nil
}

// checkOutput decides whether a line may be put out into a lot. has is the lot
// if it exists: then it must be one of this run, since a lot that came about
// otherwise would get ancestors that it never had.
func checkOutput(path string, item *resolve.Item, quantity qty.Decimal, runID int64, has *ledger.Lot, given shelflife.Dates) error {
	if item.Tracking == resolve.TrackingSerial {
		if quantity.Cmp(qty.FromInt(1)) != 0 {
			return errs.Invalid(path+".quantity", "SERIAL_NOT_ONE", "item %q is tracked by serial, so each lot is 1 %s, not %s; give each piece a line with its own serial",
				item.SKU, item.BaseUnit, quantity)
		}
		if has != nil {
			return errs.Exists(path+".lot_code", "LOT_EXISTS", "item %q has a serial %q already; each piece needs its own", item.SKU, has.LotCode)
		}
	}
	if has == nil {
		return nil
	}
	if has.RunID == nil || *has.RunID != runID {
		return errs.Exists(path+".lot_code", "LOT_EXISTS", "item %q has a lot %q that this run did not make; choose another code, since a lot has one origin", item.SKU, has.LotCode)
	}
	return shelflife.Agree(path, has.LotCode, shelflife.Dates{
		Production: has.ProductionDate, BestBefore: has.BestBeforeDate, Expiry: has.ExpiryDate, Removal: has.RemovalDate,
	}, given)
}

// statedShares says whether the lines of an output state shares: all of them do, or none.
func statedShares(lines []output) (bool, error) {
	stated := slices.ContainsFunc(lines, func(l output) bool { return l.share.Sign() > 0 })
	for _, l := range lines {
		if stated && l.share.IsZero() {
			return false, errs.Invalid(l.path+".share", "SHARE_MISSING", "other lines state a share of the run's content, and this one does not; state one for each line, or for none")
		}
	}
	return stated, nil
}

// agreeOnShares refuses lines that state shares where what the run has put out before
// states none, or the other way round: nobody could tell how they divide the run. before
// is the share of one of the lots that it has put out.
func agreeOnShares(stated bool, sku, lotCode string, before qty.Decimal) error {
	switch {
	case stated && before.IsZero():
		return errs.Precondition("lines[0].share", "SHARE_NOT_ALLOWED", "the run has put out lot %q of item %q without a share; leave the shares out, or take back with ReverseOperation what it has put out, and record it again with shares",
			lotCode, sku)
	case !stated && !before.IsZero():
		return errs.Precondition("lines[0].share", "SHARE_MISSING", "the run has put out lot %q of item %q with a share of %s; state the share of each line beside that",
			lotCode, sku, before)
	}
	return nil
}

// maxCodeLength is what every key in the API may have: a lot whose code were
// longer could not be named.
const maxCodeLength = 128

// inferredLotCode names the lot that stands for what a run put out of an
// untracked item. Codes that are too long together, or that could be read as
// those of another run, get what tells them apart: two runs must not become one
// lot.
func inferredLotCode(orderCode, runCode string) string {
	const of = " of "
	code := "run " + runCode + of + orderCode
	ambiguous := strings.Contains(" "+runCode+" ", of) || strings.Contains(" "+orderCode+" ", of)
	if !ambiguous && utf8.RuneCountInString(code) <= maxCodeLength {
		return code
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q", orderCode, runCode))
	runes := []rune(code)
	return string(runes[:min(len(runes), 80)]) + "…" + hex.EncodeToString(sum[:8])
}
