package trace_test

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
)

func lotSeed(sku, code string) *pb.TraceSeed {
	return &pb.TraceSeed{Seed: &pb.TraceSeed_Lot{Lot: &pb.LotKey{Sku: sku, LotCode: code}}}
}

func scanSeed(data string) *pb.TraceSeed { return &pb.TraceSeed{Seed: &pb.TraceSeed_Scan{Scan: data}} }

func supplierLotSeed(supplier, code, sku string) *pb.TraceSeed {
	return &pb.TraceSeed{Seed: &pb.TraceSeed_SupplierLot{SupplierLot: &pb.TraceSupplierLot{SupplierCode: supplier, SupplierLotCode: code, Sku: sku}}}
}

func receiptSeed(code string) *pb.TraceSeed {
	return &pb.TraceSeed{Seed: &pb.TraceSeed_ReceiptCode{ReceiptCode: code}}
}

func runSeed(order, run string) *pb.TraceSeed {
	return &pb.TraceSeed{Seed: &pb.TraceSeed_Run{Run: &pb.TraceRunKey{ProductionOrderCode: order, RunCode: run}}}
}

func shipmentSeed(code string) *pb.TraceSeed {
	return &pb.TraceSeed{Seed: &pb.TraceSeed_ShipmentCode{ShipmentCode: code}}
}

// as is a request as that of another direction: they have the same fields.
func as(req *pb.TraceForwardRequest, other proto.Message) {
	content, err := proto.Marshal(req)
	if err == nil {
		err = proto.Unmarshal(content, other)
	}
	if err != nil {
		panic(err)
	}
}

// streamOf asks the same of the RPC of a direction.
func streamOf(ctx context.Context, client pb.TraceServiceClient, direction pb.TraceDirection, req *pb.TraceForwardRequest) ([]*pb.TracePart, error) {
	switch direction {
	case pb.TraceDirection_TRACE_DIRECTION_FORWARD:
		s, err := client.TraceForward(ctx, req)
		if err != nil {
			return nil, err
		}
		return receive(s.Recv)
	case pb.TraceDirection_TRACE_DIRECTION_BACKWARD:
		back := &pb.TraceBackwardRequest{}
		as(req, back)
		s, err := client.TraceBackward(ctx, back)
		if err != nil {
			return nil, err
		}
		return receive(s.Recv)
	}
	both := &pb.TraceBothRequest{}
	as(req, both)
	s, err := client.TraceBoth(ctx, both)
	if err != nil {
		return nil, err
	}
	return receive(s.Recv)
}

// postREST asks the same with POST.
func postREST(t *testing.T, api *apitest.API, direction pb.TraceDirection, req *pb.TraceForwardRequest) []*pb.TracePart {
	t.Helper()
	body, err := protojson.Marshal(req)
	if err != nil {
		t.Fatal(err)
	}
	status, lines := api.DoLines(t, "POST", "/v1/trace/"+words[direction], body)
	if status != 200 {
		t.Fatalf("%s: HTTP %d, %v", body, status, lines)
	}
	var parts []*pb.TracePart
	for _, line := range lines {
		text, err := json.Marshal(line["result"])
		if err != nil {
			t.Fatal(err)
		}
		resp := &pb.TraceForwardResponse{}
		if err := protojson.Unmarshal(text, resp); err != nil {
			t.Fatalf("%v: %.500s", err, text)
		}
		parts = append(parts, resp.Part)
	}
	return parts
}

// Whatever a trace starts from, it is what was asked for, over gRPC, over REST with POST,
// and in pages.
func TestSeeds(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	g := parse(t, bakery)
	lineagetest.Load(t, api.DB, 1, g)
	api.PushItem(t, &pb.Item{Sku: "butter", Name: "The butter", BaseUnit: lineagetest.Unit, Decimals: 3, Tracking: pb.Tracking_TRACKING_LOT, Gtins: []*pb.ItemGtin{{Gtin: "09521234543213"}}})
	for name, c := range map[string]struct {
		seeds []*pb.TraceSeed
		want  lineagetest.Ask
	}{
		"lots":                            {[]*pb.TraceSeed{lotSeed("flour", "2"), lotSeed("butter", "1"), lotSeed("flour", "2")}, lineagetest.Ask{Lots: []string{"flour/2", "butter/1"}}},
		"a scan":                          {[]*pb.TraceSeed{scanSeed("(01)09521234543213(10)1")}, lineagetest.Ask{Lots: []string{"butter/1"}}},
		"a supplier's lot":                {[]*pb.TraceSeed{supplierLotSeed("mill", "Sflour/2", "")}, lineagetest.Ask{Lots: []string{"flour/2"}}},
		"a supplier's lot of an item":     {[]*pb.TraceSeed{supplierLotSeed("mill", "Sflour/2", "flour")}, lineagetest.Ask{Lots: []string{"flour/2"}}},
		"a receipt":                       {[]*pb.TraceSeed{receiptSeed("R-mill")}, lineagetest.Ask{Lots: []string{"flour/1", "flour/2"}}},
		"a run":                           {[]*pb.TraceSeed{runSeed("dough", "1")}, lineagetest.Ask{Runs: []string{"dough#1"}}},
		"a shipment somebody objected to": {[]*pb.TraceSeed{shipmentSeed("S-2")}, lineagetest.Ask{Lots: []string{"danish/1", "dough/3"}}},
		"one of each": {
			[]*pb.TraceSeed{shipmentSeed("S-3"), runSeed("roll", "1"), receiptSeed("R-dairy"), supplierLotSeed("well", "S~water/1", ""), lotSeed("crumbs", "1")},
			lineagetest.Ask{Lots: []string{"flour/1", "butter/1", "~water/1", "crumbs/1"}, Runs: []string{"roll#1"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, direction := range directions {
				c.want.Forward, c.want.Backward = words[direction] != "backward", words[direction] != "forward"
				req := &pb.TraceForwardRequest{Seeds: c.seeds}
				streamed, err := streamOf(t.Context(), api.Trace, direction, req)
				if err != nil {
					t.Fatal(err)
				}
				if got, want := answer(t, streamed), g.Expect(c.want); !reflect.DeepEqual(got, want) {
					t.Errorf("%s\n got %+v\nwant %+v", words[direction], got, want)
				}
				if posted := postREST(t, api, direction, req); !proto.Equal(joined(posted), joined(streamed)) {
					t.Errorf("%s: REST differs from gRPC", words[direction])
				}
				paged, err := pages(t.Context(), overGRPC(api.Trace), &pb.GetTraceRequest{Seeds: c.seeds, Direction: direction, PageSize: 3})
				if err != nil || !proto.Equal(joined(paged), joined(streamed)) {
					t.Errorf("%s: pages differ from the stream, %v", words[direction], err)
				}
			}
		})
	}
	body, err := protojson.Marshal(&pb.GetTraceRequest{Seeds: []*pb.TraceSeed{receiptSeed("R-mill")}, Direction: directions[0]})
	if err != nil {
		t.Fatal(err)
	}
	if status, page := api.Do(t, "POST", "/v1/trace", body); status != 200 || page["part"] == nil {
		t.Errorf("HTTP %d, %v", status, page)
	}
}

// All seeds that are not there are named at once, each with its reason.
func TestUnknownSeeds(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	world := lineagetest.Load(t, api.DB, 1, parse(t, bakery))
	end := int(api.Sealed(t))
	_, err := streamOf(t.Context(), api.Trace, directions[2], &pb.TraceForwardRequest{Seeds: []*pb.TraceSeed{
		lotSeed("flour", "9"), lotSeed("flour", "1"), lotSeed("spelt", "1"), receiptSeed("R-9"), runSeed("dough", "9"), runSeed("bread", "1"),
		shipmentSeed("S-9"), supplierLotSeed("mill", "9", ""), supplierLotSeed("nobody", "9", ""), supplierLotSeed("mill", "Sflour/1", "spelt"),
		supplierLotSeed("mill", "Sflour/1", "butter"),
	}})
	apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_LOT", "seeds[0].lot.lot_code")
	want := []string{
		"seeds[0].lot.lot_code", "seeds[2].lot.sku", "seeds[3].receipt_code", "seeds[4].run.run_code", "seeds[5].run.production_order_code",
		"seeds[6].shipment_code", "seeds[7].supplier_lot.supplier_lot_code", "seeds[8].supplier_lot.supplier_code", "seeds[9].supplier_lot.sku",
		"seeds[10].supplier_lot.supplier_lot_code",
	}
	if got := apitest.Fields(err); !slices.Equal(got, want) {
		t.Errorf("named %q, want %q", got, want)
	}
	// What was not known yet is not there. Receipts, of three suppliers, come first.
	if len(world.Happened) != end {
		t.Fatalf("%d operations, the log ends at %d", len(world.Happened), end)
	}
	all := []*pb.TraceSeed{lotSeed("danish", "1"), supplierLotSeed("well", "S~water/1", ""), receiptSeed("R-well"), runSeed("dough", "1"), shipmentSeed("S-1")}
	for cut, want := range map[int][]string{
		0:   {"seeds[0].lot.lot_code", "seeds[1].supplier_lot.supplier_lot_code", "seeds[2].receipt_code", "seeds[3].run.run_code", "seeds[4].shipment_code"},
		3:   {"seeds[0].lot.lot_code", "seeds[3].run.run_code", "seeds[4].shipment_code"},
		4:   {"seeds[0].lot.lot_code", "seeds[4].shipment_code"},
		end: nil,
	} {
		_, err := streamOf(t.Context(), api.Trace, directions[0], &pb.TraceForwardRequest{Seeds: all, KnownAt: index(cut)})
		if got := apitest.Fields(err); !slices.Equal(got, want) {
			t.Errorf("at %d: named %q, want %q: %v", cut, got, want, err)
		}
	}
}

// A receipt or shipment that was taken back has no lots, and is no empty trace; as known
// before, it has.
func TestSeedsTakenBack(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	lineagetest.Load(t, api.DB, 1, parse(t, "mill -> a/1 10\n farm -> b/1 10\n a/1 1 => shop"))
	before := int(api.Sealed(t))
	for _, req := range []*pb.ReverseOperationRequest{
		{Operation: &pb.ReverseOperationRequest_ShipmentCode{ShipmentCode: "S-1"}},
		{Operation: &pb.ReverseOperationRequest_ReceiptCode{ReceiptCode: "R-farm"}},
	} {
		req.RequestId, req.Reason = apitest.ID(), "test"
		if _, err := api.Lots.ReverseOperation(t.Context(), req); err != nil {
			t.Fatal(err)
		}
	}
	seeds := []*pb.TraceSeed{receiptSeed("R-mill"), receiptSeed("R-farm"), shipmentSeed("S-1")}
	_, err := streamOf(t.Context(), api.Trace, directions[0], &pb.TraceForwardRequest{Seeds: seeds})
	apitest.WantRefusal(t, err, codes.NotFound, "SEED_WITHOUT_LOTS", "seeds[1].receipt_code")
	if got := apitest.Fields(err); !slices.Equal(got, []string{"seeds[1].receipt_code", "seeds[2].shipment_code"}) {
		t.Errorf("named %q", got)
	}
	parts, err := streamOf(t.Context(), api.Trace, directions[0], &pb.TraceForwardRequest{Seeds: seeds, KnownAt: index(before)})
	if err != nil || len(joined(parts).Lots) != 2 {
		t.Errorf("%v, %v, want the two lots", parts, err)
	}
}
