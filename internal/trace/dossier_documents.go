package trace

import (
	"context"
	"slices"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/civil"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/pbtype"
	"github.com/lottrail/lottrail/internal/queries"
)

func (r *dossierReader) receipts(ctx context.Context) error {
	if err := r.readUnits(ctx); err != nil {
		return err
	}
	after := queries.DossierReceiptListParams{TenantID: r.tenantID, LotID: r.lotID, LogIndex: r.logIndex, AsOf: r.asOf, AfterReceivedAt: time.Unix(0, 0), RowLimit: dossierChunk}
	for {
		rows, err := r.DossierReceiptList(ctx, after)
		if err != nil || len(rows) == 0 {
			return err
		}
		suppliers := make([]int64, len(rows))
		for i := range rows {
			suppliers[i] = rows[i].SupplierID
		}
		if err := r.meet(ctx, suppliers); err != nil {
			return err
		}
		for i := range rows {
			receipt, err := r.receipt(&rows[i])
			if err != nil {
				return err
			}
			if err := r.put(receipt, func(part *lottrailv1.GetDossierResponse) { part.Receipts = append(part.Receipts, receipt) }); err != nil {
				return err
			}
		}
		last := &rows[len(rows)-1]
		after.AfterReceivedAt, after.AfterCode, after.AfterLineNumber = last.ReceivedAt, last.ReceiptCode, last.LineNumber
	}
}

func (r *dossierReader) receipt(row *queries.DossierReceiptListRow) (*lottrailv1.DossierReceipt, error) {
	references, err := pbtype.References(row.DocumentReferences)
	if err != nil {
		return nil, err
	}
	receipt := &lottrailv1.DossierReceipt{
		ReceiptCode: row.ReceiptCode, PurchaseOrderCode: row.PurchaseOrderCode, PurchaseOrderLineNumber: row.OrderLineNumber,
		OrderDate: row.OrderDate, DueDate: row.DueDate, SupplierCode: r.parties[row.SupplierID].GetCode(),
		Quantity: pbtype.Quantity(row.Quantity, r.unit), Entered: pbtype.Quantity(row.EnteredQuantity, row.EnteredUnit), Weight: pbtype.Weight(row.Weight, r.weight),
		LocationCode: row.LocationCode, ReceivedAt: timestamppb.New(row.ReceivedAt), RecordedAt: timestamppb.New(row.RecordedAt), Principal: row.Principal,
		AddedToExisting: row.AddedToExisting, References: references,
		Variance: pbtype.Variance(row.OrderLineNumber, row.OrderedQuantity, row.ReceivedQuantity, r.unit),
		Reversal: takenBack(row.ReversedAt, row.ReversedBy, row.ReversalReason),
	}
	if row.TemperatureCelsius != nil {
		receipt.TemperatureCelsius = row.TemperatureCelsius.String()
	}
	if receipt.Reversal == nil {
		r.spent.add(row)
	}
	return receipt, nil
}

// takenBack is how a document was taken back, nothing if it was not.
func takenBack(at *time.Time, by, reason *string) *lottrailv1.Reversal {
	if at == nil {
		return nil
	}
	return &lottrailv1.Reversal{Reason: pbtype.Text(reason), ReversedBy: pbtype.Text(by), ReversedAt: timestamppb.New(*at)}
}

func (r *dossierReader) runs(ctx context.Context) error {
	order, err := r.DossierRunOrder(ctx, queries.DossierRunOrderParams{TenantID: r.tenantID, LotID: r.lotID, LogIndex: r.logIndex, AsOf: r.asOf})
	if err != nil {
		return err
	}
	for chunk := range slices.Chunk(order, dossierChunk/5) {
		runs, err := r.readRuns(ctx, chunk)
		if err != nil {
			return err
		}
		for _, run := range runs {
			if err := r.put(run, func(part *lottrailv1.GetDossierResponse) { part.Runs = append(part.Runs, run) }); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *dossierReader) readRuns(ctx context.Context, order []queries.DossierRunOrderRow) ([]*lottrailv1.DossierRun, error) {
	ids, runs := make([]int64, len(order)), make([]*lottrailv1.DossierRun, len(order))
	byID := make(map[int64]*lottrailv1.DossierRun, len(order))
	for i, o := range order {
		run := &lottrailv1.DossierRun{FirstAt: timestamppb.New(o.FirstAt), LastAt: timestamppb.New(o.LastAt)}
		if o.Consumed.Sign() > 0 {
			run.Consumed = pbtype.Quantity(o.Consumed, r.unit)
		}
		if o.PutOut.Sign() > 0 {
			run.PutOut = pbtype.Quantity(o.PutOut, r.unit)
		}
		ids[i], runs[i], byID[o.RunID] = o.RunID, run, run
	}
	rows, err := r.DossierRunList(ctx, queries.DossierRunListParams{TenantID: r.tenantID, RunIds: ids, LogIndex: r.logIndex, AsOf: r.asOf})
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		run := byID[row.RunID]
		run.ProductionOrderCode, run.RunCode, run.Sku = row.ProductionOrderCode, row.Code, row.SKU
		run.StartedAt, run.FinishedAt = timestamppb.New(row.StartedAt), pbtype.Time(row.FinishedAt)
	}
	lots, err := r.DossierRunLotList(ctx, queries.DossierRunLotListParams{TenantID: r.tenantID, RunIds: ids, LogIndex: r.logIndex, AsOf: r.asOf, Most: maxRunLots + 1})
	for _, row := range lots {
		run := byID[row.RunID]
		if row.Kind == string(ledger.KindConsumption) {
			run.Inputs = r.listed(run, run.Inputs, row)
		} else {
			run.Outputs = r.listed(run, run.Outputs, row)
		}
	}
	return runs, err
}

// listed adds a lot to what a run is told with, as long as there is room.
func (r *dossierReader) listed(run *lottrailv1.DossierRun, to []*lottrailv1.RunLot, row queries.DossierRunLotListRow) []*lottrailv1.RunLot {
	if len(to) == maxRunLots {
		if !run.LotsTruncated {
			r.cutRuns++
		}
		run.LotsTruncated = true
		return to
	}
	return append(to, &lottrailv1.RunLot{Lot: &lottrailv1.LotKey{Sku: row.SKU, LotCode: row.LotCode}, Quantity: pbtype.Quantity(row.Quantity, row.BaseUnit)})
}

func (r *dossierReader) shipments(ctx context.Context) error {
	order, err := r.DossierShipmentOrder(ctx, queries.DossierShipmentOrderParams{TenantID: r.tenantID, LotID: r.lotID, LogIndex: r.logIndex, AsOf: r.asOf})
	if err != nil {
		return err
	}
	for chunk := range slices.Chunk(order, dossierChunk) {
		rows, err := r.DossierShipmentList(ctx, queries.DossierShipmentListParams{TenantID: r.tenantID, LotID: r.lotID, LogIndex: r.logIndex, ShipmentLineIds: chunk})
		if err != nil {
			return err
		}
		var parties []int64
		for i := range rows {
			parties = append(parties, rows[i].CustomerID, rows[i].CarrierID)
		}
		if err := r.meet(ctx, parties); err != nil {
			return err
		}
		for i := range rows {
			shipment, err := r.shipment(&rows[i])
			if err != nil {
				return err
			}
			if err := r.put(shipment, func(part *lottrailv1.GetDossierResponse) { part.Shipments = append(part.Shipments, shipment) }); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *dossierReader) shipment(row *queries.DossierShipmentListRow) (*lottrailv1.DossierShipment, error) {
	references, err := pbtype.References(row.DocumentReferences)
	return &lottrailv1.DossierShipment{
		ShipmentCode: row.ShipmentCode, LineNumber: row.LineNumber, SalesOrderCode: row.SalesOrderCode, SalesOrderLineNumber: row.OrderLineNumber, OrderDate: row.OrderDate,
		CustomerCode: r.parties[row.CustomerID].GetCode(), CarrierCode: r.parties[row.CarrierID].GetCode(),
		Quantity: pbtype.Quantity(row.Quantity, r.unit), Weight: pbtype.Weight(row.Weight, r.weight), ShippedAt: timestamppb.New(row.ShippedAt),
		DeliveryDate: civil.Format(row.DeliveryDate), References: references, Reversal: takenBack(row.ReversedAt, row.ReversedBy, row.ReversalReason),
	}, err
}
