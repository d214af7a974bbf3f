package model_test

import (
	"cmp"
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

// propose asks which lots to pick: so much (Number), from a place (By), of so many lots
// at most (Run).
const propose kind = "propose"

var proposeStep = step{
	alone:   true,
	unasked: true,
	logged:  never,
	draw: func(t *rapid.T, op *operation, _ []operation) {
		op.Number = rapid.IntRange(1, 14).Draw(t, "wanted")
		op.By = rapid.SampledFrom(append([]string{apitest.Site}, locations...)).Draw(t, "from")
		op.Run = rapid.IntRange(0, 2).Draw(t, "lots at most")
	},
	do: (*world).propose,
	send: func(ctx context.Context, p plant, conn *grpc.ClientConn, op operation) (proto.Message, error) {
		return pb.NewLotsServiceClient(conn).ProposePicks(ctx, &pb.ProposePicksRequest{Lines: []*pb.PickLine{{
			Sku: p.sku(bought[0]), Quantity: quantity(op.Number), LocationCode: op.By, MaxLots: int32(op.Run),
		}}})
	},
	tell: func(op operation, response proto.Message) string {
		proposal := response.(*pb.ProposePicksResponse).Proposals[0]
		var missing int
		_, _ = fmt.Sscan(proposal.Missing.Value, &missing)
		var picks []pick
		for _, p := range proposal.Picks {
			var n int
			_, _ = fmt.Sscan(p.Quantity.Value, &n)
			if last := len(picks) - 1; last >= 0 && picks[last].lot == p.Lot.LotCode {
				picks[last].quantity += n
			} else {
				picks = append(picks, pick{p.Lot.LotCode, n})
			}
		}
		var passed []string
		for _, p := range proposal.PassedOver {
			passed = append(passed, p.Lot.LotCode+" "+p.Reason)
		}
		return proposalOf(op, picks, missing, passed)
	},
}

// pick is how much is to be taken of a lot.
type pick struct {
	lot      string
	quantity int
}

// proposalOf words a proposal. Which few lots have the most is left open.
func proposalOf(op operation, picks []pick, missing int, passed []string) string {
	if missing > 0 && op.Run > 0 {
		return fmt.Sprintf("ok: %d missing", missing)
	}
	return fmt.Sprintf("ok: %v, %d missing, not %s", picks, missing, strings.Join(passed, ", "))
}

// propose takes what expires first, then what came first.
func (w *world) propose(op operation) string {
	var lots []string
	for code, l := range w.lots {
		if code[:1] == bought[0][:1] && l.total() > 0 {
			lots = append(lots, code)
		}
	}
	inOrder := func(a, b string) int {
		return cmp.Or(strings.Compare(w.lots[a].last(), w.lots[b].last()), w.lots[a].born-w.lots[b].born)
	}
	slices.SortFunc(lots, inOrder)
	for i := range len(lots) - 1 {
		if inOrder(lots[i], lots[i+1]) == 0 {
			return op.Seen // they came at the same time: nobody knows which was first
		}
	}
	can, why := map[string]int{}, map[string]string{}
	for _, code := range lots {
		l := w.lots[code]
		there := l.onHand[op.By]
		if op.By == apitest.Site {
			there = l.total()
		}
		switch {
		case l.expiry == past:
			why[code] = "LOT_EXPIRED"
		case l.held():
			why[code] = "LOT_HELD"
		case there == 0:
			why[code] = "ELSEWHERE"
		default:
			can[code], why[code] = there, "TOO_LITTLE"
		}
	}
	chosen, missing := choose(slices.DeleteFunc(slices.Clone(lots), func(code string) bool { return can[code] == 0 }), can, op.Number, op.Run)
	var picks []pick
	for rest := op.Number; len(chosen) > 0 && rest > 0; chosen = chosen[1:] {
		picks = append(picks, pick{chosen[0], min(rest, can[chosen[0]])})
		rest -= can[chosen[0]]
		delete(why, chosen[0])
	}
	var passed []string
	for _, code := range lots {
		if missing == 0 && code == picks[len(picks)-1].lot {
			break
		}
		if why[code] != "" {
			passed = append(passed, code+" "+why[code])
		}
	}
	return proposalOf(op, picks, missing, passed)
}

// choose tries all sets of so many lots at most, each in order. Of those that have
// enough, and do with none less at the end, it takes the one whose last lot is the
// earliest, and of these the one that begins the earliest. Else all, and what is missing
// from those that have the most.
func choose(lots []string, can map[string]int, wanted, most int) (best []string, missing int) {
	missing = wanted
	place := map[string]int{}
	for i, code := range lots {
		place[code] = i
	}
	for mask := 1; mask < 1<<len(lots); mask++ {
		var set []string
		sum, last := 0, 0
		for i, code := range lots {
			if mask&(1<<i) != 0 {
				set, sum, last = append(set, code), sum+can[code], can[code]
			}
		}
		if most > 0 && len(set) > most {
			continue
		}
		missing = min(missing, max(0, wanted-sum))
		if sum < wanted || sum-last >= wanted {
			continue
		}
		by := func(a, b string) int { return place[a] - place[b] }
		if best == nil || place[set[len(set)-1]] < place[best[len(best)-1]] || set[len(set)-1] == best[len(best)-1] && slices.CompareFunc(set, best, by) < 0 {
			best = set
		}
	}
	if best == nil {
		best = slices.SortedFunc(maps.Keys(place), func(a, b string) int { return place[a] - place[b] })
	}
	return best, missing
}
