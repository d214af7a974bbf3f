package trace_test

import (
	"context"
	"reflect"
	"sync/atomic"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
	"github.com/lottrail/lottrail/internal/trace"
)

var directions = []pb.TraceDirection{
	pb.TraceDirection_TRACE_DIRECTION_FORWARD,
	pb.TraceDirection_TRACE_DIRECTION_BACKWARD,
	pb.TraceDirection_TRACE_DIRECTION_BOTH,
}

// Whatever the graph, its pages put together are its stream, and that is what a
// search in memory finds.
func TestRandomPages(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	service := trace.New(db)
	var tenant atomic.Int64
	tenant.Store(100)
	rapid.Check(t, func(r *rapid.T) {
		g, lots := lineagetest.Random(r)
		world := lineagetest.Load(t, db, tenant.Add(1), g)
		ctx := auth.NewContext(context.Background(), auth.Identity{TenantID: world.TenantID, Principal: "test"})
		lot := rapid.SampledFrom(lots).Draw(r, "seed")
		sku, code := lineagetest.Item(lot), lot[len(lineagetest.Item(lot))+1:]
		filter := &pb.TraceFilter{MaxDepth: rapid.Int32Range(0, 3).Draw(r, "depth")}
		if rapid.IntRange(0, 3).Draw(r, "filtered") == 0 {
			filter.Skus = []string{lineagetest.Item(rapid.SampledFrom(lots).Draw(r, "item"))}
		}
		for _, direction := range directions {
			streamed, err := direct(ctx, service, sku, code, direction, filter)
			if err != nil {
				r.Fatal(err)
			}
			want := g.Expect(lineagetest.Ask{
				Seed: lot, MaxDepth: int(filter.MaxDepth), Items: filter.Skus,
				Forward: words[direction] != "backward", Backward: words[direction] != "forward",
			})
			if got := answer(r, streamed); !reflect.DeepEqual(got, want) {
				r.Errorf("%s of %s\n got %+v\nwant %+v", words[direction], lot, got, want)
			}
			size := rapid.Int32Range(1, 30).Draw(r, "size")
			paged, err := pages(ctx, service.GetTrace, &pb.GetTraceRequest{Sku: sku, LotCode: code, Direction: direction, Filter: filter, PageSize: size})
			if err != nil {
				r.Fatal(err)
			}
			for i, p := range paged {
				n := int32(len(p.Lots) + len(p.Runs) + len(p.Edges) + len(p.Receipts) + len(p.Shipments) + len(p.OutOfTime))
				if n > size || (i < len(paged)-1 && n < size) {
					r.Errorf("page %d of %d has %d entries, want %d", i+1, len(paged), n, size)
				}
			}
			answer(r, paged)
			if !proto.Equal(joined(paged), joined(streamed)) {
				r.Errorf("pages of %s of %s differ from the stream:\n%v\n%v", words[direction], lot, joined(paged), joined(streamed))
			}
		}
	})
}

// Pages are of the moment of the first, and no other trace's.
func TestPagesFitTogether(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	lineagetest.Load(t, api.DB, 1, parse(t, bakery))
	request := func() *pb.GetTraceRequest {
		return &pb.GetTraceRequest{Sku: "flour", LotCode: "1", Direction: pb.TraceDirection_TRACE_DIRECTION_FORWARD, PageSize: 4}
	}
	first, err := api.Trace.GetTrace(t.Context(), request())
	if err != nil || first.NextPageToken == "" || first.Part.Summary != nil {
		t.Fatalf("%v, %v", first, err)
	}
	next := func(token string, change func(*pb.GetTraceRequest)) (*pb.GetTraceResponse, error) {
		req := request()
		req.PageToken = token
		if change != nil {
			change(req)
		}
		return api.Trace.GetTrace(t.Context(), req)
	}
	for name, change := range map[string]func(*pb.GetTraceRequest){
		"another lot":       func(r *pb.GetTraceRequest) { r.LotCode = "2" },
		"another direction": func(r *pb.GetTraceRequest) { r.Direction = pb.TraceDirection_TRACE_DIRECTION_BOTH },
		"another filter":    func(r *pb.GetTraceRequest) { r.Filter = &pb.TraceFilter{MaxDepth: 1} },
		"another token":     func(r *pb.GetTraceRequest) { r.PageToken = "AAAA" + r.PageToken[4:] },
	} {
		t.Run(name, func(t *testing.T) {
			_, err := next(first.NextPageToken, change)
			apitest.WantRefusal(t, err, codes.InvalidArgument, "BAD_PAGE_TOKEN", "page_token")
		})
	}
	move := func(sku, lot string) {
		t.Helper()
		_, err := api.Lots.MoveLots(t.Context(), &pb.MoveLotsRequest{RequestId: apitest.ID(), Lines: []*pb.MoveLine{{
			Sku: sku, LotCode: lot, FromLocationCode: "A", ToLocationCode: "B", Quantity: &pb.Quantity{Value: "1", Unit: lineagetest.Unit},
		}}})
		if err != nil {
			t.Fatal(err)
		}
	}
	// The last lot is on the last page, and the seed on the first: they stay as they were.
	before, err := stream(t.Context(), api.Trace, "flour", "1", directions[0], nil)
	if err != nil {
		t.Fatal(err)
	}
	parts := []*pb.TracePart{first.Part}
	for token, lot := first.NextPageToken, []string{"dough", "3", "flour", "1", "danish", "1"}; token != ""; {
		if len(lot) > 0 {
			move(lot[0], lot[1])
			lot = lot[2:]
		}
		page, err := next(token, func(r *pb.GetTraceRequest) { r.PageSize = int32(5 + len(parts)) })
		if err != nil {
			t.Fatal(err)
		}
		parts, token = append(parts, page.Part), page.NextPageToken
	}
	if !proto.Equal(joined(parts), joined(before)) {
		t.Error("pages differ from the stream of before")
	}
}
