package lots

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"google.golang.org/protobuf/types/known/timestamppb"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/page"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/queries"
)

// timelineLookThrough is how many facts a page looks at when it leaves out kinds.
const timelineLookThrough = 1000

// timelineKey is where a page of a timeline ended. What was on hand there goes with
// it: what was recorded before stays as it was, and so no page sums up others.
type timelineKey struct {
	RecordedAt  time.Time
	OperationID int64
	Stage       timelineStage
	ID          int64
	OnHand      string
	Weight      string
}

// timeline is a question for a page.
type timeline struct {
	timelineWindow
	backward bool
	kinds    []string
	most     int
	// onHand is what was on hand where the page begins; nil if that is to be found out.
	onHand *stockAmount
}

func newTimeline(req *lottrailv1.GetLotTimelineRequest) (timeline, error) {
	window, err := newTimelineWindow(req.GetRecordedFrom(), req.GetRecordedBefore())
	if err != nil {
		return timeline{}, err
	}
	t := timeline{timelineWindow: window, backward: req.GetNewestFirst(), most: int(page.Size(req.GetPageSize(), defaultPageSize))}
	for _, kind := range req.GetKinds() {
		t.kinds = append(t.kinds, operationKindName(kind))
	}
	if !t.backward && req.GetRecordedFrom() == nil {
		t.onHand = &stockAmount{} // at the beginning of all there was nothing
	}
	var at timelineKey
	resumed, err := page.Decode(req, &at)
	if err != nil || !resumed {
		return t, err
	}
	t.onHand = &stockAmount{}
	if t.onHand.quantity, err = qty.Parse(at.OnHand); err != nil {
		return t, err
	}
	if at.Weight != "" { // as in tokens from before there were weights
		if t.onHand.weight, err = qty.Parse(at.Weight); err != nil {
			return t, err
		}
	}
	place := timelinePlace{at.RecordedAt, at.OperationID, at.Stage, at.ID}
	if t.backward {
		t.high = place
	} else {
		t.low = place
	}
	return t, nil
}

// timelineEnds are before and behind all that can be recorded.
var timelineEnds = struct{ first, last time.Time }{time.Unix(0, 0).UTC(), time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)}

// newTimelineWindow is from a moment on until another; either may be left out.
func newTimelineWindow(from, before *timestamppb.Timestamp) (timelineWindow, error) {
	w := timelineWindow{low: timelinePlace{RecordedAt: timelineEnds.first}, high: timelinePlace{RecordedAt: timelineEnds.last}}
	if from != nil {
		w.low.RecordedAt = clampMoment(from)
	}
	if before != nil {
		w.high.RecordedAt = clampMoment(before)
	}
	if from != nil && before != nil && !w.high.RecordedAt.After(w.low.RecordedAt) {
		return w, errs.Invalid("recorded_before", "EMPTY_WINDOW", "%s is not after recorded_from, %s, so nothing can lie between; swap them, or leave one of them out",
			w.high.RecordedAt.Format(time.RFC3339Nano), w.low.RecordedAt.Format(time.RFC3339Nano))
	}
	return w, nil
}

// clampMoment brings a moment into the range of what can be recorded.
func clampMoment(t *timestamppb.Timestamp) time.Time {
	seconds := min(max(t.GetSeconds(), timelineEnds.first.Unix()), timelineEnds.last.Unix())
	return time.Unix(seconds, int64(min(max(t.GetNanos(), 0), 999_999_999))).UTC()
}

// GetLotTimeline implements lottrailv1.LotsServiceServer.
func (s *Service) GetLotTimeline(ctx context.Context, req *lottrailv1.GetLotTimelineRequest) (*lottrailv1.GetLotTimelineResponse, error) {
	t, err := newTimeline(req)
	if err != nil {
		return nil, err
	}
	resp := &lottrailv1.GetLotTimelineResponse{}
	var end *timelineEnd
	position, err := s.read(ctx, req.GetKnownAt(), func(from *snapshot) error {
		lotID, err := from.resolve(ctx, lotKey(req))
		if err != nil {
			return err
		}
		resp.Entries, end, err = from.timeline(ctx, lotID, t)
		return err
	})
	if err != nil {
		return nil, err
	}
	resp.LogPosition = position
	if end != nil {
		resp.NextPageToken, err = page.Encode(req, timelineKey{end.RecordedAt, end.OperationID, end.Stage, end.ID, end.OnHand.quantity.String(), end.OnHand.weight.String()})
	}
	return resp, err
}

// timeline reads a page. It costs what is looked at; only where it begins neither at
// the beginning, nor at the end, nor where another page ended, the lot's movements
// recorded later are summed up (see TimelineOnHand).
func (s *snapshot) timeline(ctx context.Context, lotID int64, t timeline) ([]*lottrailv1.TimelineEntry, *timelineEnd, error) {
	// All that was sealed by a moment was recorded before it. Between the two lies what
	// was under way, and that is all that the log has to be asked about in vain.
	if s.known != nil && s.known.SealedAt != nil && s.known.SealedAt.Before(t.high.RecordedAt) {
		t.high = timelinePlace{RecordedAt: *s.known.SealedAt}
	}
	// The lot comes in the round trip of the facts.
	var lot queries.TimelineGetLotRow
	s.tx.Queue(queries.TimelineGetLot, s.tenantID, lotID).QueryRow(func(row pgx.Row) error { return row.Scan(&lot.SKU, &lot.LotCode, &lot.BaseUnit, &lot.WeightUnit) })
	look := t.most
	if len(t.kinds) > 0 {
		look = max(look, timelineLookThrough)
	}
	facts, more, err := s.timelineFacts(ctx, lotID, t.timelineWindow, t.backward, look)
	if err != nil {
		return nil, nil, err
	}
	if t.onHand == nil {
		begin := t.low
		if t.backward {
			begin = t.high
		}
		onHand, err := s.timelineOnHand(ctx, lotID, begin)
		if err != nil {
			return nil, nil, err
		}
		t.onHand = &onHand
	}
	steps, end := walkTimeline(facts, t.backward, *t.onHand, t.kinds, t.most, more)
	entries, err := s.timelineEntries(ctx, lot, steps)
	return entries, end, err
}

const operationKindPrefix = "OPERATION_KIND_"

// operationKindName is the ledger's name for a kind of operation.
func operationKindName(kind lottrailv1.OperationKind) string {
	return strings.ToLower(strings.TrimPrefix(kind.String(), operationKindPrefix))
}

// operationKind is the inverse.
func operationKind(name string) lottrailv1.OperationKind {
	return lottrailv1.OperationKind(lottrailv1.OperationKind_value[operationKindPrefix+strings.ToUpper(name)])
}
