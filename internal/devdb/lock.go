package devdb

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

const (
	lockName = "postgres.lock"
	lockMark = "lottrail devdb, process " // also marks a directory as ours
)

var errLocked = errors.New("locked")

// takeLock locks the file at path; with create it makes it, and writes our mark
// once it is locked, else it wants it to be marked. The system frees the lock
// when the process ends, however it ends. errLocked comes with the number of the
// process that holds it.
func takeLock(path string, create bool) (_ *os.File, holder string, err error) {
	flags := os.O_RDWR | unix.O_NOFOLLOW
	if create {
		flags |= os.O_CREATE
	}
	file, err := os.OpenFile(path, flags, 0o600)
	if err != nil {
		return nil, "", err
	}
	line, _ := bufio.NewReader(file).ReadString('\n')
	holder, ours := strings.CutPrefix(strings.TrimSpace(line), lockMark)
	if !ours && !create {
		file.Close()
		return nil, "", fmt.Errorf("%s is not a lock of ours", path)
	}
	err = unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		err = errLocked
	}
	if err == nil && create {
		err = writeHolder(file)
	}
	if err != nil {
		file.Close()
		return nil, holder, err
	}
	return file, "", nil
}

func writeHolder(file *os.File) error {
	if err := file.Truncate(0); err != nil {
		return err
	}
	_, err := file.WriteAt(fmt.Appendf(nil, "%s%d\n", lockMark, os.Getpid()), 0)
	return err
}

// heldDir is a directory that is locked by us.
type heldDir struct {
	path      string
	lock      *os.File
	temporary bool // goes away with the lock
}

func (d heldDir) release() error {
	var err error
	if d.temporary {
		err = removeLocked(d.path)
	}
	return errors.Join(err, unlock(d.lock))
}

// unlock does not leave it to Close, because a child of ours that is just being
// forked has the file too, until it runs its program.
func unlock(lock *os.File) error {
	return errors.Join(unix.Flock(int(lock.Fd()), unix.LOCK_UN), lock.Close())
}

// makeDataDir makes dir if need be and says as whom PostgreSQL runs in it. The
// path returned is absolute and without links, so it is always the same one.
func makeDataDir(dir string) (string, account, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", account{}, err
	}
	owner, err := accountFor(filepath.Join(dir, "postgres"))
	if err != nil {
		return "", owner, err
	}
	parent := existingParent(dir)
	if err := owner.checkReach(parent); err != nil {
		return "", owner, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", owner, fmt.Errorf("%w: choose another directory with --data-dir", err)
	}
	for made := dir; owner.drop && made != parent; made = filepath.Dir(made) {
		if err := os.Chmod(made, 0o755); err != nil {
			return "", owner, err
		}
	}
	if err := owner.checkReach(dir); err != nil {
		return "", owner, err
	}
	if err := checkOurs(dir); err != nil {
		return "", owner, err
	}
	dir, err = filepath.EvalSymlinks(dir)
	return dir, owner, err
}

// checkOurs refuses a directory with things of others in it: a start clears away
// what an earlier one left, and must not take their "run" for its own.
func checkOurs(dir string) error {
	mark, err := os.ReadFile(filepath.Join(dir, lockName))
	if err == nil && (len(mark) == 0 || strings.HasPrefix(string(mark), lockMark)) {
		return nil // empty if the process was killed just after it made the file
	}
	entries, err := os.ReadDir(dir)
	for _, entry := range entries {
		if entry.Name() != "lost+found" { // a disk of our own has it
			return fmt.Errorf("%s has other things in it (%s): choose a directory that is empty or not there yet with --data-dir", dir, entry.Name())
		}
	}
	return err
}

func existingParent(dir string) string {
	for dir != "/" {
		if _, err := os.Stat(dir); err == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	return dir
}

func lockDataDir(dir string, owner account) (heldDir, error) {
	path := filepath.Join(dir, lockName)
	lock, holder, err := takeLock(path, true)
	if errors.Is(err, errLocked) {
		return heldDir{}, fmt.Errorf("the database in %s is in use by process %s: stop it, or choose another directory with --data-dir", dir, holder)
	}
	if err != nil {
		return heldDir{}, err
	}
	if err := owner.own(path); err != nil {
		return heldDir{}, errors.Join(err, unlock(lock))
	}
	return heldDir{path: dir, lock: lock}, nil
}
