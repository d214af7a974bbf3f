package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/pg"
)

// fleet is several instances of the program on one database, of which any may be
// dead at any time.
type fleet struct {
	t   *testing.T
	url string

	mu       sync.Mutex
	programs []*program
	conns    []*grpc.ClientConn
}

// start starts the instance in a place, once more if it was there.
func (f *fleet) start(at int) {
	f.t.Helper()
	p, address, _ := served(f.t, "--database-url="+f.url)
	conn, err := grpc.NewClient("passthrough:///"+address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { _ = conn.Close() })
	f.mu.Lock()
	defer f.mu.Unlock()
	f.programs[at], f.conns[at] = p, conn
}

func (f *fleet) kill(at int) {
	f.t.Helper()
	f.programs[at].signal(syscall.SIGKILL)
	f.programs[at].wait(time.Minute)
}

// any is the connection to one of them, dead or alive.
func (f *fleet) any() *grpc.ClientConn {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.conns[rand.IntN(len(f.conns))]
}

// post moves stock until ctx ends, each move once, however often it has to be sent:
// a request is repeated at any instance until one answers. It returns the ids of the
// requests, in the order in which they were made.
func (f *fleet) post(ctx context.Context, client int) (requests []string) {
	for n := 0; ctx.Err() == nil; n++ {
		id, lot := fmt.Sprintf("client-%d-%d", client, n), fmt.Sprint("L-", n%3)
		for sent := false; !sent; {
			try, cancel := context.WithTimeout(context.Background(), 15*time.Second)
			_, err := pb.NewLotsServiceClient(f.any()).MoveLots(try, &pb.MoveLotsRequest{RequestId: id, Lines: []*pb.MoveLine{{
				Sku: apitest.Flour, LotCode: lot, Quantity: &pb.Quantity{Value: "0.001", Unit: "KGM"},
				FromLocationCode: apitest.Dock, ToLocationCode: apitest.Shelf,
			}}})
			cancel()
			if sent = err == nil; !sent {
				if f.t.Failed() {
					return requests
				}
				time.Sleep(10 * time.Millisecond)
			}
		}
		requests = append(requests, id)
	}
	return requests
}

// read follows the log until it has seen a request, from instance to instance.
func (f *fleet) read(last <-chan string) (ids []string, indexes []int64) {
	cursor, until := "", ""
	for until == "" || !slices.Contains(ids, until) {
		ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
		stream, err := pb.NewLogServiceClient(f.any()).WatchLog(ctx, &pb.WatchLogRequest{Cursor: cursor})
		for err == nil {
			var m *pb.WatchLogResponse
			if m, err = stream.Recv(); err == nil {
				for _, e := range m.Entries {
					ids, indexes = append(ids, e.Operation.RequestId), append(indexes, e.LogIndex)
				}
				cursor = m.Cursor
			}
		}
		cancel()
		select {
		case until = <-last:
		default:
		}
		if f.t.Failed() {
			break
		}
	}
	return ids, indexes
}

// Instances are killed while they post and seal, also in the middle of a sealing.
// Whatever was answered is in the log once, and a reader that goes from one to the
// other sees it so.
func TestKilledWhileSealing(t *testing.T) {
	const places, clients = 2, 4
	f := &fleet{t: t, url: dbtest.URL(t), programs: make([]*program, places), conns: make([]*grpc.ClientConn, places)}
	db, err := pg.Open(t.Context(), f.url, 5)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	t.Run("set up", func(t *testing.T) {
		api := apitest.StartOn(t, f.url, db)
		api.Minimal(t)
		for n := range 3 {
			api.ReceiveLot(t, apitest.Flour, fmt.Sprint("L-", n), "1000", "KGM", apitest.Dock)
		}
	})
	for at := range places {
		f.start(at)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var posting, reading sync.WaitGroup
	requests := make([][]string, clients)
	for c := range clients {
		posting.Go(func() { requests[c] = f.post(ctx, c) })
	}
	last := make(chan string, 1)
	var ids []string
	var indexes []int64
	reading.Go(func() { ids, indexes = f.read(last) })

	for range 4 {
		time.Sleep(time.Duration(rand.IntN(300)) * time.Millisecond)
		at := rand.IntN(places)
		f.kill(at)
		f.start(at)
	}
	for _, lock := range []string{"SELECT FROM unlogged FOR UPDATE", "SELECT FROM log_head FOR UPDATE", "LOCK log IN EXCLUSIVE MODE"} {
		f.killAllBehind(lock)
	}
	stop()
	posting.Wait()
	sealed(t, db)
	last <- column(t, db, "SELECT request_id FROM operation JOIN log USING (tenant_id, operation_id) ORDER BY log_index DESC LIMIT 1")[0]
	reading.Wait()

	dbtest.CheckLog(t, db)
	dbtest.Reconcile(t, db)
	want := column(t, db, "SELECT request_id FROM operation JOIN log USING (tenant_id, operation_id) ORDER BY log_index")
	if !slices.Equal(ids, want) {
		t.Errorf("the reader saw %d entries, the log has %d: %q\n%q", len(ids), len(want), ids, want)
	}
	for i, index := range indexes {
		if index != int64(i)+1 {
			t.Fatalf("the reader saw index %d at place %d", index, i+1)
		}
	}
	answered := 0
	for c, made := range requests {
		var got []string
		for _, id := range want {
			if client := 0; len(id) > 6 && id[:6] == "client" {
				if _, err := fmt.Sscanf(id, "client-%d-", &client); err == nil && client == c {
					got = append(got, id)
				}
			}
		}
		if !slices.Equal(got, made) {
			t.Errorf("client %d was answered %d requests, the log has %d", c, len(made), len(got))
		}
		answered += len(made)
	}
	t.Logf("%d requests answered", answered)
}

// killAllBehind stops every sealing in the middle, by a lock that it comes upon,
// kills all instances, so also the one that is in that middle, and starts them again.
func (f *fleet) killAllBehind(lock string) {
	f.t.Helper()
	conn, err := pgx.Connect(f.t.Context(), f.url)
	if err != nil {
		f.t.Fatal(err)
	}
	defer conn.Close(context.Background())
	// unlogged is empty between two sealings: until there is somebody who waits, the
	// lock was taken at the wrong moment.
	for deadline := time.Now().Add(time.Minute); ; {
		if time.Now().After(deadline) {
			f.t.Fatalf("nobody waits for %s", lock)
		}
		if _, err := conn.Exec(f.t.Context(), "BEGIN; "+lock); err != nil {
			f.t.Fatal(err)
		}
		if sealingWaits(f.t, conn) {
			break
		}
		if _, err := conn.Exec(f.t.Context(), "ROLLBACK"); err != nil {
			f.t.Fatal(err)
		}
	}
	for at := range f.programs {
		f.kill(at)
	}
	if _, err := conn.Exec(f.t.Context(), "ROLLBACK"); err != nil {
		f.t.Fatal(err)
	}
	for at := range f.programs {
		f.start(at)
	}
}

// sealingWaits says whether some sealing waits for a lock, now or in a moment.
func sealingWaits(t *testing.T, conn *pgx.Conn) (waits bool) {
	t.Helper()
	for range 50 {
		err := conn.QueryRow(t.Context(), `
			SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
			               AND (query LIKE '%name: LogSeal %' OR query LIKE '%name: LogHeadLock %'))`).Scan(&waits)
		if err != nil {
			t.Fatal(err)
		}
		if waits {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	return waits
}

// sealed waits until everything is in the log.
func sealed(t *testing.T, db *pg.DB) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); len(column(t, db, "SELECT operation_id::text FROM unlogged")) > 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("not everything gets into the log")
		}
	}
}

func column(t *testing.T, db *pg.DB, query string) []string {
	t.Helper()
	rows, err := db.Query(context.Background(), query)
	if err != nil {
		t.Fatal(err)
	}
	values, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return values
}
