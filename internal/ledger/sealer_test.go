package ledger_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/pg"
)

// text can be read while it is written.
type text struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (t *text) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.b.Write(p)
}

func (t *text) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.b.String()
}

// runSealer runs one until the returned function is called, or the test ends.
func runSealer(t testing.TB, db *pg.DB) (s *ledger.Sealer, log *text, stop func()) {
	t.Helper()
	s, log = ledger.NewSealer(db), &text{}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.Run(ctx, slog.New(slog.NewTextHandler(log, nil)))
	}()
	stop = func() {
		cancel()
		<-ended
	}
	t.Cleanup(stop)
	return s, log, stop
}

func isMoved(s *ledger.Sealer, tenantID, index int64) bool {
	select {
	case <-s.Moved(tenantID, index):
		return true
	default:
		return false
	}
}

// What is posted gets into the log by itself, and who waits is told: also where
// another instance seals.
func TestSealerTells(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s, _, stop := runSealer(t, w.db)
	other := s
	for i := range int64(3) {
		w.make(string(rune('A'+i)), "1")
		for _, sealer := range []*ledger.Sealer{s, other} {
			select {
			case <-sealer.Moved(1, i):
			case <-time.After(20 * time.Second):
				t.Fatalf("nobody was told of index %d", i+1)
			}
		}
		until(t, "it is not known how far the log goes", func() bool { return isMoved(s, 1, i) && isMoved(other, 1, i) })
		if i == 0 {
			other, _, _ = runSealer(t, w.db)
		}
	}
	if isMoved(s, 1, 3) || isMoved(s, 2, 0) {
		t.Error("told of what is not there")
	}
	if got := checkLog(t, w.db); len(got) != 3 {
		t.Errorf("in the log: %v", got)
	}
	stop()
	before := other.Moved(1, 3)
	w.make("D", "1")
	<-before
	if isMoved(s, 1, 3) {
		t.Error("a sealer that has ended tells")
	}
}

// A database that was restored from a backup ends earlier: who waits is told of
// that, too.
func TestSealerTellsOfAnEarlierEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.make("A", "1")
	w.make("B", "1")
	s, _, _ := runSealer(t, w.db)
	until(t, "nothing is sealed", func() bool { return isMoved(s, 1, 1) })
	moved := s.Moved(1, 2)
	if _, err := w.owner().Exec(t.Context(), "DELETE FROM log WHERE log_index = 2; UPDATE log_head SET log_index = 1"); err != nil {
		t.Fatal(err)
	}
	<-moved
	if isMoved(s, 1, 1) {
		t.Error("the log does not go beyond 1 any more")
	}
}

// What was recorded last before the end is in the log after it.
func TestSealerLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 20 {
		_, _, stop := runSealer(t, w.db)
		w.make(fmt.Sprint(i), "1")
		stop()
		if got := checkLog(t, w.db); len(got) != i+1 {
			t.Fatalf("%d in the log after %d", len(got), i+1)
		}
	}
}

// More than one transaction takes is in the log without a rest in between.
func TestSealerGoesOnWhileThereIsMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.make("A", "1")
	const more = 3 * ledger.SealMost
	_, err := w.owner().Exec(t.Context(), `
		INSERT INTO operation (tenant_id, operation_id, kind, occurred_at, principal, request_id, reason)
		SELECT 1, 1000000 + n, 'transfer', now(), '', n::text, '' FROM generate_series(1, $1::int) AS n`, more)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.owner().Exec(t.Context(), "INSERT INTO unlogged SELECT tenant_id, operation_id, recorded_at FROM operation WHERE operation_id > 1000000"); err != nil {
		t.Fatal(err)
	}
	s, _, _ := runSealer(t, w.db)
	until(t, "not everything is sealed", func() bool { return isMoved(s, 1, more) })
	if got := checkLog(t, w.db); len(got) != more+1 {
		t.Errorf("%d in the log", len(got))
	}
}

// A database that fails does not end the sealer, and is complained about once.
func TestSealerOutlivesFailures(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s, log, _ := runSealer(t, w.db)
	rename := func(from, to string) {
		t.Helper()
		if _, err := w.owner().Exec(t.Context(), "ALTER TABLE "+from+" RENAME TO "+to); err != nil {
			t.Fatal(err)
		}
	}
	// It can look, and finds work; it cannot do it.
	rename("log", "gone")
	w.make("A", "1")
	const complaint, relief = "operations are not getting into the log", "operations are getting into the log again"
	until(t, "nobody complains", func() bool { return strings.Contains(log.String(), complaint) })
	failures := func() int {
		return column[int](t, w.db, "SELECT xact_rollback::int FROM pg_stat_database WHERE datname = current_database()")[0]
	}
	before := failures()
	until(t, "nobody tries again", func() bool { return failures() > before+1 })
	if isMoved(s, 1, 0) {
		t.Error("told of what was not sealed")
	}
	rename("gone", "log")
	until(t, "it does not go on", func() bool { return isMoved(s, 1, 0) && strings.Contains(log.String(), relief) })
	// Now it cannot even look.
	rename("unlogged", "gone")
	until(t, "nobody complains", func() bool { return strings.Count(log.String(), complaint) == 2 })
	rename("gone", "unlogged")
	until(t, "it does not go on", func() bool { return strings.Count(log.String(), relief) == 2 })
	if n := strings.Count(log.String(), complaint); n != 2 {
		t.Errorf("%d complaints of two failures: %s", n, log)
	}
	checkLog(t, w.db)
}
