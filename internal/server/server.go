// Package server puts the services on the wire: gRPC with its interceptors, the
// REST gateway in front of it, and the pages that people and load balancers
// look at.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/reflection"
	"google.golang.org/grpc/test/bufconn"

	"github.com/lottrail/lottrail/internal/civil"
	"github.com/lottrail/lottrail/internal/expiry"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/oplog"
	"github.com/lottrail/lottrail/internal/pg"
)

// defaultShutdownTimeout is how long calls that are under way may take to end.
const defaultShutdownTimeout = 10 * time.Second

// Server is everything that listens. It is made by New and served once.
type Server struct {
	log             *slog.Logger
	shutdownTimeout time.Duration
	checkInterval   time.Duration

	checker *checker
	health  *health.Server
	grpc    *grpc.Server
	gateway *grpc.ClientConn  // from REST to our own gRPC
	inside  *bufconn.Listener // where it arrives
	http    *http.Server

	seal       func(context.Context, *slog.Logger) // runs beside serving, until its context ends
	expire     func(context.Context, *slog.Logger) // likewise
	expiry     bool
	window     civil.Window
	endStreams func() // those that do not end by themselves
}

// Option changes a setting of New.
type Option func(*Server)

// WithLog says where to log. Without it nothing is logged.
func WithLog(log *slog.Logger) Option { return func(s *Server) { s.log = log } }

// WithShutdownTimeout says how long calls under way may take to end once the
// server is told to stop; then they are cut.
func WithShutdownTimeout(d time.Duration) Option {
	return func(s *Server) { s.shutdownTimeout = d }
}

// WithExpiry has lots held by themselves that are past their date (package expiry) as
// long as the server serves. Without it they are left alone.
func WithExpiry() Option { return func(s *Server) { s.expiry = true } }

// WithBackDating says how far back may lie what callers post. Without it there is no
// limit.
func WithBackDating(window time.Duration) Option {
	return func(s *Server) { s.window = civil.Window(window) }
}

// New makes a server for a migrated database. It listens nowhere yet.
func New(db *pg.DB, options ...Option) (*Server, error) {
	sealer := ledger.NewSealer(db)
	readers := oplog.New(db, sealer)
	validator, err := newValidator()
	if err != nil {
		return nil, err
	}
	scans := scanner{db}
	s, err := assemble(newChecker(db), scans, func(s *Server) { register(s.grpc, db, s.window, readers, checks(scans, validator)) }, options)
	if err != nil {
		return nil, err
	}
	s.seal, s.endStreams = sealer.Run, readers.Stop
	if s.expiry {
		s.expire = expiry.NewJob(db, time.Now).Run
	}
	return s, nil
}

func assemble(checker *checker, scans scanner, register func(*Server), options []Option) (*Server, error) {
	s := &Server{
		log:             slog.New(slog.DiscardHandler),
		shutdownTimeout: defaultShutdownTimeout,
		checkInterval:   defaultCheckInterval,
		checker:         checker,
		health:          health.NewServer(),
		inside:          bufconn.Listen(1 << 20),
		seal:            func(context.Context, *slog.Logger) {},
		expire:          func(context.Context, *slog.Logger) {},
		endStreams:      func() {},
	}
	for _, option := range options {
		option(s)
	}
	var err error
	if s.grpc, err = newGRPC(s.log, scans); err != nil {
		return nil, err
	}
	register(s)
	healthpb.RegisterHealthServer(s.grpc, s.health)
	reflection.Register(s.grpc)
	if s.gateway, err = dialInside(s.inside); err != nil {
		return nil, err
	}
	handler, err := newHTTP(s.gateway, s.checker, s.log)
	if err != nil {
		return nil, err
	}
	s.http = &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
		// No ReadTimeout and no WriteTimeout: they would cut streams. Bodies and
		// writes have deadlines of their own, see limits.go.
	}
	return s, nil
}

// Serve answers gRPC and REST on the two listeners until ctx is cancelled, then
// lets the calls under way end, and returns nil once everything is closed. It
// returns early only if a listener fails.
func (s *Server) Serve(ctx context.Context, grpcListener, httpListener net.Listener) error {
	s.setServing(true)
	group, ctx := errgroup.WithContext(ctx)
	// What the last calls record is to get into the log, too.
	sealing, served := context.WithCancel(context.WithoutCancel(ctx))
	group.Go(func() error { s.seal(sealing, s.log); return nil })
	group.Go(func() error { s.expire(ctx, s.log); return nil })
	group.Go(func() error { return serving("gRPC", s.grpc.Serve(grpcListener)) })
	group.Go(func() error { return serving("gRPC", s.grpc.Serve(s.inside)) })
	group.Go(func() error { return serving("HTTP", s.http.Serve(httpListener)) })
	group.Go(func() error { s.watch(ctx); return nil })
	group.Go(func() error {
		<-ctx.Done()
		s.shutdown()
		served()
		return nil
	})
	return group.Wait()
}

func serving(what string, err error) error {
	if err == nil || errors.Is(err, http.ErrServerClosed) || errors.Is(err, grpc.ErrServerStopped) {
		return nil
	}
	return fmt.Errorf("serving %s: %w", what, err)
}

// shutdown first says that there is nothing to be had here any more, then ends
// REST, which still needs gRPC, then gRPC. What has not ended in time is cut.
func (s *Server) shutdown() {
	s.checker.stop()
	s.health.Shutdown()
	s.endStreams()
	ctx, cancel := context.WithTimeout(context.Background(), s.shutdownTimeout)
	defer cancel()
	if err := s.http.Shutdown(ctx); err != nil {
		s.log.Warn("cutting HTTP requests that did not end in time", "timeout", s.shutdownTimeout)
		_ = s.http.Close() // it only says again what Shutdown said
	}
	_ = s.gateway.Close() // fails only if closed before
	ended := make(chan struct{})
	go func() {
		s.grpc.GracefulStop()
		close(ended)
	}()
	select {
	case <-ended:
	case <-ctx.Done():
		s.log.Warn("cutting gRPC calls that did not end in time", "timeout", s.shutdownTimeout)
		s.grpc.Stop()
		<-ended
	}
}
