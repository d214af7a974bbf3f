package recall

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/errs"
	"github.com/lottrail/lottrail/internal/queries"
)

// readCase finds a case by its number, or fails with UNKNOWN_RECALL.
func readCase(ctx context.Context, db queries.DBTX, tenantID int64, caseNumber string) (*queries.RecallGetRow, error) {
	row, err := queries.New(db).RecallGet(ctx, queries.RecallGetParams{TenantID: tenantID, CaseNumber: caseNumber})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, unknownCase(caseNumber)
	}
	return &row, err
}

func unknownCase(caseNumber string) error {
	return errs.NotFound("case_number", "UNKNOWN_RECALL", "there is no recall %q; open it with OpenRecall first, or check the number", caseNumber)
}
