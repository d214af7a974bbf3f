package recall

import (
	"bufio"
	"context"
	"fmt"

	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/grpc"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/relay"
)

// maxPart is how large a part of a packet gets, unless a single entry is larger.
const maxPart = 32 << 10

// GetRecallPacket implements lottrailv1.RecallServiceServer.
func (s *Service) GetRecallPacket(req *lottrailv1.GetRecallPacketRequest, stream grpc.ServerStreamingServer[lottrailv1.GetRecallPacketResponse]) error {
	return relay.Stream(stream.Context(), s.limit(), func(ctx context.Context, emit func(*lottrailv1.GetRecallPacketResponse) error) error {
		return s.readPacket(ctx, req.GetCaseNumber(), func(r *packetReader) error {
			return sendParts(ctx, r, pg.Emitting(ctx, r.tx, emit))
		})
	}, stream.Send)
}

// RenderRecallPacket implements lottrailv1.RecallServiceServer.
func (s *Service) RenderRecallPacket(req *lottrailv1.RenderRecallPacketRequest, stream grpc.ServerStreamingServer[lottrailv1.RenderRecallPacketResponse]) error {
	return relay.Stream(stream.Context(), s.limit(), func(ctx context.Context, emit func([]byte) error) error {
		return s.readPacket(ctx, req.GetCaseNumber(), func(r *packetReader) error {
			w := bufio.NewWriterSize(relay.Pieces(pg.Emitting(ctx, r.tx, emit)), maxPart)
			if err := writePage(ctx, r, w); err != nil {
				return err
			}
			return w.Flush()
		})
	}, func(piece []byte) error {
		return stream.Send(&lottrailv1.RenderRecallPacketResponse{
			Body: &httpbody.HttpBody{ContentType: "text/html; charset=utf-8", Data: piece},
		})
	})
}

func (s *Service) limit() relay.Limit { return relay.Limit{Stall: s.stall, What: "packet"} }

// readPacket gives a reader of a case's packet to fn, which begins anew each time.
func (s *Service) readPacket(ctx context.Context, caseNumber string, fn func(*packetReader) error) error {
	return s.db.ReadLong(ctx, plannedAnew(ctx, func(tx *pg.Snapshot) error {
		r, err := newPacketReader(ctx, tx, auth.FromContext(ctx).TenantID, caseNumber)
		if err != nil {
			return err
		}
		return fn(r)
	}))
}

// checkPacket holds what was told against what the statement says: both were read
// from the same snapshot, by different queries.
func checkPacket(said, told *lottrailv1.RecallScope) error {
	if said.GetLotCount() != told.GetLotCount() || said.GetRunCount() != told.GetRunCount() ||
		said.GetShipmentCount() != told.GetShipmentCount() || said.GetCustomerCount() != told.GetCustomerCount() {
		return fmt.Errorf("recall: the statement of the packet says %v, and told was %v", said, told)
	}
	return nil
}
