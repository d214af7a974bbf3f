package trace_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
)

const (
	byItems      = pb.TraceOmissionReason_TRACE_OMISSION_REASON_ITEMS
	byCategories = pb.TraceOmissionReason_TRACE_OMISSION_REASON_CATEGORIES
	byLocations  = pb.TraceOmissionReason_TRACE_OMISSION_REASON_LOCATIONS
	byWindow     = pb.TraceOmissionReason_TRACE_OMISSION_REASON_WINDOW
	byDetail     = pb.TraceOmissionReason_TRACE_OMISSION_REASON_DETAIL
	byDepth      = pb.TraceOmissionReason_TRACE_OMISSION_REASON_DEPTH
	byTime       = pb.TraceOmissionReason_TRACE_OMISSION_REASON_OUT_OF_TIME
)

// Filters leave lots out, and the summary says how many, and why; over gRPC, REST and in
// pages alike.
func TestFilters(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	lineagetest.Load(t, api.DB, 1, parse(t, bakery))
	for sku, category := range map[string]string{"flour": "raw", "butter": "raw", "danish": "baked", "crumbs": "baked"} {
		for _, category := range []string{"", category} { // the first is taken for what is there
			api.PushItem(t, &pb.Item{Sku: sku, Name: "The " + sku, Category: category, BaseUnit: lineagetest.Unit, Decimals: 3, Tracking: pb.Tracking_TRACKING_LOT})
		}
	}
	at := func(minutes int) *timestamppb.Timestamp {
		return timestamppb.New(lineagetest.Began.Add(time.Duration(minutes) * time.Minute))
	}
	for name, c := range map[string]struct {
		filter *pb.TraceFilter
		lots   []string
		left   map[pb.TraceOmissionReason]int32
	}{
		"a category":          {&pb.TraceFilter{Categories: []string{"baked"}}, []string{"flour/1", "danish/1", "crumbs/1"}, map[pb.TraceOmissionReason]int32{byCategories: 5}},
		"two of them":         {&pb.TraceFilter{Categories: []string{"baked", "raw"}}, []string{"flour/1", "danish/1", "crumbs/1"}, map[pb.TraceOmissionReason]int32{byCategories: 5}},
		"a category or items": {&pb.TraceFilter{Categories: []string{"baked"}, Skus: []string{"scraps"}}, []string{"flour/1", "scraps/1", "danish/1", "crumbs/1"}, map[pb.TraceOmissionReason]int32{byItems: 4}},
		"where all is":        {&pb.TraceFilter{LocationCodes: []string{"SITE"}}, []string{"flour/1", "dough/1", "scraps/1", "dough/2", "~sheet/1", "danish/1", "crumbs/1", "dough/3"}, nil},
		"where none was":      {&pb.TraceFilter{LocationCodes: []string{"B"}}, []string{"flour/1"}, map[pb.TraceOmissionReason]int32{byLocations: 7}},
		"items, and a place":  {&pb.TraceFilter{LocationCodes: []string{"B"}, Skus: []string{"danish"}}, []string{"flour/1"}, map[pb.TraceOmissionReason]int32{byItems: 6, byLocations: 1}},
		"long before":         {&pb.TraceFilter{Until: at(1)}, []string{"flour/1"}, map[pb.TraceOmissionReason]int32{byWindow: 1}},
		"long after":          {&pb.TraceFilter{From: at(1000)}, []string{"flour/1"}, map[pb.TraceOmissionReason]int32{byWindow: 1}},
		"all the time":        {&pb.TraceFilter{From: at(0), Until: at(1000), LocationCodes: []string{"A"}}, []string{"flour/1", "dough/1", "scraps/1", "dough/2", "~sheet/1", "danish/1", "crumbs/1", "dough/3"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			req := &pb.TraceForwardRequest{Sku: "flour", LotCode: "1", Filter: c.filter}
			streamed, err := streamOf(t.Context(), api.Trace, directions[0], req)
			if err != nil {
				t.Fatal(err)
			}
			answer(t, streamed)
			var lots []string
			for _, l := range joined(streamed).Lots {
				lots = append(lots, l.Lot.Sku+"/"+l.Lot.LotCode)
			}
			slices.Sort(lots)
			slices.Sort(c.lots)
			if !slices.Equal(lots, c.lots) {
				t.Errorf("lots %q, want %q", lots, c.lots)
			}
			wantOmissions(t, streamed[len(streamed)-1].Summary, c.left)
			if posted := postREST(t, api, directions[0], req); !proto.Equal(joined(posted), joined(streamed)) {
				t.Error("REST differs from gRPC")
			}
			paged, err := pages(t.Context(), overGRPC(api.Trace), &pb.GetTraceRequest{Sku: "flour", LotCode: "1", Direction: directions[0], Filter: c.filter, PageSize: 2})
			if err != nil || !proto.Equal(joined(paged), joined(streamed)) {
				t.Errorf("pages differ from the stream, %v", err)
			}
		})
	}
}

func wantOmissions(t *testing.T, s *pb.TraceSummary, want map[pb.TraceOmissionReason]int32) {
	t.Helper()
	got := map[pb.TraceOmissionReason]int32{}
	for _, o := range s.Omissions {
		got[o.Reason] += o.LotCount
	}
	if len(got) != len(want) || s.Complete != (len(want) == 0) {
		t.Errorf("left out %v, complete %t, want %v", got, s.Complete, want)
	}
	for reason, n := range want {
		if got[reason] != n {
			t.Errorf("%d lots left out for %s, want %d", got[reason], reason, n)
		}
	}
}

// An edge that moved partly within the window is told with what did, and a reversal
// counts as of the time of what it takes back.
func TestWindow(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	api.ReceiveLot(t, apitest.Flour, "F", "100", "KGM", apitest.Dock)
	ctx := t.Context()
	hour := func(n int) *timestamppb.Timestamp {
		return timestamppb.New(time.Now().Add(time.Duration(n) * time.Hour).Truncate(time.Hour))
	}
	_, err := api.Production.CreateProductionOrder(ctx, &pb.CreateProductionOrderRequest{RequestId: apitest.ID(), ProductionOrder: &pb.ProductionOrder{
		Code: "MO", Sku: apitest.Bread, Quantity: &pb.Quantity{Value: "1", Unit: "H87"},
	}})
	if err == nil {
		_, err = api.Production.StartRun(ctx, &pb.StartRunRequest{RequestId: apitest.ID(), ProductionOrderCode: "MO", RunCode: "1", StartedAt: hour(-20)})
	}
	if err != nil {
		t.Fatal(err)
	}
	logged := map[int]int64{}
	for n, kg := range map[int]string{-10: "1", -8: "2", -6: "4", -4: "8"} {
		_, err = api.Production.ConsumeLots(ctx, &pb.ConsumeLotsRequest{RequestId: apitest.ID(), ProductionOrderCode: "MO", RunCode: "1", ConsumedAt: hour(n), Lines: []*pb.ConsumptionLine{
			{Sku: apitest.Flour, LotCode: "F", LocationCode: apitest.Dock, Quantity: &pb.Quantity{Value: kg, Unit: "KGM"}},
		}})
		if err != nil {
			t.Fatal(err)
		}
		logged[n] = api.Sealed(t)
	}
	ask := func(from, until int) *pb.TracePart {
		t.Helper()
		parts, err := streamOf(ctx, api.Trace, directions[0], &pb.TraceForwardRequest{Sku: apitest.Flour, LotCode: "F", Filter: &pb.TraceFilter{From: hour(from), Until: hour(until)}})
		if err != nil {
			t.Fatal(err)
		}
		return joined(parts)
	}
	check := func(from, until int, want string, first, last int) {
		t.Helper()
		edges := ask(from, until).Edges
		switch {
		case want == "" && len(edges) > 0, want != "" && len(edges) != 1:
			t.Errorf("%d to %d: %v, want %q", from, until, edges, want)
		case want != "" && (edges[0].Quantity.Value != want || !proto.Equal(edges[0].FirstAt, hour(first)) || !proto.Equal(edges[0].LastAt, hour(last))):
			t.Errorf("%d to %d: %v, want %s", from, until, edges[0], want)
		}
	}
	check(-20, 0, "15", -10, -4)
	check(-8, -4, "6", -8, -6) // from is within, until is not
	check(-9, -5, "6", -8, -6)
	check(-3, 0, "", 0, 0)
	check(-12, -11, "", 0, 0)
	if left := ask(-3, 0).Summary; left.Complete || left.Omissions[0].Reason != byWindow || left.Omissions[0].LotCount != 1 {
		t.Errorf("%v", left)
	}
	takeBack := func(n int) {
		t.Helper()
		if _, err := api.Lots.ReverseOperation(ctx, &pb.ReverseOperationRequest{RequestId: apitest.ID(), Reason: "test", Operation: &pb.ReverseOperationRequest_LogIndex{LogIndex: logged[n]}}); err != nil {
			t.Fatal(err)
		}
	}
	takeBack(-8)
	check(-20, 0, "13", -10, -4)
	check(-9, -5, "4", -6, -6) // when what was taken back had moved counts no more
	check(-9, -7, "", 0, 0)
	for _, n := range []int{-10, -6, -4} {
		takeBack(n)
	}
	check(-20, 0, "", 0, 0)
	check(-8, -4, "", 0, 0)
	if all := ask(-8, -4); !all.Summary.Complete {
		t.Errorf("what was taken back was left out: %v", all.Summary)
	}
}

// Movements come with their lots, and the summary alone counts what would have come.
func TestDetail(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	api.ReceiveLot(t, apitest.Flour, "F", "100", "KGM", apitest.Dock)
	ctx := t.Context()
	_, err := api.Dispatch.Ship(ctx, &pb.ShipRequest{RequestId: apitest.ID(), ShipmentCode: "S", CustomerCode: apitest.Customer, Lines: []*pb.ShipmentLine{
		{Sku: apitest.Flour, LotCode: "F", LocationCode: apitest.Dock, Quantity: &pb.Quantity{Value: "7", Unit: "KGM"}},
	}})
	if err == nil {
		_, err = api.Lots.ReverseOperation(ctx, &pb.ReverseOperationRequest{RequestId: apitest.ID(), Reason: "test", Operation: &pb.ReverseOperationRequest_ShipmentCode{ShipmentCode: "S"}})
	}
	if err != nil {
		t.Fatal(err)
	}
	get := func(detail pb.TraceDetail, size int32) []*pb.TracePart {
		t.Helper()
		parts, err := pages(ctx, func(ctx context.Context, r *pb.GetTraceRequest) (*pb.GetTraceResponse, error) {
			return api.Trace.GetTrace(ctx, r)
		},
			&pb.GetTraceRequest{Sku: apitest.Flour, LotCode: "F", Direction: directions[0], Detail: detail, PageSize: size})
		if err != nil {
			t.Fatal(err)
		}
		return parts
	}
	parts := get(pb.TraceDetail_TRACE_DETAIL_MOVEMENTS, 1)
	moved := joined(parts)
	listed, err := api.Lots.ListLotMovements(ctx, &pb.ListLotMovementsRequest{Sku: apitest.Flour, LotCode: "F"})
	if err != nil || len(listed.Movements) != 3 || len(moved.Movements) != 3 || moved.Summary.MovementCount != 3 || len(parts) != 4 {
		t.Fatalf("%v, %v, %v", err, listed, moved)
	}
	for i, m := range moved.Movements {
		l := listed.Movements[i]
		want := &pb.TraceMovement{
			LotRef: 1, Kind: l.Kind, Reversal: i == 2, Quantity: l.Quantity, FromLocationCode: l.FromLocationCode, ToLocationCode: l.ToLocationCode,
			OccurredAt: l.OccurredAt, RecordedAt: l.RecordedAt, Document: l.Document,
		}
		if !proto.Equal(m, want) || m.Document == "" {
			t.Errorf("movement %d\n got %v\nwant %v", i, m, want)
		}
	}
	streamed, err := streamOf(ctx, api.Trace, directions[0], &pb.TraceForwardRequest{Sku: apitest.Flour, LotCode: "F", Detail: pb.TraceDetail_TRACE_DETAIL_MOVEMENTS})
	if err != nil || !proto.Equal(joined(streamed), moved) {
		t.Errorf("%v: the stream has %v, pages %v", err, streamed, moved)
	}
	alone := get(pb.TraceDetail_TRACE_DETAIL_SUMMARY, 1)
	if s := alone[0].Summary; len(alone) != 1 || len(alone[0].Lots) > 0 || s.GetLotCount() != 1 || s.MovementCount != 0 {
		t.Fatalf("%v", alone)
	}
	wantOmissions(t, alone[0].Summary, map[pb.TraceOmissionReason]int32{byDetail: 1})
}

// Unknown categories and locations are all named.
func TestUnknownFilters(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	api.ReceiveLot(t, apitest.Flour, "F", "100", "KGM", apitest.Dock)
	for _, c := range []struct {
		filter *pb.TraceFilter
		reason string
		fields []string
	}{
		{&pb.TraceFilter{Categories: []string{"a", "b"}}, "UNKNOWN_CATEGORY", []string{"filter.categories[0]", "filter.categories[1]"}},
		{&pb.TraceFilter{LocationCodes: []string{"a", apitest.Dock, "supplier"}}, "UNKNOWN_LOCATION", []string{"filter.location_codes[0]", "filter.location_codes[2]"}},
	} {
		_, err := streamOf(t.Context(), api.Trace, directions[1], &pb.TraceForwardRequest{Sku: apitest.Flour, LotCode: "F", Filter: c.filter})
		apitest.WantRefusal(t, err, codes.NotFound, c.reason, c.fields[0])
		if got := apitest.Fields(err); !slices.Equal(got, c.fields) {
			t.Errorf("named %q, want %q", got, c.fields)
		}
	}
}
