package dbtest

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/pg"
)

// logRules find what must never be in the log, each as lines for people.
var logRules = map[string]string{
	"indexes have a gap": `
		SELECT format('index %s at place %s', log_index, place)
		FROM (SELECT log_index, row_number() OVER (PARTITION BY tenant_id ORDER BY log_index) AS place FROM log) AS l
		WHERE log_index <> place`,
	"an operation is not once in log and unlogged": `
		SELECT format('operation %s: in the log %s times, waiting %s times', operation_id, count(log_index), count(u.operation_id))
		FROM operation LEFT JOIN log USING (tenant_id, operation_id) LEFT JOIN unlogged AS u USING (tenant_id, operation_id)
		GROUP BY tenant_id, operation_id HAVING count(log_index) + count(u.operation_id) <> 1`,
	"the time of sealing goes back": `
		SELECT format('index %s', log_index)
		FROM (SELECT log_index, sealed_at, lag(sealed_at) OVER (PARTITION BY tenant_id ORDER BY log_index) AS before FROM log) AS l
		WHERE sealed_at < before`,
	"an operation was sealed before it was recorded": `
		SELECT format('index %s', log_index)
		FROM log JOIN operation USING (tenant_id, operation_id) WHERE sealed_at <= recorded_at`,
	"a movement was not recorded when its operation was": `
		SELECT format('movement %s', movement_id)
		FROM movement JOIN operation USING (tenant_id, operation_id) WHERE movement.recorded_at <> operation.recorded_at`,
	"operations on a lot are not in the order of recording": `
		SELECT format('lot %s: index %s after %s', lot_id, log_index, before)
		FROM (SELECT lot_id, log_index, lag(log_index) OVER (PARTITION BY tenant_id, lot_id ORDER BY recorded_at) AS before
		      FROM (SELECT tenant_id, operation_id, lot_id FROM movement
		            UNION SELECT tenant_id, placed_operation_id, lot_id FROM hold
		            UNION SELECT tenant_id, released_operation_id, lot_id FROM hold) AS done
		      JOIN operation USING (tenant_id, operation_id) JOIN log USING (tenant_id, operation_id)) AS l
		WHERE log_index <= before`,
	"the head is not at the end": `
		SELECT format('tenant %s: head at %s, log at %s', tenant_id, h.log_index, coalesce(l.log_index, 0))
		FROM log_head AS h LEFT JOIN (SELECT tenant_id, max(log_index) AS log_index FROM log GROUP BY tenant_id) AS l USING (tenant_id)
		WHERE h.log_index <> coalesce(l.log_index, 0)`,
}

// CheckLog checks what always holds of the log, whoever is sealing: indexes from 1
// without a gap, an operation in it or waiting for it and never both or neither,
// times that never go back, operations on one lot in the order in which they were
// recorded, movements recorded when their operations were, the head at the end.
func CheckLog(t testing.TB, db *pg.DB) {
	t.Helper()
	err := db.Read(context.Background(), func(tx *pg.Snapshot) error {
		for what, rule := range logRules {
			rows, err := tx.Query(context.Background(), rule)
			if err != nil {
				return err
			}
			wrong, err := pgx.CollectRows(rows, pgx.RowTo[string])
			if err != nil {
				return err
			}
			for _, line := range wrong {
				t.Errorf("log: %s: %s", what, line)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatalf("dbtest: %v", err)
	}
}
