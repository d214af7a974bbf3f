package production

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/civil"
	"github.com/lottrail/lottrail/internal/command"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/resolve"
	"github.com/lottrail/lottrail/internal/revision"
)

// CreateProductionOrder implements lottrailv1.ProductionServiceServer.
func (s *Service) CreateProductionOrder(ctx context.Context, req *lottrailv1.CreateProductionOrderRequest) (*lottrailv1.CreateProductionOrderResponse, error) {
	return command.Run(ctx, s.db, req, func(ctx context.Context, tx *pg.Tx) (*lottrailv1.CreateProductionOrderResponse, error) {
		order := req.GetProductionOrder()
		if err := insertOrder(ctx, tx, order); err != nil {
			return nil, err
		}
		return &lottrailv1.CreateProductionOrderResponse{ProductionOrder: order}, nil
	})
}

func insertOrder(ctx context.Context, tx *pg.Tx, order *lottrailv1.ProductionOrder) error {
	const path = "production_order"
	items, err := resolve.LockItems(ctx, tx, tx.TenantID, resolve.Keys{{Path: path + ".sku", Value: order.GetSku()}})
	if err != nil {
		return err
	}
	item := items[order.GetSku()]
	quantity, _, err := item.Quantity(path+".quantity", order.GetQuantity().GetValue(), order.GetQuantity().GetUnit())
	if err != nil {
		return err
	}
	if _, err := civil.ParseOptional(path+".due_date", order.GetDueDate()); err != nil {
		return err
	}
	content, err := protojson.Marshal(order)
	if err != nil {
		return err
	}
	id, err := tx.NextID(ctx)
	if err != nil {
		return err
	}
	inserted, err := queries.New(tx).ProductionOrderInsert(ctx, queries.ProductionOrderInsertParams{
		TenantID: tx.TenantID, ProductionOrderID: id, Code: order.GetCode(), ItemID: item.ItemID, Quantity: quantity, Content: content,
	})
	if err != nil {
		return err
	}
	if inserted == 0 {
		return errs.Exists(path+".code", "PRODUCTION_ORDER_EXISTS", "there is a production order %q already; choose another code, or start a run of the one that is there", order.GetCode())
	}
	_, _, err = revision.Push(ctx, tx, revision.ProductionOrder, id, proto.Clone(order))
	return err
}

// maxRuns bounds the runs that come with an order.
const maxRuns = 1000

// GetProductionOrder implements lottrailv1.ProductionServiceServer.
func (s *Service) GetProductionOrder(ctx context.Context, req *lottrailv1.GetProductionOrderRequest) (*lottrailv1.GetProductionOrderResponse, error) {
	resp := &lottrailv1.GetProductionOrderResponse{ProductionOrder: &lottrailv1.ProductionOrder{}}
	tenantID := auth.FromContext(ctx).TenantID
	err := s.db.Read(ctx, func(tx *pg.Snapshot) error {
		q := queries.New(tx)
		order, err := q.ProductionOrderGet(ctx, queries.ProductionOrderGetParams{TenantID: tenantID, Code: req.GetCode()})
		if errors.Is(err, pgx.ErrNoRows) {
			return unknownOrder("code", req.GetCode())
		}
		if err != nil {
			return err
		}
		if err := (protojson.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(order.Content, resp.ProductionOrder); err != nil {
			return err
		}
		runs, err := q.RunListOfOrder(ctx, queries.RunListOfOrderParams{TenantID: tenantID, ProductionOrderID: order.ProductionOrderID, RowLimit: maxRuns + 1})
		if err != nil {
			return err
		}
		if len(runs) > maxRuns {
			runs, resp.RunsTruncated = runs[:maxRuns], true
		}
		for _, r := range runs {
			resp.Runs = append(resp.Runs, toRun(req.GetCode(), r.Code, r.StartedAt, r.FinishedAt))
		}
		return nil
	})
	return resp, err
}

func unknownOrder(path, code string) error {
	return errs.NotFound(path, "UNKNOWN_PRODUCTION_ORDER", "there is no production order %q; create it with CreateProductionOrder first, or check the code", code)
}
