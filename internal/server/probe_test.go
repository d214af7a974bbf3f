package server

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// probe stands where the services stand, so that a test can say what they
// return. Everything around it is the real thing.
type probe struct {
	pb.UnimplementedCatalogServiceServer
	pb.UnimplementedTraceServiceServer
	pb.UnimplementedRecallServiceServer

	get    func(context.Context, *pb.GetItemRequest) (*pb.GetItemResponse, error)
	upsert func(context.Context, *pb.UpsertItemRequest) (*pb.UpsertItemResponse, error)
	trace  func(*pb.TraceForwardRequest, pb.TraceService_TraceForwardServer) error
	render func(*pb.RenderRecallPacketRequest, pb.RecallService_RenderRecallPacketServer) error
}

func (p *probe) GetItem(ctx context.Context, req *pb.GetItemRequest) (*pb.GetItemResponse, error) {
	return p.get(ctx, req)
}

func (p *probe) UpsertItem(ctx context.Context, req *pb.UpsertItemRequest) (*pb.UpsertItemResponse, error) {
	return p.upsert(ctx, req)
}

func (p *probe) TraceForward(req *pb.TraceForwardRequest, stream pb.TraceService_TraceForwardServer) error {
	return p.trace(req, stream)
}

func (p *probe) RenderRecallPacket(req *pb.RenderRecallPacketRequest, stream pb.RecallService_RenderRecallPacketServer) error {
	return p.render(req, stream)
}

// echo answers with what was asked.
func echo() *probe {
	return &probe{
		get: func(_ context.Context, req *pb.GetItemRequest) (*pb.GetItemResponse, error) {
			return &pb.GetItemResponse{Item: &pb.Item{Sku: req.Sku}}, nil
		},
		upsert: func(_ context.Context, req *pb.UpsertItemRequest) (*pb.UpsertItemResponse, error) {
			item := req.Item
			item.Name = req.RequestId // so that a test sees it
			return &pb.UpsertItemResponse{Item: item}, nil
		},
		trace: func(req *pb.TraceForwardRequest, stream pb.TraceService_TraceForwardServer) error {
			return stream.Send(&pb.TraceForwardResponse{Part: &pb.TracePart{Lots: []*pb.TraceLot{
				{Lot: &pb.LotKey{Sku: req.Sku, LotCode: req.LotCode}},
			}}})
		},
	}
}

// served is a server that runs for a test.
type served struct {
	rest string
	conn *grpc.ClientConn
	log  *logBuffer
	stop func() error // waits until everything is closed
}

func serve(t *testing.T, p *probe, options ...Option) *served {
	t.Helper()
	log := &logBuffer{}
	options = append([]Option{WithLog(slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})))}, options...)
	s, err := assemble(&checker{}, scanner{}, func(s *Server) {
		pb.RegisterCatalogServiceServer(s.grpc, p)
		pb.RegisterTraceServiceServer(s.grpc, p)
		pb.RegisterRecallServiceServer(s.grpc, p)
	}, options)
	if err != nil {
		t.Fatal(err)
	}
	return start(t, s, log)
}

func start(t *testing.T, s *Server, log *logBuffer) *served {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	grpcListener, httpListener := listen(t), listen(t)
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, grpcListener, httpListener) }()
	stop := sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	conn, err := grpc.NewClient("passthrough:///"+grpcListener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return &served{rest: "http://" + httpListener.Addr().String(), conn: conn, log: log, stop: stop}
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return listener
}

// logBuffer is a log that can be read while it is written.
type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// eventually waits for something that comes by itself.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if done() {
			return
		}
	}
	t.Fatalf("not within 10 s: %s", what)
}
