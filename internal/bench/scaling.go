package bench

import (
	"context"
	"errors"
	"fmt"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/bench/plant"
)

// tenfold is how much larger the database is each time.
const tenfold = 10

// scaling traces the same lots in a database that grows: what a trace costs is to hang
// on what it finds, and not on what there is beside that.
func (b *bench) scaling(ctx context.Context) (*ScalingFigures, error) {
	conn, err := dial(b.GRPC)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if b.walker, err = connectWalker(ctx, b.Database); err != nil {
		return nil, err
	}
	defer b.walker.Close(context.WithoutCancel(ctx))
	client, floor := lottrailv1.NewTraceServiceClient(conn), b.work.Floor()
	f := &ScalingFigures{Repeats: b.Repeats}
	lots := b.work.Shape.Lots
	cones := b.cones(floor)
	for generation := 0; ; generation++ {
		size := &ScalingSize{Lots: lots}
		if err := b.conn.QueryRow(ctx, "SELECT pg_database_size(current_database())").Scan(&size.Database); err != nil {
			return f, err
		}
		for _, lot := range cones {
			b.progress.Step("tracing lot %d among %d, %d times", lot, lots, b.Repeats)
			traced, err := b.trace(ctx, client, floor, int(lot))
			if err != nil {
				return f, fmt.Errorf("lot %d among %d: %w", lot, lots, err)
			}
			size.Traces = append(size.Traces, traced)
		}
		f.Sizes = append(f.Sizes, size)
		if generation == b.Growths {
			return f, errors.Join(Reconcile(ctx, b.conn), References(ctx, b.conn))
		}
		lots *= tenfold
		b.progress.Step("making the database one of %d lots", lots)
		if err := plant.Grow(ctx, b.conn, b.work.ids, generation+1, tenfold, b.progress.Part); err != nil {
			return f, err
		}
	}
}

// cones are lots that reach about 1, 10, 100 and as many lots as one can.
func (b *bench) cones(floor *plant.Floor) []int32 {
	targets := []int{1, 10, 100}
	best, off := make([]int32, len(targets)), make([]int, len(targets))
	step := max(1, len(b.work.Lots)/2000)
	for lot := 1; lot < len(b.work.Lots); lot += step {
		reach := floor.Forward(int32(lot)).Lots //nolint:gosec // a plant's lots
		for i, target := range targets {
			if by := max(reach-target, target-reach); best[i] == 0 || by < off[i] {
				best[i], off[i] = int32(lot), by //nolint:gosec // a plant's lots
			}
		}
	}
	return append(best, b.work.Hot)
}
