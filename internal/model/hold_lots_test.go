package model_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// holdLots holds all that a receipt brought (Document), or that came under a lot code of
// the supplier's (Reason).
const holdLots kind = "hold lots"

// supplierLot is what the supplier calls all that it delivers. Nothing came under another.
const supplierLot = "S1"

// supplierLot is the same among other plants: nobody else's is to be held.
func (p plant) supplierLot(code string) string {
	if code == untracked {
		return ""
	}
	return p.name + supplierLot
}

var holdLotsStep = step{
	draw: func(t *rapid.T, op *operation, earlier []operation) {
		if op.Reason = rapid.SampledFrom([]string{supplierLot, "S2", ""}).Draw(t, "supplier lot"); op.Reason != "" {
			return
		}
		receipts := slices.DeleteFunc(slices.Clone(earlier), func(op operation) bool { return op.Kind != receive })
		op.Document = receipts[len(receipts)-1-rapid.IntRange(0, min(len(receipts)-1, 3)).Draw(t, "receipt")].Document
	},
	do: (*world).holdLots,
	send: func(ctx context.Context, p plant, conn *grpc.ClientConn, op operation) (proto.Message, error) {
		req := &pb.HoldLotsRequest{RequestId: p.name + op.Request, ReasonCode: pb.HoldReason_HOLD_REASON_QUALITY, Reason: "test", Scope: &pb.HoldLotsRequest_ReceiptCode{ReceiptCode: p.name + op.Document}}
		if op.Reason != "" {
			req.Scope = &pb.HoldLotsRequest_SupplierLot{SupplierLot: &pb.SupplierLot{SupplierCode: apitest.Supplier, SupplierLotCode: p.name + op.Reason}}
		}
		return pb.NewLotsServiceClient(conn).HoldLots(ctx, req)
	},
	tell: func(_ operation, response proto.Message) string {
		var told []string
		for _, h := range response.(*pb.HoldLotsResponse).Holds {
			told = append(told, fmt.Sprintf("%s hold %d", h.Lot.LotCode, h.Hold.Number))
		}
		return "ok: " + strings.Join(told, ", ")
	},
}

func (w *world) holdLots(op operation) string {
	codes, refused := w.holdScope(op)
	if refused != "" {
		return refused
	}
	var told []string
	for _, code := range codes {
		l := w.lots[code]
		l.hold("")
		w.lots[code] = l
		told = append(told, fmt.Sprintf("%s hold %d", code, len(l.holds)))
	}
	return "ok: " + strings.Join(told, ", ")
}

// holdScope are the lots that are to be held. A lot that comes at the same time may stand
// before the hold in the log, and not be among them.
func (w *world) holdScope(op operation) (codes []string, refused string) {
	if op.Reason == "" {
		p, exists := w.papers[op.Document]
		switch {
		case !exists || p.kind != receive:
			return nil, "UNKNOWN_RECEIPT"
		case p.reversed:
			return nil, "RECEIPT_REVERSED"
		}
		i := slices.IndexFunc(w.movements, func(m movement) bool { return m.Document == op.Document })
		return []string{w.movements[i].Lot}, ""
	}
	for _, code := range slices.Sorted(maps.Keys(w.lots)) {
		l := w.lots[code]
		unseen := w.loose && l.born == w.round && !strings.Contains(op.Seen, code+" hold")
		if op.Reason == supplierLot && code[:1] == bought[0][:1] && !unseen {
			codes = append(codes, code)
		}
	}
	if len(codes) == 0 {
		return nil, "UNKNOWN_SUPPLIER_LOT"
	}
	return codes, ""
}
