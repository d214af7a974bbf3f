package lots

import (
	"context"

	"google.golang.org/grpc"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/knownat"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/reconcile"
	"github.com/lottrail/lottrail/internal/relay"
	"github.com/lottrail/lottrail/internal/resolve"
)

// maxReconcileDifferences is how many differences go into a message.
const maxReconcileDifferences = 500

// Reconcile implements lottrailv1.LotsServiceServer. No posting waits for
// it.
func (s *Service) Reconcile(req *lottrailv1.ReconcileRequest, stream grpc.ServerStreamingServer[lottrailv1.ReconcileResponse]) error {
	limit := relay.Limit{Stall: relay.Stall, What: "reconciliation"}
	return relay.Stream(stream.Context(), limit, func(ctx context.Context, emit func(*lottrailv1.ReconcileResponse) error) error {
		return s.db.ReadLong(ctx, func(tx *pg.Snapshot) error {
			return reconcileAll(ctx, tx, req, pg.Emitting(ctx, tx, emit))
		})
	}, stream.Send)
}

// reconcileAll emits differences as they are found, and then the summary.
func reconcileAll(ctx context.Context, tx *pg.Snapshot, req *lottrailv1.ReconcileRequest, emit func(*lottrailv1.ReconcileResponse) error) error {
	tenantID := auth.FromContext(ctx).TenantID
	scope, err := reconcileScope(ctx, tx, tenantID, req)
	if err == nil && scope.LotID == 0 {
		err = tx.Wide()
	}
	if err != nil {
		return err
	}
	var now *knownat.Point
	position := now.Position(tx, tenantID)
	result, err := reconcile.Run(ctx, tx, tenantID, scope, func(part reconcile.Part) error {
		for len(part.Differences) > maxReconcileDifferences {
			if err := emit(toReconcilePart(part, part.Differences[:maxReconcileDifferences])); err != nil {
				return err
			}
			part.Differences = part.Differences[maxReconcileDifferences:]
		}
		return emit(toReconcilePart(part, part.Differences))
	})
	if err != nil {
		return err
	}
	return emit(&lottrailv1.ReconcileResponse{Summary: toReconcileSummary(result, position, req)})
}

// reconcileScope resolves the keys of a request.
func reconcileScope(ctx context.Context, tx *pg.Snapshot, tenantID int64, req *lottrailv1.ReconcileRequest) (reconcile.Scope, error) {
	scope := reconcile.Scope{MaxDifferences: int(req.GetMaxDifferences())}
	var err error
	switch {
	case req.GetLocationCode() != "" && (req.GetSku() != "" || req.GetLotCode() != ""):
		return scope, errs.Invalid("location_code", "SCOPE_CONFLICT", "a location is reconciled with whatever lies there; leave out the item and the lot, or leave out location %q", req.GetLocationCode())
	case req.GetLotCode() != "" && req.GetSku() == "":
		return scope, errs.Invalid("sku", "SKU_REQUIRED", "lots of several items may be called %q; say of which item it is, or leave the lot out", req.GetLotCode())
	case req.GetLotCode() != "":
		scope.LotID, err = resolve.Lot(ctx, tx, tenantID, lotKey(req))
	case req.GetSku() != "":
		var items map[string]*resolve.Item
		items, err = resolve.Items(ctx, tx, tenantID, resolve.Keys{{Path: "sku", Value: req.GetSku()}})
		if err == nil {
			scope.ItemID = items[req.GetSku()].ItemID
		}
	case req.GetLocationCode() != "":
		scope.LocationIDs, err = reconcile.Under(ctx, tx, tenantID, req.GetLocationCode())
		if err == nil && len(scope.LocationIDs) == 0 {
			err = resolve.UnknownLocation(resolve.Key{Path: "location_code", Value: req.GetLocationCode()})
		}
	}
	return scope, err
}
