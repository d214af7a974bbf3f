package lots_test

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

// store is a running service with the small catalog, a zone with two bins under
// the shelf, and an item that expires.
type store struct {
	*apitest.API
	t *testing.T
}

const (
	oil  = "OIL" // by lot, expiry tracked
	zone = "SHELF-1/ZONE"
	bin1 = "SHELF-1/ZONE/BIN-1"
	bin2 = "SHELF-1/ZONE/BIN-2"
)

func newStore(t *testing.T) *store {
	t.Helper()
	s := &store{apitest.Start(t), t}
	s.Minimal(t)
	for code, parent := range map[string]string{zone: apitest.Shelf} {
		s.PushLocation(t, &pb.Location{Code: code, ParentCode: parent, Kind: pb.LocationKind_LOCATION_KIND_STORAGE})
	}
	for code, parent := range map[string]string{bin1: zone, bin2: zone} {
		s.PushLocation(t, &pb.Location{Code: code, ParentCode: parent, Kind: pb.LocationKind_LOCATION_KIND_STORAGE})
	}
	s.PushItem(t, &pb.Item{Sku: oil, Name: "Oil", BaseUnit: "LTR", Tracking: pb.Tracking_TRACKING_LOT, ExpiryTracked: true})
	return s
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

// moving moves lines "sku/lot quantity unit from > to".
func moving(lines ...string) *pb.MoveLotsRequest {
	req := &pb.MoveLotsRequest{RequestId: apitest.ID()}
	for _, text := range lines {
		fields := strings.Fields(text)
		if len(fields) != 6 || fields[4] != ">" {
			panic("no line: " + text)
		}
		sku, lot, _ := strings.Cut(fields[0], "/")
		req.Lines = append(req.Lines, &pb.MoveLine{
			Sku: sku, LotCode: lot, Quantity: amount(fields[1], fields[2]), FromLocationCode: fields[3], ToLocationCode: fields[5],
		})
	}
	return req
}

func (s *store) move(lines ...string) ([]string, error) {
	resp, err := s.Lots.MoveLots(s.t.Context(), moving(lines...))
	return movements(resp.GetMovements()), err
}

func (s *store) mustMove(lines ...string) []string {
	s.t.Helper()
	got, err := s.move(lines...)
	return must(s.t, got, err)
}

// movements are what a response says was recorded, each in a line.
func movements(list []*pb.Movement) []string {
	var texts []string
	for _, m := range list {
		kind := strings.TrimPrefix(m.Kind.String(), "MOVEMENT_KIND_")
		text := fmt.Sprintf("%s %s/%s %s %s (%s %s) %s>%s", kind, m.Lot.Sku, m.Lot.LotCode,
			m.Quantity.Value, m.Quantity.Unit, m.Entered.Value, m.Entered.Unit, m.FromLocationCode, m.ToLocationCode)
		if m.Document != "" {
			text += " by " + m.Document
		}
		if m.Reason != "" {
			text += " because " + m.Reason
		}
		texts = append(texts, text)
	}
	return texts
}

func same(t testing.TB, what string, got, want []string) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n  %s\nwant\n  %s", what, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func (s *store) lot(sku, code string) *pb.GetLotResponse {
	s.t.Helper()
	resp, err := s.Lots.GetLot(s.t.Context(), &pb.GetLotRequest{Sku: sku, LotCode: code})
	return must(s.t, resp, err)
}

// stock is where a lot is: "3@SHELF-1 2@DOCK-1".
func (s *store) stock(sku, code string) string {
	s.t.Helper()
	return stocks(s.lot(sku, code).Stocks)
}

func stocks(list []*pb.Stock) string {
	var texts []string
	for _, s := range list {
		texts = append(texts, s.OnHand.Value+"@"+s.LocationCode)
	}
	return strings.Join(texts, " ")
}

func (s *store) hold(sku, lot, reason string) *pb.Hold {
	s.t.Helper()
	resp, err := s.Lots.PlaceHold(s.t.Context(), &pb.PlaceHoldRequest{RequestId: apitest.ID(), Sku: sku, LotCode: lot, Reason: reason})
	return must(s.t, resp, err).Hold
}

func (s *store) release(sku, lot string, number int32) (*pb.Hold, error) {
	resp, err := s.Lots.ReleaseHold(s.t.Context(), &pb.ReleaseHoldRequest{
		RequestId: apitest.ID(), Sku: sku, LotCode: lot, Number: number, Reason: "checked",
	})
	return resp.GetHold(), err
}

func (s *store) ship(code, sku, lot, quantity, unit, location string) error {
	_, err := s.Dispatch.Ship(s.t.Context(), &pb.ShipRequest{
		RequestId: apitest.ID(), ShipmentCode: code, CustomerCode: apitest.Customer,
		Lines: []*pb.ShipmentLine{{Sku: sku, LotCode: lot, Quantity: amount(quantity, unit), LocationCode: location}},
	})
	return err
}

// start starts a run R/1 of a production order MO/1.
func (s *store) start() {
	s.t.Helper()
	_, err := s.Production.CreateProductionOrder(s.t.Context(), &pb.CreateProductionOrderRequest{
		RequestId: apitest.ID(), ProductionOrder: &pb.ProductionOrder{Code: "MO/1", Sku: apitest.Bread, Quantity: amount("1", "H87")},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	_, err = s.Production.StartRun(s.t.Context(), &pb.StartRunRequest{
		RequestId: apitest.ID(), ProductionOrderCode: "MO/1", RunCode: "R/1", StartedAt: at("2024-03-01T00:00:00Z"),
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *store) consume(sku, lot, quantity, unit, location string) error {
	_, err := s.Production.ConsumeLots(s.t.Context(), &pb.ConsumeLotsRequest{
		RequestId: apitest.ID(), ProductionOrderCode: "MO/1", RunCode: "R/1",
		Lines: []*pb.ConsumptionLine{{Sku: sku, LotCode: lot, Quantity: amount(quantity, unit), LocationCode: location}},
	})
	return err
}

func (s *store) output(sku, lot, quantity, unit, location string) {
	s.t.Helper()
	_, err := s.Production.RecordOutputs(s.t.Context(), &pb.RecordOutputsRequest{
		RequestId: apitest.ID(), ProductionOrderCode: "MO/1", RunCode: "R/1",
		Lines: []*pb.OutputLine{{Sku: sku, LotCode: lot, Quantity: amount(quantity, unit), LocationCode: location}},
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// receive takes in 10 of an item with dates, and returns the receipt's code.
func (s *store) receive(sku, lot, unit, location, production, expiry string) string {
	s.t.Helper()
	code := apitest.ID()
	_, err := s.Receiving.UpsertPurchaseOrder(s.t.Context(), &pb.UpsertPurchaseOrderRequest{
		RequestId: apitest.ID(),
		PurchaseOrder: &pb.PurchaseOrder{
			Code: code, SupplierCode: apitest.Supplier, Lines: []*pb.PurchaseOrderLine{{LineNumber: 1, Sku: sku, Quantity: amount("10", unit)}},
		},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	_, err = s.Receiving.Receive(s.t.Context(), &pb.ReceiveRequest{
		RequestId: apitest.ID(), ReceiptCode: "RC/" + code, PurchaseOrderCode: code, ReceivedAt: at("2024-03-01T08:00:00Z"),
		Lines: []*pb.ReceiptLine{{
			PurchaseOrderLineNumber: 1, LotCode: lot, SupplierLotCode: "S/" + lot, Quantity: amount("10", unit), LocationCode: location,
			ProductionDate: production, ExpiryDate: expiry,
		}},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return "RC/" + code
}

// pages asks for page after page until the last, and returns the answers; ask
// puts the token into a request and returns the page and the next token.
func pages[T any](t *testing.T, size int, ask func(token string) ([]T, string, error)) []T {
	t.Helper()
	var all []T
	for token, n := "", 0; ; n++ {
		page, next, err := ask(token)
		must(t, page, err)
		all = append(all, page...)
		if next == "" {
			return all
		}
		if len(page) != size {
			t.Fatalf("page %d has %d entries, want %d", n, len(page), size)
		}
		if token = next; n > 100 {
			t.Fatal("the pages do not end")
		}
	}
}
