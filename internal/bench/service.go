package bench

import (
	"context"
	"fmt"
	"sync/atomic"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/bench/plant"
)

// client is one client of the service, on a connection of its own.
type client struct {
	*work
	conn       *grpc.ClientConn
	receiving  lottrailv1.ReceivingServiceClient
	production lottrailv1.ProductionServiceClient
	dispatch   lottrailv1.DispatchServiceClient
	lots       lottrailv1.LotsServiceClient
	sizes      *sizes
}

// sizes are how large the service's last answers were: the script stores as much.
type sizes struct{ receipt, start, consume, output, finish, ship, hot, pick atomic.Int64 }

func dial(address string) (*grpc.ClientConn, error) {
	return grpc.NewClient("passthrough:///"+address, grpc.WithTransportCredentials(insecure.NewCredentials()))
}

func newClient(w *work, address string, sizes *sizes) (*client, error) {
	conn, err := dial(address)
	if err != nil {
		return nil, err
	}
	return &client{
		work: w, conn: conn, sizes: sizes, receiving: lottrailv1.NewReceivingServiceClient(conn),
		production: lottrailv1.NewProductionServiceClient(conn), dispatch: lottrailv1.NewDispatchServiceClient(conn),
		lots: lottrailv1.NewLotsServiceClient(conn),
	}, nil
}

func quantity() *lottrailv1.Quantity { return &lottrailv1.Quantity{Value: perLine, Unit: plant.Unit} }

func (c *client) receipt(ctx context.Context, j receiptJob) error {
	req := &lottrailv1.ReceiveRequest{
		RequestId: requestID(j.n, 0), ReceiptCode: j.code(), PurchaseOrderCode: c.OpenPurchase(j.order), ReceivedAt: timestamppb.New(j.at),
	}
	for i := range plant.DocumentLines {
		req.Lines = append(req.Lines, &lottrailv1.ReceiptLine{
			PurchaseOrderLineNumber: int32(i + 1), Sku: c.OpenPurchaseSKU(j.order, i), LotCode: j.lotCode(i), SupplierLotCode: j.lotCode(i), Quantity: quantity(), LocationCode: plant.Dock,
		})
	}
	resp, err := c.receiving.Receive(ctx, req)
	return note(&c.sizes.receipt, resp, err)
}

func (c *client) run(ctx context.Context, j runJob) error {
	order, code, at := plant.OrderCode(j.order), j.code(), timestamppb.New(j.at)
	started, err := c.production.StartRun(ctx, &lottrailv1.StartRunRequest{
		RequestId: requestID(j.n, 0), ProductionOrderCode: order, RunCode: code, StartedAt: at,
	})
	if err := note(&c.sizes.start, started, err); err != nil {
		return err
	}
	consume := &lottrailv1.ConsumeLotsRequest{RequestId: requestID(j.n, 1), ProductionOrderCode: order, RunCode: code, ConsumedAt: at}
	for _, lot := range j.inputs {
		consume.Lines = append(consume.Lines, &lottrailv1.ConsumptionLine{
			Sku: c.SKU(lot), LotCode: plant.LotCode(lot), LocationCode: c.Bin(lot), Quantity: quantity(),
		})
	}
	consumed, err := c.production.ConsumeLots(ctx, consume)
	if err := note(&c.sizes.consume, consumed, err); err != nil {
		return err
	}
	out, err := c.production.RecordOutputs(ctx, &lottrailv1.RecordOutputsRequest{
		RequestId: requestID(j.n, 2), ProductionOrderCode: order, RunCode: code, ProducedAt: at,
		Lines: []*lottrailv1.OutputLine{{
			Sku: c.SKU(int(c.Runs[j.order].FirstOut)), LotCode: j.lotCode(), LocationCode: plant.BinCode(int(j.n) % plant.Bins), Quantity: quantity(),
		}},
	})
	if err := note(&c.sizes.output, out, err); err != nil {
		return err
	}
	finished, err := c.production.FinishRun(ctx, &lottrailv1.FinishRunRequest{
		RequestId: requestID(j.n, 3), ProductionOrderCode: order, RunCode: code, FinishedAt: at,
	})
	return note(&c.sizes.finish, finished, err)
}

func (c *client) shipment(ctx context.Context, j shipJob) error {
	req := &lottrailv1.ShipRequest{
		RequestId: requestID(j.n, 0), ShipmentCode: j.code(), SalesOrderCode: c.OpenSales(j.order), ShippedAt: timestamppb.New(j.at),
	}
	for i, lot := range j.lots {
		req.Lines = append(req.Lines, &lottrailv1.ShipmentLine{
			SalesOrderLineNumber: int32(i + 1), Sku: c.SKU(lot), LotCode: plant.LotCode(lot), LocationCode: c.Bin(lot), Quantity: quantity(),
		})
	}
	resp, err := c.dispatch.Ship(ctx, req)
	return note(&c.sizes.ship, resp, err)
}

func (c *client) hot(ctx context.Context, j hotJob) error {
	lot := int(c.Hot)
	resp, err := c.production.ConsumeLots(ctx, &lottrailv1.ConsumeLotsRequest{
		RequestId: requestID(j.n, 0), ProductionOrderCode: plant.OrderCode(j.run.order), RunCode: j.run.code, ConsumedAt: timestamppb.New(j.at),
		Lines: []*lottrailv1.ConsumptionLine{{Sku: c.SKU(lot), LotCode: plant.LotCode(lot), LocationCode: c.Bin(lot), Quantity: quantity()}},
	})
	return note(&c.sizes.hot, resp, err)
}

// startHot starts a run for a client of the hot lot.
func (c *client) startHot(ctx context.Context, n int64, order int) (hotRun, error) {
	run := hotRun{order: order, code: fmt.Sprintf("HOT-%d", n)}
	_, err := c.production.StartRun(ctx, &lottrailv1.StartRunRequest{
		RequestId: requestID(n, 0), ProductionOrderCode: plant.OrderCode(order), RunCode: run.code,
	})
	return run, err
}

func note[M proto.Message](size *atomic.Int64, resp M, err error) error {
	if err == nil {
		size.Store(int64(proto.Size(resp)))
	}
	return err
}
