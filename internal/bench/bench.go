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
	return b.postings(ctx)
}
