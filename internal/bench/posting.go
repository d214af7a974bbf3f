package bench

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"
)

// team is as many clients as post at once: of the service, and scripts.
type team struct {
	service []*client
	script  []*script
	sizes   sizes
}

func (b *bench) team(ctx context.Context, clients int) (*team, error) {
	t := &team{}
	for range clients {
		c, err := newClient(b.work, b.GRPC, &t.sizes)
		if err != nil {
			return t, err
		}
		t.service = append(t.service, c)
		s, err := newScript(ctx, b.work, b.Database, &t.sizes)
		if err != nil {
			return t, err
		}
		t.script = append(t.script, s)
	}
	return t, nil
}

func (t *team) disband(ctx context.Context) {
	for _, c := range t.service {
		c.conn.Close()
	}
	for _, s := range t.script {
		_ = s.conn.Close(ctx) // it has nothing to lose
	}
}

func posters[P poster](all []P) []poster {
	var of []poster
	for _, p := range all {
		of = append(of, p)
	}
	return of
}

// postings measures every kind of posting with every number of clients, and one hot
// lot with the most.
func (b *bench) postings(ctx context.Context) (*PostingFigures, error) {
	f := &PostingFigures{Duration: Took(b.Duration), Rounds: b.Rounds, PerCall: map[string]Written{}, PgBench: map[int]float64{}}
	for _, clients := range b.Clients {
		if err := b.withTeam(ctx, clients, f); err != nil {
			return f, err
		}
	}
	if err := b.pgbench(ctx, f); err != nil {
		return f, err
	}
	b.progress.Step("waiting for the log, and proving once more that balances are the sums of movements")
	var err error
	if f.Sealed, f.Unsealed, err = b.sealed(ctx); err != nil {
		return f, err
	}
	return f, Reconcile(ctx, b.conn)
}

func (b *bench) withTeam(ctx context.Context, clients int, f *PostingFigures) error {
	t, err := b.team(ctx, clients)
	defer t.disband(context.WithoutCancel(ctx))
	if err != nil {
		return err
	}
	kinds := slices.Clone(documents)
	if clients == slices.Max(b.Clients) {
		if err := b.heat(ctx, t); err != nil {
			return err
		}
		kinds = append(kinds, hotLot)
	}
	for _, kind := range kinds {
		figures, err := b.compare(ctx, t, kind, f)
		if err != nil {
			return fmt.Errorf("%s with %d clients: %w", kind.name, clients, err)
		}
		f.Kinds = append(f.Kinds, figures)
	}
	return nil
}

// compare measures service and script by turns. All post once before that, so that
// statements are prepared, and the script knows how large the answers are that it is
// to store.
func (b *bench) compare(ctx context.Context, t *team, kind posting, f *PostingFigures) (*PostingKind, error) {
	service, script := posters(t.service), posters(t.script)
	b.progress.Step("posting %s, clients: %d", kind.name, len(service))
	for _, of := range [][]poster{service, script} {
		if _, err := b.play(ctx, of, kind, 0); err != nil {
			return nil, err
		}
	}
	k := &PostingKind{Name: kind.name, Clients: len(service)}
	var served, scripted []*round
	var ratios []float64
	for i := range b.Rounds {
		b.progress.Part("by turns", i, b.Rounds)
		a, err := b.counted(ctx, service, kind)
		if err != nil {
			return nil, err
		}
		z, err := b.counted(ctx, script, kind)
		if err != nil {
			return nil, fmt.Errorf("the script: %w", err)
		}
		if err := sameRows(kind.name, a, z, f); err != nil {
			return nil, err
		}
		served, scripted, ratios = append(served, a), append(scripted, z), append(ratios, a.rate()/z.rate())
		k.Refused += a.refused
	}
	k.Ratio = spread(ratios)
	slices.SortFunc(served, byRate)
	slices.SortFunc(scripted, byRate)
	middle := served[len(served)/2]
	k.Service, k.Script = middle.rate(), scripted[len(scripted)/2].rate()
	k.Median, k.P99 = Took(middle.median), Took(middle.p99)
	return k, nil
}

// sameRows sees to it that service and script did the same.
func sameRows(kind string, service, script *round, f *PostingFigures) error {
	if service.refused > 0 {
		return nil // what a run had posted before it was refused counts for no call
	}
	if !maps.Equal(service.written, script.written) {
		return fmt.Errorf("the service writes %v rows a call, and the script %v", service.written, script.written)
	}
	f.PerCall[kind] = service.written
	return nil
}

// heat starts a run for each client of the hot lot.
func (b *bench) heat(ctx context.Context, t *team) error {
	b.work.hot = nil
	for i, c := range t.service {
		run, err := c.startHot(ctx, b.work.next.Add(1), i%len(b.work.Runs))
		if err != nil {
			return err
		}
		err = b.conn.QueryRow(ctx, "SELECT run_id FROM run WHERE tenant_id = $1 AND production_order_id = $2 AND code = $3",
			tenantID, b.work.ids.ProductionOrder+int64(run.order), run.code).Scan(&run.id)
		if err != nil {
			return err
		}
		b.work.hot = append(b.work.hot, run)
	}
	return nil
}

// patience is how long the log may be behind.
const patience = 10 * time.Second

// sealed waits until everything that was posted is in the log, and says how long
// that was, and how much is not there after all patience.
func (b *bench) sealed(ctx context.Context) (took Took, unsealed int64, err error) {
	for began := time.Now(); ; {
		if err := b.conn.QueryRow(ctx, "SELECT count(*) FROM unlogged WHERE tenant_id = $1", tenantID).Scan(&unsealed); err != nil {
			return 0, 0, err
		}
		if took = Took(time.Since(began)); unsealed == 0 || time.Duration(took) > patience {
			return took, unsealed, nil
		}
		select {
		case <-ctx.Done():
			return 0, 0, ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
}
