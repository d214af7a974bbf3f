package trace_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// The tests of these files are named after what other systems are known to get wrong. Each
// plays a story through the API as an ERP would tell it, and then asks where things went.

// works is a service in which stories are played. Everything is kept in KGM, at one shelf
// unless it is told otherwise; items whose name begins with ~ are not tracked by lot.
type works struct {
	*apitest.API
	t                   *testing.T
	items, orders, runs map[string]bool
	papers              int
}

func newWorks(t *testing.T) *works {
	t.Helper()
	w := &works{apitest.Start(t), t, map[string]bool{}, map[string]bool{}, map[string]bool{}, 0}
	w.Minimal(t)
	return w
}

func (w *works) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// amounts reads "flour/1 60 + water/1 40": lots, and how much of each.
func (w *works) amounts(text string) (keys []*pb.LotKey, amounts []*pb.Quantity) {
	w.t.Helper()
	for part := range strings.SplitSeq(text, "+") {
		fields := strings.Fields(part)
		sku, code, ok := strings.Cut(fields[0], "/")
		if len(fields) != 2 || !ok {
			w.t.Fatalf("%q is not a lot and a quantity", part)
		}
		if !w.items[sku] {
			w.items[sku] = true
			item := &pb.Item{Sku: sku, Name: sku, BaseUnit: "KGM", Decimals: 3, Tracking: pb.Tracking_TRACKING_LOT}
			if strings.HasPrefix(sku, "~") {
				item.Tracking, code = pb.Tracking_TRACKING_NONE, ""
			}
			w.PushItem(w.t, item)
		}
		if strings.HasPrefix(sku, "~") {
			code = ""
		}
		keys, amounts = append(keys, &pb.LotKey{Sku: sku, LotCode: code}), append(amounts, &pb.Quantity{Value: fields[1], Unit: "KGM"})
	}
	return keys, amounts
}

func (w *works) paper(kind string) string {
	w.papers++
	return fmt.Sprintf("%s-%d", kind, w.papers)
}

// receive takes lots in from a supplier, on one receipt, and returns its code.
func (w *works) receive(text, supplier string) string {
	w.t.Helper()
	w.PushParty(w.t, &pb.Party{Code: supplier, Name: supplier, Kinds: []pb.PartyKind{pb.PartyKind_PARTY_KIND_SUPPLIER, pb.PartyKind_PARTY_KIND_CUSTOMER}})
	code, order := w.paper("RC"), &pb.PurchaseOrder{SupplierCode: supplier}
	order.Code = "PO-" + code
	req := &pb.ReceiveRequest{RequestId: apitest.ID(), ReceiptCode: code, PurchaseOrderCode: order.Code}
	lots, amounts := w.amounts(text)
	for i, lot := range lots {
		order.Lines = append(order.Lines, &pb.PurchaseOrderLine{LineNumber: int32(i + 1), Sku: lot.Sku, Quantity: amounts[i]})
		req.Lines = append(req.Lines, &pb.ReceiptLine{
			PurchaseOrderLineNumber: int32(i + 1), LotCode: lot.LotCode, SupplierLotCode: supplier + "'s", Quantity: amounts[i], LocationCode: apitest.Shelf,
		})
	}
	_, err := w.Receiving.UpsertPurchaseOrder(w.t.Context(), &pb.UpsertPurchaseOrderRequest{RequestId: apitest.ID(), PurchaseOrder: order})
	w.must(err)
	_, err = w.Receiving.Receive(w.t.Context(), req)
	w.must(err)
	return code
}

// run starts a run, "order#run", unless it was.
func (w *works) run(name string) (order, run string) {
	w.t.Helper()
	order, run, _ = strings.Cut(name, "#")
	if !w.orders[order] {
		w.orders[order] = true
		_, err := w.Production.CreateProductionOrder(w.t.Context(), &pb.CreateProductionOrderRequest{RequestId: apitest.ID(), ProductionOrder: &pb.ProductionOrder{
			Code: order, Sku: apitest.Flour, Quantity: &pb.Quantity{Value: "1", Unit: "KGM"},
		}})
		w.must(err)
	}
	if !w.runs[name] {
		w.runs[name] = true
		_, err := w.Production.StartRun(w.t.Context(), &pb.StartRunRequest{RequestId: apitest.ID(), ProductionOrderCode: order, RunCode: run})
		w.must(err)
	}
	return order, run
}

// consume has a run take lots, and returns the place of that in the log.
func (w *works) consume(name, text string) int64 {
	w.t.Helper()
	order, run := w.run(name)
	req := &pb.ConsumeLotsRequest{RequestId: apitest.ID(), ProductionOrderCode: order, RunCode: run}
	lots, amounts := w.amounts(text)
	for i, lot := range lots {
		req.Lines = append(req.Lines, &pb.ConsumptionLine{Sku: lot.Sku, LotCode: lot.LotCode, LocationCode: apitest.Shelf, Quantity: amounts[i]})
	}
	_, err := w.Production.ConsumeLots(w.t.Context(), req)
	w.must(err)
	return w.Sealed(w.t)
}

// output has a run put lots out.
func (w *works) output(name, text string) {
	w.t.Helper()
	order, run := w.run(name)
	req := &pb.RecordOutputsRequest{RequestId: apitest.ID(), ProductionOrderCode: order, RunCode: run}
	lots, amounts := w.amounts(text)
	for i, lot := range lots {
		req.Lines = append(req.Lines, &pb.OutputLine{Sku: lot.Sku, LotCode: lot.LotCode, LocationCode: apitest.Shelf, Quantity: amounts[i]})
	}
	_, err := w.Production.RecordOutputs(w.t.Context(), req)
	w.must(err)
}

// produce is a run that takes, then puts out.
func (w *works) produce(name, in, out string) {
	w.t.Helper()
	w.consume(name, in)
	w.output(name, out)
}

// finish closes a run, and returns the place of that in the log.
func (w *works) finish(name string) int64 {
	w.t.Helper()
	order, run := w.run(name)
	_, err := w.Production.FinishRun(w.t.Context(), &pb.FinishRunRequest{RequestId: apitest.ID(), ProductionOrderCode: order, RunCode: run})
	w.must(err)
	return w.Sealed(w.t)
}

// ship sends lots to a customer, without an order, and returns the shipment's code.
func (w *works) ship(text, customer string) string {
	w.t.Helper()
	w.PushParty(w.t, &pb.Party{Code: customer, Name: customer, Kinds: []pb.PartyKind{pb.PartyKind_PARTY_KIND_SUPPLIER, pb.PartyKind_PARTY_KIND_CUSTOMER}})
	req := &pb.ShipRequest{RequestId: apitest.ID(), ShipmentCode: w.paper("SH"), CustomerCode: customer}
	lots, amounts := w.amounts(text)
	for i, lot := range lots {
		req.Lines = append(req.Lines, &pb.ShipmentLine{Sku: lot.Sku, LotCode: lot.LotCode, LocationCode: apitest.Shelf, Quantity: amounts[i]})
	}
	_, err := w.Dispatch.Ship(w.t.Context(), req)
	w.must(err)
	return req.ShipmentCode
}

// takeBack reverses what stands at a place of the log, or a shipment.
func (w *works) takeBack(index int64, shipment string) {
	w.t.Helper()
	req := &pb.ReverseOperationRequest{RequestId: apitest.ID(), Reason: "it was not so", Operation: &pb.ReverseOperationRequest_LogIndex{LogIndex: index}}
	if shipment != "" {
		req.Operation = &pb.ReverseOperationRequest_ShipmentCode{ShipmentCode: shipment}
	}
	_, err := w.Lots.ReverseOperation(w.t.Context(), req)
	w.must(err)
}

// trace asks for a trace of a lot, and tells what it says.
func (w *works) trace(lot string, direction pb.TraceDirection, filter *pb.TraceFilter) ([]string, *pb.TraceSummary) {
	w.t.Helper()
	sku, code, _ := strings.Cut(lot, "/")
	parts, err := stream(w.t.Context(), w.Trace, sku, code, direction, filter)
	w.must(err)
	return lines(parts), parts[len(parts)-1].Summary
}

// lines tell a trace, sorted: lots and runs, what ties them, where things came from and
// went. What came twice is there twice.
func lines(parts []*pb.TracePart) []string {
	var told []string
	names := map[int32]string{}
	for _, p := range parts {
		for _, l := range p.Lots {
			names[l.Ref] = l.Lot.Sku + "/" + l.Lot.LotCode
			told = append(told, names[l.Ref])
		}
		for _, r := range p.Runs {
			names[r.Ref] = r.ProductionOrderCode + "#" + r.RunCode
			told = append(told, names[r.Ref])
		}
		for _, e := range p.Edges {
			from, to := names[e.LotRef], names[e.RunRef]
			if e.Kind == pb.TraceEdgeKind_TRACE_EDGE_KIND_OUTPUT {
				from, to = to, from
			}
			told = append(told, fmt.Sprintf("%s -> %s: %s", from, to, e.Quantity.Value))
		}
		for _, r := range p.Receipts {
			told = append(told, fmt.Sprintf("%s <- %s: %s", names[r.LotRef], r.SupplierCode, r.Quantity.Value))
		}
		for _, s := range p.Shipments {
			told = append(told, fmt.Sprintf("%s => %s: %s", names[s.LotRef], s.CustomerCode, s.Quantity.Value))
		}
	}
	slices.Sort(told)
	return told
}

const forward, backward = pb.TraceDirection_TRACE_DIRECTION_FORWARD, pb.TraceDirection_TRACE_DIRECTION_BACKWARD

// expect holds a whole trace, as a stream and in pages, against what it should tell, and
// has it say that it is complete.
func (w *works) expect(lot string, direction pb.TraceDirection, want ...string) {
	w.t.Helper()
	got, summary := w.trace(lot, direction, nil)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		w.t.Errorf("%s of %s:\n  %s\nwant\n  %s", words[direction], lot, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
	if !summary.Complete {
		w.t.Errorf("%s of %s: %s", words[direction], lot, summary.Statement)
	}
	sku, code, _ := strings.Cut(lot, "/")
	paged, err := pages(w.t.Context(), overGRPC(w.Trace), &pb.GetTraceRequest{Sku: sku, LotCode: code, Direction: direction, PageSize: 3})
	w.must(err)
	if in := lines(paged); !slices.Equal(in, got) {
		w.t.Errorf("%s of %s in pages: %q, as a stream %q", words[direction], lot, in, got)
	}
}
