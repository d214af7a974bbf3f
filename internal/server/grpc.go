package server

import (
	"context"
	"log/slog"
	"net"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"go.opentelemetry.io/otel/metric/noop"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding"
	protocodec "google.golang.org/grpc/encoding/proto"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/test/bufconn"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/catalog"
	"github.com/lottrail/lottrail/internal/civil"
	"github.com/lottrail/lottrail/internal/dispatch"
	"github.com/lottrail/lottrail/internal/lots"
	"github.com/lottrail/lottrail/internal/oplog"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/production"
	"github.com/lottrail/lottrail/internal/recall"
	"github.com/lottrail/lottrail/internal/receiving"
	"github.com/lottrail/lottrail/internal/trace"
)

const (
	// maxRequest is how large a request may be, over gRPC and over REST. A batch
	// of a thousand items is a few hundred KiB.
	maxRequest = 4 << 20
	// maxResponse is what the gateway takes from our own gRPC.
	maxResponse = 64 << 20
	// maxStreams bounds what one connection can have under way.
	maxStreams = 1000
)

// checks is what a request goes through once it is known who sends it: scans are
// filled in, and then its fields are validated.
func checks(scans scanner, validator validator) grpc.UnaryServerInterceptor {
	return func(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
		return scans.unary(ctx, req, info, func(ctx context.Context, req any) (any, error) {
			return validator.unary(ctx, req, info, next)
		})
	}
}

// newGRPC makes the gRPC server. This is where the order of the interceptors
// is to be seen; telemetry comes before them all, as a stats handler.
func newGRPC(log *slog.Logger, scans scanner) (*grpc.Server, error) {
	validator, err := newValidator()
	if err != nil {
		return nil, err
	}
	errors := errorMapper{log: log}
	return grpc.NewServer(
		grpc.StatsHandler(otelgrpc.NewServerHandler()),
		grpc.ChainUnaryInterceptor(
			countUnary,
			recoverUnary(log),
			logUnary(log),
			errors.unary,
			auth.Unary(auth.Everybody),
			idempotencyKey,
			checks(scans, validator),
		),
		grpc.ChainStreamInterceptor(
			countStream,
			recoverStream(log),
			logStream(log),
			errors.stream,
			auth.Stream(auth.Everybody),
			scans.stream,
			validator.stream,
		),
		grpc.ForceServerCodecV2(requestCodec{encoding.GetCodecV2(protocodec.Name)}),
		// What is somewhat too large is read to be refused with a reason.
		grpc.MaxRecvMsgSize(2*maxRequest),
		grpc.MaxConcurrentStreams(maxStreams),
		// Notices clients that are gone without a word, and takes pings from those
		// behind firewalls that forget idle connections.
		grpc.KeepaliveParams(keepalive.ServerParameters{Time: time.Minute, Timeout: 20 * time.Second}),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 10 * time.Second, PermitWithoutStream: true}),
	), nil
}

// services are the names that health is told for.
var services = []string{
	pb.CatalogService_ServiceDesc.ServiceName,
	pb.ReceivingService_ServiceDesc.ServiceName,
	pb.ProductionService_ServiceDesc.ServiceName,
	pb.DispatchService_ServiceDesc.ServiceName,
	pb.LotsService_ServiceDesc.ServiceName,
	pb.TraceService_ServiceDesc.ServiceName,
	pb.RecallService_ServiceDesc.ServiceName,
	pb.LogService_ServiceDesc.ServiceName,
}

func register(s *grpc.Server, db *pg.DB, window civil.Window, readers *oplog.Service, checks grpc.UnaryServerInterceptor) {
	pb.RegisterCatalogServiceServer(s, catalog.New(db))
	pb.RegisterReceivingServiceServer(s, receiving.New(db, window))
	pb.RegisterProductionServiceServer(s, production.New(db, window))
	pb.RegisterDispatchServiceServer(s, dispatch.New(db, window))
	pb.RegisterLotsServiceServer(s, lots.New(db, window, checks))
	pb.RegisterTraceServiceServer(s, trace.New(db))
	pb.RegisterRecallServiceServer(s, recall.New(db))
	pb.RegisterLogServiceServer(s, readers)
}

// dialInside connects the gateway with our own gRPC server, without a network,
// so that REST passes the same interceptors.
func dialInside(inside *bufconn.Listener) (*grpc.ClientConn, error) {
	return grpc.NewClient("passthrough:///lottrail",
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return inside.DialContext(ctx) }),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		// For the trace alone: the server's end counts the call.
		grpc.WithStatsHandler(otelgrpc.NewClientHandler(otelgrpc.WithMeterProvider(noop.NewMeterProvider()))),
		grpc.WithUnaryInterceptor(pathAgrees),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxResponse)),
		grpc.WithDisableRetry(), // what is worth trying again is known further in
	)
}
