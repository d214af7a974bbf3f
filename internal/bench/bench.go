// Package bench measures the service on a plant that it makes up, beside bare
// scripts that do the same to the same database.
package bench

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/bench/plant"
)

// Options say what to measure, and for how long.
type Options struct {
	Shape    plant.Shape
	Duration time.Duration // of a round
	Rounds   int           // of service and script each
	Clients  []int
	Repeats  int // of a trace
}

// Run makes a plant, loads it and measures.
func Run(ctx context.Context, target Target, options Options, out io.Writer) error {
	conn, err := pgx.Connect(ctx, target.Database)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	b := &bench{Target: target, Options: options, conn: conn, out: out}
	began := time.Now()
	p, err := plant.Make(options.Shape)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "made %d lots, %d runs in %v; hot reaches %d, typical %d\n", len(p.Lots), len(p.Runs), time.Since(began), p.HotReach, p.TypicalReach)
	began = time.Now()
	ids, err := plant.Load(ctx, conn, p, func(string, int, int) {})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "loaded in %v\n", time.Since(began))
	began = time.Now()
	if err := Reconcile(ctx, conn); err != nil {
		return err
	}
	if err := References(ctx, conn); err != nil {
		return err
	}
	fmt.Fprintf(out, "proved in %v\n", time.Since(began))
	b.work = newWork(p, ids)
	traced, err := b.traces(ctx)
	if err != nil {
		return err
	}
	for _, t := range traced {
		fmt.Fprintf(out, "%-8s %d lots %d edges %d shipment lines: first %v, whole %v, query %v, ids %v: ratio %.2f, to ids %.2f\n", t.Name, t.Lots, t.Edges, t.Shipments,
			median(t.First), median(t.Whole), median(t.Query), median(t.IDs), float64(median(t.Whole))/float64(median(t.Query)), float64(median(t.Whole))/float64(median(t.IDs)))
	}
	return b.postings(ctx)
}
