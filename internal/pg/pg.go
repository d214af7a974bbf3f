// Package pg is how the service uses PostgreSQL: the pool and its settings,
// transactions, ids, and what a driver's error means.
package pg

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/exaring/otelpgx"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"go.opentelemetry.io/otel/metric"
)

// serviceRole can add operations and movements but not change them. The first
// migrations make it.
const serviceRole = "lottrail_service"

// DB is the database as the service sees it.
type DB struct {
	*pgxpool.Pool
	ids      ids
	seats    seats
	turns    turns
	observed metric.Registration
}

// Open connects to a migrated database. Every connection works as the service
// role, in UTC, and waits for neither a lock nor a statement for ever.
func Open(ctx context.Context, url string, maxConns int32) (*DB, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("database URL: %w", err)
	}
	config.MaxConns = maxConns
	config.ConnConfig.Tracer = otelpgx.NewTracer(otelpgx.WithSpanNameFunc(queryName))
	settings := config.ConnConfig.RuntimeParams
	settings["application_name"] = "lottrail"
	settings["timezone"] = "UTC"
	settings["default_transaction_isolation"] = "read committed"
	settings["lock_timeout"] = "5s"
	settings["statement_timeout"] = "60s"
	settings["idle_in_transaction_session_timeout"] = "60s"
	// Statements look rows up by their keys, whatever the keys are. Left alone the
	// planner plans many of them anew for each call, which takes it longer than
	// carrying them out; and while a table is small it settles for plans that read
	// all of it, and keeps them as it grows.
	settings["plan_cache_mode"] = "force_generic_plan"
	settings["enable_seqscan"] = "off"
	settings["enable_hashjoin"] = "off"
	settings["enable_mergejoin"] = "off"
	settings["jit"] = "off"
	config.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, "SET ROLE "+serviceRole)
		return err
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	db := &DB{Pool: pool}
	db.seats.arrange(maxConns)
	db.turns.arrange()
	if err := db.observe(); err != nil {
		pool.Close()
		return nil, err
	}
	return db, nil
}

// Constraint returns the name of the constraint that err says was violated, or
// "".
func Constraint(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.ConstraintName
	}
	return ""
}

// FailedCheck says whether err is that of a statement which divides by zero, as some
// of ours do where what they were to find or to change is not as it has to be.
func FailedCheck(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.Code == "22012"
}

// ErrOvertaken is returned by whoever finds, with locks held, that what was
// read before does not hold any more. The transaction is tried again.
var ErrOvertaken = errors.New("overtaken by another transaction")

// Retryable says whether the same transaction may well succeed when tried
// again: serialization failure, deadlock, lock timeout.
func Retryable(err error) bool {
	if errors.Is(err, ErrOvertaken) {
		return true
	}
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code {
	case "40001", "40P01", "55P03":
		return true
	}
	return false
}
