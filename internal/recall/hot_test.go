package recall_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/lottrail/lottrail/internal/apitest"
)

// A lot that 32 clients consume, each into one run after the other, twice into each:
// whoever has consumed once has made the scope grow, and waits with his run locked to
// consume again. All the same the recall gets hold of it all, and at once.
func TestActivationOfALotThatAllConsume(t *testing.T) {
	h := newHouse(t, "")
	for round := range 3 {
		l := newLoad(h, fmt.Sprintf("H%d", round))
		ctx, stop := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for range 32 {
			conn := h.Dial(t)
			wg.Go(func() {
				for ctx.Err() == nil {
					l.makeOne(ctx, conn)
				}
			})
		}
		number := l.name + "-C"
		h.open(number, "FLOUR/"+l.seed(0))
		l.more(150)
		answers := activateAll(t, h, []string{number})
		l.more(50)
		stop()
		wg.Wait()
		judge(t, h, number, answers[number])
	}
}

// makeOne starts a run, has it consume the hot lot twice, and put out a lot.
func (l *load) makeOne(ctx context.Context, conn *grpc.ClientConn) {
	run := fmt.Sprintf("%s-R%d", l.name, l.number())
	steps := []func() error{
		func() error { return l.startRun(ctx, conn, run) },
		func() error { return l.consumeLots(ctx, conn, run, l.hot[0]) },
		func() error { return l.consumeLots(ctx, conn, run, l.hot[0]) },
		func() error { return l.output(ctx, conn, run) },
	}
	for _, step := range steps {
		if err := step(); err != nil && status.Code(err) != codes.Canceled && apitest.Reason(err) != "LOT_HELD" {
			l.h.t.Errorf("%s: %v", run, err)
		}
		l.mu.Lock()
		l.calls++
		l.mu.Unlock()
	}
}
