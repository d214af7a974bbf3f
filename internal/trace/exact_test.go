package trace_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/pg"
)

// While a plant is at work, every trace is what the ledger says in the same snapshot, to
// the last movement: nothing that was posted by then is missing, and nothing of later is in
// it.
func TestExactUnderPosting(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	s := &shop{api: api}
	s.open(t)
	ctx, stop := context.WithCancel(t.Context())
	var working sync.WaitGroup
	for worker := range 4 {
		working.Go(func() { s.work(ctx, worker) })
	}
	edges := 0
	for i := range 45 {
		direction := ways[i%len(ways)]
		err := api.DB.Read(t.Context(), func(tx *pg.Snapshot) error {
			n, err := hold(t, tx, direction)
			edges += n
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	stop()
	working.Wait()
	if edges < 500 || s.posted.Load() < 100 {
		t.Errorf("%d edges were compared while %d operations were posted: that shows nothing", edges, s.posted.Load())
	}
}

var ways = []lineage.Direction{lineage.Forward, lineage.Backward, lineage.Both}

// hold walks from some lot and holds what comes against the movements of the snapshot.
func hold(t *testing.T, tx *pg.Snapshot, direction lineage.Direction) (int, error) {
	t.Helper()
	q := lineage.Query{Direction: direction, LotIDs: make([]int64, 1)}
	if err := tx.QueryRow(t.Context(), "SELECT tenant_id, lot_id FROM lot WHERE lot_id = (SELECT min(lot_id) FROM lot) OR random() < 0.1 ORDER BY random() LIMIT 1").Scan(&q.TenantID, &q.LotIDs[0]); err != nil {
		return 0, err
	}
	var parts []*lineage.Part
	err := lineage.Walk(t.Context(), tx, q, func(p *lineage.Part) error {
		parts = append(parts, p)
		return nil
	})
	if err != nil {
		return 0, err
	}
	l, err := readLedger(t.Context(), tx)
	if err != nil {
		return 0, err
	}
	got, want := linesOf(parts), l.search(q)
	if !slices.Equal(got, want) {
		t.Errorf("from lot %d, direction %d:\n got %q\nwant %q", q.LotIDs[0], direction, got, want)
	}
	return len(want), nil
}

// linesOf are the edges and shipments of a walk, as lines.
func linesOf(parts []*lineage.Part) []string {
	names := map[int32]string{}
	var lines []string
	for _, p := range parts {
		for _, l := range p.Lots {
			names[l.Ref] = fmt.Sprint(l.LotID)
		}
		for _, r := range p.Runs {
			names[r.Ref] = fmt.Sprint(r.RunID)
		}
		for _, e := range p.Edges {
			kind := map[lineage.EdgeKind]string{lineage.Consumption: "consumption", lineage.Output: "output"}[e.Kind]
			lines = append(lines, fmt.Sprintf("%s lot %s run %s: %s, %d to %d", kind, names[e.LotRef], names[e.RunRef], e.Quantity, e.FirstAt.UnixMicro(), e.LastAt.UnixMicro()))
		}
		for _, s := range p.Shipments {
			lines = append(lines, fmt.Sprintf("lot %s: %s by %s", names[s.LotRef], s.Quantity, s.ShipmentCode))
		}
		for _, r := range p.Receipts {
			lines = append(lines, fmt.Sprintf("lot %s: %s by %s", names[r.LotRef], r.Quantity, r.ReceiptCode))
		}
	}
	slices.Sort(lines)
	return lines
}

// ledgerEdge is what moved of a lot into or out of a run, and ledgerLine what moved of it
// by a document, summed over all movements.
type ledgerEdge struct {
	LotID, RunID int64
	Output       bool
	Line         string
}

type ledgerLine struct {
	LotID   int64
	Shipped bool
	Line    string
}

type ledgerRows struct {
	edges []ledgerEdge
	lines []ledgerLine
}

// readLedger reads all movements there are, with nothing clever.
func readLedger(ctx context.Context, tx *pg.Snapshot) (ledgerRows, error) {
	var l ledgerRows
	rows, err := tx.Query(ctx, `
		SELECT lot_id, run_id, kind = 'output', format('%s lot %s run %s: %s, %s to %s', kind, lot_id, run_id, trim_scale(sum(quantity)),
		       (extract(epoch FROM min(occurred_at)) * 1000000)::bigint, (extract(epoch FROM max(occurred_at)) * 1000000)::bigint)
		FROM movement WHERE run_id IS NOT NULL GROUP BY lot_id, run_id, kind HAVING sum(quantity) > 0`)
	if err != nil {
		return l, err
	}
	if l.edges, err = pgx.CollectRows(rows, pgx.RowToStructByPos[ledgerEdge]); err != nil {
		return l, err
	}
	rows, err = tx.Query(ctx, `
		SELECT movement.lot_id, movement.shipment_line_id IS NOT NULL, format('lot %s: %s by %s', movement.lot_id, trim_scale(sum(movement.quantity)), coalesce(shipment.code, receipt.code))
		FROM movement
		LEFT JOIN shipment_line USING (tenant_id, shipment_line_id) LEFT JOIN shipment USING (tenant_id, shipment_id)
		LEFT JOIN receipt_line ON receipt_line.tenant_id = movement.tenant_id AND receipt_line.receipt_line_id = movement.receipt_line_id
		LEFT JOIN receipt ON receipt.tenant_id = movement.tenant_id AND receipt.receipt_id = receipt_line.receipt_id
		WHERE movement.kind IN ('shipment', 'receipt')
		GROUP BY movement.lot_id, movement.shipment_line_id, movement.receipt_line_id, shipment.code, receipt.code HAVING sum(movement.quantity) > 0`)
	if err != nil {
		return l, err
	}
	l.lines, err = pgx.CollectRows(rows, pgx.RowToStructByPos[ledgerLine])
	return l, err
}

// search goes over all edges again and again until nothing is new.
func (l ledgerRows) search(q lineage.Query) []string {
	found := map[string]bool{}
	for _, back := range []bool{false, true} {
		if q.Direction == lineage.Forward && back || q.Direction == lineage.Backward && !back {
			continue
		}
		lots, runs := map[int64]bool{q.LotIDs[0]: true}, map[int64]bool{}
		for grew := true; grew; {
			grew = false
			for _, e := range l.edges {
				if near := e.Output == back; near && lots[e.LotID] && !runs[e.RunID] {
					runs[e.RunID], grew = true, true
				} else if !near && runs[e.RunID] && !lots[e.LotID] {
					lots[e.LotID], grew = true, true
				}
			}
		}
		for _, e := range l.edges {
			if lots[e.LotID] && runs[e.RunID] {
				found[e.Line] = true
			}
		}
		for _, line := range l.lines {
			if lots[line.LotID] && line.Shipped != back {
				found[line.Line] = true
			}
		}
	}
	var lines []string
	for line := range found {
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return lines
}

// shop is a small plant at work.
type shop struct {
	api    *apitest.API
	posted atomic.Int64

	mu   sync.Mutex
	lots []*pb.LotKey
	next int
}

func (s *shop) open(t *testing.T) {
	t.Helper()
	for i := range 3 {
		lot := &pb.LotKey{Sku: apitest.Flour, LotCode: fmt.Sprint("F", i)}
		s.api.ReceiveLot(t, lot.Sku, lot.LotCode, "100000", "KGM", apitest.Shelf)
		s.lots = append(s.lots, lot)
	}
	_, err := s.api.Production.CreateProductionOrder(t.Context(), &pb.CreateProductionOrderRequest{
		RequestId: apitest.ID(), ProductionOrder: &pb.ProductionOrder{Code: "MO", Sku: apitest.Bread, Quantity: pieces("1000")},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func pieces(n string) *pb.Quantity { return &pb.Quantity{Value: n, Unit: "H87"} }

// some is any of the lots, the newest rather than others, so that ways get long.
func (s *shop) some() *pb.LotKey {
	s.mu.Lock()
	defer s.mu.Unlock()
	if rand.N(3) > 0 {
		return s.lots[max(0, len(s.lots)-1-rand.N(8))]
	}
	return s.lots[rand.N(len(s.lots))]
}

func (s *shop) code() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	return fmt.Sprint(s.next)
}

// work makes run after run: it takes of some lots, puts out, takes more, ships, and takes a
// shipment back. What is refused, for somebody else was earlier, is left.
func (s *shop) work(ctx context.Context, worker int) {
	took := func(err error) bool {
		if err == nil {
			s.posted.Add(1)
		}
		return err == nil
	}
	for ctx.Err() == nil {
		run := fmt.Sprintf("R%d-%s", worker, s.code())
		if _, err := s.api.Production.StartRun(ctx, &pb.StartRunRequest{RequestId: apitest.ID(), ProductionOrderCode: "MO", RunCode: run}); !took(err) {
			continue
		}
		s.consume(ctx, run, took)
		made := &pb.LotKey{Sku: apitest.Bread, LotCode: "B" + s.code()}
		_, err := s.api.Production.RecordOutputs(ctx, &pb.RecordOutputsRequest{RequestId: apitest.ID(), ProductionOrderCode: "MO", RunCode: run, Lines: []*pb.OutputLine{{
			Sku: made.Sku, LotCode: made.LotCode, LocationCode: apitest.Shelf, Quantity: pieces("20"),
		}}})
		if took(err) {
			s.mu.Lock()
			s.lots = append(s.lots, made)
			s.mu.Unlock()
		}
		s.consume(ctx, run, took)
		code := "S" + s.code()
		_, err = s.api.Dispatch.Ship(ctx, &pb.ShipRequest{RequestId: apitest.ID(), ShipmentCode: code, CustomerCode: apitest.Customer, Lines: []*pb.ShipmentLine{{
			Sku: made.Sku, LotCode: made.LotCode, LocationCode: apitest.Shelf, Quantity: pieces("1"),
		}}})
		if took(err) && rand.N(3) == 0 {
			_, err := s.api.Lots.ReverseOperation(ctx, &pb.ReverseOperationRequest{RequestId: apitest.ID(), Operation: &pb.ReverseOperationRequest_ShipmentCode{ShipmentCode: code}, Reason: "wrong van"})
			took(err)
		}
	}
}

func (s *shop) consume(ctx context.Context, run string, took func(error) bool) {
	for range 1 + rand.N(2) {
		lot := s.some()
		quantity := pieces("1")
		if lot.Sku == apitest.Flour {
			quantity.Unit = "KGM"
		}
		_, err := s.api.Production.ConsumeLots(ctx, &pb.ConsumeLotsRequest{RequestId: apitest.ID(), ProductionOrderCode: "MO", RunCode: run, Lines: []*pb.ConsumptionLine{{
			Sku: lot.Sku, LotCode: lot.LotCode, LocationCode: apitest.Shelf, Quantity: quantity,
		}}})
		took(err)
	}
}
