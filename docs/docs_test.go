// Package docs_test holds what the documents say against the program: every curl
// line is run, and every file and test that is named has to be there.
package docs_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/demo"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// documents are README.md and what stands beside this file.
func documents(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("*.md")
	if err != nil || len(files) == 0 {
		t.Fatalf("%v: %q", err, files)
	}
	texts := map[string]string{}
	for _, file := range append(files, "../README.md") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		texts[file] = string(text)
	}
	return texts
}

var (
	shellBlock = regexp.MustCompile("(?s)```sh\n(.*?)```")
	refusal    = regexp.MustCompile(`^# refused: ([A-Z0-9_]+)$`)
)

// streaming is said of what does not end by itself.
const streaming = "# goes on until Ctrl-C"

// command is one of a document's curl calls, the reason with which it is said to be
// refused, and whether it is said to go on.
type command struct {
	text, refused string
	goesOn        bool
}

// script is the call, to a service at another address.
func (c command) script(rest string) string {
	options := "curl --silent --show-error --fail-with-body "
	if c.goesOn {
		options += "--max-time 3 "
	}
	script := strings.ReplaceAll(c.text, "http://127.0.0.1:8080", rest)
	script = strings.Replace(script, "curl ", options, 1)
	if c.goesOn {
		script += "[ $? = 28 ]" // so curl says that there would have been more
	}
	return script
}

// curlCommands reads shell blocks as far as documents need: a command goes on
// after a backslash and within single quotes.
func curlCommands(document string) []command {
	var commands []command
	for _, block := range shellBlock.FindAllStringSubmatch(document, -1) {
		var text, refused string
		goesOn := false
		for line := range strings.Lines(block[1]) {
			if found := refusal.FindStringSubmatch(strings.TrimSpace(line)); found != nil && text == "" {
				refused = found[1]
			}
			if strings.TrimSpace(line) == streaming && text == "" {
				goesOn = true
			}
			if text == "" && !strings.HasPrefix(line, "curl ") {
				continue
			}
			text += line
			if strings.HasSuffix(line, "\\\n") || strings.Count(text, "'")%2 == 1 {
				continue
			}
			commands = append(commands, command{text, refused, goesOn})
			text, refused, goesOn = "", "", false
		}
	}
	return commands
}

// Each document's calls are made in their order after the demo's day and its recall.
func TestCurlLinesWork(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("there is no curl here")
	}
	for name, text := range documents(t) {
		commands := curlCommands(text)
		if len(commands) == 0 {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := apitest.Start(t)
			if err := demo.Load(t.Context(), api.Conn, t.Output()); err != nil {
				t.Fatal(err)
			}
			if err := demo.Recall(t.Context(), api.Conn, t.Output()); err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir() // for what they write
			for _, c := range commands {
				curl := exec.CommandContext(t.Context(), "sh", "-c", c.script(api.REST))
				curl.Dir = dir
				out, err := curl.CombinedOutput()
				if (err != nil) != (c.refused != "") || !strings.Contains(string(out), c.refused) {
					t.Errorf("%s\n%v: %s", c.text, err, out)
				}
			}
		})
	}
}

var (
	link     = regexp.MustCompile(`\]\(([^)]+)\)`)
	testName = regexp.MustCompile("`(Test[A-Z]\\w+)`")
	fileName = regexp.MustCompile("`((?:api|cmd|db|docs|internal|tools|\\.ci)/[\\w./-]+)`")
)

func TestLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	for name, text := range documents(t) {
		for _, found := range link.FindAllStringSubmatch(text, -1) {
			target, _, _ := strings.Cut(found[1], "#")
			if target == "" || strings.Contains(target, "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(name), target)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		for _, found := range fileName.FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join("..", found[1])); err != nil && !strings.HasSuffix(found[1], "_what.sql") {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// A test that a document names as the proof of something has to exist.
func TestNamedTestsExist(t *testing.T) {
	t.Parallel()
	var tests strings.Builder
	err := filepath.WalkDir("..", func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		tests.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	for name, text := range documents(t) {
		for _, found := range testName.FindAllStringSubmatch(text, -1) {
			named++
			if !strings.Contains(tests.String(), "\nfunc "+found[1]+"(") {
				t.Errorf("%s names %s, which is not there", name, found[1])
			}
		}
	}
	if named == 0 {
		t.Error("no document names a test any more; then this one can go")
	}
}
