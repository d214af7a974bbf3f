package model_test

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/auth"
)

// Stock is found (Add) or missed, and thrown away, held and expired or not.
const (
	adjust kind = "adjust"
	scrap  kind = "scrap"
)

var adjustStep = step{
	draw: func(t *rapid.T, op *operation, _ []operation) {
		op.Add = rapid.Bool().Draw(t, "add")
		op.aReason(t, "MISCOUNT", "MISCOUNT", "MEASUREMENT", "THEFT")
		op.drawLines(t, 2, mostlyFirst, true)
	},
	do: (*world).adjust,
	send: func(ctx context.Context, p plant, conn *grpc.ClientConn, op operation) (proto.Message, error) {
		direction := pb.AdjustmentDirection_ADJUSTMENT_DIRECTION_MISSED
		if op.Add {
			direction = pb.AdjustmentDirection_ADJUSTMENT_DIRECTION_FOUND
		}
		req := &pb.AdjustLotsRequest{RequestId: p.name + op.Request, ReasonCode: reasonCode(op.Reason), Justification: "test", ApprovedBy: op.By}
		for _, l := range op.Lines {
			sku, code, scan := p.ref(l)
			req.Lines = append(req.Lines, &pb.AdjustmentLine{Sku: sku, LotCode: code, Scan: scan, Quantity: quantity(l.Quantity), Weight: kilos(l.Weight), LocationCode: l.From, Direction: direction})
		}
		return pb.NewLotsServiceClient(conn).AdjustLots(ctx, req)
	},
	tell: tellDrawn,
}

var scrapStep = step{
	draw: func(t *rapid.T, op *operation, _ []operation) {
		op.aReason(t, "DAMAGE", "SPOILAGE")
		op.drawLines(t, 2, mostlyFirst, true)
	},
	do: (*world).adjust,
	send: func(ctx context.Context, p plant, conn *grpc.ClientConn, op operation) (proto.Message, error) {
		req := &pb.ScrapLotsRequest{RequestId: p.name + op.Request, ReasonCode: reasonCode(op.Reason), Justification: "test", ApprovedBy: op.By}
		for _, l := range op.Lines {
			sku, code, scan := p.ref(l)
			req.Lines = append(req.Lines, &pb.ScrapLine{Sku: sku, LotCode: code, Scan: scan, Quantity: quantity(l.Quantity), Weight: kilos(l.Weight), LocationCode: l.From})
		}
		return pb.NewLotsServiceClient(conn).ScrapLots(ctx, req)
	},
	tell: tellDrawn,
}

// aReason draws why, and who approved: often nobody, and sometimes who records it.
func (op *operation) aReason(t *rapid.T, reasons ...string) {
	op.Reason = rapid.SampledFrom(reasons).Draw(t, "reason")
	op.By = rapid.SampledFrom([]string{"", "", "KIM", "KIM", auth.Default.Principal}).Draw(t, "by")
}

func reasonCode(reason string) pb.AdjustmentReason {
	return pb.AdjustmentReason(pb.AdjustmentReason_value["ADJUSTMENT_REASON_"+reason])
}

// adjust is all or nothing, and what one line finds counts for the others.
func (w *world) adjust(op operation) string {
	if op.Add && op.Reason == "THEFT" {
		return "REASON_NOT_FOR_THIS"
	}
	lines, refused := w.drawn(op)
	if refused != "" {
		return refused
	}
	if !w.known(lines) {
		return "UNKNOWN_LOT"
	}
	told := true
	if op.Kind == scrap || !op.Add {
		lines, told = w.weighOut(lines)
	}
	if !told {
		return "WEIGHT_REQUIRED"
	}
	var all []movement
	for _, l := range lines {
		m := movement{Kind: op.Kind, Lot: l.Lot, From: l.From, Quantity: l.Quantity, Weight: l.Weight, Reason: op.Reason, Document: op.Request}
		if op.Kind == adjust && op.Add {
			m.From, m.To = "", l.From
		}
		all = append(all, m)
	}
	if outcome := w.postAdjustment(all, op); outcome != "ok" {
		return outcome
	}
	return tellLines(op, lines)
}

// plenty is more than is ever adjusted.
const plenty = 1_000_000

// postAdjustment posts what needs approval if it is much, of any item together.
func (w *world) postAdjustment(all []movement, op operation) string {
	before, sums := len(w.movements), map[string]int{}
	for _, m := range all {
		if sums[m.Lot[:1]] += m.Quantity; sums[m.Lot[:1]] > w.theme.alone && op.By != "KIM" {
			return "APPROVAL_REQUIRED"
		}
		w.post(m)
	}
	if op.By == auth.Default.Principal {
		return "APPROVED_BY_CALLER"
	}
	if reason := w.misfit(before); reason != "" {
		return reason
	}
	w.settle(operation{Kind: adjust})
	w.papers[op.Request] = paper{kind: adjust}
	return "ok"
}
