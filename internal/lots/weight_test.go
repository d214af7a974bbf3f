package lots_test

import (
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
)

const (
	cod  = "COD"  // in cases, each weighed
	loin = "LOIN" // in packs, each weighed
)

// fishmonger is a store with items that are weighed.
type fishmonger struct{ *store }

func newFishmonger(t *testing.T) fishmonger {
	t.Helper()
	f := fishmonger{newStore(t)}
	for sku, unit := range map[string]string{cod: "CASE", loin: "PACK"} {
		f.PushItem(t, &pb.Item{Sku: sku, Name: sku, BaseUnit: unit, Tracking: pb.Tracking_TRACKING_LOT, WeightUnit: "KGM", WeightDecimals: 2, Units: []*pb.ItemUnit{{Unit: "PALLET", Numerator: "40"}}})
	}
	return f
}

// kilos is a weight; "" is none.
func kilos(value string) *pb.Quantity {
	if value == "" {
		return nil
	}
	return amount(value, "KGM")
}

func (f fishmonger) receive(lot, cases, weight string) string {
	f.t.Helper()
	code := apitest.ID()
	order := &pb.PurchaseOrder{Code: code, SupplierCode: apitest.Supplier, Lines: []*pb.PurchaseOrderLine{{LineNumber: 1, Sku: cod, Quantity: amount("12", "CASE")}}}
	if _, err := f.Receiving.UpsertPurchaseOrder(f.t.Context(), &pb.UpsertPurchaseOrderRequest{RequestId: apitest.ID(), PurchaseOrder: order}); err != nil {
		f.t.Fatal(err)
	}
	resp, err := f.Receiving.Receive(f.t.Context(), &pb.ReceiveRequest{
		RequestId: apitest.ID(), ReceiptCode: "RC/" + code, PurchaseOrderCode: code,
		Lines: []*pb.ReceiptLine{{PurchaseOrderLineNumber: 1, LotCode: lot, Quantity: amount(cases, "CASE"), Weight: kilos(weight), LocationCode: bin1, AddToExisting: true}},
	})
	if got := must(f.t, resp, err).Receipt.Lines[0].Weight; got.GetValue() != weight || got.GetUnit() != "KGM" {
		f.t.Errorf("the receipt tells of %v", got)
	}
	return "RC/" + code
}

func (f fishmonger) moveWeighed(lot, cases, weight, from, to string) (string, error) {
	req := moving(cod + "/" + lot + " " + cases + " CASE " + from + " > " + to)
	req.Lines[0].Weight = kilos(weight)
	resp, err := f.Lots.MoveLots(f.t.Context(), req)
	if err != nil {
		return "", err
	}
	return resp.Movements[0].Weight.GetValue(), nil
}

func (f fishmonger) shipWeighed(code, lot, cases, weight, from string) error {
	resp, err := f.Dispatch.Ship(f.t.Context(), &pb.ShipRequest{
		RequestId: apitest.ID(), ShipmentCode: code, CustomerCode: apitest.Customer,
		Lines: []*pb.ShipmentLine{{Sku: cod, LotCode: lot, Quantity: amount(cases, "CASE"), Weight: kilos(weight), LocationCode: from}},
	})
	if err == nil {
		read, err := f.Dispatch.GetManifest(f.t.Context(), &pb.GetManifestRequest{ShipmentCode: code})
		if posted, again := resp.Manifest.Lines[0].Weight.GetValue(), must(f.t, read, err).Manifest.Lines[0].Weight.GetValue(); posted != again || posted == "" || weight != "" && weight != posted {
			f.t.Errorf("shipment %s of %s weighs %q, then %q", code, weight, posted, again)
		}
	}
	return err
}

func (f fishmonger) consumeWeighed(lot, cases, weight, from string) error {
	_, err := f.Production.ConsumeLots(f.t.Context(), &pb.ConsumeLotsRequest{
		RequestId: apitest.ID(), ProductionOrderCode: "MO/1", RunCode: "R/1",
		Lines: []*pb.ConsumptionLine{{Sku: cod, LotCode: lot, Quantity: amount(cases, "CASE"), Weight: kilos(weight), LocationCode: from}},
	})
	return err
}

// adjustWeighed finds and misses lines "+1 12.35" and "-1 12.8", "-1" of all that there is.
func (f fishmonger) adjustWeighed(lot, location string, lines ...string) error {
	req := &pb.AdjustLotsRequest{RequestId: apitest.ID(), ReasonCode: pb.AdjustmentReason_ADJUSTMENT_REASON_MEASUREMENT, Justification: "weighed again"}
	for _, text := range lines {
		direction := pb.AdjustmentDirection_ADJUSTMENT_DIRECTION_MISSED
		if text[0] == '+' {
			direction = pb.AdjustmentDirection_ADJUSTMENT_DIRECTION_FOUND
		}
		cases, weight, _ := strings.Cut(text[1:], " ")
		req.Lines = append(req.Lines, &pb.AdjustmentLine{Sku: cod, LotCode: lot, LocationCode: location, Quantity: amount(cases, "CASE"), Weight: kilos(weight), Direction: direction})
	}
	_, err := f.Lots.AdjustLots(f.t.Context(), req)
	return err
}

func (f fishmonger) reverse(req *pb.ReverseOperationRequest) error {
	req.RequestId, req.Reason = apitest.ID(), "entered wrongly"
	_, err := f.Lots.ReverseOperation(f.t.Context(), req)
	return err
}

func (f fishmonger) reverseReceipt(code string) error {
	return f.reverse(&pb.ReverseOperationRequest{Operation: &pb.ReverseOperationRequest_ReceiptCode{ReceiptCode: code}})
}

// wantStock is of all of a lot: "9=111.4@A 3=36.95@B".
func (f fishmonger) wantStock(what, sku, lot, want string) {
	f.t.Helper()
	resp := f.lot(sku, lot)
	var texts []string
	for _, s := range resp.Stocks {
		texts = append(texts, s.OnHand.Value+"="+s.Weight.GetValue()+"@"+s.LocationCode)
	}
	if got := strings.Join(texts, " "); got != want || resp.Lot.Weight.GetUnit() != "KGM" {
		f.t.Errorf("%s: %q weighs %v, want %q", what, got, resp.Lot.Weight, want)
	}
}

// Through receipt, move, run and shipment, and back: count and weight are both exact.
func TestWeight(t *testing.T) {
	t.Parallel()
	f := newFishmonger(t)
	f.start()
	receipt := f.receive("C/1", "12", "148.35")
	f.wantStock("received", cod, "C/1", "12=148.35@"+bin1)
	if weight, err := f.moveWeighed("C/1", "3", "36.95", bin1, bin2); err != nil || weight != "36.95" {
		t.Errorf("moved %s, %v", weight, err)
	}
	f.wantStock("moved", cod, "C/1", "9=111.4@"+bin1+" 3=36.95@"+bin2)
	if err := f.consumeWeighed("C/1", "3", "", bin2); err != nil {
		t.Error(err)
	}
	_, err := f.Production.RecordOutputs(t.Context(), &pb.RecordOutputsRequest{
		RequestId: apitest.ID(), ProductionOrderCode: "MO/1", RunCode: "R/1",
		Lines: []*pb.OutputLine{{Sku: loin, LotCode: "L/1", Quantity: amount("30", "PACK"), Weight: amount("31200", "GRM"), LocationCode: bin2}},
	})
	if err != nil {
		t.Error(err)
	}
	f.wantStock("put out", loin, "L/1", "30=31.2@"+bin2)
	if err := f.shipWeighed("S/1", "C/1", "4", "49.6", bin1); err != nil {
		t.Error(err)
	}
	if err := f.shipWeighed("S/2", "C/1", "5", "61.8", bin1); err != nil {
		t.Error(err)
	}
	f.wantStock("all gone", cod, "C/1", "")
	run, err := f.Production.GetRun(t.Context(), &pb.GetRunRequest{ProductionOrderCode: "MO/1", RunCode: "R/1"})
	if got := must(t, run, err); got.Inputs[0].Weight.GetValue() != "36.95" || got.Outputs[0].Weight.GetValue() != "31.2" {
		t.Errorf("the run has %v", got)
	}
	if err := f.reverse(&pb.ReverseOperationRequest{Operation: &pb.ReverseOperationRequest_ShipmentCode{ShipmentCode: "S/1"}}); err != nil {
		t.Error(err)
	}
	f.wantStock("taken back", cod, "C/1", "4=49.6@"+bin1)
	apitest.WantRefusal(t, f.reverseReceipt(receipt), codes.FailedPrecondition, "OPERATION_IN_USE", "")
	dbtest.Reconcile(t, f.DB)
}

// What leaves the records with something that weighs nothing, or the other way, is
// refused, and so is a weight that nobody told.
func TestWeightIsConserved(t *testing.T) {
	t.Parallel()
	f := newFishmonger(t)
	f.receive("C/1", "12", "148.35")
	for name, c := range map[string]struct{ cases, weight, reason, field string }{
		"part without weight":    {"3", "", "WEIGHT_REQUIRED", "lines[0].weight"},
		"more without weight":    {"13", "", "WEIGHT_REQUIRED", "lines[0].weight"},
		"more":                   {"13", "100", "INSUFFICIENT_STOCK", "lines[0]"},
		"all, a little weight":   {"12", "148.34", "WEIGHT_DIFFERS", "lines[0].weight"},
		"all, too much weight":   {"12", "148.36", "WEIGHT_DIFFERS", "lines[0].weight"},
		"part, all the weight":   {"11", "148.35", "INSUFFICIENT_WEIGHT", "lines[0].weight"},
		"part, too much weight":  {"1", "148.36", "INSUFFICIENT_WEIGHT", "lines[0].weight"},
		"finer than the scales":  {"1", "12.345", "WEIGHT_TOO_PRECISE", "lines[0].weight.value"},
		"more than can be":       {"1", "1000000000000000001", "WEIGHT_TOO_LARGE", "lines[0].weight.value"},
		"a weight below nothing": {"1", "-1", "FIELD_INVALID", "lines[0].weight.value"},
	} {
		_, err := f.moveWeighed("C/1", c.cases, c.weight, bin1, bin2)
		code := codes.FailedPrecondition
		if strings.HasSuffix(c.field, ".value") {
			code = codes.InvalidArgument
		}
		if c.reason == "FIELD_INVALID" {
			if err == nil {
				t.Errorf("%s: accepted", name)
			}
			continue
		}
		apitest.WantRefusal(t, err, code, c.reason, c.field)
		if t.Failed() {
			t.Log(name)
		}
	}
	f.wantStock("nothing happened", cod, "C/1", "12=148.35@"+bin1)
	// All, without a weight, in two lines: what the first leaves is the second's.
	req := moving(cod+"/C/1 2 CASE "+bin1+" > "+bin2, cod+"/C/1 10 CASE "+bin1+" > "+zone)
	req.Lines[0].Weight = amount("25", "KGM")
	if _, err := f.Lots.MoveLots(t.Context(), req); err != nil {
		t.Error(err)
	}
	f.wantStock("two lines", cod, "C/1", "10=123.35@"+zone+" 2=25@"+bin2)
	// What is weighed again: missed as it was, found as it is.
	if err := f.adjustWeighed("C/1", zone, "-10", "+10 122.9"); err != nil {
		t.Error(err)
	}
	f.wantStock("weighed again", cod, "C/1", "10=122.9@"+zone+" 2=25@"+bin2)
	if err := f.adjustWeighed("C/1", zone, "-10", "+9 123.4"); err != nil { // less of it that weighs more
		t.Error(err)
	}
	if err := f.adjustWeighed("C/1", zone, "-9", "+10 120"); err != nil { // and more that weighs less
		t.Error(err)
	}
	f.wantStock("counted again", cod, "C/1", "10=120@"+zone+" 2=25@"+bin2)
	apitest.WantRefusal(t, f.adjustWeighed("C/1", zone, "+1"), codes.InvalidArgument, "WEIGHT_REQUIRED", "lines[0].weight")
	apitest.WantRefusal(t, f.adjustWeighed("C/1", zone, "-10", "+1 0.01", "-1 0.02"), codes.FailedPrecondition, "WEIGHT_DIFFERS", "lines[0].weight")
	apitest.WantRefusal(t, f.adjustWeighed("C/1", zone, "+1 5", "-1 126"), codes.FailedPrecondition, "INSUFFICIENT_WEIGHT", "lines[0].weight")
	dbtest.Reconcile(t, f.DB)
}
