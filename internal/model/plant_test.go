package model_test

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/expiry"
)

// plant is where a history plays: items and documents of its own in a service
// that it shares with others.
type plant struct {
	api    *apitest.API
	name   string
	number int64
}

var plants atomic.Int64

func (s *stage) newPlant() plant {
	number := plants.Add(1)
	return plant{s.api, fmt.Sprintf("P%d-", number), number}
}

func (p plant) sku(lot string) string { return p.name + lot[:1] }

func (p plant) order() string { return p.name + "-order" }

func (p plant) run(n int) string { return fmt.Sprintf("run %d", n) }

// setUp pushes the items, as a theme wants them, and the orders, and starts two runs.
func (p plant) setUp(ctx context.Context, th *theme) error {
	lots, lines := []string{bought[0], made[0]}, []*pb.PurchaseOrderLine{{LineNumber: 1, Sku: p.sku(bought[0]), Quantity: quantity(1)}}
	if th.untracked {
		lots, lines = append(lots, untracked), append(lines, &pb.PurchaseOrderLine{LineNumber: 2, Sku: p.sku(untracked), Quantity: quantity(1)})
	}
	for _, lot := range lots {
		item := &pb.Item{Sku: p.sku(lot), Name: lot, BaseUnit: "H87", Tracking: pb.Tracking_TRACKING_LOT, Gtins: []*pb.ItemGtin{{Gtin: p.gtin(lot)}}}
		if lot == untracked {
			item.Tracking = pb.Tracking_TRACKING_NONE
		}
		if th.item != nil {
			th.item(item)
		}
		if _, err := p.api.Catalog.UpsertItem(ctx, &pb.UpsertItemRequest{RequestId: apitest.ID(), Item: item}); err != nil {
			return err
		}
	}
	if slices.Contains(th.kinds, look) {
		// What other plants have left is not to be found later.
		if _, err := expiry.Look(ctx, p.api.DB, 1, p.looksFrom().Add(-time.Second/2)); err != nil {
			return err
		}
	}
	purchase := &pb.PurchaseOrder{
		Code: p.order(), SupplierCode: apitest.Supplier, Lines: lines,
	}
	if _, err := p.api.Receiving.UpsertPurchaseOrder(ctx, &pb.UpsertPurchaseOrderRequest{RequestId: apitest.ID(), PurchaseOrder: purchase}); err != nil {
		return err
	}
	sales := &pb.SalesOrder{Code: p.order(), CustomerCode: apitest.Customer}
	for n := 1; n <= 2; n++ {
		for _, lot := range []string{bought[0], made[0]} {
			sales.Lines = append(sales.Lines, &pb.SalesOrderLine{LineNumber: orderLine(n, lot), Sku: p.sku(lot), Quantity: quantity(1)})
		}
	}
	if _, err := p.api.Dispatch.UpsertSalesOrder(ctx, &pb.UpsertSalesOrderRequest{RequestId: apitest.ID(), SalesOrder: sales}); err != nil {
		return err
	}
	production := &pb.ProductionOrder{Code: p.order(), Sku: p.sku(made[0]), Quantity: quantity(1)}
	if _, err := p.api.Production.CreateProductionOrder(ctx, &pb.CreateProductionOrderRequest{RequestId: apitest.ID(), ProductionOrder: production}); err != nil {
		return err
	}
	for n := 1; n <= 2; n++ {
		if err := p.startRun(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

func (p plant) startRun(ctx context.Context, n int) error {
	_, err := p.api.Production.StartRun(ctx, &pb.StartRunRequest{RequestId: apitest.ID(), ProductionOrderCode: p.order(), RunCode: p.run(n)})
	return err
}

func quantity(n int) *pb.Quantity { return &pb.Quantity{Value: fmt.Sprint(n), Unit: "H87"} }

// call carries an operation out on a connection. The outcome is worded as the
// model words it.
func (p plant) call(ctx context.Context, conn *grpc.ClientConn, op operation) (outcome string, response proto.Message) {
	step := steps[op.Kind]
	response, err := step.send(ctx, p, conn, op)
	switch {
	case err != nil && apitest.Reason(err) != "":
		return apitest.Reason(err), nil
	case err != nil:
		return err.Error(), nil
	case step.tell != nil:
		return step.tell(op, response), response
	}
	return "ok", response
}
