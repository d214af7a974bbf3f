// Package trace implements TraceService: it turns what package lineage finds
// into streams and pages.
package trace

import (
	"context"
	"time"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/relay"
)

// Service implements lottrailv1.TraceServiceServer.
type Service struct {
	lottrailv1.UnimplementedTraceServiceServer
	db *pg.DB
	// stall is how long a client may leave a part untaken.
	stall time.Duration
	// room is for what attributions keep in memory.
	room *lineage.Room
	// compared is how many entries a trace may have that is compared.
	compared int
	// ties is how many edges FindPath and RankCommonOrigins hold in memory; 0 is as many as
	// may be.
	ties int
}

const (
	// few is how many movements an attribution keeps in memory beside all others: a call in
	// each seat may.
	few = 200_000
	// patience is how long one waits that needs more.
	patience = 30 * time.Second
)

// New returns the service on a database.
func New(db *pg.DB) *Service {
	return &Service{db: db, stall: relay.Stall, room: lineage.NewRoom(few, patience), compared: maxCompared}
}

// asked is what all requests have.
type asked interface {
	GetSku() string
	GetLotCode() string
	GetSeeds() []*lottrailv1.TraceSeed
	GetFilter() *lottrailv1.TraceFilter
	GetAttribute() bool
	momentous
	GetDetail() lottrailv1.TraceDetail
}

// taker begins to take what a walk finds, anew if the walk does.
type taker func(*pg.Snapshot) func(*lineage.Part) error

// walk gives what is asked for to a taker, out of one snapshot, or as an earlier call of
// the same read it, which is then what done tells.
func (s *Service) walk(ctx context.Context, req asked, direction lineage.Direction, done *progress, take taker) error {
	at, err := s.resolve(ctx, req, done)
	if err != nil {
		return err
	}
	return s.db.ReadLong(ctx, func(tx *pg.Snapshot) error {
		q, err := query(ctx, tx, req, direction, at)
		q.Room = s.room
		if err == nil {
			err = done.asks(ctx, tx, q)
		}
		if err != nil {
			return err
		}
		return lineage.Walk(ctx, tx, q, take(tx))
	})
}

// query resolves the keys of a request.
func query(ctx context.Context, tx *pg.Snapshot, req asked, direction lineage.Direction, at moment) (lineage.Query, error) {
	tenantID := auth.FromContext(ctx).TenantID
	q := lineage.Query{TenantID: tenantID, Direction: direction, Attribute: req.GetAttribute(), Detail: details[req.GetDetail()]}
	at.into(&q)
	q.InTimeOnly = req.GetFilter().GetInTimeOnly()
	var err error
	if q.Siblings, err = siblings(req, direction); err != nil {
		return q, err
	}
	if q.LotIDs, q.RunIDs, err = seedsOf(ctx, tx, req, q, at); err != nil {
		return q, err
	}
	return q, filterBy(ctx, tx, req.GetFilter(), &q)
}

// siblings says whether a request asks for siblings, and refuses it if there can be none.
func siblings(req asked, direction lineage.Direction) (bool, error) {
	shape, can := req.(interface{ GetSiblings() bool })
	if !can || !shape.GetSiblings() {
		return false, nil
	}
	if direction != lineage.Both {
		return false, errs.Invalid("siblings", "CONTRADICTORY", "siblings are found by going back and then forward; ask for direction TRACE_DIRECTION_BOTH, or without siblings")
	}
	return true, nil
}
