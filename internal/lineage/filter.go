package lineage

import (
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/queries"
)

// Window is a window of time: from Since on, and before Until. A zero time is no limit.
type Window struct{ Since, Until time.Time }

// Detail is how much a walk tells.
type Detail int

// The details. A walk that tells its summary alone finds all the same.
const (
	Everything Detail = iota
	SummaryAlone
	Movements
)

// seen are the parameters that say what is seen of the ledger, as lineage_filter.sql has
// them.
func (q Query) seen() []any {
	h := q.Horizon()
	return []any{h.LogIndex, h.Operations, h.Until}
}

// parameters are those of the window in lineage_past.sql; nil is no window.
func (w *Window) parameters() []any {
	since := pgtype.Timestamptz{InfinityModifier: pgtype.NegativeInfinity, Valid: true}
	until := pgtype.Timestamptz{InfinityModifier: pgtype.Infinity, Valid: true}
	if w != nil && !w.Since.IsZero() {
		since = pgtype.Timestamptz{Time: w.Since, Valid: true}
	}
	if w != nil && !w.Until.IsZero() {
		until = pgtype.Timestamptz{Time: w.Until, Valid: true}
	}
	return []any{since, until}
}

// queuePlaces asks which of some lots ever were there.
func (r *reader) queuePlaces(b *lotBatch, lotIDs []int64) {
	if len(r.places) > 0 {
		arguments := append([]any{r.tenantID}, r.seen...)
		queue(&b.Batch, &b.there, queries.LineageLotListAtLocation, append(arguments, lotIDs, r.places))
	}
}

// keepInside takes out what did not move within the window, and notes of which lots.
func (r *reader) keepInside(b *lotBatch) {
	if !r.windowed {
		return
	}
	moved := func(lotID int64, quantity qty.Decimal) bool {
		if quantity.Sign() > 0 {
			return true
		}
		r.outside.mark(lotID, met)
		return false
	}
	b.receipts = slices.DeleteFunc(b.receipts, func(row queries.LineageReceiptListRow) bool { return !moved(row.LotID, row.Quantity) })
	b.shipments = slices.DeleteFunc(b.shipments, func(row queries.LineageShipmentListRow) bool { return !moved(row.LotID, row.Quantity) })
}
