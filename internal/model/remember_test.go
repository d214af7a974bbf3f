package model_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/expiry"
	"github.com/lottrail/lottrail/internal/ledger"
)

// memory is a model that remembers: what was after each operation, in the order of
// the log.
type memory struct {
	entries []entry
	// after are the worlds: the first before all entries, then one after each.
	after []world
}

// entry is an operation in the log.
type entry struct {
	Index    int64
	SealedAt time.Time
	Request  string
}

// index is where the log stood after so many entries.
func (m *memory) index(n int) int64 { return m.entries[0].Index - 1 + int64(n) }

// sealedBy is how many entries were sealed by a time.
func (m *memory) sealedBy(t time.Time) int {
	n := 0
	for n < len(m.entries) && !m.entries[n].SealedAt.After(t) {
		n++
	}
	return n
}

// remember plays a history, while the log is sealed, and then goes through it
// again in the order of the log.
func (s *stage) remember(ctx context.Context, h history) (plant, *memory, error) {
	p := s.newPlant()
	if err := p.setUp(ctx, h.theme); err != nil {
		return p, nil, err
	}
	responses := map[string]proto.Message{}
	rounds := make([][]played, len(h.rounds))
	for i, round := range h.rounds {
		var sealing sync.WaitGroup
		sealing.Go(func() { _, _ = ledger.Seal(ctx, s.api.DB, 1) }) // in the middle of things
		var err error
		rounds[i], err = s.playRound(ctx, p, round, responses)
		sealing.Wait()
		if err != nil {
			return p, nil, fmt.Errorf("round %d: %w", i, err)
		}
	}
	if _, err := ledger.Seal(ctx, s.api.DB, 1); err != nil {
		return p, nil, err
	}
	m, err := p.readLog(ctx)
	if err == nil {
		err = m.replay(newWorld(h.theme, p.name), rounds)
	}
	return p, m, err
}

// readLog reads what the log has of a plant.
func (p plant) readLog(ctx context.Context) (*memory, error) {
	rows, err := p.api.DB.Query(ctx, `
		SELECT log.log_index, log.sealed_at, operation.occurred_at, CASE WHEN operation.principal <> $2 THEN substr(operation.request_id, length($1) + 1) ELSE '' END
		FROM log JOIN operation USING (tenant_id, operation_id)
		WHERE starts_with(operation.request_id, $1) OR operation.principal = $2 AND operation.occurred_at >= $3 AND operation.occurred_at < $4
		ORDER BY log.log_index`, p.name, expiry.Principal, p.looksFrom(), p.looksFrom().Add(time.Second))
	if err != nil {
		return nil, err
	}
	m := &memory{}
	_, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (struct{}, error) {
		var e entry
		var occurredAt time.Time
		err := row.Scan(&e.Index, &e.SealedAt, &occurredAt, &e.Request)
		if e.Request == "" {
			e.Request = p.asLook(occurredAt)
		}
		m.entries = append(m.entries, e)
		return struct{}{}, err
	})
	for i, e := range m.entries {
		if e.Index != m.entries[0].Index+int64(i) {
			err = fmt.Errorf("the log goes from %d to %d", m.entries[i-1].Index, e.Index)
		}
	}
	return m, err
}

// replay does the operations in the order of the log, and fails where the model ends one
// of them in another way than it ended. What was refused, and what was a repeat, is in
// no log: some moment of its round has to explain it.
func (m *memory) replay(w world, rounds [][]played) error {
	w.loose = true
	m.after = append(m.after, w)
	next := 0
	for i, round := range rounds {
		w.round = i
		accepted := map[string]*played{}
		for j := range round {
			p := &round[j]
			if _, done := w.done[p.op.Request]; !done && p.isLogged() {
				accepted[p.op.Request] = p
			}
		}
		for place := range len(accepted) {
			if next == len(m.entries) {
				return fmt.Errorf("round %d: the log ends before what it accepted: %v", i, accepted)
			}
			p, ok := accepted[m.entries[next].Request]
			if !ok || p.place > 0 {
				return fmt.Errorf("round %d: %+v is in the log, and was not accepted then", i, m.entries[next])
			}
			p.place = place + 1
			next++
		}
		after, explained := explain(w, round, nil)
		if !explained {
			return fmt.Errorf("round %d: %w", i, unexplained(w, round, nil))
		}
		w = after[len(after)-1]
		m.after = append(m.after, after[:len(after)-1]...)
	}
	if next < len(m.entries) {
		return fmt.Errorf("the log goes on after what was accepted: %+v", m.entries[next:])
	}
	return nil
}

// isLogged says whether an operation ended in the log, or repeats one that did.
func (p played) isLogged() bool {
	logged := steps[p.op.Kind].logged
	return strings.HasPrefix(p.outcome, "ok") && (logged == nil || logged(p.outcome))
}

// The log is a serial order that explains every outcome, whoever was at it at
// once and whenever it was sealed; and what the service says was known at an index
// of it, or at a time, is what the model knew after the operations up to there.
func TestTheLogIsRemembered(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	s := newStage(t, api)
	rapid.Check(t, func(rt *rapid.T) {
		p, m, err := s.remember(t.Context(), histories.Draw(rt, "history"))
		if err != nil {
			rt.Fatal(err)
		}
		n := rapid.IntRange(0, 1000).Draw(rt, "looked back at") % len(m.after)
		if err := p.lookBack(t.Context(), m, n); err != nil {
			rt.Fatalf("%v\nof %d entries from %d on", err, len(m.entries), m.entries[0].Index)
		}
	})
}
