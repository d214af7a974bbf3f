package lineage_test

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
)

// timed is what moved when in a world, as its rows have it: minutes by names.
type timed struct {
	ties                []timedTie
	receipts, shipments []timedEnd
}

// timedTie is all that moved of a lot into a run, or out of it.
type timedTie struct {
	Lot, Run    string
	Out         bool
	First, Last int
}

// timedEnd is a lot on a receipt or shipment. Of one document all have one time.
type timedEnd struct {
	Lot, Document string
	At            int
}

// retime gives everything that happened in a world another time, which next says in
// minutes from when it began.
func retime(t tester, admin *pgxpool.Pool, tenantID int64, next func() int) {
	t.Helper()
	ctx := context.Background()
	for _, column := range [][3]any{
		{"movement", "movement_id", "occurred_at"}, {"receipt", "receipt_id", "received_at"}, {"shipment", "shipment_id", "shipped_at"},
	} {
		rows, err := admin.Query(ctx, fmt.Sprintf("SELECT %[2]s FROM %[1]s WHERE tenant_id = $1 ORDER BY %[2]s", column[:2]...), tenantID)
		if err != nil {
			t.Fatal(err)
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil {
			t.Fatal(err)
		}
		times := make([]time.Time, len(ids))
		for i := range times {
			times[i] = lineagetest.Began.Add(time.Duration(next()) * time.Minute)
		}
		_, err = admin.Exec(ctx, fmt.Sprintf(`UPDATE %[1]s SET %[3]s = new.at
			FROM unnest($2::bigint[], $3::timestamptz[]) AS new (id, at) WHERE tenant_id = $1 AND %[2]s = new.id`, column[:]...), tenantID, ids, times)
		if err != nil {
			t.Fatal(err)
		}
	}
}

// readTimed reads a world back.
func readTimed(t tester, admin *pgxpool.Pool, tenantID int64) timed {
	t.Helper()
	const minutes = "extract(epoch FROM %s - $2)::integer / 60"
	ties := fmt.Sprintf(`
		SELECT sku || '/' || lot_code, production_order.code || '#' || run.code, movement.kind = 'output', min(`+minutes+`), max(`+minutes+`)
		FROM movement JOIN lot USING (tenant_id, lot_id) JOIN item USING (tenant_id, item_id)
		JOIN run ON run.tenant_id = movement.tenant_id AND run.run_id = movement.run_id
		JOIN production_order ON production_order.tenant_id = run.tenant_id AND production_order.production_order_id = run.production_order_id
		WHERE movement.tenant_id = $1 AND movement.kind IN ('consumption', 'output') GROUP BY 1, 2, 3`, "occurred_at", "occurred_at")
	receipts := fmt.Sprintf(`
		SELECT DISTINCT sku || '/' || lot_code, receipt.code, `+minutes+`
		FROM movement JOIN lot USING (tenant_id, lot_id) JOIN item USING (tenant_id, item_id)
		JOIN receipt_line USING (tenant_id, receipt_line_id) JOIN receipt USING (tenant_id, receipt_id) WHERE movement.tenant_id = $1`, "receipt.received_at")
	shipments := fmt.Sprintf(`
		SELECT DISTINCT sku || '/' || lot_code, shipment.code, `+minutes+`
		FROM movement JOIN lot USING (tenant_id, lot_id) JOIN item USING (tenant_id, item_id)
		JOIN shipment_line USING (tenant_id, shipment_line_id) JOIN shipment USING (tenant_id, shipment_id) WHERE movement.tenant_id = $1`, "shipment.shipped_at")
	return timed{
		ties:      collect[timedTie](t, admin, ties, tenantID),
		receipts:  collect[timedEnd](t, admin, receipts, tenantID),
		shipments: collect[timedEnd](t, admin, shipments, tenantID),
	}
}

func collect[T any](t tester, admin *pgxpool.Pool, sql string, tenantID int64) []T {
	t.Helper()
	rows, err := admin.Query(context.Background(), sql, tenantID, lineagetest.Began)
	if err != nil {
		t.Fatal(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[T])
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// within are the lots and runs that a walk from a lot goes through.
func (w timed) within(seed string, back bool, maxDepth int) (lots, runs map[string]bool) {
	lots, runs = map[string]bool{seed: true}, map[string]bool{}
	for depth := 1; maxDepth == 0 || depth <= maxDepth; depth++ {
		before := len(lots) + len(runs)
		next := map[string]bool{}
		for _, t := range w.ties {
			if t.Out == back && lots[t.Lot] {
				next[t.Run] = true
			}
		}
		for run := range next {
			runs[run] = true
		}
		for _, t := range w.ties {
			if t.Out != back && next[t.Run] {
				lots[t.Lot] = true
			}
		}
		if len(lots)+len(runs) == before {
			break
		}
	}
	return lots, runs
}

// forward says what a lot can have reached in time: from which minute on each lot can
// hold something of it, and which runs. It does so by going over everything until
// nothing changes.
func (w timed) forward(seed string, maxDepth int) (lots map[string]int, runs map[string]bool) {
	inLots, inRuns := w.within(seed, false, maxDepth)
	lots, runs = map[string]int{seed: -1 << 30}, map[string]bool{}
	for changed := true; changed; {
		changed = false
		for _, t := range w.ties {
			if !inLots[t.Lot] || !inRuns[t.Run] {
				continue
			}
			at, reached := lots[t.Lot]
			switch {
			case !t.Out && reached && t.Last >= at && !runs[t.Run]:
				runs[t.Run], changed = true, true
			case t.Out && runs[t.Run] && (!reached || t.First < at):
				lots[t.Lot], changed = t.First, true
			}
		}
	}
	return lots, runs
}

// backward says what can have got into a lot in time: until which minute what left each
// lot can have, and which runs.
func (w timed) backward(seed string, maxDepth int) (lots map[string]int, runs map[string]bool) {
	inLots, inRuns := w.within(seed, true, maxDepth)
	lots, runs = map[string]int{seed: 1 << 30}, map[string]bool{}
	for changed := true; changed; {
		changed = false
		for _, t := range w.ties {
			if !inLots[t.Lot] || !inRuns[t.Run] {
				continue
			}
			until, reached := lots[t.Lot]
			switch {
			case t.Out && reached && t.First <= until && !runs[t.Run]:
				runs[t.Run], changed = true, true
			case !t.Out && runs[t.Run] && (!reached || t.Last > until):
				lots[t.Lot], changed = t.Last, true
			}
		}
	}
	return lots, runs
}
