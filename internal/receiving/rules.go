package receiving

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/resolve"
	"github.com/lottrail/lottrail/internal/shelflife"
)

// arrival is a line of a receipt with its keys resolved.
type arrival struct {
	path            string // lines[2]
	orderLine       int32
	item            *resolve.Item
	location        *resolve.Location
	day             time.Time // of the receipt, at the site of the location
	lotCode         string    // of an inferred lot, for an untracked item
	supplierLotCode string
	dates           shelflife.Dates // as given
	quantity        qty.Decimal     // in the item's base unit
	weight          qty.Decimal     // in the item's weight unit; 0 if it has none
	entered         ledger.Entered
	addToExisting   bool
	cost            *cost
	temperature     *qty.Decimal
}

// cost is a price for one unit.
type cost struct {
	amount         qty.Decimal
	currency, unit string
}

// lotKey identifies a lot.
type lotKey struct {
	itemID  int64
	lotCode string
}

func (a *arrival) lot() lotKey { return lotKey{a.item.ItemID, a.lotCode} }

// supplier is whom an order was placed with.
type supplier struct {
	partyID int64
	code    string
}

// maxCodeLength is what every key in the API may have: a lot whose code were
// longer could not be named.
const maxCodeLength = 128

// inferredLotCode names the lot that stands for what an untracked item's line
// brought. A receipt code too long to leave room is cut, and made unique again.
func inferredLotCode(receiptCode string, lineNumber int) string {
	code := fmt.Sprintf("receipt %s line %d", receiptCode, lineNumber)
	if utf8.RuneCountInString(code) <= maxCodeLength {
		return code
	}
	sum := sha256.Sum256([]byte(receiptCode))
	return fmt.Sprintf("receipt %s…%s line %d", string([]rune(receiptCode)[:80]), hex.EncodeToString(sum[:8]), lineNumber)
}

// checkItem refuses a line that names another item than was ordered on its order line.
func checkItem(path, named, ordered, orderCode string, orderLine int32) error {
	if named == "" || named == ordered {
		return nil
	}
	return errs.Invalid(path+".sku", "ITEM_DIFFERS", "line %d of purchase order %q is for item %q, not %q; give the line of that item, or check what was scanned", orderLine, orderCode, ordered, named)
}

// checkSerial refuses a line that brings anything but one piece of an item
// tracked by serial.
func checkSerial(a *arrival) error {
	if a.item.Tracking != resolve.TrackingSerial || a.quantity.Cmp(qty.FromInt(1)) == 0 {
		return nil
	}
	return errs.Invalid(a.path+".quantity", "SERIAL_NOT_ONE", "item %q is tracked by serial, so each lot is 1 %s, not %s; give each piece a line with its own serial",
		a.item.SKU, a.item.BaseUnit, a.quantity)
}

// settle decides which lot each arrival belongs to: one of the existing ones,
// which are locked, or a new one, which it describes without an id. What is
// given must agree with an existing lot, and lines that bring the same new lot
// must agree with each other. Goods that arrive past their expiry date are taken
// in: they are in the house, and the ledger lets nobody use them.
//
// supplierCodes are the codes of the suppliers of the existing lots, for
// messages.
func settle(arrivals []*arrival, from supplier, existing map[lotKey]*ledger.LockedLot, supplierCodes map[int64]string) (map[lotKey]ledger.Lot, error) {
	lots := make(map[lotKey]ledger.Lot, len(arrivals))
	for _, a := range arrivals {
		if has := existing[a.lot()]; has != nil {
			if err := checkAdding(a, has.LotCode); err != nil {
				return nil, err
			}
			lots[a.lot()] = has.Lot
			continue
		}
		lot, repeated := lots[a.lot()]
		if repeated && a.item.Tracking == resolve.TrackingSerial {
			return nil, errs.Invalid(a.path+".lot_code", "SERIAL_REPEATED", "serial %q of item %q is in this receipt already; each piece needs its own", a.lotCode, a.item.SKU)
		}
		if !repeated {
			lot = ledger.Lot{LotCode: a.lotCode, Inferred: a.item.Tracking == resolve.TrackingNone, SupplierID: &from.partyID, SupplierLotCode: a.supplierLotCode}
		}
		// A date given on one line of a lot is that of the others too.
		lot.ProductionDate = firstGiven(lot.ProductionDate, a.dates.Production)
		lot.ExpiryDate = firstGiven(lot.ExpiryDate, a.dates.Expiry)
		lot.BestBeforeDate = firstGiven(lot.BestBeforeDate, a.dates.BestBefore)
		lot.RemovalDate = firstGiven(lot.RemovalDate, a.dates.Removal)
		lots[a.lot()] = lot
	}
	for _, a := range arrivals {
		if err := checkAgrees(a, lots[a.lot()], from, supplierCodes); err != nil {
			return nil, err
		}
	}
	return lots, completeNew(arrivals, existing, lots)
}

func firstGiven(has, given *time.Time) *time.Time {
	if has != nil {
		return has
	}
	return given
}

// completeNew adds the expiry dates of new lots. The line that gave a date
// stands for the lot, else its first line.
func completeNew(arrivals []*arrival, existing map[lotKey]*ledger.LockedLot, lots map[lotKey]ledger.Lot) error {
	speaker := make(map[lotKey]*arrival, len(lots))
	for _, a := range arrivals {
		s := speaker[a.lot()]
		if s == nil || (s.dates == shelflife.Dates{} && a.dates != shelflife.Dates{}) {
			speaker[a.lot()] = a
		}
	}
	for _, a := range arrivals {
		if existing[a.lot()] != nil || speaker[a.lot()] != a {
			continue
		}
		lot := lots[a.lot()]
		dates, err := shelflife.Complete(a.path, a.item, datesOf(lot), a.day)
		if err != nil {
			return err
		}
		lot.ExpiryDate = dates.Expiry // the others are as they were given
		lots[a.lot()] = lot
	}
	return nil
}

// checkAdding refuses to receive into a lot that exists, unless the line says so.
func checkAdding(a *arrival, lotCode string) error {
	if a.item.Tracking == resolve.TrackingSerial {
		return errs.Exists(a.path+".lot_code", "LOT_EXISTS", "item %q has a serial %q already; each piece needs its own", a.item.SKU, lotCode)
	}
	if !a.addToExisting {
		return errs.Exists(a.path+".lot_code", "LOT_EXISTS", "item %q has a lot %q already; set add_to_existing if this is more of it, else give it another lot code", a.item.SKU, lotCode)
	}
	return nil
}

// checkAgrees refuses to blend into a lot what is not the same: another
// supplier's, or of another supplier lot or date. A date that is left out is as
// the lot has it; a supplier lot code that is left out stands for none, since a
// supplier's lots are told apart by nothing else.
func checkAgrees(a *arrival, lot ledger.Lot, from supplier, supplierCodes map[int64]string) error {
	switch {
	case lot.SupplierID == nil:
		return errs.Precondition(a.path+".lot_code", "LOT_DIFFERS", "lot %q of item %q was produced here and not received from supplier %q; use another lot code for this supplier's goods",
			lot.LotCode, a.item.SKU, from.code)
	case *lot.SupplierID != from.partyID:
		return errs.Precondition(a.path+".lot_code", "LOT_DIFFERS", "lot %q of item %q is from supplier %q, not %q; use another lot code for this supplier's goods",
			lot.LotCode, a.item.SKU, supplierCodes[*lot.SupplierID], from.code)
	case lot.SupplierLotCode != a.supplierLotCode:
		return errs.Precondition(a.path+".supplier_lot_code", "LOT_DIFFERS", "lot %q of item %q has %s, not %s; use another lot code for another lot of the supplier",
			lot.LotCode, a.item.SKU, describeSupplierLot(lot.SupplierLotCode), describeSupplierLot(a.supplierLotCode))
	}
	return shelflife.Agree(a.path, lot.LotCode, datesOf(lot), a.dates)
}

func datesOf(lot ledger.Lot) shelflife.Dates {
	return shelflife.Dates{Production: lot.ProductionDate, BestBefore: lot.BestBeforeDate, Expiry: lot.ExpiryDate, Removal: lot.RemovalDate}
}

func describeSupplierLot(code string) string {
	if code == "" {
		return "no supplier lot code"
	}
	return fmt.Sprintf("supplier lot code %q", code)
}

// variance is ordered against received on one order line, in the item's base
// unit.
type variance struct {
	orderLine         int32
	ordered, received qty.Decimal
	baseUnit          string
}

// compare adds a receipt to what stands on the order lines before it, and
// returns those that it touched, in the order in which they stand.
func compare(before []variance, arrivals []*arrival) []variance {
	received := make(map[int32]qty.Decimal, len(before))
	for _, a := range arrivals {
		received[a.orderLine] = received[a.orderLine].Add(a.quantity)
	}
	var after []variance
	for _, v := range before {
		if now, touched := received[v.orderLine]; touched {
			v.received = v.received.Add(now)
			after = append(after, v)
		}
	}
	return after
}

// orderLine is a line of an order as pushed, resolved.
type orderLine struct {
	path     string // purchase_order.lines[2]
	number   int32
	item     *resolve.Item
	quantity qty.Decimal // in the item's base unit
}

// standingLine is a line of an order as it stands before a push.
type standingLine struct {
	number   int32
	sku      string
	received bool // whether something was received against it
}

// checkLineNumbers refuses an order that has a line twice.
func checkLineNumbers(lines []orderLine) error {
	first := make(map[int32]string, len(lines))
	for _, l := range lines {
		if path, repeated := first[l.number]; repeated {
			return errs.Invalid(l.path+".line_number", "DUPLICATE_LINE_NUMBER", "%d is the number of %s already; number each line differently", l.number, path)
		}
		first[l.number] = l.path
	}
	return nil
}

// checkChange refuses what would pull the ground from under receipts: dropping a
// line that has some, or changing its item or the supplier. Its quantity may
// change.
func checkChange(orderCode string, was, is supplier, standing []standingLine, pushed []orderLine) error {
	byNumber := make(map[int32]orderLine, len(pushed))
	for _, l := range pushed {
		byNumber[l.number] = l
	}
	for _, l := range standing {
		if !l.received {
			continue
		}
		now, kept := byNumber[l.number]
		switch {
		case is.partyID != was.partyID:
			return errs.Precondition("purchase_order.supplier_code", "LINE_IN_USE", "goods from supplier %q were received against line %d of purchase order %q; keep the supplier, and order from %q with another order",
				was.code, l.number, orderCode, is.code)
		case !kept:
			return errs.Precondition("purchase_order.lines", "LINE_IN_USE", "line %d of purchase order %q is left out, but goods were received against it; keep the line, with a lesser quantity if need be",
				l.number, orderCode)
		case now.item.SKU != l.sku:
			return errs.Precondition(now.path+".sku", "LINE_IN_USE", "item %q was received against line %d of purchase order %q; keep the item, and order %q on a new line",
				l.sku, l.number, orderCode, now.item.SKU)
		}
	}
	return nil
}
