package trace

import (
	"context"

	"google.golang.org/grpc"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/relay"
	"github.com/lottrail/lottrail/internal/resolve"
)

// GetDossier implements lottrailv1.TraceServiceServer.
func (s *Service) GetDossier(req *lottrailv1.GetDossierRequest, stream grpc.ServerStreamingServer[lottrailv1.GetDossierResponse]) error {
	limit := relay.Limit{Stall: s.stall, What: "dossier"}
	return relay.Stream(stream.Context(), limit, func(ctx context.Context, emit func(*lottrailv1.GetDossierResponse) error) error {
		return s.readDossier(ctx, req.GetSku(), req.GetLotCode(), emit, func(*dossierReader) error { return nil })
	}, stream.Send)
}

// readDossier emits the parts of a dossier, out of one snapshot, from which finish may read
// on.
func (s *Service) readDossier(ctx context.Context, sku, lotCode string, emit func(*lottrailv1.GetDossierResponse) error, finish func(*dossierReader) error) error {
	giveBack, err := s.db.TakeSeat(ctx)
	if err != nil {
		return err
	}
	defer giveBack()
	return s.db.Read(ctx, func(tx *pg.Snapshot) error {
		tenantID := auth.FromContext(ctx).TenantID
		lotID, err := resolve.Lot(ctx, tx, tenantID, resolve.LotKey{Path: "lot_code", SKU: sku, LotCode: lotCode})
		if err != nil {
			return err
		}
		r := newDossierReader(tx, tenantID, lotID, emit)
		if err := r.read(ctx); err != nil {
			return err
		}
		return finish(r)
	})
}
