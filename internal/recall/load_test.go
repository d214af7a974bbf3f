package recall_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// load is a plant at full work: clients that receive, consume, put out, finish, move
// and ship, all of them around the same lots, until it is stopped.
type load struct {
	h    *house
	name string

	// hot are lots of which there is much, and which many consume.
	hot [2]madeLot

	mu   sync.Mutex
	lots []madeLot // all of them
	runs []string  // in process, as far as is known
	next int
	// ended counts how calls ended, by what they were and the reason: "ship ok".
	ended map[string]int
	calls int
}

type madeLot struct{ sku, code, run string }

// newLoad receives the hot lots.
func newLoad(h *house, name string) *load {
	l := &load{h: h, name: name, ended: map[string]int{}}
	h.must(h.Receiving.UpsertPurchaseOrder(h.t.Context(), &pb.UpsertPurchaseOrderRequest{
		RequestId: apitest.ID(),
		PurchaseOrder: &pb.PurchaseOrder{Code: name, SupplierCode: apitest.Supplier, Lines: []*pb.PurchaseOrderLine{{
			LineNumber: 1, Sku: apitest.Flour, Quantity: &pb.Quantity{Value: "1", Unit: "KGM"},
		}}},
	}))
	for i := range l.hot {
		l.hot[i] = madeLot{apitest.Flour, l.seed(i), ""}
		h.must(nil, l.receive(h.t.Context(), h.Conn, l.hot[i], "1000000"))
	}
	l.lots = append(l.lots, l.hot[:]...)
	for range 8 {
		h.must(nil, l.start(h.t.Context(), h.Conn))
	}
	return l
}

// seed is the code of a hot lot.
func (l *load) seed(i int) string { return fmt.Sprintf("%s-F%d", l.name, i) }

// run has clients at work until ctx ends.
func (l *load) run(ctx context.Context, t *testing.T, clients int) (wait func()) {
	var wg sync.WaitGroup
	for range clients {
		conn := l.h.Dial(t)
		wg.Go(func() {
			for ctx.Err() == nil {
				l.step(ctx, conn)
			}
		})
	}
	return wg.Wait
}

// step is one thing that a client does.
func (l *load) step(ctx context.Context, conn *grpc.ClientConn) {
	var what string
	var err error
	switch n := rand.N(100); {
	case n < 8:
		what, err = "receive", l.receive(ctx, conn, l.hot[rand.N(len(l.hot))], "5")
	case n < 15:
		what, err = "start", l.start(ctx, conn)
	case n < 50:
		what, err = "consume", l.consume(ctx, conn, l.aRun())
	case n < 70:
		what, err = "output", l.output(ctx, conn, l.aRun())
	case n < 74:
		what, err = "finish", l.finish(ctx, conn)
	case n < 85:
		what, err = "move", l.move(ctx, conn)
	default:
		what, err = "ship", l.ship(ctx, conn)
	}
	if ctx.Err() != nil {
		return // it was cut off: nobody knows how it ended
	}
	reason := "ok"
	if err != nil {
		if reason = apitest.Reason(err); reason == "" {
			reason = err.Error()
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended[what+" "+reason]++
	l.calls++
}

// more waits until so many more calls have ended.
func (l *load) more(n int) {
	count := func() int {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.calls
	}
	for enough := count() + n; count() < enough; {
		time.Sleep(time.Millisecond)
	}
}

func (l *load) number() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.next++
	return l.next
}

// aLot is a hot lot half of the time, else any.
func (l *load) aLot() madeLot {
	l.mu.Lock()
	defer l.mu.Unlock()
	if rand.N(2) == 0 {
		return l.hot[rand.N(len(l.hot))]
	}
	return l.lots[rand.N(len(l.lots))]
}

func (l *load) aRun() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.runs) == 0 {
		return "none"
	}
	return l.runs[rand.N(len(l.runs))]
}

func some(value string, sku string) *pb.Quantity {
	return &pb.Quantity{Value: value, Unit: map[string]string{apitest.Flour: "KGM", apitest.Bread: "H87"}[sku]}
}

func (l *load) receive(ctx context.Context, conn *grpc.ClientConn, lot madeLot, value string) error {
	id := apitest.ID()
	_, err := pb.NewReceivingServiceClient(conn).Receive(ctx, &pb.ReceiveRequest{
		RequestId: id, ReceiptCode: id, PurchaseOrderCode: l.name,
		Lines: []*pb.ReceiptLine{{PurchaseOrderLineNumber: 1, LotCode: lot.code, Quantity: some(value, lot.sku), LocationCode: apitest.Shelf, AddToExisting: value == "5"}},
	})
	return err
}

func (l *load) start(ctx context.Context, conn *grpc.ClientConn) error {
	run := fmt.Sprintf("%s-R%d", l.name, l.number())
	err := l.startRun(ctx, conn, run)
	if err == nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.runs = append(l.runs, run)
	}
	return err
}

func (l *load) startRun(ctx context.Context, conn *grpc.ClientConn, run string) error {
	_, err := pb.NewProductionServiceClient(conn).StartRun(ctx, &pb.StartRunRequest{RequestId: apitest.ID(), ProductionOrderCode: order, RunCode: run})
	return err
}

func (l *load) consume(ctx context.Context, conn *grpc.ClientConn, run string) error {
	lots := []madeLot{l.aLot()}
	if rand.N(2) == 0 {
		lots = append(lots, l.aLot())
	}
	return l.consumeLots(ctx, conn, run, lots...)
}

func (l *load) consumeLots(ctx context.Context, conn *grpc.ClientConn, run string, lots ...madeLot) error {
	req := &pb.ConsumeLotsRequest{RequestId: apitest.ID(), ProductionOrderCode: order, RunCode: run}
	for _, lot := range lots {
		req.Lines = append(req.Lines, &pb.ConsumptionLine{Sku: lot.sku, LotCode: lot.code, Quantity: some("1", lot.sku), LocationCode: apitest.Shelf})
	}
	_, err := pb.NewProductionServiceClient(conn).ConsumeLots(ctx, req)
	return err
}

// output puts out a new lot, or more of one that the run made.
func (l *load) output(ctx context.Context, conn *grpc.ClientConn, run string) error {
	lot := madeLot{apitest.Bread, fmt.Sprintf("%s-B%d", l.name, l.number()), run}
	l.mu.Lock()
	known := slices.IndexFunc(l.lots, func(made madeLot) bool { return made.run == run })
	if known >= 0 && rand.N(3) == 0 {
		lot = l.lots[known]
	}
	l.mu.Unlock()
	_, err := pb.NewProductionServiceClient(conn).RecordOutputs(ctx, &pb.RecordOutputsRequest{
		RequestId: apitest.ID(), ProductionOrderCode: order, RunCode: run,
		Lines: []*pb.OutputLine{{Sku: lot.sku, LotCode: lot.code, Quantity: some("10", lot.sku), LocationCode: apitest.Shelf}},
	})
	if err == nil && known < 0 {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.lots = append(l.lots, lot)
	}
	return err
}

func (l *load) finish(ctx context.Context, conn *grpc.ClientConn) error {
	run := l.aRun()
	_, err := pb.NewProductionServiceClient(conn).FinishRun(ctx, &pb.FinishRunRequest{RequestId: apitest.ID(), ProductionOrderCode: order, RunCode: run})
	l.mu.Lock()
	defer l.mu.Unlock()
	l.runs = slices.DeleteFunc(l.runs, func(r string) bool { return r == run })
	return err
}

func (l *load) move(ctx context.Context, conn *grpc.ClientConn) error {
	lot := l.aLot()
	_, err := pb.NewLotsServiceClient(conn).MoveLots(ctx, &pb.MoveLotsRequest{RequestId: apitest.ID(), Lines: []*pb.MoveLine{{
		Sku: lot.sku, LotCode: lot.code, Quantity: some("1", lot.sku), FromLocationCode: apitest.Shelf, ToLocationCode: apitest.Dock,
	}}})
	return err
}

func (l *load) ship(ctx context.Context, conn *grpc.ClientConn) error {
	id := apitest.ID()
	req := &pb.ShipRequest{RequestId: id, ShipmentCode: id, CustomerCode: apitest.Customer}
	for range 1 + rand.N(2) {
		lot := l.aLot()
		req.Lines = append(req.Lines, &pb.ShipmentLine{Sku: lot.sku, LotCode: lot.code, Quantity: some("1", lot.sku), LocationCode: apitest.Shelf})
	}
	_, err := pb.NewDispatchServiceClient(conn).Ship(ctx, req)
	return err
}
