// Package ledger is the heart: the only writer of operations, movements, lots,
// balances and holds.
//
// Invariants that it keeps:
//
//   - A quantity of a lot changes only by a movement, from one location to
//     another; the worlds outside are virtual locations, so nothing appears or
//     vanishes.
//   - balance(lot, location) = sum of movements in less sum of movements out,
//     and is never below zero at a real location.
//   - Of an item that is weighed, each quantity has its weight, which moves with it: so
//     the same holds of weights, and there is some as long as there is some of the lot.
//   - Operations and movements are only ever added.
//   - Operations are taken back by reversals, each once and as a whole.
//   - A held or expired lot is neither consumed nor shipped. Whoever posts has
//     the lot rows locked, so a hold either precedes a shipment, which is then
//     refused, or follows it.
//   - What is reserved of a lot at a location, and has not expired, is on hand there.
//     Nobody consumes or ships what is reserved for somebody else.
//
// Locks are taken in the order document, run, lots, balances, each set sorted.
// A caller locks its document and its run first, then calls Lock with all lots,
// decides, and calls Post.
package ledger

import (
	"time"

	"github.com/lottrail/lottrail/internal/qty"
)

// Virtual locations: the worlds outside, with the same ids in every tenant.
const (
	Supplier   int64 = 1
	Customer   int64 = 2
	Production int64 = 3
	Scrap      int64 = 4
	Adjustment int64 = 5

	// virtualEnd is the first id that is no virtual location's.
	virtualEnd int64 = 1000
)

// Virtual says whether a location is a world outside, which has no balances.
func Virtual(locationID int64) bool { return locationID < virtualEnd }

// Kind is what an operation is, and with it what its movements are.
type Kind string

// The kinds of operation. The first seven move stock; the others change what
// stock means. An output of a run that a recall has marked places holds, too. A
// reversal takes one of the first seven back, or the finish of a run.
const (
	KindReceipt     Kind = "receipt"
	KindTransfer    Kind = "transfer"
	KindConsumption Kind = "consumption"
	KindOutput      Kind = "output"
	KindShipment    Kind = "shipment"
	KindAdjustment  Kind = "adjustment"
	KindScrap       Kind = "scrap"
	KindReversal    Kind = "reversal"
	KindRunStart    Kind = "run_start"
	KindRunFinish   Kind = "run_finish"
	KindHold        Kind = "hold"
	KindRelease     Kind = "release"
	KindDateChange  Kind = "date_change"
	KindExpiryAlert Kind = "expiry_alert"

	KindReservation        Kind = "reservation"
	KindReservationRelease Kind = "reservation_release"

	KindRecallOpen       Kind = "recall_open"
	KindRecallActivation Kind = "recall_activation"
	KindRecallKeep       Kind = "recall_keep"
	KindRecallClose      Kind = "recall_close"
)

// Document is what an operation belongs to; at most one is set, and none by a
// transfer, an adjustment, a reversal, or a hold that is not of a recall.
type Document struct {
	ReceiptID  *int64
	RunID      *int64
	ShipmentID *int64
	RecallID   *int64
}

// Operation is one business event, posted atomically.
type Operation struct {
	Kind       Kind
	OccurredAt time.Time
	Reason     string
	Document   Document
	NewLots    []NewLot
	Movements  []Movement
	Holds      []HoldChange
	Dates      []DateChange
	Reserves   []Reserve
	Unreserves []Unreserve
	// Reverses is what a reversal takes back, nil for all others.
	Reverses *Reversed
}

// Reversed is the operation that a reversal takes back.
type Reversed struct {
	OperationID int64
	Kind        Kind
	// RunID is the run of its movements, nil if they have none.
	RunID *int64
}

// NewLot is a lot that an operation brings into being. It was bought from a
// supplier or made by a run, never both and never neither.
type NewLot struct {
	LotID  int64
	ItemID int64
	// WeightUnit is what the item is weighed in, empty if it is not.
	WeightUnit string
	Lot
}

// Lot is what makes a lot what it is.
type Lot struct {
	LotCode         string
	Inferred        bool
	SupplierID      *int64
	SupplierLotCode string
	RunID           *int64
	ProductionDate  *time.Time
	BestBeforeDate  *time.Time
	ExpiryDate      *time.Time
	RemovalDate     *time.Time
}

// Place is one end of a movement. Code is for messages.
type Place struct {
	LocationID int64
	Code       string
}

// Movement is a quantity of one lot on its way from one location to another. A
// reversal has those of what it takes back, each with its quantity below zero: so the
// sum over both is what really moved, whoever sums.
type Movement struct {
	// Field is the path in the request, for messages: lines[2].
	Field    string
	LotID    int64
	Quantity qty.Decimal // in the item's base unit
	// Weight is in the item's weight unit, and 0 if it has none.
	Weight qty.Decimal
	// Share is what part of the run's content an output is, beside the run's other
	// outputs, if that was stated: all outputs of a run do, or none does, and whoever
	// posts them has the run locked and sees to it. 0 if it was not.
	Share    qty.Decimal
	From, To Place
	// Day is the date at the site when it happened: expiry is judged by it.
	Day time.Time
	// For is the line of an order that it is made for: it uses up, or takes along, what
	// is reserved for that line first.
	For            OrderLine
	ReceiptLineID  int64 // 0 if none
	ShipmentLineID int64 // 0 if none
	Entered        Entered
	// Takes is what a movement of a reversal takes back, nil for all others.
	Takes *Taken
}

// Taken is a movement that is reversed.
type Taken struct {
	MovementID int64
	Kind       Kind
}

// Entered is a quantity as the caller gave it.
type Entered struct {
	Value qty.Decimal
	Unit  string
}

// HoldChange places a hold on a lot (Release 0) or releases the hold of that
// number.
type HoldChange struct {
	LotID   int64
	Release int32
	// LocationID is the location that the hold is on what lies there, 0 for all of
	// the lot.
	LocationID int64
	Code       HoldCode
	// Reason is why it is placed. Why it is released is the operation's reason.
	Reason string
	// Until is when it is to be decided, nil if nobody said. The hold stands until it
	// is released.
	Until *time.Time
	// RecallID is the recall that the hold is part of, 0 if none. A recall holds a
	// lot once, and all of it.
	RecallID int64
}

// HoldCode is why, from a list.
type HoldCode string

// The reasons of holds. What has none was placed without one.
const (
	HoldInspection     HoldCode = "inspection"
	HoldQuality        HoldCode = "quality"
	HoldDamage         HoldCode = "damage"
	HoldTemperature    HoldCode = "temperature"
	HoldLabel          HoldCode = "label"
	HoldSupplierNotice HoldCode = "supplier_notice"
	HoldComplaint      HoldCode = "complaint"
	HoldRegulatory     HoldCode = "regulatory"
	HoldDocuments      HoldCode = "documents"
	HoldExpiry         HoldCode = "expiry"
	HoldRecall         HoldCode = "recall"
	HoldOther          HoldCode = "other"
)

// DateChange gives a lot other dates. They are all of its dates: what is nil, it does
// not have any more.
type DateChange struct {
	LotID           int64
	ProductionDate  *time.Time
	BestBeforeDate  *time.Time
	ExpiryDate      *time.Time
	RemovalDate     *time.Time
	RetestReference string
}

// Posted is what Post recorded.
type Posted struct {
	OperationID int64
	RecordedAt  time.Time
	// MovementIDs are those of the operation's movements, in their order.
	MovementIDs []int64
	// HoldNumbers are the numbers of the holds that were placed or released, in the
	// order of the operation's.
	HoldNumbers []int32
	// DateChanges are the numbers of the changes of dates, in the order of the
	// operation's.
	DateChanges []int32
	// Reservations are what became more and less of reservations.
	Reservations []ReservationChange
}
