package plant_test

import (
	"context"
	"reflect"
	"testing"
	"time"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/bench"
	"github.com/lottrail/lottrail/internal/bench/plant"
	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/expiry"
)

// A hall is in the books and in the log, whole, and leaves the service nothing to do
// about it by itself.
func TestLoadHall(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	conn := connect(t, api.URL)
	p := planted(t, 1000, 7)
	ids, err := plant.Load(t.Context(), conn, p, silent)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().UTC()
	h := plant.MakeHall(p, time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC))
	if !reflect.DeepEqual(h, plant.MakeHall(p, h.Today)) {
		t.Error("the same plant and day make another hall")
	}
	loaded, err := plant.LoadHall(t.Context(), conn, h, ids, silent)
	if err != nil {
		t.Fatal(err)
	}
	if err := bench.References(context.Background(), conn); err != nil {
		t.Error(err)
	}
	api.Sealed(t)
	dbtest.Reconcile(t, api.DB)
	dbtest.CheckLog(t, api.DB)
	for sql, want := range map[string]int{
		"SELECT count(*) FROM balance JOIN location_within USING (location_id) WHERE outer_id = $1 AND on_hand > 0": 1000,
		"SELECT count(*) FROM location_within WHERE outer_id = $1":                                                  1 + 1 + 20,
		"SELECT count(*) FROM lot WHERE item_id = $2":                                                               100,
		"SELECT count(*) FROM lot WHERE item_id = $2 AND expiry_date < current_date":                                2,
		"SELECT hold_count FROM lot WHERE lot_id = $3":                                                              0,
	} {
		if got := number(t, conn, sql+" AND $1::bigint + $2::bigint + $3::bigint > 0", loaded.Location, loaded.Item, loaded.Lot+int64(h.Hot())); got != want {
			t.Errorf("%s: %d, want %d", sql, got, want)
		}
	}
	if looked, err := expiry.Look(t.Context(), api.DB, 1, now); err != nil || looked.Held+looked.Alerted > 0 {
		t.Errorf("the service finds something to do: %+v, %v", looked, err)
	}
	item, err := api.Catalog.GetItem(t.Context(), &pb.GetItemRequest{Sku: h.SKU(0)})
	if err != nil || item.GetItem().GetName() == "" {
		t.Errorf("item %v, %v", item, err)
	}
	bin, err := api.Catalog.GetLocation(t.Context(), &pb.GetLocationRequest{Code: h.BinCode(h.HotBin())})
	if err != nil || bin.GetLocation().GetParentCode() == "" {
		t.Errorf("bin %v, %v", bin, err)
	}
}
