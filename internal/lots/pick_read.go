package lots

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/resolve"
	"github.com/lottrail/lottrail/internal/shelflife"
)

// maxLooked bounds the lots that a request looks at. They are read a chunk at a time, of
// firstChunk at first, for the first few mostly suffice, and then as many as it will
// probably take (nextChunk).
const (
	maxLooked  = 10_000
	firstChunk = 16
	maxChunk   = 2000
	maxExpired = 20 // lots past their last day, which are told of and never picked
)

// streamKey is where lots come from.
type streamKey struct{ itemID, locationID int64 }

// pickStream is the lots of an item, first expired first, as far as they were read.
type pickStream struct {
	itemID int64
	place  queries.FefoPlaceListRow
	day    time.Time
	lots   []pickLot
	behind queries.FefoLotListParams // where to go on
	looked int32                     // how many
	ended  bool
}

func (p *picker) stream(itemID int64, place queries.FefoPlaceListRow, day time.Time) *pickStream {
	key := streamKey{itemID, place.LocationID}
	stream := p.streams[key]
	if stream == nil {
		stream = &pickStream{itemID: itemID, place: place, day: day}
		// Behind all that was the last day of the day before.
		stream.behind = queries.FefoLotListParams{
			TenantID: p.tenantID, ItemID: itemID, AfterDay: day.AddDate(0, 0, -1), AfterReceivedAt: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), RowLimit: firstChunk,
		}
		p.streams[key] = stream
	}
	return stream
}

// look reads the first lots of a stream: some that have expired, to be told of, and
// those that come first.
func (p *picker) look(ctx context.Context, stream *pickStream) error {
	if stream.lots != nil || stream.ended {
		return nil
	}
	var first []queries.FefoLotListRow
	queueList(p.tx, func(r queries.FefoLotListExpiredRow) { first = append(first, queries.FefoLotListRow(r)) },
		queries.FefoLotListExpired, p.tenantID, stream.itemID, stream.day, maxExpired)
	rows, err := p.next(ctx, stream)
	if err != nil {
		return err
	}
	slices.Reverse(first)
	stream.lots, err = p.lots(ctx, stream.place, append(first, rows...))
	return err
}

// lookOn reads the next lots of a stream.
func (p *picker) lookOn(ctx context.Context, stream *pickStream) error {
	rows, err := p.next(ctx, stream)
	if err != nil {
		return err
	}
	lots, err := p.lots(ctx, stream.place, rows)
	stream.lots = append(stream.lots, lots...)
	return err
}

func (p *picker) next(ctx context.Context, stream *pickStream) ([]queries.FefoLotListRow, error) {
	stream.behind.RowLimit = int32(min(int(stream.behind.RowLimit), p.left)) //nolint:gosec // at most maxLooked
	rows, err := p.FefoLotList(ctx, stream.behind)
	if err != nil {
		return nil, err
	}
	p.left -= len(rows)
	stream.looked += int32(len(rows)) //nolint:gosec // at most maxLooked
	if stream.ended = len(rows) < int(stream.behind.RowLimit); len(rows) > 0 {
		last := rows[len(rows)-1]
		stream.behind.AfterDay, stream.behind.AfterReceivedAt, stream.behind.AfterLotCode = last.RotationDay, last.ReceivedAt, last.LotCode
	}
	return rows, nil
}

// agreed are the lots of these codes, and the first of the stream: they may have been
// passed over.
func (p *picker) agreed(ctx context.Context, path string, item *resolve.Item, stream *pickStream, codes []string) ([]pickLot, error) {
	rows, err := p.FefoLotListByCode(ctx, queries.FefoLotListByCodeParams{TenantID: p.tenantID, ItemID: item.ItemID, LotCodes: codes})
	if err != nil {
		return nil, err
	}
	found := make([]queries.FefoLotListRow, len(rows))
	known := make(map[string]bool, len(rows))
	for i, r := range rows {
		found[i], known[r.LotCode] = queries.FefoLotListRow(r), true
	}
	for i, code := range codes {
		if !known[code] {
			return nil, resolve.UnknownLot(resolve.LotKey{Path: fmt.Sprintf("%s.agreed_lot_codes[%d]", path, i), SKU: item.SKU, LotCode: code})
		}
	}
	lots, err := p.lots(ctx, stream.place, found)
	if err != nil {
		return nil, err
	}
	for _, lot := range stream.lots {
		if !known[lot.code] {
			lots = append(lots, lot)
		}
	}
	slices.SortFunc(lots, func(a, b pickLot) int {
		if a.before(&b) {
			return -1
		}
		return 1
	})
	return lots, nil
}

// lots reads what there is of lots at the site, and what holds them.
func (p *picker) lots(ctx context.Context, place queries.FefoPlaceListRow, rows []queries.FefoLotListRow) ([]pickLot, error) {
	lots := make([]pickLot, len(rows))
	at := make(map[int64]*pickLot, len(rows))
	var ids, held, reserved []int64
	for i, r := range rows {
		lots[i] = pickLot{
			lotID: r.LotID, code: r.LotCode, rotation: r.RotationDay, receivedAt: r.ReceivedAt,
			dates: shelflife.Dates{Production: r.ProductionDate, BestBefore: r.BestBeforeDate, Expiry: r.ExpiryDate, Removal: r.RemovalDate},
		}
		at[r.LotID] = &lots[i]
		if ids = append(ids, r.LotID); r.HoldCount > 0 {
			held = append(held, r.LotID)
		}
		if r.Reserved {
			reserved = append(reserved, r.LotID)
		}
	}
	if len(ids) == 0 {
		return lots, nil
	}
	kept := map[pickKey]qty.Decimal{}
	if len(reserved) > 0 {
		queueList(p.tx, func(r queries.FefoReservedListRow) { kept[pickKey{r.LotID, r.LocationID}] = r.Reserved }, queries.FefoReservedList, p.tenantID, reserved)
	}
	var holds []queries.FefoHoldListRow
	if len(held) > 0 {
		queueList(p.tx, func(r queries.FefoHoldListRow) { holds = append(holds, r) }, queries.FefoHoldList, p.tenantID, held)
	}
	stocks, err := p.FefoStockList(ctx, queries.FefoStockListParams{TenantID: p.tenantID, OuterID: place.LocationID, SiteID: place.SiteID, LotIds: ids})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(stocks, func(a, b queries.FefoStockListRow) int { return strings.Compare(a.LocationCode, b.LocationCode) })
	for _, s := range stocks {
		if !s.AtSite {
			continue
		}
		lot := at[s.LotID]
		lot.stocks = append(lot.stocks, pickStock{
			locationID: s.LocationID, code: s.LocationCode, onHand: s.OnHand, inside: s.Inside, quarantine: s.Kind == "quarantine",
			reserved: kept[pickKey{s.LotID, s.LocationID}],
		})
	}
	tellHolds(at, holds)
	return lots, nil
}

// queueList queues a query of db/queries, and has take called with each of its rows when
// the next statement is waited for.
func queueList[Row any](tx *pg.Snapshot, take func(Row), sql string, args ...any) {
	tx.Queue(sql, args...).Query(func(rows pgx.Rows) error {
		all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Row])
		for _, r := range all {
			take(r)
		}
		return err
	})
}

// maxHoldText bounds what is told of the holds on a lot.
const maxHoldText = 500

// tellHolds tells what keeps lots, or what is of them at a location, from being picked.
func tellHolds(lots map[int64]*pickLot, holds []queries.FefoHoldListRow) {
	for _, r := range holds {
		lot, told := lots[r.LotID], fmt.Sprintf("hold %d (%s)", r.Number, r.Reason)
		if r.LocationID == nil {
			lot.held = listed(lot.held, told)
			continue
		}
		for i := range lot.stocks {
			if s := &lot.stocks[i]; s.locationID == *r.LocationID {
				s.held = listed(s.held, told)
			}
		}
	}
}

func listed(list, more string) string {
	switch {
	case list == "":
		return more
	case len(list) > maxHoldText || strings.HasSuffix(list, "…"):
		return strings.TrimSuffix(list, ", …") + ", …"
	}
	return list + ", " + more
}
