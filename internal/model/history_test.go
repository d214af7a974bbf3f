package model_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// stage is a service on which histories are played over several connections.
type stage struct {
	api   *apitest.API
	conns []*grpc.ClientConn
}

func newStage(t testing.TB, api *apitest.API) *stage {
	s := &stage{api: api}
	for range 5 {
		s.conns = append(s.conns, api.Dial(t))
	}
	return s
}

// play carries a history out and returns the first thing that no model
// explains.
func (s *stage) play(ctx context.Context, h history) error {
	p := s.newPlant()
	if err := p.setUp(ctx, h.theme); err != nil {
		return err
	}
	w, responses := newWorld(h.theme, p.name), map[string]proto.Message{}
	for i, round := range h.rounds {
		outcomes, err := s.playRound(ctx, p, round, responses)
		if err != nil {
			return fmt.Errorf("round %d: %w", i, err)
		}
		facts, err := p.readFacts(ctx, h.theme)
		if err != nil {
			return fmt.Errorf("after round %d: %w", i, err)
		}
		w.round = i
		after, explained := explain(w, outcomes, facts)
		if !explained {
			return fmt.Errorf("round %d: %w", i, unexplained(w, outcomes, facts))
		}
		if h.theme.fefo != "" {
			recorded, err := p.readRotation(ctx, w, outcomes)
			if err == nil {
				err = w.checkRotation(outcomes, recorded)
			}
			if err != nil {
				return fmt.Errorf("round %d: %w", i, err)
			}
		}
		w = after[0]
	}
	if err := p.compareShrink(ctx, w); err != nil {
		return err
	}
	return p.reconcile(ctx, w)
}

// playRound carries out the operations of a round at once, each on its own
// connection, and sees to it that a repeat gets the first response.
func (s *stage) playRound(ctx context.Context, p plant, round []operation, responses map[string]proto.Message) ([]played, error) {
	ended, wrong := make([][]played, len(round)), make([]error, len(round))
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i, op := range round {
		wg.Go(func() {
			<-start
			one := played{op: op, call: i}
			if one.outcome, one.answer = p.call(ctx, s.conns[i], op); one.answer == nil || steps[op.Kind].split == nil {
				ended[i] = []played{one}
				return
			}
			ended[i], wrong[i] = steps[op.Kind].split(p, op, one.answer)
			for j := range ended[i] {
				ended[i][j].call = i
			}
		})
	}
	close(start)
	wg.Wait()
	outcomes := slices.Concat(ended...)
	for _, o := range outcomes {
		if o.answer == nil || steps[o.op.Kind].unasked {
			continue
		}
		if first, ok := responses[o.op.Request]; ok && !proto.Equal(first, o.answer) {
			return nil, fmt.Errorf("request %s answered %v, then %v", o.op.Request, first, o.answer)
		}
		responses[o.op.Request] = o.answer
	}
	return outcomes, errors.Join(wrong...)
}

// reconcile proves the balances from the movements, and that there are as many
// movements as the accepted operations made: none lost, none doubled. What an operation
// brings to a place where there was nothing, and takes away again, leaves no balance: that is
// a sum of 0, of weights too.
func (p plant) reconcile(ctx context.Context, w world) error {
	var wrong, movements int
	err := p.api.DB.QueryRow(ctx, `
		WITH sums AS (
			SELECT lot_id, location_id, sum(quantity) AS quantity, sum(weight) AS weight
			FROM (SELECT lot_id, to_location_id AS location_id, quantity, weight FROM movement
			      UNION ALL SELECT lot_id, from_location_id, -quantity, -weight FROM movement) AS m
			WHERE location_id >= 1000
			GROUP BY lot_id, location_id)
		SELECT (SELECT count(*)
		        FROM sums FULL JOIN balance USING (lot_id, location_id)
		        WHERE coalesce(sums.quantity, 0) <> coalesce(on_hand, 0) OR on_hand < 0
		           OR balance.weight IS DISTINCT FROM CASE WHEN on_hand IS NULL THEN nullif(sums.weight, 0) ELSE sums.weight END),
		       (SELECT count(*)
		        FROM movement JOIN lot USING (tenant_id, lot_id) JOIN item USING (tenant_id, item_id)
		        WHERE starts_with(item.sku, $1))`, p.name).Scan(&wrong, &movements)
	if err != nil {
		return err
	}
	if wrong > 0 {
		return fmt.Errorf("%d balances are not the sum of their movements", wrong)
	}
	if movements != len(w.movements) {
		return fmt.Errorf("%d movements, want %d", movements, len(w.movements))
	}
	return nil
}

// Whatever callers do at once, some serial order of the model explains every
// outcome, and the accepted operations alone make the balances.
func TestHistoriesAreSerializable(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	s := newStage(t, api)
	rapid.Check(t, func(rt *rapid.T) {
		if err := s.play(t.Context(), histories.Draw(rt, "history")); err != nil {
			rt.Fatal(err)
		}
	})
}
