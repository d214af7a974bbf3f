package main

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
)

// TestServe is the life of a service with a private PostgreSQL: what it has
// recorded is there after SIGTERM, after SIGKILL and after an impatient Ctrl-C.
func TestServe(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	p, grpcAddress, rest := served(t, "--data-dir", dir, "--shutdown-timeout=1m")
	for _, path := range []string{"/healthz", "/readyz"} {
		if code, text := request(t, "GET", rest+path, ""); code != 200 {
			t.Errorf("%s: HTTP %d: %s", path, code, text)
		}
	}
	wantHealthy(t, grpcAddress)
	code, text := request(t, "PUT", rest+"/v1/items/FLOUR", `{"name":"Flour","base_unit":"KGM","decimals":3,"tracking":"TRACKING_LOT"}`, "Idempotency-Key", "first")
	if code != 200 {
		t.Fatalf("HTTP %d: %s", code, text)
	}

	t.Run("the directory is taken", func(t *testing.T) {
		code, _, log := runToEnd(t, nil, "serve", "--grpc-listen=127.0.0.1:0", "--http-listen=127.0.0.1:0", "--data-dir", dir)
		if code != exitFailed || !strings.Contains(log, "in use by process "+strconv.Itoa(p.cmd.Process.Pid)) || !strings.Contains(log, "--data-dir") {
			t.Errorf("exit %d: %s", code, log)
		}
	})
	t.Run("the port is taken", func(t *testing.T) {
		code, _, log := runToEnd(t, nil, "serve", "--grpc-listen", grpcAddress, "--http-listen=127.0.0.1:0", "--data-dir", dir)
		if code != exitUsage || !strings.Contains(log, "--grpc-listen (LOTTRAIL_GRPC_LISTEN)") {
			t.Errorf("exit %d: %s", code, log)
		}
	})
	const longAgo = `{"production_order_code": "MO", "run_code": "R", "started_at": "2020-01-01T00:00:00Z"}`
	if code, text := request(t, "POST", rest+"/v1/runs", longAgo, "Idempotency-Key", "old"); code != 400 || !strings.Contains(text, "BACK_DATED_TOO_FAR") || !strings.Contains(text, "31 days") {
		t.Errorf("long ago: HTTP %d: %s", code, text)
	}
	t.Run("another directory", func(t *testing.T) {
		other, _, otherREST := served(t, "--data-dir", dataDir(t), "--back-dating-window=0")
		if code, text := request(t, "POST", otherREST+"/v1/runs", longAgo, "Idempotency-Key", "old"); code != 404 || !strings.Contains(text, "UNKNOWN_PRODUCTION_ORDER") {
			t.Errorf("long ago, where that is allowed: HTTP %d: %s", code, text)
		}
		if code, text := request(t, "GET", otherREST+"/v1/items", ""); code != 200 || strings.Contains(text, "FLOUR") {
			t.Errorf("HTTP %d: %s", code, text)
		}
		other.signal(syscall.SIGINT)
		if code := other.wait(30 * time.Second); code != 0 {
			t.Errorf("exit %d", code)
		}
	})

	p.signal(syscall.SIGTERM)
	if code := p.wait(30 * time.Second); code != 0 {
		t.Fatalf("exit %d after SIGTERM", code)
	}
	p, _, rest = served(t, "--data-dir", dir, "--shutdown-timeout=1m")
	wantFlour(t, rest, "SIGTERM")

	p.signal(syscall.SIGKILL)
	p.wait(30 * time.Second)
	p, _, rest = served(t, "--data-dir", dir, "--shutdown-timeout=1m")
	wantFlour(t, rest, "SIGKILL")

	// A request that never ends holds the shutdown up, until Ctrl-C again.
	conn, err := net.Dial("tcp", strings.TrimPrefix(rest, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("POST /v1/items HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{")); err != nil {
		t.Fatal(err)
	}
	time.Sleep(100 * time.Millisecond) // until it has been taken up
	p.signal(syscall.SIGINT)
	p.find(&p.log, "shutting down")
	p.signal(syscall.SIGINT)
	if code := p.wait(10 * time.Second); code != -1 {
		t.Errorf("exit %d after the second SIGINT", code)
	}
	p, _, rest = served(t, "--data-dir", dir)
	wantFlour(t, rest, "SIGINT twice")

	// PostgreSQL dies: the service says so and ends.
	pid := postgresPid(t, dir)
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if code := p.wait(30 * time.Second); code != exitFailed || !strings.Contains(p.log.String(), "PostgreSQL stopped by itself") {
		t.Errorf("exit %d", code)
	}
}

func wantHealthy(t *testing.T, address string) {
	t.Helper()
	conn, err := grpc.NewClient("passthrough:///"+address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	resp, err := healthpb.NewHealthClient(conn).Check(t.Context(), &healthpb.HealthCheckRequest{})
	if err != nil || resp.Status != healthpb.HealthCheckResponse_SERVING {
		t.Errorf("gRPC health: %v: %v", resp, err)
	}
}

func wantFlour(t *testing.T, rest, after string) {
	t.Helper()
	if code, text := request(t, "GET", rest+"/v1/items/FLOUR", ""); code != 200 || !strings.Contains(text, "Flour") {
		t.Errorf("after %s: HTTP %d: %s", after, code, text)
	}
}

// postgresPid is the process of the private PostgreSQL in dir.
func postgresPid(t *testing.T, dir string) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "postgres", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(line)
	if err != nil {
		t.Fatal(err)
	}
	return pid
}
