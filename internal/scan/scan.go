// Package scan tells what a scanned code means here: which item it names, which lot,
// what dates and how much. It is pure: whoever reads codes looks their items up.
package scan

import (
	"errors"
	"time"

	"github.com/lottrail/lottrail/internal/civil"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/gs1"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/resolve"
)

// MaxLength is how long the data of a code may be: no symbol holds as much.
const MaxLength = 8000

// Code is a code that was read.
type Code struct {
	gs1.Scan
	today time.Time
}

// Read reads the data of a code. path names the field that has it; today decides on the
// century of its dates. A code need not have everything in it, since a label may have
// several: see Incomplete.
//
// Errors: those of package gs1, such as GS1_CHECK_DIGIT, and GS1_EXCLUDED_AI for one that
// names two items.
func Read(path, data string, today time.Time) (*Code, error) {
	scan, err := gs1.ParseCarrier(data)
	if wrong := (*gs1.Error)(nil); errors.As(err, &wrong) {
		return nil, errs.Invalid(path, wrong.Reason, "at byte %d: %s; scan the label again, or give item and lot by their codes", wrong.Offset, wrong.Message)
	}
	if err != nil {
		return nil, err
	}
	if scan.GTIN() != "" && scan.ContentGTIN() != "" {
		return nil, errs.Invalid(path, gs1.ReasonExcludedAI, "it has the GTIN of an item (01) and one of what a logistic unit contains (02); scan the one that is meant")
	}
	return &Code{Scan: scan, today: today}, nil
}

// GTIN is that of the item itself, or of what a logistic unit contains; "" if there is
// none.
func (c *Code) GTIN() string {
	if gtin := c.Scan.GTIN(); gtin != "" {
		return gtin
	}
	return c.ContentGTIN()
}

// Incomplete says what of the code lacks something that GS1 wants beside it; nil if it is
// whole.
func (c *Code) Incomplete() *gs1.Error {
	var lacking *gs1.Error
	errors.As(gs1.CheckTogether(c.Elements), &lacking)
	return lacking
}

// Date is that of an AI as YYYY-MM-DD, "" if there is none.
func (c *Code) Date(ai string) string {
	day, ok := c.Elements.Date(ai, c.today)
	if !ok {
		return ""
	}
	return civil.Format(&day)
}

// LotCode is the lot code that the code has for an item: the serial of one that is
// tracked by serial, none of an untracked one, and else the lot number. Without an item
// it is the lot number.
func (c *Code) LotCode(item *resolve.Item) string {
	switch {
	case item == nil:
		return c.Lot()
	case item.Tracking == resolve.TrackingSerial:
		return c.Serial()
	case item.Tracking == resolve.TrackingNone:
		return ""
	}
	return c.Lot()
}

// Quantity is how much the code says there is of an item, whose GTIN stands for unit:
// its count, else a measure in a unit that the item has, or that the GTIN is of. Of an item
// that is weighed, what has a weight and no count is one of the unit: the GTIN is that of a
// piece whose weight is on it. ok says whether there is one.
func (c *Code) Quantity(item *resolve.Item, unit string) (value, of string, ok bool) {
	for _, count := range []string{c.Count(), c.VariableCount()} {
		if count != "" && unit != "" {
			return count, unit, true
		}
	}
	if _, _, weighed := c.Weight(item); weighed && unit != "" && c.Scan.GTIN() != "" {
		return "1", unit, true
	}
	for _, m := range c.Measures() {
		if m.Unit != "" && item.Has(m.Unit) && isNet(m.AI) {
			return trimmed(m.Quantity), m.Unit, true
		}
	}
	return "", "", false
}

// Weight is what the code says that an item weighs which is weighed: a net weight. ok
// says whether there is one.
func (c *Code) Weight(item *resolve.Item) (value, unit string, ok bool) {
	if !item.Weighed() {
		return "", "", false
	}
	for _, m := range c.Measures() {
		if qty.IsMass(m.Unit) && isNet(m.AI) {
			return trimmed(m.Quantity), m.Unit, true
		}
	}
	return "", "", false
}

// isNet tells measures of how much there is: weight, volume, length, area. Left out are
// widths, heights, and what is measured of a logistic unit with its packaging.
func isNet(ai string) bool {
	switch ai[:3] {
	case "310", "311", "314", "315", "316", "320", "321", "322", "323", "350", "351", "352", "356", "360", "361", "364", "365", "366":
		return true
	}
	return false
}

// trimmed has no zeros at its end behind the point: 12.500 KGM is 12.5, whatever decimals
// the item has.
func trimmed(value string) string {
	d, err := qty.Parse(value)
	if err != nil {
		return value
	}
	return d.String()
}
