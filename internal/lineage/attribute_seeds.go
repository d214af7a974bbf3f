package lineage

import (
	"context"

	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/queries"
)

// askQuantities notes a pass whose quantities are asked for.
func (w *walk) askQuantities(ctx context.Context, p *pass, seeds []int64) error {
	if !w.query.Attribute || len(seeds) == 0 {
		return nil
	}
	unit, err := w.seedUnit(ctx, seeds)
	p.seeds, p.seedUnit = seeds, unit
	w.attributed = append(w.attributed, p)
	return err
}

// checkSeeds refuses seeds that cannot be added up, whichever way they are walked from,
// before anything is sent. A seed alone is what it is.
func (w *walk) checkSeeds(ctx context.Context) error {
	if !w.query.Attribute || len(w.query.LotIDs) == 1 && len(w.query.RunIDs) == 0 {
		return nil
	}
	for _, way := range []way{w.texts.backward(), w.texts.forward()} {
		if w.query.Direction != Both && w.query.Direction != way.direction {
			continue
		}
		seeds := append([]int64(nil), w.query.LotIDs...)
		if len(w.query.RunIDs) > 0 {
			_, edges, err := w.runsOf(ctx, way.fromRun, w.query.RunIDs, nil)
			if err != nil {
				return err
			}
			for _, e := range edges {
				seeds = append(seeds, e.LotID)
			}
		}
		if _, err := w.seedUnit(ctx, seeds); err != nil {
			return err
		}
	}
	return nil
}

// seedUnit is what all of some lots are in; empty if there are none.
func (w *walk) seedUnit(ctx context.Context, seeds []int64) (unit string, err error) {
	if len(seeds) == 0 {
		return "", nil
	}
	rows, err := queries.New(w.tx).LineageLotItemList(ctx, queries.LineageLotItemListParams{TenantID: w.tenantID, LotIds: seeds})
	if err != nil {
		return "", err
	}
	for _, row := range rows {
		if unit == "" {
			unit = row.BaseUnit
		}
		if row.BaseUnit != unit {
			return "", errs.Invalid("attribute", "SEED_UNITS_DIFFER",
				"the lots asked for are in %s and in %s, and their quantities cannot be attributed together; ask for those of one unit, or without attribute", unit, row.BaseUnit)
		}
	}
	return unit, nil
}
