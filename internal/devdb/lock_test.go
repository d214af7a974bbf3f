package devdb

import (
	"os"
	"path/filepath"
	"testing"
)

// markOurs makes dir look like one that an earlier run has used.
func markOurs(t *testing.T, dir string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, lockName), []byte(lockMark+"1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestForeignDir is about a --data-dir that is somebody's home, say: "run" is a
// name that others use too.
func TestForeignDir(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	theirs := filepath.Join(dir, "run", "theirs")
	if err := os.MkdirAll(theirs, 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), Config{Dir: dir})
	wantError(t, err, dir, "has other things in it (run)", "--data-dir")
	if !exists(theirs) || exists(filepath.Join(dir, lockName)) {
		t.Error("the start touched a directory of others")
	}

	disk := dataDir(t)
	if err := os.Mkdir(filepath.Join(disk, "lost+found"), 0o700); err != nil {
		t.Fatal(err)
	}
	mustStart(t, Config{Dir: disk})
}
