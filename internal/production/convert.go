package production

import (
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/queries"
)

func toRun(orderCode, code string, startedAt time.Time, finishedAt *time.Time) *lottrailv1.Run {
	state := lottrailv1.RunState_RUN_STATE_OPEN
	if finishedAt != nil {
		state = lottrailv1.RunState_RUN_STATE_FINISHED
	}
	return &lottrailv1.Run{
		ProductionOrderCode: orderCode, Code: code, State: state,
		StartedAt: timestamppb.New(startedAt), FinishedAt: pbtype.Time(finishedAt),
	}
}

func toRunLots(rows []queries.RunLotListRow) []*lottrailv1.RunLot {
	lots := make([]*lottrailv1.RunLot, 0, len(rows))
	for _, r := range rows {
		lots = append(lots, &lottrailv1.RunLot{
			Lot:      &lottrailv1.LotKey{Sku: r.SKU, LotCode: r.LotCode},
			Quantity: pbtype.Quantity(r.Quantity, r.BaseUnit),
			Weight:   pbtype.Weight(r.Weight, r.WeightUnit),
			Share:    pbtype.Share(r.Share),
		})
	}
	return lots
}
