package model_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// recallTheme begins with a case about the lot that all is made of.
var recallTheme = theme{
	alone:  plenty,
	topics: []topic{recallFacts},
	kinds:  []kind{consume, output, adjust, scrap, activate, ship, decide, receive, decide, open, output, consume, move, reverse, release, hold, finish, end, reopen, end, finish},
	begin: []operation{
		{Kind: consume, Request: "e", Run: 1, Lines: []line{{Lot: "F1", From: locations[0], Quantity: 1}}},
		{Kind: open, Request: "f", Case: cases[0], Lines: []line{{Lot: "F1"}}},
	},
}

func drawCase(t *rapid.T, op *operation, _ []operation) {
	op.Case = cases[rapid.IntRange(0, 5).Draw(t, "case")/4]
}

func (p plant) lotKeys(lines []line) []*pb.LotKey {
	var lots []*pb.LotKey
	for _, l := range lines {
		lots = append(lots, &pb.LotKey{Sku: p.sku(l.Lot), LotCode: l.Lot})
	}
	return lots
}

var openStep = step{
	draw: func(t *rapid.T, op *operation, _ []operation) {
		drawCase(t, op, nil)
		op.drawLines(t, 1, mostlyFirst, false)
	},
	do: (*world).open,
	send: func(ctx context.Context, p plant, conn *grpc.ClientConn, op operation) (proto.Message, error) {
		return pb.NewRecallServiceClient(conn).OpenRecall(ctx, &pb.OpenRecallRequest{
			RequestId: p.name + op.Request, CaseNumber: p.name + op.Case, Class: pb.RecallClass_RECALL_CLASS_1, Reason: "test", Lots: p.lotKeys(op.Lines),
		})
	},
}

var activateStep = step{
	draw: drawCase,
	do:   ofRecall((*world).activate),
	send: func(ctx context.Context, p plant, conn *grpc.ClientConn, op operation) (proto.Message, error) {
		return pb.NewRecallServiceClient(conn).ActivateRecall(ctx, &pb.ActivateRecallRequest{RequestId: p.name + op.Request, CaseNumber: p.name + op.Case})
	},
	tell: func(_ operation, response proto.Message) string {
		return activation(response.(*pb.ActivateRecallResponse))
	},
}

var decideStep = step{
	draw: func(t *rapid.T, op *operation, _ []operation) {
		drawCase(t, op, nil)
		op.Keep = rapid.IntRange(0, 3).Draw(t, "keep") == 0
		op.drawLines(t, 1, append([]string{"B1", "B1", "F1"}, everything...), false)
	},
	do: ofRecall((*world).decide),
	send: func(ctx context.Context, p plant, conn *grpc.ClientConn, op operation) (proto.Message, error) {
		decision := pb.RecallDecision_RECALL_DECISION_RELEASE
		if op.Keep {
			decision = pb.RecallDecision_RECALL_DECISION_KEEP
		}
		return pb.NewRecallServiceClient(conn).DecideRecallLots(ctx, &pb.DecideRecallLotsRequest{
			RequestId: p.name + op.Request, CaseNumber: p.name + op.Case, Decision: decision, Reason: "test", Lots: p.lotKeys(op.Lines),
		})
	},
}

var endStep = step{
	draw: drawCase,
	do:   ofRecall((*world).end),
	send: func(ctx context.Context, p plant, conn *grpc.ClientConn, op operation) (proto.Message, error) {
		return pb.NewRecallServiceClient(conn).CloseRecall(ctx, &pb.CloseRecallRequest{RequestId: p.name + op.Request, CaseNumber: p.name + op.Case, Reason: "test"})
	},
}

// activation words what an activation answered as the model words it.
func activation(resp *pb.ActivateRecallResponse) string {
	gone := map[string]int{}
	for _, s := range resp.Shipments {
		var quantity int
		_, _ = fmt.Sscan(s.Quantity.Value, &quantity)
		gone[s.Lot.LotCode] += quantity
	}
	return fmt.Sprintf("ok: %s; gone %v", toScope(resp.Scope), gone)
}

func toScope(s *pb.RecallScope) string {
	return fmt.Sprintf("%d lots, %d left, %d runs, %d in process, %d lines", s.LotCount, s.LotOnHandCount, s.RunCount, s.OpenRunCount, s.ShipmentCount)
}

var recallFacts = topic{
	read: func(ctx context.Context, p plant, _ *theme) ([]string, error) {
		var told []string
		for _, number := range cases {
			resp, err := p.api.Recall.GetRecall(ctx, &pb.GetRecallRequest{CaseNumber: p.name + number})
			if status.Code(err) == codes.NotFound {
				continue
			}
			if err != nil {
				return nil, err
			}
			listed, err := p.api.Recall.ListRecallLots(ctx, &pb.ListRecallLotsRequest{CaseNumber: p.name + number})
			if err != nil {
				return nil, err
			}
			told = append(told, recallFact(number, resp.Recall.State, toScope(resp.Scope), resp.Recall.ActivatedAt != nil))
			for _, l := range listed.Lots {
				told = append(told, fmt.Sprintf("%s %s, hold %d, %s of %s left, %s gone", l.Lot.LotCode, strings.TrimPrefix(l.State.String(), "RECALL_LOT_STATE_"),
					l.HoldNumber, l.OnHand.Value, l.Total.Value, l.Shipped.Value))
			}
		}
		return told, nil
	},
	tell: func(w *world) []string {
		var told []string
		for _, number := range cases {
			r, exists := w.recalls[number]
			if !exists {
				continue
			}
			scope, _ := w.scope(number, &r)
			told = append(told, recallFact(number, recallStates[r.state], scope, r.activated))
			told = append(told, w.recallLots(number, r)...)
		}
		return told
	},
}

var recallStates = map[string]pb.RecallState{
	opened: pb.RecallState_RECALL_STATE_OPEN, active: pb.RecallState_RECALL_STATE_ACTIVE, ended: pb.RecallState_RECALL_STATE_CLOSED,
}

// recallFact tells of a scope how many lots it is, once it stands: what was released may
// have been shipped since, and is none of what had gone.
func recallFact(number string, state pb.RecallState, scope string, activated bool) string {
	if !activated {
		scope = ""
	}
	return fmt.Sprintf("recall %s: %s, activated %v, %s", number, state, activated, strings.Split(scope, ", ")[0])
}

// recallLots words how the lots of a recall stand.
func (w *world) recallLots(number string, r recall) []string {
	var texts []string
	codes, _ := w.cone(r.seeds)
	if r.activated {
		codes = slices.Sorted(maps.Keys(w.lots))
	}
	for _, code := range codes {
		l := w.lots[code]
		at := slices.Index(l.cases, number)
		stands := "PREVIEW"
		switch {
		case !r.activated:
		case at < 0:
			continue
		case !l.holds[at]:
			stands = "RELEASED"
		case r.kept[code]:
			stands = "KEPT"
		default:
			stands = "HELD"
		}
		gone := 0
		for _, quantity := range w.gone(code) {
			gone += quantity
		}
		texts = append(texts, fmt.Sprintf("%s %s, hold %d, %d of %d left, %d gone", code, stands, at+1, l.total(), l.in, gone))
	}
	return texts
}
