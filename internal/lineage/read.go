package lineage

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
)

// reader reads a whole frontier at a time, in one round trip each.
type reader struct {
	tx       *pg.Snapshot
	tenantID int64
	texts    *texts
	// first are the parameters that the texts begin with, firstOfEdges those of texts that
	// find edges and endpoints.
	first, firstOfEdges []any
	// windowed says that these leave out what did not move within a window; outside are the
	// lots of which something is.
	windowed bool
	outside  nodeTable
	// seen are those that say what is seen of the ledger, for texts that always have them.
	seen []any
	// places are where lots that are shown have to have been; empty is anywhere.
	places  []int64
	parties map[int64]party
}

func newReader(tx *pg.Snapshot, q Query) reader {
	r := reader{
		tx: tx, tenantID: q.TenantID, texts: &ofSnapshot, first: []any{q.TenantID}, seen: q.seen(),
		windowed: q.Window != nil, places: q.LocationIDs, parties: map[int64]party{},
	}
	ofPast := append(slices.Clip(r.first), r.seen...)
	switch {
	case !q.seesAll():
		r.texts, r.first = &ofThePast, ofPast
	case r.windowed:
		r.texts = ofSnapshot.within()
	default:
		r.firstOfEdges = r.first
		return r
	}
	r.firstOfEdges = append(q.Window.parameters(), ofPast...)
	return r
}

// arguments are the parameters of a text.
func (r *reader) arguments(ids []int64) []any { return append(slices.Clip(r.first), ids) }

// connecting are the parameters of a text that finds edges or endpoints.
func (r *reader) connecting(ids []int64) []any { return append(slices.Clip(r.firstOfEdges), ids) }

type party struct {
	id                  int64
	code, name, contact string
}

// edgesOf reads the edges from lots on, sorted by run.
func (r *reader) edgesOf(ctx context.Context, q edgeQuery, lotIDs []int64) ([]edge, error) {
	var edges []edge
	batch := &pgx.Batch{}
	r.queueEdges(batch, q, lotIDs, &edges)
	err := r.tx.SendBatch(ctx, batch).Close()
	slices.SortFunc(edges, compareRuns)
	return edges, err
}

// runsOf reads runs and the edges from them on, sorted by lot.
func (r *reader) runsOf(ctx context.Context, q edgeQuery, runIDs []int64) (runs []queries.LineageRunListRow, edges []edge, err error) {
	batch := &pgx.Batch{}
	queue(batch, &runs, r.texts.runs, r.arguments(runIDs))
	r.queueEdges(batch, q, runIDs, &edges)
	err = r.tx.SendBatch(ctx, batch).Close()
	slices.SortFunc(edges, compareLots)
	return runs, edges, err
}

func (r *reader) queueEdges(batch *pgx.Batch, q edgeQuery, ids []int64, edges *[]edge) {
	batch.Queue(string(q.sql), r.connecting(ids)...).Query(func(rows pgx.Rows) error {
		found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[edgeRow])
		for _, row := range found {
			if row.Quantity.Sign() <= 0 { // nothing within the window
				r.outside.mark(row.LotID, met)
				continue
			}
			*edges = append(*edges, edge{row, q.kind})
		}
		return err
	})
}

// lotBatch is what there is to know of lots, and of their endpoints one way.
type lotBatch struct {
	pgx.Batch
	lots      []Lot
	rows      []queries.LineageLotListRow
	stocks    []queries.LineageStockListRow
	receipts  []queries.LineageReceiptListRow
	shipments []queries.LineageShipmentListRow
	there     []lotRow // of lots that ever were where the query asks
}

// queueLots adds lots and their endpoints. Lots that were met before have endpoints
// the other way and need no second introduction.
func (r *reader) queueLots(b *lotBatch, ids []int64, direction Direction, met func(int64) bool) {
	var fresh []int64
	for _, id := range ids {
		if !met(id) {
			fresh = append(fresh, id)
		}
	}
	if len(fresh) > 0 {
		queue(&b.Batch, &b.rows, r.texts.lots, r.arguments(fresh))
		queue(&b.Batch, &b.stocks, r.texts.stocks, r.arguments(fresh))
		r.queuePlaces(b, fresh)
	}
	if direction == Backward {
		queue(&b.Batch, &b.receipts, r.texts.receipts, r.connecting(ids))
	} else {
		queue(&b.Batch, &b.shipments, r.texts.shipments, r.connecting(ids))
	}
}

func (r *reader) read(ctx context.Context, b *lotBatch) error {
	if err := r.tx.SendBatch(ctx, &b.Batch).Close(); err != nil {
		return err
	}
	b.join()
	r.keepInside(b)
	if len(r.places) > 0 {
		b.markElsewhere()
	}
	return r.meetParties(ctx, b)
}

// join puts stocks, which are sorted as the lots are, to their lots.
func (b *lotBatch) join() {
	stocks := b.stocks
	for _, row := range b.rows {
		lot := Lot{
			LotID: row.LotID, ItemID: row.ItemID, SKU: row.SKU, LotCode: row.LotCode, ItemName: row.ItemName,
			BaseUnit: row.BaseUnit, WeightUnit: row.WeightUnit, Inferred: row.Inferred, SupplierLotCode: row.SupplierLotCode,
			ExpiryDate: row.ExpiryDate, HoldCount: row.HoldCount,
		}
		for ; len(stocks) > 0 && stocks[0].LotID == row.LotID; stocks = stocks[1:] {
			lot.Stocks = append(lot.Stocks, Stock{LocationCode: stocks[0].LocationCode, OnHand: stocks[0].OnHand, Weight: stocks[0].Weight})
		}
		b.lots = append(b.lots, lot)
	}
}

// markElsewhere marks the lots that never were where the query asks.
func (b *lotBatch) markElsewhere() {
	there := map[int64]bool{}
	for _, row := range b.there {
		there[row.LotID] = true
	}
	for i := range b.lots {
		b.lots[i].elsewhere = !there[b.lots[i].LotID]
	}
}

// meetParties reads the suppliers and customers of lots that the walk had not met.
func (r *reader) meetParties(ctx context.Context, b *lotBatch) error {
	var ids []int64
	for i := range b.receipts {
		ids = append(ids, b.receipts[i].SupplierID)
	}
	for i := range b.shipments {
		ids = append(ids, b.shipments[i].CustomerID)
	}
	return r.meet(ctx, ids)
}

// meet reads parties that the walk had not met.
func (r *reader) meet(ctx context.Context, all []int64) error {
	var ids []int64
	for _, id := range all {
		if _, met := r.parties[id]; !met {
			r.parties[id] = party{}
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	rows, err := queries.New(r.tx).LineagePartyList(ctx, queries.LineagePartyListParams{TenantID: r.tenantID, PartyIds: ids})
	if err != nil {
		return err
	}
	for _, row := range rows {
		var contacts []contact
		if err := json.Unmarshal(row.Contacts, &contacts); err != nil {
			return fmt.Errorf("contacts of party %q: %w", row.Code, err)
		}
		r.parties[row.PartyID] = party{id: row.PartyID, code: row.Code, name: row.Name, contact: recallContact(contacts)}
	}
	return nil
}

// queue adds a query to a batch; its rows are in *rows when the batch is closed.
func queue[T any](batch *pgx.Batch, rows *[]T, sql text[T], arguments []any) {
	batch.Queue(string(sql), arguments...).Query(func(found pgx.Rows) (err error) {
		*rows, err = pgx.CollectRows(found, pgx.RowToStructByPos[T])
		return err
	})
}
