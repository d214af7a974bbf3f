package devdb

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is a child that does not outlive us where the system can see to that.
type process struct {
	cmd  *exec.Cmd
	done chan struct{} // closed once the child was waited for
	err  error         // of Wait; to be read after done
}

// launch starts cmd in a process group of its own, so that the terminal's
// Ctrl-C reaches only us and we can shut it down in order. If we die, the child
// gets onDeath (on Linux).
//
// Linux sends that signal when the thread that forked exits, so the thread is
// kept for as long as the child lives.
func launch(cmd *exec.Cmd, onDeath syscall.Signal) (*process, error) {
	cmd.SysProcAttr.Setpgid = true
	signalOnDeath(cmd.SysProcAttr, onDeath)
	p := &process{cmd: cmd, done: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			p.err = cmd.Wait()
			close(p.done)
		}
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return p, nil
}

// run is launch for a command that ends by itself. Cancelling ctx kills it with
// its children.
func run(ctx context.Context, cmd *exec.Cmd) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	cmd.WaitDelay = 5 * time.Second
	p, err := launch(cmd, syscall.SIGKILL)
	if err != nil {
		return err
	}
	select {
	case <-p.done:
		return p.err
	case <-ctx.Done():
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		<-p.done
		return ctx.Err()
	}
}

// stop asks postgres to shut down, first as told, then more and more firmly.
func (p *process) stop(first syscall.Signal) error {
	for _, step := range []struct {
		signal  syscall.Signal
		patient time.Duration
	}{{first, 30 * time.Second}, {syscall.SIGQUIT, 10 * time.Second}, {syscall.SIGKILL, 5 * time.Second}} {
		if err := p.cmd.Process.Signal(step.signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return fmt.Errorf("stopping PostgreSQL: %w", err)
		}
		select {
		case <-p.done:
			return nil
		case <-time.After(step.patient):
		}
	}
	return fmt.Errorf("PostgreSQL (process %d) does not end, even when killed", p.cmd.Process.Pid)
}

// stopOrphan ends a postmaster that outlived the process that started it. The
// caller holds the lock of the directory, so nobody else uses that postmaster.
func stopOrphan(ctx context.Context, clusterDir string) error {
	pidFile := filepath.Join(clusterDir, "postmaster.pid")
	text, err := os.ReadFile(pidFile)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, _ := strconv.Atoi(strings.TrimSpace(first))
	if pid <= 0 || syscall.Kill(pid, 0) != nil {
		return nil // stale; postgres sees that, and looks whether a backend is left
	}
	if !isPostmaster(pid, clusterDir) {
		return os.Remove(pidFile) // another process has that number now: postgres would not start
	}
	signal := syscall.SIGINT
	for waited := 0; isPostmaster(pid, clusterDir); waited++ {
		switch waited {
		case 600: // half a minute
			signal = syscall.SIGQUIT
			fallthrough
		case 0:
			if err := syscall.Kill(pid, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
				return fmt.Errorf("stopping PostgreSQL left over from an earlier run (process %d): %w", pid, err)
			}
		case 800:
			return fmt.Errorf("PostgreSQL left over from an earlier run (process %d) does not stop: kill it, then try again", pid)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
	return nil
}

// isPostmaster tells a postmaster of this cluster from another process that got
// the same number later.
func isPostmaster(pid int, clusterDir string) bool {
	line := commandLine(pid)
	return strings.Contains(line, "postgres") && strings.Contains(line, " -D "+clusterDir+" ")
}
