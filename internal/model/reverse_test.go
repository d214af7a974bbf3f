package model_test

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// reverse takes a receipt or a shipment back, or what was adjusted, scrapped or counted:
// that is known by the request that did it.
const reverse kind = "reverse"

var reverseStep = step{
	// Most of the papers are there.
	draw: func(t *rapid.T, op *operation, earlier []operation) {
		var papers []operation
		for _, op := range earlier {
			switch op.Kind {
			case adjust, scrap, postCount:
				op.Document, op.Kind = op.Request, adjust
				papers = append(papers, op)
			case receive, ship:
				papers = append(papers, op)
			}
		}
		p := papers[len(papers)-1-rapid.IntRange(0, min(len(papers)-1, 5)).Draw(t, "paper")]
		op.Document, op.Of = p.Document, p.Kind
	},
	do: (*world).reverse,
	send: func(ctx context.Context, p plant, conn *grpc.ClientConn, op operation) (proto.Message, error) {
		document := p.name + op.Document
		req := &pb.ReverseOperationRequest{RequestId: p.name + op.Request, Reason: "test", Operation: &pb.ReverseOperationRequest_ReceiptCode{ReceiptCode: document}}
		switch op.Of {
		case ship:
			req.Operation = &pb.ReverseOperationRequest_ShipmentCode{ShipmentCode: document}
		case adjust:
			index, err := p.logIndex(ctx, op.Document, "adjustment", "scrap")
			if err != nil {
				return nil, err
			}
			req.Operation = &pb.ReverseOperationRequest_LogIndex{LogIndex: index}
		}
		return pb.NewLotsServiceClient(conn).ReverseOperation(ctx, req)
	},
}

func (w *world) reverse(op operation) string {
	p, exists := w.papers[op.Document]
	switch {
	case !exists || p.kind != op.Of:
		return map[kind]string{receive: "UNKNOWN_RECEIPT", ship: "UNKNOWN_SHIPMENT", adjust: "UNKNOWN_OPERATION"}[op.Of]
	case p.reversed:
		return "ALREADY_REVERSED"
	}
	before := len(w.movements)
	for _, m := range w.movements[:before] {
		if m.Document == op.Document {
			m.Quantity, m.Weight = -m.Quantity, -m.Weight
			w.post(m)
		}
	}
	if w.misfit(before) != "" {
		return "OPERATION_IN_USE"
	}
	w.settle(op)
	p.reversed = true
	w.papers[op.Document] = p
	return "ok"
}
