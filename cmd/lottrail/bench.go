package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/pprof"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/lottrail/lottrail/internal/bench"
	"github.com/lottrail/lottrail/internal/bench/plant"
	"github.com/lottrail/lottrail/internal/config"
	"github.com/lottrail/lottrail/internal/treeview"
)

// benching is what bench is told beside what to measure.
type benching struct {
	config.Config
	bench.Options
	json    bool
	plot    string
	profile string
}

func benchCommand() *cobra.Command {
	var b benching
	cmd := &cobra.Command{
		Use:   "bench [part]...",
		Short: "Measure traces, timelines, a warehouse, postings and recalls beside bare SQL",
		Long: `Makes up a plant, loads it into a private PostgreSQL, starts the service and
measures it over gRPC, beside what does the same with bare SQL on the same database:

  traces     of a raw lot that reaches a tenth of all lots and of a typical one,
             beside one recursive query that returns the same rows and a breadth-first
             search in memory
  crowd      many that trace at once, and what is posted beside them and without them
  memory     what one wide trace takes, service and client in processes of their own
             (only if asked for, and on Linux)
  scaling    the same traces in a database that grows tenfold again and again (only if
             asked for)
  timelines  pages of the timeline of a lot with 10,000 movements, beside one query
             that returns the same rows
  warehouse  what to pick of an item with 10,000 lots, first expired first; what is in
             a hall with 100,000 balances; and pickers who all take of one lot, beside
             one query that returns the same, and a script that writes the same rows
  postings   receipts, runs and shipments a second, beside a script that writes the
             same rows in one round trip a call, and beside pgbench -N
  recall     activation of a recall on the lot that reaches a tenth of all, and its
             packet, beside a statement that takes the same locks and writes the same
             holds

Service and script take turns, so the ratios hold on a machine that does other things
as well; they come first. Answers and rows are compared before they are timed, and
balances are proved to be the sums of their movements after everything.

It needs no set-up and keeps nothing. With 100,000 lots it takes some five minutes and
one gigabyte of disk; with --lots 1000 --duration 100ms less than one. The plant is the
same for the same --lots and --seed.`,
		Example: `  lottrail bench
  lottrail bench traces --plan
  lottrail bench postings --clients 16 --rounds 9
  lottrail bench memory --lots 1400000 --reach 0.72
  lottrail bench scaling --lots 10000 --growths 2 --plot scaling.svg
  lottrail bench --lots 1000000 --json > figures.json`,
		ValidArgs: bench.Parts(),
		Args:      cobra.OnlyValidArgs,
	}
	b.addFlags(cmd.Flags())
	cmd.RunE = func(cmd *cobra.Command, parts []string) error {
		b.Parts = parts
		if len(parts) == 0 {
			b.Parts = bench.Usual()
		}
		if err := b.check(cmd.Flags()); err != nil {
			return err
		}
		return b.run(cmd)
	}
	return cmd
}

func (b *benching) addFlags(flags *pflag.FlagSet) {
	flags.StringVar(&b.DatabaseURL, "database-url", "", "`URL` of an empty PostgreSQL database to measure on instead, as its owner; what is loaded stays in it")
	flags.IntVar(&b.Shape.Lots, "lots", 100_000, "`number` of lots in the plant, 1,000 at least")
	flags.Uint64Var(&b.Shape.Seed, "seed", 1, "`number` that the plant is made from")
	flags.DurationVar(&b.Duration, "duration", 2*time.Second, "`time` that a round of postings lasts")
	flags.IntVar(&b.Rounds, "rounds", 5, "`rounds` of postings by the service, and as many by the script")
	flags.IntSliceVar(&b.Clients, "clients", []int{1, 8, 32}, "how many `clients` post at once")
	flags.IntVar(&b.Tracers, "tracers", 64, "`number` of clients that trace at once")
	flags.Float64Var(&b.Shape.Reach, "reach", 0, "`part` of all lots that the hot one reaches; 0 is a tenth")
	flags.IntVar(&b.Growths, "growths", 1, "`times` that scaling makes the database ten times as large")
	flags.StringVar(&b.plot, "plot", "", "`file` to draw what scaling measured into, as SVG")
	flags.IntVar(&b.Repeats, "repeats", 9, "`times` that each trace, and whatever else is read, is asked for")
	flags.IntVar(&b.Recalls, "recalls", 5, "`number` of recalls that are activated")
	flags.BoolVar(&b.Plan, "plan", false, "print how PostgreSQL carries out the bare trace")
	flags.BoolVar(&b.json, "json", false, "print the figures for programs")
	flags.StringVar(&b.profile, "cpuprofile", "", "`file` to write a CPU profile of this process to, service and clients")
}

const (
	maxClients = 100 // leaves connections to the service
	maxTracers = 1000
	maxGrowths = 4
)

// check takes nothing from the environment: a database that is meant for something
// else is not to be filled.
func (b *benching) check(flags *pflag.FlagSet) error {
	if err := b.Resolve(flags, func(string) string { return "" }); err != nil {
		return err
	}
	wrong := func(format string, args ...any) error {
		return fmt.Errorf("%w: %w", config.ErrInvalid, fmt.Errorf(format, args...))
	}
	switch {
	case b.Shape.Lots < plant.MinLots || b.Shape.Lots > plant.MaxLots:
		return wrong("--lots is %d: take %d to %d", b.Shape.Lots, plant.MinLots, plant.MaxLots)
	case b.Rounds < 1 || b.Repeats < 1 || b.Recalls < 1:
		return wrong("--rounds, --repeats and --recalls are 1 at least")
	case b.Duration <= 0 || b.Duration > time.Hour:
		return wrong("--duration is %v: take something above zero, an hour at most", b.Duration)
	case len(b.Clients) == 0 || slices.Min(b.Clients) < 1 || slices.Max(b.Clients) > maxClients:
		return wrong("--clients is %v: take numbers from 1 to %d", b.Clients, maxClients)
	case b.Shape.Reach < 0 || b.Shape.Reach > plant.MaxReach:
		return wrong("--reach is %v: take 0 to %v", b.Shape.Reach, plant.MaxReach)
	case b.Growths < 1 || b.Growths > maxGrowths:
		return wrong("--growths is %d: take 1 to %d", b.Growths, maxGrowths)
	case b.plot != "" && !slices.Contains(b.Parts, bench.Scaling):
		return wrong("--plot draws what scaling measures: lottrail bench scaling --plot %s", b.plot)
	case b.Tracers < 1 || b.Tracers > maxTracers:
		return wrong("--tracers is %d: take 1 to %d", b.Tracers, maxTracers)
	}
	return nil
}

func (b *benching) run(cmd *cobra.Command) (err error) {
	ctx := cmd.Context()
	progress := bench.NewProgress(os.Stderr, treeview.IsTerminal(os.Stderr))
	b.GRPCListen, b.HTTPListen, b.ShutdownTimeout = "127.0.0.1:0", "127.0.0.1:0", 10*time.Second
	b.Migrate, b.MaxConnections = true, config.DefaultConnections
	b.LogLevel, b.LogFormat = "warn", "text"
	if b.DatabaseURL != "" {
		if err := plant.CheckEmpty(ctx, b.DatabaseURL); err != nil {
			return fmt.Errorf("--database-url: %w", err)
		}
	} else {
		// Kept for the time being, so that commits are as durable as they are for
		// who serves.
		if b.DataDir, err = os.MkdirTemp("", "lottrail-bench-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(b.DataDir)) }()
		if err := os.Chmod(b.DataDir, 0o755); err != nil { // PostgreSQL may run as another user
			return err
		}
	}
	stop, err := b.startProfile()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	program, err := os.Executable()
	if err != nil {
		return err
	}
	progress.Step("starting")
	service, err := startAll(ctx, &b.Config, newLog(&b.Config))
	if err != nil {
		return err
	}
	report, err := bench.Run(ctx, bench.Target{GRPC: service.GRPC, Database: service.url, Program: program}, b.Options, progress)
	if ctx.Err() != nil {
		err = ctx.Err() // Ctrl-C, and not what it broke
	}
	if err := errors.Join(err, service.Stop()); err != nil {
		return err
	}
	return b.print(cmd.OutOrStdout(), report)
}

func (b *benching) print(w io.Writer, report *bench.Report) error {
	if b.plot != "" {
		if err := os.WriteFile(b.plot, report.Scaling.Plot(), 0o644); err != nil { //nolint:gosec // a picture is for everybody
			return err
		}
	}
	if b.json {
		encoder := json.NewEncoder(w)
		encoder.SetIndent("", "  ")
		return encoder.Encode(report)
	}
	return report.Print(w)
}

// startProfile returns what ends it.
func (b *benching) startProfile() (func() error, error) {
	if b.profile == "" {
		return func() error { return nil }, nil
	}
	f, err := os.Create(b.profile)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() error {
		pprof.StopCPUProfile()
		return f.Close()
	}, nil
}
