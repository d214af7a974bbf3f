package pg_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/pg"
)

// One connection that hangs while it fetches ids does not stop the others: each
// fetches on its own, and gives up when its own time is up.
func TestNobodyWaitsForTheIDsOfAnother(t *testing.T) {
	t.Parallel()
	url := dbtest.URL(t)
	db, err := pg.Open(t.Context(), url, 10)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	owner, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = owner.Close(context.Background()) }()
	// Whoever fetches ids now hangs until the lock timeout.
	if _, err := owner.Exec(t.Context(), "BEGIN; ALTER SEQUENCE id_block CACHE 1"); err != nil {
		t.Fatal(err)
	}
	nextID := func(ctx context.Context) error {
		return db.Write(ctx, pg.Author{TenantID: 1}, func(tx *pg.Tx) error {
			_, err := tx.NextID(ctx)
			return err
		})
	}
	hung := make(chan error, 1)
	go func() { hung <- nextID(context.Background()) }()
	dbtest.UntilWaiting(t, db, 1, "fetching ids")
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	start := time.Now()
	if err := nextID(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want its deadline to have passed", err)
	}
	if waited := time.Since(start); waited > 2*time.Second {
		t.Errorf("it waited for %s, though it had 100ms", waited)
	}
	if _, err := owner.Exec(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if err := <-hung; err != nil {
		t.Error(err)
	}
}

func TestNoIDIsGivenTwice(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	const callers, each = 10, 1500 // more than a block
	given := make([][]int64, callers)
	var group sync.WaitGroup
	for i := range callers {
		group.Go(func() {
			err := db.Write(context.Background(), pg.Author{TenantID: 1}, func(tx *pg.Tx) error {
				for range each {
					id, err := tx.NextID(context.Background())
					if err != nil {
						return err
					}
					given[i] = append(given[i], id)
				}
				return errors.New("rolled back")
			})
			if len(given[i]) != each {
				t.Errorf("%d ids, %v", len(given[i]), err)
			}
		})
	}
	group.Wait()
	all := slices.Sorted(slices.Values(slices.Concat(given...)))
	if n := len(slices.Compact(slices.Clone(all))); n != callers*each {
		t.Errorf("%d different ids, want %d", n, callers*each)
	}
	// Below that are the virtual locations.
	if all[0] < 1000 {
		t.Errorf("id %d was given", all[0])
	}
}
