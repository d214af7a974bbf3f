// Package dbtest gives every test a fresh, migrated database on a private
// PostgreSQL that lives as long as the test binary.
//
// A package whose tests use it has
//
//	func TestMain(m *testing.M) { dbtest.Main(m) }
package dbtest

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/devdb"
	"github.com/lottrail/lottrail/internal/pg"
)

const template = "lottrail_template"

var (
	server  *devdb.Server
	counter atomic.Int64
)

// Main runs the tests of a package beside a private PostgreSQL and exits.
func Main(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "dbtest:", err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	ctx := context.Background()
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	if server, err = devdb.Start(ctx, devdb.Config{Log: log}); err != nil {
		return 0, err
	}
	defer func() {
		if stopErr := server.Stop(); err == nil {
			err = stopErr
		}
	}()
	if err := admin(ctx, "CREATE DATABASE "+template); err != nil {
		return 0, err
	}
	if _, err := pg.Migrate(ctx, server.URL(template)); err != nil {
		return 0, err
	}
	return m.Run(), nil
}

func admin(ctx context.Context, statement string) error {
	conn, err := pgx.Connect(ctx, server.URL("postgres"))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	_, err = conn.Exec(ctx, statement)
	return err
}

// URL makes a migrated database for the test, which is dropped with it, and
// returns where it is. Its user may do everything, unlike the service.
func URL(t testing.TB) string {
	t.Helper()
	if server == nil {
		t.Fatal("dbtest: no server; add func TestMain(m *testing.M) { dbtest.Main(m) } to the package")
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	name := fmt.Sprintf("test_%d", counter.Add(1))
	if err := admin(ctx, fmt.Sprintf("CREATE DATABASE %s TEMPLATE %s", name, template)); err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	t.Cleanup(func() {
		if err := admin(context.Background(), fmt.Sprintf("DROP DATABASE %s WITH (FORCE)", name)); err != nil {
			t.Errorf("dbtest: %v", err)
		}
	})
	return server.URL(name)
}

// Open makes a migrated database for the test and opens it as the service does.
func Open(t testing.TB) *pg.DB {
	t.Helper()
	db, err := pg.Open(context.Background(), URL(t), 20)
	if err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	t.Cleanup(db.Close)
	return db
}
