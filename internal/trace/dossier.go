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
		return s.readAt(ctx, req, func(tx *pg.Snapshot, q lineage.Query, at moment) error {
			_, err := readDossier(ctx, tx, q, at, req, pg.Emitting(ctx, tx, emit))
			return err
		})
	}, stream.Send)
}

// ofLot is a request about a lot at a moment.
type ofLot interface {
	momentous
	GetSku() string
	GetLotCode() string
}

// readDossier emits the parts of a dossier. From what it returns can be read on.
func readDossier(ctx context.Context, tx *pg.Snapshot, q lineage.Query, at moment, req ofLot, emit func(*lottrailv1.GetDossierResponse) error) (*dossierReader, error) {
	lotID, err := at.lot(ctx, tx, q, resolve.LotKey{Path: "lot_code", SKU: req.GetSku(), LotCode: req.GetLotCode()})
	if err != nil {
		return nil, err
	}
	q.LotIDs, q.Direction = []int64{lotID}, lineage.Both
	r := newDossierReader(tx, q, at, emit)
	return r, r.read(ctx)
}
