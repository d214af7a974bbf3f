package trace

import (
	"bufio"
	"context"
	"io"

	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/grpc"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/dossier"
	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/picture"
	"github.com/lottrail/lottrail/internal/relay"
)

// RenderDossier implements lottrailv1.TraceServiceServer.
func (s *Service) RenderDossier(req *lottrailv1.RenderDossierRequest, stream grpc.ServerStreamingServer[lottrailv1.RenderDossierResponse]) error {
	limit := relay.Limit{Stall: s.stall, What: "dossier"}
	return relay.Stream(stream.Context(), limit, func(ctx context.Context, emit func([]byte) error) error {
		return s.readAt(ctx, req, func(tx *pg.Snapshot, q lineage.Query, at moment) error {
			w := bufio.NewWriterSize(relay.Pieces(pg.Emitting(ctx, tx, emit)), maxDossierPart)
			if err := renderDossier(ctx, tx, q, at, req, w); err != nil {
				return err
			}
			return w.Flush()
		})
	}, func(piece []byte) error {
		return stream.Send(&lottrailv1.RenderDossierResponse{
			Body: &httpbody.HttpBody{ContentType: "text/html; charset=utf-8", Data: piece},
		})
	})
}

func renderDossier(ctx context.Context, tx *pg.Snapshot, q lineage.Query, at moment, req *lottrailv1.RenderDossierRequest, w io.Writer) error {
	page := dossier.New(w)
	var statement *lottrailv1.DossierStatement
	r, err := readDossier(ctx, tx, q, at, req, func(part *lottrailv1.GetDossierResponse) error {
		statement = part.GetStatement()
		return page.Take(part)
	})
	if err != nil {
		return err
	}
	trail, err := r.trail(ctx)
	if err != nil {
		return err
	}
	return page.End(statement, trail.Graph())
}

// trail is where the lot came from and where it went, out of the same snapshot and at the
// same moment.
func (r *dossierReader) trail(ctx context.Context) (*picture.Trail, error) {
	trail := picture.NewTrail()
	return trail, lineage.Walk(ctx, r.tx, r.query, func(part *lineage.Part) error {
		trail.Take(toPart(part))
		return nil
	})
}
