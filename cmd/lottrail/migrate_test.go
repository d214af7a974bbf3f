package main

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/pg"
)

// TestMigrate is a database of the operator's own, from empty to served.
func TestMigrate(t *testing.T) {
	t.Parallel()
	database := emptyDatabase(t)
	env := []string{"DATABASE_URL=" + database}
	serveArgs := []string{"serve", "--grpc-listen=127.0.0.1:0", "--http-listen=127.0.0.1:0"}

	code, _, log := runToEnd(t, env, append(serveArgs, "--migrate=false")...)
	if code != exitFailed || !strings.Contains(log, "lottrail migrate") || !strings.Contains(log, "version 0") {
		t.Errorf("serve on an empty database: exit %d: %s", code, log)
	}
	code, out, log := runToEnd(t, env, "migrate", "--status")
	if code != exitFailed || !strings.Contains(out, "to apply 0001_tenant.sql") || !strings.Contains(log, "lottrail migrate") {
		t.Errorf("status: exit %d: %s%s", code, out, log)
	}
	at := fmt.Sprint("at version ", pg.SchemaVersion())
	code, out, _ = runToEnd(t, env, "migrate")
	if code != 0 || !strings.Contains(out, "applied 0001_tenant.sql\n") || !strings.Contains(out, "now "+at) {
		t.Errorf("migrate: exit %d: %s", code, out)
	}
	code, out, _ = runToEnd(t, env, "migrate")
	if code != 0 || strings.Contains(out, "applied") || !strings.Contains(out, "already "+at) {
		t.Errorf("migrate again: exit %d: %s", code, out)
	}
	if code, out, _ = runToEnd(t, env, "migrate", "--status"); code != 0 || !strings.Contains(out, at) {
		t.Errorf("status: exit %d: %s", code, out)
	}

	p := launch(t, env, append(serveArgs, "--migrate=false")...)
	p.find(&p.out, "by DATABASE_URL")
	if code, text := request(t, "GET", p.find(&p.out, `REST +(\S+)`)+"/readyz", ""); code != 200 {
		t.Errorf("readyz: HTTP %d: %s", code, text)
	}
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	p.wait(10 * time.Second)

	execute(t, database, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)")
	for _, args := range [][]string{serveArgs, {"migrate"}, {"migrate", "--status"}} {
		if code, _, log := runToEnd(t, env, args...); code != exitFailed || !strings.Contains(log, "9999") || !strings.Contains(log, "newer") {
			t.Errorf("%v on a newer schema: exit %d: %s", args, code, log)
		}
	}
}

// TestMigrateWithoutPowers is a database whose owner may not make roles, and a
// service that logs in as yet another user.
func TestMigrateWithoutPowers(t *testing.T) {
	t.Parallel()
	home := dbtest.URL(t) // migrated: the role lottrail_service is there, as if a superuser had made it
	suffix := fmt.Sprint(time.Now().UnixNano())
	owner, app := "owner_"+suffix, "app_"+suffix
	execute(t, home, "CREATE ROLE "+owner+" LOGIN")
	execute(t, home, "CREATE ROLE "+app+" LOGIN")
	t.Cleanup(func() { execute(t, home, "DROP ROLE "+owner+", "+app) })
	database := emptyDatabase(t) // dropped before its owner
	execute(t, database, "ALTER SCHEMA public OWNER TO "+owner)

	grant := func(to string) string { return fmt.Sprintf(`GRANT lottrail_service TO "%s";`, to) }
	code, _, log := runToEnd(t, nil, "migrate", "--database-url", as(t, database, owner))
	if code != exitFailed || !strings.Contains(log, grant(owner)) {
		t.Fatalf("migrate: exit %d: %s", code, log)
	}
	execute(t, database, grant(owner))
	if code, _, log := runToEnd(t, nil, "migrate", "--database-url", as(t, database, owner)); code != 0 {
		t.Fatalf("migrate: exit %d: %s", code, log)
	}

	serveArgs := []string{"serve", "--grpc-listen=127.0.0.1:0", "--http-listen=127.0.0.1:0", "--database-url", as(t, database, app)}
	if code, _, log := runToEnd(t, nil, serveArgs...); code != exitFailed || !strings.Contains(log, grant(app)) {
		t.Fatalf("serve: exit %d: %s", code, log)
	}
	execute(t, database, grant(app))
	p := launch(t, nil, serveArgs...)
	if code, text := request(t, "GET", p.find(&p.out, `REST +(\S+)`)+"/readyz", ""); code != 200 {
		t.Errorf("readyz: HTTP %d: %s", code, text)
	}
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	p.wait(10 * time.Second)
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args  []string
		code  int
		wants []string
	}{
		"unknown command":  {[]string{"sevre"}, exitUsage, []string{"sevre", "See lottrail --help"}},
		"unknown flag":     {[]string{"serve", "--port=1"}, exitUsage, []string{"--port", "See lottrail serve --help"}},
		"argument":         {[]string{"serve", "now"}, exitUsage, []string{"now"}},
		"bad address":      {[]string{"serve", "--grpc-listen=here"}, exitUsage, []string{"--grpc-listen (LOTTRAIL_GRPC_LISTEN)", "here"}},
		"no database":      {[]string{"migrate"}, exitUsage, []string{"--database-url (LOTTRAIL_DATABASE_URL, DATABASE_URL)"}},
		"database is away": {[]string{"serve", "--grpc-listen=127.0.0.1:0", "--http-listen=127.0.0.1:0", "--database-url=postgres://u:hunter2@127.0.0.1:1/d"}, exitFailed, []string{"database", "refused", "change --database-url"}},
		"data dir a file":  {[]string{"serve", "--data-dir=/dev/null"}, exitUsage, []string{"--data-dir (LOTTRAIL_DATA_DIR)"}},
	} {
		code, _, log := runToEnd(t, nil, test.args...)
		if code != test.code || strings.Contains(log, "hunter2") {
			t.Errorf("%s: exit %d: %s", name, code, log)
		}
		for _, want := range test.wants {
			if !strings.Contains(log, want) {
				t.Errorf("%s lacks %q: %s", name, want, log)
			}
		}
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	for args, wants := range map[string][]string{
		"--help":         {"serve", "migrate", "version"},
		"serve --help":   {"LOTTRAIL_GRPC_LISTEN", "DATABASE_URL", "--data-dir", "127.0.0.1:7070", "/readyz"},
		"migrate --help": {"--status", "DATABASE_URL"},
		"version":        {"schema version"},
		"--version":      {"lottrail version"},
	} {
		code, out, _ := runToEnd(t, nil, strings.Fields(args)...)
		for _, want := range wants {
			if code != 0 || !strings.Contains(out, want) {
				t.Errorf("%s: exit %d, want %q in: %s", args, code, want, out)
			}
		}
	}
}

// emptyDatabase makes a database without a schema.
func emptyDatabase(t *testing.T) string {
	t.Helper()
	home := dbtest.URL(t)
	name := fmt.Sprintf("empty_%d", time.Now().UnixNano())
	execute(t, home, "CREATE DATABASE "+name)
	t.Cleanup(func() { execute(t, home, "DROP DATABASE "+name+" WITH (FORCE)") })
	parsed, err := url.Parse(home)
	if err != nil {
		t.Fatal(err)
	}
	parsed.Path = "/" + name
	return parsed.String()
}

// as is the URL of the same database for another user.
func as(t *testing.T, database, user string) string {
	t.Helper()
	parsed, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	query := parsed.Query()
	query.Set("user", user)
	parsed.User, parsed.RawQuery = nil, query.Encode()
	return parsed.String()
}

func execute(t *testing.T, url, statement string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, statement); err != nil {
		t.Fatal(err)
	}
}
