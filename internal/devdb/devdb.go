// Package devdb runs a private PostgreSQL for people who have not set one up:
// for a first look, for the demo and for tests. It finds or fetches the
// binaries, makes the cluster, and leaves nothing running and nothing
// temporary behind, even when its own process is killed.
//
// The server listens on a Unix socket that only its owner can reach, so the
// cluster needs no password. It is no substitute for a server with backups.
package devdb

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	superuser = "lottrail"
	port      = "5432" // only names the socket; nothing listens on TCP

	// readyTimeout is long because crash recovery may come first. A server
	// that exits is noticed at once, so only a hanging one waits this long.
	readyTimeout = 2 * time.Minute
)

// Config says what kind of server to start. The zero value is a fast,
// temporary one.
type Config struct {
	// Dir keeps the cluster in Dir/postgres, from one run to the next. If it
	// is empty the cluster lives in a temporary directory, removed by Stop.
	Dir string

	// Durable makes a commit survive a crash of the machine. Without it a
	// commit survives a crash of the process, but the server is much faster.
	Durable bool

	// Settings are added to the command line of postgres, over the defaults
	// of this package: "max_connections": "50".
	Settings map[string]string

	// Log gets progress, such as a download. Nil discards it.
	Log *slog.Logger
}

// Server is a running PostgreSQL. It belongs to this process: it ends when
// Stop is called, and on Linux also when this process is killed.
type Server struct {
	socketDir  string
	process    *process // nil until postgres was launched
	output     serverLog
	stopSignal syscall.Signal
	held       []heldDir // released by Stop, last first
	log        *slog.Logger

	stopping atomic.Bool
	stopOnce sync.Once
	stopErr  error
}

// Start returns a server that accepts connections, or an error that says what
// to do about it. It has the databases of a new cluster (postgres, template1).
// ctx bounds the start only: cancelling it later does not stop the server.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	return start(ctx, cfg, systemSearch())
}

func start(ctx context.Context, cfg Config, find search) (_ *Server, err error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{log: cfg.Log, stopSignal: syscall.SIGINT}
	if cfg.Dir == "" {
		s.stopSignal = syscall.SIGQUIT // nothing is kept: no closing checkpoint
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Stop())
		}
	}()

	home, owner, err := s.takeHome(ctx, cfg.Dir)
	if err != nil {
		return nil, err
	}
	c := cluster{dir: filepath.Join(home, "postgres"), owner: owner, durable: cfg.Durable}
	if err := c.prepare(ctx, find, cfg.Log); err != nil {
		return nil, err
	}
	if s.socketDir, err = s.takeSocketDir(ctx, home, owner); err != nil {
		return nil, err
	}
	if s.output, err = openLog(home+"/postgres.log", owner); err != nil {
		return nil, err
	}
	defer s.output.file.Close() // postgres has its own descriptor
	cmd := c.command("postgres", c.serverArgs(s.socketDir, cfg.Settings)...)
	cmd.Stdout, cmd.Stderr = s.output.file, s.output.file
	if s.process, err = launch(cmd, s.stopSignal); err != nil {
		return nil, fmt.Errorf("starting PostgreSQL: %w", err)
	}
	if err := s.waitReady(ctx); err != nil {
		return nil, err
	}
	cfg.Log.Info("PostgreSQL is running", "version", c.bin.major, "dir", home, "socket", s.socketDir)
	return s, nil
}

// takeHome locks the directory that holds everything of this server, and says
// as whom PostgreSQL runs in it.
func (s *Server) takeHome(ctx context.Context, dir string) (string, account, error) {
	if dir == "" {
		owner, err := accountFor("")
		if err != nil {
			return "", owner, err
		}
		temp, err := newTempDir(ctx, owner, s.log)
		if err != nil {
			return "", owner, err
		}
		s.held = append(s.held, temp)
		return temp.path, owner, nil
	}
	home, owner, err := makeDataDir(dir)
	if err != nil {
		return "", owner, err
	}
	locked, err := lockDataDir(home, owner)
	if err != nil {
		return "", owner, err
	}
	s.held = append(s.held, locked)
	return home, owner, nil
}

// takeSocketDir makes an empty directory that only owner can enter. It lies in
// home unless the path of the socket would not do (socketFits).
func (s *Server) takeSocketDir(ctx context.Context, home string, owner account) (string, error) {
	if !socketFits(home) {
		temp, err := newTempDir(ctx, owner, s.log)
		if err != nil {
			return "", err
		}
		s.held = append(s.held, temp)
		home = temp.path
	}
	dir := filepath.Join(home, "run")
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", err
	}
	return dir, owner.own(dir)
}

func (s *Server) waitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	cfg, err := pgx.ParseConfig(s.URL("postgres"))
	if err != nil {
		return fmt.Errorf("connecting to PostgreSQL (is a PG… variable set wrongly?): %w", err)
	}
	for {
		conn, err := pgx.ConnectConfig(ctx, cfg)
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-s.Done():
			return s.Err()
		case <-ctx.Done():
			return fmt.Errorf("PostgreSQL did not become ready: %w (%w)%s", ctx.Err(), err, s.output.tail())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// URL is the connection string of a database in this server, as a superuser.
// pgx and psql both accept it.
func (s *Server) URL(database string) string {
	query := url.Values{"host": {s.socketDir}, "port": {port}, "user": {superuser}, "sslmode": {"disable"}}
	// libpq reads + as a plus sign, not as a space
	escaped := strings.ReplaceAll(query.Encode(), "+", "%20")
	return "postgres:///" + url.PathEscape(database) + "?" + escaped
}

// Done is closed once postgres has exited, by Stop or by itself; Err tells
// which.
func (s *Server) Done() <-chan struct{} { return s.process.done }

// Err is nil while the server runs and after Stop; otherwise it says how
// postgres ended, with the last lines of its log.
func (s *Server) Err() error {
	select {
	case <-s.process.done:
	default:
		return nil
	}
	if s.stopping.Load() {
		return nil
	}
	return fmt.Errorf("PostgreSQL stopped by itself (%v)%s", s.process.cmd.ProcessState, s.output.tail())
}

// Stop shuts the server down, breaking its connections, waits until it is gone,
// removes what was temporary and frees the directory. A second call returns the
// result of the first.
func (s *Server) Stop() error {
	s.stopOnce.Do(func() {
		s.stopping.Store(true)
		if s.process != nil {
			if s.stopErr = s.process.stop(s.stopSignal); s.stopErr != nil {
				return // it is still there: keep its directory locked
			}
		}
		for i := len(s.held) - 1; i >= 0; i-- {
			s.stopErr = errors.Join(s.stopErr, s.held[i].release())
		}
	})
	return s.stopErr
}
