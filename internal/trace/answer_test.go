package trace_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
	"github.com/lottrail/lottrail/internal/telemetry/telemetrytest"
	"github.com/lottrail/lottrail/internal/trace"
)

func TestMain(m *testing.M) { telemetrytest.Main(func() { dbtest.Main(m) }) }

// bakery has two suppliers, a by-product, rework, an untracked item in between, a
// run in process and a shipment without an order.
const bakery = `
	mill -> flour/1 100 + flour/2 50
	well -> ~water/1 500
	dairy -> butter/1 40
	dough#1: flour/1 30 + flour/1 20 + ~water/1 10 -> dough/1 60 + scraps/1 5
	dough#2: flour/2 20 + ~water/1 10 + scraps/1 2 -> dough/2 30
	open roll#1: dough/1 30 + dough/2 10 + butter/1 10 -> ~sheet/1 50
	bake#1: ~sheet/1 40 -> danish/1 400 + crumbs/1 10
	dough#3: crumbs/1 8 + flour/1 10 -> dough/3 15
	danish/1 100 => café for SO-1
	danish/1 50 + dough/3 5 => kiosk
	flour/1 7 => kiosk
	move flour/1 3
`

func parse(t testing.TB, text string) lineagetest.Graph {
	t.Helper()
	g, err := lineagetest.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// tester is testing.TB as rapid has it too.
type tester interface {
	Helper()
	Errorf(string, ...any)
	Fatal(...any)
}

// answer tells what parts have in them, and checks that nothing refers forward
// and that the summary comes last and counts what came.
func answer(t tester, parts []*pb.TracePart) lineagetest.Answer {
	t.Helper()
	var a lineagetest.Answer
	names := map[int32]string{}
	refer := func(ref int32) string {
		if names[ref] == "" {
			t.Errorf("ref %d before what it refers to", ref)
		}
		return names[ref]
	}
	for i, p := range parts {
		if (p.Summary != nil) != (i == len(parts)-1) {
			t.Errorf("summary in part %d of %d", i+1, len(parts))
		}
		for _, l := range p.Lots {
			names[l.Ref] = l.Lot.Sku + "/" + l.Lot.LotCode
			var stock lineagetest.Stock
			for _, s := range l.Stocks {
				var n int64
				if _, err := fmt.Sscan(s.OnHand.Value, &n); err != nil {
					t.Errorf("%s left of %s", s.OnHand.Value, names[l.Ref])
				}
				*map[string]*int64{"A": &stock.A, "B": &stock.B}[s.LocationCode] = n
			}
			if l.OnHand.Value != fmt.Sprint(stock.A+stock.B) || l.OnHand.Unit != lineagetest.Unit || l.Inferred != lineagetest.Inferred(l.Lot.Sku) {
				t.Errorf("lot %v", l)
			}
			a.Lots = append(a.Lots, lineagetest.LotLine(names[l.Ref], words[l.Direction], int(l.Depth), stock.String()))
		}
		for _, r := range p.Runs {
			names[r.Ref] = r.ProductionOrderCode + "#" + r.RunCode
			a.Runs = append(a.Runs, lineagetest.RunLine(names[r.Ref], words[r.Direction], int(r.Depth), r.FinishedAt == nil))
		}
		for _, e := range p.Edges {
			if e.Kind == pb.TraceEdgeKind_TRACE_EDGE_KIND_OUTPUT {
				a.Edges = append(a.Edges, lineagetest.OutputLine(refer(e.RunRef), e.Quantity.Value, refer(e.LotRef)))
			} else {
				a.Edges = append(a.Edges, lineagetest.ConsumptionLine(refer(e.LotRef), e.Quantity.Value, refer(e.RunRef)))
			}
		}
		for _, r := range p.Receipts {
			a.Receipts = append(a.Receipts, lineagetest.ReceiptLine(refer(r.LotRef), r.Quantity.Value, r.SupplierCode, r.PurchaseOrderCode, r.PurchaseOrderLineNumber))
		}
		for _, s := range p.Shipments {
			a.Shipments = append(a.Shipments, lineagetest.ShipmentLine(refer(s.LotRef), s.Quantity.Value, s.CustomerCode, s.ShipmentCode, s.SalesOrderCode, s.SalesOrderLineNumber))
		}
	}
	s := parts[len(parts)-1].Summary
	if int(s.LotCount) != len(a.Lots) || int(s.RunCount) != len(a.Runs) || int(s.EdgeCount) != len(a.Edges) ||
		int(s.ReceiptCount) != len(a.Receipts) || int(s.ShipmentCount) != len(a.Shipments) {
		t.Errorf("summary %v of %+v", s, a)
	}
	for _, o := range s.Omissions {
		switch o.Reason {
		case pb.TraceOmissionReason_TRACE_OMISSION_REASON_DEPTH:
			a.Stopped = int(o.LotCount)
		case pb.TraceOmissionReason_TRACE_OMISSION_REASON_ITEMS:
			a.Hidden = int(o.LotCount)
		}
	}
	if s.Complete != (len(s.Omissions) == 0) || s.Statement == "" || s.ReadAt == nil {
		t.Errorf("summary %v", s)
	}
	a.Customers, a.Suppliers, a.OpenRuns, a.MaxDepth = int(s.CustomerCount), int(s.SupplierCount), int(s.OpenRunCount), int(s.MaxDepth)
	a.Sort()
	return a
}

var words = map[pb.TraceDirection]string{
	pb.TraceDirection_TRACE_DIRECTION_FORWARD:  "forward",
	pb.TraceDirection_TRACE_DIRECTION_BACKWARD: "backward",
	pb.TraceDirection_TRACE_DIRECTION_BOTH:     "both",
	pb.TraceDirection_TRACE_DIRECTION_SIBLING:  "sibling",
}

// partOf is any of the three responses.
type partOf interface {
	proto.Message
	GetPart() *pb.TracePart
}

// receive takes a stream to its end.
func receive[R partOf](recv func() (R, error)) ([]*pb.TracePart, error) {
	var parts []*pb.TracePart
	for {
		resp, err := recv()
		if errors.Is(err, io.EOF) {
			return parts, nil
		}
		if err != nil {
			return parts, err
		}
		parts = append(parts, resp.GetPart())
	}
}

// stream calls the right RPC for a direction.
func stream(ctx context.Context, client pb.TraceServiceClient, sku, lot string, direction pb.TraceDirection, filter *pb.TraceFilter) ([]*pb.TracePart, error) {
	switch direction {
	case pb.TraceDirection_TRACE_DIRECTION_FORWARD:
		s, err := client.TraceForward(ctx, &pb.TraceForwardRequest{Sku: sku, LotCode: lot, Filter: filter})
		if err != nil {
			return nil, err
		}
		return receive(s.Recv)
	case pb.TraceDirection_TRACE_DIRECTION_BACKWARD:
		s, err := client.TraceBackward(ctx, &pb.TraceBackwardRequest{Sku: sku, LotCode: lot, Filter: filter})
		if err != nil {
			return nil, err
		}
		return receive(s.Recv)
	}
	s, err := client.TraceBoth(ctx, &pb.TraceBothRequest{Sku: sku, LotCode: lot, Filter: filter})
	if err != nil {
		return nil, err
	}
	return receive(s.Recv)
}

// collected is a stream to the service itself, without a network in between.
type collected[R partOf] struct {
	grpc.ServerStream
	ctx   context.Context
	parts []*pb.TracePart
}

func (c *collected[R]) Context() context.Context { return c.ctx }

func (c *collected[R]) Send(resp R) error {
	c.parts = append(c.parts, proto.CloneOf(resp.GetPart()))
	return nil
}

// direct is stream on the service itself.
func direct(ctx context.Context, s *trace.Service, sku, lot string, direction pb.TraceDirection, filter *pb.TraceFilter) ([]*pb.TracePart, error) {
	switch direction {
	case pb.TraceDirection_TRACE_DIRECTION_FORWARD:
		c := &collected[*pb.TraceForwardResponse]{ctx: ctx}
		err := s.TraceForward(&pb.TraceForwardRequest{Sku: sku, LotCode: lot, Filter: filter}, c)
		return c.parts, err
	case pb.TraceDirection_TRACE_DIRECTION_BACKWARD:
		c := &collected[*pb.TraceBackwardResponse]{ctx: ctx}
		err := s.TraceBackward(&pb.TraceBackwardRequest{Sku: sku, LotCode: lot, Filter: filter}, c)
		return c.parts, err
	}
	c := &collected[*pb.TraceBothResponse]{ctx: ctx}
	err := s.TraceBoth(&pb.TraceBothRequest{Sku: sku, LotCode: lot, Filter: filter}, c)
	return c.parts, err
}

// pages takes a trace page by page.
func pages(ctx context.Context, get func(context.Context, *pb.GetTraceRequest) (*pb.GetTraceResponse, error), req *pb.GetTraceRequest) ([]*pb.TracePart, error) {
	var parts []*pb.TracePart
	for {
		resp, err := get(ctx, req)
		if err != nil {
			return parts, err
		}
		parts = append(parts, resp.Part)
		if resp.NextPageToken == "" {
			return parts, nil
		}
		req.PageToken = resp.NextPageToken
	}
}

// joined is parts as one, without what differs from snapshot to snapshot.
func joined(parts []*pb.TracePart) *pb.TracePart {
	all := &pb.TracePart{}
	for _, p := range parts {
		proto.Merge(all, p)
	}
	all.ResumeToken = ""
	if all.Summary != nil {
		all.Summary.ReadAt, all.Summary.Statement, all.Summary.LogPosition = nil, "", nil
	}
	return all
}
