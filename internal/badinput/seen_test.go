package badinput_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// seenCodes are odd, but everything in them can be seen. The first ones go
// through everything that has a code, the others up to lots.
var seenCodes = []string{
	"L/1", "a%2Fb", "100%", `quo"te's`, `back\slash`, "🧁 🥐", "a  b", "L1:hold", "..", "a?b=c&d#e", strings.Repeat("🥐", 128),

	"//", "%", "%00", "%zz", "`tick`", `\u0041`, `\`, "a b", "a\u00a0b", "Käse", "Ka\u0308se", "名前", "عربى", "ﬁ", "+1", "a+b", "a=b", "a:b", ":batchUpsert",
	".", "../x", "a;b", "a,b", "~", "{sku}", "<b>&amp;", "*", "$1", "-", "null", "0", "-1", "true", "[]", "{}", "'; DROP TABLE lot; --",
	"!\"%&'()*+,-./", ":;<=>?_", strings.Repeat("x", 128),
}

// TestSeenCodes: whatever can be seen is taken for every kind of key, and found
// again by gRPC, by path and by query.
func TestSeenCodes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i, code := range seenCodes {
		making, asking := keyed(code), named(code)
		if i > 10 {
			making, asking = making[:5], asking[:8]
		}
		t.Run(code, func(t *testing.T) {
			for _, c := range making {
				apply(t, c.req, requestID(c.rpc))
				if i%2 == 0 {
					if _, err := w.overGRPC(t, c.rpc, c.req); err != nil {
						t.Fatalf("%s: %v", c.rpc, err)
					}
					continue
				}
				way := rpcs[c.rpc].bindings[0]
				target, body := way.call(t, c.req)
				if got, answer := w.send(t, way.method, target, body); got != http.StatusOK {
					t.Fatalf("%s %s: HTTP %d: %s", way.method, target, got, answer)
				}
			}
			w.Sealed(t) // answers tell how far the log goes
			for _, c := range asking {
				w.readEveryWay(t, c, code)
			}
		})
	}
}

type call struct {
	rpc string
	req proto.Message
}

func requestID(name string) []edit {
	if !rpcs[name].isWrite() {
		return nil
	}
	return set("request_id", apitest.ID())
}

// keyed makes one of everything with the same code, from location to shipment.
func keyed(code string) []call {
	kilo := amount("1", "KGM")
	noted := []*pb.Reference{{Kind: code, Value: code}}
	kinds := []pb.PartyKind{pb.PartyKind_PARTY_KIND_SUPPLIER, pb.PartyKind_PARTY_KIND_CUSTOMER, pb.PartyKind_PARTY_KIND_CARRIER}
	return []call{
		{"UpsertLocation", &pb.UpsertLocationRequest{Location: &pb.Location{Code: code, ParentCode: apitest.Site, Kind: pb.LocationKind_LOCATION_KIND_STORAGE}}},
		{"UpsertParty", &pb.UpsertPartyRequest{Party: &pb.Party{Code: code, Name: code, Kinds: kinds}}},
		{"UpsertItem", &pb.UpsertItemRequest{Item: &pb.Item{Sku: code, Name: code, BaseUnit: "KGM", Tracking: pb.Tracking_TRACKING_LOT}}},
		{"UpsertPurchaseOrder", &pb.UpsertPurchaseOrderRequest{PurchaseOrder: &pb.PurchaseOrder{
			Code: code, SupplierCode: code, References: noted, Lines: []*pb.PurchaseOrderLine{{LineNumber: 1, Sku: code, Quantity: kilo}},
		}}},
		{"Receive", &pb.ReceiveRequest{ReceiptCode: code, PurchaseOrderCode: code, References: noted, Lines: []*pb.ReceiptLine{
			{PurchaseOrderLineNumber: 1, LotCode: code, SupplierLotCode: code, Quantity: amount("9", "KGM"), LocationCode: code},
		}}},
		{"CreateProductionOrder", &pb.CreateProductionOrderRequest{ProductionOrder: &pb.ProductionOrder{Code: code, Sku: code, Quantity: kilo, References: noted}}},
		{"StartRun", &pb.StartRunRequest{ProductionOrderCode: code, RunCode: code}},
		{"ConsumeLots", &pb.ConsumeLotsRequest{ProductionOrderCode: code, RunCode: code, Lines: []*pb.ConsumptionLine{{Sku: code, LotCode: code, LocationCode: code, Quantity: kilo}}}},
		{"RecordOutputs", &pb.RecordOutputsRequest{ProductionOrderCode: code, RunCode: code, Lines: []*pb.OutputLine{{Sku: apitest.Flour, LotCode: code, LocationCode: code, Quantity: kilo}}}},
		{"FinishRun", &pb.FinishRunRequest{ProductionOrderCode: code, RunCode: code}},
		{"MoveLots", &pb.MoveLotsRequest{Reason: code, Lines: []*pb.MoveLine{{Sku: code, LotCode: code, Quantity: kilo, FromLocationCode: code, ToLocationCode: apitest.Shelf}}}},
		{"PlaceHold", &pb.PlaceHoldRequest{Sku: code, LotCode: code, Reason: code}},
		{"ReleaseHold", &pb.ReleaseHoldRequest{Sku: code, LotCode: code, Number: 1, Reason: code}},
		{"UpsertSalesOrder", &pb.UpsertSalesOrderRequest{SalesOrder: &pb.SalesOrder{
			Code: code, CustomerCode: code, References: noted, Lines: []*pb.SalesOrderLine{{LineNumber: 1, Sku: code, Quantity: kilo}},
		}}},
		{"Ship", &pb.ShipRequest{ShipmentCode: code, SalesOrderCode: code, CustomerCode: code, CarrierCode: code, References: noted, Lines: []*pb.ShipmentLine{
			{SalesOrderLineNumber: 1, Sku: code, LotCode: code, LocationCode: code, Quantity: kilo},
		}}},
		{"OpenRecall", &pb.OpenRecallRequest{CaseNumber: code, Class: pb.RecallClass_RECALL_CLASS_2, Reason: code, Lots: []*pb.LotKey{{Sku: code, LotCode: code}}}},
		{"ActivateRecall", &pb.ActivateRecallRequest{CaseNumber: code}},
	}
}

// named asks for all of it again.
func named(code string) []call {
	return []call{
		{"GetLocation", &pb.GetLocationRequest{Code: code}},
		{"GetParty", &pb.GetPartyRequest{Code: code}},
		{"GetItem", &pb.GetItemRequest{Sku: code}},
		{"GetPurchaseOrder", &pb.GetPurchaseOrderRequest{Code: code}},
		{"GetReceipt", &pb.GetReceiptRequest{Code: code}},
		{"GetLot", &pb.GetLotRequest{Sku: code, LotCode: code}},
		{"ListLotMovements", &pb.ListLotMovementsRequest{Sku: code, LotCode: code}},
		{"TraceForward", &pb.TraceForwardRequest{Sku: code, LotCode: code, Filter: &pb.TraceFilter{Skus: []string{code}}}},
		{"ListReceipts", &pb.ListReceiptsRequest{PurchaseOrderCode: code}},
		{"GetProductionOrder", &pb.GetProductionOrderRequest{Code: code}},
		{"GetRun", &pb.GetRunRequest{ProductionOrderCode: code, RunCode: code}},
		{"GetSalesOrder", &pb.GetSalesOrderRequest{Code: code}},
		{"GetManifest", &pb.GetManifestRequest{ShipmentCode: code}},
		{"ListLots", &pb.ListLotsRequest{Sku: code}},
		{"LocateLot", &pb.LocateLotRequest{Sku: code, LotCode: code}},
		{"ListLocationContents", &pb.ListLocationContentsRequest{LocationCode: code}},
		{"ListHolds", &pb.ListHoldsRequest{Sku: code, LotCode: code}},
		{"GetDossier", &pb.GetDossierRequest{Sku: code, LotCode: code}},
		{"GetTrace", &pb.GetTraceRequest{Sku: code, LotCode: code, Direction: pb.TraceDirection_TRACE_DIRECTION_FORWARD}},
		{"TraceBackward", &pb.TraceBackwardRequest{Sku: code, LotCode: code}},
		{"TraceBoth", &pb.TraceBothRequest{Sku: code, LotCode: code}},
		{"ListLog", &pb.ListLogRequest{PageSize: 1000}},
		{"GetRecall", &pb.GetRecallRequest{CaseNumber: code}},
		{"ListRecalls", &pb.ListRecallsRequest{State: pb.RecallState_RECALL_STATE_ACTIVE}},
		{"ListRecallLots", &pb.ListRecallLotsRequest{CaseNumber: code}},
		{"ListRecallShipments", &pb.ListRecallShipmentsRequest{CaseNumber: code}},
		{"ListRecallEvents", &pb.ListRecallEventsRequest{CaseNumber: code}},
		{"GetRecallPacket", &pb.GetRecallPacketRequest{CaseNumber: code}},
	}
}

// readEveryWay makes a read over gRPC and by each way over REST. The answers
// have the code in them, and are the same.
func (w *world) readEveryWay(t *testing.T, c call, code string) {
	t.Helper()
	want, err := w.overGRPC(t, c.rpc, c.req)
	if err != nil {
		t.Fatalf("%s: %v", c.rpc, err)
	}
	streamed := rpcs[c.rpc].IsStreamingServer()
	if !holds(want.ProtoReflect(), code) && !streamed {
		t.Errorf("%s: the code is not in the answer %v", c.rpc, want)
	}
	for _, way := range rpcs[c.rpc].bindings {
		target, body := way.call(t, c.req)
		got, answer := w.send(t, way.method, target, body)
		if got != http.StatusOK {
			t.Errorf("%s %s: HTTP %d: %s", way.method, target, got, answer)
			continue
		}
		found := false
		for line := range bytes.Lines(answer) {
			if streamed {
				line = result(t, line)
			}
			resp := rpcs[c.rpc].response(t)
			if err := protojson.Unmarshal(line, resp); err != nil {
				t.Fatalf("%s %s: %v: %s", way.method, target, err, line)
			}
			found = found || holds(resp.ProtoReflect(), code)
			if !streamed && c.rpc != "GetTrace" && !proto.Equal(resp, want) { // traces tell when they were read
				t.Errorf("%s %s: %v, over gRPC %v", way.method, target, resp, want)
			}
		}
		if !found {
			t.Errorf("%s %s: the code is not in the answer %s", way.method, target, answer)
		}
	}
}

// result is the message in a line of a stream.
func result(t testing.TB, line []byte) []byte {
	t.Helper()
	var chunk struct{ Result json.RawMessage }
	if err := json.Unmarshal(line, &chunk); err != nil {
		t.Fatal(err)
	}
	return chunk.Result
}

// holds says whether a text in the message is the code.
func holds(message protoreflect.Message, code string) bool {
	for _, l := range leaves(message, "", func(field protoreflect.FieldDescriptor) bool {
		return field.Kind() == protoreflect.StringKind && !field.IsList()
	}) {
		if l.message.Get(l.field).String() == code {
			return true
		}
	}
	return false
}
