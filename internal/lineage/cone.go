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
	var metLots, metRuns nodeTable
	newLots, newRuns := meet(&metLots, lotIDs), meet(&metRuns, runIDs)
	lots, runs = slices.Clone(newLots), slices.Clone(newRuns)
	for len(newLots)+len(newRuns) > 0 {
		var behindLots, behindRuns []int64
		for chunk := range slices.Chunk(newLots, coneChunk) {
			found, err := q.LineageConeRunList(ctx, queries.LineageConeRunListParams{TenantID: tenantID, LotIds: chunk})
			if err != nil {
				return nil, nil, err
			}
			behindLots = append(behindLots, meet(&metRuns, found)...)
		}
		runs, newRuns = append(runs, behindLots...), append(newRuns, behindLots...)
		for chunk := range slices.Chunk(newRuns, coneChunk) {
			found, err := q.LineageConeLotList(ctx, queries.LineageConeLotListParams{TenantID: tenantID, RunIds: chunk})
			if err != nil {
				return nil, nil, err
			}
			behindRuns = append(behindRuns, meet(&metLots, found)...)
		}
		lots = append(lots, behindRuns...)
		newLots, newRuns = behindRuns, nil
	}
	slices.Sort(lots)
	slices.Sort(runs)
	return lots, runs, nil
}

// meet marks ids and returns those that were not marked before.
func meet(marked *nodeTable, ids []int64) []int64 {
	var fresh []int64
	for _, id := range ids {
		if marked.mark(id, met) {
			fresh = append(fresh, id)
		}
	}
	return fresh
}
