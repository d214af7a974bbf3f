package trace_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// shares are how much of a lot is in the lots that it reached, and in runs, as known then.
func shares(t *testing.T, api *apitest.API, sku, lot string, known *pb.KnownAt) string {
	t.Helper()
	parts, err := pages(t.Context(), overGRPC(api.Trace), &pb.GetTraceRequest{
		Sku: sku, LotCode: lot, Direction: pb.TraceDirection_TRACE_DIRECTION_FORWARD, Attribute: true, KnownAt: known,
	})
	if err != nil {
		t.Fatal(err)
	}
	all := joined(parts)
	codes := map[int32]string{}
	for _, l := range all.GetLots() {
		codes[l.GetRef()] = l.GetLot().GetLotCode()
	}
	var texts []string
	for _, l := range all.GetLotAttributions() {
		texts = append(texts, codes[l.GetLotRef()]+" "+l.GetOnHand().GetQuantity().GetValue())
	}
	slices.Sort(texts)
	for _, r := range all.GetRunAttributions() {
		texts = append(texts, fmt.Sprintf("%s %s", r.GetInProcess().GetQuantity().GetValue(), strings.ToLower(strings.TrimPrefix(r.GetDivision().String(), "TRACE_DIVISION_"))))
	}
	for _, totals := range all.GetSummary().GetAttributions() {
		if !totals.GetBalanced() {
			t.Errorf("%v", totals)
		}
	}
	return strings.Join(texts, ", ")
}

// What was stated counts, and goes with what is taken back; and it is as known at each
// moment.
func TestAttributionAsKnown(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	for _, sku := range []string{"CAKE", "CRUMB"} {
		api.PushItem(t, &pb.Item{Sku: sku, Name: sku, BaseUnit: "KGM", Tracking: pb.Tracking_TRACKING_LOT})
	}
	api.ReceiveLot(t, apitest.Flour, "L", "10", "KGM", apitest.Dock)
	ctx := t.Context()
	output := func(sku, lot, quantity, share string) *pb.OutputLine {
		return &pb.OutputLine{Sku: sku, LotCode: lot, LocationCode: apitest.Dock, Quantity: &pb.Quantity{Value: quantity, Unit: "KGM"}, Share: share}
	}
	_, err := api.Production.CreateProductionOrder(ctx, &pb.CreateProductionOrderRequest{RequestId: apitest.ID(), ProductionOrder: &pb.ProductionOrder{Code: "MO", Sku: "CAKE", Quantity: quantity(10)}})
	if err == nil {
		_, err = api.Production.StartRun(ctx, &pb.StartRunRequest{RequestId: apitest.ID(), ProductionOrderCode: "MO", RunCode: "1"})
	}
	if err == nil {
		_, err = api.Production.ConsumeLots(ctx, &pb.ConsumeLotsRequest{RequestId: apitest.ID(), ProductionOrderCode: "MO", RunCode: "1", Lines: []*pb.ConsumptionLine{
			{Sku: apitest.Flour, LotCode: "L", LocationCode: apitest.Dock, Quantity: quantity(10)},
		}})
	}
	if err != nil {
		t.Fatal(err)
	}
	consumed := api.Sealed(t)
	_, err = api.Production.RecordOutputs(ctx, &pb.RecordOutputsRequest{RequestId: apitest.ID(), ProductionOrderCode: "MO", RunCode: "1", Lines: []*pb.OutputLine{
		output("CAKE", "C", "1", "4"), output("CRUMB", "D", "1", "1"),
	}})
	if err != nil {
		t.Fatal(err)
	}
	stated := api.Sealed(t)
	const asStated = "C 1.6, D 0.4, L , 8 stated"
	if got := shares(t, api, apitest.Flour, "L", nil); got != asStated {
		t.Errorf("%s, want %s", got, asStated)
	}
	_, err = api.Lots.ReverseOperation(ctx, &pb.ReverseOperationRequest{
		RequestId: apitest.ID(), Operation: &pb.ReverseOperationRequest_LogIndex{LogIndex: stated}, Reason: "not yet",
	})
	if err == nil {
		_, err = api.Production.RecordOutputs(ctx, &pb.RecordOutputsRequest{RequestId: apitest.ID(), ProductionOrderCode: "MO", RunCode: "1", Lines: []*pb.OutputLine{
			output("CAKE", "E", "2", ""), output("CRUMB", "F", "1", ""),
		}})
	}
	if err == nil {
		_, err = api.Production.FinishRun(ctx, &pb.FinishRunRequest{RequestId: apitest.ID(), ProductionOrderCode: "MO", RunCode: "1"})
	}
	if err != nil {
		t.Fatal(err)
	}
	for index, want := range map[int64]string{
		consumed: "L , 10 unspecified", stated: asStated, stated + 1: "L , 10 unspecified",
		api.Sealed(t): "E 6.666666667, F 3.333333333, L ,  measured",
	} {
		known := &pb.KnownAt{Moment: &pb.KnownAt_LogIndex{LogIndex: index}}
		if got := shares(t, api, apitest.Flour, "L", known); got != want {
			t.Errorf("at %d: %s, want %s", index, got, want)
		}
	}
}
