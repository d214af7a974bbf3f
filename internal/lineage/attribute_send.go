package lineage

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/attribution"
	"github.com/lottrail/lottrail/internal/qty"
	"github.com/lottrail/lottrail/internal/queries"
)

// customerFigure sums up what a customer has.
type customerFigure struct {
	value, least qty.Decimal
	// sure is what is certain of lines, most what is possible at the most in the others.
	sure, most qty.Decimal
	assumed    bool
}

// send sends what was attributed to what is shown.
func (a *attributing) send(ctx context.Context) error {
	for chunk := range slices.Chunk(a.shownLots(), a.query.chunk()) {
		if err := a.sendLots(ctx, chunk); err != nil {
			return err
		}
	}
	if err := a.sendRuns(); err != nil {
		return err
	}
	return a.sendCustomers()
}

// shownLots are the lots of the pass that were sent, as they were.
func (a *attributing) shownLots() []int64 {
	ids := slices.DeleteFunc(a.pass.lots.all(), func(id int64) bool { return !a.lots.has(id, sent) })
	slices.SortFunc(ids, func(x, y int64) int { return cmp.Compare(a.lots.get(x).ref, a.lots.get(y).ref) })
	return ids
}

// lotLine is a line of a document, with the lot that it is of.
type lotLine struct {
	attribution.Line
	lotID   int64
	assumed bool
}

func (a *attributing) sendLots(ctx context.Context, ids []int64) error {
	lots := make([]attribution.Lot, len(ids))
	var lines []lotLine
	var lying []int64
	for i, id := range ids {
		lots[i] = a.history.LotOf(id)
		for _, line := range lots[i].Lines {
			lines = append(lines, lotLine{line, id, lots[i].Assumed})
		}
		if lots[i].OnHand.Most.Sign() > 0 {
			lying = append(lying, id)
		}
	}
	var stocks []queries.LineageStockListRow
	batch := &pgx.Batch{}
	queue(batch, &stocks, a.texts.stocks, a.arguments(lying))
	if err := a.tx.SendBatch(ctx, batch).Close(); err != nil {
		return err
	}
	at := map[int64][]Stock{}
	for _, s := range stocks {
		at[s.LotID] = append(at[s.LotID], Stock{LocationCode: s.LocationCode, OnHand: s.OnHand})
	}
	for i, id := range ids {
		found := LotAttribution{Lot: lots[i], LotRef: a.lots.get(id).ref, Direction: a.pass.direction, Unit: a.unit, BaseUnit: a.unitOf(id)}
		if lots[i].OnHand.Most.Sign() > 0 {
			found.Stocks = atPlaces(&lots[i], at[id])
		}
		a.part.LotAttributions = append(a.part.LotAttributions, found)
		if err := a.weigh(1 + len(found.Stocks)); err != nil {
			return err
		}
	}
	if a.pass.direction == Backward {
		return a.sendReceiptLines(ctx, lines)
	}
	return a.sendShipmentLines(ctx, lines)
}

func (a *attributing) sendShipmentLines(ctx context.Context, lines []lotLine) error {
	if len(lines) == 0 {
		return nil
	}
	rows, err := queries.New(a.tx).LineageShipmentLineList(ctx, queries.LineageShipmentLineListParams{TenantID: a.tenantID, LineIds: lineIDs(lines)})
	if err != nil {
		return err
	}
	documents, customers := map[int64]queries.LineageShipmentLineListRow{}, []int64(nil)
	for _, row := range rows {
		documents[row.ShipmentLineID] = row
		customers = append(customers, row.CustomerID)
	}
	if err := a.meet(ctx, customers); err != nil {
		return err
	}
	for _, line := range lines {
		row := documents[line.ID]
		if a.withoutShipment(line.lotID, row.ShippedAt) {
			continue
		}
		a.customer(row.CustomerID, line)
		a.part.ShipmentAttributions = append(a.part.ShipmentAttributions, ShipmentAttribution{
			Line: line.Line, LotRef: a.lots.get(line.lotID).ref, ShipmentCode: row.ShipmentCode, SalesOrderCode: row.SalesOrderCode,
			OrderLineNumber: row.OrderLineNumber, CustomerCode: a.parties[row.CustomerID].code, Unit: a.unit, Assumed: line.assumed,
		})
		if err := a.weigh(1); err != nil {
			return err
		}
	}
	return nil
}

func (a *attributing) customer(id int64, line lotLine) {
	c := a.customers[id]
	if c == nil {
		c = &customerFigure{}
		a.customers[id] = c
	}
	c.value, c.least = c.value.Add(line.Figure.Value), c.least.Add(line.Figure.Least)
	if line.Figure.Least.Cmp(line.Figure.Most) == 0 {
		c.sure = c.sure.Add(line.Figure.Most)
	} else {
		c.most = c.most.Add(line.Figure.Most)
	}
	c.assumed = c.assumed || line.assumed
}

func (a *attributing) sendReceiptLines(ctx context.Context, lines []lotLine) error {
	if len(lines) == 0 {
		return nil
	}
	rows, err := queries.New(a.tx).LineageReceiptLineList(ctx, queries.LineageReceiptLineListParams{TenantID: a.tenantID, LineIds: lineIDs(lines)})
	if err != nil {
		return err
	}
	documents, suppliers := map[int64]queries.LineageReceiptLineListRow{}, []int64(nil)
	for _, row := range rows {
		documents[row.ReceiptLineID] = row
		suppliers = append(suppliers, row.SupplierID)
	}
	if err := a.meet(ctx, suppliers); err != nil {
		return err
	}
	for _, line := range lines {
		row := documents[line.ID]
		if a.withoutReceipt(line.lotID, row.ReceivedAt) {
			continue
		}
		a.part.ReceiptAttributions = append(a.part.ReceiptAttributions, ReceiptAttribution{
			LotRef: a.lots.get(line.lotID).ref, ReceiptCode: row.ReceiptCode, PurchaseOrderCode: row.PurchaseOrderCode,
			OrderLineNumber: row.OrderLineNumber, SupplierCode: a.parties[row.SupplierID].code, Figure: line.Figure,
			Unit: a.unit, Assumed: line.assumed,
		})
		if err := a.weigh(1); err != nil {
			return err
		}
	}
	return nil
}

func lineIDs(lines []lotLine) []int64 {
	ids := make([]int64, len(lines))
	for i := range lines {
		ids[i] = lines[i].ID
	}
	return ids
}

func (a *attributing) sendRuns() error {
	ids := slices.SortedFunc(maps.Keys(a.runs), func(x, y int64) int {
		return cmp.Compare(a.walk.runs.get(x).ref, a.walk.runs.get(y).ref)
	})
	for _, id := range ids {
		run := a.walk.runs.get(id)
		if run.marks&sent == 0 {
			continue
		}
		a.part.RunAttributions = append(a.part.RunAttributions, RunAttribution{
			Run: a.history.RunOf(id), RunRef: run.ref, Direction: a.pass.direction, Unit: a.unit, Open: a.runs[id],
		})
		if err := a.weigh(1); err != nil {
			return err
		}
	}
	return nil
}

// sendCustomers sends what customers have, by their codes. Bounds of sums can only be
// said not to be above all that there is.
func (a *attributing) sendCustomers() error {
	ids := slices.SortedFunc(maps.Keys(a.customers), func(x, y int64) int {
		return cmp.Compare(a.parties[x].code, a.parties[y].code)
	})
	led := a.history.Led()
	for _, id := range ids {
		c := a.customers[id]
		most := c.sure.Add(c.most.Min(led))
		if most.Cmp(c.value) < 0 {
			most = c.value
		}
		a.part.CustomerAttributions = append(a.part.CustomerAttributions, CustomerAttribution{
			CustomerCode: a.parties[id].code, CustomerName: a.parties[id].name, Unit: a.unit, Assumed: c.assumed,
			Figure: attribution.Figure{Value: c.value, Least: c.least, Most: most},
		})
		if err := a.weigh(1); err != nil {
			return err
		}
	}
	return nil
}
