package pg

import (
	"context"
	"strings"

	"github.com/exaring/otelpgx"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// Instruments fail only for names against the rules, which a test of package
// telemetry would find missing.
var (
	meter = otel.Meter("github.com/lottrail/lottrail/internal/pg")

	connections, _ = meter.Int64ObservableUpDownCounter("lottrail.pool.connections", metric.WithUnit("{connection}"),
		metric.WithDescription("Connections to the database, by state."))
	limit, _ = meter.Int64ObservableUpDownCounter("lottrail.pool.limit", metric.WithUnit("{connection}"),
		metric.WithDescription("Connections that the pool may have at most."))
	waits, _ = meter.Int64ObservableCounter("lottrail.pool.waits", metric.WithUnit("{wait}"),
		metric.WithDescription("How often a connection was got only after waiting for one, because none was idle."))
	waited, _ = meter.Float64ObservableCounter("lottrail.pool.wait_time", metric.WithUnit("s"),
		metric.WithDescription("Time spent waiting for connections."))
	givenUp, _ = meter.Int64ObservableCounter("lottrail.pool.given_up", metric.WithUnit("{wait}"),
		metric.WithDescription("How often the caller went away, or ran out of time, before there was a connection."))
	seatLimit, _ = meter.Int64ObservableUpDownCounter("lottrail.seats.limit", metric.WithUnit("{seat}"),
		metric.WithDescription("Connections that long reads may have at most."))
	seatsTaken, _ = meter.Int64ObservableUpDownCounter("lottrail.seats.taken", metric.WithUnit("{seat}"),
		metric.WithDescription("Long reads under way."))
	seatsAwaited, _ = meter.Int64ObservableUpDownCounter("lottrail.seats.waiting", metric.WithUnit("{call}"),
		metric.WithDescription("Long reads that stand in line for a seat."))
	seatsOutgrown, _ = meter.Int64ObservableCounter("lottrail.seats.outgrown", metric.WithUnit("{call}"),
		metric.WithDescription("Long reads that were begun in a quick seat, and anew because they were not quick."))

	inUse   = state("in_use")
	idle    = state("idle")
	opening = state("opening")
)

func state(name string) metric.MeasurementOption {
	return metric.WithAttributeSet(attribute.NewSet(attribute.String("state", name)))
}

// observe has the pool told of whenever metrics are collected, until it is closed.
// What several pools of one process tell adds up.
func (db *DB) observe() error {
	var err error
	db.observed, err = meter.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		s := db.Stat()
		o.ObserveInt64(connections, int64(s.AcquiredConns()), inUse)
		o.ObserveInt64(connections, int64(s.IdleConns()), idle)
		o.ObserveInt64(connections, int64(s.ConstructingConns()), opening)
		o.ObserveInt64(limit, int64(s.MaxConns()))
		o.ObserveInt64(waits, s.EmptyAcquireCount())
		o.ObserveFloat64(waited, s.EmptyAcquireWaitTime().Seconds())
		o.ObserveInt64(givenUp, s.CanceledAcquireCount())
		o.ObserveInt64(seatLimit, int64(db.Seats()))
		o.ObserveInt64(seatsTaken, int64(len(db.seats.long)+len(db.seats.quick)))
		o.ObserveInt64(seatsAwaited, db.seats.waiting.Load()+db.seats.remaining.Load())
		o.ObserveInt64(seatsOutgrown, db.seats.outgrown.Load())
		return nil
	}, connections, limit, waits, waited, givenUp, seatLimit, seatsTaken, seatsAwaited, seatsOutgrown)
	return err
}

// Close closes the pool, once all connections are given back.
func (db *DB) Close() {
	_ = db.observed.Unregister() // it never fails
	db.Pool.Close()
}

// queryName names a statement's span: by the name that it has in db/queries, or
// else by its first word.
func queryName(statement string) string {
	if rest, named := strings.CutPrefix(statement, "-- name: "); named {
		name, _, _ := strings.Cut(rest, " ")
		return name
	}
	return otelpgx.SQLOperationName(context.Background(), statement)
}
