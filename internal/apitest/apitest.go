// Package apitest gives a test the whole service: its own database, gRPC and
// REST on loopback, and a client for each service. What a test does goes the
// way that a caller's requests go.
//
// A package whose tests use it has
//
//	func TestMain(m *testing.M) { dbtest.Main(m) }
package apitest

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/server"
)

// API is a running service with one connection to it. Its clients are safe for
// concurrent use; Dial makes further connections.
type API struct {
	Catalog    pb.CatalogServiceClient
	Receiving  pb.ReceivingServiceClient
	Production pb.ProductionServiceClient
	Dispatch   pb.DispatchServiceClient
	Lots       pb.LotsServiceClient
	Trace      pb.TraceServiceClient
	Recall     pb.RecallServiceClient
	Log        pb.LogServiceClient

	// REST is the base URL of the gateway, without a slash at the end.
	REST string
	// GRPC is the address of the gRPC server.
	GRPC string
	// URL is the database, as a user who may do everything.
	URL string
	// DB is the database as the service sees it.
	DB *pg.DB
	// Conn is the connection that the clients use.
	Conn *grpc.ClientConn
}

// Start starts the service for the test and stops it with it.
func Start(t testing.TB) *API {
	t.Helper()
	url := dbtest.URL(t)
	db, err := pg.Open(context.Background(), url, 20)
	if err != nil {
		t.Fatalf("apitest: %v", err)
	}
	t.Cleanup(db.Close)
	return StartOn(t, url, db)
}

// Setting changes how a service of StartOn is set.
type Setting = server.Option

// BackDating has a service take what happened within the window only.
func BackDating(window time.Duration) Setting { return server.WithBackDating(window) }

// StartOn is Start on a database that the caller has opened: a second server on
// the same one, say, or one with other settings.
func StartOn(t testing.TB, url string, db *pg.DB, settings ...Setting) *API {
	t.Helper()
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	s, err := server.New(db, append(settings, server.WithLog(log), server.WithShutdownTimeout(5*time.Second))...)
	if err != nil {
		t.Fatalf("apitest: %v", err)
	}
	grpcListener, httpListener := listen(t), listen(t)
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, grpcListener, httpListener) }()
	t.Cleanup(func() {
		cancel()
		if err := <-served; err != nil {
			t.Errorf("apitest: %v", err)
		}
	})
	a := &API{
		REST: "http://" + httpListener.Addr().String(),
		GRPC: grpcListener.Addr().String(),
		URL:  url,
		DB:   db,
	}
	a.Conn = a.Dial(t)
	a.Catalog = pb.NewCatalogServiceClient(a.Conn)
	a.Receiving = pb.NewReceivingServiceClient(a.Conn)
	a.Production = pb.NewProductionServiceClient(a.Conn)
	a.Dispatch = pb.NewDispatchServiceClient(a.Conn)
	a.Lots = pb.NewLotsServiceClient(a.Conn)
	a.Trace = pb.NewTraceServiceClient(a.Conn)
	a.Recall = pb.NewRecallServiceClient(a.Conn)
	a.Log = pb.NewLogServiceClient(a.Conn)
	return a
}

// Dial makes another connection, closed with the test.
func (a *API) Dial(t testing.TB) *grpc.ClientConn {
	t.Helper()
	conn, err := grpc.NewClient("passthrough:///"+a.GRPC, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatalf("apitest: %v", err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func listen(t testing.TB) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("apitest: %v", err)
	}
	return listener
}

var ids atomic.Int64

// ID returns a request id that no other call in this process has had.
func ID() string { return fmt.Sprintf("test-%d", ids.Add(1)) }
