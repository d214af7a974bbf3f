package trace_test

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
)

// compareTraces gives the differences as lines, and the summary.
func compareTraces(t *testing.T, api *apitest.API, req *pb.CompareTracesRequest) ([]string, *pb.TraceComparison, error) {
	t.Helper()
	stream, err := api.Trace.CompareTraces(t.Context(), req)
	if err != nil {
		return nil, nil, err
	}
	var lines []string
	tell := func(added, gone bool, format string, args ...any) {
		sign := "~"
		switch {
		case added:
			sign = "+"
		case gone:
			sign = "-"
		}
		lines = append(lines, sign+" "+fmt.Sprintf(format, args...))
	}
	var summary *pb.TraceComparison
	for {
		r, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			slices.Sort(lines)
			return lines, summary, nil
		}
		if err != nil {
			return nil, nil, err
		}
		for _, d := range r.Lots {
			key := d.First.GetLot()
			if key == nil {
				key = d.Second.GetLot()
			}
			tell(d.First == nil, d.Second == nil, "%s/%s %s>%s", key.Sku, key.LotCode, d.First.GetOnHand().GetValue(), d.Second.GetOnHand().GetValue())
		}
		for _, d := range r.Runs {
			tell(d.First == nil, d.Second == nil, "run %s>%s", d.First.GetRunCode(), d.Second.GetRunCode())
		}
		for _, d := range r.Edges {
			tell(d.First == nil, d.Second == nil, "%s/%s %s#%s %s>%s", d.Lot.Sku, d.Lot.LotCode, d.ProductionOrderCode, d.RunCode, d.First.GetQuantity().GetValue(), d.Second.GetQuantity().GetValue())
		}
		for _, d := range r.Receipts {
			tell(d.First == nil, d.Second == nil, "%s/%s from %s%s", d.Lot.Sku, d.Lot.LotCode, d.First.GetReceiptCode(), d.Second.GetReceiptCode())
		}
		for _, d := range r.Shipments {
			tell(d.First == nil, d.Second == nil, "%s/%s to %s%s", d.Lot.Sku, d.Lot.LotCode, d.First.GetShipmentCode(), d.Second.GetShipmentCode())
		}
		summary = r.Summary
	}
}

// What corrections and late entries changed since a moment, and what happened between two.
func TestCompareTraces(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	lineagetest.Load(t, api.DB, 1, parse(t, "mill -> a/1 10\n open r#1: a/1 5 -> b/1 3\n b/1 1 => shop\n a/1 1 => shop"))
	before := api.Sealed(t)
	ctx := t.Context()
	_, err := api.Lots.ReverseOperation(ctx, &pb.ReverseOperationRequest{RequestId: apitest.ID(), Reason: "test", Operation: &pb.ReverseOperationRequest_ShipmentCode{ShipmentCode: "S-1"}})
	if err == nil {
		_, err = api.Production.ConsumeLots(ctx, &pb.ConsumeLotsRequest{RequestId: apitest.ID(), ProductionOrderCode: "r", RunCode: "1", Lines: []*pb.ConsumptionLine{{
			Sku: "a", LotCode: "1", LocationCode: "A", Quantity: &pb.Quantity{Value: "1", Unit: lineagetest.Unit},
		}}})
	}
	if err != nil {
		t.Fatal(err)
	}
	request := func(first, second *pb.TraceMoment) *pb.CompareTracesRequest {
		return &pb.CompareTracesRequest{Sku: "a", LotCode: "1", Direction: directions[0], First: first, Second: second}
	}
	for name, c := range map[string]struct {
		first, second *pb.TraceMoment
		want          []string
		said          string
	}{
		"what was known and what is": {
			&pb.TraceMoment{KnownAt: index(int(before))}, nil,
			[]string{"- b/1 to S-1", "~ a/1 4>3", "~ a/1 r#1 5>6", "~ b/1 2>3"},
			"Different: lots: 0 only in the first, 0 only in the second, 2 changed; edges: 0 only in the first, 0 only in the second, 1 changed; shipment lines: 1 only in the first, 0 only in the second, 0 changed.",
		},
		"the other way round": {
			nil, &pb.TraceMoment{KnownAt: index(int(before))},
			[]string{"+ b/1 to S-1", "~ a/1 3>4", "~ a/1 r#1 6>5", "~ b/1 3>2"},
			"Different: lots: 0 only in the first, 0 only in the second, 2 changed; edges: 0 only in the first, 0 only in the second, 1 changed; shipment lines: 0 only in the first, 1 only in the second, 0 changed.",
		},
		"before and after the run": {
			&pb.TraceMoment{AsOf: atMinute(1)}, &pb.TraceMoment{AsOf: atMinute(5)},
			[]string{"+ a/1 r#1 >5", "+ b/1 >3", "+ b/1 r#1 >3", "+ run >1", "~ a/1 10>5"}, "",
		},
		"now and now":         {nil, &pb.TraceMoment{}, nil, "The same: nothing differs."},
		"one moment, twofold": {&pb.TraceMoment{AsOf: atMinute(7), KnownAt: index(int(before))}, &pb.TraceMoment{AsOf: atMinute(7), KnownAt: index(int(before))}, nil, "The same: nothing differs."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, summary, err := compareTraces(t, api, request(c.first, c.second))
			if err != nil || !slices.Equal(got, c.want) || c.said != "" && summary.Statement != c.said {
				t.Errorf("%q, %v, %v, want %q", got, summary, err, c.want)
			}
			if summary.GetFirst().GetLotCount() == 0 || summary.GetSecond().GetLotCount() == 0 {
				t.Errorf("summaries %v", summary)
			}
		})
	}
	_, _, err = compareTraces(t, api, request(nil, &pb.TraceMoment{AsOf: timestamppb.New(time.Now().Add(time.Hour))}))
	apitest.WantRefusal(t, err, codes.InvalidArgument, "IN_THE_FUTURE", "second.as_of")
	_, _, err = compareTraces(t, api, request(&pb.TraceMoment{KnownAt: index(1 << 40)}, nil))
	apitest.WantRefusal(t, err, codes.InvalidArgument, "IN_THE_FUTURE", "first.known_at.log_index")
	_, _, err = compareTraces(t, api, request(&pb.TraceMoment{KnownAt: index(0)}, nil))
	apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_LOT", "lot_code")
	status, lines := api.DoLines(t, "GET", fmt.Sprintf("/v1/trace/compare?sku=a&lot_code=1&direction=TRACE_DIRECTION_FORWARD&first.known_at.log_index=%d", before), nil)
	if status != 200 || len(lines) != 1 || !strings.Contains(fmt.Sprint(lines), "S-1") {
		t.Errorf("HTTP %d, %v", status, lines)
	}
}
