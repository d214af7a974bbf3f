// Package trace implements TraceService: it turns what package lineage finds
// into streams and pages.
package trace

import (
	"context"
	"fmt"
	"time"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/relay"
	"github.com/lottrail/lottrail/internal/resolve"
)

// Service implements lottrailv1.TraceServiceServer.
type Service struct {
	lottrailv1.UnimplementedTraceServiceServer
	db *pg.DB
	// stall is how long a client may leave a part untaken.
	stall time.Duration
}

// New returns the service on a database. Walks take seats there, so that no posting
// waits for readers.
func New(db *pg.DB) *Service {
	return &Service{db: db, stall: relay.Stall}
}

// asked is what all requests have.
type asked interface {
	GetSku() string
	GetLotCode() string
	GetSeeds() []*lottrailv1.TraceSeed
	GetFilter() *lottrailv1.TraceFilter
	GetAttribute() bool
	momentous
}

// walk sends what is asked for to emit, out of one snapshot, or as an earlier call of the
// same read it, which is then what done tells.
func (s *Service) walk(ctx context.Context, req asked, direction lineage.Direction, done *progress, emit func(*lineage.Part) error) error {
	giveBack, err := s.db.TakeSeat(ctx)
	if err != nil {
		return err
	}
	defer giveBack()
	at, err := s.resolve(ctx, req, done)
	if err != nil {
		return err
	}
	return s.db.ReadInTurns(ctx, func(tx *pg.Snapshot) error {
		q, err := query(ctx, tx, req, direction, at)
		if err == nil {
			err = done.asks(q)
		}
		if err != nil {
			return err
		}
		return lineage.Walk(ctx, tx, q, func(part *lineage.Part) error {
			return tx.Rest(ctx, func() error { return emit(part) })
		})
	})
}

// query resolves the keys of a request. An item in the filter that does not
// exist is refused: a filter that is misspelt must not look like an empty trace.
func query(ctx context.Context, tx *pg.Snapshot, req asked, direction lineage.Direction, at moment) (lineage.Query, error) {
	tenantID := auth.FromContext(ctx).TenantID
	q := lineage.Query{TenantID: tenantID, Direction: direction, MaxDepth: req.GetFilter().GetMaxDepth(), Attribute: req.GetAttribute()}
	at.into(&q)
	q.InTimeOnly = req.GetFilter().GetInTimeOnly()
	var err error
	if q.LotIDs, q.RunIDs, err = seedsOf(ctx, tx, req, q, at); err != nil {
		return q, err
	}
	var skus resolve.Keys
	for i, sku := range req.GetFilter().GetSkus() {
		skus = append(skus, resolve.Key{Path: fmt.Sprintf("filter.skus[%d]", i), Value: sku})
	}
	if len(skus) == 0 {
		return q, nil
	}
	items, err := resolve.Items(ctx, tx, tenantID, skus)
	for _, item := range items {
		q.ItemIDs = append(q.ItemIDs, item.ItemID)
	}
	return q, err
}
