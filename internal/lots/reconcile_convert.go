package lots

import (
	"fmt"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/reconcile"
	"github.com/lottrail/lottrail/internal/wording"
)

// reconcileChecks are the API's names, in the order in which summaries have them.
var reconcileChecks = []struct {
	check reconcile.Check
	name  lottrailv1.ReconcileCheck
}{
	{reconcile.Balance, lottrailv1.ReconcileCheck_RECONCILE_CHECK_BALANCE},
	{reconcile.Mass, lottrailv1.ReconcileCheck_RECONCILE_CHECK_MASS_BALANCE},
	{reconcile.HoldCount, lottrailv1.ReconcileCheck_RECONCILE_CHECK_HOLD_COUNT},
	{reconcile.Reserved, lottrailv1.ReconcileCheck_RECONCILE_CHECK_RESERVED},
}

func toReconcilePart(part reconcile.Part, differences []reconcile.Difference) *lottrailv1.ReconcileResponse {
	resp := &lottrailv1.ReconcileResponse{Progress: &lottrailv1.ReconcileProgress{LotsDone: part.LotsDone, LotsTotal: part.LotsTotal}}
	for _, d := range differences {
		resp.Differences = append(resp.Differences, toReconcileDifference(d))
	}
	return resp
}

func toReconcileDifference(d reconcile.Difference) *lottrailv1.ReconcileDifference {
	difference := &lottrailv1.ReconcileDifference{
		Lot: &lottrailv1.LotKey{Sku: d.SKU, LotCode: d.LotCode}, LocationCode: d.LocationCode,
		Recorded: d.Stated.String(), Computed: d.Computed.String(), Unit: d.Unit, MassBalance: toMassBalance(d.Mass, d.Unit),
	}
	for _, c := range reconcileChecks {
		if c.check == d.Check {
			difference.Check = c.name
		}
	}
	return difference
}

func toMassBalance(m *reconcile.MassBalance, unit string) *lottrailv1.MassBalance {
	if m == nil {
		return nil
	}
	return &lottrailv1.MassBalance{
		Received: m.Received.String(), Produced: m.Produced.String(), OnHand: m.OnHand.String(), InProcess: m.InProcess.String(),
		Consumed: m.Consumed.String(), Shipped: m.Shipped.String(), Returned: m.Returned.String(), Scrapped: m.Scrapped.String(),
		ReturnedToSupplier: m.ReturnedToSupplier.String(), Adjusted: m.Adjusted.String(), Unit: unit,
	}
}

func toReconcileSummary(result *reconcile.Result, position *lottrailv1.LogPosition, req *lottrailv1.ReconcileRequest) *lottrailv1.ReconcileSummary {
	summary := &lottrailv1.ReconcileSummary{
		Complete: !result.Stopped, LogPosition: position,
		LotCount: result.Lots, BalanceCount: result.Balances, MovementCount: result.Movements,
		MassBalance: toMassBalance(result.Mass, result.Unit), WeightBalance: toMassBalance(result.Weights, result.WeightUnit),
	}
	all := 0
	for _, c := range reconcileChecks {
		if n := result.Differences[c.check]; n > 0 {
			summary.DifferenceCounts = append(summary.DifferenceCounts, &lottrailv1.ReconcileCount{Check: c.name, Count: n})
			all += int(n)
		}
	}
	found := wording.Count(all, "difference")
	if all == 0 {
		found = "no difference"
	}
	state := "Complete"
	if result.Stopped {
		state = "Incomplete"
		summary.IncompleteReasons = []string{fmt.Sprintf("stopped after %s, as max_differences says", wording.Count(int(req.GetMaxDifferences()), "difference"))}
	}
	summary.Statement = fmt.Sprintf("%s: %s in %s with %s and %s, read at log index %d and %s not in the log yet.", state, found,
		wording.Count(int(result.Lots), "lot"), wording.Count(int(result.Balances), "balance"), wording.Count(int(result.Movements), "movement"),
		position.GetLogIndex(), wording.Count(int(position.GetUnloggedCount()), "operation"))
	return summary
}
