package recall_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
	"github.com/lottrail/lottrail/internal/paper"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/recall"
)

// wide is a lot that goes into n lots by as many runs as it takes for each to put
// out a hundred, which are shipped together to one of seven customers.
func wide(n int) lineagetest.Graph {
	g := lineagetest.Graph{Receipts: []lineagetest.Receipt{{Supplier: "mill", Amount: lineagetest.Amount{Lot: "bulk/1", Quantity: 1000}}}}
	for i := range n / 100 {
		run := lineagetest.Run{Name: fmt.Sprintf("split#%d", i), In: []lineagetest.Amount{{Lot: "bulk/1", Quantity: 1}}}
		shipment := lineagetest.Shipment{Customer: fmt.Sprintf("shop %d", i%7)}
		for j := range 100 {
			lot := fmt.Sprintf("pack/%d", 100*i+j)
			run.Out = append(run.Out, lineagetest.Amount{Lot: lot, Quantity: 2})
			shipment.Lines = append(shipment.Lines, lineagetest.Amount{Lot: lot, Quantity: 1})
		}
		g.Runs, g.Shipments = append(g.Runs, run), append(g.Shipments, shipment)
	}
	return g
}

// newWide opens a case on the lot of wide.
func newWide(t *testing.T, n int) *house {
	t.Helper()
	h := &house{apitest.Start(t), t}
	lineagetest.Load(t, h.DB, 1, wide(n))
	// As the database does by itself a while after so much was written.
	conn, err := pgx.Connect(t.Context(), h.URL)
	h.must(conn, err)
	defer conn.Close(t.Context())
	h.must(conn.Exec(t.Context(), "ANALYZE"))
	h.open("C-1", "bulk/1")
	return h
}

// A large packet comes in parts of tens of KiB, each thing once and in its order;
// the page in pieces.
func TestWidePacket(t *testing.T) {
	t.Parallel()
	const n = 2500
	h := newWide(t, n)
	parts := h.parts("C-1")
	for i, part := range parts {
		if size := proto.Size(part); size > 40<<10 {
			t.Errorf("part %d has %d bytes", i, size)
		}
		if (part.Recall != nil) != (i == 0) || (part.Statement != nil) != (i == len(parts)-1) {
			t.Errorf("part %d has recall %v and statement %v", i, part.Recall, part.Statement)
		}
	}
	if len(parts) < 10 || len(parts[0].Lots) != 1 || !parts[0].Lots[0].Direct {
		t.Errorf("%d parts, the first with %v", len(parts), parts[0].Lots)
	}
	p := whole(parts)
	if len(p.Lots) != n+1 || len(p.Runs) != n/100 || len(p.Receipts) != 1 || len(p.Shipments) != n || len(p.Parties) != 8 {
		t.Errorf("%d lots, %d runs, %d receipts, %d shipments, %d parties", len(p.Lots), len(p.Runs), len(p.Receipts), len(p.Shipments), len(p.Parties))
	}
	for i, lot := range p.Lots {
		if i > 1 && lot.Lot.LotCode <= p.Lots[i-1].Lot.LotCode {
			t.Fatalf("lot %s after %s", lot.Lot.LotCode, p.Lots[i-1].Lot.LotCode)
		}
	}
	for i, s := range p.Shipments {
		if i > 0 && (s.CustomerCode < p.Shipments[i-1].CustomerCode || s.CustomerCode == p.Shipments[i-1].CustomerCode && s.ShipmentCode < p.Shipments[i-1].ShipmentCode) {
			t.Fatalf("shipment %v after %v", s, p.Shipments[i-1])
		}
	}
	known := map[string]bool{}
	for _, part := range parts {
		for _, party := range part.Parties {
			known[party.Code] = true
		}
		for _, s := range part.Shipments {
			if !known[s.CustomerCode] {
				t.Fatalf("%s is named before it is told who that is", s.CustomerCode)
			}
		}
	}
	page := h.pageAfter(300*time.Millisecond, "C-1")
	for i := range n {
		if code := fmt.Sprintf("<code>%d</code>", i); strings.Count(page, code) < 2 { // where it went, and among the lots
			t.Fatalf("the page has %s %d times", code, strings.Count(page, code))
		}
	}
	if !paper.Whole([]byte(page)) || strings.Count(page, "<article") != 8 {
		t.Errorf("a page of %d bytes with %d parties", len(page), strings.Count(page, "<article"))
	}
	if got := plain(page); strings.Count(got, "Got 300 kg") != 3 || strings.Count(got, "Got 400 kg") != 4 {
		t.Error("customers got something else")
	}
}

// serveSlowly serves recalls alone, cutting clients that stall soon, over connections
// that nothing else uses.
func serveSlowly(t *testing.T, h *house) (pb.RecallServiceClient, *pg.DB) {
	t.Helper()
	db, err := pg.Open(t.Context(), h.URL, 5)
	h.must(db, err)
	t.Cleanup(db.Close)
	service := recall.New(db)
	service.SetStall(200 * time.Millisecond)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	h.must(listener, err)
	server := grpc.NewServer(grpc.StreamInterceptor(auth.Stream(auth.Everybody)))
	pb.RegisterRecallServiceServer(server, service)
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	t.Cleanup(func() {
		server.Stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	conn, err := grpc.NewClient("passthrough:///"+listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	h.must(conn, err)
	t.Cleanup(func() { conn.Close() })
	return pb.NewRecallServiceClient(conn), db
}

func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// A client that stalls loses the packet and keeps no connection; when it reads on
// it is told, and gets neither a statement nor the end of the page.
func TestPacketStall(t *testing.T) {
	t.Parallel()
	h := newWide(t, 2500)
	client, db := serveSlowly(t, h)
	const cut = "nothing of the packet was taken for 200ms"

	parts, err := client.GetRecallPacket(t.Context(), &pb.GetRecallPacketRequest{CaseNumber: "C-1"})
	h.must(parts, err)
	waitFor(t, "the reading to begin", func() bool { return db.Stat().AcquiredConns() == 1 })
	waitFor(t, "the connection to be given back", func() bool { return db.Stat().AcquiredConns() == 0 })
	for n := 0; ; n++ {
		part, err := parts.Recv()
		if err == nil && part.Statement == nil {
			continue
		}
		if err == nil || n == 0 || !strings.Contains(err.Error(), cut) {
			t.Errorf("after %d parts: %v, %v", n, part, err)
		}
		break
	}

	pieces, err := client.RenderRecallPacket(t.Context(), &pb.RenderRecallPacketRequest{CaseNumber: "C-1"})
	h.must(pieces, err)
	waitFor(t, "the reading to begin", func() bool { return db.Stat().AcquiredConns() == 1 })
	waitFor(t, "the connection to be given back", func() bool { return db.Stat().AcquiredConns() == 0 })
	var page []byte
	for {
		piece, err := pieces.Recv()
		if err == nil {
			page = append(page, piece.GetBody().GetData()...)
			continue
		}
		if errors.Is(err, io.EOF) || len(page) == 0 || !strings.Contains(err.Error(), cut) || paper.Whole(page) {
			t.Errorf("after %d bytes: %v", len(page), err)
		}
		break
	}
}

// Packets and traces together never take more than half of the connections.
func TestPacketsLeaveRoom(t *testing.T) {
	t.Parallel()
	h := newWide(t, 2500)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	for i := range 2 * h.DB.Seats() {
		if i%2 == 0 {
			h.must(h.Recall.GetRecallPacket(ctx, &pb.GetRecallPacketRequest{CaseNumber: "C-1"}))
		} else {
			h.must(h.Trace.TraceForward(ctx, &pb.TraceForwardRequest{Sku: "bulk", LotCode: "1"}))
		}
	}
	waitFor(t, "readers to take what they can", func() bool { return int(h.DB.Stat().AcquiredConns()) > h.DB.Seats()/2 })
	h.get("C-1") // others are not held up
	// Others come and go.
	waitFor(t, "readers to have no more than that", func() bool { return int(h.DB.Stat().AcquiredConns()) <= h.DB.Seats() })
}
