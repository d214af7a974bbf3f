package trace_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// Real outbreaks, loaded through the public API: each delivery is a lot, made by
// a run of the deliveries that went into it or, if there are none, bought from
// the station that sent it; and some of each goes to the station that got it.
// From every delivery, both ways, the trace is the closure of the relations.
func TestFoodChain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ file, reach string }{
		{"ExampleData.json", "derived_closure_ExampleData.csv"},
		{"bbk.json", ""},
		{"small_network.json", "derived_closure_small_network.csv"},
		{"baby-tea/Scenario_1_Outbreak-Baby-Tea.json", ""},
	} {
		t.Run(c.file, func(t *testing.T) {
			t.Parallel()
			n := readNetwork(t, testdata(t, "foodchain-lab", c.file))
			if c.reach != "" {
				n.compare(t, readReach(t, testdata(t, "foodchain-lab", c.reach)))
			}
			api := apitest.Start(t)
			n.load(t, api)
			for _, d := range n.deliveries {
				n.check(t, api, d)
			}
		})
	}
}

// compare holds our closure against one that somebody else worked out.
func (n network) compare(t *testing.T, others map[string]reach) {
	t.Helper()
	if len(others) != len(n.deliveries) {
		t.Errorf("%d deliveries in the closure, %d in the network", len(others), len(n.deliveries))
	}
	for _, d := range n.deliveries {
		ours, other := n.reach(d.id), others[d.id]
		if !slices.Equal(ours.upstream, other.upstream) || !slices.Equal(ours.downstream, other.downstream) || ours.stations != other.stations {
			t.Errorf("%s: ours %+v, theirs %+v", d.id, ours, other)
		}
	}
}

// sku is the product, by the name that its maker gives it.
func (d delivery) sku() string {
	if d.product == "" {
		return "product of " + d.from
	}
	return d.product
}

// used are the deliveries that went into one; those that come twice come twice.
func (n network) used(id string) []string {
	var used []string
	for _, r := range n.relations {
		if r[1] == id {
			used = append(used, r[0])
		}
	}
	return used
}

func (n network) delivery(id string) delivery {
	return n.deliveries[slices.IndexFunc(n.deliveries, func(d delivery) bool { return d.id == id })]
}

// portion is how much one relation takes: made up, and different for each.
func portion(from, to string) int {
	sum := 1
	for _, b := range []byte(from + to) {
		sum += int(b) % 7
	}
	return sum
}

func quantity(n int) *pb.Quantity { return &pb.Quantity{Value: fmt.Sprint(n), Unit: "KGM"} }

func (n network) load(t *testing.T, api *apitest.API) {
	t.Helper()
	api.Minimal(t)
	for _, id := range slices.Sorted(maps.Keys(n.stations)) {
		name := n.stations[id]
		if name == "" {
			name = id
		}
		api.PushParty(t, &pb.Party{Code: id, Name: name, Kinds: []pb.PartyKind{pb.PartyKind_PARTY_KIND_SUPPLIER, pb.PartyKind_PARTY_KIND_CUSTOMER}})
	}
	pushed := map[string]bool{}
	for _, d := range n.deliveries {
		if !pushed[d.sku()] {
			pushed[d.sku()] = true
			api.PushItem(t, &pb.Item{Sku: d.sku(), Name: d.sku(), BaseUnit: "KGM", Tracking: pb.Tracking_TRACKING_LOT})
		}
	}
	done := map[string]bool{}
	var bring func(d delivery)
	bring = func(d delivery) {
		if done[d.id] {
			return
		}
		done[d.id] = true
		used := n.used(d.id)
		for _, id := range used {
			bring(n.delivery(id))
		}
		if len(used) == 0 {
			buy(t, api, d)
		} else {
			n.produce(t, api, d, used)
		}
		ship(t, api, d.id, d.sku(), d.id, d.to, 5)
	}
	for _, d := range n.deliveries {
		bring(d)
	}
}

func buy(t *testing.T, api *apitest.API, d delivery) {
	t.Helper()
	_, err := api.Receiving.UpsertPurchaseOrder(t.Context(), &pb.UpsertPurchaseOrderRequest{RequestId: apitest.ID(), PurchaseOrder: &pb.PurchaseOrder{
		Code: "PO-" + d.id, SupplierCode: d.from, Lines: []*pb.PurchaseOrderLine{{LineNumber: 1, Sku: d.sku(), Quantity: quantity(1000)}},
	}})
	if err == nil {
		_, err = api.Receiving.Receive(t.Context(), &pb.ReceiveRequest{RequestId: apitest.ID(), ReceiptCode: "RC-" + d.id, PurchaseOrderCode: "PO-" + d.id, Lines: []*pb.ReceiptLine{{
			PurchaseOrderLineNumber: 1, LotCode: d.id, SupplierLotCode: d.lot, Quantity: quantity(1000), LocationCode: apitest.Dock,
		}}})
	}
	if err != nil {
		t.Fatalf("%s: %v", d.id, err)
	}
}

func (n network) produce(t *testing.T, api *apitest.API, d delivery, used []string) {
	t.Helper()
	var in []*pb.ConsumptionLine
	for _, id := range used {
		in = append(in, &pb.ConsumptionLine{Sku: n.delivery(id).sku(), LotCode: id, LocationCode: apitest.Dock, Quantity: quantity(portion(id, d.id))})
	}
	makeLot(t, api, "MO-"+d.id, d.sku(), d.id, 1000, in)
}

// makeLot runs a production order of its own from start to finish.
func makeLot(t *testing.T, api *apitest.API, order, sku, lot string, amount int, in []*pb.ConsumptionLine) {
	t.Helper()
	ctx := t.Context()
	_, err := api.Production.CreateProductionOrder(ctx, &pb.CreateProductionOrderRequest{RequestId: apitest.ID(), ProductionOrder: &pb.ProductionOrder{
		Code: order, Sku: sku, Quantity: quantity(amount),
	}})
	if err == nil {
		_, err = api.Production.StartRun(ctx, &pb.StartRunRequest{RequestId: apitest.ID(), ProductionOrderCode: order, RunCode: "1"})
	}
	if err == nil {
		_, err = api.Production.ConsumeLots(ctx, &pb.ConsumeLotsRequest{RequestId: apitest.ID(), ProductionOrderCode: order, RunCode: "1", Lines: in})
	}
	if err == nil {
		_, err = api.Production.RecordOutputs(ctx, &pb.RecordOutputsRequest{RequestId: apitest.ID(), ProductionOrderCode: order, RunCode: "1", Lines: []*pb.OutputLine{{
			Sku: sku, LotCode: lot, LocationCode: apitest.Dock, Quantity: quantity(amount),
		}}})
	}
	if err == nil {
		_, err = api.Production.FinishRun(ctx, &pb.FinishRunRequest{RequestId: apitest.ID(), ProductionOrderCode: order, RunCode: "1"})
	}
	if err != nil {
		t.Fatalf("%s: %v", order, err)
	}
}

func ship(t *testing.T, api *apitest.API, code, sku, lot, customer string, amount int) {
	t.Helper()
	_, err := api.Dispatch.Ship(t.Context(), &pb.ShipRequest{RequestId: apitest.ID(), ShipmentCode: "SH-" + code, CustomerCode: customer, Lines: []*pb.ShipmentLine{{
		Sku: sku, LotCode: lot, LocationCode: apitest.Dock, Quantity: quantity(amount),
	}}})
	if err != nil {
		t.Fatalf("%s: %v", code, err)
	}
}

// check traces from one delivery, every way.
func (n network) check(t *testing.T, api *apitest.API, d delivery) {
	t.Helper()
	reach := n.reach(d.id)
	back, fore := append([]string{d.id}, reach.upstream...), append([]string{d.id}, reach.downstream...)
	wants := []told{n.expect(nil, fore), n.expect(back, nil), n.expect(back, fore)}
	for i, direction := range directions {
		parts, err := stream(t.Context(), api.Trace, d.sku(), d.id, direction, nil)
		if err != nil {
			t.Fatalf("%s %s: %v", words[direction], d.id, err)
		}
		got := tell(parts)
		if !maps.Equal(got, wants[i]) {
			t.Errorf("%s of %s\n got %v\nwant %v", words[direction], d.id, slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(wants[i])))
		}
		s := parts[len(parts)-1].Summary
		if !s.GetComplete() || (words[direction] != "backward" && int(s.GetCustomerCount()) != reach.stations) {
			t.Errorf("%s of %s: %v, want %d stations", words[direction], d.id, s, reach.stations)
		}
		paged, err := pages(t.Context(), overGRPC(api.Trace), &pb.GetTraceRequest{Sku: d.sku(), LotCode: d.id, Direction: direction, PageSize: 7})
		if err != nil || !proto.Equal(joined(paged), joined(parts)) {
			t.Errorf("%s of %s: pages differ from the stream, %v", words[direction], d.id, err)
		}
	}
}

// told is how often a trace tells each thing, which has to be once.
type told map[string]int

// expect is what has to be told of the deliveries upstream and downstream of one,
// which is itself among them.
func (n network) expect(back, fore []string) told {
	want := told{}
	for _, id := range back {
		d, used := n.delivery(id), n.used(id)
		if len(used) == 0 {
			want[fmt.Sprintf("%s: 1000 from %s", id, d.from)] = 1
		}
		n.expectRun(want, id)
	}
	for _, id := range fore {
		want[fmt.Sprintf("%s: 5 to %s", id, n.delivery(id).to)] = 1
		// Of the runs downstream, what they took of these lots.
		for _, r := range n.relations {
			if r[0] == id {
				want["run MO-"+r[1]] = 1
				want[fmt.Sprintf("MO-%s -> %s: 1000", r[1], r[1])] = 1
				want[n.taken(r)] = 1
			}
		}
	}
	for _, id := range slices.Concat(back, fore) {
		want["lot "+id] = 1
	}
	return want
}

func (n network) expectRun(want told, id string) {
	for _, r := range n.relations {
		if r[1] == id {
			want["run MO-"+id] = 1
			want[fmt.Sprintf("MO-%s -> %s: 1000", id, id)] = 1
			want[n.taken(r)] = 1
		}
	}
}

// taken is one edge, however often the relation is listed.
func (n network) taken(relation [2]string) string {
	sum := 0
	for _, r := range n.relations {
		if r == relation {
			sum += portion(r[0], r[1])
		}
	}
	return fmt.Sprintf("%s -> MO-%s: %d", relation[0], relation[1], sum)
}

func tell(parts []*pb.TracePart) told {
	got := told{}
	lots, runs := map[int32]string{}, map[int32]string{}
	for _, p := range parts {
		for _, l := range p.Lots {
			lots[l.Ref] = l.Lot.LotCode
			got["lot "+l.Lot.LotCode]++
		}
		for _, r := range p.Runs {
			runs[r.Ref] = r.ProductionOrderCode
			got["run "+r.ProductionOrderCode]++
		}
		for _, e := range p.Edges {
			lot, run := lots[e.LotRef], runs[e.RunRef]
			if e.Kind == pb.TraceEdgeKind_TRACE_EDGE_KIND_OUTPUT {
				lot, run = run, lot
			}
			got[fmt.Sprintf("%s -> %s: %s", lot, run, e.Quantity.Value)]++
		}
		for _, r := range p.Receipts {
			got[fmt.Sprintf("%s: %s from %s", lots[r.LotRef], r.Quantity.Value, r.SupplierCode)]++
		}
		for _, s := range p.Shipments {
			got[fmt.Sprintf("%s: %s to %s", lots[s.LotRef], s.Quantity.Value, s.CustomerCode)]++
		}
	}
	return got
}
