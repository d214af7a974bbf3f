package devdb

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const (
	tempPrefix = "lottrail-pg-"
	maxSocket  = 103 // bytes in the path of a socket, on the strictest system
)

// socketFits says whether the socket can be in home: a comma would separate two
// hosts in a connection string.
func socketFits(home string) bool {
	return !strings.Contains(home, ",") && len(filepath.Join(home, "run", ".s.PGSQL."+port)) <= maxSocket
}

// newTempDir makes a locked directory, after removing those that killed
// processes have left.
func newTempDir(ctx context.Context, owner account, log *slog.Logger) (heldDir, error) {
	base, err := tempBase(owner)
	if err != nil {
		return heldDir{}, err
	}
	if err := sweep(ctx, base); err != nil {
		log.Warn("could not remove what an earlier run left", "error", err)
	}
	path, err := os.MkdirTemp(base, tempPrefix)
	if err != nil {
		return heldDir{}, err
	}
	lock, _, err := takeLock(filepath.Join(path, lockName), true)
	if err == nil && owner.drop {
		err = os.Chmod(path, 0o711) // the account has to pass through
	}
	if err != nil {
		return heldDir{}, errors.Join(err, os.RemoveAll(path))
	}
	return heldDir{path: path, lock: lock, temporary: true}, nil
}

// tempBase is where temporary directories go: one that the account can enter
// and whose path is short enough for a socket.
func tempBase(owner account) (string, error) {
	for _, base := range []string{os.TempDir(), "/tmp", "/var/tmp"} {
		base, err := filepath.EvalSymlinks(base)
		if err == nil && socketFits(filepath.Join(base, tempPrefix+"1234567890")) && owner.canEnter(base) {
			return base, nil
		}
	}
	return "", fmt.Errorf("no directory for temporary files: neither %s nor /tmp nor /var/tmp has a short path that user %s can enter; set TMPDIR to one", os.TempDir(), owner.name)
}

// sweep removes the temporary directories in base that are ours and that no
// process holds. A directory that is just being made is not marked as ours
// before it is locked, so it is safe.
func sweep(ctx context.Context, base string) error {
	entries, err := os.ReadDir(base)
	failed := []error{err}
	for _, entry := range entries {
		path := filepath.Join(base, entry.Name())
		if !entry.IsDir() || !strings.HasPrefix(entry.Name(), tempPrefix) {
			continue
		}
		if owner, ok := ownerOf(path); ok && owner.uid == uint32(os.Geteuid()) {
			failed = append(failed, sweepDir(ctx, path))
		}
	}
	return errors.Join(failed...)
}

func sweepDir(ctx context.Context, path string) error {
	lock, _, err := takeLock(filepath.Join(path, lockName), false)
	if err != nil {
		return nil // in use, being made or removed by another process, or not ours
	}
	defer func() { _ = unlock(lock) }() // the process's end would do it too
	if err := stopOrphan(ctx, filepath.Join(path, "postgres")); err != nil {
		return err
	}
	return removeLocked(path)
}

// removeLocked removes the lock last, so that a removal that is cut short can
// be taken up by the next sweep.
func removeLocked(path string) error {
	entries, err := os.ReadDir(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil // another sweep was quicker
	}
	for _, entry := range entries {
		if entry.Name() != lockName {
			err = errors.Join(err, removeAll(filepath.Join(path, entry.Name())))
		}
	}
	if err != nil {
		return err
	}
	return os.RemoveAll(path)
}

// removeAll is os.RemoveAll, with patience for a process of the same directory
// that is just about to end and still makes files.
func removeAll(path string) error {
	var err error
	for range 20 {
		if err = os.RemoveAll(path); err == nil {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return err
}
