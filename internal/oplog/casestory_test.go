package oplog_test

import (
	"context"

	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// caseStory goes on where story ends: flour of a lot that is then recalled goes into
// a run that is under way.
func caseStory(api *apitest.API) []step {
	const order, run, number, why = "MO-1", "R/2", "Q/1", "recall Q/1 (class 1): glass"
	at := timestamppb.New(hour)
	held := func(sku, lot string, hold int32, action pb.HoldAction) *pb.HoldFact {
		return &pb.HoldFact{Lot: &pb.LotKey{Sku: sku, LotCode: lot}, Number: hold, Action: action, Reason: why, CaseNumber: number, ReasonCode: pb.HoldReason_HOLD_REASON_RECALL}
	}
	output := func(lot string, holds ...*pb.HoldFact) step {
		return step{func(ctx context.Context, id string) error {
			return did(api.Production.RecordOutputs(ctx, &pb.RecordOutputsRequest{RequestId: id, ProductionOrderCode: order, RunCode: run, ProducedAt: at, Lines: []*pb.OutputLine{
				{Sku: apitest.Bread, LotCode: lot, LocationCode: apitest.Shelf, Quantity: amount("6", "H87")},
			}}))
		}, &pb.Operation{
			Kind: pb.OperationKind_OPERATION_KIND_OUTPUT, ProductionOrderCode: order, RunCode: run,
			Movements: []*pb.Movement{moved(apitest.Bread, lot, "6", "H87", "production", apitest.Shelf)}, Holds: holds,
		}}
	}
	decide := func(decision pb.RecallDecision, kind pb.OperationKind, action pb.HoldAction, reason string, lots ...*pb.HoldFact) step {
		req := &pb.DecideRecallLotsRequest{CaseNumber: number, Decision: decision, Reason: reason}
		for _, l := range lots {
			l.Action = action
			req.Lots = append(req.Lots, l.Lot)
		}
		return step{func(ctx context.Context, id string) error {
			req.RequestId = id
			return did(api.Recall.DecideRecallLots(ctx, req))
		}, &pb.Operation{Kind: kind, Reason: reason, CaseNumber: number, Holds: lots}}
	}
	const placed = pb.HoldAction_HOLD_ACTION_PLACED
	return []step{
		{func(ctx context.Context, id string) error {
			return did(api.Production.StartRun(ctx, &pb.StartRunRequest{RequestId: id, ProductionOrderCode: order, RunCode: run, StartedAt: at}))
		}, &pb.Operation{Kind: pb.OperationKind_OPERATION_KIND_RUN_START, ProductionOrderCode: order, RunCode: run}},
		{func(ctx context.Context, id string) error {
			return did(api.Production.ConsumeLots(ctx, &pb.ConsumeLotsRequest{RequestId: id, ProductionOrderCode: order, RunCode: run, ConsumedAt: at, Lines: []*pb.ConsumptionLine{
				{Sku: apitest.Flour, LotCode: "FL-2", LocationCode: apitest.Shelf, Quantity: amount("2", "KGM")},
			}}))
		}, &pb.Operation{
			Kind: pb.OperationKind_OPERATION_KIND_CONSUMPTION, ProductionOrderCode: order, RunCode: run,
			Movements: []*pb.Movement{moved(apitest.Flour, "FL-2", "2", "KGM", apitest.Shelf, "production")},
		}},
		output("BR-2"),
		{func(ctx context.Context, id string) error {
			return did(api.Recall.OpenRecall(ctx, &pb.OpenRecallRequest{
				RequestId: id, CaseNumber: number, Class: pb.RecallClass_RECALL_CLASS_1, Reason: "glass", Lots: []*pb.LotKey{{Sku: apitest.Flour, LotCode: "FL-2"}},
			}))
		}, &pb.Operation{Kind: pb.OperationKind_OPERATION_KIND_RECALL_OPEN, CaseNumber: number, Reason: "glass"}},
		{func(ctx context.Context, id string) error {
			return did(api.Recall.ActivateRecall(ctx, &pb.ActivateRecallRequest{RequestId: id, CaseNumber: number}))
		}, &pb.Operation{
			Kind: pb.OperationKind_OPERATION_KIND_RECALL_ACTIVATION, CaseNumber: number,
			Holds: []*pb.HoldFact{held(apitest.Flour, "FL-2", 1, placed), held(apitest.Bread, "BR-2", 1, placed)},
		}},
		output("BR-3", held(apitest.Bread, "BR-3", 1, placed)),
		{func(ctx context.Context, id string) error {
			return did(api.Production.FinishRun(ctx, &pb.FinishRunRequest{RequestId: id, ProductionOrderCode: order, RunCode: run, FinishedAt: at}))
		}, &pb.Operation{Kind: pb.OperationKind_OPERATION_KIND_RUN_FINISH, ProductionOrderCode: order, RunCode: run}},
		decide(pb.RecallDecision_RECALL_DECISION_RELEASE, pb.OperationKind_OPERATION_KIND_RELEASE, pb.HoldAction_HOLD_ACTION_RELEASED, "X-rayed",
			held(apitest.Bread, "BR-2", 1, placed), held(apitest.Bread, "BR-3", 1, placed)),
		decide(pb.RecallDecision_RECALL_DECISION_KEEP, pb.OperationKind_OPERATION_KIND_RECALL_KEEP, pb.HoldAction_HOLD_ACTION_KEPT, "to be burnt",
			held(apitest.Flour, "FL-2", 1, placed)),
		{func(ctx context.Context, id string) error {
			return did(api.Recall.CloseRecall(ctx, &pb.CloseRecallRequest{RequestId: id, CaseNumber: number, Reason: "all found"}))
		}, &pb.Operation{Kind: pb.OperationKind_OPERATION_KIND_RECALL_CLOSE, CaseNumber: number, Reason: "all found"}},
	}
}
