package plant

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Virtual locations, with the same ids in every tenant.
const (
	suppliersWorld  = 1
	customersWorld  = 2
	productionWorld = 3
)

const (
	principal = "bench"

	// sealing is how long after an operation it was in the log.
	sealing = time.Second
)

// stage is a kind of operation: the nth has the id first + n, and its document the
// id doc + n.
type stage struct {
	kind  string
	n     int
	first int64
	at    func(n int) time.Time
	of    string
	doc   int64
}

func (w *writer) stages() []stage {
	after := func(d time.Duration) func(int) time.Time {
		return func(run int) time.Time { return w.startedAt(run).Add(d) }
	}
	runs := len(w.Runs)
	return []stage{
		{"receipt", w.receipts(), w.ids.Receiving, w.receivedAt, "receipt", w.ids.Receipt},
		{"transfer", w.receipts(), w.ids.PuttingAway, func(n int) time.Time { return w.receivedAt(n).Add(putAway) }, "", 0},
		{"run_start", runs, w.ids.RunStart, after(0), "run", w.ids.Run},
		{"consumption", runs, w.ids.Consumption, after(consumed), "run", w.ids.Run},
		{"output", runs, w.ids.Output, after(putOut), "run", w.ids.Run},
		{"run_finish", runs, w.ids.RunFinish, after(finished), "run", w.ids.Run},
		{"shipment", w.shipments(), w.ids.Shipping, w.shippedAt, "shipment", w.ids.Shipment},
	}
}

// logged is an operation's place in the log.
type logged struct {
	stage, n int32
	at       time.Time
}

func (w *writer) logTable() table {
	stages := w.stages()
	return table{"log", []string{"tenant_id", "log_index", "operation_id", "sealed_at"}, len(w.log), func(i int) []any {
		l := w.log[i]
		return []any{tenantID, i + 1, stages[l.stage].first + int64(l.n), l.at.Add(sealing)}
	}}
}

// history is all operations in the order in which they were recorded.
func (w *writer) history() []logged {
	var all []logged
	for s, stage := range w.stages() {
		for n := range stage.n {
			all = append(all, logged{int32(s), int32(n), stage.at(n)})
		}
	}
	slices.SortFunc(all, func(a, b logged) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.stage, b.stage), cmp.Compare(a.n, b.n))
	})
	return all
}

func (w *writer) operations() table {
	stages := w.stages()
	return table{"operation", []string{"tenant_id", "operation_id", "kind", "occurred_at", "recorded_at", "principal", "request_id", "reason", "receipt_id", "run_id", "shipment_id"},
		len(w.log), func(i int) []any {
			l := w.log[i]
			s := stages[l.stage]
			row := []any{tenantID, s.first + int64(l.n), s.kind, l.at, l.at, principal, requestID(i), "", nil, nil, nil}
			switch s.of {
			case "receipt":
				row[8] = s.doc + int64(l.n)
			case "run":
				row[9] = s.doc + int64(l.n)
			case "shipment":
				row[10] = s.doc + int64(l.n)
			}
			return row
		}}
}

// requestID is under which id the ith operation was asked for.
func requestID(i int) string { return fmt.Sprintf("plant-%d", i+1) }

// requests are those of the last tenth of the time: they are kept for a while.
func (w *writer) requests() table {
	old := len(w.log) * 9 / 10
	fingerprint, response := make([]byte, 32), make([]byte, 300)
	return table{"request", []string{"tenant_id", "request_id", "fingerprint", "response", "created_at"}, len(w.log) - old, func(i int) []any {
		return []any{tenantID, requestID(old + i), fingerprint, response, w.log[old+i].at}
	}}
}

func (w *writer) lots() table {
	return table{"lot", []string{"tenant_id", "lot_id", "item_id", "lot_code", "inferred", "supplier_id", "supplier_lot_code", "run_id", "production_date", "expiry_date", "created_operation_id", "stocked"},
		len(w.Lots), func(i int) []any {
			run := int64(w.Lots[i].Run)
			if run < 0 {
				receipt := i / DocumentLines
				day := w.receivedAt(receipt).AddDate(0, 0, -7)
				return []any{tenantID, w.ids.Lot + int64(i), w.ids.ItemOf(w.Plant, i), LotCode(i), false, w.ids.Party + int64(w.supplier(receipt)), "S" + LotCode(i), nil,
					day, lastDay, w.ids.Receiving + int64(receipt), w.Lots[i].Left > 0}
			}
			day := w.startedAt(int(run)).Add(putOut)
			return []any{tenantID, w.ids.Lot + int64(i), w.ids.ItemOf(w.Plant, i), LotCode(i), false, nil, "", w.ids.Run + run,
				day, lastDay, w.ids.Output + run, w.Lots[i].Left > 0}
		}}
}

// binOf is where what is left of a lot lies.
func (w *writer) binOf(lot int) int64 { return w.ids.BinOf(w.Plant, lot) }

func (w *writer) movements() table {
	columns := []string{"tenant_id", "movement_id", "operation_id", "kind", "lot_id", "quantity", "from_location_id", "to_location_id", "run_id",
		"receipt_line_id", "shipment_line_id", "entered_quantity", "entered_unit", "occurred_at", "recorded_at"}
	kinds := []struct {
		n   int
		row func(int) []any
	}{
		{w.raw(), w.receiptMovement}, {w.raw(), w.transferMovement}, {Inputs * len(w.Runs), w.consumptionMovement},
		{len(w.Lots) - w.raw(), w.outputMovement}, {w.shippedLines(), w.shipmentMovement},
	}
	all := 0
	for _, k := range kinds {
		all += k.n
	}
	return table{"movement", columns, all, func(i int) []any {
		for _, k := range kinds {
			if i < k.n {
				row := k.row(i)
				return append(row, row[len(row)-1]) // recorded when it happened, as its operation
			}
			i -= k.n
		}
		return nil
	}}
}

func (w *writer) receiptMovement(lot int) []any {
	quantity, receipt := w.Lots[lot].Used+w.Lots[lot].Left, lot/DocumentLines
	return []any{tenantID, w.ids.Received + int64(lot), w.ids.Receiving + int64(receipt), "receipt", w.ids.Lot + int64(lot), quantity,
		suppliersWorld, w.ids.Dock(), nil, w.ids.ReceiptLine + int64(lot), nil, quantity, Unit, w.receivedAt(receipt)}
}

func (w *writer) transferMovement(lot int) []any {
	quantity, receipt := w.Lots[lot].Used+w.Lots[lot].Left, lot/DocumentLines
	return []any{tenantID, w.ids.Moved + int64(lot), w.ids.PuttingAway + int64(receipt), "transfer", w.ids.Lot + int64(lot), quantity,
		w.ids.Dock(), w.binOf(lot), nil, nil, nil, quantity, Unit, w.receivedAt(receipt).Add(putAway)}
}

func (w *writer) consumptionMovement(i int) []any {
	run, k := i/Inputs, i%Inputs
	lot, quantity := int(w.Runs[run].Inputs[k]), w.Consumed(run, k)
	return []any{tenantID, w.ids.ConsumptionOf + int64(i), w.ids.Consumption + int64(run), "consumption", w.ids.Lot + int64(lot), quantity,
		w.binOf(lot), productionWorld, w.ids.Run + int64(run), nil, nil, quantity, Unit, w.startedAt(run).Add(consumed)}
}

func (w *writer) outputMovement(i int) []any {
	lot := w.raw() + i
	run, quantity := int(w.Lots[lot].Run), w.Lots[lot].Used+w.Lots[lot].Left
	return []any{tenantID, w.ids.OutputOf + int64(lot), w.ids.Output + int64(run), "output", w.ids.Lot + int64(lot), quantity,
		productionWorld, w.binOf(lot), w.ids.Run + int64(run), nil, nil, quantity, Unit, w.startedAt(run).Add(putOut)}
}

func (w *writer) shipmentMovement(i int) []any {
	shipment, _, lot := w.shipped(i)
	quantity := w.Shipped(lot, shipment%Customers)
	return []any{tenantID, w.ids.ShippedMovement + int64(i), w.ids.Shipping + int64(shipment), "shipment", w.ids.Lot + int64(lot), quantity,
		w.binOf(lot), customersWorld, nil, nil, w.ids.ShipmentLine + int64(i), quantity, Unit, w.shippedAt(shipment)}
}

// balances: what is left of a lot is in its bin; raw lots left nothing at the dock.
func (w *writer) balances() table {
	return table{"balance", []string{"tenant_id", "lot_id", "location_id", "on_hand"}, len(w.Lots) + w.raw(), func(i int) []any {
		if lot := i - len(w.Lots); lot >= 0 {
			return []any{tenantID, w.ids.Lot + int64(lot), w.ids.Dock(), 0}
		}
		return []any{tenantID, w.ids.Lot + int64(i), w.binOf(i), w.Lots[i].Left}
	}}
}
