package main

import (
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// statement is how a complete trace ends.
var statement = regexp.MustCompile(`(?m)^Complete: .*; read at \S+Z\.$`)

// Two at once want the same ports, and the environment names a database that is
// none of a demo's business.
func TestDemoExits(t *testing.T) {
	t.Parallel()
	const nobodys = "=postgres://nobody@127.0.0.1:1/nothing"
	var demos sync.WaitGroup
	for range 2 {
		demos.Go(func() {
			p := launch(t, []string{"LOTTRAIL_DATABASE_URL" + nobodys, "DATABASE_URL" + nobodys}, "demo", "--exit")
			<-p.exited
			if code := p.cmd.ProcessState.ExitCode(); code != 0 {
				t.Errorf("exit code %d", code)
			}
			if found := statement.FindAllString(p.out.String(), -1); len(found) != 2 {
				t.Errorf("statements of completeness %q, want two", found)
			}
			if strings.Contains(p.out.String()+p.log.String(), "\x1b") {
				t.Error("escape codes where there is no terminal")
			}
			if strings.Contains(p.log.String(), "level=") {
				t.Errorf("warnings: %s", p.log.String())
			}
		})
	}
	demos.Wait()
}

func TestDemoServesUntilInterrupted(t *testing.T) {
	t.Parallel()
	p := launch(t, nil, "demo")
	p.find(&p.out, `Ctrl-C ends it`)
	resp, err := http.Get(p.find(&p.out, `REST +(\S+)`) + "/v1/items/DANISH-CHS/lots/CD-0325-B")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("GET the danishes: %s", resp.Status)
	}
	p.signal(syscall.SIGINT)
	if code := p.wait(time.Minute); code != 0 {
		t.Errorf("exit code %d after Ctrl-C", code)
	}
}

// Ctrl-C while it is still loading is no failure of the demo.
func TestDemoInterruptedWhileLoading(t *testing.T) {
	t.Parallel()
	p := launch(t, nil, "demo")
	p.find(&p.out, `receipt RC-6950`)
	p.signal(syscall.SIGINT)
	if code := p.wait(time.Minute); code != exitInterrupted {
		t.Errorf("exit code %d, want %d", code, exitInterrupted)
	}
	if log := p.log.String(); !strings.Contains(log, "lottrail: interrupted") {
		t.Errorf("log %q does not say that it was interrupted", log)
	}
}

// A port that was asked for is not exchanged for another.
func TestDemoRefusesTakenPort(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	code, _, log := runToEnd(t, nil, "demo", "--exit", "--http-listen", taken.Addr().String())
	if code != exitUsage || !strings.Contains(log, "something listens on "+taken.Addr().String()) {
		t.Errorf("exit code %d, log %q", code, log)
	}
}
