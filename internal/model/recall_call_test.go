package model_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// sendRecall sends an operation on a recall.
func (p plant) sendRecall(ctx context.Context, conn *grpc.ClientConn, op operation) (proto.Message, error) {
	client, request, number := pb.NewRecallServiceClient(conn), p.name+op.Request, p.name+op.Case
	var lots []*pb.LotKey
	for _, l := range op.Lines {
		lots = append(lots, &pb.LotKey{Sku: p.sku(l.Lot), LotCode: l.Lot})
	}
	switch op.Kind {
	case open:
		return client.OpenRecall(ctx, &pb.OpenRecallRequest{
			RequestId: request, CaseNumber: number, Class: pb.RecallClass_RECALL_CLASS_1, Reason: "test", Lots: lots,
		})
	case activate:
		return client.ActivateRecall(ctx, &pb.ActivateRecallRequest{RequestId: request, CaseNumber: number})
	case decide:
		decision := pb.RecallDecision_RECALL_DECISION_RELEASE
		if op.Keep {
			decision = pb.RecallDecision_RECALL_DECISION_KEEP
		}
		return client.DecideRecallLots(ctx, &pb.DecideRecallLotsRequest{RequestId: request, CaseNumber: number, Decision: decision, Reason: "test", Lots: lots})
	case end:
		return client.CloseRecall(ctx, &pb.CloseRecallRequest{RequestId: request, CaseNumber: number, Reason: "test"})
	}
	return nil, errors.New("model: unknown operation")
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

// compareRecalls holds what the service says of every recall against the model.
func (p plant) compareRecalls(ctx context.Context, w world) error {
	for _, number := range cases {
		resp, err := p.api.Recall.GetRecall(ctx, &pb.GetRecallRequest{CaseNumber: p.name + number})
		r, exists := w.recalls[number]
		if !exists {
			if status.Code(err) != codes.NotFound {
				return fmt.Errorf("recall %s is there, and should not be: %v, %w", number, resp, err)
			}
			continue
		}
		if err != nil {
			return err
		}
		listed, err := p.api.Recall.ListRecallLots(ctx, &pb.ListRecallLotsRequest{CaseNumber: p.name + number})
		if err != nil {
			return err
		}
		var got []string
		for _, l := range listed.Lots {
			got = append(got, fmt.Sprintf("%s %s, hold %d, %s of %s left, %s gone", l.Lot.LotCode, strings.TrimPrefix(l.State.String(), "RECALL_LOT_STATE_"),
				l.HoldNumber, l.OnHand.Value, l.Total.Value, l.Shipped.Value))
		}
		if want := w.recallLots(number, r); !reflect.DeepEqual(got, want) {
			return fmt.Errorf("recall %s: lots\n%q, want\n%q", number, got, want)
		}
		if !r.activated {
			continue
		}
		state := map[string]pb.RecallState{active: pb.RecallState_RECALL_STATE_ACTIVE, ended: pb.RecallState_RECALL_STATE_CLOSED}[r.state]
		// What was released may have been shipped since, and is none of what had gone.
		got, want := []string{strings.Split(toScope(resp.Scope), ", ")[0], resp.Recall.State.String()}, []string{}
		s, _ := w.scope(number, &r)
		want = append(want, strings.Split(s, ", ")[0], state.String())
		if !slices.Equal(got, want) {
			return fmt.Errorf("recall %s: %q, want %q", number, got, want)
		}
	}
	return nil
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
		for _, quantity := range l.gone {
			gone += quantity
		}
		texts = append(texts, fmt.Sprintf("%s %s, hold %d, %d of %d left, %d gone", code, stands, at+1, l.in-l.out, l.in, gone))
	}
	return texts
}
