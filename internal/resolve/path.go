package resolve

import (
	"context"
	"slices"

	"github.com/lottrail/lottrail/internal/queries"
)

// Paths are the ways to locations, by code: the codes of what each lies in, the site
// first, and its own. What is not there is left out.
func Paths(ctx context.Context, db queries.DBTX, tenantID int64, codes []string) (map[string][]string, error) {
	paths := make(map[string][]string, len(codes))
	if len(codes) == 0 {
		return paths, nil
	}
	wanted := slices.Compact(slices.Sorted(slices.Values(codes)))
	rows, err := queries.New(db).LocationListWithAncestors(ctx, queries.LocationListWithAncestorsParams{TenantID: tenantID, Codes: wanted})
	if err != nil {
		return nil, err
	}
	byID := make(map[int64]queries.LocationListWithAncestorsRow, len(rows))
	for _, r := range rows {
		byID[r.LocationID] = r
	}
	for _, r := range rows {
		if _, found := slices.BinarySearch(wanted, r.Code); !found {
			continue
		}
		var path []string
		for at, ok := r, true; ok; at, ok = byID[at.ParentID] {
			path = append(path, at.Code)
		}
		slices.Reverse(path)
		paths[r.Code] = path
	}
	return paths, nil
}
