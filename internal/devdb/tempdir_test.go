package devdb

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

func TestSweep(t *testing.T) {
	t.Parallel()
	base := dataDir(t)
	plant := func(name, lock string) string {
		dir := filepath.Join(base, name)
		if err := os.MkdirAll(filepath.Join(dir, "postgres"), 0o755); err != nil {
			t.Fatal(err)
		}
		if lock != "" {
			if err := os.WriteFile(filepath.Join(dir, lockName), []byte(lock), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return dir
	}
	stale := plant("lottrail-pg-stale", lockMark+"1\n")
	kept := []string{
		plant("lottrail-pg-unmarked", ""),
		plant("lottrail-pg-foreign", "something else\n"),
		plant("other", lockMark+"1\n"),
		plant("lottrail-pg-live", lockMark+"1\n"),
	}
	lock, _, err := takeLock(filepath.Join(base, "lottrail-pg-live", lockName), true)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	if os.Geteuid() == 0 {
		others := plant("lottrail-pg-others", lockMark+"1\n")
		if err := os.Chown(others, 65534, 65534); err != nil {
			t.Fatal(err)
		}
		kept = append(kept, others)
	}

	if err := sweep(t.Context(), base); err != nil {
		t.Fatal(err)
	}
	if exists(stale) {
		t.Errorf("%s was not swept", stale)
	}
	for _, dir := range kept {
		if !exists(filepath.Join(dir, "postgres")) {
			t.Errorf("%s was swept", dir)
		}
	}
}

// TestSweepRace starts many at once; none may sweep the fresh directory of
// another.
func TestSweepRace(t *testing.T) {
	t.Parallel()
	owner, err := accountFor("")
	if err != nil {
		t.Fatal(err)
	}
	errs := make(chan error)
	for range 8 {
		go func() {
			for range 20 {
				dir, err := newTempDir(context.Background(), owner, discard)
				if err == nil {
					_, err = os.Stat(filepath.Join(dir.path, lockName))
				}
				if err == nil {
					err = dir.release()
				}
				if err != nil {
					errs <- err
					return
				}
			}
			errs <- nil
		}()
	}
	for range 8 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}
