package trace

import (
	"context"
	"fmt"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
	"github.com/lottrail/lottrail/internal/resolve"
)

// seedsOf finds what a request wants traced: lots, and runs. One lot by its key alone is
// looked up by itself, as most are.
func seedsOf(ctx context.Context, tx *pg.Snapshot, req asked, q lineage.Query, at moment) (lots, runs []int64, err error) {
	if err := checkAsked(req.GetSku(), req.GetLotCode(), len(req.GetSeeds())); err != nil {
		return nil, nil, err
	}
	if len(req.GetSeeds()) == 0 {
		id, err := at.lot(ctx, tx, q, resolve.LotKey{Path: "lot_code", SKU: req.GetSku(), LotCode: req.GetLotCode()})
		return []int64{id}, nil, err
	}
	found, err := findSeeds(ctx, tx, q, at, "seeds", req.GetSeeds())
	if err != nil {
		return nil, nil, err
	}
	lots, runs = found.union()
	return lots, runs, nil
}

// seedFinder finds seeds of a kind at a time: there are few kinds.
type seedFinder struct {
	seeds
	db       *queries.Queries
	tenantID int64
	asked    []*lottrailv1.TraceSeed
	// sees is how far of the ledger is seen, by the moment that is asked about.
	sees lineage.Horizon
	then moment
}

// findSeeds finds the lots and runs of each seed in the list at a path, and refuses those
// that are not there, all of them at once.
func findSeeds(ctx context.Context, tx *pg.Snapshot, q lineage.Query, at moment, path string, asked []*lottrailv1.TraceSeed) (*seeds, error) {
	f := &seedFinder{db: queries.New(tx), tenantID: q.TenantID, asked: asked, then: at, sees: q.Horizon()}
	for i := range asked {
		f.all = append(f.all, seed{path: fmt.Sprintf("%s[%d]", path, i)})
	}
	for _, find := range []func(context.Context) error{f.lots, f.supplierLots, f.receipts, f.runs, f.shipments} {
		if err := find(ctx); err != nil {
			return nil, err
		}
	}
	return &f.seeds, f.check()
}

func (f *seedFinder) lots(ctx context.Context) error {
	p := queries.TraceSeedLotListParams{TenantID: f.tenantID, LogIndex: f.sees.LogIndex, OperationIds: f.sees.Operations, AsOf: f.sees.Until}
	for i, s := range f.asked {
		if key := s.GetLot(); key != nil {
			p.Places, p.Skus, p.LotCodes = append(p.Places, int32(i)), append(p.Skus, key.GetSku()), append(p.LotCodes, key.GetLotCode())
		}
	}
	if p.Places == nil {
		return nil
	}
	rows, err := f.db.TraceSeedLotList(ctx, p)
	for _, r := range rows {
		key := f.asked[r.Place].GetLot()
		switch {
		case r.ItemID == 0:
			f.miss(r.Place, "lot.sku", "UNKNOWN_ITEM", "there is no item %q", key.GetSku())
		case r.LotID == 0:
			f.miss(r.Place, "lot.lot_code", "UNKNOWN_LOT", "item %q has no lot %q", key.GetSku(), key.GetLotCode())
		case !r.Known:
			f.miss(r.Place, "lot.lot_code", "UNKNOWN_LOT", "item %q had no lot %q%s", key.GetSku(), key.GetLotCode(), f.then)
		default:
			f.all[r.Place].lots = []int64{r.LotID}
		}
	}
	return err
}

// supplierLots are known as soon as one of a seed's lots is: others may have come later.
func (f *seedFinder) supplierLots(ctx context.Context) error {
	p := queries.TraceSeedSupplierLotListParams{TenantID: f.tenantID, LogIndex: f.sees.LogIndex, OperationIds: f.sees.Operations, AsOf: f.sees.Until}
	for i, s := range f.asked {
		if of := s.GetSupplierLot(); of != nil {
			p.Places, p.Skus = append(p.Places, int32(i)), append(p.Skus, of.GetSku())
			p.SupplierCodes, p.SupplierLotCodes = append(p.SupplierCodes, of.GetSupplierCode()), append(p.SupplierLotCodes, of.GetSupplierLotCode())
		}
	}
	if p.Places == nil {
		return nil
	}
	rows, err := f.db.TraceSeedSupplierLotList(ctx, p)
	first := map[int32]queries.TraceSeedSupplierLotListRow{}
	for _, r := range rows {
		first[r.Place] = r
		if r.Known {
			f.all[r.Place].lots = append(f.all[r.Place].lots, r.LotID)
		}
	}
	for place, r := range first {
		of := f.asked[place].GetSupplierLot()
		switch {
		case len(f.all[place].lots) > 0:
		case r.PartyID == 0:
			f.miss(place, "supplier_lot.supplier_code", "UNKNOWN_PARTY", "there is no party %q", of.GetSupplierCode())
		case of.GetSku() != "" && r.ItemID == 0:
			f.miss(place, "supplier_lot.sku", "UNKNOWN_ITEM", "there is no item %q", of.GetSku())
		default:
			f.miss(place, "supplier_lot.supplier_lot_code", "UNKNOWN_SUPPLIER_LOT", "nothing was received from %q under its lot code %q%s%s",
				of.GetSupplierCode(), of.GetSupplierLotCode(), ofItem(of.GetSku()), f.then)
		}
	}
	return err
}

func ofItem(sku string) string {
	if sku == "" {
		return ""
	}
	return fmt.Sprintf(" of item %q", sku)
}
