package rotation

import (
	"fmt"
	"strings"
	"time"

	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/qty"
)

// maxPassed is how many of the lots that were passed over are kept and told of.
const maxPassed = 5

// noLastDay stands for the last day of lots that have none.
var noLastDay = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// Stock is what can be taken of a lot at a location.
type Stock struct {
	LotID        int64
	LotCode      string
	LastDay      time.Time
	LocationID   int64
	LocationCode string
	Quantity     qty.Decimal // in the item's base unit
}

type stockKey struct{ lotID, locationID int64 }

// taking is a quantity of a lot that is about to be taken.
type taking struct {
	path     string // of the line
	sku, lot string
	unit     string
	lastDay  time.Time // noLastDay if there is none
	key      stockKey
	quantity qty.Decimal
	reason   string // given for taking it out of rotation
	enforced bool   // the item's FEFO
	earlier  []Stock
}

// Judgement is what is said of one taking.
type Judgement struct {
	// InRotation: no lot with an earlier last day could have been taken. What the same
	// operation takes of such a lot is not there to be taken.
	InRotation bool
	// Reason is the one given, whether it was needed or not.
	Reason string
	// Passed are the first of the lots that could have been taken.
	Passed []Stock
}

// judge judges takings that are made together. Their earlier stock is in the order of
// last days.
//
// Errors: OUT_OF_ROTATION, where that is enforced and no reason is given.
func judge(takings []taking) ([]Judgement, error) {
	taken := make(map[stockKey]qty.Decimal, len(takings))
	for i := range takings {
		taken[takings[i].key] = taken[takings[i].key].Add(takings[i].quantity)
	}
	judgements := make([]Judgement, len(takings))
	for i := range takings {
		t := &takings[i]
		passed := t.passedOver(taken)
		judgements[i] = Judgement{InRotation: len(passed) == 0, Reason: t.reason, Passed: passed}
		if len(passed) > 0 && t.enforced && t.reason == "" {
			return nil, t.refuse(passed)
		}
	}
	return judgements, nil
}

func (t *taking) passedOver(taken map[stockKey]qty.Decimal) []Stock {
	var passed []Stock
	for _, s := range t.earlier {
		if len(passed) == maxPassed || !s.LastDay.Before(t.lastDay) {
			break
		}
		if s.Quantity = s.Quantity.Sub(taken[stockKey{s.LotID, s.LocationID}]); s.Quantity.Sign() > 0 {
			passed = append(passed, s)
		}
	}
	return passed
}

func (t *taking) refuse(passed []Stock) error {
	var texts []string
	for _, s := range passed {
		texts = append(texts, fmt.Sprintf("lot %q (last day %s; %s %s at %q)", s.LotCode, s.LastDay.Format(time.DateOnly), s.Quantity, t.unit, s.LocationCode))
	}
	day := "no last day"
	if t.lastDay.Before(noLastDay) {
		day = "last day " + t.lastDay.Format(time.DateOnly)
	}
	return errs.Precondition(t.path+".out_of_rotation_reason", "OUT_OF_ROTATION", "lot %q of item %q (%s) is out of rotation: before it comes %s; take that first, or give out_of_rotation_reason",
		t.lot, t.sku, day, strings.Join(texts, ", "))
}
