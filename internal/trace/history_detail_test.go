package trace_test

import (
	"fmt"
	"slices"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
	"github.com/lottrail/lottrail/internal/pbtype"
)

// checkSummary asks for the summary alone, which is that of all but for what was not sent.
func (a *asker) checkSummary(q question, whole *pb.TraceSummary) {
	req := proto.CloneOf(q.req)
	req.Detail = pb.TraceDetail_TRACE_DETAIL_SUMMARY
	parts, err := asStream(a.ctx, a.service, req, "")
	if err != nil || len(parts) != 1 {
		a.Fatalf("%v: %d parts, %v", req, len(parts), err)
	}
	got, want := joined(parts), joined([]*pb.TracePart{{Summary: proto.CloneOf(whole)}})
	want.Summary.Complete, want.Summary.MovementCount = false, 0
	want.Summary.Omissions = append(want.Summary.Omissions, &pb.TraceOmission{Reason: byDetail, LotCount: whole.LotCount})
	if !proto.Equal(got, want) {
		a.Fatalf("%v:\n got %v\nwant %v", req, got, want)
	}
}

// checkMovements holds the movements that are told, if they are asked for, against what
// happened: all of those of each lot that is shown, together and in order.
func checkMovements(r *rapid.T, h lineagetest.History, q question, parts []*pb.TracePart) {
	all := joined(parts)
	names := map[int32]string{}
	for _, l := range all.Lots {
		names[l.Ref] = l.Lot.Sku + "/" + l.Lot.LotCode
	}
	told := map[int32][]string{}
	var last int32
	for _, m := range all.Movements {
		if last != m.LotRef && told[m.LotRef] != nil {
			r.Fatalf("%v: movements of %s are apart", q.req, names[m.LotRef])
		}
		last = m.LotRef
		var quantity int64
		if _, err := fmt.Sscan(m.Quantity.Value, &quantity); err != nil || m.Reversal != (quantity < 0) {
			r.Fatalf("%v, %v", m, err)
		}
		line := lineagetest.MovementLine(pbtype.MovementCode(m.Kind), quantity, m.FromLocationCode, m.ToLocationCode, minute(m.OccurredAt), m.Document)
		told[m.LotRef] = append(told[m.LotRef], line)
	}
	if n := all.Summary.MovementCount; int(n) != len(all.Movements) || n > 0 && q.req.Detail != pb.TraceDetail_TRACE_DETAIL_MOVEMENTS {
		r.Fatalf("%v: %d movements, counted %d", q.req, len(all.Movements), n)
	}
	if q.req.Detail != pb.TraceDetail_TRACE_DETAIL_MOVEMENTS {
		return
	}
	want := h.Movements(q.at)
	for ref, lot := range names {
		if !slices.Equal(told[ref], want[lot]) {
			r.Fatalf("%v: %s\n got %q\nwant %q", q.req, lot, told[ref], want[lot])
		}
	}
}
