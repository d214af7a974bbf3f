package receiving

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/jackc/pgx/v5"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/page"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
)

// GetReceipt implements lottrailv1.ReceivingServiceServer.
func (s *Service) GetReceipt(ctx context.Context, req *lottrailv1.GetReceiptRequest) (*lottrailv1.GetReceiptResponse, error) {
	tenantID := auth.FromContext(ctx).TenantID
	resp := &lottrailv1.GetReceiptResponse{}
	err := s.db.Read(ctx, func(tx *pg.Snapshot) error {
		q := queries.New(tx)
		row, err := q.ReceiptGet(ctx, queries.ReceiptGetParams{TenantID: tenantID, Code: req.GetCode()})
		if errors.Is(err, pgx.ErrNoRows) {
			return errs.NotFound("code", "UNKNOWN_RECEIPT", "there is no receipt %q; list the receipts of its purchase order, or check the code", req.GetCode())
		}
		if err != nil {
			return err
		}
		if resp.Receipt, err = toReceipt(row); err != nil {
			return err
		}
		lines, err := q.ReceiptLineList(ctx, queries.ReceiptLineListParams{TenantID: tenantID, ReceiptID: row.ReceiptID})
		if err != nil {
			return err
		}
		for _, l := range lines {
			resp.Receipt.Lines = append(resp.Receipt.Lines, toLine(l))
		}
		reversal, err := q.ReversalGetOfReceipt(ctx, queries.ReversalGetOfReceiptParams{TenantID: tenantID, ReceiptID: &row.ReceiptID})
		if resp.Receipt.Reversal, err = pbtype.Reversal(reversal.RecordedAt, reversal.Principal, reversal.Reason, err); err != nil {
			return err
		}
		variances, err := q.ReceiptVarianceList(ctx, queries.ReceiptVarianceListParams{TenantID: tenantID, ReceiptID: row.ReceiptID})
		for _, v := range variances {
			resp.Receipt.Variances = append(resp.Receipt.Variances, toVariance(variance{
				orderLine: v.OrderLineNumber, ordered: v.OrderedQuantity, received: v.ReceivedQuantity, baseUnit: v.BaseUnit,
			}))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return resp, nil
}

// ListReceipts implements lottrailv1.ReceivingServiceServer.
func (s *Service) ListReceipts(ctx context.Context, req *lottrailv1.ListReceiptsRequest) (*lottrailv1.ListReceiptsResponse, error) {
	var after string // the code of the last receipt of the page before
	view, err := receiptFields.Open(req, &after)
	if err != nil {
		return nil, err
	}
	size := page.Size(req.GetPageSize(), 100)
	var rows []queries.ReceiptListRow
	err = s.db.Read(ctx, func(tx *pg.Snapshot) error {
		list := receiptList{view.Over(tx), auth.FromContext(ctx).TenantID, size + 1}
		before, err := list.place(ctx, after)
		if err != nil {
			return err
		}
		rows, err = list.rows(ctx, req.GetPurchaseOrderCode(), before)
		return err
	})
	if err != nil {
		return nil, err
	}
	rows, more := page.Cut(rows, size)
	resp := &lottrailv1.ListReceiptsResponse{}
	for _, r := range rows {
		receipt, err := toReceipt(queries.ReceiptGetRow(r))
		if err != nil {
			return nil, err
		}
		resp.Receipts = append(resp.Receipts, receipt)
	}
	if more {
		if resp.NextPageToken, err = view.Token(req, len(rows)-1, rows[len(rows)-1].Code); err != nil {
			return nil, err
		}
	}
	return resp, nil
}

type receiptList struct {
	q        *queries.Queries
	tenantID int64
	limit    int32
}

// place is the key behind which a page begins: the receipt of the token, or one
// later than any.
func (l receiptList) place(ctx context.Context, after string) (queries.ReceiptPlaceRow, error) {
	if after == "" {
		return queries.ReceiptPlaceRow{RecordedAt: time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC), OperationID: math.MaxInt64}, nil
	}
	place, err := l.q.ReceiptPlace(ctx, queries.ReceiptPlaceParams{TenantID: l.tenantID, Code: after})
	if errors.Is(err, pgx.ErrNoRows) {
		err = errs.Invalid("page_token", "BAD_PAGE_TOKEN", "this token goes on behind a receipt that is not there; start from the first page, without a token")
	}
	return place, err
}

func (l receiptList) rows(ctx context.Context, orderCode string, before queries.ReceiptPlaceRow) ([]queries.ReceiptListRow, error) {
	if orderCode == "" {
		return l.q.ReceiptList(ctx, queries.ReceiptListParams{
			TenantID: l.tenantID, BeforeRecordedAt: before.RecordedAt, BeforeOperationID: before.OperationID, RowLimit: l.limit,
		})
	}
	order, err := l.q.PurchaseOrderGet(ctx, queries.PurchaseOrderGetParams{TenantID: l.tenantID, Code: orderCode})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, unknownOrder("purchase_order_code", orderCode)
	}
	if err != nil {
		return nil, err
	}
	ofOrder, err := l.q.ReceiptListOfOrder(ctx, queries.ReceiptListOfOrderParams{
		TenantID: l.tenantID, PurchaseOrderID: order.PurchaseOrderID,
		BeforeRecordedAt: before.RecordedAt, BeforeOperationID: before.OperationID, RowLimit: l.limit,
	})
	rows := make([]queries.ReceiptListRow, 0, len(ofOrder))
	for _, r := range ofOrder {
		rows = append(rows, queries.ReceiptListRow(r))
	}
	return rows, err
}
