package model_test

import (
	"context"
	"fmt"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// topic is what is compared after every round, in words.
type topic struct {
	// read asks the service.
	read func(ctx context.Context, p plant, th *theme) ([]string, error)
	// tell asks the model.
	tell func(w *world) []string
}

// lotsAndRuns are compared whatever a history is about.
var lotsAndRuns = topic{
	read: func(ctx context.Context, p plant, th *theme) ([]string, error) {
		var told []string
		for _, code := range append(everything[:len(everything):len(everything)], th.lots...) {
			resp, err := p.api.Lots.GetLot(ctx, &pb.GetLotRequest{Sku: p.sku(code), LotCode: code})
			if status.Code(err) == codes.NotFound {
				continue
			}
			if err != nil {
				return nil, err
			}
			if counted := resp.Lot.ActiveHoldCount; int(counted) != len(resp.ActiveHolds) {
				return nil, fmt.Errorf("lot %s: %d holds counted, %d listed", code, counted, len(resp.ActiveHolds))
			}
			told = append(told, lotFact(code, len(resp.ActiveHolds), stocksOf(resp.Stocks), resp.Lot.ExpiryDate))
		}
		for n := 1; n <= 2; n++ {
			resp, err := p.api.Production.GetRun(ctx, &pb.GetRunRequest{ProductionOrderCode: p.order(), RunCode: p.run(n)})
			if err != nil {
				return nil, err
			}
			told = append(told, fmt.Sprintf("run %d finished: %v", n, resp.Run.State == pb.RunState_RUN_STATE_FINISHED))
		}
		return told, nil
	},
	tell: func(w *world) []string {
		var told []string
		for _, code := range append(everything[:len(everything):len(everything)], w.theme.lots...) {
			if l, exists := w.lots[code]; exists {
				told = append(told, lotFact(code, len(l.standing()), l.stocks(), l.expiry))
			}
		}
		for n := 1; n <= 2; n++ {
			told = append(told, fmt.Sprintf("run %d finished: %v", n, w.runs[n]))
		}
		return told
	},
}

func lotFact(code string, holds int, stocks map[string]string, expiry string) string {
	return fmt.Sprintf("lot %s: %d holds, on hand %v, until %q", code, holds, stocks, expiry)
}

// readFacts are what the service says of a plant, topic by topic.
func (p plant) readFacts(ctx context.Context, th *theme) ([]string, error) {
	var told []string
	for _, topic := range append([]topic{lotsAndRuns}, th.topics...) {
		some, err := topic.read(ctx, p, th)
		if err != nil {
			return nil, err
		}
		told = append(told, some...)
	}
	return told, nil
}

// facts are the same by the model.
func (w *world) facts() []string {
	var told []string
	for _, topic := range append([]topic{lotsAndRuns}, w.theme.topics...) {
		told = append(told, topic.tell(w)...)
	}
	return told
}
