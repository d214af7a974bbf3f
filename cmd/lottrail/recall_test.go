package main

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protojson"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/packet"
	"github.com/lottrail/lottrail/internal/paper"
)

func TestRecallPacket(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	service := launch(t, nil, "demo", "--grpc-listen=127.0.0.1:0", "--http-listen=127.0.0.1:0", "--packet", filepath.Join(dir, "demo.html"))
	service.find(&service.out, `Ctrl-C ends it`)
	env := []string{"LOTTRAIL_SERVER=" + service.find(&service.out, `gRPC +(\S+)`)}
	take := func(args ...string) (code int, out, log string) {
		return runToEnd(t, env, append([]string{"recall", "packet"}, args...)...)
	}
	page, lines := filepath.Join(dir, "packet.html"), filepath.Join(dir, "packet.ndjson")

	code, out, log := take("Q-2026-014", "--out", page)
	statement, whole := paper.Told(contents(t, page))
	if code != 0 || log != "" || !whole || !strings.Contains(out, page) || !strings.Contains(out, "\n"+statement+"\n") || !strings.HasPrefix(statement, "Complete: 10 lots, ") {
		t.Errorf("exit code %d, %q, %q: statement %q", code, out, log, statement)
	}
	before := contents(t, page)
	if code, _, log := take("Q-2026-014", "--out", page); code != exitUsage || !strings.Contains(log, page+" is there already") || !bytes.Equal(contents(t, page), before) {
		t.Errorf("over a file: exit code %d, %q", code, log)
	}
	if code, _, log := take("Q-2026-014", "--out", page, "--force"); code != 0 || bytes.Equal(contents(t, page), before) {
		t.Errorf("over a file by force: exit code %d, %q", code, log)
	}

	code, out, _ = take("Q-2026-014", "--json")
	if last := parts(t, out); code != 0 || !strings.HasPrefix(last.GetStatement().GetStatement(), "Complete: 10 lots, ") {
		t.Errorf("exit code %d, last part %v", code, last)
	}
	code, out, _ = take("Q-2026-014", "--json", "--out", lines)
	if last := parts(t, string(contents(t, lines))); code != 0 || !strings.Contains(out, last.GetStatement().GetStatement()) {
		t.Errorf("exit code %d, %q, last part %v", code, out, last)
	}

	for name, c := range map[string]struct {
		args, log string
		code      int
	}{
		"no such case":  {"C-9 --out " + filepath.Join(dir, "none.html"), `there is no recall "C-9"`, exitFailed},
		"nobody there":  {"C-9 --out " + filepath.Join(dir, "none.html") + " --server 127.0.0.1:1", "nobody answers at 127.0.0.1:1", exitFailed},
		"nowhere":       {"Q-2026-014", "say with --out where", exitUsage},
		"no directory":  {"Q-2026-014 --out " + filepath.Join(dir, "none", "p.html"), "no such file or directory", exitFailed},
		"a word short":  {"--out p.html", "accepts 1 arg(s), received 0", exitUsage},
		"a word too":    {"A B --out p.html", "accepts 1 arg(s), received 2", exitUsage},
		"no such thing": {"A --csv", "--csv", exitUsage},
	} {
		if code, _, log := take(strings.Fields(c.args)...); code != c.code || !strings.Contains(log, c.log) {
			t.Errorf("%s: exit code %d, %q", name, code, log)
		}
	}
	if left := files(t, dir); strings.Join(left, " ") != "demo.html packet.html packet.ndjson" {
		t.Errorf("files %q", left)
	}
}

func TestRecallHelp(t *testing.T) {
	t.Parallel()
	for args, wants := range map[string][]string{
		"recall --help":        {"packet", "RecallService"},
		"recall packet --help": {"--out", "--json", "--force", "LOTTRAIL_SERVER", "preview"},
	} {
		code, out, _ := runToEnd(t, nil, strings.Fields(args)...)
		for _, want := range wants {
			if code != 0 || !strings.Contains(out, want) {
				t.Errorf("%s: exit %d, want %q in: %s", args, code, want, out)
			}
		}
	}
}

// cutter is a service whose packets end as if they were all, and are not: a proxy may
// have done that.
type cutter struct {
	pb.UnimplementedRecallServiceServer
	page []byte
}

func (c cutter) RenderRecallPacket(_ *pb.RenderRecallPacketRequest, stream grpc.ServerStreamingServer[pb.RenderRecallPacketResponse]) error {
	return stream.Send(&pb.RenderRecallPacketResponse{Body: &httpbody.HttpBody{Data: c.page}})
}

func (c cutter) GetRecallPacket(_ *pb.GetRecallPacketRequest, stream grpc.ServerStreamingServer[pb.GetRecallPacketResponse]) error {
	return stream.Send(&pb.GetRecallPacketResponse{Recall: &pb.Recall{CaseNumber: "C-1"}})
}

// A packet that is cut leaves no file, and an earlier one as it was.
func TestRecallPacketCut(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var page bytes.Buffer
	if _, err := packet.Begin(&page, packet.Head{Recall: &pb.Recall{CaseNumber: "C-1"}, Statement: &pb.RecallStatement{Statement: "Complete."}}); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	pb.RegisterRecallServiceServer(server, cutter{page: page.Bytes()})
	go func() { _ = server.Serve(listener) }() // ends with Stop
	t.Cleanup(server.Stop)

	earlier := filepath.Join(dir, "earlier.html")
	if err := os.WriteFile(earlier, []byte("earlier"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"--out", filepath.Join(dir, "p.html")}, {"--json", "--out", filepath.Join(dir, "p.ndjson")}, {"--out", earlier, "--force"}, {"--json"}} {
		args = append([]string{"recall", "packet", "C-1", "--server", listener.Addr().String()}, args...)
		if code, _, log := runToEnd(t, nil, args...); code != exitFailed || !strings.Contains(log, "it was cut") {
			t.Errorf("%q: exit code %d, %q", args, code, log)
		}
	}
	if left := files(t, dir); strings.Join(left, " ") != "earlier.html" || string(contents(t, earlier)) != "earlier" {
		t.Errorf("files %q", left)
	}
}

func contents(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func files(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

// parts reads a packet as JSON and returns the last part.
func parts(t *testing.T, text string) *pb.GetRecallPacketResponse {
	t.Helper()
	last := &pb.GetRecallPacketResponse{}
	for line := range strings.Lines(text) {
		last = &pb.GetRecallPacketResponse{}
		if err := protojson.Unmarshal([]byte(line), last); err != nil {
			t.Fatalf("%v: %q", err, line)
		}
	}
	return last
}
