package devdb

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

const childDir = "LOTTRAIL_DEVDB_TEST_CHILD" // "temporary" or a directory

// TestMain lets the test binary be the process that gets killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		holdServer(dir)
	}
	os.Exit(m.Run())
}

func holdServer(dir string) {
	cfg := Config{Dir: dir, Durable: true}
	if dir == "temporary" {
		cfg = Config{}
	}
	s, err := Start(context.Background(), cfg)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("running", s.process.cmd.Process.Pid, s.held[0].path, s.URL("postgres"))
	select {}
}

// child is another process with a server.
type child struct {
	cmd        *exec.Cmd
	postmaster int
	home, url  string
}

func startChild(t *testing.T, dir string) child {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c := child{cmd: cmd}
	t.Cleanup(c.kill)
	line, _ := bufio.NewReader(out).ReadString('\n')
	if _, err := fmt.Sscanf(line, "running %d %s %s", &c.postmaster, &c.home, &c.url); err != nil {
		t.Fatalf("the child says %q", line)
	}
	return c
}

func (c child) kill() {
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
}

func waitGone(t *testing.T, pid int) {
	t.Helper()
	for range 400 {
		if commandLine(pid) == "" {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("process %d is still there: %s", pid, commandLine(pid))
}

func TestKilledParent(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	c := startChild(t, dir)
	conn := connect(t, c.url)
	if _, err := conn.Exec(t.Context(), "create table kept as select 7 as n"); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), Config{Dir: dir, Durable: true})
	wantError(t, err, dir, fmt.Sprint("in use by process ", c.cmd.Process.Pid))

	c.kill()
	s := mustStart(t, Config{Dir: dir, Durable: true}) // at once, while the old one may be shutting down
	if got := value(t, s, "select n::text from kept"); got != "7" {
		t.Errorf("kept %q, want 7", got)
	}
	waitGone(t, c.postmaster)
}

func TestKilledParentAlone(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells a child that its parent died")
	}
	c := startChild(t, dataDir(t))
	backend := connect(t, c.url)
	pid := int(backend.PgConn().PID())
	c.kill()
	waitGone(t, c.postmaster)
	waitGone(t, pid)
}

func TestKilledTemporary(t *testing.T) {
	t.Parallel()
	live := mustStart(t, Config{})
	killed := startChild(t, "temporary")
	killed.kill()
	mustStart(t, Config{})
	if exists(killed.home) {
		t.Errorf("%s is left of a killed process", killed.home)
	}
	waitGone(t, killed.postmaster)
	if got := value(t, live, "select 'alive'"); got != "alive" {
		t.Error("the sweep disturbed a running server")
	}
}

// TestOrphan is about a postmaster that nobody told of its parent's death.
func TestOrphan(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	mustStop(t, mustStart(t, Config{Dir: dir}))

	c := existingCluster(t, dir)
	orphan := c.command("postgres", c.serverArgs(filepath.Join(dir, "run"), nil)...)
	if err := orphan.Start(); err != nil {
		t.Fatal(err)
	}
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		_ = orphan.Wait() // it is killed
	}()
	t.Cleanup(func() { _ = orphan.Process.Kill() })
	for !hasPIDFile(t, dir, orphan.Process.Pid) {
		time.Sleep(10 * time.Millisecond)
	}

	value(t, mustStart(t, Config{Dir: dir}), "select 'works'")
	select {
	case <-gone:
	case <-time.After(10 * time.Second):
		t.Error("the orphan still runs")
	}
}

func existingCluster(t *testing.T, dir string) cluster {
	t.Helper()
	c := cluster{dir: filepath.Join(dir, "postgres")}
	var err error
	if c.owner, err = accountFor(c.dir); err != nil {
		t.Fatal(err)
	}
	find := systemSearch()
	find.owner = c.owner
	major, err := clusterMajor(c.dir)
	if err != nil {
		t.Fatal(err)
	}
	if c.bin, err = find.find(t.Context(), major); err != nil {
		t.Fatal(err)
	}
	return c
}

func hasPIDFile(t *testing.T, dir string, pid int) bool {
	t.Helper()
	text, _ := os.ReadFile(filepath.Join(dir, "postgres", "postmaster.pid"))
	return strings.HasPrefix(string(text), strconv.Itoa(pid)+"\n")
}

// TestStrangersPID is about a postmaster.pid whose number a process of the same
// user has by now, as happens in containers.
func TestStrangersPID(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	mustStop(t, mustStart(t, Config{Dir: dir}))

	c := existingCluster(t, dir)
	stranger := exec.Command("sleep", "60")
	stranger.SysProcAttr = c.owner.sysProcAttr()
	if err := stranger.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = stranger.Process.Kill()
		_ = stranger.Wait()
	})
	pidFile := filepath.Join(c.dir, "postmaster.pid")
	content := fmt.Sprintf("%d\n%s\n1\n5432\n%s\n\n", stranger.Process.Pid, c.dir, filepath.Join(dir, "run"))
	if err := os.WriteFile(pidFile, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := c.owner.own(pidFile); err != nil {
		t.Fatal(err)
	}
	mustStart(t, Config{Dir: dir})
	if err := stranger.Process.Signal(syscall.Signal(0)); err != nil {
		t.Errorf("the stranger was hit: %v", err)
	}
}

func TestHalfDoneInitdb(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	markOurs(t, dir)
	unfinished := filepath.Join(dir, "postgres.new")
	if err := os.MkdirAll(filepath.Join(unfinished, "base"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(unfinished, "PG_VERSION"), []byte("15\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	value(t, mustStart(t, Config{Dir: dir}), "select 'works'")
	if exists(unfinished) {
		t.Error("the half-done cluster is left")
	}
}

// TestKilledInitdb kills the starting process at the worst moment.
func TestKilledInitdb(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	for range 1000 {
		if exists(filepath.Join(dir, "postgres.new", "PG_VERSION")) {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	if exists(filepath.Join(dir, "postgres")) || !exists(filepath.Join(dir, "postgres.new")) {
		t.Fatal("the child was not killed within initdb")
	}
	value(t, mustStart(t, Config{Dir: dir}), "select 'works'")
}
