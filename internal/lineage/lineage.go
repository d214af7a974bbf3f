// Package lineage walks along lots and runs: where did a lot go, what went into
// it. It only reads.
//
// Invariants that it keeps:
//
//   - Everything comes from the one snapshot of the transaction that it is given.
//   - A lot, a run and an endpoint is sent once and an edge is sent once, however
//     many ways lead there. An edge to what was found already is sent too, so a
//     loop of rework ends the walk there and loses no branch.
//   - What a part refers to was sent in it or before.
//   - The last part has the summary, which says whether everything was sent. A
//     walk that ended without one was cut.
//   - The same snapshot gives the same sequence; so does the same index of the log,
//     whatever the snapshot, as long as master data is the same.
//
// The walk follows everything that the records connect, whatever the times say. What the
// seed cannot have reached in time is sent as the rest is, and told at the end.
package lineage

import (
	"time"

	"github.com/lottrail/lottrail/internal/qty"
)

// Direction is which way to walk, or which way something lies from the seed.
type Direction int

// The directions. Both is backward first, then forward. Sibling is of what shares
// something with the seed, and lies neither way from it.
const (
	Forward Direction = iota + 1
	Backward
	Both
	Sibling
)

// Query says where to start and what to leave out.
type Query struct {
	TenantID int64
	// LotIDs are the seeds, all at depth 0: sorted, each once. They have to exist in the
	// snapshot, and to have been known at KnownAt.
	LotIDs []int64
	// RunIDs are runs as seeds, likewise: the walk forward starts from what they put out
	// too, the one backward from what they consumed. They are shown whatever of that is.
	RunIDs    []int64
	Direction Direction
	// Siblings has a walk in both directions go on forward from all that it met backward,
	// lots and runs: it then finds whatever shares something with the seed.
	Siblings bool
	// MaxDepth stops the walk so many runs away from the seeds; 0 is no limit.
	MaxDepth int32
	// ItemIDs shows lots of these items only, and the runs and endpoints next to
	// them; the walk goes on through the others. Lots that are seeds are shown in any case.
	// Empty is all.
	ItemIDs []int64
	// OfCategories says that ItemIDs are the items of categories: the reason that is told
	// for what is left out.
	OfCategories bool
	// LocationIDs shows lots only of which something is, or once was, at one of these
	// locations or under it, likewise.
	LocationIDs []int64
	// Window follows only what moved within it; nil follows everything.
	Window *Window
	Detail Detail
	// KnownAt has the walk find what was known when the log had got so far, and
	// nothing else; the snapshot has to reach there. Nil is all that is in the
	// snapshot. Names, contacts and orders are the snapshot's in any case.
	KnownAt *LogPosition
	// InTimeOnly leaves out what is out of time. It takes a walk before the walk, to find it.
	InTimeOnly bool
	// Attribute has the walk say how much of the seed is in everything, which takes all
	// movements of all lots into memory. Seeds of different units are refused then.
	Attribute bool
	// Room is where these find room beside those of others; nil is all there is.
	Room *Room `json:"-"`
	// AsOf has the walk find what had occurred by then, by what is known at KnownAt, and
	// nothing else. Nil is all.
	AsOf *time.Time
	// Again has the walk read what an earlier one of the same query saw, whatever was
	// posted since: it then finds the same, in the same order.
	Again *Seen

	// MaxEntries ends the walk with ErrTooLarge once it has found more edges, in time or not, for
	// it then has more entries; 0 is no limit. Where lots are hidden, more is found than sent, and
	// it is none either.
	MaxEntries int `json:"-"`
	// MaxTies is how many edges are held in memory for what is answered there; 0 is a
	// million, each of some hundred bytes.
	MaxTies int `json:"-"`

	// sizes are smaller in tests, which then need no large graphs to meet every
	// border.
	sizes sizes
}

// LogPosition is how far records go: to an index of the log, 0 if nothing is in
// it, and so many operations beside that are not in it yet.
type LogPosition struct {
	Index    int64
	SealedAt *time.Time // of that index
	Unlogged int32
}

// Part is some of what was found, of bounded size.
type Part struct {
	// Seen is what the walk sees of the ledger, the same in all parts.
	Seen      *Seen
	Lots      []Lot
	Runs      []Run
	Edges     []Edge
	Receipts  []Receipt
	Shipments []Shipment
	// What is attributed comes after all else.
	LotAttributions      []LotAttribution
	RunAttributions      []RunAttribution
	ShipmentAttributions []ShipmentAttribution
	CustomerAttributions []CustomerAttribution
	ReceiptAttributions  []ReceiptAttribution
	// OutOfTime comes after all that is in time or not.
	OutOfTime []OutOfTime
	Movements []Movement
	// Summary is set in the last part only.
	Summary *Summary
}

// Lot is a lot that was found, and where it is now.
type Lot struct {
	// Ref numbers the lots and runs of one walk.
	Ref      int32
	LotID    int64
	ItemID   int64
	SKU      string
	LotCode  string
	ItemName string
	BaseUnit string
	// WeightUnit is empty if the item is not weighed.
	WeightUnit string
	Depth      int32
	Direction  Direction
	// Inferred is set where the service made the lot for an untracked item.
	Inferred        bool
	SupplierLotCode string
	ExpiryDate      *time.Time
	HoldCount       int32
	Stocks          []Stock

	// elsewhere is set if it never was where the query asks.
	elsewhere bool
}

// OnHand is what is left of a lot over all locations.
func (l *Lot) OnHand() qty.Decimal {
	var sum qty.Decimal
	for _, s := range l.Stocks {
		sum = sum.Add(s.OnHand)
	}
	return sum
}

// Weight is what that weighs; 0 if the item is not weighed.
func (l *Lot) Weight() qty.Decimal {
	var sum qty.Decimal
	for _, s := range l.Stocks {
		sum = sum.Add(s.weight())
	}
	return sum
}

// Stock is what is left of a lot at one location.
type Stock struct {
	LocationCode string
	OnHand       qty.Decimal
	// Weight is nil if the item is not weighed.
	Weight *qty.Decimal
}

func (s *Stock) weight() qty.Decimal {
	if s.Weight == nil {
		return qty.Decimal{}
	}
	return *s.Weight
}

// Run is a run that was found. FinishedAt is nil while it is in process.
type Run struct {
	Ref                 int32
	RunID               int64
	ProductionOrderCode string
	RunCode             string
	Depth               int32
	Direction           Direction
	StartedAt           time.Time
	FinishedAt          *time.Time
}

// EdgeKind is what ties a lot to a run.
type EdgeKind uint8

// The kinds of edge.
const (
	Consumption EdgeKind = iota + 1
	Output
)

// Edge is all that moved of one lot into, or out of, one run.
type Edge struct {
	Kind            EdgeKind
	LotRef, RunRef  int32
	Quantity        qty.Decimal
	BaseUnit        string
	FirstAt, LastAt time.Time
}

// Receipt is a quantity of a lot that came from a supplier.
type Receipt struct {
	LotRef            int32
	ReceiptCode       string
	PurchaseOrderCode string
	OrderLineNumber   int32
	SupplierCode      string
	SupplierName      string
	Quantity          qty.Decimal
	BaseUnit          string
	ReceivedAt        time.Time
}

// Shipment is a quantity of a lot that went to a customer.
type Shipment struct {
	LotRef       int32
	ShipmentCode string
	// SalesOrderCode is empty and OrderLineNumber 0 if there was no order.
	SalesOrderCode  string
	OrderLineNumber int32
	CustomerCode    string
	CustomerName    string
	CustomerContact string
	Quantity        qty.Decimal
	BaseUnit        string
	ShippedAt       time.Time
	DeliveryDate    *time.Time
}

// Summary is what a walk ends with.
type Summary struct {
	Lots, InferredLots int32
	// Siblings are those of the lots that were found as siblings.
	Siblings       int32
	Runs, OpenRuns int32
	Edges          int32
	Receipts       int32
	Suppliers      int32
	Shipments      int32
	Customers      int32
	// MaxDepth is how many runs away the walk got.
	MaxDepth int32
	// ReadAt is by the database's clock: what was committed by then was seen.
	ReadAt time.Time
	// Log is how far the records went that the walk has seen.
	Log LogPosition
	// AsOf is the moment that was asked for; nil if none was.
	AsOf *time.Time
	// StoppedLots is at how many lots MaxDepth ended the walk though there was
	// more beyond.
	StoppedLots int32
	// HiddenLots is how many lots the walk went through without showing them,
	// because they are of other items.
	HiddenLots int32
	// OfCategories is the query's: what HiddenLots were hidden by.
	OfCategories bool
	// Attributions are what attributed quantities add up to, one each way.
	Attributions []AttributionTotals
	// OutOfTime is how much of what was sent is out of time, or of what was left out for it.
	OutOfTime OutOfTimeCounts
	// InTimeOnly says that it was left out.
	InTimeOnly bool
	// ElsewhereLots is the same for lots that never were at the locations asked for.
	ElsewhereLots int32
	// OutsideLots is of how many lots something was left out because it moved outside of
	// the window.
	OutsideLots int32
	// Untold is set if nothing was sent but the summary; the counts are of all that was
	// found.
	Untold    bool
	Movements int64
	// Statement says it in a sentence.
	Statement string
}

// Complete says whether everything that the records connect was sent.
func (s *Summary) Complete() bool {
	return s.StoppedLots == 0 && s.HiddenLots == 0 && s.ElsewhereLots == 0 && s.OutsideLots == 0 && !s.Untold &&
		!(s.InTimeOnly && s.OutOfTime.any())
}
