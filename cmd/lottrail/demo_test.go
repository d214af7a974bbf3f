package main

import (
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/lottrail/lottrail/internal/paper"
)

// statement is how a complete trace ends.
var statement = regexp.MustCompile(`(?m)^Complete: .*; read at \S+Z\.$`)

// packetFileOf is where a demo says that its packet is.
func packetFileOf(p *program) string {
	p.t.Helper()
	return p.find(&p.out, `Its packet, .*\n +(\S+)\n`)
}

// Two at once want the same ports, and the environment names a database that is
// none of a demo's business.
func TestDemoExits(t *testing.T) {
	t.Parallel()
	const nobodys = "=postgres://nobody@127.0.0.1:1/nothing"
	var demos sync.WaitGroup
	chosen := filepath.Join(t.TempDir(), "packet.html")
	for _, args := range [][]string{{"demo", "--exit"}, {"demo", "--exit", "--packet", chosen}} {
		demos.Go(func() {
			p := launch(t, []string{"LOTTRAIL_DATABASE_URL" + nobodys, "DATABASE_URL" + nobodys}, args...)
			<-p.exited
			if code := p.cmd.ProcessState.ExitCode(); code != 0 {
				t.Errorf("exit code %d", code)
			}
			if found := statement.FindAllString(p.out.String(), -1); len(found) != 2 {
				t.Errorf("statements of completeness %q, want two", found)
			}
			file := packetFileOf(p)
			if len(args) > 2 && file != chosen {
				t.Errorf("the packet is in %s, want %s", file, chosen)
			}
			if statement, whole := paper.Told(contents(t, file)); !whole || !strings.HasPrefix(statement, "Complete: 10 lots, ") {
				t.Errorf("the packet in %s says %q", file, statement)
			}
			if err := os.Remove(file); err != nil {
				t.Error(err)
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
	p := launch(t, nil, "demo", "--packet", filepath.Join(t.TempDir(), "packet.html"))
	p.find(&p.out, `Ctrl-C ends it`)
	if code, text := request(t, http.MethodGet, p.find(&p.out, `REST +(\S+)`)+"/v1/items/DANISH-CHS/lots/CD-0325-B", ""); code != http.StatusOK {
		t.Errorf("GET the danishes: HTTP %d: %s", code, text)
	}
	if code, text := request(t, http.MethodGet, p.find(&p.out, `(http:\S+/packet/page) `), ""); code != http.StatusOK || !paper.Whole([]byte(text)) {
		t.Errorf("GET the packet: HTTP %d, %d bytes", code, len(text))
	}
	p.signal(syscall.SIGINT)
	if code := p.wait(time.Minute); code != 0 {
		t.Errorf("exit code %d after Ctrl-C", code)
	}
}

// Ctrl-C while it is still loading is no failure of the demo.
func TestDemoInterruptedWhileLoading(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "packet.html")
	p := launch(t, nil, "demo", "--packet", file)
	p.find(&p.out, `receipt RC-6950`)
	p.signal(syscall.SIGINT)
	if code := p.wait(time.Minute); code != exitInterrupted {
		t.Errorf("exit code %d, want %d", code, exitInterrupted)
	}
	if log := p.log.String(); !strings.Contains(log, "lottrail: interrupted") {
		t.Errorf("log %q does not say that it was interrupted", log)
	}
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("it left a packet: %v", err)
	}
}

// A file that is there is nobody's packet to replace, which is said at once.
func TestDemoRefusesAFileThatIsThere(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "thesis.html")
	if err := os.WriteFile(file, []byte("years of work"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, log := runToEnd(t, nil, "demo", "--exit", "--packet", file)
	if code != exitUsage || out != "" || !strings.Contains(log, file+" is there already") || string(contents(t, file)) != "years of work" {
		t.Errorf("exit code %d, %q, %q", code, out, log)
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
