package recall

import (
	"google.golang.org/protobuf/types/known/timestamppb"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/civil"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/mark"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/queries"
)

var (
	toClass = map[string]lottrailv1.RecallClass{
		mark.Class1:     lottrailv1.RecallClass_RECALL_CLASS_1,
		mark.Class2:     lottrailv1.RecallClass_RECALL_CLASS_2,
		mark.Class3:     lottrailv1.RecallClass_RECALL_CLASS_3,
		mark.Withdrawal: lottrailv1.RecallClass_RECALL_CLASS_WITHDRAWAL,
	}
	fromClass = inverse(toClass)

	toState = map[string]lottrailv1.RecallState{
		stateOpen:   lottrailv1.RecallState_RECALL_STATE_OPEN,
		stateActive: lottrailv1.RecallState_RECALL_STATE_ACTIVE,
		stateClosed: lottrailv1.RecallState_RECALL_STATE_CLOSED,
	}
	fromState = inverse(toState)

	toEventKind = map[string]lottrailv1.RecallEventKind{
		string(ledger.KindRecallOpen):       lottrailv1.RecallEventKind_RECALL_EVENT_KIND_OPENED,
		string(ledger.KindRecallActivation): lottrailv1.RecallEventKind_RECALL_EVENT_KIND_ACTIVATED,
		string(ledger.KindOutput):           lottrailv1.RecallEventKind_RECALL_EVENT_KIND_BORN_HELD,
		string(ledger.KindRelease):          lottrailv1.RecallEventKind_RECALL_EVENT_KIND_RELEASED,
		string(ledger.KindRecallKeep):       lottrailv1.RecallEventKind_RECALL_EVENT_KIND_KEPT,
		string(ledger.KindRecallClose):      lottrailv1.RecallEventKind_RECALL_EVENT_KIND_CLOSED,
	}
)

func inverse[K, V comparable](m map[K]V) map[V]K {
	inverted := make(map[V]K, len(m))
	for k, v := range m {
		inverted[v] = k
	}
	return inverted
}

func toRecall(c *queries.RecallGetRow, seeds []queries.RecallSeedListRow) *lottrailv1.Recall {
	r := &lottrailv1.Recall{
		CaseNumber:  c.CaseNumber,
		Class:       toClass[c.Class],
		Reason:      c.Reason,
		State:       toState[c.State],
		OpenedAt:    timestamppb.New(c.OpenedAt),
		OpenedBy:    c.OpenedBy,
		ActivatedAt: pbtype.Time(c.ActivatedAt),
		ActivatedBy: pbtype.Text(c.ActivatedBy),
		ClosedAt:    pbtype.Time(c.ClosedAt),
		ClosedBy:    pbtype.Text(c.ClosedBy),
		CloseReason: pbtype.Text(c.CloseReason),
	}
	for _, seed := range seeds {
		r.Lots = append(r.Lots, &lottrailv1.LotKey{Sku: seed.SKU, LotCode: seed.LotCode})
	}
	return r
}

func toLot(r *queries.RecallLotListRow, fixed bool, stocks []queries.RecallStockListRow) *lottrailv1.RecallLot {
	lot := &lottrailv1.RecallLot{
		Lot:                 &lottrailv1.LotKey{Sku: r.SKU, LotCode: r.LotCode},
		ItemName:            r.ItemName,
		Direct:              r.Direct,
		Ingredient:          r.InProcess.Add(r.Finished).Sign() > 0,
		Inferred:            r.Inferred,
		HoldNumber:          r.HoldNumber,
		SupplierLotCode:     r.SupplierLotCode,
		ProductionOrderCode: pbtype.Text(r.ProductionOrderCode),
		RunCode:             pbtype.Text(r.RunCode),
		ProductionDate:      civil.Format(r.ProductionDate),
		ExpiryDate:          civil.Format(r.ExpiryDate),
		Total:               pbtype.Quantity(r.Received.Add(r.PutOut), r.BaseUnit),
		OnHand:              pbtype.Quantity(r.OnHand, r.BaseUnit),
		InProcess:           pbtype.Quantity(r.InProcess, r.BaseUnit),
		Consumed:            pbtype.Quantity(r.Finished, r.BaseUnit),
		Shipped:             pbtype.Quantity(r.Shipped, r.BaseUnit),
	}
	lot.State, lot.DecisionReason = lotState(fixed, r)
	if len(stocks) > maxStocks {
		stocks, lot.StocksTruncated = stocks[:maxStocks], true
	}
	for _, s := range stocks {
		lot.Stocks = append(lot.Stocks, &lottrailv1.Stock{LocationCode: s.LocationCode, OnHand: pbtype.Quantity(s.OnHand, r.BaseUnit)})
	}
	return lot
}

func toShipment(r *queries.RecallShipmentListRow) *lottrailv1.RecallShipment {
	return &lottrailv1.RecallShipment{
		Lot:                  &lottrailv1.LotKey{Sku: r.SKU, LotCode: r.LotCode},
		ShipmentCode:         r.ShipmentCode,
		LineNumber:           r.LineNumber,
		SalesOrderCode:       pbtype.Text(r.SalesOrderCode),
		SalesOrderLineNumber: r.OrderLineNumber,
		CustomerCode:         r.CustomerCode,
		CustomerName:         r.CustomerName,
		Quantity:             pbtype.Quantity(r.Quantity, r.BaseUnit),
		ShippedAt:            timestamppb.New(r.ShippedAt),
		DeliveryDate:         civil.Format(r.DeliveryDate),
	}
}

// lotState tells how a lot in scope stands, and the reason that was given.
func lotState(fixed bool, r *queries.RecallLotListRow) (lottrailv1.RecallLotState, string) {
	switch {
	case !fixed:
		return lottrailv1.RecallLotState_RECALL_LOT_STATE_PREVIEW, ""
	case r.ReleaseReason != nil:
		return lottrailv1.RecallLotState_RECALL_LOT_STATE_RELEASED, *r.ReleaseReason
	case r.Kept:
		return lottrailv1.RecallLotState_RECALL_LOT_STATE_KEPT, r.KeepReason
	}
	return lottrailv1.RecallLotState_RECALL_LOT_STATE_HELD, ""
}
