package trace

import (
	"context"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/queries"
)

func (f *seedFinder) receipts(ctx context.Context) error {
	places, codes := f.codes((*lottrailv1.TraceSeed).GetReceiptCode)
	if places == nil {
		return nil
	}
	rows, err := f.db.TraceSeedReceiptList(ctx, queries.TraceSeedReceiptListParams{TenantID: f.tenantID, LogIndex: f.sees.LogIndex, OperationIds: f.sees.Operations, AsOf: f.sees.Until, Places: places, Codes: codes})
	for _, r := range rows {
		switch code := f.asked[r.Place].GetReceiptCode(); {
		case r.DocumentID == 0:
			f.miss(r.Place, "receipt_code", "UNKNOWN_RECEIPT", "there is no receipt %q", code)
		case r.LotID == 0:
			f.miss(r.Place, "receipt_code", "SEED_WITHOUT_LOTS", "receipt %q brought nothing that was not taken back%s", code, f.then)
		default:
			f.all[r.Place].lots = append(f.all[r.Place].lots, r.LotID)
		}
	}
	return err
}

func (f *seedFinder) shipments(ctx context.Context) error {
	places, codes := f.codes((*lottrailv1.TraceSeed).GetShipmentCode)
	if places == nil {
		return nil
	}
	rows, err := f.db.TraceSeedShipmentList(ctx, queries.TraceSeedShipmentListParams{TenantID: f.tenantID, LogIndex: f.sees.LogIndex, OperationIds: f.sees.Operations, AsOf: f.sees.Until, Places: places, Codes: codes})
	for _, r := range rows {
		switch code := f.asked[r.Place].GetShipmentCode(); {
		case r.DocumentID == 0:
			f.miss(r.Place, "shipment_code", "UNKNOWN_SHIPMENT", "there is no shipment %q", code)
		case r.LotID == 0:
			f.miss(r.Place, "shipment_code", "SEED_WITHOUT_LOTS", "nothing left with shipment %q that was not taken back%s", code, f.then)
		default:
			f.all[r.Place].lots = append(f.all[r.Place].lots, r.LotID)
		}
	}
	return err
}

// codes are the seeds that have a code of a kind, by their places.
func (f *seedFinder) codes(of func(*lottrailv1.TraceSeed) string) (places []int32, codes []string) {
	for i, s := range f.asked {
		if code := of(s); code != "" {
			places, codes = append(places, int32(i)), append(codes, code)
		}
	}
	return places, codes
}

func (f *seedFinder) runs(ctx context.Context) error {
	p := queries.TraceSeedRunListParams{TenantID: f.tenantID, LogIndex: f.sees.LogIndex, OperationIds: f.sees.Operations, AsOf: f.sees.Until}
	for i, s := range f.asked {
		if key := s.GetRun(); key != nil {
			p.Places, p.OrderCodes, p.RunCodes = append(p.Places, int32(i)), append(p.OrderCodes, key.GetProductionOrderCode()), append(p.RunCodes, key.GetRunCode())
		}
	}
	if p.Places == nil {
		return nil
	}
	rows, err := f.db.TraceSeedRunList(ctx, p)
	for _, r := range rows {
		key := f.asked[r.Place].GetRun()
		switch {
		case r.ProductionOrderID == 0:
			f.miss(r.Place, "run.production_order_code", "UNKNOWN_PRODUCTION_ORDER", "there is no production order %q", key.GetProductionOrderCode())
		case r.RunID == 0:
			f.miss(r.Place, "run.run_code", "UNKNOWN_RUN", "production order %q has no run %q", key.GetProductionOrderCode(), key.GetRunCode())
		case !r.Known:
			f.miss(r.Place, "run.run_code", "UNKNOWN_RUN", "production order %q had no run %q%s", key.GetProductionOrderCode(), key.GetRunCode(), f.then)
		default:
			f.all[r.Place].runs = []int64{r.RunID}
		}
	}
	return err
}
