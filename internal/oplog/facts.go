package oplog

import (
	"context"
	"math"

	"github.com/jackc/pgx/v5"
	"google.golang.org/protobuf/proto"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/queries"
)

// fact is one thing that an operation did: a movement, a hold, a change of dates, an
// alert, or a change of a reservation.
type fact struct {
	at       part // where it stands in its entry
	movement *queries.LogListMovementRow
	// rotation is that the movement was out of it, and goes along with it.
	rotation *lottrailv1.RotationFact
	hold     *lottrailv1.HoldFact
	change   *lottrailv1.DateFact
	alert    *lottrailv1.ExpiryFact
	reserved *lottrailv1.ReservationFact
}

// facts reads what operations did, in one round trip (and another if something was out of
// rotation): of each up to one fact more of
// each stage than an entry takes, and of all together up to one more of each than a
// batch takes, so that what is missing cannot go unnoticed. Of the first operation
// it reads what comes behind a part.
func (s *Service) facts(ctx context.Context, tenantID int64, rows []queries.LogListEntryRow, behind part) (map[int64][]fact, error) {
	ids := make([]int64, len(rows))
	for i, row := range rows {
		ids[i] = row.OperationID
	}
	found := make(map[int64][]fact, len(rows))
	const each, all = entryFacts + 1, batchFacts + 1
	batch := &pgx.Batch{}
	after := behind.in(moved)
	batch.Queue(queries.LogListMovement, ids, tenantID, after.first, each, all).Query(func(rows pgx.Rows) error {
		movements, err := pgx.CollectRows(rows, pgx.RowToAddrOfStructByPos[queries.LogListMovementRow])
		for _, m := range movements {
			found[m.OperationID] = append(found[m.OperationID], fact{at: part{moved, m.MovementID, 0}, movement: m})
		}
		return err
	})
	holds := func(at stage, action lottrailv1.HoldAction) func(pgx.Rows) error {
		return func(rows pgx.Rows) error {
			holds, err := pgx.CollectRows(rows, pgx.RowToAddrOfStructByPos[queries.LogListPlacedRow])
			for _, h := range holds {
				found[h.OperationID] = append(found[h.OperationID], fact{at: part{at, h.LotID, h.Number}, hold: toHold(h, action)})
			}
			return err
		}
	}
	after = behind.in(placed)
	batch.Queue(queries.LogListPlaced, ids, tenantID, after.first, after.second, each, all).Query(holds(placed, lottrailv1.HoldAction_HOLD_ACTION_PLACED))
	after = behind.in(released)
	batch.Queue(queries.LogListReleased, ids, tenantID, after.first, after.second, each, all).Query(holds(released, lottrailv1.HoldAction_HOLD_ACTION_RELEASED))
	after = behind.in(kept)
	batch.Queue(queries.LogListKept, ids, tenantID, after.first, each, all).Query(holds(kept, lottrailv1.HoldAction_HOLD_ACTION_KEPT))
	add := func(id int64, f fact) { found[id] = append(found[id], f) }
	queueDates(batch, tenantID, ids, behind, each, all, add)
	queueReservations(batch, tenantID, ids, behind, each, all, add)
	if err := s.db.SendBatch(ctx, batch).Close(); err != nil {
		return nil, err
	}
	return found, s.addRotation(ctx, tenantID, found)
}

// in is how far a part goes in one stage: all of those before its own, nothing of
// those behind.
func (p part) in(of stage) part {
	switch {
	case p.stage > of:
		return part{of, math.MaxInt64, math.MaxInt32}
	case p.stage == of:
		return p
	}
	return part{}
}

// addTo adds the fact to its operation and returns its size in bytes, or 0 without
// adding it if there is no room for it, unless it must.
func (f *fact) addTo(op *lottrailv1.Operation, room int, must bool) (size int) {
	var movement *lottrailv1.Movement
	switch {
	case f.movement != nil:
		movement = toMovement(f.movement, op)
		size = fieldSize(movement)
		if f.rotation != nil {
			size += fieldSize(f.rotation)
		}
	case f.hold != nil:
		size = fieldSize(f.hold)
	case f.change != nil:
		size = fieldSize(f.change)
	case f.reserved != nil:
		size = fieldSize(f.reserved)
	default:
		size = fieldSize(f.alert)
	}
	if size > room && !must {
		return 0
	}
	switch {
	case movement != nil:
		op.Movements = append(op.Movements, movement)
		if f.rotation != nil {
			op.OutOfRotation = append(op.OutOfRotation, f.rotation)
		}
	case f.hold != nil:
		op.Holds = append(op.Holds, f.hold)
	case f.change != nil:
		op.DateChanges = append(op.DateChanges, f.change)
	case f.reserved != nil:
		op.ReservationChanges = append(op.ReservationChanges, f.reserved)
	default:
		op.ExpiryAlerts = append(op.ExpiryAlerts, f.alert)
	}
	return size
}

// fieldSize is what a message takes within another, of less than two megabytes.
func fieldSize(message proto.Message) int { return proto.Size(message) + 5 }
