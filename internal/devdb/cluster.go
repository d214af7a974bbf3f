package devdb

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// cluster is a data directory of PostgreSQL, complete or not made yet: it is
// made under another name and renamed, so dir is never half-done.
type cluster struct {
	dir     string
	owner   account
	durable bool
	bin     binaries // set by prepare
}

// prepare brings the cluster to where postgres can be started on it. The caller
// holds the lock of its directory.
func (c *cluster) prepare(ctx context.Context, find search, log *slog.Logger) error {
	major, err := clusterMajor(c.dir)
	if err != nil {
		return err
	}
	find.owner, find.log = c.owner, log
	if c.bin, err = find.find(ctx, major); err != nil {
		if major != 0 {
			return fmt.Errorf("the cluster in %s is of PostgreSQL %d: %w, or choose another directory with --data-dir", c.dir, major, err)
		}
		return err
	}
	if major == 0 {
		return c.create(ctx)
	}
	return stopOrphan(ctx, c.dir)
}

// clusterMajor is the major version that made the cluster in dir, 0 if there is
// no cluster yet.
func clusterMajor(dir string) (int, error) {
	text, err := os.ReadFile(filepath.Join(dir, "PG_VERSION"))
	if errors.Is(err, os.ErrNotExist) {
		entries, err := os.ReadDir(dir)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return 0, err
		}
		if len(entries) > 0 {
			return 0, fmt.Errorf("%s is not empty and not a PostgreSQL cluster: move it away, or choose another directory with --data-dir", dir)
		}
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0, fmt.Errorf("%s/PG_VERSION: %w", dir, err)
	}
	return major, nil
}

func (c *cluster) create(ctx context.Context) error {
	unfinished := c.dir + ".new"
	// Text sorts and compares by bytes, which is the same everywhere and lets
	// LIKE 'abc%' use an index; only upper and lower know all letters.
	var err error
	for _, ctype := range []string{"C.UTF-8", "en_US.UTF-8", "C"} {
		if err = removeAll(unfinished); err != nil {
			return err
		}
		if err = os.Mkdir(unfinished, 0o700); err != nil {
			return err
		}
		if err = c.owner.own(unfinished); err != nil {
			return err
		}
		if err = c.initdb(ctx, unfinished, ctype); err == nil {
			break
		}
		if !strings.Contains(err.Error(), "invalid locale") {
			return err
		}
	}
	if err != nil {
		return err
	}
	return os.Rename(unfinished, c.dir)
}

func (c *cluster) initdb(ctx context.Context, dir, ctype string) error {
	args := []string{"-D", dir, "-U", superuser, "--auth=trust", "--encoding=UTF8",
		"--locale=C", "--lc-ctype=" + ctype, "--no-instructions"}
	if !c.durable {
		args = append(args, "--no-sync")
	}
	cmd := c.command("initdb", args...)
	cmd.Dir = dir
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := run(ctx, cmd); err != nil {
		return fmt.Errorf("%s: %w\n%s", cmd.Path, err, lastLines(output.Bytes()))
	}
	return nil
}

// command runs one of the binaries as the owner of the cluster, in an
// environment without PGDATA and the like.
func (c *cluster) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(c.bin.dir, name), args...)
	cmd.Dir = c.dir
	cmd.Env = c.owner.environ(c.dir)
	cmd.SysProcAttr = c.owner.sysProcAttr()
	return cmd
}

// serverArgs are the arguments of postgres. Settings stand here and in no file,
// so that one run leaves none of them to the next.
func (c *cluster) serverArgs(socketDir string, settings map[string]string) []string {
	all := map[string]string{
		"listen_addresses":        "",
		"unix_socket_directories": socketDir,
		"unix_socket_permissions": "0700",
		"port":                    port,
		"max_connections":         "200",
		"shared_buffers":          "128MB",
		"jit":                     "off",
		"log_lock_waits":          "on",
		"log_line_prefix":         "%m [%p] ",
		"timezone":                "UTC",
		"log_timezone":            "UTC",
	}
	if !c.durable {
		maps.Copy(all, map[string]string{
			"shared_buffers":     "64MB",
			"fsync":              "off",
			"synchronous_commit": "off",
			"full_page_writes":   "off",
			"wal_level":          "minimal",
			"max_wal_senders":    "0",
		})
	}
	maps.Copy(all, settings)
	args := []string{"-D", c.dir}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		args = append(args, "-c", name+"="+all[name])
	}
	return args
}
