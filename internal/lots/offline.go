package lots

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/grpc"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/errs"
)

// PostOfflineMoves implements lottrailv1.LotsServiceServer. Each move is a MoveLots of
// its own, which goes through all that such a request goes through.
func (s *Service) PostOfflineMoves(ctx context.Context, req *lottrailv1.PostOfflineMovesRequest) (*lottrailv1.PostOfflineMovesResponse, error) {
	moves := req.GetMoves()
	resp := &lottrailv1.PostOfflineMovesResponse{Results: make([]*lottrailv1.OfflineMoveResult, len(moves))}
	for _, i := range inOrder(moves) {
		result := &lottrailv1.OfflineMoveResult{RequestId: moves[i].GetRequestId()}
		moved, err := s.postOffline(ctx, i, moves[i])
		var refused *errs.Error
		switch {
		case err == nil:
			result.Movements = moved.GetMovements()
		case errors.As(err, &refused) && final(refused.Kind):
			result.Refusal = offlineRefusal(i, refused)
			resp.RefusedCount++
		default:
			return nil, err
		}
		resp.Results[i] = result
	}
	return resp, nil
}

func (s *Service) postOffline(ctx context.Context, i int, m *lottrailv1.OfflineMove) (*lottrailv1.MoveLotsResponse, error) {
	if m.GetMovedAt() == nil {
		return nil, errs.Invalid(fmt.Sprintf("moves[%d].moved_at", i), "MOVED_AT_REQUIRED", "what was collected offline has to say when it happened")
	}
	info := &grpc.UnaryServerInfo{Server: s, FullMethod: lottrailv1.LotsService_MoveLots_FullMethodName}
	resp, err := s.checks(ctx, offlineRequest(m), info, func(ctx context.Context, req any) (any, error) {
		return s.MoveLots(ctx, req.(*lottrailv1.MoveLotsRequest))
	})
	if err != nil {
		return nil, err
	}
	return resp.(*lottrailv1.MoveLotsResponse), nil
}

func offlineRequest(m *lottrailv1.OfflineMove) *lottrailv1.MoveLotsRequest {
	return &lottrailv1.MoveLotsRequest{
		RequestId: m.GetRequestId(), MovedAt: m.GetMovedAt(), Purpose: m.GetPurpose(), Reason: m.GetReason(),
		Lines: []*lottrailv1.MoveLine{{
			Sku: m.GetSku(), LotCode: m.GetLotCode(), Scan: m.GetScanned(), Quantity: m.GetQuantity(), Weight: m.GetWeight(),
			FromLocationCode: m.GetFromLocationCode(), ToLocationCode: m.GetToLocationCode(),
			SalesOrderCode: m.GetSalesOrderCode(), SalesOrderLineNumber: m.GetSalesOrderLineNumber(),
		}},
	}
}

// inOrder are the places of moves in the order in which they happened. At the same
// moment, they happened in the order in which they are told.
func inOrder(moves []*lottrailv1.OfflineMove) []int {
	order := make([]int, len(moves))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := moves[a].GetMovedAt(), moves[b].GetMovedAt()
		return cmp.Or(cmp.Compare(x.GetSeconds(), y.GetSeconds()), cmp.Compare(x.GetNanos(), y.GetNanos()))
	})
	return order
}

// final says whether the same move would be refused again as things are.
func final(kind errs.Kind) bool {
	switch kind {
	case errs.KindInvalidArgument, errs.KindNotFound, errs.KindAlreadyExists, errs.KindFailedPrecondition:
		return true
	}
	return false
}

// offlineRefusal tells of a refusal in the words of the request that the move came in.
func offlineRefusal(i int, refused *errs.Error) *lottrailv1.OfflineRefusal {
	told := &lottrailv1.OfflineRefusal{Reason: refused.Reason, Message: refused.Message}
	if len(refused.Violations) == 0 {
		return told
	}
	v := refused.Violations[0]
	told.Reason, told.Message = v.Reason, v.Message
	told.Field = v.Path
	if !strings.HasPrefix(v.Path, "moves[") {
		told.Field = strings.TrimSuffix(fmt.Sprintf("moves[%d].%s", i, strings.TrimPrefix(strings.TrimPrefix(v.Path, "lines[0]"), ".")), ".")
	}
	told.Field = strings.Replace(told.Field, "].scan", "].scanned", 1)
	return told
}
