package lineage

import (
	"context"
	"slices"

	"github.com/lottrail/lottrail/internal/queries"
)

// coneChunk is how many lots or runs a query takes at most.
const coneChunk = 2000

// Cone returns all that some lots and runs went into, themselves included, each
// sorted: what is forward of them, as the records connect it, with neither
// quantities nor times.
//
// Unlike Walk it may be used where statements do not share a snapshot. Then it is
// certain of what cannot have changed meanwhile: the edges from lots and runs that
// the caller has locked.
func Cone(ctx context.Context, db queries.DBTX, tenantID int64, lotIDs, runIDs []int64) (lots, runs []int64, err error) {
	q := queries.New(db)
	allLots, allRuns := map[int64]bool{}, map[int64]bool{}
	newLots, newRuns := meet(allLots, lotIDs), meet(allRuns, runIDs)
	for len(newLots)+len(newRuns) > 0 {
		var behindLots, behindRuns []int64
		for chunk := range slices.Chunk(newLots, coneChunk) {
			found, err := q.LineageConeRunList(ctx, queries.LineageConeRunListParams{TenantID: tenantID, LotIds: chunk})
			if err != nil {
				return nil, nil, err
			}
			behindLots = append(behindLots, meet(allRuns, found)...)
		}
		newRuns = append(newRuns, behindLots...)
		for chunk := range slices.Chunk(newRuns, coneChunk) {
			found, err := q.LineageConeLotList(ctx, queries.LineageConeLotListParams{TenantID: tenantID, RunIds: chunk})
			if err != nil {
				return nil, nil, err
			}
			behindRuns = append(behindRuns, meet(allLots, found)...)
		}
		newLots, newRuns = behindRuns, nil
	}
	return sortedIDs(allLots), sortedIDs(allRuns), nil
}

// meet marks ids and returns those that were not marked before.
func meet(marked map[int64]bool, ids []int64) []int64 {
	var fresh []int64
	for _, id := range ids {
		if !marked[id] {
			marked[id] = true
			fresh = append(fresh, id)
		}
	}
	return fresh
}

func sortedIDs(marked map[int64]bool) []int64 {
	ids := make([]int64, 0, len(marked))
	for id := range marked {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}
