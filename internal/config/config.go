// Package config is how Lottrail is told what to do: by flags, by the
// environment, by defaults, in this order. What is wrong is refused at once,
// with the names of the flag and the variable, and with what to change.
package config

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/pflag"
)

// prefix begins every variable of ours: --grpc-listen is LOTTRAIL_GRPC_LISTEN.
const prefix = "LOTTRAIL_"

// fallbackDatabaseURL is the variable that hosting platforms set.
const fallbackDatabaseURL = "DATABASE_URL"

// Config is everything that can be set. Which parts a command takes is said by
// the Add… functions.
type Config struct {
	GRPCListen      string
	HTTPListen      string
	ShutdownTimeout time.Duration

	// DataDir is where the private PostgreSQL lives. It is used only if there is
	// no DatabaseURL.
	DataDir     string
	DatabaseURL string
	// DatabaseURLFrom names the flag or variable that DatabaseURL came from.
	DatabaseURLFrom string
	MaxConnections  int32
	Migrate         bool

	// BackDatingWindow is how far back may lie what is posted; 0 is any distance.
	BackDatingWindow time.Duration

	LogLevel  string
	LogFormat string
}

// AddListen adds the flags for where to serve.
func (c *Config) AddListen(flags *pflag.FlagSet) {
	flags.StringVar(&c.GRPCListen, "grpc-listen", "127.0.0.1:7070", "`host:port` for gRPC; port 0 takes any free one, no host means all")
	flags.StringVar(&c.HTTPListen, "http-listen", "127.0.0.1:8080", "`host:port` for REST and the web pages")
	flags.DurationVar(&c.ShutdownTimeout, "shutdown-timeout", 10*time.Second, "`time` that calls under way may take to end at shutdown")
}

// AddDatabase adds the flags for a database of one's own.
func (c *Config) AddDatabase(flags *pflag.FlagSet) {
	flags.StringVar(&c.DatabaseURL, "database-url", "", "`URL` of a PostgreSQL 15 or newer: postgres://user:password@host:5432/database; also taken from DATABASE_URL")
}

// DefaultConnections is what MaxConnections is unless told otherwise.
const DefaultConnections = 20

// AddStore adds the flags for how the service keeps its data.
func (c *Config) AddStore(flags *pflag.FlagSet) {
	flags.StringVar(&c.DataDir, "data-dir", defaultDataDir(os.Geteuid(), os.Getenv), "`directory` of the private PostgreSQL, used if there is no database URL")
	flags.Int32Var(&c.MaxConnections, "database-connections", DefaultConnections, "largest `number` of connections to the database")
	flags.BoolVar(&c.Migrate, "migrate", true, "bring the database to this program's schema at start")
}

// defaultBackDating is a month: a scanner that lay in a drawer over a long holiday, and
// the paper that is entered when the books of a month are closed. What lies further back
// is a slip of the year or the month more often than it is late.
const defaultBackDating = 31 * 24 * time.Hour

// AddPosting adds the flags for what the service takes.
func (c *Config) AddPosting(flags *pflag.FlagSet) {
	flags.DurationVar(&c.BackDatingWindow, "back-dating-window", defaultBackDating, "`time` that may lie between what happened and now, when it is posted; 0 takes any, to bring history along")
}

// AddLog adds the flags for the log, which goes to standard error.
func (c *Config) AddLog(flags *pflag.FlagSet) {
	flags.StringVar(&c.LogLevel, "log-level", "info", "from which `level` on: debug (every call), info, warn or error")
	flags.StringVar(&c.LogFormat, "log-format", "auto", "`format` of the lines: text, json, or auto, which is text on a terminal and json elsewhere")
}

// defaultDataDir is where the system keeps the data of a service (as root) or of
// a user. "" if that is not to be found out.
func defaultDataDir(uid int, getenv func(string) string) string {
	if uid == 0 {
		return "/var/lib/lottrail"
	}
	if dir := getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "lottrail")
	}
	if home := getenv("HOME"); filepath.IsAbs(home) {
		return filepath.Join(home, ".local", "share", "lottrail")
	}
	return ""
}

// Resolve takes from the environment what no flag gave, and refuses what cannot
// work. flags are those that were added, after they were parsed.
func (c *Config) Resolve(flags *pflag.FlagSet, getenv func(string) string) error {
	var wrong []error
	c.DatabaseURLFrom = "--database-url"
	checks := map[string]func() error{
		"grpc-listen":          func() error { return checkAddress(c.GRPCListen) },
		"http-listen":          func() error { return checkAddress(c.HTTPListen) },
		"shutdown-timeout":     func() error { return checkTimeout(c.ShutdownTimeout) },
		"database-url":         func() error { return checkDatabaseURL(c.DatabaseURL) },
		"database-connections": func() error { return checkConnections(c.MaxConnections) },
		"data-dir":             c.checkDataDir,
		"migrate":              func() error { return nil },
		"back-dating-window":   func() error { return checkWindow(c.BackDatingWindow) },
		"log-level":            func() error { return checkOneOf(c.LogLevel, "debug", "info", "warn", "error") },
		"log-format":           func() error { return checkOneOf(c.LogFormat, "auto", "text", "json") },
	}
	for name := range checks {
		if flag := flags.Lookup(name); flag != nil && !flag.Changed {
			wrong = append(wrong, c.fromEnvironment(flag, getenv))
		}
	}
	for name, check := range checks { // they look at each other: all have to be set
		if err := check(); err != nil && flags.Lookup(name) != nil {
			wrong = append(wrong, named(name, err))
		}
	}
	if flags.Lookup("grpc-listen") != nil {
		wrong = append(wrong, checkApart(c.GRPCListen, c.HTTPListen))
	}
	return sorted(wrong)
}

func (c *Config) fromEnvironment(flag *pflag.Flag, getenv func(string) string) error {
	name := variable(flag.Name)
	if flag.Name == "database-url" && getenv(name) == "" {
		name = fallbackDatabaseURL
	}
	value := getenv(name)
	if value == "" {
		return nil
	}
	if flag.Name == "database-url" {
		c.DatabaseURLFrom = name
	}
	if err := flag.Value.Set(value); err != nil {
		return fmt.Errorf("%s=%q is no good as --%s: %w", name, value, flag.Name, err)
	}
	return nil
}

// variable is the name in the environment of what the flag sets.
func variable(flag string) string {
	return prefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

func named(flag string, err error) error {
	variables := variable(flag)
	if flag == "database-url" {
		variables += ", " + fallbackDatabaseURL
	}
	return fmt.Errorf("--%s (%s): %w", flag, variables, err)
}

// Level is LogLevel as slog has it.
func (c *Config) Level() slog.Level {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.LogLevel)) // Resolve has checked it
	return level
}

// JSONLog says whether the log is for programs.
func (c *Config) JSONLog(onTerminal bool) bool {
	return c.LogFormat == "json" || c.LogFormat == "auto" && !onTerminal
}

// ErrInvalid is wrapped in everything that Resolve and Listen refuse.
var ErrInvalid = errors.New("bad configuration")

// RequireDatabase refuses to go on without the URL of a database, for commands
// that have no private one.
func (c *Config) RequireDatabase() error {
	if c.DatabaseURL != "" {
		return nil
	}
	return invalid{named("database-url", errors.New(
		"not given; give postgres://user:password@host:5432/database (a private database is migrated by lottrail serve itself)"))}
}
