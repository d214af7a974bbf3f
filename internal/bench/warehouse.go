package bench

import (
	"context"
	"fmt"
	"slices"
	"time"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/bench/plant"
)

var warehouseStatements = statements("warehouse.sql")

// hall is one that is loaded, and what is asked of it.
type hall struct {
	*plant.Hall
	ids  *plant.HallIDs
	lots lottrailv1.LotsServiceClient
}

// warehouse measures proposals of what to pick, the contents of a hall, and pickers who
// all take of one lot.
func (b *bench) warehouse(ctx context.Context) (*WarehouseFigures, error) {
	conn, err := dial(b.GRPC)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if b.walker, err = connect(ctx, b.Database); err != nil {
		return nil, err
	}
	defer b.walker.Close(context.WithoutCancel(ctx))
	if err := b.loadHall(ctx); err != nil {
		return nil, err
	}
	b.work.hall.lots = lottrailv1.NewLotsServiceClient(conn)
	h := b.work.hall
	f := &WarehouseFigures{Repeats: b.Repeats, Bins: h.Bins, ItemLots: h.Many, Balances: len(h.Lots) * plant.HallStocks}
	if f.Proposals, err = b.proposals(ctx); err != nil {
		return f, fmt.Errorf("proposals: %w", err)
	}
	if f.Contents, err = b.contents(ctx); err != nil {
		return f, fmt.Errorf("contents: %w", err)
	}
	f.Pickers, err = b.pickers(ctx)
	return f, err
}

// loadHall makes a hall, loads it and proves that it was loaded whole and is in the log.
func (b *bench) loadHall(ctx context.Context) error {
	y, m, d := time.Now().UTC().Date()
	h := plant.MakeHall(b.work.Plant, time.Date(y, m, d, 0, 0, 0, 0, time.UTC))
	b.progress.Step("loading a hall of %d bins beside the plant", h.Bins)
	ids, err := plant.LoadHall(ctx, b.conn, h, b.work.ids, b.progress.Part)
	if err != nil {
		return err
	}
	b.work.hall = &hall{Hall: h, ids: ids}
	b.progress.Step("proving that it was loaded whole, and waiting for the log")
	if err := Reconcile(ctx, b.conn); err != nil {
		return err
	}
	if err := References(ctx, b.conn); err != nil {
		return err
	}
	if took, unsealed, err := b.sealed(ctx); err != nil || unsealed > 0 {
		return fmt.Errorf("%d operations are not in the log after %s: %w", unsealed, took, err)
	}
	return nil
}

// pickers measures as many as there are clients at most, who all pick from one lot in
// one bin, each to a place of his own: told where, and asking first.
func (b *bench) pickers(ctx context.Context) (*PostingFigures, error) {
	f := &PostingFigures{Duration: Took(b.Duration), Rounds: b.Rounds, PerCall: map[string]Written{}}
	clients := slices.Max(b.Clients)
	t, err := b.team(ctx, clients)
	defer t.disband(context.WithoutCancel(ctx))
	if err != nil {
		return f, err
	}
	for _, kind := range picking {
		figures, err := b.compare(ctx, t, kind, f)
		if err != nil {
			return f, fmt.Errorf("%s with %d clients: %w", kind.name, clients, err)
		}
		f.Kinds = append(f.Kinds, figures)
	}
	if f.Sealed, f.Unsealed, err = b.sealed(ctx); err != nil {
		return f, err
	}
	return f, Reconcile(ctx, b.conn)
}
