package packet_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/packet"
	"github.com/lottrail/lottrail/internal/picture"
)

// nasty is what a page must show and not obey.
const nasty = `<script>document.title="run"</script>`

// sample is everything that a page is made of.
type sample struct {
	head      packet.Head
	customers []packet.Customer
	places    []packet.Place
	lots      []*pb.RecallLot
	runs      []*pb.RecallRun
	suppliers []packet.Supplier
	picture   *picture.Graph
	events    []*pb.RecallEvent
}

func at(day, hour, minute int) *timestamppb.Timestamp {
	return timestamppb.New(time.Date(2026, time.March, day, hour, minute, 0, 0, time.UTC))
}

func kg(value string) *pb.Quantity  { return &pb.Quantity{Value: value, Unit: "KGM"} }
func pcs(value string) *pb.Quantity { return &pb.Quantity{Value: value, Unit: "H87"} }

func key(sku, code string) *pb.LotKey { return &pb.LotKey{Sku: sku, LotCode: code} }

const (
	preview  = pb.RecallLotState_RECALL_LOT_STATE_PREVIEW
	held     = pb.RecallLotState_RECALL_LOT_STATE_HELD
	kept     = pb.RecallLotState_RECALL_LOT_STATE_KEPT
	released = pb.RecallLotState_RECALL_LOT_STATE_RELEASED
)

// bakery is a small packet with a bit of everything, nasty names among it.
func bakery() *sample {
	flour := &pb.RecallLot{
		Lot: key("FLOUR-T550", "FL-2026-0325"), ItemName: "wheat flour", Direct: true, Ingredient: true, State: held, HoldNumber: 2,
		SupplierLotCode: "M88/17", ProductionDate: "2026-03-20", ExpiryDate: "2026-09-16",
		Total: kg("498"), OnHand: kg("450"), InProcess: kg("0"), Consumed: kg("48"), Shipped: kg("0"),
	}
	dough := &pb.RecallLot{
		Lot: key("DOUGH-DAN", nasty), ItemName: "danish dough", Ingredient: true, State: released, HoldNumber: 1,
		DecisionReason: "only in the mixer, which was " + nasty, ProductionOrderCode: "MO-4103", RunCode: "1", ProductionDate: "2026-03-25", ExpiryDate: "2026-03-27",
		Total: kg("482"), OnHand: kg("12.5"), InProcess: kg("62"), Consumed: kg("407.5"), Shipped: kg("0"),
	}
	danish := &pb.RecallLot{
		Lot: key("DANISH-CHS", "CD-0325-A"), ItemName: nasty, State: kept, HoldNumber: 1, DecisionReason: "to be destroyed",
		ProductionOrderCode: "MO-4105", RunCode: "1", ProductionDate: "2026-03-25", ExpiryDate: "2026-03-28",
		Total: pcs("5760"), OnHand: pcs("2040"), InProcess: pcs("0"), Consumed: pcs("0"), Shipped: pcs("3720"),
	}
	salt := &pb.RecallLot{
		Lot: key("SALT", "receipt RC-6951 line 1"), ItemName: "salt", Inferred: true, Ingredient: true, State: held, HoldNumber: 1,
		Total: kg("25"), OnHand: kg("0"), InProcess: kg("7.5"), Consumed: kg("17.5"), Shipped: kg("0"),
	}
	cafe := &pb.Party{
		Code: "CAFE", Name: "Corner Café", Gln: "4006381333931", Address: "Main Street 1\n10115 Berlin",
		Contacts: []*pb.Contact{
			{Name: "Otto Maier", Role: "orders", Email: "otto@cafe.example"},
			{Name: "Mia Vogt", Role: "recall", Phone: "+49 30 23125 220", Email: "mia@cafe.example"},
		},
	}
	hotel := &pb.Party{Code: "HOTEL", Name: "Hotel " + nasty}
	mill := &pb.Party{Code: "MILL", Name: "Oberland Mill", Contacts: []*pb.Contact{{Name: "Jonas Roth", Role: "quality", Phone: "030/23125-100 (till four)"}}}
	s := &sample{
		head: packet.Head{
			Recall: &pb.Recall{
				CaseNumber: "Q-2026-014", Class: pb.RecallClass_RECALL_CLASS_2, Reason: "Splinters of glass in the mill's lot M88/17.\nReported by telephone. " + nasty,
				State: pb.RecallState_RECALL_STATE_ACTIVE, Lots: []*pb.LotKey{flour.Lot}, OpenedAt: at(25, 16, 31), OpenedBy: "q.berg",
				ActivatedAt: at(25, 16, 40), ActivatedBy: "q.berg",
			},
			Statement: &pb.RecallStatement{
				Complete: true, ReadAt: at(25, 17, 2), LogPosition: &pb.LogPosition{LogIndex: 12345, SealedAt: at(25, 17, 1), UnloggedCount: 2},
				Scope: &pb.RecallScope{
					Fixed: true, LotCount: 4, LotOnHandCount: 3, LotHeldCount: 2, LotUndecidedCount: 1, RunCount: 2, OpenRunCount: 1, ShipmentCount: 3, CustomerCount: 2,
				},
				Statement: "Complete: 4 lots, 3 of them on hand, 2 runs (1 in process), 3 shipment lines to 2 customers; read at 2026-03-25T17:02:00Z.",
			},
			Direct: []*pb.RecallLot{flour}, Places: 2,
			ItemNames: map[string]string{"FLOUR-T550": "wheat flour", "DOUGH-DAN": "danish dough", "DANISH-CHS": nasty, "SALT": "salt"},
		},
		lots: []*pb.RecallLot{flour, danish, dough, salt},
		customers: []packet.Customer{
			{Party: cafe, Shipments: []*pb.RecallShipment{
				{Lot: danish.Lot, ShipmentCode: "SP-9003", LineNumber: 1, SalesOrderCode: "SO-9003", SalesOrderLineNumber: 1, CustomerCode: "CAFE", CustomerName: cafe.Name, Quantity: pcs("120"), ShippedAt: at(25, 13, 0), DeliveryDate: "2026-03-26"},
				{Lot: danish.Lot, ShipmentCode: "SP-9004", LineNumber: 2, CustomerCode: "CAFE", CustomerName: cafe.Name, Quantity: pcs("3480"), ShippedAt: at(25, 14, 0)},
			}},
			{Party: hotel, Shipments: []*pb.RecallShipment{
				{Lot: danish.Lot, ShipmentCode: "SP-9002", LineNumber: 1, SalesOrderCode: nasty, SalesOrderLineNumber: 1, CustomerCode: "HOTEL", CustomerName: hotel.Name, Quantity: pcs("120"), ShippedAt: at(25, 12, 40)},
			}},
		},
		places: []packet.Place{
			{Code: "A-01", Name: "New flour", Within: "The bakery", Lots: []packet.Stock{{Lot: flour.Lot, OnHand: kg("450"), State: held, ExpiryDate: "2026-09-16"}}},
			{Code: nasty, Name: "Packing", Lots: []packet.Stock{
				{Lot: danish.Lot, OnHand: pcs("2040"), State: kept, ExpiryDate: "2026-03-28"}, {Lot: dough.Lot, OnHand: kg("12.5"), State: released},
			}},
		},
		runs: []*pb.RecallRun{
			{ProductionOrderCode: "MO-4105", RunCode: nasty, StartedAt: at(25, 10, 55), Inputs: []*pb.RunLot{{Lot: dough.Lot, Quantity: kg("62")}, {Lot: salt.Lot, Quantity: kg("7.5")}}},
			{ProductionOrderCode: "MO-4103", RunCode: "1", StartedAt: at(25, 6, 10), FinishedAt: at(25, 8, 50), Inputs: []*pb.RunLot{{Lot: flour.Lot, Quantity: kg("48")}}, Outputs: []*pb.RunLot{{Lot: dough.Lot, Quantity: kg("482")}}},
		},
		suppliers: []packet.Supplier{{Party: mill, Receipts: []*pb.RecallReceipt{{
			Lot: flour.Lot, ReceiptCode: "RC-7001", PurchaseOrderCode: "PO-7001", PurchaseOrderLineNumber: 1, SupplierCode: "MILL", SupplierLotCode: "M88/17",
			Quantity: kg("498"), ReceivedAt: at(25, 1, 30), References: []*pb.Reference{{Kind: "invoice", Value: "INV-20533"}, {Kind: "delivery_note", Value: nasty}},
		}}}},
		picture: drawing(1),
		events: []*pb.RecallEvent{
			{Kind: pb.RecallEventKind_RECALL_EVENT_KIND_OPENED, RecordedAt: at(25, 16, 31), Principal: "q.berg", LotCount: 1, Lots: []*pb.LotKey{flour.Lot}},
			{Kind: pb.RecallEventKind_RECALL_EVENT_KIND_ACTIVATED, RecordedAt: at(25, 16, 40), Principal: "q.berg", LotCount: 4, Lots: []*pb.LotKey{danish.Lot, dough.Lot, flour.Lot}},
			{Kind: pb.RecallEventKind_RECALL_EVENT_KIND_KEPT, RecordedAt: at(25, 16, 55), Principal: "q.berg", Reason: "to be destroyed", LotCount: 1, Lots: []*pb.LotKey{danish.Lot}},
		},
	}
	return s
}

// drawing is flour of the mill that went into so many doughs, each of which was baked and
// shipped.
func drawing(doughs int) *picture.Graph {
	s := picture.NewSheet(picture.ByEdges)
	mill := s.Add(picture.Node{Kind: picture.Supplier, Title: "Oberland Mill", Lines: []string{"MILL"}})
	flour := s.Add(picture.Node{Kind: picture.Lot, Title: "FL-2026-0325", Lines: []string{"wheat flour", "450 kg on hand"}, Group: "FLOUR-T550", Seed: true, Held: true})
	hotel := s.Add(picture.Node{Kind: picture.Customer, Title: "Hotel " + nasty, Lines: []string{"HOTEL"}})
	s.Join(mill, flour, kg("498"))
	for i := range doughs {
		mix := s.Add(picture.Node{Kind: picture.Run, Title: fmt.Sprint("MO-4103 / ", i+1), Group: "DOUGH-DAN"})
		dough := s.Add(picture.Node{Kind: picture.Lot, Title: nasty, Lines: []string{"danish dough"}, Group: "DOUGH-DAN"})
		bake := s.Add(picture.Node{Kind: picture.Run, Title: fmt.Sprint("MO-4105 / ", i+1), Group: "DANISH-CHS", Open: i == 0})
		danish := s.Add(picture.Node{Kind: picture.Lot, Title: fmt.Sprint("CD-0325-", i+1), Lines: []string{nasty}, Group: "DANISH-CHS", Held: true, Gone: true})
		s.Join(flour, mix, kg("48"))
		s.Join(mix, dough, kg("482"))
		s.Join(dough, bake, kg("62"))
		s.Join(bake, danish, pcs("5760"))
		s.Join(danish, hotel, pcs("120"))
	}
	return s.Graph()
}

// asPreview makes of a sample that of a case that is not activated.
func (s *sample) asPreview() *sample {
	r := s.head.Recall
	r.State, r.ActivatedAt, r.ActivatedBy = pb.RecallState_RECALL_STATE_OPEN, nil, ""
	for _, lot := range s.lots {
		lot.State, lot.HoldNumber, lot.DecisionReason = preview, 0, ""
	}
	for _, place := range s.places {
		for i := range place.Lots {
			place.Lots[i].State = preview
		}
	}
	scope := s.head.Statement.Scope
	scope.Fixed, scope.LotHeldCount, scope.LotUndecidedCount = false, 0, 0
	s.events = s.events[:1]
	return s
}

// plant is a large packet.
func plant(lots, customers, lines int) *sample {
	s := bakery()
	s.picture = drawing(20)
	for i := range lots {
		lot := &pb.RecallLot{
			Lot: key(fmt.Sprintf("ITEM-%03d", i%7), fmt.Sprintf("L-%05d", i)), ItemName: fmt.Sprintf("some product number %d", i%7), State: held, HoldNumber: 1,
			ProductionOrderCode: fmt.Sprintf("MO-%04d", i/3), RunCode: "1", ProductionDate: "2026-03-25", ExpiryDate: "2026-03-28",
			Total: kg("1234567.125"), OnHand: kg("1000"), InProcess: kg("0"), Consumed: kg("0"), Shipped: kg("1233567.125"),
		}
		s.lots = append(s.lots, lot)
		s.places[0].Lots = append(s.places[0].Lots, packet.Stock{Lot: lot.Lot, OnHand: kg("1000"), State: held, ExpiryDate: "2026-03-28"})
		s.head.ItemNames[lot.Lot.Sku] = lot.ItemName
	}
	for i := range customers {
		c := packet.Customer{Party: &pb.Party{Code: fmt.Sprintf("C-%04d", i), Name: fmt.Sprintf("Customer number %d", i), Contacts: []*pb.Contact{{Name: "Recall desk", Role: "recall", Phone: "+49 30 1000"}}}}
		for j := range lines {
			c.Shipments = append(c.Shipments, &pb.RecallShipment{
				Lot: s.lots[4+(i+j)%lots].Lot, ShipmentCode: fmt.Sprintf("SP-%04d-%02d", i, j), LineNumber: 1, SalesOrderCode: fmt.Sprintf("SO-%04d", i), SalesOrderLineNumber: 1,
				Quantity: kg("12345.125"), ShippedAt: at(25, 13, 0), DeliveryDate: "2026-03-26",
			})
		}
		s.customers = append(s.customers, c)
	}
	scope := s.head.Statement.Scope
	scope.LotCount += int32(lots)
	scope.CustomerCount += int32(customers)
	scope.ShipmentCount += int32(customers * lines)
	return s
}

// begin writes the head, and each section in its order.
func (s *sample) write(w *bytes.Buffer) error {
	p, err := packet.Begin(w, s.head)
	if err != nil {
		return err
	}
	var steps []func() error
	for _, c := range s.customers {
		steps = append(steps, func() error { return p.Customer(c) })
	}
	for _, place := range s.places {
		steps = append(steps, func() error { return p.Place(place) })
	}
	half := len(s.lots) / 2
	steps = append(steps, func() error { return p.Lots(s.lots[:half]) }, func() error { return p.Lots(s.lots[half:]) }, func() error { return p.Runs(s.runs) })
	for _, supplier := range s.suppliers {
		steps = append(steps, func() error { return p.Supplier(supplier) })
	}
	steps = append(steps, func() error { return p.Picture(s.picture) }, func() error { return p.Events(s.events) }, p.End)
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (s *sample) page(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := s.write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
