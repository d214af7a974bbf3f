package plant

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"google.golang.org/protobuf/proto"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// HallIDs are the ids of a loaded hall: the nth thing of a kind has the id of the kind
// and n.
type HallIDs struct {
	Item, Location, Lot           int64
	order, run, output, operation int64
}

// In the order of their ids: the hall, its aisles, its bins, and the places beside it.
func (h *Hall) locations() int { return 1 + h.aisles() + h.Bins + Staging }

// Bin is a bin's location.
func (ids *HallIDs) Bin(h *Hall, bin int) int64 { return ids.Location + int64(1+h.aisles()+bin) }

// Stage is a place's for what is picked.
func (ids *HallIDs) Stage(h *Hall, n int) int64 { return ids.Bin(h, h.Bins+n) }

// LoadHall writes a hall beside the plant, which is loaded, as Load does. What made it
// was recorded just now and waits for the log.
func LoadHall(ctx context.Context, conn *pgx.Conn, h *Hall, plantIDs *IDs, progress Progress) (*HallIDs, error) {
	ids := &HallIDs{}
	err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if err := trusting(ctx, tx); err != nil {
			return err
		}
		err := reserveIDs(ctx, tx, []reserved{
			{&ids.Item, 1 + hallItems}, {&ids.Location, h.locations()}, {&ids.Lot, len(h.Lots)}, {&ids.order, 1}, {&ids.run, h.runs()},
			{&ids.output, HallStocks * len(h.Lots)}, {&ids.operation, h.operations()},
		})
		if err != nil {
			return err
		}
		w := hallWriter{h, ids, plantIDs, time.Now().Add(-time.Minute)}
		return copyTables(ctx, tx, w.tables(), progress)
	})
	if err != nil {
		return nil, err
	}
	progress("vacuum", 0, 0)
	_, err = conn.Exec(ctx, "VACUUM ANALYZE")
	return ids, err
}

// hallWriter makes the rows of a hall.
type hallWriter struct {
	*Hall
	ids   *HallIDs
	plant *IDs
	now   time.Time
}

func (w *hallWriter) tables() []table {
	return []table{
		w.items(), w.places(), w.within(), w.order(), w.runTable(), w.operationTable(), w.unlogged(),
		w.lots(), w.movements(), w.balances(), w.holds(), w.expired(), w.revisions(),
	}
}

func (w *hallWriter) item(i int) *lottrailv1.Item {
	return &lottrailv1.Item{
		Sku: w.SKU(i), Name: "Stock " + w.SKU(i), BaseUnit: Unit, Decimals: 3, Tracking: lottrailv1.Tracking_TRACKING_LOT, ExpiryTracked: true,
	}
}

func (w *hallWriter) items() table {
	return table{"item", []string{"tenant_id", "item_id", "sku", "name", "category", "base_unit", "decimals", "tracking", "expiry_tracked", "shelf_life_days", "fefo", "warning_days", "revision"},
		1 + hallItems, func(i int) []any {
			it := w.item(i)
			return []any{tenantID, w.ids.Item + int64(i), it.Sku, it.Name, "", it.BaseUnit, int16(it.Decimals), "lot", true, 0, false, 0, 1} //nolint:gosec // 3
		}}
}

// above are the index of what a location of the hall lies in, below 0 for the site, and
// its code.
func (w *hallWriter) above(i int) (parent int, code string) {
	switch {
	case i == 0:
		return -1, HallCode
	case i <= w.aisles():
		return 0, fmt.Sprintf("AISLE-%05d", i-1)
	case i <= w.aisles()+w.Bins:
		bin := i - 1 - w.aisles()
		return 1 + bin/aisleBins, w.BinCode(bin)
	}
	return -1, w.StagingCode(i - 1 - w.aisles() - w.Bins)
}

func (w *hallWriter) location(i int) *lottrailv1.Location {
	parent, code := w.above(i)
	l := &lottrailv1.Location{Code: code, ParentCode: Site, Kind: lottrailv1.LocationKind_LOCATION_KIND_STORAGE}
	if parent >= 0 {
		_, l.ParentCode = w.above(parent)
	}
	return l
}

func (w *hallWriter) locationID(i int) int64 {
	if i < 0 {
		return w.plant.Location + site
	}
	return w.ids.Location + int64(i)
}

func (w *hallWriter) places() table {
	return table{"location", []string{"tenant_id", "location_id", "code", "name", "parent_id", "kind", "gln", "time_zone", "revision"},
		w.Hall.locations(), func(i int) []any {
			parent, code := w.above(i)
			return []any{tenantID, w.locationID(i), code, "", w.locationID(parent), "storage", nil, nil, 1}
		}}
}

// within is what lies in what: every location in itself, and in all above it.
func (w *hallWriter) within() table {
	type pair struct{ outer, inner int }
	var pairs []pair
	for i := range w.Hall.locations() {
		outer := i
		for outer >= 0 {
			pairs = append(pairs, pair{outer, i})
			outer, _ = w.above(outer)
		}
		pairs = append(pairs, pair{-1, i})
	}
	return table{"location_within", []string{"tenant_id", "outer_id", "code", "location_id"}, len(pairs), func(i int) []any {
		_, code := w.above(pairs[i].inner)
		return []any{tenantID, w.locationID(pairs[i].outer), code, w.locationID(pairs[i].inner)}
	}}
}

const hallOrder = "MO-" + HallCode

func (w *hallWriter) productionOrder() *lottrailv1.ProductionOrder {
	return &lottrailv1.ProductionOrder{Code: hallOrder, Sku: w.SKU(0), Quantity: amount(ordered)}
}

func (w *hallWriter) order() table {
	return table{"production_order", []string{"tenant_id", "production_order_id", "code", "item_id", "quantity", "content", "created_at"}, 1, func(int) []any {
		return []any{tenantID, w.ids.order, hallOrder, w.ids.Item, ordered, content(w.productionOrder()), w.putOutAt(0)}
	}}
}

func (w *hallWriter) runTable() table {
	return table{"run", []string{"tenant_id", "run_id", "production_order_id", "code", "started_at", "finished_at"}, w.runs(), func(i int) []any {
		return []any{tenantID, w.ids.run + int64(i), w.ids.order, fmt.Sprint(i + 1), w.putOutAt(i).Add(-putOut), w.putOutAt(i)}
	}}
}

// revisions are what was pushed.
func (w *hallWriter) revisions() table {
	items := 1 + hallItems
	return table{"revision", []string{"tenant_id", "subject", "subject_id", "revision", "content", "principal", "recorded_at"},
		items + w.Hall.locations() + 1, func(i int) []any {
			pushed := func(subject string, id int64, message proto.Message) []any {
				return []any{tenantID, subject, id, 1, content(message), principal, w.now}
			}
			switch {
			case i < items:
				return pushed("item", w.ids.Item+int64(i), w.item(i))
			case i < items+w.Hall.locations():
				return pushed("location", w.locationID(i-items), w.location(i-items))
			}
			return pushed("production_order", w.ids.order, w.productionOrder())
		}}
}
