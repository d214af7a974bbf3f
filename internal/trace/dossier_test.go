package trace_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/demo"
	"github.com/lottrail/lottrail/internal/wording"
)

// dossierOf takes a dossier, whole.
func dossierOf(t testing.TB, api *apitest.API, sku, lotCode string) *pb.GetDossierResponse {
	t.Helper()
	d, err := askDossier(t.Context(), api, &pb.GetDossierRequest{Sku: sku, LotCode: lotCode})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// askDossier takes the parts of a dossier together.
func askDossier(ctx context.Context, api *apitest.API, req *pb.GetDossierRequest) (*pb.GetDossierResponse, error) {
	stream, err := api.Trace.GetDossier(ctx, req)
	if err != nil {
		return nil, err
	}
	all := &pb.GetDossierResponse{}
	for {
		part, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		if all.Statement != nil {
			return nil, errors.New("a part behind the statement")
		}
		proto.Merge(all, part)
	}
}

// tellDossier is a dossier in short, a line each.
func tellDossier(d *pb.GetDossierResponse) (lines []string) {
	say := func(format string, args ...any) {
		lines = append(lines, strings.TrimRight(fmt.Sprintf(format, args...), " "))
	}
	q := wording.Amount
	l := d.Lot
	say("lot %s/%s %s: +%s +%s -%s -%s -%s %s = %s", l.Lot.Sku, l.Lot.LotCode, l.Lot.SupplierCode, q(l.Received), q(l.PutOut), q(l.Consumed), q(l.Shipped), q(l.Scrapped), q(l.Adjusted), q(l.Lot.OnHand))
	back := func(r *pb.Reversal) string {
		if r == nil {
			return ""
		}
		return "taken back: " + r.Reason
	}
	for _, r := range d.Receipts {
		say("receipt %s %s/%d (%s, due %s) %s %s (%s) @ %s %s°C %s of %s %v %s", r.ReceiptCode, r.PurchaseOrderCode, r.PurchaseOrderLineNumber, r.OrderDate, r.DueDate, r.SupplierCode,
			q(r.Quantity), q(r.Entered), r.LocationCode, r.TemperatureCelsius, q(r.Variance.Received), q(r.Variance.Ordered), len(r.References), back(r.Reversal))
	}
	for _, r := range d.Runs {
		say("run %s/%s of %s finished %v: took %s gave %s; %d in, %d out", r.ProductionOrderCode, r.RunCode, r.Sku, r.FinishedAt != nil, r.Consumed.GetValue(), r.PutOut.GetValue(), len(r.Inputs), len(r.Outputs))
	}
	for _, s := range d.Shipments {
		say("shipment %s/%d %s/%d to %s by %s: %s, to arrive %s %s", s.ShipmentCode, s.LineNumber, s.SalesOrderCode, s.SalesOrderLineNumber, s.CustomerCode, s.CarrierCode, q(s.Quantity), s.DeliveryDate, back(s.Reversal))
	}
	for _, s := range d.Stocks {
		say("now %s %s", strings.Join(s.Path, "›"), q(s.OnHand))
	}
	for _, h := range d.Holds {
		say("hold %d %v: %s %s", h.Number, h.Active, h.Reason, h.CaseNumber)
	}
	for _, r := range d.Recalls {
		var way []string
		for _, l := range r.Way {
			way = append(way, l.Sku+"/"+l.LotCode)
		}
		say("recall %s %s %s direct %v hold %d %s %s %s", r.Recall.CaseNumber, r.Recall.Class, r.Recall.State, r.Direct, r.HoldNumber, r.Decision, strings.TrimPrefix(r.Concern.String(), "DOSSIER_CONCERN_"), strings.Join(way, " "))
	}
	for _, s := range d.Stays {
		until := "now"
		if s.Until != nil {
			until = s.Until.AsTime().Format("02 15:04")
		}
		say("at %s %s to %s, at most %s", s.LocationCode, s.From.AsTime().Format("02 15:04"), until, q(s.Most))
	}
	for _, r := range d.Rotations {
		say("rotation %s %s %s: %v %q, %d earlier", r.Kind, r.Document, q(r.Quantity), r.Rotation.InRotation, r.Rotation.Reason, len(r.Rotation.Earlier))
	}
	for _, m := range d.Adjustments {
		say("%s %s %s", m.Kind, q(m.Quantity), m.ReasonCode)
	}
	for _, c := range d.DateChanges {
		say("dates %d: %s to %s, %s %s", c.Number, c.Before.ExpiryDate, c.After.ExpiryDate, c.Reason, c.RetestReference)
	}
	for _, c := range d.Costs {
		say("cost %s/%d: %s %s a %s, %s: %s", c.ReceiptCode, c.PurchaseOrderLineNumber, c.UnitCost.Amount, c.UnitCost.Currency, c.UnitCost.Unit, c.Quantity.GetValue(), c.Amount)
	}
	worth := func(values []*pb.ExpiryValue) (all string) {
		for _, v := range values {
			all += fmt.Sprintf(" %s %s", v.Amount, v.Currency)
			if v.Rounded {
				all += " rounded"
			}
		}
		return all
	}
	say("worth of%s, %s is%s %s", worth(d.Value.Received), q(d.Value.OnHand), worth(d.Value.Values), strings.TrimPrefix(d.Value.UnknownReason.String(), "DOSSIER_VALUE_UNKNOWN_"))
	for _, p := range d.Parties {
		say("party %s %s", p.Code, p.Name)
	}
	return lines
}

// What was taken back, found, thrown away and recorded late is in it too.
func TestDossierOfCorrections(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	ctx := t.Context()
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	kg := func(value string) *pb.Quantity { return &pb.Quantity{Value: value, Unit: "KGM"} }
	must(api.Receiving.UpsertPurchaseOrder(ctx, &pb.UpsertPurchaseOrderRequest{RequestId: apitest.ID(), PurchaseOrder: &pb.PurchaseOrder{
		Code: "PO-1", SupplierCode: apitest.Supplier, OrderDate: "2026-01-02", Lines: []*pb.PurchaseOrderLine{
			{LineNumber: 1, Sku: apitest.Bread, Quantity: &pb.Quantity{Value: "9", Unit: "H87"}, DueDate: "2026-01-03"}, {LineNumber: 7, Sku: apitest.Flour, Quantity: kg("100"), DueDate: "2026-01-05"}},
	}}))
	receive := func(code, quantity, unit, price, of string) {
		t.Helper()
		must(api.Receiving.Receive(ctx, &pb.ReceiveRequest{RequestId: apitest.ID(), ReceiptCode: code, PurchaseOrderCode: "PO-1", Lines: []*pb.ReceiptLine{{
			PurchaseOrderLineNumber: 7, LotCode: "L", Quantity: &pb.Quantity{Value: quantity, Unit: unit}, LocationCode: apitest.Dock, AddToExisting: true, TemperatureCelsius: "4.5",
			UnitCost: &pb.UnitCost{Amount: price, Currency: "EUR", Unit: of},
		}}}))
	}
	receive("RC-1", "50", "KGM", "0.55", "KGM")
	receive("RC-2", "3", "BAG", "12.25", "BAG")
	receive("RC-3", "10", "KGM", "12.25", "BAG")
	receive("RC-4", "10", "KGM", "1", "KGM")
	must(api.Lots.ReverseOperation(ctx, &pb.ReverseOperationRequest{RequestId: apitest.ID(), Operation: &pb.ReverseOperationRequest_ReceiptCode{ReceiptCode: "RC-4"}, Reason: "wrong pallet"}))
	must(api.Lots.MoveLots(ctx, &pb.MoveLotsRequest{RequestId: apitest.ID(), Lines: []*pb.MoveLine{{Sku: apitest.Flour, LotCode: "L", Quantity: kg("135"), FromLocationCode: apitest.Dock, ToLocationCode: apitest.Shelf}}}))
	for _, code := range []string{"S-1", "S-2"} {
		must(api.Dispatch.Ship(ctx, &pb.ShipRequest{RequestId: apitest.ID(), ShipmentCode: code, CustomerCode: apitest.Customer, Lines: []*pb.ShipmentLine{
			{Sku: apitest.Flour, LotCode: "L", Quantity: kg("5"), LocationCode: apitest.Shelf}}}))
	}
	must(api.Lots.ReverseOperation(ctx, &pb.ReverseOperationRequest{RequestId: apitest.ID(), Operation: &pb.ReverseOperationRequest_ShipmentCode{ShipmentCode: "S-1"}, Reason: "never left"}))
	line := []*pb.AdjustmentLine{{Sku: apitest.Flour, LotCode: "L", LocationCode: apitest.Shelf, Quantity: kg("2"), Direction: pb.AdjustmentDirection_ADJUSTMENT_DIRECTION_MISSED}}
	must(api.Lots.AdjustLots(ctx, &pb.AdjustLotsRequest{RequestId: apitest.ID(), ReasonCode: pb.AdjustmentReason_ADJUSTMENT_REASON_COUNT, Justification: "counted", Lines: line}))
	must(api.Lots.ScrapLots(ctx, &pb.ScrapLotsRequest{RequestId: apitest.ID(), ReasonCode: pb.AdjustmentReason_ADJUSTMENT_REASON_DAMAGE, Justification: "wet", Lines: []*pb.ScrapLine{
		{Sku: apitest.Flour, LotCode: "L", LocationCode: apitest.Shelf, Quantity: kg("8")}}}))
	d := dossierOf(t, api, apitest.Flour, "L")
	for _, s := range d.Stays {
		if s.From.AsTime().Before(d.Receipts[0].RecordedAt.AsTime().Add(-time.Minute)) || (s.Until == nil) != (s.LocationCode == apitest.Shelf) {
			t.Errorf("stay %v", s)
		}
		s.From, s.Until = nil, nil // they are of now
	}
	const ordered = " PO-1/7 (2026-01-02, due 2026-01-05) SUP-1 "
	sameLines(t, d, []string{
		"lot FLOUR/L SUP-1: +135 kg +0 kg -0 kg -5 kg -8 kg -2 kg = 120 kg",
		"receipt RC-1" + ordered + "50 kg (50 kg) @ DOCK-1 4.5°C 50 kg of 100 kg 0",
		"receipt RC-2" + ordered + "75 kg (3 BAG) @ DOCK-1 4.5°C 125 kg of 100 kg 0",
		"receipt RC-3" + ordered + "10 kg (10 kg) @ DOCK-1 4.5°C 135 kg of 100 kg 0",
		"receipt RC-4" + ordered + "10 kg (10 kg) @ DOCK-1 4.5°C 145 kg of 100 kg 0 taken back: wrong pallet",
		"shipment S-1/1 /0 to CUS-1 by : 5 kg, to arrive  taken back: never left", "shipment S-2/1 /0 to CUS-1 by : 5 kg, to arrive",
		"now PLANT›SHELF-1 120 kg",
		"at DOCK-1 01 00:00 to now, at most 135 kg", "at SHELF-1 01 00:00 to now, at most 135 kg",
		"MOVEMENT_KIND_ADJUSTMENT 2 kg ADJUSTMENT_REASON_COUNT", "MOVEMENT_KIND_SCRAP 8 kg ADJUSTMENT_REASON_DAMAGE",
		"cost RC-1/7: 0.55 EUR a KGM, 50: 27.5", "cost RC-2/7: 12.25 EUR a BAG, 3: 36.75", "cost RC-3/7: 12.25 EUR a BAG, 10: 4.9", "worth of 69.15 EUR, 120 kg is 61.466666667 EUR rounded UNSPECIFIED",
		"party CUS-1 Shop", "party SUP-1 Mill",
	}, "Complete: 1 location, 0 holds, 0 recalls, 2 shipment lines, 4 receipt lines, 0 runs, ")
}

func TestDossierRefusals(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	api.ReceiveLot(t, apitest.Flour, "L/1", "5", "KGM", apitest.Dock)
	for _, path := range []string{"/v1/items/FLOUR/lots/L%2F1/dossier", "/v1/lot/dossier?sku=FLOUR&lot_code=L%2F1"} {
		status, lines := api.DoLines(t, http.MethodGet, path, nil)
		if len(lines) == 0 || status != http.StatusOK || !strings.Contains(fmt.Sprint(lines[len(lines)-1]), "Complete: 1 location, 0 holds, 0 recalls, 0 shipment lines, 1 receipt line, 0 runs") {
			t.Errorf("%s: HTTP %d, %v", path, status, lines)
		}
	}
	stream, err := api.Trace.GetDossier(t.Context(), &pb.GetDossierRequest{Sku: apitest.Flour, LotCode: "none"})
	if err == nil {
		_, err = stream.Recv()
	}
	apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_LOT", "lot_code")
}

func TestDossierOfTheDay(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	if err := demo.Load(t.Context(), api.Conn, io.Discard); err != nil {
		t.Fatal(err)
	}
	if err := demo.Recall(t.Context(), api.Conn, io.Discard); err != nil {
		t.Fatal(err)
	}
	sameLines(t, dossierOf(t, api, demo.FlourSKU, demo.FlourLot), []string{
		"lot FLOUR-T550/FL-2026-0325 MILL: +498 kg +0 kg -48 kg -0 kg -0 kg 0 kg = 450 kg",
		"receipt RC-7001 PO-7001/1 (, due ) MILL 498 kg (498 kg) @ DOCK-1 °C 498 kg of 500 kg 0",
		"run MO-4101/1 of LEVAIN finished true: took 48 gave ; 2 in, 1 out",
		"now BAKERY›STORE›A-01 448 kg", "now BAKERY›MIX-1 2 kg",
		"hold 1 true: the mill reports splinters of glass in its lot M88/17",
		"hold 2 true: recall Q-2026-014 (class 2): The mill reports splinters of glass in its lot M88/17. Q-2026-014",
		"recall Q-2026-014 RECALL_CLASS_2 RECALL_STATE_ACTIVE direct true hold 2 RECALL_DECISION_UNSPECIFIED DIRECT",
		"at DOCK-1 25 01:30 to 25 01:55, at most 498 kg", "at A-01 25 01:55 to now, at most 498 kg", "at MIX-1 25 02:00 to now, at most 50 kg",
		`rotation MOVEMENT_KIND_CONSUMPTION MO-4101/1 20 kg: false "levain is fed with fresh flour", 1 earlier`,
		`rotation MOVEMENT_KIND_CONSUMPTION MO-4101/1 28 kg: false "levain is fed with fresh flour", 1 earlier`,
		"cost RC-7001/1: 0.62 EUR a KGM, 498: 308.76", "worth of 308.76 EUR, 450 kg is 279 EUR UNSPECIFIED", "party MILL Oberland Mill",
	}, "Complete: 2 locations, 2 holds, 1 recall, 0 shipment lines, 1 receipt line, 1 run, 3 stays at locations, 2 judgements of rotation, 0 adjustments, 0 changes of dates, 1 price; read at ")
	sameLines(t, dossierOf(t, api, "DANISH-CHS", "CD-0325-A"), []string{
		"lot DANISH-CHS/CD-0325-A : +0 pcs +5,760 pcs -0 pcs -3,720 pcs -0 pcs 0 pcs = 2,040 pcs",
		"run MO-4105/1 of DANISH-CHS finished true: took  gave 5760; 2 in, 2 out",
		"shipment SP-9001/1 SO-9001/1 to MARKET by VAN: 3,600 pcs, to arrive 2026-03-26", "shipment SP-9002/1 SO-9002/1 to HOTEL by VAN: 120 pcs, to arrive 2026-03-26",
		"now BAKERY›PACK-1 2,040 pcs",
		"hold 1 false: metal detector check is outstanding",
		"hold 2 true: recall Q-2026-014 (class 2): The mill reports splinters of glass in its lot M88/17. Q-2026-014",
		"recall Q-2026-014 RECALL_CLASS_2 RECALL_STATE_ACTIVE direct false hold 2 RECALL_DECISION_UNSPECIFIED INGREDIENT FLOUR-T550/FL-2026-0325 LEVAIN/LV-0325 DOUGH-DAN/DD-0325-A SHEET-DAN/SH-0325-A DANISH-CHS/CD-0325-A",
		"at PACK-1 25 10:45 to now, at most 5,760 pcs",
		`rotation MOVEMENT_KIND_SHIPMENT SP-9001 3,600 pcs: true "", 0 earlier`, `rotation MOVEMENT_KIND_SHIPMENT SP-9002 120 pcs: true "", 0 earlier`,
		"worth of, 2,040 pcs is NOT_BOUGHT", "party MARKET Harbour Market", "party VAN Early Van", "party HOTEL Hotel Linden",
	}, "Complete: 1 location, 2 holds, 1 recall, 2 shipment lines, 0 receipt lines, 1 run, 1 stay at a location, 2 judgements of rotation, 0 adjustments, 0 changes of dates, 0 prices; read at ")
}

func sameLines(t *testing.T, d *pb.GetDossierResponse, want []string, statement string) {
	t.Helper()
	if got := tellDossier(d); !slices.Equal(got, want) {
		t.Errorf("the dossier says\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if s := d.GetStatement(); !s.GetComplete() || !strings.HasPrefix(s.GetStatement(), statement) || len(s.GetOmissions()) > 0 || s.GetReadAt() == nil {
		t.Errorf("statement %v", s)
	}
}
