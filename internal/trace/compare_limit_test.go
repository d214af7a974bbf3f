package trace_test

import (
	"context"
	"strings"
	"testing"

	"google.golang.org/grpc"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
	"github.com/lottrail/lottrail/internal/trace"
)

// compared is a stream to the service itself; what it keeps is the last.
type compared struct {
	grpc.ServerStream
	ctx  context.Context
	last *pb.CompareTracesResponse
}

func (c *compared) Context() context.Context { return c.ctx }

func (c *compared) Send(resp *pb.CompareTracesResponse) error {
	c.last = resp
	return nil
}

// Traces that are as large as may be are compared; larger ones are refused, with what to do, and
// that helps.
func TestCompareTooLarge(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	lineagetest.Load(t, db, 1, parse(t, bakery))
	ctx := auth.NewContext(t.Context(), auth.Identity{TenantID: 1, Principal: "test"})
	service := trace.New(db)
	parts, err := direct(ctx, service, "flour", "1", directions[0], nil)
	if err != nil {
		t.Fatal(err)
	}
	all := joined(parts)
	size := len(all.Lots) + len(all.Runs) + len(all.Edges) + len(all.Receipts) + len(all.Shipments) + len(all.OutOfTime)
	for _, c := range []struct {
		most   int
		filter *pb.TraceFilter
		first  *pb.TraceMoment
		want   string
	}{
		{size, nil, nil, ""},
		{size - 1, nil, nil, "TRACE_TOO_LARGE"},
		{size - 1, nil, &pb.TraceMoment{AsOf: atMinute(4)}, "TRACE_TOO_LARGE"}, // the second
		{size - 1, &pb.TraceFilter{MaxDepth: 1}, nil, ""},
		{size - 1, &pb.TraceFilter{Skus: []string{"danish"}}, nil, ""},
		{5, &pb.TraceFilter{InTimeOnly: true}, nil, "TRACE_TOO_LARGE"},
	} {
		service.SetCompared(c.most)
		stream := &compared{ctx: ctx}
		err := service.CompareTraces(&pb.CompareTracesRequest{Sku: "flour", LotCode: "1", Direction: directions[0], Filter: c.filter, First: c.first}, stream)
		if errs.Reason(err) != c.want || c.want == "" && (err != nil || stream.last.GetSummary() == nil) {
			t.Errorf("%d of %d, %v: %v, want %q", c.most, size, c.filter, err, c.want)
		}
		if c.want != "" && !strings.Contains(err.Error(), "filter.max_depth") {
			t.Errorf("%v", err)
		}
	}
}
