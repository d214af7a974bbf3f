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

// The operations on recalls, and how far one is.
const (
	open     kind = "open"
	activate kind = "activate"
	decide   kind = "decide"
	end      kind = "end"

	opened = "opened"
	active = "active"
	ended  = "ended"
)

// recall is a case. Its affected lots are those with a hold of it.
type recall struct {
	state     string
	activated bool
	seeds     []string
	runs      map[int]bool // marked
	kept      map[string]bool
}

// cases are the numbers of recalls.
var cases = []string{"C1", "C2"}

// recall does an operation on a recall.
func (w *world) recall(op operation) string {
	r, exists := w.recalls[op.Case]
	if op.Kind == open {
		return w.open(op, exists)
	}
	if !exists {
		return "UNKNOWN_RECALL"
	}
	outcome := "ok"
	switch op.Kind {
	case activate:
		outcome = w.activate(op.Case, &r)
	case decide:
		outcome = w.decide(op, &r)
	case end:
		outcome = w.end(op.Case, &r)
	}
	w.recalls[op.Case] = r
	return outcome
}

func (w *world) open(op operation, exists bool) string {
	r := recall{state: opened, runs: map[int]bool{}, kept: map[string]bool{}}
	for _, line := range op.Lines {
		if _, there := w.lots[line.Lot]; !there {
			return "UNKNOWN_LOT"
		}
		r.seeds = append(r.seeds, line.Lot)
	}
	if exists {
		return "RECALL_EXISTS"
	}
	w.recalls[op.Case] = r
	return "ok"
}

// cone is all that lots went into.
func (w *world) cone(seeds []string) (lots []string, runs map[int]bool) {
	met, runs := map[string]bool{}, map[int]bool{}
	for next := seeds; len(next) > 0; {
		code := next[0]
		next = next[1:]
		if met[code] {
			continue
		}
		met[code] = true
		for run := range w.lots[code].into {
			runs[run] = true
			for other, l := range w.lots {
				if l.run == run {
					next = append(slices.Clip(next), other)
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(met)), runs
}

func (w *world) activate(number string, r *recall) string {
	switch r.state {
	case active:
		return "RECALL_ACTIVE"
	case ended:
		return "RECALL_CLOSED"
	}
	lots, runs := w.cone(r.seeds)
	r.state, r.activated, r.runs = active, true, runs
	for _, code := range lots {
		l := w.lots[code]
		l.hold(number)
		w.lots[code] = l
	}
	s, gone := w.scope(number, r)
	return fmt.Sprintf("ok: %s; gone %v", s, gone)
}

// scope tells of a recall that was activated how many lots and runs it affects, and
// what had gone of each lot.
func (w *world) scope(number string, r *recall) (string, map[string]int) {
	lots, left, inProcess, lines, gone := 0, 0, 0, 0, map[string]int{}
	for code, l := range w.lots {
		if !slices.Contains(l.cases, number) {
			continue
		}
		lots++
		if l.in > l.out {
			left++
		}
		for _, quantity := range l.gone {
			gone[code] += quantity
			lines++
		}
	}
	for run := range r.runs {
		if !w.runs[run] {
			inProcess++
		}
	}
	return fmt.Sprintf("%d lots, %d left, %d runs, %d in process, %d lines", lots, left, len(r.runs), inProcess, lines), gone
}

// heldBy says whether a recall holds a lot.
func (l lot) heldBy(number string) bool {
	for i, c := range l.cases {
		if c == number && l.holds[i] {
			return true
		}
	}
	return false
}

// marking are the active recalls that have marked a run.
func (w *world) marking(run int) []string {
	var numbers []string
	for _, number := range cases {
		if r := w.recalls[number]; r.state == active && r.runs[run] {
			numbers = append(numbers, number)
		}
	}
	return numbers
}

// released says whether a lot was released from a recall that marked its run.
func (w *world) released(l lot) bool {
	return slices.ContainsFunc(w.marking(l.run), func(number string) bool { return !l.heldBy(number) })
}

func (w *world) decide(op operation, r *recall) string {
	if r.state != active {
		return "RECALL_NOT_ACTIVE"
	}
	code := op.Lines[0].Lot
	l := w.lots[code]
	switch {
	case !slices.Contains(l.cases, op.Case):
		return "LOT_NOT_IN_RECALL"
	case !l.heldBy(op.Case):
		return "HOLD_RELEASED"
	case op.Keep:
		r.kept[code] = true
	default:
		l.holds[slices.Index(l.cases, op.Case)] = false
	}
	return "ok"
}

func (w *world) end(number string, r *recall) string {
	if r.state == ended {
		return "RECALL_CLOSED"
	}
	for run := range r.runs {
		if !w.runs[run] {
			return "RUNS_IN_PROCESS"
		}
	}
	for code, l := range w.lots {
		if l.heldBy(number) && l.in > l.out && !r.kept[code] {
			return "LOTS_UNDECIDED"
		}
	}
	for code, l := range w.lots {
		if l.heldBy(number) && !r.kept[code] {
			l.holds[slices.Index(l.cases, number)] = false
		}
	}
	r.state = ended
	return "ok"
}

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
