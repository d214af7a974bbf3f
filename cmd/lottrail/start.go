package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"time"

	"golang.org/x/term"

	"github.com/lottrail/lottrail/internal/config"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/server"
	"github.com/lottrail/lottrail/internal/telemetry"
)

// running is a service that runs in this process.
type running struct {
	GRPC     string // host:port that clients here can use
	REST     string // base URL, without a slash at the end
	Database string // where the data is, in words
	url      string // of the database, as who owns its tables

	cancel context.CancelFunc
	done   chan struct{} // closed when everything has ended
	err    error         // to be read then
}

// newLog is the log that the configuration asks for, on standard error.
func newLog(cfg *config.Config) *slog.Logger {
	return telemetry.NewLog(os.Stderr, cfg.Level(), cfg.JSONLog(term.IsTerminal(int(os.Stderr.Fd()))))
}

// startAll starts whatever cfg asks for: a private PostgreSQL if there is no
// other (a temporary one if there is no DataDir either), its schema, gRPC and
// REST. It returns once they answer. What it started
// ends when ctx is cancelled or Stop is called, or by itself if the private
// PostgreSQL or a listener fails.
func startAll(ctx context.Context, cfg *config.Config, log *slog.Logger, options ...server.Option) (_ *running, err error) {
	grpcListener, httpListener, err := cfg.Listen(ctx) // first: it fails at once
	if err != nil {
		return nil, err
	}
	var undo []func() // in case that a later step fails
	defer func() {
		for i := len(undo) - 1; err != nil && i >= 0; i-- {
			undo[i]()
		}
	}()
	undo = append(undo, func() { err = errors.Join(err, grpcListener.Close(), httpListener.Close()) })
	for _, listener := range []net.Listener{grpcListener, httpListener} {
		if config.Exposed(listener) {
			log.Warn("others can reach this address, and there is no authentication yet: whoever reaches it can read and write everything", "address", listener.Addr().String())
		}
	}
	flush, err := telemetry.Start(ctx, version(), log)
	if err != nil {
		return nil, err
	}
	data, err := openDatabase(ctx, cfg, log)
	if err != nil {
		return nil, err
	}
	undo = append(undo, func() { err = data.close(err) })
	if err := data.prepare(ctx, cfg.Migrate, log); err != nil {
		return nil, err
	}
	db, err := pg.Open(ctx, data.url, cfg.MaxConnections)
	if err != nil {
		return nil, fmt.Errorf("the database: %w", data.advise(err))
	}
	undo = append(undo, db.Close)
	s, err := server.New(db, append(options, server.WithLog(log), server.WithShutdownTimeout(cfg.ShutdownTimeout), server.WithBackDating(cfg.BackDatingWindow))...)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	r := &running{
		GRPC:     reachable(grpcListener.Addr()),
		REST:     "http://" + reachable(httpListener.Addr()),
		Database: data.about,
		url:      data.url,
		cancel:   cancel,
		done:     make(chan struct{}),
	}
	if data.private != nil {
		go func() {
			select {
			case <-data.private.Done():
				cancel()
			case <-r.done:
			}
		}()
	}
	go func() {
		defer close(r.done)
		defer cancel()
		failed := s.Serve(ctx, grpcListener, httpListener)
		db.Close()
		r.err = data.close(failed)
		flushed(flush, log)
	}()
	return r, nil
}

// flushed sends the last spans, and does not wait for a collector that is away.
func flushed(flush func(context.Context) error, log *slog.Logger) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := flush(ctx); err != nil {
		log.Warn("telemetry", "error", err)
	}
}

// Done is closed when the service has ended, whatever ended it.
func (r *running) Done() <-chan struct{} { return r.done }

// Stop ends the service, calls under way first, and waits for it. It returns
// what went wrong, also if the service had ended by itself.
func (r *running) Stop() error {
	r.cancel()
	<-r.done
	return r.err
}

// reachable is an address under which this machine reaches a listener.
func reachable(address net.Addr) string {
	tcp, ok := address.(*net.TCPAddr)
	if ok && tcp.IP.IsUnspecified() {
		return fmt.Sprintf("localhost:%d", tcp.Port)
	}
	return address.String()
}
