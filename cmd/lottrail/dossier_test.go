package main

import (
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/paper"
)

func TestDossier(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	service := launch(t, nil, "demo", "--grpc-listen=127.0.0.1:0", "--http-listen=127.0.0.1:0", "--packet", filepath.Join(dir, "demo.html"))
	service.find(&service.out, `Ctrl-C ends it`)
	if statement, whole := paper.Told(contents(t, service.find(&service.out, `The dossier of the flour.*\n +(\S+)\n`))); !whole || !strings.HasPrefix(statement, "Complete: 2 locations, ") {
		t.Errorf("the demo's dossier says %q", statement)
	}
	env := []string{"LOTTRAIL_SERVER=" + service.find(&service.out, `gRPC +(\S+)`)}
	take := func(args ...string) (code int, out, log string) {
		return runToEnd(t, env, append([]string{"dossier"}, args...)...)
	}
	page := filepath.Join(dir, "dossier.html")
	code, out, log := take("FLOUR-T550", "FL-2026-0325", "-o", page)
	statement, whole := paper.Told(contents(t, page))
	if code != 0 || log != "" || !whole || !strings.Contains(out, page) || !strings.Contains(out, "\n"+statement+"\n") || !strings.HasPrefix(statement, "Complete: 2 locations, ") {
		t.Errorf("exit code %d, %q, %q: statement %q", code, out, log, statement)
	}
	if code, _, log := take("FLOUR-T550", "FL-2026-0325", "-o", page); code != exitUsage || !strings.Contains(log, page+" is there already") {
		t.Errorf("over a file: exit code %d, %q", code, log)
	}
	if code, out, _ := take("FLOUR-T550", "FL-2026-0325", "--as-of", "2026-03-25T01:40:00Z"); code != 0 || !paper.Whole([]byte(out)) || !strings.Contains(out, "Not as of now.") || strings.Contains(out, "MIX-1") {
		t.Errorf("as of the morning: exit code %d, %d bytes", code, len(out))
	}
	if code, out, log := take("DANISH-CHS", "CD-0325-A", "-o", page, "--force"); code != 0 || !strings.Contains(out, "lot CD-0325-A of DANISH-CHS") || !strings.Contains(string(contents(t, page)), "CD-0325-A") {
		t.Errorf("over a file by force: exit code %d, %q, %q", code, out, log)
	}
	if code, out, _ := take("DANISH-CHS", "CD-0325-A"); code != 0 || !paper.Whole([]byte(out)) {
		t.Errorf("to standard output: exit code %d, %d bytes", code, len(out))
	}
	code, out, _ = take("DANISH-CHS", "CD-0325-A", "--json")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	last := &pb.GetDossierResponse{}
	if err := protojson.Unmarshal([]byte(lines[len(lines)-1]), last); err != nil || code != 0 || !last.GetStatement().GetComplete() {
		t.Errorf("exit code %d, %v, last part %v", code, err, last)
	}
	for name, c := range map[string]struct {
		args, log string
		code      int
	}{
		"no such lot":  {"FLOUR-T550 nothing -o " + filepath.Join(dir, "none.html"), `item "FLOUR-T550" has no lot "nothing"`, exitFailed},
		"nobody there": {"FLOUR-T550 nothing --server 127.0.0.1:1", "nobody answers at 127.0.0.1:1", exitFailed},
		"no time":      {"FLOUR-T550 FL-2026-0325 --as-of noon", `"noon" is no time like`, exitUsage},
		"to come":      {"FLOUR-T550 FL-2026-0325 --as-of 2099-01-01T00:00:00Z", "as_of: 2099-01-01T00:00:00Z is not past", exitFailed},
		"not yet":      {"FLOUR-T550 FL-2026-0325 --known-at 0", "recorded later", exitFailed},
		"a word short": {"FLOUR-T550", "accepts 2 arg(s), received 1", exitUsage},
	} {
		if code, _, log := take(strings.Fields(c.args)...); code != c.code || !strings.Contains(log, c.log) {
			t.Errorf("%s: exit code %d, %q", name, code, log)
		}
	}
	if left := files(t, dir); strings.Join(left, " ") != "demo.html dossier.html" {
		t.Errorf("files %q", left)
	}
}
