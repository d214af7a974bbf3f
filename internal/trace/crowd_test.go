package trace_test

import (
	"context"
	"reflect"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/trace"
)

// crowd is a service of which few can have a seat at once.
type crowd struct {
	*testing.T
	db     *pg.DB
	client pb.TraceServiceClient
	graph  lineagetest.Graph
}

// newCrowd has a lot bulk/1 that is wide, a lot part/1 that is not, but more than clients are
// sent without taking anything, and the bakery.
func newCrowd(t *testing.T) *crowd {
	t.Helper()
	db, err := pg.Open(context.Background(), dbtest.URL(t), 8)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	graph := parse(t, bakery)
	for _, g := range []lineagetest.Graph{fan(5000), smallFan(1200)} {
		graph.Receipts, graph.Runs, graph.Shipments = append(graph.Receipts, g.Receipts...), append(graph.Runs, g.Runs...), append(graph.Shipments, g.Shipments...)
	}
	lineagetest.Load(t, db, 1, graph)
	service := trace.New(db)
	service.SetStall(5 * time.Minute)
	return &crowd{t, db, serve(t, service), graph}
}

// smallFan is fan with lots of other names.
func smallFan(n int) lineagetest.Graph {
	g := fan(n)
	rename := func(amounts []lineagetest.Amount) {
		for i := range amounts {
			amounts[i].Lot = "small" + amounts[i].Lot
		}
	}
	g.Receipts[0].Lot = "smallbulk/1"
	g.Runs[0].Name = "smallsplit#1"
	rename(g.Runs[0].In)
	rename(g.Runs[0].Out)
	rename(g.Shipments[0].Lines)
	return g
}

// linger begins to trace a lot forward, and takes nothing of it yet.
func (c *crowd) linger(ctx context.Context, sku string) func() ([]*pb.TracePart, error) {
	c.Helper()
	s, err := c.client.TraceForward(ctx, &pb.TraceForwardRequest{Sku: sku, LotCode: "1"})
	if err != nil {
		c.Fatal(err)
	}
	return func() ([]*pb.TracePart, error) { return receive(s.Recv) }
}

// fill has clients who take nothing take all seats that are not quick ones. Leave ends the
// call of one of them.
func (c *crowd) fill() (leave []func()) {
	c.Helper()
	for i := range c.db.Seats() - 1 {
		ctx, cancel := context.WithCancel(c.Context())
		leave = append(leave, cancel)
		c.linger(ctx, "bulk")
		waitFor(c.T, "a client to take a seat", func() bool { return c.reading() == i+1 })
	}
	return leave
}

func (c *crowd) reading() int { return int(c.db.Stat().AcquiredConns()) }

// small wants the trace of a lot of the bakery, each way and in pages.
func (c *crowd) small() {
	c.Helper()
	ctx, cancel := context.WithTimeout(c.Context(), time.Minute)
	defer cancel()
	for _, direction := range directions {
		want := c.graph.Expect(lineagetest.Ask{Seed: "danish/1", Forward: words[direction] != "backward", Backward: words[direction] != "forward"})
		streamed, err := stream(ctx, c.client, "danish", "1", direction, nil)
		if err != nil || !reflect.DeepEqual(answer(c.T, streamed), want) {
			c.Errorf("%s: %v", words[direction], err)
		}
		paged, err := pages(ctx, overGRPC(c.client), &pb.GetTraceRequest{Sku: "danish", LotCode: "1", Direction: direction, PageSize: 3})
		if err != nil || !proto.Equal(joined(paged), joined(streamed)) {
			c.Errorf("%s in pages: %v", words[direction], err)
		}
	}
}

// Whoever asks a little question is answered while others keep all other seats and take
// nothing. So is whoever asks for a page of a wide trace, the way from one lot to another,
// a comparison or a dossier.
func TestLittleQuestionsBesideSlowReaders(t *testing.T) {
	t.Parallel()
	c := newCrowd(t)
	c.fill()
	c.small()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	page, err := c.client.GetTrace(ctx, &pb.GetTraceRequest{Sku: "bulk", LotCode: "1", Direction: pb.TraceDirection_TRACE_DIRECTION_FORWARD, PageSize: 100})
	if err != nil || entriesOf(page.Part) != 100 {
		t.Errorf("a page of a wide trace: %v", err)
	}
	path, err := c.client.FindPath(ctx, &pb.FindPathRequest{From: &pb.TraceWayEnd{Sku: "flour", LotCode: "1"}, To: &pb.TraceWayEnd{Sku: "danish", LotCode: "1"}})
	if err != nil || !path.Found {
		t.Errorf("a way: %v, %v", path, err)
	}
	compared, err := c.client.CompareTraces(ctx, &pb.CompareTracesRequest{Sku: "flour", LotCode: "1", Direction: pb.TraceDirection_TRACE_DIRECTION_FORWARD})
	for last := false; err == nil && !last; {
		var part *pb.CompareTracesResponse
		part, err = compared.Recv()
		last = part.GetSummary() != nil
	}
	if err != nil {
		t.Errorf("a comparison: %v", err)
	}
	dossier, err := c.client.GetDossier(ctx, &pb.GetDossierRequest{Sku: "danish", LotCode: "1"})
	for last := false; err == nil && !last; {
		var part *pb.GetDossierResponse
		part, err = dossier.Recv()
		last = part.GetStatement() != nil
	}
	if err != nil {
		t.Errorf("a dossier: %v", err)
	}
	waitFor(t, "only slow readers to be left", func() bool { return c.reading() == c.db.Seats()-1 })
}

func entriesOf(part *pb.TracePart) int {
	return len(part.Lots) + len(part.Runs) + len(part.Edges) + len(part.Receipts) + len(part.Shipments)
}

// What is too much for a quick seat comes whole and once when there is another, out of a
// snapshot of then.
func TestWideBesideSlowReaders(t *testing.T) {
	t.Parallel()
	c := newCrowd(t)
	leave := c.fill()
	before := c.db.Stat().AcquireCount()
	take := c.linger(t.Context(), "bulk")
	waitFor(t, "the trace to be begun and given up", func() bool { return c.db.Stat().AcquireCount() > before && c.reading() == len(leave) })
	var then time.Time
	if err := c.db.QueryRow(t.Context(), "SELECT clock_timestamp()").Scan(&then); err != nil {
		t.Fatal(err)
	}
	leave[0]()
	parts, err := take()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := answer(t, parts), c.graph.Expect(lineagetest.Ask{Seed: "bulk/1", Forward: true}); !reflect.DeepEqual(got, want) {
		t.Errorf("%d lots, %d edges, %d shipments", len(got.Lots), len(got.Edges), len(got.Shipments))
	}
	if at := parts[len(parts)-1].Summary.ReadAt.AsTime(); at.Before(then) {
		t.Errorf("read at %s, before there was a seat at %s", at, then)
	}
}

// Clients who take nothing of what is not much keep no seat from others, and get all of it
// when they do.
func TestSlowClientsOfLittle(t *testing.T) {
	t.Parallel()
	c := newCrowd(t)
	leave := c.fill()
	var slow []func() ([]*pb.TracePart, error)
	for range 4 {
		before := c.db.Stat().AcquireCount()
		slow = append(slow, c.linger(t.Context(), "smallbulk"))
		waitFor(t, "the trace to be read", func() bool { return c.db.Stat().AcquireCount() > before && c.reading() == len(leave) })
	}
	c.small()
	want := c.graph.Expect(lineagetest.Ask{Seed: "smallbulk/1", Forward: true})
	for _, take := range slow {
		parts, err := take()
		if err != nil || !reflect.DeepEqual(answer(t, parts), want) {
			t.Errorf("%d parts, %v", len(parts), err)
		}
	}
}

// Who leaves, in whatever line or seat, leaves everything to others.
func TestLeavingTheCrowd(t *testing.T) {
	t.Parallel()
	c := newCrowd(t)
	for range 2 {
		leave := c.fill()
		ctx, cancel := context.WithCancel(t.Context())
		before := c.db.Stat().AcquireCount()
		var waiting []func() ([]*pb.TracePart, error)
		for range 3 {
			waiting = append(waiting, c.linger(ctx, "bulk"))
		}
		waitFor(t, "the traces to be begun and given up", func() bool { return c.db.Stat().AcquireCount() > before+2 && c.reading() == len(leave) })
		cancel()
		for _, take := range waiting {
			if parts, err := take(); len(parts) > 0 || status.Code(err) != codes.Canceled {
				t.Errorf("%d parts, %v", len(parts), err)
			}
		}
		c.small()
		for _, leave := range leave {
			leave()
		}
		waitFor(t, "connections to be given back", func() bool { return c.reading() == 0 })
	}
}
