package trace_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"
	"pgregory.net/rapid"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
	"github.com/lottrail/lottrail/internal/trace"
)

// Whatever happened, in whatever order it was recorded, and whatever was taken back since:
// every trace, forward, backward and both, as a stream and in pages, of now and as it was
// known at any entry of the log and as of any minute, tells what a plain search through the events finds, times
// and quantities included, and what is out of time. All histories are in one database, each of a tenant of its own
// and with the same codes as the others.
//
// Of more of them than the tests take, with
//
//	go test ./internal/trace -run TestHistories -rapid.checks 10000
func TestHistories(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	service := trace.New(db)
	var tenants atomic.Int64
	tenants.Store(100)
	rapid.Check(t, func(r *rapid.T) {
		h := lineagetest.RandomHistory(r)
		tenant := tenants.Add(1)
		h.Load(t, db, tenant)
		if sealed, err := ledger.Seal(t.Context(), db, tenant); err != nil || sealed.Entries != len(h) {
			r.Fatalf("%+v, %v, want %d entries", sealed, err, len(h))
		}
		ctx := auth.NewContext(t.Context(), auth.Identity{TenantID: tenant, Principal: "test"})
		for range 5 {
			q := drawQuestion(r, h)
			want := h.Expect(q.at, q.ask)
			q.req.PageSize = int32(1 + len(want)/rapid.IntRange(1, 10).Draw(r, "pages"))
			for how, parts := range q.put(ctx, r, service) {
				if got := historyLines(r, parts); !slices.Equal(got, want) {
					r.Fatalf("%s %v\n%s", how, q.req, differ(got, want))
				}
				if len(q.ask.Runs) == 0 {
					checkTimes(r, h, q, parts)
				}
				if q.req.Attribute {
					checkLaw(r, q, parts)
					checkSums(r, q, parts)
				}
			}
		}
	})
}

// question is one that is asked of a history.
type question struct {
	at  lineagetest.Moment
	ask lineagetest.Ask
	req *pb.GetTraceRequest
}

func drawQuestion(r *rapid.T, h lineagetest.History) question {
	q := question{at: h.Now(), req: &pb.GetTraceRequest{Filter: &pb.TraceFilter{}}}
	if rapid.Bool().Draw(r, "known then") {
		q.at.Known = rapid.IntRange(1, len(h)).Draw(r, "known at")
	}
	if rapid.Bool().Draw(r, "of then") {
		q.at.Minute = rapid.IntRange(0, len(h)).Draw(r, "as of")
	}
	if len(h.Lots(q.at)) == 0 { // nothing to ask about
		q.at = h.Now()
	}
	if q.at.Known < len(h) {
		q.req.KnownAt = index(q.at.Known)
	}
	if q.at.Minute < h.Now().Minute {
		q.req.AsOf = timestamppb.New(lineagetest.At(q.at.Minute))
	}
	lots := h.Lots(q.at)
	q.drawSeeds(r, lots, h.Runs(q.at))
	q.req.Attribute = rapid.Bool().Draw(r, "attributed")
	q.req.Direction = rapid.SampledFrom(directions).Draw(r, "direction")
	q.ask.Forward, q.ask.Backward = words[q.req.Direction] != "backward", words[q.req.Direction] != "forward"
	if rapid.IntRange(0, 2).Draw(r, "limited") == 0 {
		q.ask.MaxDepth = rapid.IntRange(1, 4).Draw(r, "depth")
		q.req.Filter.MaxDepth = int32(q.ask.MaxDepth)
	}
	if rapid.IntRange(0, 2).Draw(r, "filtered") == 0 {
		q.ask.Items = []string{lineagetest.Item(rapid.SampledFrom(lots).Draw(r, "item"))}
		q.req.Filter.Skus = q.ask.Items
	}
	return q
}

// drawSeeds draws one lot, or several lots and runs.
func (q *question) drawSeeds(r *rapid.T, lots, runs []string) {
	if rapid.Bool().Draw(r, "one seed") {
		q.ask.Seed = rapid.SampledFrom(lots).Draw(r, "seed")
		q.req.Sku, q.req.LotCode, _ = strings.Cut(q.ask.Seed, "/")
		return
	}
	q.ask.Lots = rapid.SliceOfNDistinct(rapid.SampledFrom(lots), 1, min(3, len(lots)), rapid.ID).Draw(r, "lots")
	q.ask.Runs = rapid.SliceOfNDistinct(rapid.SampledFrom(runs), 0, min(2, len(runs)), rapid.ID).Draw(r, "runs")
	for _, lot := range q.ask.Lots {
		sku, code, _ := strings.Cut(lot, "/")
		q.req.Seeds = append(q.req.Seeds, &pb.TraceSeed{Seed: &pb.TraceSeed_Lot{Lot: &pb.LotKey{Sku: sku, LotCode: code}}})
	}
	for _, run := range q.ask.Runs {
		order, code, _ := strings.Cut(run, "#")
		q.req.Seeds = append(q.req.Seeds, &pb.TraceSeed{Seed: &pb.TraceSeed_Run{Run: &pb.TraceRunKey{ProductionOrderCode: order, RunCode: code}}})
	}
}

// put asks it as a stream and in pages.
func (q question) put(ctx context.Context, r *rapid.T, s *trace.Service) map[string][]*pb.TracePart {
	streamed, err := asStream(ctx, s, q.req)
	if err != nil {
		r.Fatalf("%v: %v", q.req, err)
	}
	paged, err := pages(ctx, s.GetTrace, proto.CloneOf(q.req))
	if err != nil {
		r.Fatalf("%v: %v", q.req, err)
	}
	return map[string][]*pb.TracePart{"streamed": streamed, "in pages": paged}
}

// asStream asks for a stream what is asked for in pages.
func asStream(ctx context.Context, s *trace.Service, req *pb.GetTraceRequest) ([]*pb.TracePart, error) {
	switch req.Direction {
	case pb.TraceDirection_TRACE_DIRECTION_FORWARD:
		c := &collected[*pb.TraceForwardResponse]{ctx: ctx}
		err := s.TraceForward(like(req, &pb.TraceForwardRequest{}), c)
		return c.parts, err
	case pb.TraceDirection_TRACE_DIRECTION_BACKWARD:
		c := &collected[*pb.TraceBackwardResponse]{ctx: ctx}
		err := s.TraceBackward(like(req, &pb.TraceBackwardRequest{}), c)
		return c.parts, err
	}
	c := &collected[*pb.TraceBothResponse]{ctx: ctx}
	err := s.TraceBoth(like(req, &pb.TraceBothRequest{}), c)
	return c.parts, err
}

// like fills in what two requests have in common.
func like[M proto.Message](from *pb.GetTraceRequest, to M) M {
	fields := to.ProtoReflect().Descriptor().Fields()
	from.ProtoReflect().Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		if same := fields.ByName(field.Name()); same != nil {
			to.ProtoReflect().Set(same, value)
		}
		return true
	})
	return to
}

// historyLines tell a trace as lineagetest.History.Expect does.
func historyLines(r *rapid.T, parts []*pb.TracePart) []string {
	var told []string
	say := func(format string, args ...any) { told = append(told, fmt.Sprintf(format, args...)) }
	names := map[int32]string{}
	for _, p := range parts {
		for _, l := range p.Lots {
			names[l.Ref] = l.Lot.Sku + "/" + l.Lot.LotCode
			left := map[string]string{"A": "0", "B": "0"}
			for _, s := range l.Stocks {
				left[s.LocationCode] = s.OnHand.Value
			}
			told = append(told, lineagetest.LotLine(names[l.Ref], words[l.Direction], int(l.Depth), left["A"]+" "+left["B"]))
		}
		for _, run := range p.Runs {
			names[run.Ref] = run.ProductionOrderCode + "#" + run.RunCode
			told = append(told, lineagetest.RunLine(names[run.Ref], words[run.Direction], int(run.Depth), run.FinishedAt == nil))
		}
		for _, e := range p.Edges {
			line := lineagetest.ConsumptionLine(names[e.LotRef], e.Quantity.Value, names[e.RunRef])
			if e.Kind == pb.TraceEdgeKind_TRACE_EDGE_KIND_OUTPUT {
				line = lineagetest.OutputLine(names[e.RunRef], e.Quantity.Value, names[e.LotRef])
			}
			say("%s, minute %d to %d", line, minute(e.FirstAt), minute(e.LastAt))
		}
		for _, c := range p.Receipts {
			line := lineagetest.ReceiptLine(names[c.LotRef], c.Quantity.Value, c.SupplierCode, c.PurchaseOrderCode, c.PurchaseOrderLineNumber)
			say("%s, minute %d", line, minute(c.ReceivedAt))
		}
		for _, s := range p.Shipments {
			line := lineagetest.ShipmentLine(names[s.LotRef], s.Quantity.Value, s.CustomerCode, s.ShipmentCode, s.SalesOrderCode, s.SalesOrderLineNumber)
			say("%s, minute %d", line, minute(s.ShippedAt))
		}
	}
	s := parts[len(parts)-1].Summary
	if s == nil {
		r.Fatal("no summary at the end")
	}
	left := map[pb.TraceOmissionReason]int32{}
	for _, o := range s.Omissions {
		left[o.Reason] = o.LotCount
	}
	if s.Complete != (len(left) == 0) || len(told) != int(s.LotCount+s.RunCount+s.EdgeCount+s.ReceiptCount+s.ShipmentCount) {
		r.Fatalf("%d lines, and the summary %v", len(told), s)
	}
	say("deepest %d, stopped at %d, hidden %d, %d suppliers, %d customers", s.MaxDepth, left[pb.TraceOmissionReason_TRACE_OMISSION_REASON_DEPTH],
		left[pb.TraceOmissionReason_TRACE_OMISSION_REASON_ITEMS], s.SupplierCount, s.CustomerCount)
	slices.Sort(told)
	return told
}

func minute(at *timestamppb.Timestamp) int {
	return int(at.AsTime().Sub(lineagetest.Began) / time.Minute)
}

// differ tells what is in one and not in the other.
func differ(got, want []string) string {
	var text strings.Builder
	for _, line := range got {
		if i := slices.Index(want, line); i < 0 {
			text.WriteString("too much: " + line + "\n")
		}
	}
	for _, line := range want {
		if i := slices.Index(got, line); i < 0 {
			text.WriteString("missing:  " + line + "\n")
		}
	}
	return text.String()
}
