package lineage

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
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

// edgesOf reads the edges from lots on, sorted by run, in the room of edges that nobody
// needs any more.
func (r *reader) edgesOf(ctx context.Context, q edgeQuery, lotIDs []int64, room []edge) ([]edge, error) {
	edges := room[:0]
	batch := &pgx.Batch{}
	r.queueEdges(batch, q, lotIDs, &edges)
	err := r.tx.SendBatch(ctx, batch).Close()
	slices.SortFunc(edges, compareRuns)
	return edges, err
}

// runsOf reads runs and the edges from them on, sorted by lot, likewise.
func (r *reader) runsOf(ctx context.Context, q edgeQuery, runIDs []int64, room []edge) (runs []queries.LineageRunListRow, edges []edge, err error) {
	edges = room[:0]
	batch := &pgx.Batch{}
	queue(batch, &runs, r.texts.runs, r.arguments(runIDs))
	r.queueEdges(batch, q, runIDs, &edges)
	err = r.tx.SendBatch(ctx, batch).Close()
	slices.SortFunc(edges, compareLots)
	return runs, edges, err
}

func (r *reader) queueEdges(batch *pgx.Batch, q edgeQuery, ids []int64, edges *[]edge) {
	each(batch, q.sql, r.connecting(ids), func(row *edgeRow) {
		if row.Quantity.Sign() <= 0 { // nothing within the window
			r.outside.mark(row.LotID, met)
			return
		}
		*edges = append(*edges, newEdge(row, q.kind))
	})
}

// lotBatch is what there is to know of lots, and of their endpoints one way.
type lotBatch struct {
	pgx.Batch
	lots      []Lot
	receipts  []queries.LineageReceiptListRow
	shipments []queries.LineageShipmentListRow
	there     []lotRow // of lots that ever were where the query asks
}

// empty keeps the room alone.
func (b *lotBatch) empty() {
	clear(b.lots)
	clear(b.receipts)
	clear(b.shipments)
	*b = lotBatch{lots: b.lots[:0], receipts: b.receipts[:0], shipments: b.shipments[:0]}
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
		r.queueIntroductions(b, fresh)
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
	r.keepInside(b)
	if len(r.places) > 0 {
		b.markElsewhere()
	}
	return r.meetParties(ctx, b)
}

// queueIntroductions adds lots themselves, with their stocks, which are sorted as they are.
func (r *reader) queueIntroductions(b *lotBatch, ids []int64) {
	each(&b.Batch, r.texts.lots, r.arguments(ids), func(row *queries.LineageLotListRow) {
		b.lots = append(b.lots, Lot{
			LotID: row.LotID, ItemID: row.ItemID, SKU: row.SKU, LotCode: row.LotCode, ItemName: row.ItemName,
			BaseUnit: row.BaseUnit, WeightUnit: row.WeightUnit, Inferred: row.Inferred, SupplierLotCode: row.SupplierLotCode,
			ExpiryDate: row.ExpiryDate, HoldCount: row.HoldCount,
		})
	})
	at := 0
	each(&b.Batch, r.texts.stocks, r.arguments(ids), func(row *queries.LineageStockListRow) {
		for at < len(b.lots) && b.lots[at].LotID < row.LotID {
			at++
		}
		if at < len(b.lots) && b.lots[at].LotID == row.LotID {
			b.lots[at].Stocks = append(b.lots[at].Stocks, Stock{LocationCode: row.LocationCode, OnHand: row.OnHand, Weight: row.Weight})
		}
	})
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

// queue adds a query to a batch; its rows are behind what was in *rows when the batch is
// closed.
func queue[T any](batch *pgx.Batch, rows *[]T, sql text[T], arguments []any) {
	each(batch, sql, arguments, func(row *T) { *rows = append(*rows, *row) })
}

// each adds a query to a batch that has every row taken, one after the other in the same
// place. Its columns are the fields of T, in their order.
func each[T any](batch *pgx.Batch, sql text[T], arguments []any, take func(*T)) {
	batch.Queue(string(sql), arguments...).Query(func(found pgx.Rows) error {
		row := new(T)
		into := reflect.ValueOf(row).Elem()
		fields := make([]any, into.NumField())
		for i := range fields {
			fields[i] = into.Field(i).Addr().Interface()
		}
		_, err := pgx.ForEachRow(found, fields, func() error { take(row); return nil })
		return err
	})
}
