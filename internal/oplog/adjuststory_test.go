package oplog_test

import (
	"context"

	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// adjustStory has flour found, and some thrown away with somebody's approval.
func adjustStory(api *apitest.API) []step {
	at := timestamppb.New(hour)
	return []step{
		{func(ctx context.Context, id string) error {
			return did(api.Lots.AdjustLots(ctx, &pb.AdjustLotsRequest{
				RequestId: id, AdjustedAt: at, ReasonCode: pb.AdjustmentReason_ADJUSTMENT_REASON_MEASUREMENT, Justification: "weighed anew",
				Lines: []*pb.AdjustmentLine{{
					Sku: apitest.Flour, LotCode: "FL-1", LocationCode: apitest.Dock, Quantity: amount("1.5", "KGM"), Direction: pb.AdjustmentDirection_ADJUSTMENT_DIRECTION_FOUND,
				}},
			}))
		}, &pb.Operation{
			Kind: pb.OperationKind_OPERATION_KIND_ADJUSTMENT, Reason: "weighed anew", ReasonCode: pb.AdjustmentReason_ADJUSTMENT_REASON_MEASUREMENT,
			Movements: []*pb.Movement{moved(apitest.Flour, "FL-1", "1.5", "KGM", "adjustment", apitest.Dock)},
		}},
		{func(ctx context.Context, id string) error {
			return did(api.Lots.ScrapLots(ctx, &pb.ScrapLotsRequest{
				RequestId: id, ScrappedAt: at, ReasonCode: pb.AdjustmentReason_ADJUSTMENT_REASON_SPOILAGE, Justification: "mouldy", ApprovedBy: "Kim",
				Lines: []*pb.ScrapLine{{Sku: apitest.Flour, LotCode: "FL-1", LocationCode: apitest.Dock, Quantity: amount("1", "KGM")}},
			}))
		}, &pb.Operation{
			Kind: pb.OperationKind_OPERATION_KIND_SCRAP, Reason: "mouldy", ReasonCode: pb.AdjustmentReason_ADJUSTMENT_REASON_SPOILAGE, ApprovedBy: "Kim",
			Movements: []*pb.Movement{moved(apitest.Flour, "FL-1", "1", "KGM", apitest.Dock, "scrap")},
		}},
	}
}
