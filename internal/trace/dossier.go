package trace

import (
	"context"

	"google.golang.org/grpc"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/relay"
	"github.com/lottrail/lottrail/internal/resolve"
)

// GetDossier implements lottrailv1.TraceServiceServer.
func (s *Service) GetDossier(req *lottrailv1.GetDossierRequest, stream grpc.ServerStreamingServer[lottrailv1.GetDossierResponse]) error {
	limit := relay.Limit{Stall: s.stall, What: "dossier"}
	return relay.Stream(stream.Context(), limit, func(ctx context.Context, emit func(*lottrailv1.GetDossierResponse) error) error {
		return s.readDossier(ctx, req, emit, func(*dossierReader) error { return nil })
	}, stream.Send)
}

// ofLot is a request about a lot at a moment.
type ofLot interface {
	momentous
	GetSku() string
	GetLotCode() string
}

// readDossier emits the parts of a dossier, out of one snapshot, from which finish may read
// on.
func (s *Service) readDossier(ctx context.Context, req ofLot, emit func(*lottrailv1.GetDossierResponse) error, finish func(*dossierReader) error) error {
	return s.seated(ctx, req, func(tx *pg.Snapshot, q lineage.Query, at moment) error {
		lotID, err := at.lot(ctx, tx, q, resolve.LotKey{Path: "lot_code", SKU: req.GetSku(), LotCode: req.GetLotCode()})
		if err != nil {
			return err
		}
		q.LotIDs, q.Direction = []int64{lotID}, lineage.Both
		r := newDossierReader(tx, q, at, emit)
		if err := r.read(ctx); err != nil {
			return err
		}
		return finish(r)
	})
}
