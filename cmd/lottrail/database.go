package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/lottrail/lottrail/internal/config"
	"github.com/lottrail/lottrail/internal/devdb"
	"github.com/lottrail/lottrail/internal/pg"
)

// privateDatabase is the name of the database in a private PostgreSQL.
const privateDatabase = "lottrail"

// forbidden is PostgreSQL's insufficient_privilege.
const forbidden = "42501"

// database is where the data is: a server of the operator's, or a private one
// that we run.
type database struct {
	url     string
	from    string // flag or variable of the url, if it is the operator's
	about   string
	private *devdb.Server // nil if it is the operator's
}

// openDatabase starts the private PostgreSQL if no other is given.
func openDatabase(ctx context.Context, cfg *config.Config, log *slog.Logger) (*database, error) {
	if cfg.DatabaseURL != "" {
		parsed, err := pgx.ParseConfig(cfg.DatabaseURL)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", cfg.DatabaseURLFrom, err)
		}
		about := fmt.Sprintf("%s on %s, by %s", parsed.Database, parsed.Host, cfg.DatabaseURLFrom)
		return &database{url: cfg.DatabaseURL, from: cfg.DatabaseURLFrom, about: about}, nil
	}
	about := fmt.Sprintf("a private PostgreSQL in %s, kept from one start to the next", cfg.DataDir)
	if cfg.DataDir == "" {
		about = "a private PostgreSQL, gone at the end"
	}
	private, err := devdb.Start(ctx, devdb.Config{Dir: cfg.DataDir, Durable: cfg.DataDir != "", Log: log})
	if err != nil {
		return nil, fmt.Errorf("the private PostgreSQL: %w", err)
	}
	d := &database{url: private.URL(privateDatabase), about: about, private: private}
	if err := createDatabase(ctx, private.URL("postgres")); err != nil {
		return nil, d.close(err)
	}
	return d, nil
}

func createDatabase(ctx context.Context, url string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var there bool
	err = conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", privateDatabase).Scan(&there)
	if err != nil || there {
		return err
	}
	// The private server belongs to this process alone: nobody makes it in between.
	_, err = conn.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{privateDatabase}.Sanitize())
	return err
}

// prepare brings the schema to this program's version, or refuses to work with
// another.
func (d *database) prepare(ctx context.Context, migrate bool, log *slog.Logger) error {
	if migrate || d.private != nil {
		steps, err := pg.Migrate(ctx, d.url)
		if err != nil {
			return fmt.Errorf("migrating the database: %w", d.advise(err))
		}
		for _, step := range steps {
			log.InfoContext(ctx, "migrated", "step", step.Name)
		}
	}
	version, steps, err := pg.Pending(ctx, d.url)
	switch {
	case err != nil:
		return fmt.Errorf("the database: %w", d.advise(err))
	case len(steps) > 0:
		return fmt.Errorf("the schema of the database is at version %d, and this program needs %d: run lottrail migrate, or leave out --migrate=false (LOTTRAIL_MIGRATE)", version, pg.SchemaVersion())
	case version > pg.SchemaVersion():
		return tooNew(version)
	}
	return nil
}

// advise adds to an error of the operator's database what the operator can do.
func (d *database) advise(err error) error {
	if d.private != nil {
		return err
	}
	return advise(err, d.url, d.from)
}

// advise is for the database of url, which was given by the flag or variable from.
func advise(err error, url, from string) error {
	var unreachable *pgconn.ConnectError
	if errors.As(err, &unreachable) {
		return fmt.Errorf("%w\nSee that it runs and lets this user in, or change %s", err, from)
	}
	var refused *pgconn.PgError
	cfg, parseErr := pgx.ParseConfig(url)
	if parseErr == nil && errors.As(err, &refused) && refused.Code == forbidden {
		user := pgx.Identifier{cfg.User}.Sanitize()
		return fmt.Errorf(`%w
The user %s may not do that. To work, it needs
  GRANT lottrail_service TO %s;
to migrate, it has to own the database as well, and somebody who may create roles
has to run, once and before that:
  CREATE ROLE lottrail_service NOLOGIN;`, err, user, user)
	}
	return err
}

func tooNew(version int64) error {
	return fmt.Errorf("the schema of the database is at version %d, made by a newer Lottrail than this one, which knows up to %d: use that version or a newer one", version, pg.SchemaVersion())
}

// close stops the private server and returns why it is stopped, if it failed,
// with what failed now.
func (d *database) close(cause error) error {
	if d.private == nil {
		return cause
	}
	died := d.private.Err()
	if err := d.private.Stop(); err != nil && died == nil {
		died = err
	}
	if died == nil {
		return cause
	}
	if cause == nil {
		return died
	}
	return fmt.Errorf("%w (%w)", died, cause)
}
