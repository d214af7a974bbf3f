package ledger

import (
	"maps"
	"slices"
	"time"

	"github.com/lottrail/lottrail/internal/ledger/internal/ledgerdb"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/qty"
)

// OrderLine is a line of a sales order, for which stock is reserved; the zero value is
// none.
type OrderLine struct {
	OrderCode string
	Number    int32
}

// Reservation is what is left of a reservation at one location, and has not expired.
type Reservation struct {
	Number       int32
	LocationID   int64
	For          OrderLine
	SalesOrderID int64
	OperationID  int64 // that made it
	Quantity     qty.Decimal
	ExpiresAt    time.Time
}

// Reserve makes a reservation.
type Reserve struct {
	// Field is the path in the request, for messages: lines[2].
	Field        string
	LotID        int64
	At           Place
	Day          time.Time // today at the site: expiry is judged by it
	Quantity     qty.Decimal
	For          OrderLine
	SalesOrderID int64
	ExpiresAt    time.Time
}

// Unreserve gives a reservation back, or a part of it.
type Unreserve struct {
	Field  string
	LotID  int64
	Number int32
	// LocationID is where, 0 for all locations at which something is left of it.
	LocationID int64
	// Quantity is how much, nil for all that is left.
	Quantity *qty.Decimal
}

// ReservationChange is by how much there was more of a reservation at a location, below
// zero for less. Its Quantity is that change; what is left comes of it.
type ReservationChange struct {
	LotID int64
	Reservation
}

func (l Locked) addReservation(r ledgerdb.ReservationListLiveRow) {
	lot := l[r.LotID]
	lot.Reservations = append(lot.Reservations, Reservation{
		Number: r.Number, LocationID: r.LocationID, For: OrderLine{r.OrderCode, r.OrderLineNumber}, SalesOrderID: r.SalesOrderID,
		OperationID: r.OperationID, Quantity: r.Quantity, ExpiresAt: r.ExpiresAt,
	})
}

// ReservedAt is what is reserved of the lot at a location, but for what is for one line
// of an order.
func (lot *LockedLot) ReservedAt(locationID int64, but OrderLine) qty.Decimal {
	var sum qty.Decimal
	for _, r := range lot.Reservations {
		if r.LocationID == locationID && (but == OrderLine{} || r.For != but) {
			sum = sum.Add(r.Quantity)
		}
	}
	return sum
}

// reservationColumns are reservations as one array a column.
type reservationColumns struct {
	places, numbers, lines                []int32
	lotIDs, locationIDs, orderIDs, madeBy []int64
	quantities                            []qty.Decimal
	expiresAts                            []time.Time
}

func (c *reservationColumns) add(place int, r *ReservationChange, quantity qty.Decimal, operationID int64) {
	c.places = append(c.places, int32(place)) //nolint:gosec // at most some for each line
	c.lotIDs, c.numbers, c.locationIDs = append(c.lotIDs, r.LotID), append(c.numbers, r.Number), append(c.locationIDs, r.LocationID)
	c.orderIDs, c.lines = append(c.orderIDs, r.SalesOrderID), append(c.lines, r.For.Number)
	c.quantities, c.expiresAts = append(c.quantities, quantity), append(c.expiresAts, r.ExpiresAt)
	if r.OperationID != 0 {
		operationID = r.OperationID
	}
	c.madeBy = append(c.madeBy, operationID)
}

// queueReservations writes what an operation does to reservations, and what lots know
// of them.
func queueReservations(tx *pg.Tx, plan *reservationPlan, operationID int64, posted *Posted) {
	if plan == nil || len(plan.changes) == 0 {
		return
	}
	if posted != nil {
		posted.Reservations = plan.changes
	}
	var all, more, less reservationColumns
	for i := range plan.changes {
		change := &plan.changes[i]
		all.add(i+1, change, change.Quantity, operationID)
		if change.Quantity.Sign() > 0 {
			more.add(i+1, change, change.Quantity, operationID)
		} else {
			less.add(i+1, change, change.Quantity.Neg(), operationID)
		}
	}
	if len(less.lotIDs) > 0 {
		tx.Queue(ledgerdb.ReservationTake, len(less.lotIDs), tx.TenantID, less.lotIDs, less.numbers, less.locationIDs, less.quantities)
	}
	if len(more.lotIDs) > 0 {
		tx.Queue(ledgerdb.ReservationAdd, tx.TenantID, more.lotIDs, more.numbers, more.locationIDs, more.orderIDs, more.lines, more.quantities, more.expiresAts, more.madeBy)
	}
	tx.Queue(ledgerdb.ReservationChangeInsert, tx.TenantID, operationID, all.places, all.lotIDs, all.numbers, all.locationIDs, all.quantities)
	ids := slices.Sorted(maps.Keys(plan.lots))
	untils, counts := make([]*time.Time, len(ids)), make([]int32, len(ids))
	for i, id := range ids {
		untils[i], counts[i] = plan.lots[id].until(), plan.lots[id].count
	}
	tx.Queue(ledgerdb.LotChangeReserved, tx.TenantID, ids, untils, counts)
}
