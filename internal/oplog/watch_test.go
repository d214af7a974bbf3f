package oplog_test

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/oplog"
	"github.com/lottrail/lottrail/internal/pg"
)

// watch opens a stream that ends with the test.
func watch(t testing.TB, log pb.LogServiceClient, req *pb.WatchLogRequest) pb.LogService_WatchLogClient {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	return must[pb.LogService_WatchLogClient](t)(log.WatchLog(ctx, req))
}

// What is added comes to those who wait, at whichever instance it was posted.
func TestWatchersAreTold(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	other := apitest.StartOn(t, api.URL, api.DB)
	api.Minimal(t)
	receive(t, api, "0")
	streams := []pb.LogService_WatchLogClient{watch(t, api.Log, &pb.WatchLogRequest{}), watch(t, other.Log, &pb.WatchLogRequest{})}
	holds := watch(t, other.Log, &pb.WatchLogRequest{Kinds: []pb.OperationKind{pb.OperationKind_OPERATION_KIND_HOLD}})
	for i := range 4 {
		if i > 0 {
			[]*apitest.API{api, other}[i%2].ReceiveLot(t, apitest.Flour, fmt.Sprint(i), "1", "KGM", apitest.Dock)
		}
		for n, stream := range streams {
			got := must[*pb.WatchLogResponse](t)(stream.Recv())
			if !slices.Equal(lots(got.Entries), []string{fmt.Sprint(i)}) || got.Cursor != got.Entries[0].Cursor || got.Entries[0].LogIndex != int64(i)+1 {
				t.Errorf("stream %d got %v", n, got)
			}
		}
	}
	must[*pb.PlaceHoldResponse](t)(api.Lots.PlaceHold(t.Context(), &pb.PlaceHoldRequest{RequestId: apitest.ID(), Sku: apitest.Flour, LotCode: "0", Reason: "?"}))
	got := must[*pb.WatchLogResponse](t)(holds.Recv())
	if len(got.Entries) != 1 || got.Entries[0].LogIndex != 5 {
		t.Errorf("got %v, want the hold alone", got)
	}
}

// alone serves LogService by itself, without what the server has around it.
func alone(t testing.TB, db *pg.DB, change func(*oplog.Service)) pb.LogServiceClient {
	t.Helper()
	s := oplog.New(db, ledger.NewSealer(db))
	change(s)
	server := grpc.NewServer(grpc.StreamInterceptor(auth.Stream(auth.Everybody)))
	pb.RegisterLogServiceServer(server, s)
	listener := must[net.Listener](t)(net.Listen("tcp", "127.0.0.1:0"))
	go server.Serve(listener) //nolint:errcheck // it ends with the test
	t.Cleanup(server.Stop)
	conn := must[*grpc.ClientConn](t)(grpc.NewClient("passthrough:///"+listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials())))
	t.Cleanup(func() { _ = conn.Close() })
	return pb.NewLogServiceClient(conn)
}

// Who hears nothing for a while is told that there is nothing, and how far that
// goes: past what the filter left out.
func TestHeartbeat(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	receive(t, api, "A", "B")
	entries, end := readAll(t, api, &pb.ListLogRequest{})
	log := alone(t, api.DB, func(s *oplog.Service) { s.SetQuiet(time.Millisecond) })
	stream := watch(t, log, &pb.WatchLogRequest{Cursor: entries[0].Cursor, Kinds: []pb.OperationKind{pb.OperationKind_OPERATION_KIND_SHIPMENT}})
	for range 3 {
		if got := must[*pb.WatchLogResponse](t)(stream.Recv()); len(got.Entries) != 0 || got.Cursor != end {
			t.Errorf("got %v, want nothing up to %s", got, end)
		}
	}
	stream = watch(t, log, &pb.WatchLogRequest{Cursor: entries[0].Cursor})
	if got := must[*pb.WatchLogResponse](t)(stream.Recv()); !slices.Equal(lots(got.Entries), []string{"B"}) {
		t.Errorf("got %v", got)
	}
	if got := must[*pb.WatchLogResponse](t)(stream.Recv()); len(got.Entries) != 0 || got.Cursor != end {
		t.Errorf("got %v, want nothing", got)
	}
}

// There is a limit to how many listen, and a place for another once one leaves.
func TestTooManyWatchers(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	receive(t, api, "A")
	for range oplog.MaxWatchers - 1 {
		must[*pb.WatchLogResponse](t)(watch(t, api.Log, &pb.WatchLogRequest{}).Recv())
	}
	ctx, leave := context.WithCancel(t.Context())
	last := must[pb.LogService_WatchLogClient](t)(api.Log.WatchLog(ctx, &pb.WatchLogRequest{}))
	must[*pb.WatchLogResponse](t)(last.Recv())
	_, err := watch(t, api.Log, &pb.WatchLogRequest{}).Recv()
	apitest.WantRefusal(t, err, codes.ResourceExhausted, "TOO_MANY_WATCHERS", "")
	if !strings.Contains(err.Error(), fmt.Sprint(oplog.MaxWatchers)) {
		t.Errorf("it does not say how many: %v", err)
	}
	if status, lines := api.DoLines(t, "GET", "/v1/log/watch", nil); status != 429 || !strings.Contains(fmt.Sprint(lines), "TOO_MANY_WATCHERS") {
		t.Errorf("HTTP %d: %v", status, lines)
	}
	leave()
	for {
		if _, err = watch(t, api.Log, &pb.WatchLogRequest{}).Recv(); err == nil {
			break
		}
		apitest.WantRefusal(t, err, codes.ResourceExhausted, "TOO_MANY_WATCHERS", "")
	}
}

// Clients that take nothing have no connection and no transaction: with two
// connections in all, everybody else goes on.
func TestStalledWatchersHoldNothing(t *testing.T) {
	t.Parallel()
	db := must[*pg.DB](t)(pg.Open(t.Context(), databaseURL(t), 2))
	t.Cleanup(db.Close)
	api := apitest.StartOn(t, db.Config().ConnString(), db)
	api.Minimal(t)
	plant(t, api, slices.Repeat([]planted{{kind: "transfer", reason: strings.Repeat("🥐", 2000), movements: 900}}, 3)...)
	for range 10 {
		must[*pb.WatchLogResponse](t)(watch(t, api.Log, &pb.WatchLogRequest{}).Recv())
	}
	receive(t, api, "A", "B", "C")
	for deadline := time.Now().Add(20 * time.Second); db.Stat().AcquiredConns() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("somebody keeps a connection")
		}
	}
	entries, _ := readAll(t, api, &pb.ListLogRequest{})
	if all := whole(t, entries); len(all) != 6 {
		t.Errorf("%d entries", len(all))
	}
}

// A server that shuts down ends its streams by itself, and says where to go on.
func TestShutdownEndsWatchers(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	receive(t, api, "A")
	var stream pb.LogService_WatchLogClient
	var overREST *lines
	t.Run("serving", func(inner *testing.T) {
		other := apitest.StartOn(inner, api.URL, api.DB)
		stream = watch(t, pb.NewLogServiceClient(other.Dial(t)), &pb.WatchLogRequest{})
		overREST = watchREST(t, other, "")
		if got := must[*pb.WatchLogResponse](t)(stream.Recv()); len(got.Entries) != 1 {
			t.Errorf("got %v", got)
		}
		if got := must[*pb.WatchLogResponse](t)(overREST.next()); len(got.Entries) != 1 {
			t.Errorf("got %v", got)
		}
	})
	_, err := stream.Recv()
	apitest.WantRefusal(t, err, codes.Unavailable, "SHUTTING_DOWN", "")
	_, err = overREST.next()
	apitest.WantRefusal(t, err, codes.Unavailable, "SHUTTING_DOWN", "")
}

// While the database is away nobody is left to believe that nothing happens.
func TestWatchersHearOfADatabaseThatIsAway(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	receive(t, api, "A")
	stream := watch(t, api.Log, &pb.WatchLogRequest{})
	must[*pb.WatchLogResponse](t)(stream.Recv())
	conn := owner(t, api)
	exec(t, conn, "ALTER TABLE log_head RENAME TO gone")
	if _, err := stream.Recv(); status.Code(err) != codes.Internal {
		t.Errorf("the stream ended with %v", err)
	}
}
