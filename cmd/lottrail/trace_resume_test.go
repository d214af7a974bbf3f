package main

import (
	"io"
	"net"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
)

// cutting stands before a service, and ends the first connection to it behind so many
// bytes of answers.
func cutting(t *testing.T, server string, after int64) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	var first atomic.Bool
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			service, err := net.Dial("tcp", server)
			if err != nil {
				client.Close()
				return
			}
			go func() {
				_, _ = io.Copy(service, client) // until either hangs up
				service.Close()
			}()
			go func() {
				var answers io.Reader = service
				if first.CompareAndSwap(false, true) {
					answers = io.LimitReader(service, after)
				}
				_, _ = io.Copy(client, answers) // likewise
				_ = client.(*net.TCPConn).CloseWrite()
			}()
		}
	}()
	return listener.Addr().String()
}

// Wherever a connection breaks off, the trace that is drawn is the one that was asked for.
func TestTraceGoesOn(t *testing.T) {
	t.Parallel()
	service := launch(t, nil, "demo", "--grpc-listen=127.0.0.1:0", "--http-listen=127.0.0.1:0", "--packet", filepath.Join(t.TempDir(), "packet.html"))
	service.find(&service.out, `Ctrl-C ends it`)
	server := service.find(&service.out, `gRPC +(\S+)`)
	readAt := regexp.MustCompile(`read at \S+`)
	for _, asked := range []string{"forward FLOUR-T550 FL-2026-0325", "backward DANISH-CHS CD-0325-B", "both DANISH-CHS CD-0325-B"} {
		run := func(server string) (int, string, string) {
			code, out, log := runToEnd(t, nil, append([]string{"trace", "--server", server}, strings.Fields(asked)...)...)
			return code, readAt.ReplaceAllString(out, "read"), log
		}
		_, want, _ := run(server)
		for _, after := range []int64{700, 1500, 2500} {
			code, got, log := run(cutting(t, server, after))
			if code != 0 || got != want || !strings.Contains(log, "going on where it stopped") {
				t.Errorf("%s, cut behind %d bytes: exit code %d, %s\n%s\nwant\n%s", asked, after, code, log, got, want)
			}
		}
	}
	// Nobody was there to begin with: that is no cut.
	if code, _, log := runToEnd(t, nil, "trace", "forward", "FLOUR-T550", "FL-2026-0325", "--server", cutting(t, "127.0.0.1:1", 0)); code != exitFailed || strings.Contains(log, "going on") {
		t.Errorf("exit code %d, %s", code, log)
	}
}
