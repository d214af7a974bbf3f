// Package bench measures the service on a plant that it makes up, beside bare
// scripts that write, or read, the same rows in the same database.
//
// Service and script take turns, round by round, so that whatever else the machine
// does meets both: the ratios say more than the rates. Before anything is measured
// both have answered once and were found to say, or to write, the same.
package bench

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/bench/plant"
)

// The parts of which any can be chosen.
const (
	Traces    = "traces"
	Crowd     = "crowd"
	Resident  = "memory"
	Scaling   = "scaling"
	Timelines = "timelines"
	Warehouse = "warehouse"
	Postings  = "postings"
	Recall    = "recall"
)

// Parts are all parts in the order in which they are measured: postings change
// what is traced, and a recall what can be posted. Memory needs a program to start, and
// scaling a plant of its own, which it makes much larger.
func Parts() []string { return append([]string{Resident, Scaling}, Usual()...) }

// Usual are those that are measured unless others are asked for.
func Usual() []string { return []string{Traces, Timelines, Warehouse, Crowd, Postings, Recall} }

// Target is a service and its database, which is empty.
type Target struct {
	GRPC     string
	Database string // URL of it, as the owner of its tables
	Program  string // with which services and clients in processes of their own are started
}

// Options say what to measure, and for how long.
type Options struct {
	Shape    plant.Shape
	Parts    []string
	Duration time.Duration // of a round of postings
	Rounds   int           // of the service, and as many of the script
	Repeats  int           // of a trace, and of whatever else is read
	Recalls  int           // that are activated
	Clients  []int
	Tracers  int  // at once
	Growths  int  // of the database, tenfold each
	Plan     bool // of the bare trace
}

// bench is a measurement under way.
type bench struct {
	Target
	Options
	conn     *pgx.Conn
	walker   *pgx.Conn // for the bare traces
	work     *work
	progress *Progress
}

// Run makes a plant, loads it and measures. What it returns with an error is what
// it had measured by then.
func Run(ctx context.Context, target Target, options Options, progress *Progress) (*Report, error) {
	conn, err := connect(ctx, target.Database)
	if err != nil {
		return nil, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	b := &bench{Target: target, Options: options, conn: conn, progress: progress}
	defer progress.End()
	report := &Report{}
	if report.Plant, err = b.plant(ctx); err != nil {
		return nil, err
	}
	if report.Machine, err = machine(ctx, conn); err != nil {
		return nil, err
	}
	for _, part := range Parts() {
		if !slices.Contains(options.Parts, part) {
			continue
		}
		switch part {
		case Traces:
			report.Traces, err = b.traces(ctx)
		case Resident:
			report.Memory, err = b.memory(ctx)
		case Scaling:
			report.Scaling, err = b.scaling(ctx)
		case Crowd:
			report.Crowd, err = b.crowd(ctx)
		case Timelines:
			report.Timelines, err = b.timelines(ctx)
		case Warehouse:
			report.Warehouse, err = b.warehouse(ctx)
		case Postings:
			report.Postings, err = b.postings(ctx)
		case Recall:
			report.Recall, err = b.recalls(ctx)
		}
		if err != nil {
			return report, fmt.Errorf("%s: %w", part, err)
		}
	}
	return report, nil
}

// connect is how scripts connect: with plans that are made once, as the service has
// them, for a script would be slower without.
func connect(ctx context.Context, url string) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	config.RuntimeParams["application_name"] = "lottrail bench"
	config.RuntimeParams["timezone"] = "UTC"
	config.RuntimeParams["plan_cache_mode"] = "force_generic_plan"
	return pgx.ConnectConfig(ctx, config)
}

// plant makes and loads the plant and proves that it was loaded whole.
func (b *bench) plant(ctx context.Context) (PlantFacts, error) {
	b.progress.Step("making a plant of %d lots", b.Shape.Lots)
	p, err := plant.Make(b.Shape)
	if err != nil {
		return PlantFacts{}, err
	}
	b.progress.Step("loading it")
	began := time.Now()
	ids, err := plant.Load(ctx, b.conn, p, b.progress.Part)
	if err != nil {
		return PlantFacts{}, err
	}
	facts := PlantFacts{
		Lots: len(p.Lots), Runs: len(p.Runs), Seed: b.Shape.Seed, Loaded: Took(time.Since(began)),
		HotReach: p.HotReach, TypicalReach: p.TypicalReach,
	}
	b.progress.Step("proving that balances are the sums of movements, and that nothing refers to what is not there")
	if err := Reconcile(ctx, b.conn); err != nil {
		return facts, err
	}
	if err := References(ctx, b.conn); err != nil {
		return facts, err
	}
	if facts.Rows, err = count(ctx, b.conn); err != nil {
		return facts, err
	}
	b.work = newWork(p, ids)
	return facts, nil
}
