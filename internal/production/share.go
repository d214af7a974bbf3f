package production

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
)

// checkShares refuses shares that do not say how all that a run puts out divides it. The
// run is locked. Where nobody states shares this asks for nothing.
func checkShares(ctx context.Context, tx *pg.Tx, run *queries.RunLockRow, lines []output) error {
	stated, err := statedShares(lines)
	if err != nil || !stated && !run.HasShares {
		return err
	}
	before, err := queries.New(tx).RunOutputGet(ctx, queries.RunOutputGetParams{TenantID: tx.TenantID, RunID: run.RunID})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil // or all of it was taken back
	}
	if err != nil {
		return err
	}
	return agreeOnShares(stated, before.SKU, before.LotCode, before.Share)
}
