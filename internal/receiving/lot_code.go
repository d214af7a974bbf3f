package receiving

import (
	"context"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/codeseries"
	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/pg"
)

// nameLots gives a code to each lot that came without one and whose item has a
// pattern. Each such line makes a lot of its own.
func (r *receipt) nameLots(ctx context.Context, tx *pg.Tx, req *lottrailv1.ReceiveRequest) error {
	given := make(map[codeseries.Name]bool, len(r.arrivals))
	var wants []codeseries.Want
	var unnamed []*arrival
	for i, a := range r.arrivals {
		if !a.item.Generates(req.GetLines()[i].GetLotCode()) {
			given[codeseries.Name{ItemID: a.item.ItemID, LotCode: a.lotCode}] = true
			continue
		}
		if a.addToExisting {
			return errs.Invalid(a.path+".lot_code", "LOT_CODE_REQUIRED", "add_to_existing adds to a lot of item %q that is there; give its code, or leave add_to_existing out to make a new one", a.item.SKU)
		}
		wants = append(wants, codeseries.Want{Path: a.path, Item: a.item, Day: a.day})
		unnamed = append(unnamed, a)
	}
	codes, err := codeseries.Codes(ctx, tx, wants, given)
	for i, code := range codes {
		unnamed[i].lotCode = code
	}
	return err
}
