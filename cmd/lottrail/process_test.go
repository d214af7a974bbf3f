package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/lottrail/lottrail/internal/dbtest"
)

// asProgram makes the test's own binary be the program: what the tests run is
// main itself, in a process of its own.
const asProgram = "LOTTRAIL_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	dbtest.Main(m)
}

// program is lottrail as a process of its own.
type program struct {
	t      *testing.T
	cmd    *exec.Cmd
	out    output // standard output
	log    output // standard error
	exited chan struct{}
}

// launch starts the program with an environment of only what it is given.
func launch(t *testing.T, env []string, args ...string) *program {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &program{t: t, cmd: exec.Command(self, args...), exited: make(chan struct{})}
	p.cmd.Env = append([]string{asProgram + "=1", "PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}, env...)
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = p.cmd.Wait() // its result is in ProcessState
		close(p.exited)
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill() // it may be over
		<-p.exited
		if lot := demoDossier.FindStringSubmatch(p.out.String()); lot != nil {
			_ = os.Remove(lot[1]) // a test may have done so
		}
		if t.Failed() {
			t.Logf("%v\n%s%s", args, p.out.String(), p.log.String())
		}
	})
	return p
}

// demoDossier is where a demo says that its dossier is.
var demoDossier = regexp.MustCompile(`The dossier of the flour.*\n +(\S+)\n`)

// runToEnd is launch for what ends by itself. It returns the exit code.
func runToEnd(t *testing.T, env []string, args ...string) (code int, out, log string) {
	t.Helper()
	p := launch(t, env, args...)
	code = p.wait(time.Minute)
	return code, p.out.String(), p.log.String()
}

func (p *program) signal(s syscall.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

// wait returns the exit code, -1 after a signal.
func (p *program) wait(limit time.Duration) int {
	p.t.Helper()
	select {
	case <-p.exited:
	case <-time.After(limit):
		p.t.Fatalf("still running after %v", limit)
	}
	return p.cmd.ProcessState.ExitCode()
}

// find waits until the output or the log matches, and returns the first group.
func (p *program) find(from *output, pattern string) string {
	p.t.Helper()
	expr := regexp.MustCompile(pattern)
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if match := expr.FindStringSubmatch(from.String()); match != nil {
			return match[len(match)-1]
		}
		select {
		case <-p.exited:
			p.t.Fatalf("ended (%v) without %q", p.cmd.ProcessState, pattern)
		default:
		}
	}
	p.t.Fatalf("no %q within a minute", pattern)
	return ""
}

// served is launch for serve on free ports: it returns once it serves.
func served(t *testing.T, args ...string) (p *program, grpc, rest string) {
	t.Helper()
	args = append([]string{"serve", "--grpc-listen=127.0.0.1:0", "--http-listen=127.0.0.1:0"}, args...)
	p = launch(t, nil, args...)
	p.find(&p.out, `Ctrl-C ends it`)
	return p, p.find(&p.out, `gRPC +(\S+)`), p.find(&p.out, `REST +(\S+)`)
}

// output can be read while it is written.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// dataDir is a directory that the user of PostgreSQL can enter, unlike
// t.TempDir.
func dataDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "lottrail-cmd-")
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// request makes a REST call as curl -d does, which names the wrong content type.
func request(t *testing.T, method, url, body string, headers ...string) (int, string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}
