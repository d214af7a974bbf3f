package recall

import (
	"context"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/page"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
)

// maxEventLots bounds the lots that an event names.
const maxEventLots = 100

// eventKey is where a page of events ended.
type eventKey struct {
	RecordedAt  time.Time
	OperationID int64
}

// ListRecallEvents implements lottrailv1.RecallServiceServer.
func (s *Service) ListRecallEvents(ctx context.Context, req *lottrailv1.ListRecallEventsRequest) (*lottrailv1.ListRecallEventsResponse, error) {
	var after eventKey
	if _, err := page.Decode(req, &after); err != nil {
		return nil, err
	}
	tenantID, size := auth.FromContext(ctx).TenantID, page.Size(req.GetPageSize(), defaultPageSize)
	resp := &lottrailv1.ListRecallEventsResponse{}
	err := s.read(ctx, func(tx *pg.Snapshot) error {
		c, err := readCase(ctx, tx, tenantID, req.GetCaseNumber())
		if err != nil {
			return err
		}
		rows, err := queries.New(tx).RecallEventList(ctx, queries.RecallEventListParams{
			TenantID: tenantID, RecallID: c.RecallID, AfterRecordedAt: after.RecordedAt, AfterOperationID: after.OperationID, RowLimit: size + 1,
		})
		if err != nil {
			return err
		}
		rows, more := page.Cut(rows, size)
		if resp.Events, err = withLots(ctx, tx, tenantID, c.RecallID, rows); err != nil {
			return err
		}
		if more {
			last := rows[len(rows)-1]
			resp.NextPageToken, err = page.Encode(req, eventKey{last.RecordedAt, last.OperationID})
		}
		return err
	})
	return resp, err
}

// withLots reads the lots that events concerned.
func withLots(ctx context.Context, tx *pg.Snapshot, tenantID, recallID int64, rows []queries.RecallEventListRow) ([]*lottrailv1.RecallEvent, error) {
	events := make([]*lottrailv1.RecallEvent, len(rows))
	byID := make(map[int64]*lottrailv1.RecallEvent, len(rows))
	ids := make([]int64, len(rows))
	for i, r := range rows {
		events[i] = &lottrailv1.RecallEvent{
			Kind: toEventKind[r.Kind], RecordedAt: timestamppb.New(r.RecordedAt), Principal: r.Principal, Reason: r.Reason,
		}
		ids[i], byID[r.OperationID] = r.OperationID, events[i]
	}
	lots, err := queries.New(tx).RecallEventLotList(ctx, queries.RecallEventLotListParams{
		TenantID: tenantID, RecallID: recallID, OperationIds: ids, LotsEach: maxEventLots,
	})
	for _, l := range lots {
		event := byID[l.OperationID]
		event.LotCount = l.LotCount
		event.Lots = append(event.Lots, &lottrailv1.LotKey{Sku: l.SKU, LotCode: l.LotCode})
	}
	return events, err
}
