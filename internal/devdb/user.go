package devdb

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// account is the user that PostgreSQL runs as. It is ourselves, unless we are
// root: PostgreSQL refuses that, so it gets another one.
type account struct {
	name     string
	uid, gid uint32
	drop     bool // not ourselves
}

// accountFor chooses the account for a cluster: as root, the owner of one that
// exists, or else an unprivileged system user.
func accountFor(clusterDir string) (account, error) {
	self := account{uid: uint32(os.Geteuid()), gid: uint32(os.Getegid())}
	owner, exists := ownerOf(clusterDir)
	if self.uid != 0 {
		if exists && owner.uid != self.uid {
			return self, fmt.Errorf("%s belongs to another user (%s): run as that user, or choose another directory with --data-dir", clusterDir, owner.name)
		}
		return self, nil
	}
	if exists && owner.uid != 0 {
		return owner, nil
	}
	for _, name := range []string{"postgres", "_postgres", "nobody"} {
		if u, err := user.Lookup(name); err == nil {
			return newAccount(u)
		}
	}
	return self, errors.New("PostgreSQL does not run as root, and there is neither a user postgres nor nobody to run it as: run this as another user")
}

func newAccount(u *user.User) (account, error) {
	uid, err := strconv.ParseInt(u.Uid, 10, 64) // negative on some systems
	if err != nil {
		return account{}, err
	}
	gid, err := strconv.ParseInt(u.Gid, 10, 64)
	if err != nil {
		return account{}, err
	}
	return account{name: u.Username, uid: uint32(uid), gid: uint32(gid), drop: true}, nil
}

func ownerOf(path string) (account, bool) {
	info, err := os.Lstat(path)
	if err != nil {
		return account{}, false
	}
	stat := info.Sys().(*syscall.Stat_t)
	owner := account{name: fmt.Sprint(stat.Uid), uid: stat.Uid, gid: stat.Gid, drop: true}
	if u, err := user.LookupId(owner.name); err == nil {
		owner.name = u.Username
	}
	return owner, true
}

// own gives path to the account.
func (a account) own(path string) error {
	if !a.drop {
		return nil
	}
	return os.Lchown(path, int(a.uid), int(a.gid))
}

func (a account) sysProcAttr() *syscall.SysProcAttr {
	if !a.drop {
		return &syscall.SysProcAttr{}
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: a.uid, Gid: a.gid}}
}

func (a account) environ(home string) []string {
	env := []string{"HOME=" + home, "LC_ALL=C", "TZ=UTC"}
	for _, name := range []string{"PATH", "LD_LIBRARY_PATH"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// canEnter asks the system rather than the permission bits, which are not all
// there is (access lists, mounts).
func (a account) canEnter(dir string) bool {
	if !a.drop {
		return true
	}
	cmd := exec.Command("/bin/sh", "-c", `cd -- "$1"`, "sh", dir)
	cmd.Dir = "/"
	cmd.SysProcAttr = a.sysProcAttr()
	return cmd.Run() == nil
}

// checkReach is nil if the account can enter dir, which exists; else it names
// the first directory on the way that is closed.
func (a account) checkReach(dir string) error {
	if a.canEnter(dir) {
		return nil
	}
	closed := dir
	for parent := filepath.Dir(dir); !a.canEnter(parent) && parent != "/"; parent = filepath.Dir(parent) {
		closed = parent
	}
	return fmt.Errorf("PostgreSQL does not run as root but as %s, who cannot enter %s: choose a directory that every user can enter, such as --data-dir=/var/lib/lottrail, or run as another user", a.name, closed)
}
