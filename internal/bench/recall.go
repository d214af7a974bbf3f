package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"time"

	"github.com/jackc/pgx/v5"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/bench/plant"
)

var recallStatements = statements("recall.sql")

const recallReason = "measured by lottrail bench"

// recalls activates recalls on the hot lot, by the service and by the bare statement
// by turns, and reads the packet of each that the service activated.
func (b *bench) recalls(ctx context.Context) (*RecallFigures, error) {
	conn, err := dial(b.GRPC)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	client := lottrailv1.NewRecallServiceClient(conn)
	s, err := newScript(ctx, b.work, b.Database, &sizes{})
	if err != nil {
		return nil, err
	}
	defer s.conn.Close(context.WithoutCancel(ctx))
	f := &RecallFigures{Repeats: b.Recalls}
	var m recallTimes
	b.progress.Step("activating recalls on the hot lot, %d times", b.Recalls)
	for i := range b.Recalls {
		b.progress.Part("", i, b.Recalls)
		if err := b.recall(ctx, client, s, i, f, &m); err != nil {
			return f, err
		}
	}
	f.Ratio = spread(m.ratios)
	f.Open, f.Activation, f.Bare = m.opened.median(), m.activated.median(), m.bare.median()
	f.PacketFirst, f.Packet, f.PageFirst, f.Page = m.packetFirst.median(), m.packet.median(), m.pageFirst.median(), m.page.median()
	return f, Reconcile(ctx, b.conn)
}

type durations []float64

func (d *durations) add(t time.Duration) { *d = append(*d, float64(t)) }
func (d durations) median() Took         { return Took(spread(d).Median) }

type recallTimes struct {
	opened, activated, bare, packetFirst, packet, pageFirst, page durations
	ratios                                                        []float64
}

// recall is one turn.
func (b *bench) recall(ctx context.Context, client lottrailv1.RecallServiceClient, s *script, i int, f *RecallFigures, m *recallTimes) error {
	number := fmt.Sprintf("BENCH-%d", i+1)
	took, err := b.open(ctx, client, number)
	if err != nil {
		return err
	}
	m.opened.add(took)
	before, err := count(ctx, b.conn)
	if err != nil {
		return err
	}
	took, answer, err := b.activate(ctx, client, number, f)
	if err != nil {
		return err
	}
	m.activated.add(took)
	between, err := count(ctx, b.conn)
	if err != nil {
		return err
	}
	bare, err := s.recall(ctx, "BARE-"+number, answer)
	if err != nil {
		return fmt.Errorf("the bare statement: %w", err)
	}
	m.bare.add(bare)
	m.ratios = append(m.ratios, float64(took)/float64(bare))
	after, err := count(ctx, b.conn)
	if err != nil {
		return err
	}
	// What the script wrote to open its case is not the activation's.
	after["recall"]--
	after["recall_seed"]--
	f.Written = grown(before, between)
	if scripted := grown(between, after); !maps.Equal(f.Written, scripted) {
		return fmt.Errorf("the service writes %v rows, the bare statement %v", f.Written, scripted)
	}
	return b.packet(ctx, client, number, f, m)
}

func grown(before, after map[string]int64) Written {
	w := Written{}
	for table, n := range after {
		if n != before[table] {
			w[table] = float64(n - before[table])
		}
	}
	return w
}

func (b *bench) open(ctx context.Context, client lottrailv1.RecallServiceClient, number string) (time.Duration, error) {
	lot := int(b.work.Hot)
	began := time.Now()
	_, err := client.OpenRecall(ctx, &lottrailv1.OpenRecallRequest{
		RequestId: "open-" + number, CaseNumber: number, Class: lottrailv1.RecallClass_RECALL_CLASS_2, Reason: recallReason,
		Lots: []*lottrailv1.LotKey{{Sku: b.work.SKU(lot), LotCode: plant.LotCode(lot)}},
	})
	return time.Since(began), err
}

// activate returns the size of the answer too, which is stored.
func (b *bench) activate(ctx context.Context, client lottrailv1.RecallServiceClient, number string, f *RecallFigures) (time.Duration, int, error) {
	began := time.Now()
	resp, err := client.ActivateRecall(ctx, &lottrailv1.ActivateRecallRequest{RequestId: "activate-" + number, CaseNumber: number})
	took := time.Since(began)
	if err != nil {
		return 0, 0, err
	}
	scope := resp.GetScope()
	f.Lots, f.Runs, f.Shipments = int(scope.GetLotCount()), int(scope.GetRunCount()), int(scope.GetShipmentCount())
	return took, proto.Size(resp), nil
}

// recall opens a case, which is not timed, and activates it.
func (s *script) recall(ctx context.Context, number string, answer int) (time.Duration, error) {
	if err := s.block(ctx); err != nil {
		return 0, err
	}
	recall := s.id()
	opening := &pgx.Batch{}
	opening.Queue(recallStatements["Case"], tenantID, recall, number, recallReason)
	opening.Queue(recallStatements["Seed"], tenantID, recall, s.lot(int(s.Hot)))
	if err := s.conn.SendBatch(ctx, opening).Close(); err != nil {
		return 0, err
	}
	if _, err := s.conn.Prepare(ctx, "activate", recallStatements["Activate"]); err != nil {
		return 0, err
	}
	requestID := "activate-" + number
	began := time.Now()
	s.batch = &pgx.Batch{}
	s.add("Begin")
	s.add("Request", tenantID, requestID, fingerprint, make([]byte, answer))
	s.batch.Queue("activate", tenantID, s.lot(int(s.Hot)), recall, s.id(), requestID, recallReason)
	err := s.commit(ctx)
	return time.Since(began), err
}

// packet reads the packet and the page of a case to their ends.
func (b *bench) packet(ctx context.Context, client lottrailv1.RecallServiceClient, number string, f *RecallFigures, m *recallTimes) error {
	began := time.Now()
	packet, err := client.GetRecallPacket(ctx, &lottrailv1.GetRecallPacketRequest{CaseNumber: number})
	if err != nil {
		return err
	}
	lots, shipments, complete := 0, 0, false
	first, err := drain(packet, began, func(r *lottrailv1.GetRecallPacketResponse) {
		lots += len(r.GetLots())
		shipments += len(r.GetShipments())
		complete = r.GetStatement() != nil
	})
	if err != nil {
		return fmt.Errorf("the packet: %w", err)
	}
	m.packetFirst.add(first)
	m.packet.add(time.Since(began))
	if !complete || lots != f.Lots || shipments != f.Shipments {
		return fmt.Errorf("the packet has %d lots and %d shipment lines, of %d and %d", lots, shipments, f.Lots, f.Shipments)
	}
	began = time.Now()
	page, err := client.RenderRecallPacket(ctx, &lottrailv1.RenderRecallPacketRequest{CaseNumber: number})
	if err != nil {
		return err
	}
	f.PageBytes = 0
	if first, err = drain(page, began, func(r *lottrailv1.RenderRecallPacketResponse) { f.PageBytes += len(r.GetBody().GetData()) }); err != nil {
		return fmt.Errorf("the page: %w", err)
	}
	m.pageFirst.add(first)
	m.page.add(time.Since(began))
	return nil
}

// drain reads a stream to its end and says when its first message came.
func drain[M any](stream grpc.ServerStreamingClient[M], began time.Time, take func(*M)) (first time.Duration, err error) {
	for {
		resp, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return first, nil
		}
		if err != nil {
			return first, err
		}
		if first == 0 {
			first = time.Since(began)
		}
		take(resp)
	}
}
