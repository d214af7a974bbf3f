package catalog

import (
	"context"

	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
)

// branch is some locations, its roots, and what is under them. The tree is locked
// (LocationLockTree), so that it stays what it is.
type branch struct {
	ids   []int64
	roots map[int64]int64 // by location id
}

// readBranch leaves out locations that are no roots, and what is under them.
func readBranch(ctx context.Context, tx *pg.Tx, roots, without []int64) (*branch, error) {
	rows, err := queries.New(tx).LocationListBranch(ctx, queries.LocationListBranchParams{TenantID: tx.TenantID, RootIds: roots, WithoutIds: without})
	if err != nil {
		return nil, err
	}
	b := &branch{roots: make(map[int64]int64, len(rows))}
	for _, r := range rows {
		b.ids, b.roots[r.LocationID] = append(b.ids, r.LocationID), r.RootID
	}
	return b, nil
}

// stock names a few of the quantities that lie in the branch, and the root of the
// first. Where there are none, there will be none until the transaction ends.
//
// It looks before it locks, so that whoever asks about a busy place is answered at
// once and in nobody's way; and once more when it has the locks, which it got behind
// whoever was bringing stock.
func (b *branch) stock(ctx context.Context, tx *pg.Tx) (root int64, stocks []stockAt, err error) {
	if root, stocks, err = b.readStock(ctx, tx); err != nil || len(stocks) > 0 {
		return root, stocks, err
	}
	if err := queries.New(tx).LocationLockAgainstStock(ctx, queries.LocationLockAgainstStockParams{TenantID: tx.TenantID, LocationIds: b.ids}); err != nil {
		return 0, nil, err
	}
	return b.readStock(ctx, tx)
}

func (b *branch) readStock(ctx context.Context, tx *pg.Tx) (root int64, stocks []stockAt, err error) {
	rows, err := queries.New(tx).LocationListStock(ctx, queries.LocationListStockParams{TenantID: tx.TenantID, LocationIds: b.ids, RowLimit: mostStocks + 1})
	for i, r := range rows {
		if i == 0 {
			root = b.roots[r.LocationID]
		}
		stocks = append(stocks, stockAt{r.Code, r.SKU, r.LotCode, r.OnHand.String(), r.BaseUnit})
	}
	return root, stocks, err
}
