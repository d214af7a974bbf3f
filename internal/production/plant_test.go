package production_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// plant is a running service with the small catalog and what production needs
// beside it.
type plant struct {
	*apitest.API
	t *testing.T
}

// Codes of what newPlant pushes beside apitest's.
const (
	cake    = "CAKE"    // by lot, in H87, expiry tracked, keeps for 3 days
	machine = "MACHINE" // by serial, in H87
	bran    = "BRAN"    // untracked, in KGM with 3 decimals, keeps for 30 days
	oil     = "OIL"     // by lot, expiry tracked, no shelf life
	far     = "FAR-1"   // in a site at Honolulu, ten hours behind UTC
)

func newPlant(t *testing.T) *plant {
	t.Helper()
	p := &plant{apitest.Start(t), t}
	p.Minimal(t)
	p.PushLocation(t, &pb.Location{Code: "FAR", Kind: pb.LocationKind_LOCATION_KIND_SITE, TimeZone: "Pacific/Honolulu"})
	p.PushLocation(t, &pb.Location{Code: far, ParentCode: "FAR", Kind: pb.LocationKind_LOCATION_KIND_STORAGE})
	p.PushItem(t, &pb.Item{Sku: cake, Name: "Cake", BaseUnit: "H87", Tracking: pb.Tracking_TRACKING_LOT, ExpiryTracked: true, ShelfLifeDays: 3})
	p.PushItem(t, &pb.Item{Sku: machine, Name: "Machine", BaseUnit: "H87", Tracking: pb.Tracking_TRACKING_SERIAL})
	p.PushItem(t, &pb.Item{Sku: bran, Name: "Bran", BaseUnit: "KGM", Decimals: 3, Tracking: pb.Tracking_TRACKING_NONE, ShelfLifeDays: 30})
	p.PushItem(t, &pb.Item{Sku: oil, Name: "Oil", BaseUnit: "LTR", Tracking: pb.Tracking_TRACKING_LOT, ExpiryTracked: true})
	return p
}

func must[T any](t testing.TB, resp T, err error) T {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

func at(text string) *timestamppb.Timestamp {
	moment, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return timestamppb.New(moment)
}

func amount(value, unit string) *pb.Quantity { return &pb.Quantity{Value: value, Unit: unit} }

// order creates a production order of 1 piece of bread.
func (p *plant) order(code string) {
	p.t.Helper()
	resp, err := p.Production.CreateProductionOrder(p.t.Context(), &pb.CreateProductionOrderRequest{
		RequestId: apitest.ID(), ProductionOrder: &pb.ProductionOrder{Code: code, Sku: apitest.Bread, Quantity: amount("1", "H87")},
	})
	must(p.t, resp, err)
}

// start starts a run of an order, long ago.
func (p *plant) start(order, run string) {
	p.t.Helper()
	resp, err := p.Production.StartRun(p.t.Context(), &pb.StartRunRequest{
		RequestId: apitest.ID(), ProductionOrderCode: order, RunCode: run, StartedAt: at("2024-03-01T00:00:00Z"),
	})
	must(p.t, resp, err)
}

// running is a plant with an order MO-1 and a run R1 of it.
func running(t *testing.T) *plant {
	t.Helper()
	p := newPlant(t)
	p.order("MO-1")
	p.start("MO-1", "R1")
	return p
}

func (p *plant) finish(order, run string) error {
	_, err := p.Production.FinishRun(p.t.Context(), &pb.FinishRunRequest{RequestId: apitest.ID(), ProductionOrderCode: order, RunCode: run})
	return err
}

// in is a line "sku/lot quantity unit @ location" to be consumed.
func in(text string) *pb.ConsumptionLine {
	sku, lot, quantity, location := parse(text)
	return &pb.ConsumptionLine{Sku: sku, LotCode: lot, Quantity: quantity, LocationCode: location}
}

// out is such a line to be put out.
func out(text string) *pb.OutputLine {
	sku, lot, quantity, location := parse(text)
	return &pb.OutputLine{Sku: sku, LotCode: lot, Quantity: quantity, LocationCode: location}
}

func parse(text string) (sku, lot string, quantity *pb.Quantity, location string) {
	fields := strings.Fields(text)
	if len(fields) != 5 || fields[3] != "@" {
		panic("no line: " + text)
	}
	sku, lot, _ = strings.Cut(fields[0], "/")
	return sku, lot, amount(fields[1], fields[2]), fields[4]
}

func (p *plant) consume(order, run string, lines ...*pb.ConsumptionLine) ([]string, error) {
	resp, err := p.Production.ConsumeLots(p.t.Context(), &pb.ConsumeLotsRequest{
		RequestId: apitest.ID(), ProductionOrderCode: order, RunCode: run, Lines: lines,
	})
	return movements(resp.GetMovements()), err
}

func (p *plant) output(order, run string, lines ...*pb.OutputLine) ([]string, error) {
	resp, err := p.Production.RecordOutputs(p.t.Context(), &pb.RecordOutputsRequest{
		RequestId: apitest.ID(), ProductionOrderCode: order, RunCode: run, Lines: lines,
	})
	return movements(resp.GetMovements()), err
}

// movements are what a response says was recorded, each in a line.
func movements(list []*pb.Movement) []string {
	var texts []string
	for _, m := range list {
		kind := strings.TrimPrefix(m.Kind.String(), "MOVEMENT_KIND_")
		texts = append(texts, fmt.Sprintf("%s %s/%s %s %s (%s %s) %s>%s %s", kind, m.Lot.Sku, m.Lot.LotCode,
			m.Quantity.Value, m.Quantity.Unit, m.Entered.Value, m.Entered.Unit, m.FromLocationCode, m.ToLocationCode, m.Document))
	}
	return texts
}

func same(t testing.TB, what string, got, want []string) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n  %s\nwant\n  %s", what, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// runLots are what a run took and put out: "in FLOUR/FL-1 3 KGM".
func (p *plant) runLots(order, run string) []string {
	p.t.Helper()
	resp, err := p.Production.GetRun(p.t.Context(), &pb.GetRunRequest{ProductionOrderCode: order, RunCode: run})
	must(p.t, resp, err)
	if resp.Truncated {
		p.t.Error("truncated")
	}
	var texts []string
	for _, l := range resp.Inputs {
		texts = append(texts, fmt.Sprintf("in %s/%s %s %s", l.Lot.Sku, l.Lot.LotCode, l.Quantity.Value, l.Quantity.Unit))
	}
	for _, l := range resp.Outputs {
		texts = append(texts, fmt.Sprintf("out %s/%s %s %s", l.Lot.Sku, l.Lot.LotCode, l.Quantity.Value, l.Quantity.Unit))
	}
	return texts
}

func (p *plant) lot(sku, code string) *pb.GetLotResponse {
	p.t.Helper()
	resp, err := p.Lots.GetLot(p.t.Context(), &pb.GetLotRequest{Sku: sku, LotCode: code})
	return must(p.t, resp, err)
}

// stock is where a lot is: "3@SHELF-1 2@DOCK-1".
func (p *plant) stock(sku, code string) string {
	p.t.Helper()
	var texts []string
	for _, s := range p.lot(sku, code).Stocks {
		texts = append(texts, s.OnHand.Value+"@"+s.LocationCode)
	}
	return strings.Join(texts, " ")
}

// receive takes in a line as in, at a moment, with an expiry date or none.
func (p *plant) receive(text, moment, expiry string) {
	p.t.Helper()
	sku, lot, quantity, location := parse(text)
	code := apitest.ID()
	_, err := p.Receiving.UpsertPurchaseOrder(p.t.Context(), &pb.UpsertPurchaseOrderRequest{
		RequestId: apitest.ID(),
		PurchaseOrder: &pb.PurchaseOrder{
			Code: code, SupplierCode: apitest.Supplier, Lines: []*pb.PurchaseOrderLine{{LineNumber: 1, Sku: sku, Quantity: quantity}},
		},
	})
	if err != nil {
		p.t.Fatal(err)
	}
	_, err = p.Receiving.Receive(p.t.Context(), &pb.ReceiveRequest{
		RequestId: apitest.ID(), ReceiptCode: code, PurchaseOrderCode: code, ReceivedAt: at(moment),
		Lines: []*pb.ReceiptLine{{PurchaseOrderLineNumber: 1, LotCode: lot, Quantity: quantity, LocationCode: location, ExpiryDate: expiry}},
	})
	if err != nil {
		p.t.Fatal(err)
	}
}

// inferred are the codes of an untracked item's lots, the oldest received first:
// their numbers stand for them in the tests.
func (p *plant) inferred(sku string) []string {
	p.t.Helper()
	resp, err := p.Lots.ListLots(p.t.Context(), &pb.ListLotsRequest{Sku: sku})
	must(p.t, resp, err)
	var codes []string
	for _, l := range resp.Lots {
		if !l.Inferred {
			p.t.Errorf("lot %q of %q is not inferred", l.LotCode, sku)
		}
		codes = append(codes, l.LotCode)
	}
	return codes
}
