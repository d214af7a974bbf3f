// Package reconcile holds what the ledger's tables say against each other: each balance
// against its movements, what came in of each lot against what came of it, each lot's
// count of holds against its holds, what is reserved against what is there. It reads only; what differs is for people.
package reconcile

import (
	"context"

	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/queries"
)

// batchLots is how many lots are taken at a time: what is kept in memory is what
// differs in them.
const batchLots = 500

// Scope is what is looked at: one lot, the lots of an item, the lots that lie or have
// lain at locations, or all. At most one is set.
type Scope struct {
	LotID, ItemID int64
	LocationIDs   []int64
	// MaxDifferences is how many are listed before it ends; 0 is no limit.
	MaxDifferences int
}

// Counts is how much was looked at, and how much differs.
type Counts struct {
	Lots, Balances, Movements int64
	Differences               map[Check]int64
}

// Part is what one batch brought.
type Part struct {
	Differences []Difference
	// LotsDone of LotsTotal were looked through.
	LotsDone, LotsTotal int64
}

// Result is what it comes to.
type Result struct {
	Counts
	// Stopped says that there were more differences than were to be listed.
	Stopped bool
	// Mass is the sum over the lots, where they are of one item; nil otherwise.
	Mass *MassBalance
	// Unit is that of Mass.
	Unit string
	// Weights is Mass of what the lots weigh, nil if they are not weighed. WeightUnit is
	// its unit.
	Weights    *MassBalance
	WeightUnit string
}

// run is a reconciliation under way.
type run struct {
	*queries.Queries
	tenantID int64
	scope    Scope
	emit     func(Part) error
	result   Result
}

// Run reconciles in one snapshot, batch by batch in the order of the lots' keys, and
// emits what it finds.
//
// For locations it looks through all lots: a balance that is missing can be told by
// movements alone, which are not indexed by location.
func Run(ctx context.Context, tx *pg.Snapshot, tenantID int64, scope Scope, emit func(Part) error) (*Result, error) {
	r := &run{Queries: queries.New(tx), tenantID: tenantID, scope: scope, emit: emit}
	r.result.Differences = map[Check]int64{}
	if scope.LotID != 0 || scope.ItemID != 0 {
		r.result.Mass = &MassBalance{}
	}
	total := int64(1)
	if scope.LotID == 0 {
		var err error
		if total, err = r.ReconcileCountLot(ctx, queries.ReconcileCountLotParams{TenantID: tenantID, ItemID: scope.ItemID}); err != nil {
			return nil, err
		}
	}
	next := r.lots()
	for done := int64(0); ; {
		ids, err := next(ctx)
		if err != nil || len(ids) == 0 {
			return &r.result, err
		}
		differences, err := r.batch(ctx, ids)
		if err != nil {
			return nil, err
		}
		if most := scope.MaxDifferences; most > 0 && r.listed()+len(differences) > most {
			differences, r.result.Stopped = differences[:most-r.listed()], true
		}
		for _, d := range differences {
			r.result.Differences[d.Check]++
		}
		done += int64(len(ids))
		if err := emit(Part{differences, done, total}); err != nil || r.result.Stopped {
			return &r.result, err
		}
	}
}

// listed is how many differences were emitted.
func (r *run) listed() int {
	n := int64(0)
	for _, count := range r.result.Differences {
		n += count
	}
	return int(n)
}

// lots gives the next lots of the scope each time, none at the end.
func (r *run) lots() func(context.Context) ([]int64, error) {
	var afterID int64
	var afterCode string
	switch {
	case r.scope.LotID != 0:
		return func(context.Context) (ids []int64, err error) {
			if afterID == 0 {
				afterID = r.scope.LotID
				ids = []int64{r.scope.LotID}
			}
			return ids, nil
		}
	case r.scope.ItemID != 0:
		return func(ctx context.Context) (ids []int64, err error) {
			rows, err := r.ReconcileListLotIDOfItem(ctx, queries.ReconcileListLotIDOfItemParams{
				TenantID: r.tenantID, ItemID: r.scope.ItemID, AfterLotCode: afterCode, RowLimit: batchLots,
			})
			for _, row := range rows {
				ids, afterCode = append(ids, row.LotID), row.LotCode
			}
			return ids, err
		}
	}
	return func(ctx context.Context) ([]int64, error) {
		ids, err := r.ReconcileListLotID(ctx, queries.ReconcileListLotIDParams{TenantID: r.tenantID, AfterLotID: afterID, RowLimit: batchLots})
		if len(ids) > 0 {
			afterID = ids[len(ids)-1]
		}
		return ids, err
	}
}

// batch finds what differs in some lots.
func (r *run) batch(ctx context.Context, ids []int64) ([]Difference, error) {
	everywhere, locations := r.scope.LocationIDs == nil, r.scope.LocationIDs
	if everywhere {
		locations = []int64{}
	}
	differences, weighed, err := r.amounts(ctx, queries.ReconcileListLotParams{TenantID: r.tenantID, LotIds: ids, Everywhere: everywhere, LocationIds: locations})
	if err != nil || len(weighed) == 0 {
		return differences, err
	}
	ofWeight, _, err := r.amounts(ctx, queries.ReconcileListLotParams{TenantID: r.tenantID, LotIds: weighed, Everywhere: everywhere, LocationIds: locations, OfWeight: true})
	return append(differences, ofWeight...), err
}

// amounts finds what differs in the quantities of some lots, or in their weights, and
// says which of them are weighed.
func (r *run) amounts(ctx context.Context, of queries.ReconcileListLotParams) (differences []Difference, weighed []int64, err error) {
	balances, err := r.ReconcileListBalance(ctx, queries.ReconcileListBalanceParams{
		TenantID: of.TenantID, LotIds: of.LotIds, Everywhere: of.Everywhere, LocationIds: of.LocationIds, OfWeight: of.OfWeight,
	})
	if err != nil {
		return nil, nil, err
	}
	lots, err := r.ReconcileListLot(ctx, of)
	if err != nil {
		return nil, nil, err
	}
	var reserved []queries.ReconcileListReservedRow
	if !of.OfWeight {
		reserved, err = r.ReconcileListReserved(ctx, queries.ReconcileListReservedParams{
			TenantID: of.TenantID, LotIds: of.LotIds, Everywhere: of.Everywhere, LocationIds: of.LocationIds,
		})
		if err != nil {
			return nil, nil, err
		}
	}
	for _, lot := range lots {
		if !lot.Here {
			continue
		}
		for ; len(balances) > 0 && balances[0].LotID == lot.LotID; balances = balances[1:] {
			b := balances[0]
			differences = append(differences, Difference{
				Check: Balance, SKU: b.SKU, LotCode: b.LotCode, LocationCode: b.LocationCode, Stated: b.OnHand, Computed: b.Moved, Unit: b.Unit,
			})
		}
		facts := toFacts(lot)
		if of.OfWeight {
			facts.unit, facts.activeHolds = lot.WeightUnit, facts.holdCount // these are compared already
		}
		differences = append(differences, facts.compare()...)
		switch {
		case of.OfWeight:
			r.countWeight(lot, facts.mass)
			continue
		case lot.WeightUnit != "":
			weighed = append(weighed, lot.LotID)
		}
		r.count(lot, facts.mass)
		for ; len(reserved) > 0 && reserved[0].LotID == lot.LotID; reserved = reserved[1:] {
			differences = append(differences, Difference{
				Check: Reserved, SKU: lot.SKU, LotCode: lot.LotCode, LocationCode: reserved[0].LocationCode,
				Stated: reserved[0].Reserved, Computed: reserved[0].OnHand, Unit: lot.BaseUnit,
			})
		}
	}
	return differences, weighed, nil
}

func (r *run) countWeight(lot queries.ReconcileListLotRow, mass MassBalance) {
	if r.result.Mass == nil {
		return
	}
	if r.result.Weights != nil {
		mass = mass.Add(*r.result.Weights)
	}
	r.result.Weights, r.result.WeightUnit = &mass, lot.WeightUnit
}

func (r *run) count(lot queries.ReconcileListLotRow, mass MassBalance) {
	r.result.Lots++
	r.result.Balances += lot.Balances
	r.result.Movements += lot.Movements
	if r.result.Mass != nil {
		sum := r.result.Mass.Add(mass)
		r.result.Mass, r.result.Unit = &sum, lot.BaseUnit
	}
}

func toFacts(lot queries.ReconcileListLotRow) lotFacts {
	return lotFacts{
		sku: lot.SKU, lotCode: lot.LotCode, unit: lot.BaseUnit, holdCount: lot.HoldCount, activeHolds: lot.ActiveHolds,
		mass: MassBalance{
			Received: lot.Received, Produced: lot.Produced, OnHand: lot.OnHand, InProcess: lot.InProcess, Consumed: lot.Consumed,
			Shipped: lot.Shipped, Returned: lot.Returned, Scrapped: lot.Scrapped, ReturnedToSupplier: lot.ReturnedToSupplier, Adjusted: lot.Adjusted,
		},
	}
}

// Under is a location and everything under it, none if there is no such location.
func Under(ctx context.Context, tx *pg.Snapshot, tenantID int64, locationCode string) ([]int64, error) {
	return queries.New(tx).ReconcileListLocation(ctx, queries.ReconcileListLocationParams{TenantID: tenantID, LocationCode: locationCode})
}
