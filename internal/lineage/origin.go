package lineage

import (
	"cmp"
	"context"
	"math/bits"
	"slices"

	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
)

// MaxComplaints is of how many complaints at once common origins are looked for.
const MaxComplaints = 100

// Complaint is lots and runs that somebody objects to as one.
type Complaint struct{ LotIDs, RunIDs []int64 }

// Complaints are some of those that were given, by their places.
type Complaints [2]uint64

func (c *Complaints) add(place int) { c[place/64] |= 1 << (place % 64) }

// Count is how many they are.
func (c Complaints) Count() int { return bits.OnesCount64(c[0]) + bits.OnesCount64(c[1]) }

// Places are which they are, counted from 0.
func (c Complaints) Places() []int32 {
	var places []int32
	for i := range int32(128) {
		if c[i/64]&(1<<(i%64)) != 0 {
			places = append(places, i)
		}
	}
	return places
}

// OriginKind is what an origin is.
type OriginKind int

// The kinds of origin.
const (
	OriginLot OriginKind = iota + 1
	OriginRun
	OriginReceipt
)

// Origin is a lot, run or receipt that several complaints have in common.
type Origin struct {
	Kind OriginKind
	// ID is the lot's or run's, Code the receipt's.
	ID   int64
	Code string
	// Explains are the complaints that it is connected to, InTime those of them that it can
	// have got into in time.
	Explains, InTime Complaints
	// Distance is how many runs away it is from those that it explains, added up.
	Distance int32
}

// Compare ranks origins: first what explains more, then what explains more in time, then
// what is nearer. It never says that two are the same.
func (o *Origin) Compare(other *Origin) int {
	return cmp.Or(
		cmp.Compare(other.Explains.Count(), o.Explains.Count()), cmp.Compare(other.InTime.Count(), o.InTime.Count()),
		cmp.Compare(o.Distance, other.Distance), cmp.Compare(o.Kind, other.Kind), cmp.Compare(o.ID, other.ID), cmp.Compare(o.Code, other.Code),
	)
}

// CommonOrigins are origins, ranked, and what is known of them.
type CommonOrigins struct {
	Ranked   []Origin
	Lots     map[int64]*Lot
	Runs     map[int64]*Run
	Receipts map[string]*Receipt
	// Count is how many there are, those of other pages included.
	Count int
	// Summary says what it was read from.
	Summary Summary
}

// FindCommonOrigins finds what at least two complaints have in common: up to limit of it,
// in the order of rank, from after on. ErrTooWide if what is behind them is too much. Of
// the query the tenant and the moment count.
func FindCommonOrigins(ctx context.Context, tx *pg.Snapshot, q Query, complaints []Complaint, after *Origin, limit int) (*CommonOrigins, error) {
	w, err := beginReading(ctx, tx, q)
	if err != nil {
		return nil, err
	}
	s := newSearch(tx, q, Backward)
	var lots, runs []int64
	for _, c := range complaints {
		lots, runs = append(lots, c.LotIDs...), append(runs, c.RunIDs...)
	}
	slices.Sort(runs)
	if err := s.begin(ctx, lots, slices.Compact(runs)); err != nil {
		return nil, err
	}
	for !s.done() {
		if err := s.step(ctx); err != nil {
			return nil, err
		}
	}
	receipts, err := s.receiptsOf(ctx)
	if err != nil {
		return nil, err
	}
	found := &CommonOrigins{Ranked: s.web.common(complaints, receipts), Summary: w.summary}
	found.Count = len(found.Ranked)
	found.cut(after, limit)
	return found, w.describeOrigins(ctx, found, receipts)
}

// cut leaves a page.
func (c *CommonOrigins) cut(after *Origin, limit int) {
	if after != nil {
		at, there := slices.BinarySearchFunc(c.Ranked, *after, func(a, b Origin) int { return a.Compare(&b) })
		if there {
			at++
		}
		c.Ranked = c.Ranked[at:]
	}
	c.Ranked = c.Ranked[:min(limit, len(c.Ranked))]
}

// received is a lot of a receipt.
type received struct {
	queries.LineageReceiptListRow
	supplier party
}

// receiptsOf reads the receipts of all lots that were met.
func (s *search) receiptsOf(ctx context.Context) ([]received, error) {
	ids := make([]int64, 0, len(s.lots))
	for id := range s.lots {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	var all []received
	for chunk := range slices.Chunk(ids, coneChunk) {
		batch := &lotBatch{}
		queue(&batch.Batch, &batch.receipts, s.texts.receipts, s.connecting(chunk))
		if err := s.read(ctx, batch); err != nil {
			return nil, err
		}
		for _, row := range batch.receipts {
			all = append(all, received{row, s.parties[row.SupplierID]})
		}
		if s.size+len(all) > s.most {
			return nil, ErrTooWide
		}
	}
	return all, nil
}

// describeOrigins reads what there is to know of the origins on a page.
func (w *walk) describeOrigins(ctx context.Context, found *CommonOrigins, receipts []received) error {
	var lotIDs, runIDs []int64
	found.Runs, found.Receipts = map[int64]*Run{}, map[string]*Receipt{}
	for _, o := range found.Ranked {
		switch o.Kind {
		case OriginLot:
			lotIDs = append(lotIDs, o.ID)
		case OriginRun:
			runIDs = append(runIDs, o.ID)
		case OriginReceipt:
			found.Receipts[o.Code] = nil
		}
	}
	slices.Sort(lotIDs)
	slices.Sort(runIDs)
	var rows []queries.LineageRunListRow
	var err error
	found.Lots, rows, err = w.readNodes(ctx, lotIDs, runIDs)
	for _, row := range rows {
		found.Runs[row.RunID] = &Run{
			RunID: row.RunID, ProductionOrderCode: row.ProductionOrderCode, RunCode: row.Code, Direction: Backward,
			StartedAt: row.StartedAt, FinishedAt: row.FinishedAt,
		}
	}
	for _, r := range receipts {
		if before, wanted := found.Receipts[r.ReceiptCode]; wanted && before == nil {
			found.Receipts[r.ReceiptCode] = &Receipt{
				ReceiptCode: r.ReceiptCode, PurchaseOrderCode: r.PurchaseOrderCode, SupplierCode: r.supplier.code,
				SupplierName: r.supplier.name, ReceivedAt: r.ReceivedAt,
			}
		}
	}
	return err
}
