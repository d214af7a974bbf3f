package lineagetest

import (
	"maps"
	"slices"
	"strings"

	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/qty"
)

// produce makes the runs and posts what they put out, but for a last bit, which
// comes when they have taken what they take: so a run's edges come about in any
// order.
func (l *loader) produce(runs []Run) error {
	orders, taken := map[string]int64{}, consumed(runs)
	for _, run := range runs {
		order, code, _ := strings.Cut(run.Name, "#")
		if orders[order] == 0 {
			orders[order] = l.id()
			l.insert("INSERT INTO production_order (tenant_id, production_order_id, code, item_id, quantity, content) VALUES ($1, $2, $3, $4, 1, '{}')",
				orders[order], order, slices.Max(slices.Collect(maps.Values(l.ItemIDs))))
		}
		runID := l.id()
		l.RunIDs[run.Name] = runID
		l.insert("INSERT INTO run (tenant_id, run_id, production_order_id, code, started_at) VALUES ($1, $2, $3, $4, $5)",
			runID, orders[order], code, Began)
		start := &ledger.Operation{Kind: ledger.KindRunStart, Document: ledger.Document{RunID: &runID}}
		if err := l.post(start, Graph{Runs: []Run{{Name: run.Name, Open: true}}}); err != nil {
			return err
		}
		var first []Amount
		for _, out := range run.Out {
			if out.Quantity > taken[out.Lot]+1 {
				out.Quantity--
				l.last[run.Name] = append(l.last[run.Name], Amount{out.Lot, 1})
			}
			first = append(first, out)
		}
		if err := l.putOut(run.Name, first); err != nil {
			return err
		}
	}
	return nil
}

// consumed is how much runs take of each lot.
func consumed(runs []Run) map[string]int64 {
	taken := map[string]int64{}
	for _, run := range runs {
		for _, in := range run.In {
			taken[in.Lot] += in.Quantity
		}
	}
	return taken
}

func (l *loader) putOut(run string, lots []Amount) error {
	if len(lots) == 0 {
		return nil
	}
	runID := l.RunIDs[run]
	op := &ledger.Operation{Kind: ledger.KindOutput, Document: ledger.Document{RunID: &runID}}
	for _, out := range lots {
		l.newLot(op, out.Lot, ledger.Lot{RunID: &runID})
		op.Movements = append(op.Movements, ledger.Movement{
			LotID: l.LotIDs[out.Lot], Quantity: qty.FromInt(out.Quantity),
			From: ledger.Place{LocationID: ledger.Production}, To: l.places[0],
		})
	}
	return l.post(op, Graph{Runs: []Run{{Name: run, Out: lots, Open: true}}})
}

// consume posts what runs took, what they took twice in two operations, the last
// that they put out, and that they are finished.
func (l *loader) consume(runs []Run) error {
	for _, run := range runs {
		runID := l.RunIDs[run.Name]
		for rest := run.In; len(rest) > 0; {
			op := &ledger.Operation{Kind: ledger.KindConsumption, Document: ledger.Document{RunID: &runID}}
			taken := map[string]bool{}
			var took, again []Amount
			for _, in := range rest {
				if taken[in.Lot] {
					again = append(again, in)
					continue
				}
				taken[in.Lot] = true
				took = append(took, in)
				op.Movements = append(op.Movements, ledger.Movement{
					LotID: l.LotIDs[in.Lot], Quantity: qty.FromInt(in.Quantity),
					From: l.places[0], To: ledger.Place{LocationID: ledger.Production},
				})
			}
			if err := l.post(op, Graph{Runs: []Run{{Name: run.Name, In: took, Open: true}}}); err != nil {
				return err
			}
			rest = again
		}
		if err := l.putOut(run.Name, l.last[run.Name]); err != nil {
			return err
		}
		if run.Open {
			continue
		}
		l.insert("UPDATE run SET finished_at = $3 WHERE tenant_id = $1 AND run_id = $2", runID, l.at(len(l.Happened)))
		op := &ledger.Operation{Kind: ledger.KindRunFinish, Document: ledger.Document{RunID: &runID}}
		if err := l.post(op, Graph{Runs: []Run{{Name: run.Name}}}); err != nil {
			return err
		}
	}
	return nil
}

func (g Graph) parties() []string {
	names := map[string]bool{}
	for _, r := range g.Receipts {
		names[r.Supplier] = true
	}
	for _, s := range g.Shipments {
		names[s.Customer] = true
	}
	return slices.Sorted(maps.Keys(names))
}

func (g Graph) items() []string {
	names := map[string]bool{}
	for lot := range g.Lots() {
		names[Item(lot)] = true
	}
	return slices.Sorted(maps.Keys(names))
}
