package bench

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/bench/plant"
	"github.com/lottrail/lottrail/internal/qty"
)

var timelineStatement = statements("timeline.sql")["Timeline"]

const (
	// timelineMoves is how often a lot is moved back and forth for its timeline.
	timelineMoves = 10_000
	timelinePage  = 100
)

// moveOften moves the typical lot between its bin and the dock, past the service: what
// it has in the end is what it had. That was a microsecond apart, and just now.
const moveOften = `
WITH ids AS (
    SELECT block * 1000 + n AS id, row_number() OVER () AS i
    FROM (SELECT nextval('id_block') AS block FROM generate_series(1, 2 * $3::int / 999 + 1)) AS blocks, generate_series(1, 999) AS n
), moved AS (
    SELECT i, id AS operation_id, lead(id, $3::int) OVER (ORDER BY i) AS movement_id, clock.now - ($3::int - i) * interval '1 microsecond' AS at
    FROM ids, (SELECT clock_timestamp() AS now) AS clock
), operations AS (
    INSERT INTO operation (tenant_id, operation_id, kind, occurred_at, recorded_at, principal, request_id, reason)
    SELECT 1, operation_id, 'transfer', at, at, 'bench', 'bench-move-' || i, '' FROM moved WHERE i <= $3
), waiting AS (
    INSERT INTO unlogged (tenant_id, operation_id, recorded_at) SELECT 1, operation_id, at FROM moved WHERE i <= $3
)
INSERT INTO movement (tenant_id, movement_id, operation_id, kind, lot_id, quantity, from_location_id, to_location_id, entered_quantity, entered_unit, occurred_at, recorded_at)
SELECT 1, movement_id, operation_id, 'transfer', $1, 1, CASE i % 2 WHEN 1 THEN $2 ELSE $4::bigint END, CASE i % 2 WHEN 1 THEN $4 ELSE $2 END, 1, 'KGM', at, at
FROM moved WHERE i <= $3`

// timelines measures pages of the timeline of a lot that was moved often, and all of
// it, by turns with the bare query, after both have told the same once.
func (b *bench) timelines(ctx context.Context) (*TimelineFigures, error) {
	conn, err := dial(b.GRPC)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if b.walker, err = connect(ctx, b.Database); err != nil {
		return nil, err
	}
	defer b.walker.Close(context.WithoutCancel(ctx))
	if _, err := b.walker.Exec(ctx, byIndex); err != nil {
		return nil, err
	}
	lot := int(b.work.Typical)
	b.progress.Step("moving the typical lot %d times", timelineMoves)
	if _, err := b.conn.Exec(ctx, moveOften, b.work.ids.Lot+int64(lot), b.work.ids.BinOf(b.work.Plant, lot), timelineMoves, b.work.ids.Dock()); err != nil {
		return nil, err
	}
	if _, err := b.conn.Exec(ctx, "ANALYZE movement, operation"); err != nil {
		return nil, err
	}
	client := lottrailv1.NewLotsServiceClient(conn)
	whole, err := b.readTimeline(ctx, client, lot, "", 1000, -1)
	if err != nil {
		return nil, err
	}
	if err := b.sameTimeline(ctx, lot, whole.entries); err != nil {
		return nil, err
	}
	f := &TimelineFigures{Movements: len(whole.entries), Repeats: b.Repeats}
	b.progress.Step("reading its timeline, %d times", b.Repeats)
	for _, at := range []struct {
		name string
		skip int // entries before the page
		rows int
	}{
		{"the first page", 0, timelinePage},
		{"one in the middle", len(whole.entries) / 2, timelinePage},
		{"the last", len(whole.entries) - timelinePage, timelinePage},
		{"all, in pages of 1,000", 0, len(whole.entries)},
	} {
		page, err := b.timelinePage(ctx, client, lot, at.name, whole.entries, at.skip, at.rows)
		if err != nil {
			return f, err
		}
		f.Pages = append(f.Pages, page)
	}
	return f, nil
}

// readTimelineResult is entries of a timeline, and where they end.
type readTimelineResult struct {
	entries []*lottrailv1.TimelineEntry
	token   string
}

// readTimeline reads so many pages from a token on, all if pages is below 0.
func (b *bench) readTimeline(ctx context.Context, client lottrailv1.LotsServiceClient, lot int, token string, size int32, pages int) (readTimelineResult, error) {
	r := readTimelineResult{token: token}
	for ; pages != 0; pages-- {
		resp, err := client.GetLotTimeline(ctx, &lottrailv1.GetLotTimelineRequest{Sku: b.work.SKU(lot), LotCode: plant.LotCode(lot), PageSize: size, PageToken: r.token})
		if err != nil {
			return r, err
		}
		r.entries, r.token = append(r.entries, resp.GetEntries()...), resp.GetNextPageToken()
		if r.token == "" {
			break
		}
	}
	return r, nil
}

// timelineRow is a row of the bare query.
type timelineRow struct {
	recordedAt, occurredAt                time.Time
	operationID, movementID               int64
	kind, from, to, principal, reasonText string
	documents, reasonCode, purpose        string
	logIndex                              int64
	quantity, onHand                      qty.Decimal
}

// queryTimeline reads so many rows behind a row, by pages.
func (b *bench) queryTimeline(ctx context.Context, lot int, behind timelineRow, size, most int) (last timelineRow, texts []string, err error) {
	for len(texts) < most {
		rows, err := b.walker.Query(ctx, timelineStatement, tenantID, b.work.ids.Lot+int64(lot), behind.recordedAt, behind.operationID, behind.movementID, size, behind.onHand)
		if err != nil {
			return behind, nil, err
		}
		before := len(texts)
		for rows.Next() {
			r := &behind
			if err := rows.Scan(&r.recordedAt, &r.operationID, &r.movementID, &r.kind, &r.quantity, &r.from, &r.to, &r.occurredAt, &r.principal, &r.reasonText,
				&r.documents, &r.logIndex, &r.reasonCode, &r.purpose, &r.onHand); err != nil {
				return behind, nil, err
			}
			texts = append(texts, timelineText(r.recordedAt, r.from, r.to, r.quantity.String(), r.principal, r.documents, r.onHand.String()))
		}
		if err := rows.Err(); err != nil || len(texts) == before {
			return behind, texts, err
		}
	}
	return behind, texts, nil
}

func timelineText(recordedAt time.Time, from, to, quantity, principal, documents, onHand string) string {
	return fmt.Sprint(recordedAt.UTC(), " ", from, " ", to, " ", quantity, " ", principal, " ", documents, " ", onHand)
}

// sameTimeline fails if the query does not tell the same.
func (b *bench) sameTimeline(ctx context.Context, lot int, entries []*lottrailv1.TimelineEntry) error {
	var served []string
	for _, e := range entries {
		m := e.GetMovement()
		documents := []string{e.GetReceiptCode(), e.GetPurchaseOrderCode(), e.GetProductionOrderCode(), e.GetRunCode(), e.GetShipmentCode(), e.GetSalesOrderCode(), e.GetPartyCode()}
		documents = slices.DeleteFunc(documents, func(code string) bool { return code == "" })
		served = append(served, timelineText(e.GetRecordedAt().AsTime(), m.GetFromLocationCode(), m.GetToLocationCode(), m.GetQuantity().GetValue(), e.GetPrincipal(),
			strings.Join(documents, " "), e.GetOnHandAfter().GetValue()))
	}
	_, queried, err := b.queryTimeline(ctx, lot, timelineRow{}, 1000, len(served)+1)
	if err != nil {
		return err
	}
	if !slices.Equal(served, queried) {
		return fmt.Errorf("the service tells of %d movements and the query of %d, or others: %s", len(served), len(queried), firstDifference(served, queried))
	}
	return nil
}

// timelinePage measures the service and the query by turns.
func (b *bench) timelinePage(ctx context.Context, client lottrailv1.LotsServiceClient, lot int, name string, all []*lottrailv1.TimelineEntry, skip, rows int) (*Reading, error) {
	var token string
	var behind timelineRow
	if skip > 0 {
		// Both begin where the page before ended.
		before, err := b.readTimeline(ctx, client, lot, "", 1000, skip/1000)
		if rest := int32(skip % 1000); err == nil && rest > 0 { //nolint:gosec // below 1000
			before, err = b.readTimeline(ctx, client, lot, before.token, rest, 1)
		}
		if err != nil {
			return nil, err
		}
		token = before.token
		if behind, _, err = b.queryTimeline(ctx, lot, timelineRow{}, skip, skip); err != nil {
			return nil, err
		}
	}
	size := min(rows, 1000)
	return b.turns(name, rows, func() error {
		got, err := b.readTimeline(ctx, client, lot, token, int32(size), (rows+size-1)/size) //nolint:gosec // at most 1000
		if err == nil && (len(got.entries) != rows || got.entries[0].GetRecordedAt().AsTime() != all[skip].GetRecordedAt().AsTime()) {
			err = fmt.Errorf("a page of %d entries behind %d has %d, or others", rows, skip, len(got.entries))
		}
		return err
	}, func() error {
		_, texts, err := b.queryTimeline(ctx, lot, behind, size, rows)
		if err == nil && len(texts) != rows {
			err = fmt.Errorf("the query has %d of %d rows", len(texts), rows)
		}
		return err
	})
}
