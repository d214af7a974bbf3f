// Package oplog implements LogService: it hands out the log of operations, in
// pages and as a stream that goes on.
//
// Nothing in the log ever changes, so a reader needs no snapshot: a place in it,
// its cursor, is enough to go on from, after however long and at any instance.
package oplog

import (
	"context"
	"sync"
	"time"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/pg"
)

const (
	// maxWatchers is how many WatchLog an instance carries at once, as the proto says.
	maxWatchers = 100
	// heartbeat is after how long without a message a watcher gets an empty one.
	heartbeat = 15 * time.Second
)

// Service implements lottrailv1.LogServiceServer.
type Service struct {
	lottrailv1.UnimplementedLogServiceServer
	db     *pg.DB
	sealer *ledger.Sealer

	// reads bounds how many look into the database at once.
	reads    chan struct{}
	watchers chan struct{}
	quiet    time.Duration

	stop    sync.Once
	stopped chan struct{}
}

// New returns the service on a database. The sealer, which runs beside it, tells
// its watchers that there is more. Readers take at most a quarter of the
// connections at once, so that no posting waits for them, however many they are.
func New(db *pg.DB, sealer *ledger.Sealer) *Service {
	return &Service{
		db: db, sealer: sealer,
		reads:    make(chan struct{}, max(1, db.Config().MaxConns/4)),
		watchers: make(chan struct{}, maxWatchers),
		quiet:    heartbeat,
		stopped:  make(chan struct{}),
	}
}

// Stop ends all streams, and those that come later. They would go on for ever, and
// can go on at another instance.
func (s *Service) Stop() { s.stop.Do(func() { close(s.stopped) }) }

// take waits for a turn to read.
func (s *Service) take(ctx context.Context) error {
	select {
	case s.reads <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Service) giveBack() { <-s.reads }
