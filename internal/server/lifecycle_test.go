package server

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"google.golang.org/grpc/codes"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	reflectionpb "google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/grpc/status"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/devdb"
	"github.com/lottrail/lottrail/internal/pg"
)

func statusCode(err error) codes.Code { return status.Code(err) }

// TestShutdownWaits: what is under way ends well, over gRPC and over REST.
func TestShutdownWaits(t *testing.T) {
	t.Parallel()
	p := echo()
	arrived, proceed := make(chan struct{}), make(chan struct{})
	get := p.get
	p.get = func(ctx context.Context, req *pb.GetItemRequest) (*pb.GetItemResponse, error) {
		arrived <- struct{}{}
		<-proceed
		return get(ctx, req)
	}
	s := serve(t, p)
	overREST, overGRPC := make(chan int, 1), make(chan error, 1)
	go func() {
		resp, err := http.Get(s.rest + "/v1/items/A")
		if err != nil {
			overREST <- 0
			return
		}
		resp.Body.Close()
		overREST <- resp.StatusCode
	}()
	<-arrived
	go func() {
		_, err := pb.NewCatalogServiceClient(s.conn).GetItem(t.Context(), &pb.GetItemRequest{Sku: "A"})
		overGRPC <- err
	}()
	<-arrived
	stopped := make(chan error, 1)
	go func() { stopped <- s.stop() }()
	eventually(t, "REST refuses new connections", func() bool {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.rest, "http://"))
		if err == nil {
			conn.Close()
		}
		return err != nil
	})
	select {
	case err := <-stopped:
		t.Fatalf("stopped while calls were under way: %v", err)
	default:
	}
	close(proceed)
	if code := <-overREST; code != http.StatusOK {
		t.Errorf("REST: HTTP %d", code)
	}
	if err := <-overGRPC; err != nil {
		t.Errorf("gRPC: %v", err)
	}
	if err := <-stopped; err != nil {
		t.Errorf("stopping: %v", err)
	}
}

// TestShutdownCuts: what does not end in time is cut.
func TestShutdownCuts(t *testing.T) {
	t.Parallel()
	p := echo()
	arrived := make(chan struct{}, 2)
	p.trace = func(_ *pb.TraceForwardRequest, stream pb.TraceService_TraceForwardServer) error {
		if err := stream.Send(&pb.TraceForwardResponse{}); err != nil {
			return err
		}
		arrived <- struct{}{}
		<-stream.Context().Done()
		return stream.Context().Err()
	}
	s := serve(t, p, WithShutdownTimeout(100*time.Millisecond))
	stream, err := pb.NewTraceServiceClient(s.conn).TraceForward(t.Context(), &pb.TraceForwardRequest{Sku: "A", LotCode: "L"})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Get(s.rest + "/v1/trace/forward?sku=A&lot_code=L")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	<-arrived
	<-arrived
	began := time.Now()
	if err := s.stop(); err != nil {
		t.Error(err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
	for err == nil {
		_, err = stream.Recv()
	}
	if statusCode(err) != codes.Unavailable && statusCode(err) != codes.Canceled {
		t.Errorf("the stream ended with %v", err)
	}
}

func TestReflection(t *testing.T) {
	t.Parallel()
	s := serve(t, echo())
	stream, err := reflectionpb.NewServerReflectionClient(s.conn).ServerReflectionInfo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	err = stream.Send(&reflectionpb.ServerReflectionRequest{
		MessageRequest: &reflectionpb.ServerReflectionRequest_FileContainingSymbol{FileContainingSymbol: "lottrail.v1.CatalogService"},
	})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := stream.Recv()
	if err != nil || len(resp.GetFileDescriptorResponse().GetFileDescriptorProto()) == 0 {
		t.Errorf("%v: %v", resp, err)
	}
}

// TestDatabaseGone: with the database away the service stays up, says so
// everywhere, and is back when the database is.
func TestDatabaseGone(t *testing.T) {
	t.Parallel()
	dir := openDir(t)
	database, err := devdb.Start(t.Context(), devdb.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = database.Stop() })
	url := database.URL("postgres")
	if _, err := pg.Migrate(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	db, err := pg.Open(t.Context(), url, 4)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	log := &logBuffer{}
	server, err := New(db, WithLog(slog.New(slog.NewTextHandler(log, nil))), func(s *Server) { s.checkInterval = 20 * time.Millisecond })
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, server, log)
	health := healthpb.NewHealthClient(s.conn)
	serving := func(service string) bool {
		resp, err := health.Check(t.Context(), &healthpb.HealthCheckRequest{Service: service})
		return err == nil && resp.Status == healthpb.HealthCheckResponse_SERVING
	}
	eventually(t, "serving", func() bool { return serving("") && serving("lottrail.v1.TraceService") })
	if a := call(t, http.MethodGet, s.rest+"/readyz", ""); a.code != 200 || a.json["ready"] != true {
		t.Fatalf("readyz: HTTP %d: %s", a.code, a.text)
	}

	if err := database.Stop(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "not serving", func() bool { return !serving("") && !serving("lottrail.v1.TraceService") })
	if a := call(t, http.MethodGet, s.rest+"/readyz", ""); a.code != 503 || !strings.Contains(a.text, errDatabase.Error()) {
		t.Errorf("readyz: HTTP %d: %s", a.code, a.text)
	}
	if a := call(t, http.MethodGet, s.rest+"/healthz", ""); a.code != 200 {
		t.Errorf("healthz: HTTP %d: %s", a.code, a.text)
	}
	if a := call(t, http.MethodGet, s.rest+"/v1/lots", ""); a.code != 503 || a.reason() != "DATABASE_UNAVAILABLE" {
		t.Errorf("a call: HTTP %d: %s", a.code, a.text)
	}

	if database, err = devdb.Start(t.Context(), devdb.Config{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "serving again", func() bool { return serving("") })
	if a := call(t, http.MethodGet, s.rest+"/v1/lots", ""); a.code != 200 {
		t.Errorf("a call: HTTP %d: %s", a.code, a.text)
	}

	newer := "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)"
	admin(t, url, newer)
	if a := call(t, http.MethodGet, s.rest+"/readyz", ""); a.code != 503 || !strings.Contains(a.text, errSchema.Error()) {
		t.Errorf("readyz on another schema: HTTP %d: %s", a.code, a.text)
	}
}

func admin(t *testing.T, url, statement string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

// openDir is a directory that the user of PostgreSQL can enter, unlike
// t.TempDir, and with a path short enough for a socket.
func openDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "lottrail-server-")
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}
