package receiving

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/timestamppb"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
)

// How many lots come with an order: a message that holds more than maxLots is more
// than most clients accept.
const (
	maxLotsOfLine = 1000
	maxLots       = 10_000
)

// GetPurchaseOrder implements lottrailv1.ReceivingServiceServer.
func (s *Service) GetPurchaseOrder(ctx context.Context, req *lottrailv1.GetPurchaseOrderRequest) (*lottrailv1.GetPurchaseOrderResponse, error) {
	tenantID := auth.FromContext(ctx).TenantID
	resp := &lottrailv1.GetPurchaseOrderResponse{PurchaseOrder: &lottrailv1.PurchaseOrder{}}
	err := s.db.Read(ctx, func(tx *pg.Snapshot) error {
		q := queries.New(tx)
		order, err := q.PurchaseOrderGet(ctx, queries.PurchaseOrderGetParams{TenantID: tenantID, Code: req.GetCode()})
		if errors.Is(err, pgx.ErrNoRows) {
			return unknownOrder("code", req.GetCode())
		}
		if err != nil {
			return err
		}
		if err := (protojson.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(order.Content, resp.PurchaseOrder); err != nil {
			return err
		}
		resp.PurchaseOrder.Revision = order.Revision
		resp.LineStatuses, err = lineStatuses(ctx, q, tenantID, order.PurchaseOrderID)
		return err
	})
	if err != nil {
		return nil, err
	}
	return resp, nil
}

func lineStatuses(ctx context.Context, q *queries.Queries, tenantID, orderID int64) ([]*lottrailv1.PurchaseOrderLineStatus, error) {
	lines, err := q.PurchaseOrderLineStatusList(ctx, queries.PurchaseOrderLineStatusListParams{TenantID: tenantID, PurchaseOrderID: orderID})
	if err != nil {
		return nil, err
	}
	var statuses []*lottrailv1.PurchaseOrderLineStatus
	byNumber := make(map[int32]*lottrailv1.PurchaseOrderLineStatus, len(lines))
	for _, l := range lines {
		status := &lottrailv1.PurchaseOrderLineStatus{
			Variance: toVariance(variance{orderLine: l.LineNumber, ordered: l.Quantity, received: l.Received, baseUnit: l.BaseUnit}),
		}
		byNumber[l.LineNumber] = status
		statuses = append(statuses, status)
	}
	lots, err := q.PurchaseOrderLotList(ctx, queries.PurchaseOrderLotListParams{
		TenantID: tenantID, PurchaseOrderID: orderID, RowsPerLine: maxLotsOfLine, RowLimit: maxLots,
	})
	for _, l := range lots {
		status := byNumber[l.OrderLineNumber]
		status.Lots = append(status.Lots, &lottrailv1.ReceivedLot{
			Lot:             &lottrailv1.LotKey{Sku: l.SKU, LotCode: l.LotCode},
			SupplierLotCode: l.SupplierLotCode,
			ReceiptCode:     l.ReceiptCode,
			Quantity:        pbtype.Quantity(l.Quantity, l.BaseUnit),
			Weight:          pbtype.Weight(l.Weight, l.WeightUnit),
			ReceivedAt:      timestamppb.New(l.ReceivedAt),
		})
		status.LotsTruncated = l.LotsOfLine > int64(len(status.Lots))
	}
	return statuses, err
}
