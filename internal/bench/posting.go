package bench

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

// Target is a service and its database.
type Target struct {
	GRPC     string
	Database string // URL of it, as the owner of its tables
}

// bench is a measurement under way.
type bench struct {
	Target
	Options
	conn *pgx.Conn
	work *work
	out  io.Writer
}

// team is as many clients as measure at once: of the service, and scripts.
type team struct {
	service, script []poster
	sizes           sizes
}

func (b *bench) team(ctx context.Context, clients int) (*team, func(), error) {
	t := &team{}
	var undo []func()
	done := func() {
		for _, f := range undo {
			f()
		}
	}
	for range clients {
		c, err := newClient(b.work, b.GRPC, &t.sizes)
		if err != nil {
			return nil, done, err
		}
		undo = append(undo, func() { c.conn.Close() })
		s, err := newScript(ctx, b.work, b.Database, &t.sizes)
		if err != nil {
			return nil, done, err
		}
		undo = append(undo, func() { s.conn.Close(context.WithoutCancel(ctx)) })
		t.service, t.script = append(t.service, c), append(t.script, s)
	}
	return t, done, nil
}

// Pair are rounds of the service and of the script, one after the other.
type Pair struct {
	Service, Script Round
}

// compare measures service and script by turns.
func (b *bench) compare(ctx context.Context, kind posting, t *team) ([]Pair, error) {
	if err := b.warm(ctx, kind, t); err != nil {
		return nil, err
	}
	var pairs []Pair
	for range b.Rounds {
		var p Pair
		var err error
		if p.Service, err = b.counted(ctx, kind, t.service); err != nil {
			return nil, fmt.Errorf("%s by the service: %w", kind.name, err)
		}
		if p.Script, err = b.counted(ctx, kind, t.script); err != nil {
			return nil, fmt.Errorf("%s by the script: %w", kind.name, err)
		}
		if !maps.Equal(p.Service.PerCall, p.Script.PerCall) {
			return nil, fmt.Errorf("%s: the service writes %v a call, the script %v", kind.name, p.Service.PerCall, p.Script.PerCall)
		}
		pairs = append(pairs, p)
	}
	return pairs, nil
}

// warm has everybody post once, so that statements are prepared and the script
// knows how large the answers are that it stores.
func (b *bench) warm(ctx context.Context, kind posting, t *team) error {
	for _, posters := range [][]poster{t.service, t.script} {
		if _, err := round(ctx, b.work, posters, kind, time.Nanosecond); err != nil {
			return fmt.Errorf("%s: %w", kind.name, err)
		}
	}
	return nil
}

// counted is a round, and what it wrote a call.
func (b *bench) counted(ctx context.Context, kind posting, posters []poster) (Round, error) {
	before, err := count(ctx, b.conn)
	if err != nil {
		return Round{}, err
	}
	r, err := round(ctx, b.work, posters, kind, b.Duration)
	if err != nil {
		return r, err
	}
	after, err := count(ctx, b.conn)
	r.PerCall = map[string]float64{}
	for table, n := range after {
		if n != before[table] {
			r.PerCall[table] = float64(n-before[table]) / float64(r.Calls)
		}
	}
	return r, err
}

// ratios are the service's rates in parts of the script's, the least first.
func ratios(pairs []Pair) []float64 {
	var all []float64
	for _, p := range pairs {
		all = append(all, p.Service.Rate()/p.Script.Rate())
	}
	slices.Sort(all)
	return all
}

func (b *bench) postings(ctx context.Context) error {
	for _, clients := range b.Clients {
		t, done, err := b.team(ctx, clients)
		defer done()
		if err != nil {
			return err
		}
		for _, kind := range postings {
			pairs, err := b.compare(ctx, kind, t)
			if err != nil {
				return err
			}
			b.tell(kind.name, clients, pairs)
		}
		if clients == slices.Max(b.Clients) {
			if err := b.heat(ctx, t); err != nil {
				return err
			}
			pairs, err := b.compare(ctx, hotPosting, t)
			if err != nil {
				return err
			}
			b.tell(hotPosting.name, clients, pairs)
		}
		done()
	}
	return Reconcile(ctx, b.conn)
}

// heat starts a run for each client of the hot lot.
func (b *bench) heat(ctx context.Context, t *team) error {
	b.work.hot = nil
	for i, p := range t.service {
		run, err := p.(*client).startHot(ctx, b.work.next.Add(1), i)
		if err != nil {
			return err
		}
		err = b.conn.QueryRow(ctx, "SELECT run_id FROM run WHERE tenant_id = $1 AND production_order_id = $2 AND code = $3",
			tenantID, b.work.ids.ProductionOrder+int64(i), run.code).Scan(&run.id)
		if err != nil {
			return err
		}
		b.work.hot = append(b.work.hot, run)
	}
	return nil
}

func (b *bench) tell(name string, clients int, pairs []Pair) {
	all := ratios(pairs)
	middle := pairs[len(pairs)/2]
	fmt.Fprintf(b.out, "%-10s %3d clients  service %7.0f/s (p50 %v p99 %v)  script %7.0f/s (p50 %v)  ratio %.2f (%.2f to %.2f)\n", name, clients,
		middle.Service.Rate(), middle.Service.Median.Round(10*time.Microsecond), middle.Service.P99.Round(10*time.Microsecond), middle.Script.Rate(), middle.Script.Median.Round(10*time.Microsecond), all[len(all)/2], all[0], all[len(all)-1])
}
