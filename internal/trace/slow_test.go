package trace_test

import (
	"context"
	"fmt"
	"net"
	"reflect"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/trace"
)

// fan is a lot that goes into one run with n outputs, each shipped.
func fan(n int) lineagetest.Graph {
	run := lineagetest.Run{Name: "split#1", In: []lineagetest.Amount{{Lot: "bulk/1", Quantity: 1}}}
	g := lineagetest.Graph{Receipts: []lineagetest.Receipt{{Supplier: "mill", Amount: lineagetest.Amount{Lot: "bulk/1", Quantity: 1}}}}
	shipment := lineagetest.Shipment{Customer: "shop"}
	for i := range n {
		lot := fmt.Sprintf("pack/%d", i)
		run.Out = append(run.Out, lineagetest.Amount{Lot: lot, Quantity: 2})
		shipment.Lines = append(shipment.Lines, lineagetest.Amount{Lot: lot, Quantity: 1})
	}
	g.Runs, g.Shipments = []lineagetest.Run{run}, []lineagetest.Shipment{shipment}
	return g
}

// A wide trace comes in parts of tens of KiB, the first of them long before the
// last is read from the database; a client that is slow holds up nobody but
// itself.
func TestWide(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	const n = 5000
	g := fan(n)
	lineagetest.Load(t, api.DB, 1, g)
	s, err := api.Trace.TraceForward(t.Context(), &pb.TraceForwardRequest{Sku: "bulk", LotCode: "1"})
	if err != nil {
		t.Fatal(err)
	}
	first, err := s.Recv()
	if err != nil || len(first.Part.Lots) != 1 || first.Part.Lots[0].Lot.Sku != "bulk" {
		t.Fatalf("first part %v, %v", first, err)
	}
	time.Sleep(300 * time.Millisecond)
	if n := api.DB.Stat().AcquiredConns(); n != 1 {
		t.Errorf("%d connections in use: the walk should be waiting for its client", n)
	}
	rest, err := receive(s.Recv)
	if err != nil {
		t.Fatal(err)
	}
	parts := append([]*pb.TracePart{first.Part}, rest...)
	for i, p := range parts {
		if size := proto.Size(p); size > 64<<10 {
			t.Errorf("part %d has %d bytes", i, size)
		}
	}
	if got, want := answer(t, parts), g.Expect(lineagetest.Ask{Seed: "bulk/1", Forward: true}); !reflect.DeepEqual(got, want) {
		t.Errorf("%d lots, %d edges, %d shipments", len(got.Lots), len(got.Edges), len(got.Shipments))
	}
	paged, err := pages(t.Context(), overGRPC(api.Trace), &pb.GetTraceRequest{
		Sku: "bulk", LotCode: "1", Direction: pb.TraceDirection_TRACE_DIRECTION_FORWARD, PageSize: 10000,
	})
	if err != nil || !proto.Equal(joined(paged), joined(parts)) {
		t.Errorf("pages differ from the stream, %v", err)
	}
	if len(paged) != 2 {
		t.Errorf("%d pages of 10,000 for 15,003 entries", len(paged))
	}
}

// serve serves traces alone, without the interceptors that a stall has nothing
// to do with.
func serve(t *testing.T, service *trace.Service) pb.TraceServiceClient {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer(grpc.StreamInterceptor(auth.Stream(auth.Everybody)), grpc.UnaryInterceptor(auth.Unary(auth.Everybody)))
	pb.RegisterTraceServiceServer(server, service)
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	t.Cleanup(func() {
		server.Stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	conn, err := grpc.NewClient("passthrough:///"+listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return pb.NewTraceServiceClient(conn)
}

// A client that stalls loses the trace and holds no connection; when it reads on
// it is told, and gets no summary.
func TestStall(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	lineagetest.Load(t, db, 1, fan(5000))
	service := trace.New(db)
	service.SetStall(200 * time.Millisecond)
	s, err := serve(t, service).TraceForward(t.Context(), &pb.TraceForwardRequest{Sku: "bulk", LotCode: "1"})
	if err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the walk to begin", func() bool { return db.Stat().AcquiredConns() == 1 })
	waitFor(t, "the connection to be given back", func() bool { return db.Stat().AcquiredConns() == 0 })
	parts, err := receive(s.Recv)
	if err == nil || !strings.Contains(err.Error(), "nothing of the trace was taken for 200ms") {
		t.Errorf("stalled stream ended with %v", err)
	}
	if len(parts) == 0 || joined(parts).Summary != nil {
		t.Errorf("%d parts, summary %v", len(parts), joined(parts).Summary)
	}
}

// Readers never take more than half of the pool, and one that waits for its turn
// gives up with its call.
func TestReadersLeaveRoom(t *testing.T) {
	t.Parallel()
	db, err := pg.Open(context.Background(), dbtest.URL(t), 3)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	lineagetest.Load(t, db, 1, fan(5000))
	client := serve(t, trace.New(db))
	// Reads nothing, and so keeps the only slot.
	slow, stop := context.WithCancel(t.Context())
	if _, err := client.TraceForward(slow, &pb.TraceForwardRequest{Sku: "bulk", LotCode: "1"}); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the walk to begin", func() bool { return db.Stat().AcquiredConns() == 1 })
	short, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if parts, err := stream(short, client, "pack", "1", pb.TraceDirection_TRACE_DIRECTION_FORWARD, nil); err == nil || len(parts) > 0 {
		t.Errorf("a second walk got %d parts, %v", len(parts), err)
	}
	if n := db.Stat().AcquiredConns(); n != 1 {
		t.Errorf("%d connections in use", n)
	}
	stop()
	if _, err := stream(t.Context(), client, "pack", "1", pb.TraceDirection_TRACE_DIRECTION_FORWARD, nil); err != nil {
		t.Errorf("after the slow reader left: %v", err)
	}
	waitFor(t, "connections to be given back", func() bool { return db.Stat().AcquiredConns() == 0 })
}

func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}
