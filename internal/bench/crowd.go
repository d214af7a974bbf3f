package bench

import (
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// tracer is one of many who trace at once, each on a connection of its own.
type tracer struct {
	client lottrailv1.TraceServiceClient
	hot    bool
	took   []time.Duration
}

// crowd has many clients trace at once, half of them the hot lot and half the typical
// one, while others post, by turns with postings alone.
func (b *bench) crowd(ctx context.Context) (*CrowdFigures, error) {
	clients := b.Clients[len(b.Clients)/2]
	team, err := b.team(ctx, clients)
	defer team.disband(context.WithoutCancel(ctx))
	if err != nil {
		return nil, err
	}
	var tracers []*tracer
	for i := range b.Tracers {
		conn, err := dial(b.GRPC)
		if err != nil {
			return nil, err
		}
		defer conn.Close()
		tracers = append(tracers, &tracer{client: lottrailv1.NewTraceServiceClient(conn), hot: i%2 == 0})
	}
	kind := documents[len(documents)-1]
	b.progress.Step("posting %s, clients: %d, and tracing, clients: %d", kind.name, clients, b.Tracers)
	f := &CrowdFigures{Tracers: b.Tracers, Clients: clients, Kind: kind.name, Rounds: b.Rounds, Duration: Took(b.Duration)}
	posters := posters(team.service)
	if _, err := b.play(ctx, posters, kind, 0); err != nil {
		return nil, err
	}
	var alone, beside []*round
	var ratios []float64
	for i := range b.Rounds {
		b.progress.Part("by turns", i, b.Rounds)
		a, err := b.play(ctx, posters, kind, b.Duration)
		if err != nil {
			return nil, err
		}
		z, err := b.beside(ctx, tracers, posters, kind)
		if err != nil {
			return nil, err
		}
		alone, beside, ratios = append(alone, a), append(beside, z), append(ratios, z.rate()/a.rate())
	}
	f.Ratio, f.Alone, f.Beside = spread(ratios), rated(alone), rated(beside)
	f.Traces = []*CrowdTraces{ofTracers("hot", true, tracers), ofTracers("typical", false, tracers)}
	return f, nil
}

// beside posts while all the tracers trace: each again and again until the posting is
// over, and once at least.
func (b *bench) beside(ctx context.Context, tracers []*tracer, posters []poster, kind posting) (*round, error) {
	group, ctx := errgroup.WithContext(ctx)
	over := make(chan struct{})
	for _, t := range tracers {
		group.Go(func() error {
			for {
				if err := b.traceOnce(ctx, t); err != nil {
					return err
				}
				select {
				case <-over:
					return nil
				default:
				}
			}
		})
	}
	var posted *round
	group.Go(func() (err error) {
		defer close(over)
		posted, err = b.play(ctx, posters, kind, b.Duration)
		return err
	})
	return posted, group.Wait()
}

func (b *bench) traceOnce(ctx context.Context, t *tracer) error {
	lot := b.work.Typical
	if t.hot {
		lot = b.work.Hot
	}
	came, err := b.stream(ctx, t.client, int(lot), nil)
	if err != nil {
		return fmt.Errorf("one of %d traces at once: %w", b.Tracers, err)
	}
	t.took = append(t.took, came.whole)
	return nil
}

// rated are the figures of the round that was neither the fastest nor the slowest.
func rated(rounds []*round) PostingRate {
	slices.SortFunc(rounds, byRate)
	middle := rounds[len(rounds)/2]
	return PostingRate{PerSecond: middle.rate(), Median: Took(middle.median), P99: Took(middle.p99)}
}

func byRate(a, b *round) int { return int(a.rate() - b.rate()) }

// ofTracers tells what those had who traced the hot lot, or the typical one.
func ofTracers(name string, hot bool, tracers []*tracer) *CrowdTraces {
	c := &CrowdTraces{Lot: name}
	var all durations
	for _, t := range tracers {
		if t.hot != hot {
			continue
		}
		if c.Clients++; c.Clients == 1 || len(t.took) < c.Fewest {
			c.Fewest = len(t.took)
		}
		for _, took := range t.took {
			all.add(took)
		}
	}
	c.Done = len(all)
	if c.Done > 0 {
		s := spread(all)
		c.Least, c.Median, c.Most = Took(s.Least), Took(s.Median), Took(s.Most)
	}
	return c
}
