package model_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// tries is how often each race is run.
func tries(t *testing.T) int {
	if testing.Short() {
		return 200
	}
	return 2000
}

// pair is two operations that meet, and what may come of them.
type pair struct {
	first, second operation
	// allowed are the outcomes, as "first / second".
	allowed []string
}

// race runs a pair many times, in the four workers' own time, and judges how
// each ended. Every try has a lot or a run of its own.
func race(t *testing.T, makePair func(try int) pair, verdict func(context.Context, plant, int, string) error) {
	t.Parallel()
	p := newRacecourse(t)
	todo := make(chan int)
	var wg sync.WaitGroup
	seen := sync.Map{}
	for range 4 {
		conns := []*grpc.ClientConn{p.api.Dial(t), p.api.Dial(t)}
		wg.Go(func() {
			for try := range todo {
				outcome, err := p.meet(t.Context(), conns, makePair(try))
				if err == nil {
					err = verdict(t.Context(), p, try, outcome)
				}
				if err != nil {
					t.Errorf("try %d: %v", try, err)
				}
				count, _ := seen.LoadOrStore(outcome, new(atomic.Int64))
				count.(*atomic.Int64).Add(1)
			}
		})
	}
	for try := range tries(t) {
		todo <- try
	}
	close(todo)
	wg.Wait()
	seen.Range(func(outcome, count any) bool {
		t.Logf("%5d times %s", count.(*atomic.Int64).Load(), outcome)
		return true
	})
}

// newRacecourse is a plant with a lot and an open run for every try.
func newRacecourse(t *testing.T) plant {
	t.Helper()
	api := apitest.Start(t)
	api.Minimal(t)
	p := plant{api: api, name: "R-"}
	if err := p.setUp(t.Context(), &stockTheme); err != nil {
		t.Fatal(err)
	}
	const batch = 500
	for from := 0; from < tries(t); from += batch {
		op := operation{Kind: receive, Request: fmt.Sprint("stock", from), Document: fmt.Sprint("stock", from)}
		for try := from; try < min(from+batch, tries(t)); try++ {
			op.Lines = append(op.Lines, line{Lot: tryLot(try), From: apitest.Shelf, Quantity: 1})
		}
		if outcome, _ := p.call(t.Context(), api.Conn, op); outcome != "ok" {
			t.Fatal(outcome)
		}
	}
	for try := range tries(t) {
		if err := p.startRun(t.Context(), try+3); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func tryLot(try int) string { return fmt.Sprint("F", try) }

// meet sends both operations at once.
func (p plant) meet(ctx context.Context, conns []*grpc.ClientConn, both pair) (string, error) {
	var outcomes [2]string
	var responses [2]proto.Message
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i, op := range []operation{both.first, both.second} {
		wg.Go(func() {
			<-start
			outcomes[i], responses[i] = p.call(ctx, conns[i], op)
		})
	}
	close(start)
	wg.Wait()
	outcome := strings.Join(outcomes[:], " / ")
	if both.first.Request == both.second.Request && !proto.Equal(responses[0], responses[1]) {
		return outcome, fmt.Errorf("one request, two responses: %v and %v", responses[0], responses[1])
	}
	if !slices.Contains(both.allowed, outcome) {
		return outcome, fmt.Errorf("ended %q, want one of %q", outcome, both.allowed)
	}
	return outcome, nil
}

func takeOne(k kind, id string, try int) operation {
	op := operation{Kind: k, Request: fmt.Sprint(id, try), Lines: []line{{Lot: tryLot(try), From: apitest.Shelf, Quantity: 1}}}
	if k == ship {
		op.Document = op.Request
	}
	if k == consume {
		op.Run = 1
	}
	return op
}

// recordedBefore sees to it that one request was recorded before another, by
// the database's clock.
func (p plant) recordedBefore(ctx context.Context, first, second string) error {
	var inOrder bool
	err := p.api.DB.QueryRow(ctx, `
		SELECT (SELECT recorded_at FROM operation WHERE tenant_id = 1 AND request_id = $1)
		     < (SELECT recorded_at FROM operation WHERE tenant_id = 1 AND request_id = $2)`,
		p.name+first, p.name+second).Scan(&inOrder)
	if err == nil && !inOrder {
		err = fmt.Errorf("%s was recorded after %s", first, second)
	}
	return err
}

// onHandIs checks what is left of a try's lot.
func (p plant) onHandIs(ctx context.Context, try int, want string) error {
	resp, err := p.api.Lots.GetLot(ctx, &pb.GetLotRequest{Sku: p.sku(tryLot(try)), LotCode: tryLot(try)})
	if err == nil && resp.GetLot().GetOnHand().GetValue() != want {
		err = fmt.Errorf("%s on hand, want %s", resp.GetLot().GetOnHand().GetValue(), want)
	}
	return err
}

// holdAgainst races a hold with what would use the lot. Either the hold was
// first, and the user is refused and nothing left; or the user was, and then it
// was recorded first too.
func holdAgainst(t *testing.T, user kind) {
	race(t, func(try int) pair {
		return pair{takeOne(hold, "hold", try), takeOne(user, "use", try), []string{"ok: hold 1 / ok", "ok: hold 1 / LOT_HELD"}}
	}, func(ctx context.Context, p plant, try int, outcome string) error {
		if outcome == "ok: hold 1 / LOT_HELD" {
			return p.onHandIs(ctx, try, "1")
		}
		return p.recordedBefore(ctx, fmt.Sprint("use", try), fmt.Sprint("hold", try))
	})
}

func TestHoldAgainstShip(t *testing.T) { holdAgainst(t, ship) }

func TestHoldAgainstConsume(t *testing.T) { holdAgainst(t, consume) }

func TestTwoShipmentsOfTheLastUnit(t *testing.T) {
	race(t, func(try int) pair {
		return pair{takeOne(ship, "one", try), takeOne(ship, "other", try), []string{"ok / INSUFFICIENT_STOCK", "INSUFFICIENT_STOCK / ok"}}
	}, func(ctx context.Context, p plant, try int, _ string) error { return p.onHandIs(ctx, try, "0") })
}

func TestOutputAgainstFinish(t *testing.T) {
	race(t, func(try int) pair {
		run := try + 3
		return pair{
			operation{Kind: output, Request: fmt.Sprint("output", try), Run: run, Lines: []line{{Lot: fmt.Sprint("B", try), From: apitest.Shelf, Quantity: 1}}},
			operation{Kind: finish, Request: fmt.Sprint("finish", try), Run: run},
			[]string{"ok / ok", "RUN_FINISHED / ok"},
		}
	}, func(ctx context.Context, p plant, try int, outcome string) error {
		if outcome == "ok / ok" {
			return p.recordedBefore(ctx, fmt.Sprint("output", try), fmt.Sprint("finish", try))
		}
		return nil
	})
}

func TestTheSameRequestOnTwoConnections(t *testing.T) {
	race(t, func(try int) pair {
		op := takeOne(ship, "same", try)
		return pair{op, op, []string{"ok / ok"}}
	}, func(ctx context.Context, p plant, try int, _ string) error { return p.onHandIs(ctx, try, "0") })
}

// A hold comes through while 16 clients hammer the lot, within a second, and
// after it has answered nothing leaves. It does not run beside the others, whose
// load is not what it is about; for what else the machine does, the median of
// five counts.
func TestHoldUnderLoad(t *testing.T) {
	api := apitest.Start(t)
	api.Minimal(t)
	p := plant{api: api, name: "H-"}
	if err := p.setUp(t.Context(), &stockTheme); err != nil {
		t.Fatal(err)
	}
	one := []line{{Lot: "F1", From: apitest.Shelf, Quantity: 1}}
	much := []line{{Lot: "F1", From: apitest.Shelf, Quantity: 1_000_000}}
	if outcome, _ := p.call(t.Context(), api.Conn, operation{Kind: receive, Request: "stock", Document: "stock", Lines: much}); outcome != "ok" {
		t.Fatal(outcome)
	}
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	shipped := make(chan struct{}, 1)
	for client := range 16 {
		conn := api.Dial(t)
		wg.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				id := fmt.Sprintf("ship-%d-%d", client, n)
				outcome, _ := p.call(ctx, conn, operation{Kind: ship, Request: id, Document: id, Lines: one})
				if outcome == "ok" {
					select {
					case shipped <- struct{}{}:
					default:
					}
				}
			}
		})
	}
	defer wg.Wait()
	defer stop()
	var waits []time.Duration
	for n := 1; n <= 5; n++ {
		for range 16 {
			<-shipped // the hammering is under way
		}
		began := time.Now()
		outcome, _ := p.call(t.Context(), api.Conn, operation{Kind: hold, Request: fmt.Sprintf("hold-%d", n), Lines: one})
		waits = append(waits, time.Since(began))
		if outcome != fmt.Sprintf("ok: hold %d", n) {
			t.Errorf("hold %d: %s", n, outcome)
		}
		before := p.onHand(t, "F1")
		for range 20 {
			id := apitest.ID()
			if outcome, _ := p.call(t.Context(), api.Conn, operation{Kind: ship, Request: id, Document: id, Lines: one}); outcome != "LOT_HELD" {
				t.Errorf("shipped after the hold had answered: %s", outcome)
			}
		}
		if after := p.onHand(t, "F1"); after != before {
			t.Errorf("%s on hand when the hold had answered, then %s", before, after)
		}
		p.call(t.Context(), api.Conn, operation{Kind: release, Request: fmt.Sprintf("release-%d", n), Number: n, Lines: one})
	}
	t.Logf("holds took %v", waits)
	slices.Sort(waits)
	if median := waits[len(waits)/2]; median > time.Second {
		t.Errorf("holds took %v; want the median within a second", waits)
	}
}

func (p plant) onHand(t *testing.T, code string) string {
	t.Helper()
	resp, err := p.api.Lots.GetLot(t.Context(), &pb.GetLotRequest{Sku: p.sku(code), LotCode: code})
	if err != nil {
		t.Fatal(err)
	}
	return resp.GetLot().GetOnHand().GetValue()
}
