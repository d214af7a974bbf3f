package server

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"

	"github.com/lottrail/lottrail/internal/pg"
)

const (
	defaultCheckInterval = 5 * time.Second
	checkTimeout         = 2 * time.Second
)

// The reasons for not being ready.
var (
	errStopping = errors.New("the service is shutting down")
	errDatabase = errors.New("the database does not answer")
	errSchema   = errors.New("the schema of the database is not at this program's version")
)

// checker says whether there is a database to work with. It has a connection of
// its own: that all of the pool's are busy must not look like an outage.
type checker struct {
	config *pgx.ConnConfig

	mu      sync.Mutex
	conn    *pgx.Conn
	stopped bool
}

func newChecker(db *pg.DB) *checker { return &checker{config: db.Config().ConnConfig} }

// check returns nil or one of the reasons, with its cause wrapped in it.
func (c *checker) check(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stopped {
		return errStopping
	}
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	version, err := c.schemaVersion(ctx)
	if err != nil {
		return errors.Join(errDatabase, err)
	}
	if version != pg.SchemaVersion() {
		return errSchema
	}
	return nil
}

func (c *checker) schemaVersion(ctx context.Context) (int64, error) {
	// The connection may have died since the last time: then a new one has the
	// last word.
	if c.conn != nil {
		if version, err := pg.ReadSchemaVersion(ctx, c.conn); err == nil {
			return version, nil
		}
		c.close()
	}
	conn, err := pgx.ConnectConfig(ctx, c.config)
	if err != nil {
		return 0, err
	}
	c.conn = conn
	return pg.ReadSchemaVersion(ctx, conn)
}

func (c *checker) close() {
	if c.conn == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = c.conn.Close(ctx) // it is given up either way
	c.conn = nil
}

// stop makes every later check fail.
func (c *checker) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stopped = true
	c.close()
}

func (c *checker) serveReadiness(log *slog.Logger) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		err := c.check(r.Context())
		if err == nil {
			writeJSON(w, http.StatusOK, map[string]any{"ready": true, "reasons": []string{}})
			return
		}
		log.DebugContext(r.Context(), "not ready", "error", err)
		reasons := []string{}
		for _, reason := range []error{errStopping, errDatabase, errSchema} {
			if errors.Is(err, reason) {
				reasons = append(reasons, reason.Error())
			}
		}
		writeJSON(w, http.StatusServiceUnavailable, map[string]any{"ready": false, "reasons": reasons})
	}
}

// watch tells gRPC health what becomes of the database.
func (s *Server) watch(ctx context.Context) {
	tick := time.NewTicker(s.checkInterval)
	defer tick.Stop()
	serving := true
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := s.checker.check(ctx)
		if ctx.Err() != nil || errors.Is(err, errStopping) {
			return
		}
		if ok := err == nil; ok != serving {
			serving = ok
			s.setServing(ok)
			if ok {
				s.log.InfoContext(ctx, "ready again")
			} else {
				s.log.ErrorContext(ctx, "not ready", "error", err)
			}
		}
	}
}

func (s *Server) setServing(ok bool) {
	state := healthpb.HealthCheckResponse_NOT_SERVING
	if ok {
		state = healthpb.HealthCheckResponse_SERVING
	}
	for _, service := range append([]string{""}, services...) {
		s.health.SetServingStatus(service, state)
	}
}
