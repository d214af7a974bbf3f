package bench

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// reconcile finds balances that are not the sum of movements in less the sum of
// movements out, and such as are below zero. Virtual locations have ids below 1,000.
const reconcile = `
WITH net AS (
    SELECT lot_id, location_id, sum(quantity) AS quantity
    FROM (
        SELECT lot_id, to_location_id AS location_id, quantity FROM movement WHERE tenant_id = $1
        UNION ALL
        SELECT lot_id, from_location_id, -quantity FROM movement WHERE tenant_id = $1
    ) AS flow
    WHERE location_id >= 1000
    GROUP BY lot_id, location_id
)
SELECT count(*), coalesce(min(lot_id), 0)
FROM net
FULL JOIN (SELECT lot_id, location_id, on_hand FROM balance WHERE tenant_id = $1) AS balance USING (lot_id, location_id)
WHERE coalesce(on_hand, 0) <> coalesce(quantity, 0) OR coalesce(on_hand, 0) < 0`

// Reconcile checks that every balance is the sum of its movements, and none below
// zero.
func Reconcile(ctx context.Context, conn *pgx.Conn) error {
	var wrong, lot int64
	if err := conn.QueryRow(ctx, reconcile, tenantID).Scan(&wrong, &lot); err != nil {
		return err
	}
	if wrong > 0 {
		return fmt.Errorf("%d balances are not the sum of their movements; the first is of lot %d", wrong, lot)
	}
	return nil
}

// References checks every foreign key over whole tables: the load may have left out
// the checks row by row.
func References(ctx context.Context, conn *pgx.Conn) error {
	rows, err := conn.Query(ctx, `
		SELECT c.conname, format('SELECT count(*) FROM %s AS child WHERE %s AND NOT EXISTS (SELECT FROM %s AS parent WHERE %s)',
			c.conrelid::regclass,
			(SELECT string_agg(format('child.%I IS NOT NULL', a.attname), ' AND ') FROM unnest(c.conkey) AS k JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k),
			c.confrelid::regclass,
			(SELECT string_agg(format('parent.%I = child.%I', pa.attname, ca.attname), ' AND ')
			 FROM unnest(c.conkey, c.confkey) AS k (child, parent)
			 JOIN pg_attribute ca ON ca.attrelid = c.conrelid AND ca.attnum = k.child
			 JOIN pg_attribute pa ON pa.attrelid = c.confrelid AND pa.attnum = k.parent))
		FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace
		WHERE c.contype = 'f' AND n.nspname = 'public'
		ORDER BY c.conname`)
	if err != nil {
		return err
	}
	type check struct{ Name, SQL string }
	checks, err := pgx.CollectRows(rows, pgx.RowToStructByPos[check])
	if err != nil {
		return err
	}
	var broken []error
	for _, c := range checks {
		var dangling int64
		if err := conn.QueryRow(ctx, c.SQL).Scan(&dangling); err != nil {
			return fmt.Errorf("%s: %w", c.Name, err)
		}
		if dangling > 0 {
			broken = append(broken, fmt.Errorf("%s: %d rows refer to nothing", c.Name, dangling))
		}
	}
	return errors.Join(broken...)
}

// tables are counted, so that what was posted can be compared.
func tables(ctx context.Context, conn *pgx.Conn) ([]string, error) {
	rows, err := conn.Query(ctx, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN ('goose_db_version', 'unlogged', 'log', 'log_head') ORDER BY 1")
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// count counts the rows of every table. What is on its way to the log counts as
// being there.
func count(ctx context.Context, conn *pgx.Conn) (map[string]int64, error) {
	names, err := tables(ctx, conn)
	if err != nil {
		return nil, err
	}
	var parts []string
	for _, name := range names {
		parts = append(parts, fmt.Sprintf("SELECT '%s', count(*) FROM %s", name, pgx.Identifier{name}.Sanitize()))
	}
	parts = append(parts, "SELECT 'log', (SELECT count(*) FROM log) + (SELECT count(*) FROM unlogged)")
	rows, err := conn.Query(ctx, strings.Join(parts, " UNION ALL "))
	if err != nil {
		return nil, err
	}
	type row struct {
		Table string
		N     int64
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[row])
	counts := map[string]int64{}
	for _, r := range all {
		counts[r.Table] = r.N
	}
	return counts, err
}
