package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/lottrail/lottrail/internal/bench/plant"
)

// work makes up what is to be posted, for the service and for the script alike.
type work struct {
	*plant.Plant
	ids    *plant.IDs
	byItem [][]int32 // the finished lots of each item
	next   atomic.Int64
	hot    []hotRun
	hall   *hall
}

// perLine is how much a line moves: so little that no lot of the plant runs out.
const perLine = "0.001"

// receiptJob is a receipt of new lots against an open purchase order.
type receiptJob struct {
	n     int64
	order int // of the open ones
	at    time.Time
}

// runJob is a run that consumes lots and puts one out.
type runJob struct {
	n      int64
	order  int // the production order of this run of the plant
	inputs []int
	at     time.Time
}

// shipJob is a shipment against an open sales order.
type shipJob struct {
	n     int64
	order int
	lots  []int
	at    time.Time
}

// hotRun is an open run that a client consumes one and the same lot into.
type hotRun struct {
	id    int64
	order int
	code  string
}

type hotJob struct {
	n   int64
	run hotRun
	at  time.Time
}

func newWork(p *plant.Plant, ids *plant.IDs) *work {
	w := &work{Plant: p, ids: ids, byItem: make([][]int32, plant.Items)}
	for lot := int(p.LotLevels[plant.Levels-1]); lot < len(p.Lots); lot++ {
		item := p.Lots[lot].Item
		w.byItem[item] = append(w.byItem[item], int32(lot))
	}
	return w
}

func (w *work) receipt(*rand.Rand) receiptJob {
	n := w.next.Add(1)
	return receiptJob{n: n, order: int(n) % w.OpenOrders(), at: time.Now()}
}

func (w *work) run(draw *rand.Rand) runJob {
	n := w.next.Add(1)
	return runJob{
		n: n, order: draw.IntN(len(w.Runs)), at: time.Now(),
		// The first lot is the hot one, which has a measurement of its own.
		inputs: different(plant.Inputs, func() int { return 1 + draw.IntN(int(w.LotLevels[plant.Levels-1])-1) }),
	}
}

func (w *work) shipment(draw *rand.Rand) shipJob {
	n := w.next.Add(1)
	j := shipJob{n: n, order: int(n) % w.OpenOrders(), at: time.Now()}
	for line := range plant.DocumentLines {
		lots := w.byItem[w.OrderedItem(j.order, line)]
		j.lots = append(j.lots, int(lots[draw.IntN(len(lots))]))
	}
	return j
}

func different(n int, draw func() int) []int {
	var all []int
	for len(all) < n {
		one := draw()
		again := false
		for _, other := range all {
			again = again || one == other
		}
		if !again {
			all = append(all, one)
		}
	}
	return all
}

// Codes of what is posted.
func (j receiptJob) code() string         { return fmt.Sprintf("BENCH-%d", j.n) }
func (j receiptJob) lotCode(i int) string { return fmt.Sprintf("BENCH-%d-%d", j.n, i) }
func (j runJob) code() string             { return fmt.Sprintf("BENCH-%d", j.n) }
func (j runJob) lotCode() string          { return fmt.Sprintf("BENCH-%d", j.n) }
func (j shipJob) code() string            { return fmt.Sprintf("BENCH-%d", j.n) }
func requestID(n int64, step int) string  { return fmt.Sprintf("bench-%d-%d", n, step) }

// poster posts: the service's client or the script.
type poster interface {
	receipt(ctx context.Context, j receiptJob) error
	run(ctx context.Context, j runJob) error
	shipment(ctx context.Context, j shipJob) error
	hot(ctx context.Context, j hotJob) error
	pick(ctx context.Context, j pickJob) error
}

// posting is a kind of posting that is measured.
type posting struct {
	name string
	post func(ctx context.Context, w *work, p poster, draw *rand.Rand, client int) error
}

var documents = []posting{
	{"receipts of 5 lots", func(ctx context.Context, w *work, p poster, draw *rand.Rand, _ int) error {
		return p.receipt(ctx, w.receipt(draw))
	}},
	{"runs of 4 lots into 1", func(ctx context.Context, w *work, p poster, draw *rand.Rand, _ int) error {
		return p.run(ctx, w.run(draw))
	}},
	{"shipments of 5 lots", func(ctx context.Context, w *work, p poster, draw *rand.Rand, _ int) error {
		return p.shipment(ctx, w.shipment(draw))
	}},
}

var hotLot = posting{"consuming one hot lot", func(ctx context.Context, w *work, p poster, _ *rand.Rand, client int) error {
	return p.hot(ctx, hotJob{n: w.next.Add(1), run: w.hot[client], at: time.Now()})
}}
