package plant

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Grow makes the database of a plant so many times as large by copies of everything
// but master data, and leaves what was there as it was: so the same cones can be traced
// among more and more. No copy has anything to do with another. Generations are
// counted from 1; ids are those of the plant.
func Grow(ctx context.Context, conn *pgx.Conn, ids *IDs, generation, times int, progress Progress) error {
	err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if err := trusting(ctx, tx); err != nil {
			return err
		}
		c := copies{mark: string(rune('A' + generation - 1)), n: times - 1}
		if err := c.reserve(ctx, tx, ids); err != nil {
			return err
		}
		for i, table := range copied {
			progress(table, i, len(copied))
			if err := c.copy(ctx, tx, table); err != nil {
				return fmt.Errorf("copying %s: %w", table, err)
			}
		}
		_, err := tx.Exec(ctx, "UPDATE log_head SET log_index = (SELECT max(log_index) FROM log WHERE log.tenant_id = $1) WHERE tenant_id = $1", tenantID)
		return err
	})
	if err != nil {
		return err
	}
	progress("vacuum", 0, 0)
	_, err = conn.Exec(ctx, "VACUUM ANALYZE")
	return err
}

// copied are the tables with what is copied, each behind those that it refers to.
var copied = []string{
	"purchase_order", "purchase_order_line", "receipt", "receipt_line", "receipt_variance", "production_order", "run",
	"sales_order", "sales_order_line", "shipment", "shipment_line", "operation", "request", "lot", "movement", "balance", "log",
}

// Columns that are not the same in a copy.
var (
	idColumns = []string{
		"purchase_order_id", "receipt_id", "receipt_line_id", "production_order_id", "run_id", "sales_order_id", "shipment_id",
		"shipment_line_id", "operation_id", "created_operation_id", "lot_id", "movement_id",
	}
	codeColumns = []string{"lot_code", "request_id"}
)

// codeless have codes that need not differ, for their documents do.
var codeless = []string{"run"}

// copies are how the copies of a generation differ from what is copied.
type copies struct {
	mark string // in codes
	n    int
	span int64 // between the ids of one copy and those of the next
}

// reserve takes ids for all copies, from the sequence that the service takes them from.
func (c *copies) reserve(ctx context.Context, tx pgx.Tx, ids *IDs) error {
	var last int64
	if err := tx.QueryRow(ctx, "SELECT last_value FROM id_block").Scan(&last); err != nil {
		return err
	}
	blocks := last + 1 - ids.Item/idBlock
	c.span = blocks * idBlock
	_, err := tx.Exec(ctx, "SELECT setval('id_block', $1)", last+blocks*int64(c.n))
	return err
}

func (c *copies) copy(ctx context.Context, tx pgx.Tx, table string) error {
	rows, err := tx.Query(ctx, `SELECT attname FROM pg_attribute
		WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum`, table)
	if err != nil {
		return err
	}
	columns, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	var values []string
	for _, column := range columns {
		values = append(values, c.value(table, column))
	}
	_, err = tx.Exec(ctx, fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM %s AS original CROSS JOIN generate_series(1, %d) AS copy",
		table, strings.Join(columns, ", "), strings.Join(values, ", "), table, c.n))
	return err
}

// value is what stands in a column of a copy.
func (c *copies) value(table, column string) string {
	switch {
	case slices.Contains(idColumns, column):
		return fmt.Sprintf("original.%s + copy * %d", column, c.span)
	case slices.Contains(codeColumns, column), column == "code" && !slices.Contains(codeless, table):
		return fmt.Sprintf("original.%s || '%s' || copy", column, c.mark)
	case column == "log_index":
		return "original.log_index + copy * (SELECT log_index FROM log_head WHERE log_head.tenant_id = original.tenant_id)"
	case table == "log" && column == "sealed_at":
		return "(SELECT sealed_at FROM log_head WHERE log_head.tenant_id = original.tenant_id)"
	}
	return "original." + column
}
