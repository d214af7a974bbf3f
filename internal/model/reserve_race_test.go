package model_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
)

// picker reserves of a hot lot for a line of its own, and ships.
type picker struct {
	plant
	conn    *grpc.ClientConn
	line    int32
	kept    int // of what it has reserved
	shipped *atomic.Int64
}

// reserve keeps some if they are available, and says whether they were.
func (p *picker) reserve(ctx context.Context, much int) error {
	err := p.insist(func() error {
		_, err := pb.NewDispatchServiceClient(p.conn).ReserveLots(ctx, &pb.ReserveLotsRequest{RequestId: apitest.ID(), Lines: []*pb.ReserveLine{{
			SalesOrderCode: "HOT", SalesOrderLineNumber: p.line, Sku: p.sku("F1"), LotCode: "F1", LocationCode: apitest.Shelf, Quantity: quantity(much),
		}}})
		return err
	})
	switch reason := apitest.Reason(err); {
	case err == nil:
		p.kept += much
	case reason != "STOCK_RESERVED" && reason != "INSUFFICIENT_STOCK":
		return err
	}
	return nil
}

// ship ships some for the line. What is reserved for it is never refused.
func (p *picker) ship(ctx context.Context, much int) error {
	err := p.insist(func() error {
		_, err := pb.NewDispatchServiceClient(p.conn).Ship(ctx, &pb.ShipRequest{
			RequestId: apitest.ID(), ShipmentCode: apitest.ID(), SalesOrderCode: "HOT",
			Lines: []*pb.ShipmentLine{{SalesOrderLineNumber: p.line, Sku: p.sku("F1"), LotCode: "F1", Quantity: quantity(much), LocationCode: apitest.Shelf}},
		})
		return err
	})
	switch reason := apitest.Reason(err); {
	case err == nil:
		p.kept = max(0, p.kept-much)
		p.shipped.Add(int64(much))
	case much <= p.kept || reason != "STOCK_RESERVED" && reason != "INSUFFICIENT_STOCK":
		return fmt.Errorf("%d shipped of %d that are reserved: %w", much, p.kept, err)
	}
	return nil
}

// insist tries again what lost to others.
func (p *picker) insist(call func() error) error {
	for {
		if err := call(); status.Code(err) != codes.Aborted {
			return err
		}
	}
}

// Whoever reserves and ships one lot at once, never more is reserved than is there, and
// what somebody has reserved is there when he ships it.
func TestManyReserveAndShipOneLot(t *testing.T) {
	t.Parallel()
	const pickers, stock = 32, 300
	api := apitest.Start(t)
	api.Minimal(t)
	p := plant{api: api, name: "Z-"}
	if err := p.setUp(t.Context(), &stockTheme); err != nil {
		t.Fatal(err)
	}
	order := &pb.SalesOrder{Code: "HOT", CustomerCode: apitest.Customer}
	for n := range int32(pickers) {
		order.Lines = append(order.Lines, &pb.SalesOrderLine{LineNumber: n + 1, Sku: p.sku("F1"), Quantity: quantity(1)})
	}
	if _, err := api.Dispatch.UpsertSalesOrder(t.Context(), &pb.UpsertSalesOrderRequest{RequestId: apitest.ID(), SalesOrder: order}); err != nil {
		t.Fatal(err)
	}
	all := operation{Kind: receive, Request: "stock", Document: "stock", Lines: []line{{Lot: "F1", From: apitest.Shelf, Quantity: stock}}}
	if outcome, _ := p.call(t.Context(), api.Conn, all); outcome != "ok" {
		t.Fatal(outcome)
	}
	var shipped atomic.Int64
	var kept [pickers]int
	var wg sync.WaitGroup
	for n := range pickers {
		one := &picker{plant: p, conn: api.Dial(t), line: int32(n + 1), shipped: &shipped}
		wg.Go(func() {
			random := rand.New(rand.NewPCG(1, uint64(n)))
			for range 8 {
				err := one.reserve(t.Context(), 1+random.IntN(4))
				if err == nil && random.IntN(3) > 0 {
					err = one.ship(t.Context(), 1+random.IntN(5))
				}
				if err != nil {
					t.Errorf("picker %d: %v", n, err)
				}
			}
			kept[n] = one.kept
		})
	}
	wg.Wait()
	reserved := 0
	for _, n := range kept {
		reserved += n
	}
	resp, err := api.Lots.LocateLot(t.Context(), &pb.LocateLotRequest{Sku: p.sku("F1"), LotCode: "F1"})
	if err != nil {
		t.Fatal(err)
	}
	left := stock - int(shipped.Load())
	want := shareFact("F1", apitest.Shelf, fmt.Sprint(reserved), "0", fmt.Sprint(left-reserved))
	if s := resp.Stocks[0]; shareFact("F1", s.LocationCode, s.Reserved.Value, s.Held.Value, s.Available.Value) != want || left < reserved {
		t.Errorf("%v, want %s of %d", s, want, left)
	}
	dbtest.Reconcile(t, api.DB)
}
