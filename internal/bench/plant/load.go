package plant

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// tenantID is the tenant that every call belongs to.
const tenantID = 1

// ErrNotEmpty says that there are lots in the database already.
var ErrNotEmpty = errors.New("the database is not empty")

// Progress is told how many of how many rows are written, and into which table.
type Progress func(table string, done, all int)

// Load writes the plant into an empty, migrated database, as the owner of its
// tables, and returns the ids that it gave. It is one transaction: what is cut
// short leaves nothing behind.
func Load(ctx context.Context, conn *pgx.Conn, p *Plant, progress Progress) (*IDs, error) {
	var ids *IDs
	err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) (err error) {
		if err := trusting(ctx, tx); err != nil {
			return err
		}
		if err := checkEmpty(ctx, tx); err != nil {
			return err
		}
		if ids, err = reserve(ctx, tx, p); err != nil {
			return err
		}
		w := writer{Plant: p, ids: ids}
		w.log = w.history()
		if err := copyTables(ctx, tx, w.tables(), progress); err != nil {
			return err
		}
		return w.sealed(ctx, tx)
	})
	if err != nil {
		return nil, err
	}
	progress("vacuum", 0, 0)
	_, err = conn.Exec(ctx, "VACUUM ANALYZE")
	return ids, err
}

// copyTables writes the rows of tables.
func copyTables(ctx context.Context, tx pgx.Tx, tables []table, progress Progress) error {
	all, done := 0, 0
	for _, t := range tables {
		all += t.rows
	}
	for _, t := range tables {
		source := &rows{table: t, told: func(n int) { progress(t.name, done+n, all) }}
		if _, err := tx.CopyFrom(ctx, pgx.Identifier{t.name}, t.columns, source); err != nil {
			// Who cancels closes the connection: which of the two the driver
			// tells of is a matter of luck.
			return fmt.Errorf("loading %s: %w", t.name, errors.Join(context.Cause(ctx), err))
		}
		done += t.rows
	}
	return nil
}

// trusting leaves out the foreign keys' checks, row by row, where the user may:
// Prove looks at all of them together afterwards.
func trusting(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, `SELECT set_config('session_replication_role', 'replica', true)
		FROM pg_roles WHERE rolname = current_user AND rolsuper`)
	return err
}

// checkEmpty is CheckEmpty once more, where nothing can come in between.
func checkEmpty(ctx context.Context, tx pgx.Tx) error {
	var used bool
	if err := tx.QueryRow(ctx, "SELECT "+inUse).Scan(&used); err != nil {
		return err
	}
	if used {
		return ErrNotEmpty
	}
	return nil
}

// inUse says whether anything was pushed or posted.
const inUse = "EXISTS (SELECT FROM item) OR EXISTS (SELECT FROM party) OR EXISTS (SELECT FROM operation)"

// CheckEmpty refuses a database in which anything is (ErrNotEmpty), before it is
// even migrated.
func CheckEmpty(ctx context.Context, url string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var tables int
	var ours bool
	err = conn.QueryRow(ctx, `SELECT count(*), to_regclass('public.lot') IS NOT NULL AND to_regclass('public.operation') IS NOT NULL
		FROM pg_tables WHERE schemaname = 'public'`).Scan(&tables, &ours)
	if err != nil {
		return err
	}
	used := tables > 0
	if ours {
		if err := conn.QueryRow(ctx, "SELECT "+inUse).Scan(&used); err != nil {
			return err
		}
	}
	if used {
		return ErrNotEmpty
	}
	return nil
}

// sealed moves the head of the log behind what was loaded into it.
func (w *writer) sealed(ctx context.Context, tx pgx.Tx) error {
	last := w.log[len(w.log)-1]
	_, err := tx.Exec(ctx, `INSERT INTO log_head (tenant_id, log_index, sealed_at) VALUES ($1, $2, $3)
		ON CONFLICT (tenant_id) DO UPDATE SET log_index = excluded.log_index, sealed_at = excluded.sealed_at`, tenantID, len(w.log), last.at.Add(sealing))
	return err
}

// rows feeds a table to COPY.
type rows struct {
	table
	i    int
	told func(int)
	last time.Time
	now  []any
}

func (r *rows) Next() bool {
	if r.i == r.rows {
		return false
	}
	if r.i%1024 == 0 && time.Since(r.last) > 100*time.Millisecond {
		r.last = time.Now()
		r.told(r.i)
	}
	r.now = r.row(r.i)
	r.i++
	return true
}

func (r *rows) Values() ([]any, error) { return r.now, nil }
func (r *rows) Err() error             { return nil }
