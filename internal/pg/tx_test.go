package pg_test

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/pg"
)

var author = pg.Author{TenantID: 1, Principal: "test", RequestID: "r"}

const insertRevision = `INSERT INTO revision (tenant_id, subject, subject_id, revision, content, principal) VALUES (1, 'party', $1, 1, '{}', 'test')`

func revisions(t *testing.T, db *pg.DB) (n int) {
	t.Helper()
	if err := db.QueryRow(t.Context(), "SELECT count(*) FROM revision").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// Whatever it is that is waited for, what was queued comes before it.
func TestQueuedComesFirst(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	const counted = "SELECT count(*) FROM revision"
	for name, wait := range map[string]func(context.Context, *pg.Tx) (int, error){
		"query": func(ctx context.Context, tx *pg.Tx) (int, error) {
			rows, err := tx.Query(ctx, counted)
			if err != nil {
				return 0, err
			}
			return pgx.CollectExactlyOneRow(rows, pgx.RowTo[int])
		},
		"query row": func(ctx context.Context, tx *pg.Tx) (n int, err error) {
			err = tx.QueryRow(ctx, counted).Scan(&n)
			return n, err
		},
		"exec": func(ctx context.Context, tx *pg.Tx) (int, error) {
			tag, err := tx.Exec(ctx, "UPDATE run SET code = code WHERE false")
			if err == nil && tag.String() != "UPDATE 0" {
				err = errors.New(tag.String())
			}
			return 2, err
		},
		"batch": func(ctx context.Context, tx *pg.Tx) (n int, err error) {
			batch := &pgx.Batch{}
			batch.Queue(counted).QueryRow(func(row pgx.Row) error { return row.Scan(&n) })
			err = tx.SendBatch(ctx, batch).Close()
			return n, err
		},
	} {
		undone := errors.New("undone")
		err := db.Write(t.Context(), author, func(tx *pg.Tx) error {
			var order []string
			tx.Queue(insertRevision, 1).Exec(func(pgconn.CommandTag) error { order = append(order, "first"); return nil })
			tx.Queue(insertRevision, 2).Exec(func(pgconn.CommandTag) error { order = append(order, "second"); return nil })
			n, err := wait(t.Context(), tx)
			if err != nil || n != 2 || len(order) != 2 || order[0] != "first" {
				t.Errorf("%s: %d, %v after %v", name, n, err, order)
			}
			if n, err = wait(t.Context(), tx); err != nil || n != 2 {
				t.Errorf("%s, with nothing queued: %d, %v", name, n, err)
			}
			return undone
		})
		if !errors.Is(err, undone) || revisions(t, db) != 0 {
			t.Errorf("%s: %v, and %d rows are left", name, err, revisions(t, db))
		}
	}
}

// What goes wrong with a queued statement ends the transaction, whoever waits.
func TestQueuedFails(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	refused := errors.New("refused")
	refuse := func(err error) error {
		if pg.Constraint(err) == "revision_pkey" {
			return refused
		}
		return err
	}
	for name, wait := range map[string]func(context.Context, *pg.Tx) error{
		"commit": func(context.Context, *pg.Tx) error { return nil },
		"flush":  func(ctx context.Context, tx *pg.Tx) error { return tx.Flush(ctx) },
		"query row": func(ctx context.Context, tx *pg.Tx) error {
			return tx.QueryRow(ctx, "SELECT 1").Scan(new(int))
		},
		"query": func(ctx context.Context, tx *pg.Tx) error {
			rows, err := tx.Query(ctx, "SELECT 1")
			if err == nil {
				rows.Close()
				err = rows.Err()
			}
			return err
		},
		"exec": func(ctx context.Context, tx *pg.Tx) error {
			_, err := tx.Exec(ctx, "SELECT 1")
			return err
		},
	} {
		err := db.Write(t.Context(), author, func(tx *pg.Tx) error {
			queued := tx.Queued(refuse)
			for range 2 {
				if _, err := queued.Exec(t.Context(), insertRevision, 1); err != nil {
					t.Errorf("%s: %v at once", name, err)
				}
			}
			return wait(t.Context(), tx)
		})
		if !errors.Is(err, refused) {
			t.Errorf("%s: %v, want it refused", name, err)
		}
		// A callback that objects to what succeeded does so before the commit.
		err = db.Write(t.Context(), author, func(tx *pg.Tx) error {
			tx.Queue(insertRevision, 1).Exec(func(pgconn.CommandTag) error { return refused })
			return wait(t.Context(), tx)
		})
		if !errors.Is(err, refused) || revisions(t, db) != 0 {
			t.Errorf("%s: %v, and %d rows are left", name, err, revisions(t, db))
		}
	}
	if idle := db.Stat().IdleConns(); idle == 0 || db.Stat().AcquiredConns() != 0 {
		t.Errorf("%d idle connections, %d in use: they should have been given back in order", idle, db.Stat().AcquiredConns())
	}
}

// A failure that is swallowed does not become a commit of nothing.
func TestSwallowedFailure(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	err := db.Write(t.Context(), author, func(tx *pg.Tx) error {
		_, _ = tx.Exec(t.Context(), insertRevision, 1)
		_, _ = tx.Exec(t.Context(), "SELECT 1/0")
		return nil
	})
	if !errors.Is(err, pgx.ErrTxCommitRollback) {
		t.Errorf("%v", err)
	}
}

// A panic leaves no transaction open behind it.
func TestPanicRollsBack(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = db.Write(t.Context(), author, func(tx *pg.Tx) error {
			if _, err := tx.Exec(t.Context(), insertRevision, 1); err != nil {
				t.Error(err)
			}
			panic("no")
		})
	}()
	if revisions(t, db) != 0 || db.Stat().AcquiredConns() != 0 {
		t.Errorf("%d rows, %d connections in use", revisions(t, db), db.Stat().AcquiredConns())
	}
}
