package lineage

import (
	"context"
	"math"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
)

// mostUnlogged is how many operations that are not in the log yet a walk can name, so
// that it can be read again.
const mostUnlogged = 1000

// sees is what a query sees in a snapshot.
func sees(q Query, r queries.LineageBeginRow) Seen {
	switch {
	case q.Again != nil:
		return *q.Again
	case q.KnownAt != nil:
		return Seen{ReadAt: r.ReadAt, Log: *q.KnownAt}
	}
	return Seen{ReadAt: r.ReadAt, Log: LogPosition{r.LogIndex, r.SealedAt, r.UnloggedCount}, Operations: r.UnloggedIds}
}

// Horizon is how far of the ledger is seen: what the parameters of lineage_past.sql say.
type Horizon struct {
	// LogIndex is the last index of the log that is seen. The greatest there can be is all
	// there is, in the log or not.
	LogIndex int64
	// Operations are seen, too, wherever they are.
	Operations []int64
	// Until is when the last occurred that is seen.
	Until time.Time
}

// latest is later than anything can have occurred.
var latest = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)

// Horizon is how far a query sees.
func (q *Query) Horizon() Horizon {
	h := Horizon{LogIndex: math.MaxInt64, Operations: []int64{}, Until: latest}
	switch {
	case q.Again != nil:
		h.LogIndex, h.Operations = q.Again.Log.Index, append(h.Operations, q.Again.Operations...)
	case q.KnownAt != nil:
		h.LogIndex = q.KnownAt.Index
	}
	if q.AsOf != nil {
		h.Until = *q.AsOf
	}
	return h
}

// seesAll says whether a query sees all that a snapshot has.
func (q *Query) seesAll() bool { return q.KnownAt == nil && q.AsOf == nil && q.Again == nil }

// Missing are those of some lots that there were not, by what a query sees: of which
// nothing had come in or been made. Its lots need not be set.
func Missing(ctx context.Context, tx *pg.Snapshot, q Query, lotIDs []int64) ([]int64, error) {
	if q.seesAll() {
		return nil, nil
	}
	r := newReader(tx, q)
	var found []lotRow
	batch := &pgx.Batch{}
	queue(batch, &found, queries.LineagePastLotExists, r.arguments(lotIDs))
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return nil, err
	}
	there := map[int64]bool{}
	for _, row := range found {
		there[row.LotID] = true
	}
	var missing []int64
	for _, id := range lotIDs {
		if !there[id] {
			missing = append(missing, id)
		}
	}
	return missing, nil
}

type lotRow struct{ LotID int64 }
