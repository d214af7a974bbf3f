package config_test

import (
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"github.com/lottrail/lottrail/internal/config"
)

func resolve(t *testing.T, env map[string]string, args ...string) (config.Config, error) {
	t.Helper()
	var c config.Config
	flags := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	c.AddListen(flags)
	c.AddDatabase(flags)
	c.AddStore(flags)
	c.AddPosting(flags)
	c.AddLog(flags)
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	err := c.Resolve(flags, func(name string) string { return env[name] })
	return c, err
}

func TestPrecedence(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	env := map[string]string{
		"LOTTRAIL_GRPC_LISTEN":  "127.0.0.1:1111",
		"LOTTRAIL_HTTP_LISTEN":  "127.0.0.1:2222",
		"LOTTRAIL_DATA_DIR":     dir,
		"LOTTRAIL_MIGRATE":      "false",
		"LOTTRAIL_LOG_LEVEL":    "debug",
		"LOTTRAIL_DATABASE_URL": "",
		"DATABASE_URL":          "postgres://fallback/x",
	}
	c, err := resolve(t, env, "--grpc-listen", "127.0.0.1:3333")
	if err != nil {
		t.Fatal(err)
	}
	if c.GRPCListen != "127.0.0.1:3333" || c.HTTPListen != "127.0.0.1:2222" || c.DataDir != dir || c.Migrate ||
		c.Level() != slog.LevelDebug || c.ShutdownTimeout != 10*time.Second || c.MaxConnections != 20 {
		t.Errorf("%+v", c)
	}
	if c.DatabaseURL != "postgres://fallback/x" || c.DatabaseURLFrom != "DATABASE_URL" {
		t.Errorf("database %q from %s", c.DatabaseURL, c.DatabaseURLFrom)
	}
	env["LOTTRAIL_DATABASE_URL"] = "postgres://ours/x"
	if c, err = resolve(t, env); err != nil || c.DatabaseURL != "postgres://ours/x" || c.DatabaseURLFrom != "LOTTRAIL_DATABASE_URL" {
		t.Errorf("database %q from %s: %v", c.DatabaseURL, c.DatabaseURLFrom, err)
	}
	if c, err = resolve(t, env, "--database-url=postgres://flag/x"); err != nil || c.DatabaseURL != "postgres://flag/x" || c.DatabaseURLFrom != "--database-url" {
		t.Errorf("database %q from %s: %v", c.DatabaseURL, c.DatabaseURLFrom, err)
	}
	// An empty flag is said, too: no database, whatever the environment says.
	if c, err = resolve(t, env, "--database-url="); err != nil || c.DatabaseURL != "" {
		t.Errorf("database %q: %v", c.DatabaseURL, err)
	}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	c, err := resolve(t, nil, "--data-dir", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{c.GRPCListen, c.HTTPListen} {
		if host, _, _ := net.SplitHostPort(address); host != "127.0.0.1" {
			t.Errorf("listens on %s unless told otherwise", address)
		}
	}
	if c.BackDatingWindow != 31*24*time.Hour {
		t.Errorf("takes what happened %v ago", c.BackDatingWindow)
	}
	if c, err := resolve(t, map[string]string{"LOTTRAIL_BACK_DATING_WINDOW": "0"}, "--data-dir", t.TempDir()); err != nil || c.BackDatingWindow != 0 {
		t.Errorf("without a limit: %v, %v", c.BackDatingWindow, err)
	}
	if !c.Migrate || c.DatabaseURL != "" || c.JSONLog(true) || !c.JSONLog(false) {
		t.Errorf("%+v", c)
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	closed := filepath.Join(dir, "closed")
	if err := os.Mkdir(closed, 0o500); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		env   map[string]string
		args  []string
		wants []string
	}{
		"no port":           {nil, []string{"--grpc-listen=localhost"}, []string{"--grpc-listen", "LOTTRAIL_GRPC_LISTEN", "missing port", "127.0.0.1:7070"}},
		"port too high":     {nil, []string{"--http-listen=:65536"}, []string{"--http-listen", "LOTTRAIL_HTTP_LISTEN", "65536", "0 to 65535"}},
		"port by name":      {nil, []string{"--http-listen=:http"}, []string{"--http-listen", `"http"`}},
		"port from env":     {map[string]string{"LOTTRAIL_GRPC_LISTEN": "::1:70"}, nil, []string{"LOTTRAIL_GRPC_LISTEN", "too many colons"}},
		"same port":         {nil, []string{"--grpc-listen=:8080"}, []string{"--grpc-listen", "--http-listen", "8080", "LOTTRAIL_HTTP_LISTEN"}},
		"same port by ::":   {nil, []string{"--grpc-listen=[::]:8080"}, []string{"both port 8080"}},
		"not a bool":        {map[string]string{"LOTTRAIL_MIGRATE": "perhaps"}, nil, []string{"LOTTRAIL_MIGRATE", "perhaps", "--migrate"}},
		"not a duration":    {map[string]string{"LOTTRAIL_SHUTDOWN_TIMEOUT": "10"}, nil, []string{"LOTTRAIL_SHUTDOWN_TIMEOUT", "--shutdown-timeout"}},
		"negative duration": {nil, []string{"--shutdown-timeout=-1s"}, []string{"--shutdown-timeout", "10s"}},
		"no window":         {nil, []string{"--back-dating-window=1s"}, []string{"--back-dating-window", "LOTTRAIL_BACK_DATING_WINDOW", "a minute at least", "0 for no limit"}},
		"negative window":   {map[string]string{"LOTTRAIL_BACK_DATING_WINDOW": "-1h"}, nil, []string{"--back-dating-window", "0 for no limit"}},
		"one connection":    {nil, []string{"--database-connections=1"}, []string{"--database-connections", "2 to 1000"}},
		"other database":    {map[string]string{"DATABASE_URL": "mysql://u:hunter2@h/d"}, nil, []string{"--database-url (LOTTRAIL_DATABASE_URL, DATABASE_URL)", "postgres://"}},
		"broken URL":        {nil, []string{"--database-url=postgres://u:hunter2@h:port/d"}, []string{"--database-url", "percent-encoded"}},
		"data dir a file":   {nil, []string{"--data-dir", file}, []string{"--data-dir", "LOTTRAIL_DATA_DIR", "is a file"}},
		"below a file":      {nil, []string{"--data-dir", file + "/x"}, []string{"--data-dir", "file"}},
		"no data dir":       {nil, []string{"--data-dir="}, []string{"--data-dir", "--database-url"}},
		"log level":         {nil, []string{"--log-level=loud"}, []string{"--log-level", "loud", "debug, info, warn, error"}},
		"log format":        {nil, []string{"--log-format=xml"}, []string{"--log-format", "LOTTRAIL_LOG_FORMAT", "json"}},
		"two at once":       {nil, []string{"--log-format=xml", "--grpc-listen=x"}, []string{"--log-format", "--grpc-listen"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := append([]string{"--data-dir", dir}, test.args...)
			_, err := resolve(t, test.env, args...)
			if !errors.Is(err, config.ErrInvalid) {
				t.Fatalf("error %v", err)
			}
			for _, want := range test.wants {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("lacks %q: %v", want, err)
				}
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("tells the password: %v", err)
			}
		})
	}
	if os.Geteuid() != 0 { // who may write anywhere
		if _, err := resolve(t, nil, "--data-dir", closed+"/x"); err == nil || !strings.Contains(err.Error(), closed) {
			t.Errorf("closed directory: %v", err)
		}
	}
	if _, err := resolve(t, nil, "--data-dir", file, "--database-url=postgres:///x"); err != nil {
		t.Errorf("a data directory that is not used: %v", err)
	}
	if _, err := resolve(t, nil, "--data-dir", dir, "--grpc-listen=127.0.0.1:0", "--http-listen=127.0.0.1:0"); err != nil {
		t.Errorf("port 0 twice: %v", err)
	}
}

func TestListen(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for name, test := range map[string]struct {
		grpc, http string
		wants      []string
	}{
		"in use":          {"127.0.0.1:0", taken.Addr().String(), []string{"--http-listen (LOTTRAIL_HTTP_LISTEN)", "already", "another port"}},
		"foreign address": {"192.0.2.1:0", "127.0.0.1:0", []string{"--grpc-listen", "192.0.2.1:0", "not an address of this machine"}},
	} {
		c := config.Config{GRPCListen: test.grpc, HTTPListen: test.http}
		_, _, err := c.Listen(t.Context())
		if !errors.Is(err, config.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, want := range test.wants {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s lacks %q: %v", name, want, err)
			}
		}
	}
	c := config.Config{GRPCListen: "127.0.0.1:0", HTTPListen: ":0"}
	grpc, http, err := c.Listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer grpc.Close()
	defer http.Close()
	if config.Exposed(grpc) || !config.Exposed(http) {
		t.Errorf("exposed: %s %v, %s %v", grpc.Addr(), config.Exposed(grpc), http.Addr(), config.Exposed(http))
	}
}
