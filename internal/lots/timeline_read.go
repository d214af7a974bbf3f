package lots

import (
	"context"
	"errors"
	"slices"

	"github.com/jackc/pgx/v5"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/queries"
)

// timelineFact is one thing that happened to a lot.
type timelineFact struct {
	timelinePlace
	operationKind string
	// change is by how much there was more of the lot on hand.
	change stockAmount
	// tell puts what it was into its entry, which has the rest already; nil if there is
	// nothing more to say.
	tell func(lot queries.TimelineGetLotRow, entry *lottrailv1.TimelineEntry)
}

// timelineSource reads one kind of facts. A further kind is a stage, a query with the
// parameters of the others, and a line in timelineSources.
type timelineSource struct {
	stage   timelineStage
	sql     string
	collect func(pgx.Rows) ([]timelineFact, error)
}

var timelineSources = []timelineSource{
	{timelineMoved, queries.TimelineListMovement, collectFacts(movedFact)},
	{timelineRecalled, queries.TimelineListRecallStep, collectFacts(recalledFact)},
	{timelinePlaced, queries.TimelineListPlaced, collectFacts(holdFact(timelinePlaced, lottrailv1.HoldAction_HOLD_ACTION_PLACED))},
	{timelineReleased, queries.TimelineListReleased, collectFacts(holdFact(timelineReleased, lottrailv1.HoldAction_HOLD_ACTION_RELEASED))},
	{timelineKept, queries.TimelineListKept, collectFacts(holdFact(timelineKept, lottrailv1.HoldAction_HOLD_ACTION_KEPT))},
	{timelineDated, queries.TimelineListDateChange, collectFacts(datedFact)},
	{timelineAlerted, queries.TimelineListExpiryAlert, collectFacts(alertedFact)},
	{timelineReserved, queries.TimelineListReservation, collectFacts(reservedFact)},
}

func collectFacts[Row any](toFact func(Row) timelineFact) func(pgx.Rows) ([]timelineFact, error) {
	return func(rows pgx.Rows) ([]timelineFact, error) {
		return pgx.CollectRows(rows, func(row pgx.CollectableRow) (timelineFact, error) {
			r, err := pgx.RowToStructByPos[Row](row)
			if err != nil {
				return timelineFact{}, err
			}
			return toFact(r), nil
		})
	}
}

// timelineFacts reads the first so many facts of a lot in a window, or backward the
// last ones, and whether there are more.
func (s *snapshot) timelineFacts(ctx context.Context, lotID int64, w timelineWindow, backward bool, most int) (facts []timelineFact, more bool, err error) {
	direction := 1
	if backward {
		direction = -1
	}
	for _, source := range timelineSources {
		s.tx.Queue(source.sql, s.tenantID, lotID, w.low.RecordedAt, w.low.OperationID, w.low.in(source.stage),
			w.high.RecordedAt, w.high.OperationID, w.high.in(source.stage), s.logIndex(), direction, most+1).Query(func(rows pgx.Rows) error {
			found, err := source.collect(rows)
			facts = append(facts, found...)
			return err
		})
	}
	if err := s.tx.Flush(ctx); err != nil {
		return nil, false, err
	}
	slices.SortFunc(facts, func(a, b timelineFact) int { return direction * a.compare(b.timelinePlace) })
	if len(facts) > most {
		return facts[:most], true, nil
	}
	return facts, false, nil
}

// timelineOnHand is how much of a lot there was at a place that is no fact's.
func (s *snapshot) timelineOnHand(ctx context.Context, lotID int64, at timelinePlace) (stockAmount, error) {
	row, err := s.TimelineOnHand(ctx, queries.TimelineOnHandParams{
		TenantID: s.tenantID, LotID: lotID, HighRecordedAt: at.RecordedAt, HighOperationID: at.OperationID, HighID: at.in(timelineMoved), LogIndex: s.logIndex(),
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return stockAmount{}, nil // nothing had moved by then
	}
	return stockAmount{row.OnHand, row.Weight}, err
}

// logIndex is how far what is read was known, nil for now.
func (s *snapshot) logIndex() *int64 {
	if s.known == nil {
		return nil
	}
	return &s.known.LogIndex
}
