package devdb

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// dataDir is like t.TempDir, but can be entered by the account that PostgreSQL
// gets from root.
func dataDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "devdb-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func mustStart(t *testing.T, cfg Config) *Server {
	t.Helper()
	s, err := Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { mustStop(t, s) })
	return s
}

func mustStop(t *testing.T, s *Server) {
	t.Helper()
	if err := s.Stop(); err != nil {
		t.Error(err)
	}
	if pid := s.process.cmd.Process.Pid; commandLine(pid) != "" {
		t.Errorf("process %d is still there: %s", pid, commandLine(pid))
	}
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func execute(t *testing.T, s *Server, sql string) {
	t.Helper()
	if _, err := connect(t, s.URL("postgres")).Exec(t.Context(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func value(t *testing.T, s *Server, sql string) string {
	t.Helper()
	var got string
	if err := connect(t, s.URL("postgres")).QueryRow(t.Context(), sql).Scan(&got); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return got
}

func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error; want one with %q", parts)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not say %q", err, part)
		}
	}
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

func TestTemporary(t *testing.T) {
	t.Parallel()
	s := mustStart(t, Config{Settings: map[string]string{"max_connections": "23"}})
	for sql, want := range map[string]string{
		"show max_connections":      "23",
		"show fsync":                "off",
		"show full_page_writes":     "off",
		"show listen_addresses":     "",
		"show jit":                  "off",
		"show server_encoding":      "UTF8",
		"select current_user::text": "lottrail",
		"select upper('ä' || 'b')":  "ÄB",
		"select ('a' < 'B')::text":  "false",
	} {
		if got := value(t, s, sql); got != want {
			t.Errorf("%s: %q, want %q", sql, got, want)
		}
	}
	if info, err := os.Stat(s.socketDir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the socket's directory has mode %v, %v", info.Mode(), err)
	}
	if group, _ := syscall.Getpgid(s.process.cmd.Process.Pid); group == syscall.Getpgrp() {
		t.Error("PostgreSQL is in our process group and gets the terminal's Ctrl-C")
	}
	home := s.held[0].path
	mustStop(t, s)
	if exists(home) {
		t.Errorf("%s is left after Stop", home)
	}
	if err := s.Stop(); err != nil {
		t.Errorf("a second Stop: %v", err)
	}
	if s.Err() != nil {
		t.Errorf("Err after Stop: %v", s.Err())
	}
}

func TestTwoAtOnce(t *testing.T) {
	t.Parallel()
	a := mustStart(t, Config{})
	b := mustStart(t, Config{})
	execute(t, a, "create database only_a")
	const list = "select string_agg(datname, ',' order by datname) from pg_database where datname like 'only%'"
	if got := value(t, a, list); got != "only_a" {
		t.Errorf("a has %q", got)
	}
	if got := value(t, b, "select coalesce(("+list+"), '')"); got != "" {
		t.Errorf("b has %q, which is a's", got)
	}
	connect(t, a.URL("only_a"))
	mustStop(t, a)
	if got := value(t, b, "select 'alive'"); got != "alive" {
		t.Error("stopping a disturbed b")
	}
}

func TestPersistent(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(dataDir(t), `with space, "comma" & ü`, "data")
	first := mustStart(t, Config{Dir: dir, Durable: true})
	if got := value(t, first, "show fsync"); got != "on" {
		t.Errorf("fsync is %s although durable", got)
	}
	execute(t, first, "create table kept as select 7 as n")

	_, err := Start(t.Context(), Config{Dir: dir, Durable: true})
	wantError(t, err, dir, fmt.Sprint("in use by process ", os.Getpid()), "--data-dir")
	if got := value(t, first, "select n::text from kept"); got != "7" {
		t.Error("the second start disturbed the first")
	}

	mustStop(t, first)
	if exists(filepath.Join(dir, "postgres", "postmaster.pid")) {
		t.Error("the shutdown was not clean")
	}
	second := mustStart(t, Config{Dir: dir, Durable: true})
	if got := value(t, second, "select n::text from kept"); got != "7" {
		t.Errorf("kept %q, want 7", got)
	}
}

func TestSpaceInPath(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(dataDir(t), `a space & "ü"%`)
	s := mustStart(t, Config{Dir: dir})
	if got := value(t, s, "show unix_socket_directories"); got != filepath.Join(dir, "run") {
		t.Errorf("the socket is in %s", got)
	}
}

func TestLongPath(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(dataDir(t), strings.Repeat("long", 30))
	s := mustStart(t, Config{Dir: dir})
	value(t, s, "select 'works'")
	if strings.HasPrefix(s.socketDir, dir) {
		t.Errorf("the socket is in %s", s.socketDir)
	}
	mustStop(t, s)
	if exists(s.socketDir) || !exists(filepath.Join(dir, "postgres", "PG_VERSION")) {
		t.Error("Stop removed the wrong directory")
	}
}

func TestExitByItself(t *testing.T) {
	t.Parallel()
	s := mustStart(t, Config{})
	if s.Err() != nil {
		t.Errorf("Err while it runs: %v", s.Err())
	}
	if err := s.process.cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.Done():
	case <-time.After(20 * time.Second):
		t.Fatal("Done was not closed")
	}
	wantError(t, s.Err(), "stopped by itself", "received fast shutdown request")
}

func TestFailingStart(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	_, err := Start(t.Context(), Config{Dir: dir, Settings: map[string]string{"no_such": "1"}})
	wantError(t, err, "stopped by itself", dir+"/postgres.log", `unrecognized configuration parameter "no_such"`)
	mustStart(t, Config{Dir: dir}) // nothing is left that would prevent it
}

func TestCancel(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	for _, after := range []time.Duration{0, 30 * time.Millisecond, 200 * time.Millisecond, 400 * time.Millisecond} {
		ctx, cancel := context.WithTimeout(t.Context(), after)
		s, err := Start(ctx, Config{Dir: dir})
		cancel()
		if err == nil {
			mustStop(t, s)
		} else if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("cancelled after %v: %v", after, err)
		}
	}
	mustStart(t, Config{Dir: dir})
}

func TestOtherVersion(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	markOurs(t, dir)
	file := filepath.Join(dir, "postgres", "PG_VERSION")
	if err := os.Mkdir(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("99\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), Config{Dir: dir})
	wantError(t, err, filepath.Dir(file), "is of PostgreSQL 99", "--data-dir")

	if err := os.Rename(file, file+".bak"); err != nil {
		t.Fatal(err)
	}
	_, err = Start(t.Context(), Config{Dir: dir})
	wantError(t, err, filepath.Dir(file), "not a PostgreSQL cluster", "--data-dir")
	if !exists(file + ".bak") {
		t.Error("the stranger's file is gone")
	}
}
