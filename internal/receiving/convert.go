package receiving

import (
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/civil"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/queries"
)

// message is the receipt just posted, the same as it is read later.
func (r *receipt) message(req *lottrailv1.ReceiveRequest, principal string, recordedAt time.Time) *lottrailv1.Receipt {
	m := &lottrailv1.Receipt{
		Code: req.GetReceiptCode(), PurchaseOrderCode: req.GetPurchaseOrderCode(), SupplierCode: r.supplier.code,
		ReceivedAt: timestamppb.New(r.receivedAt), RecordedAt: timestamppb.New(recordedAt), Principal: principal,
		BackDated: civil.BackDated(r.receivedAt, recordedAt), References: req.GetReferences(),
	}
	for _, a := range r.arrivals {
		lot := r.lots[a.lot()]
		row := queries.ReceiptLineListRow{
			OrderLineNumber: a.orderLine, SKU: a.item.SKU, LotCode: lot.LotCode, SupplierLotCode: lot.SupplierLotCode,
			EnteredQuantity: a.entered.Value, EnteredUnit: a.entered.Unit, WeightUnit: a.item.WeightUnit, Weight: a.weight, LocationCode: a.location.Code,
			ProductionDate: lot.ProductionDate, BestBeforeDate: lot.BestBeforeDate, ExpiryDate: lot.ExpiryDate, RemovalDate: lot.RemovalDate,
			TemperatureCelsius: a.temperature, AddedToExisting: a.addToExisting,
		}
		if a.cost != nil {
			row.UnitCost, row.CostCurrency, row.CostUnit = &a.cost.amount, &a.cost.currency, &a.cost.unit
		}
		m.Lines = append(m.Lines, toLine(row))
	}
	m.Variances = toVariances(r.variances)
	return m
}

func toReceipt(r queries.ReceiptGetRow) (*lottrailv1.Receipt, error) {
	references, err := pbtype.References(r.DocumentReferences)
	return &lottrailv1.Receipt{
		Code: r.Code, PurchaseOrderCode: r.PurchaseOrderCode, SupplierCode: r.SupplierCode,
		ReceivedAt: timestamppb.New(r.ReceivedAt), RecordedAt: timestamppb.New(r.RecordedAt), Principal: r.Principal,
		BackDated: civil.BackDated(r.ReceivedAt, r.RecordedAt), References: references,
	}, err
}

func toLine(r queries.ReceiptLineListRow) *lottrailv1.ReceiptLine {
	line := &lottrailv1.ReceiptLine{
		PurchaseOrderLineNumber: r.OrderLineNumber,
		Sku:                     r.SKU,
		LotCode:                 r.LotCode,
		SupplierLotCode:         r.SupplierLotCode,
		Quantity:                pbtype.Quantity(r.EnteredQuantity, r.EnteredUnit),
		Weight:                  pbtype.Weight(r.Weight, r.WeightUnit),
		LocationCode:            r.LocationCode,
		ProductionDate:          civil.Format(r.ProductionDate),
		ExpiryDate:              civil.Format(r.ExpiryDate),
		BestBeforeDate:          civil.Format(r.BestBeforeDate),
		RemovalDate:             civil.Format(r.RemovalDate),
		TemperatureCelsius:      text(r.TemperatureCelsius),
		AddToExisting:           r.AddedToExisting,
	}
	if r.UnitCost != nil && r.CostCurrency != nil && r.CostUnit != nil {
		line.UnitCost = &lottrailv1.UnitCost{Amount: r.UnitCost.String(), Currency: *r.CostCurrency, Unit: *r.CostUnit}
	}
	return line
}

func toVariances(variances []variance) []*lottrailv1.QuantityVariance {
	var messages []*lottrailv1.QuantityVariance
	for _, v := range variances {
		messages = append(messages, toVariance(v))
	}
	return messages
}

func toVariance(v variance) *lottrailv1.QuantityVariance {
	return pbtype.Variance(v.orderLine, v.ordered, v.received, v.baseUnit)
}
