package trace

import (
	"context"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/knownat"
	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/resolve"
)

// moment is of which moment a trace is: of the records, and of the goods. The zero one
// is now.
type moment struct {
	known *knownat.Point
	asOf  *time.Time
	// again is what an earlier call read from; nil if there was none.
	again *lineage.Seen
}

// momentous is a request that can ask about a moment.
type momentous interface {
	GetKnownAt() *lottrailv1.KnownAt
	GetAsOf() *timestamppb.Timestamp
}

// resolve finds the moment that is asked about, or that a trace was of that is gone on
// with. It goes before the snapshot that is read from, so that the moment lies in it.
func (s *Service) resolve(ctx context.Context, req momentous, done *progress) (m moment, err error) {
	tenantID := auth.FromContext(ctx).TenantID
	if m.asOf, err = knownat.AsOf(ctx, s.db, req.GetAsOf()); err != nil {
		return m, err
	}
	if done.seen == nil {
		m.known, err = knownat.Resolve(ctx, s.db, tenantID, req.GetKnownAt())
		return m, err
	}
	// The log may be that of another database, or of an older copy.
	log := done.seen.Log
	point, err := knownat.Resolve(ctx, s.db, tenantID, &lottrailv1.KnownAt{Moment: &lottrailv1.KnownAt_LogIndex{LogIndex: log.Index}})
	if errs.Reason(err) != "" {
		return m, done.bad
	}
	if err != nil {
		return m, err
	}
	done.seen.Log.SealedAt = point.SealedAt
	if m.again = done.seen; req.GetKnownAt() != nil {
		m.known = point
	}
	return m, nil
}

// into has a query read what there was at the moment.
func (m moment) into(q *lineage.Query) {
	if m.known != nil {
		q.KnownAt = &lineage.LogPosition{Index: m.known.LogIndex, SealedAt: m.known.SealedAt}
	}
	q.AsOf, q.Again = m.asOf, m.again
}

// lot finds a lot that there was at the moment: UNKNOWN_LOT if there was none.
func (m moment) lot(ctx context.Context, tx *pg.Snapshot, q lineage.Query, key resolve.LotKey) (int64, error) {
	id, err := m.known.Lot(ctx, tx, q.TenantID, key)
	if err != nil || m.asOf == nil {
		return id, err
	}
	missing, err := lineage.Missing(ctx, tx, q, []int64{id})
	if err == nil && len(missing) > 0 {
		err = errs.NotFound(key.Path, "UNKNOWN_LOT", "of lot %q of item %q nothing had come in or been made by %s; ask about a later moment, or leave as_of out",
			key.LotCode, key.SKU, m.asOf.Format(time.RFC3339Nano))
	}
	return id, err
}

// String is how a refusal says that it is of the moment: empty for now.
func (m moment) String() string {
	text := ""
	if m.known != nil {
		text += ", as known at " + m.known.String()
	}
	if m.asOf != nil {
		text += ", as the goods stood at " + m.asOf.Format(time.RFC3339Nano)
	}
	return text
}
