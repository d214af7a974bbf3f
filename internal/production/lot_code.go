package production

import (
	"context"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/codeseries"
	"github.com/lottrail/lottrail/internal/pg"
)

// nameLots gives a code to each lot that came without one and whose item has a
// pattern. Each such line makes a lot of its own.
func nameLots(ctx context.Context, tx *pg.Tx, lines []*lottrailv1.OutputLine, outputs []output) error {
	given := make(map[codeseries.Name]bool, len(outputs))
	var wants []codeseries.Want
	var unnamed []*output
	for i := range outputs {
		o := &outputs[i]
		if !o.item.Generates(lines[i].GetLotCode()) {
			given[codeseries.Name{ItemID: o.item.ItemID, LotCode: o.lotCode}] = true
			continue
		}
		wants = append(wants, codeseries.Want{Path: o.path, Item: o.item, Day: o.day})
		unnamed = append(unnamed, o)
	}
	codes, err := codeseries.Codes(ctx, tx, wants, given)
	for i, code := range codes {
		unnamed[i].lotCode = code
	}
	return err
}
