package knownat

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/resolve"
)

// Position tells how far an answer's records go: to the point, or as far as the
// snapshot does that tx reads. It is asked with the next statement that somebody waits
// for, and filled then.
func (p *Point) Position(tx *pg.Snapshot, tenantID int64) *lottrailv1.LogPosition {
	if p != nil {
		return ToPosition(p.LogIndex, p.SealedAt, 0)
	}
	position := &lottrailv1.LogPosition{}
	tx.Queue(queries.KnownAtPosition, tenantID).QueryRow(func(row pgx.Row) error {
		var r queries.KnownAtPositionRow
		err := row.Scan(&r.LogIndex, &r.SealedAt, &r.UnloggedCount)
		position.LogIndex, position.SealedAt, position.UnloggedCount = r.LogIndex, pbtype.Time(r.SealedAt), r.UnloggedCount
		return err
	})
	return position
}

// ToPosition is a position as the API has it.
func ToPosition(logIndex int64, sealedAt *time.Time, unlogged int32) *lottrailv1.LogPosition {
	return &lottrailv1.LogPosition{LogIndex: logIndex, SealedAt: pbtype.Time(sealedAt), UnloggedCount: unlogged}
}

// Lot finds the id of a lot that was known at the point: UNKNOWN_ITEM or
// UNKNOWN_LOT if there is none, or was none then.
func (p *Point) Lot(ctx context.Context, tx *pg.Snapshot, tenantID int64, key resolve.LotKey) (int64, error) {
	lotID, err := resolve.Lot(ctx, tx, tenantID, key)
	if err != nil || p == nil {
		return lotID, err
	}
	known, err := queries.New(tx).KnownAtLotExists(ctx, queries.KnownAtLotExistsParams{TenantID: tenantID, LotID: lotID, LogIndex: p.LogIndex})
	if err != nil {
		return 0, err
	}
	if !known {
		return 0, errs.NotFound(key.Path, "UNKNOWN_LOT", "item %q had no lot %q that was known at %s; it was recorded later: ask about a later moment, or leave known_at out",
			key.SKU, key.LotCode, p)
	}
	return lotID, nil
}

// String names the point: "log index 7 (sealed at 2026-03-25T06:30:00Z)".
func (p *Point) String() string {
	if p.SealedAt == nil {
		return fmt.Sprintf("log index %d", p.LogIndex)
	}
	return fmt.Sprintf("log index %d (sealed at %s)", p.LogIndex, p.SealedAt.UTC().Format(time.RFC3339Nano))
}
