package trace_test

import (
	"fmt"
	"maps"
	"path/filepath"
	"strconv"
	"testing"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// A mock recall that comes with its answer: two raw lots go into a batch, the
// batch into a finished lot, that to two customers.
func TestMockRecall(t *testing.T) {
	t.Parallel()
	data := testdata(t, "batch-mock-recall", "data")
	expected := filepath.Join(filepath.Dir(data), "output")
	api := apitest.Start(t)
	finished := loadMockRecall(t, api, data)

	summary := readCSV(t, filepath.Join(expected, "recall_summary.csv"))[0]
	if finished != summary["finished_lot_id"] {
		t.Fatalf("finished lot %q, want %q", finished, summary["finished_lot_id"])
	}
	for _, raw := range readCSV(t, filepath.Join(data, "raw_lots.csv")) {
		parts, err := stream(t.Context(), api.Trace, raw["material"], raw["raw_lot_id"], pb.TraceDirection_TRACE_DIRECTION_FORWARD, nil)
		if err != nil {
			t.Fatal(err)
		}
		all := joined(parts)
		got, want, total := map[string]string{}, map[string]string{}, 0
		for _, s := range all.Shipments {
			got[s.CustomerName] = s.Quantity.Value
			n, err := strconv.Atoi(s.Quantity.Value)
			if err != nil {
				t.Error(err)
			}
			total += n
		}
		for _, row := range readCSV(t, filepath.Join(expected, "recall_customers.csv")) {
			want[row["customer"]] = row["quantity"]
		}
		if !maps.Equal(got, want) || len(all.Shipments) != len(want) {
			t.Errorf("from %s: customers %v, want %v", raw["raw_lot_id"], got, want)
		}
		if len(all.Runs) != 1 || all.Runs[0].ProductionOrderCode != summary["batch_id"] || len(all.Lots) != 2 ||
			fmt.Sprint(all.Summary.CustomerCount) != summary["impacted_customers"] || fmt.Sprint(total) != summary["total_quantity"] || !all.Summary.Complete {
			t.Errorf("from %s: %v, want %v", raw["raw_lot_id"], all, summary)
		}
	}

	parts, err := stream(t.Context(), api.Trace, "finished", finished, pb.TraceDirection_TRACE_DIRECTION_BACKWARD, nil)
	if err != nil {
		t.Fatal(err)
	}
	all := joined(parts)
	used, lots, suppliers := map[int32]string{}, map[int32]*pb.LotKey{}, map[int32]string{}
	for _, l := range all.Lots {
		lots[l.Ref] = l.Lot
	}
	for _, e := range all.Edges {
		if e.Kind == pb.TraceEdgeKind_TRACE_EDGE_KIND_CONSUMPTION {
			used[e.LotRef] = e.Quantity.Value
		}
	}
	for _, r := range all.Receipts {
		suppliers[r.LotRef] = r.SupplierName
	}
	got, want := map[string]bool{}, map[string]bool{}
	for ref, quantity := range used {
		got[fmt.Sprint(lots[ref].LotCode, ",", lots[ref].Sku, ",", suppliers[ref], ",", quantity)] = true
	}
	for _, row := range readCSV(t, filepath.Join(expected, "recall_raw_materials.csv")) {
		want[fmt.Sprint(row["raw_lot_id"], ",", row["material"], ",", row["supplier_name"], ",", row["quantity_used"])] = true
	}
	if !maps.Equal(got, want) || len(all.Receipts) != len(want) || !all.Summary.Complete {
		t.Errorf("into %s: %v, want %v", finished, got, want)
	}
}

// loadMockRecall loads the files through the public API and returns the code of
// the finished lot, of which there is as much as was shipped.
func loadMockRecall(t *testing.T, api *apitest.API, data string) string {
	t.Helper()
	api.Minimal(t)
	read := func(name string) []map[string]string { return readCSV(t, filepath.Join(data, name)) }
	for _, s := range read("suppliers.csv") {
		api.PushParty(t, &pb.Party{Code: s["supplier_id"], Name: s["supplier_name"], Kinds: []pb.PartyKind{pb.PartyKind_PARTY_KIND_SUPPLIER}})
	}
	materials := map[string]string{}
	for _, r := range read("raw_lots.csv") {
		materials[r["raw_lot_id"]] = r["material"]
		api.PushItem(t, &pb.Item{Sku: r["material"], Name: r["material"], BaseUnit: "KGM", Tracking: pb.Tracking_TRACKING_LOT})
		buy(t, api, delivery{id: r["raw_lot_id"], from: r["supplier_id"], product: r["material"]})
	}
	api.PushItem(t, &pb.Item{Sku: "finished", Name: "Finished", BaseUnit: "KGM", Tracking: pb.Tracking_TRACKING_LOT})
	shipped := 0
	for _, s := range read("shipments.csv") {
		shipped += number(t, s["quantity"])
	}
	lot := read("finished_lots.csv")[0]
	var in []*pb.ConsumptionLine
	for _, b := range read("production_batches.csv") {
		if b["batch_id"] == lot["batch_id"] {
			in = append(in, &pb.ConsumptionLine{
				Sku: materials[b["raw_lot_id"]], LotCode: b["raw_lot_id"], LocationCode: apitest.Dock, Quantity: quantity(number(t, b["quantity_used"])),
			})
		}
	}
	makeLot(t, api, lot["batch_id"], "finished", lot["finished_lot_id"], shipped, in)
	for i, s := range read("shipments.csv") {
		api.PushParty(t, &pb.Party{Code: s["customer"], Name: s["customer"], Kinds: []pb.PartyKind{pb.PartyKind_PARTY_KIND_CUSTOMER}})
		ship(t, api, fmt.Sprint(i), "finished", s["finished_lot_id"], s["customer"], number(t, s["quantity"]))
	}
	return lot["finished_lot_id"]
}

func number(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
