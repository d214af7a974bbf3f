package plant

import (
	"fmt"
	"time"
)

// Operations: a run each puts its lots out, and all that is held was held by two.
func (h *Hall) operations() int { return h.runs() + 2 }

func (w *hallWriter) holding(expired bool) int {
	if expired {
		return w.runs() + 1
	}
	return w.runs()
}

func (w *hallWriter) operationID(i int) int64 { return w.ids.operation + int64(i) }
func (w *hallWriter) recordedAt(i int) time.Time {
	return w.now.Add(time.Duration(i) * time.Microsecond)
}
func (w *hallWriter) lotID(i int) int64              { return w.ids.Lot + int64(i) }
func (w *hallWriter) lastDay(lot *HallLot) time.Time { return w.Today.AddDate(0, 0, int(lot.LastDay)) }

func (w *hallWriter) operationTable() table {
	return table{"operation", []string{"tenant_id", "operation_id", "kind", "occurred_at", "recorded_at", "principal", "request_id", "reason", "run_id"},
		w.operations(), func(i int) []any {
			kind, at, reason, run := "output", w.now, "", any(nil)
			if i < w.runs() {
				at, run = w.putOutAt(i), w.ids.run+int64(i)
			} else {
				kind, reason = "hold", holdReason
			}
			return []any{tenantID, w.operationID(i), kind, at, w.recordedAt(i), principal, fmt.Sprintf("hall-%d", i+1), reason, run}
		}}
}

func (w *hallWriter) unlogged() table {
	return table{"unlogged", []string{"tenant_id", "operation_id", "recorded_at"}, w.operations(), func(i int) []any {
		return []any{tenantID, w.operationID(i), w.recordedAt(i)}
	}}
}

func (w *hallWriter) lots() table {
	return table{"lot", []string{"tenant_id", "lot_id", "item_id", "lot_code", "inferred", "supplier_id", "supplier_lot_code", "run_id", "production_date", "expiry_date",
		"hold_count", "created_operation_id", "received_at", "stocked"},
		len(w.Lots), func(i int) []any {
			lot, run, holds := &w.Lots[i], i/runOutputs, 0
			if lot.Held {
				holds = 1
			}
			return []any{tenantID, w.lotID(i), w.ids.Item + int64(lot.Item), w.LotCode(i), false, nil, "", w.ids.run + int64(run), w.putOutAt(run), w.lastDay(lot),
				holds, w.operationID(run), w.putOutAt(run), true}
		}}
}

func (w *hallWriter) movements() table {
	return table{"movement", []string{"tenant_id", "movement_id", "operation_id", "kind", "lot_id", "quantity", "from_location_id", "to_location_id", "run_id",
		"entered_quantity", "entered_unit", "occurred_at", "recorded_at"},
		HallStocks * len(w.Lots), func(i int) []any {
			lot, k := i/HallStocks, i%HallStocks
			run, quantity := lot/runOutputs, w.Lots[lot].Quantity[k]
			return []any{tenantID, w.ids.output + int64(i), w.operationID(run), "output", w.lotID(lot), quantity, productionWorld, w.ids.Bin(w.Hall, int(w.Lots[lot].Bins[k])),
				w.ids.run + int64(run), quantity, Unit, w.putOutAt(run), w.recordedAt(run)}
		}}
}

func (w *hallWriter) balances() table {
	return table{"balance", []string{"tenant_id", "lot_id", "location_id", "on_hand"}, HallStocks * len(w.Lots), func(i int) []any {
		lot, k := i/HallStocks, i%HallStocks
		return []any{tenantID, w.lotID(lot), w.ids.Bin(w.Hall, int(w.Lots[lot].Bins[k])), w.Lots[lot].Quantity[k]}
	}}
}

// which are the lots that are so.
func (h *Hall) which(so func(*HallLot) bool) []int {
	var all []int
	for i := range h.Lots {
		if so(&h.Lots[i]) {
			all = append(all, i)
		}
	}
	return all
}

const holdReason = "made so for the bench"

func (w *hallWriter) holds() table {
	held := w.which(func(lot *HallLot) bool { return lot.Held })
	return table{"hold", []string{"tenant_id", "lot_id", "number", "placed_operation_id", "reason", "reason_code"}, len(held), func(i int) []any {
		expired := w.Lots[held[i]].Expired()
		code := "quality"
		if expired {
			code = "expiry"
		}
		return []any{tenantID, w.lotID(held[i]), 1, w.operationID(w.holding(expired)), holdReason, code}
	}}
}

// expired are as the service leaves them that are past their last day: it has held them,
// and has nothing more to do about them.
func (w *hallWriter) expired() table {
	expired := w.which((*HallLot).Expired)
	return table{"lot_expiry", []string{"tenant_id", "lot_id", "kind", "round", "last_day", "operation_id"}, len(expired), func(i int) []any {
		return []any{tenantID, w.lotID(expired[i]), "hold", 0, w.lastDay(&w.Lots[expired[i]]), w.operationID(w.holding(true))}
	}}
}
