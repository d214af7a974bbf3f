package lots

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lottrail/lottrail/internal/draw"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/resolve"
)

// What can happen to stock that is adjusted or scrapped.
const (
	wayFound    = "found"
	wayMissed   = "missed"
	wayScrapped = "scrapped"
)

// reasonWays are what each reason code is good for: nothing is found by theft.
var reasonWays = map[string][]string{
	"damage":           {wayMissed, wayScrapped},
	"spoilage":         {wayMissed, wayScrapped},
	"expired":          {wayMissed, wayScrapped},
	"contamination":    {wayMissed, wayScrapped},
	"quality":          {wayMissed, wayScrapped},
	"recall":           {wayScrapped},
	"theft":            {wayMissed},
	"lost":             {wayMissed},
	"found":            {wayFound},
	"miscount":         {wayFound, wayMissed},
	"count":            {wayFound, wayMissed},
	"receiving_error":  {wayFound, wayMissed},
	"shipping_error":   {wayFound, wayMissed},
	"production_error": {wayFound, wayMissed},
	"entry_error":      {wayFound, wayMissed},
	"measurement":      {wayFound, wayMissed},
	"natural_loss":     {wayMissed},
	"sample":           {wayMissed},
	"internal_use":     {wayMissed},
	"donation":         {wayMissed},
	"obsolete":         {wayScrapped},
	"other":            {wayFound, wayMissed, wayScrapped},
}

// checkReason refuses a reason that cannot be one for what happened.
func (a *adjustment) checkReason() error {
	for _, l := range a.lines {
		way := wayMissed
		switch {
		case l.Found:
			way = wayFound
		case a.kind == ledger.KindScrap:
			way = wayScrapped
		}
		if !slices.Contains(reasonWays[a.reasonCode], way) {
			return errs.Invalid("reason_code", "REASON_NOT_FOR_THIS", "%s is no reason for what was %s, as %s was; use one of %s",
				a.reasonCode, way, l.Path, strings.Join(reasonsFor(way), ", "))
		}
	}
	return nil
}

// reasonsFor are the codes that are good for something.
func reasonsFor(way string) []string {
	var codes []string
	for code, ways := range reasonWays {
		if slices.Contains(ways, way) {
			codes = append(codes, code)
		}
	}
	slices.Sort(codes)
	return codes
}

// itemSum is how much of an item is adjusted or scrapped.
type itemSum struct {
	item     *resolve.Item
	quantity qty.Decimal
}

// sumByItem adds up whatever the direction, in the order of the lines: neither several
// lines nor one that is made up for by another take less approval.
func sumByItem(takings []draw.Taking) []itemSum {
	var sums []itemSum
	for _, t := range takings {
		i := slices.IndexFunc(sums, func(s itemSum) bool { return s.item.ItemID == t.Item.ItemID })
		if i < 0 {
			i, sums = len(sums), append(sums, itemSum{item: t.Item})
		}
		sums[i].quantity = sums[i].quantity.Add(t.Quantity)
	}
	return sums
}

// checkApproved sees to it that a second one approved of what is more than one alone may
// adjust, and that whoever approved is a second one. most is by item id; items that are
// missing in it need no approval.
func checkApproved(sums []itemSum, most map[int64]qty.Decimal, approvedBy, principal string) error {
	for _, s := range sums {
		limit, limited := most[s.item.ItemID]
		if limited && s.quantity.Cmp(limit) > 0 && (approvedBy == "" || approvedBy == principal) {
			return errs.Precondition("approved_by", "APPROVAL_REQUIRED", "%s %s of item %q are more than %s, which %q may adjust or scrap alone; have somebody else approve and name them in approved_by",
				s.quantity, s.item.BaseUnit, s.item.SKU, limit, principal)
		}
	}
	if approvedBy != "" && approvedBy == principal {
		return errs.Invalid("approved_by", "APPROVED_BY_CALLER", "%q records it, and so cannot approve of it; name somebody else, or nobody", principal)
	}
	return nil
}

// checkSerials refuses to find a piece that the records have already: there is one of
// each serial.
func checkSerials(takings []draw.Taking) error {
	for _, t := range takings {
		if doubledSerial(t, takings) {
			return errs.Precondition(fmt.Sprintf("lines[%d]", t.Line), "SERIAL_ON_HAND", "%q of item %q is tracked by serial, and there would be more than one of it; locate it and move it here instead, or record as missed what is not there",
				t.Lot.LotCode, t.Item.SKU)
		}
	}
	return nil
}

// doubledSerial says whether what is found is a piece that is somewhere else when all
// is done.
func doubledSerial(t draw.Taking, takings []draw.Taking) bool {
	return t.Found && t.Item.Tracking == resolve.TrackingSerial && onHandAfter(t.Lot, takings).Cmp(qty.FromInt(1)) > 0
}

// onHandAfter is how much of a lot there is over all locations when all is done.
func onHandAfter(lot *ledger.LockedLot, takings []draw.Taking) qty.Decimal {
	var sum qty.Decimal
	for _, quantity := range lot.OnHand {
		sum = sum.Add(quantity)
	}
	for _, t := range takings {
		switch {
		case t.Lot.LotID != lot.LotID:
		case t.Found:
			sum = sum.Add(t.Quantity)
		default:
			sum = sum.Sub(t.Quantity)
		}
	}
	return sum
}
