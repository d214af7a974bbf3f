package model_test

import (
	"context"
	"fmt"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// receive brings a lot that is new, or may be there (Add).
const receive kind = "receive"

var receiveStep = step{
	draw: func(t *rapid.T, op *operation, earlier []operation) {
		op.Add = rapid.IntRange(0, 3).Draw(t, "add") > 0
		op.Document = fmt.Sprintf("d%d", len(earlier))
		op.drawLines(t, 1, append([]string{"F1", "F1"}, bought...), true)
	},
	do: (*world).receive,
	send: func(ctx context.Context, p plant, conn *grpc.ClientConn, op operation) (proto.Message, error) {
		req := &pb.ReceiveRequest{RequestId: p.name + op.Request, ReceiptCode: p.name + op.Document, PurchaseOrderCode: p.order()}
		for _, l := range op.Lines {
			_, code, scan := p.ref(l)
			number := int32(1)
			if l.Lot == untracked {
				number = 2
			}
			req.Lines = append(req.Lines, &pb.ReceiptLine{
				PurchaseOrderLineNumber: number, LotCode: code, Scan: scan, SupplierLotCode: p.supplierLot(l.Lot), Quantity: quantity(l.Quantity), Weight: kilos(l.Weight), LocationCode: l.From, AddToExisting: op.Add, ExpiryDate: l.Date,
			})
		}
		return pb.NewReceivingServiceClient(conn).Receive(ctx, req)
	},
	tell: tellCode,
}

func (w *world) receive(op operation) string {
	l, refused := w.coded(op)
	if refused != "" {
		return refused
	}
	if _, exists := w.lots[l.Lot]; exists && !op.Add {
		return "LOT_EXISTS"
	} else if w.differs(l) {
		return "LOT_DIFFERS"
	}
	w.bring(l, 0)
	w.post(movement{Kind: receive, Lot: l.Lot, To: l.From, Quantity: l.Quantity, Weight: l.Weight, Document: op.Document})
	w.papers[op.Document] = paper{kind: receive}
	return tellCoded(op, l)
}
