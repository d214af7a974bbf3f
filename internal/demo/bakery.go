package demo

import (
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/civil"
)

// What the demo asks about once the day is over.
const (
	FlourSKU    = "FLOUR-T550"
	FlourLot    = "FL-2026-0325"
	DanishSKU   = "DANISH-CHS"
	DanishLot   = "CD-0325-B"
	ColdRoom    = "COLD-1"
	FlourOrder  = "PO-7001"
	HotelParcel = "SP-9002"
)

const (
	butterSKU, cheeseSKU, saltSKU            = "BUTTER-82", "CHEESE-20", "SALT"
	levainSKU, doughSKU, sheetSKU            = "LEVAIN", "DOUGH-DAN", "SHEET-DAN"
	trimmingsSKU, fillingSKU, wheySKU        = "TRIM-DAN", "FILL-CHS", "WHEY"
	brokenSKU                                = "DANISH-BRK"
	dock, flourShelf, oldShelf, mixing, pack = "DOCK-1", "A-01", "A-02", "MIX-1", "PACK-1"
	mill, dairy, wholesale                   = "MILL", "DAIRY", "WHOLESALE"
	market, hotel, cafe, farm, van           = "MARKET", "HOTEL", "CAFE", "FARM", "VAN"
	kilogram, piece                          = "KGM", "H87"
)

// freshFlour is why the levain gets the newer flour while there is older.
const freshFlour = "levain is fed with fresh flour"

// chapter is a part of the story.
type chapter struct {
	title string
	steps []step
}

// step is one call, as any ERP, scanner or weighing scale would make it.
type step struct {
	// request is of any type that load.go knows how to call and to tell.
	request proto.Message
	// refused is the reason with which the call has to be refused.
	refused string
	// again sends the same request a second time under the same request id.
	again bool
	// note is told with it.
	note string
}

// story is a day of a bakery. Everything is told with the time at which it
// happened, so that the day is the same whenever the demo runs: dates are
// judged by these times and not by today's.
func story() []chapter {
	return []chapter{
		{"Master data, pushed by the ERP", []step{{request: items()}, {request: parties()}, {request: locations()}}},
		{"Purchase order → lot: what the dock takes in", receiving()},
		{"Lot ↔ location: put away, and find again", warehouse()},
		{"Lots into lots: what the bakery makes of them", production()},
		{"Lot → sales order: what leaves, and to whom", dispatch()},
		{"Half past five in the evening: the mill is on the telephone", alarm()},
	}
}

func receiving() []step {
	return []step{
		{request: purchase("PO-6950", mill, "INV-20419", orderLine(1, FlourSKU, "400", kilogram))},
		{request: receive("03-11 09:00", "RC-6950", "PO-6950", &pb.ReceiptLine{
			PurchaseOrderLineNumber: 1, LotCode: "FL-2026-0311", SupplierLotCode: "M87/2", Quantity: amount("400", kilogram), LocationCode: oldShelf,
		})},
		{request: purchase("PO-6951", wholesale, "INV-8-1177", orderLine(1, saltSKU, "25", kilogram))},
		{note: "salt is not tracked by lot, so the service makes a lot of what came", request: receive("03-11 09:30", "RC-6951", "PO-6951", &pb.ReceiptLine{
			PurchaseOrderLineNumber: 1, Quantity: amount("25", kilogram), LocationCode: mixing,
		})},
		{request: purchase(FlourOrder, mill, "INV-20533", orderLine(1, FlourSKU, "20", "BAG"))},
		{again: true, request: receive("03-25 02:30", "RC-7001", FlourOrder, &pb.ReceiptLine{
			PurchaseOrderLineNumber: 1, LotCode: FlourLot, SupplierLotCode: "M88/17", Quantity: amount("498", kilogram), LocationCode: dock,
			ProductionDate: "2026-03-20", UnitCost: &pb.UnitCost{Amount: "0.62", Currency: "EUR", Unit: kilogram},
		})},
		{request: purchase("PO-7002", dairy, "R-55012", orderLine(1, butterSKU, "15", "CASE"), orderLine(2, cheeseSKU, "22", "TUB"))},
		{request: receive("03-25 02:50", "RC-7002", "PO-7002",
			&pb.ReceiptLine{
				PurchaseOrderLineNumber: 1, LotCode: "BU-0325", SupplierLotCode: "84-2", Quantity: amount("15", "CASE"), LocationCode: dock,
				ExpiryDate: "2026-05-20", TemperatureCelsius: "4.2", UnitCost: &pb.UnitCost{Amount: "71.50", Currency: "EUR", Unit: "CASE"},
			},
			&pb.ReceiptLine{
				PurchaseOrderLineNumber: 2, LotCode: "FC-0325", SupplierLotCode: "84-9", Quantity: amount("22", "TUB"), LocationCode: dock,
				ExpiryDate: "2026-04-08", TemperatureCelsius: "3.8",
			})},
	}
}

func warehouse() []step {
	return []step{
		{request: move("03-25 02:55", "put-away",
			moveLine(FlourSKU, FlourLot, "498", kilogram, dock, flourShelf),
			moveLine(butterSKU, "BU-0325", "15", "CASE", dock, ColdRoom),
			moveLine(cheeseSKU, "FC-0325", "22", "TUB", dock, ColdRoom))},
		{request: move("03-25 03:00", "to the mixer", moveLine(FlourSKU, FlourLot, "2", "BAG", flourShelf, mixing))},
		{request: &pb.LocateLotRequest{Sku: FlourSKU, LotCode: FlourLot}},
		{request: &pb.ListLocationContentsRequest{LocationCode: ColdRoom}},
	}
}

func production() []step {
	return []step{
		{request: produce("MO-4101", levainSKU, "100")},
		{request: start("03-25 03:05", "MO-4101", "1")},
		{request: consume("03-25 03:10", "MO-4101", "1", ahead(consumed(FlourSKU, FlourLot, mixing, "20", kilogram), freshFlour))},
		{request: output("03-25 05:00", "MO-4101", "1", made(levainSKU, "LV-0325", mixing, "40", kilogram))},
		{note: "the run takes back some of its own levain, to feed it", request: consume("03-25 05:10", "MO-4101", "1",
			consumed(levainSKU, "LV-0325", mixing, "10", kilogram), ahead(consumed(FlourSKU, FlourLot, mixing, "28", kilogram), freshFlour))},

		{request: produce("MO-4102", fillingSKU, "98")},
		{request: start("03-25 05:20", "MO-4102", "1")},
		{request: consume("03-25 05:25", "MO-4102", "1", consumed(cheeseSKU, "FC-0325", ColdRoom, "22", "TUB"))},
		{note: "whey is a by-product", request: output("03-25 06:40", "MO-4102", "1",
			made(fillingSKU, "FI-0325", ColdRoom, "98", kilogram), made(wheySKU, "WH-0325", ColdRoom, "12", kilogram))},
		{request: finish("03-25 06:45", "MO-4102", "1")},

		{request: output("03-25 07:00", "MO-4101", "1", made(levainSKU, "LV-0325", mixing, "68", kilogram))},
		{request: finish("03-25 07:05", "MO-4101", "1")},

		{request: produce("MO-4103", doughSKU, "480")},
		{request: start("03-25 07:10", "MO-4103", "1")},
		{note: "nobody names a lot of the salt: the oldest is drawn", request: consume("03-25 07:15", "MO-4103", "1", consumed(levainSKU, "LV-0325", mixing, "94", kilogram),
			consumed(FlourSKU, "FL-2026-0311", oldShelf, "260", kilogram), consumed(saltSKU, "", mixing, "7.5", kilogram))},
		{request: output("03-25 08:00", "MO-4103", "1", made(doughSKU, "DD-0325-A", mixing, "420", kilogram))},

		{request: produce("MO-4104", sheetSKU, "580")},
		{request: start("03-25 08:10", "MO-4104", "1")},
		{request: consume("03-25 08:15", "MO-4104", "1",
			consumed(doughSKU, "DD-0325-A", mixing, "420", kilogram), consumed(butterSKU, "BU-0325", ColdRoom, "11", "CASE"))},
		{note: "trimmings are a by-product", request: output("03-25 09:00", "MO-4104", "1",
			made(sheetSKU, "SH-0325-A", ColdRoom, "505", kilogram), made(trimmingsSKU, "TR-0325", mixing, "25", kilogram))},
		{request: finish("03-25 09:05", "MO-4104", "1")},

		{note: "rework: the trimmings go back into the dough that they were cut from", request: consume("03-25 09:15", "MO-4103", "1",
			consumed(trimmingsSKU, "TR-0325", mixing, "25", kilogram), consumed(FlourSKU, "FL-2026-0311", oldShelf, "30", kilogram))},
		{request: output("03-25 09:45", "MO-4103", "1", made(doughSKU, "DD-0325-B", mixing, "62", kilogram))},
		{request: finish("03-25 09:50", "MO-4103", "1")},
		{request: start("03-25 09:55", "MO-4104", "2")},
		{request: consume("03-25 10:00", "MO-4104", "2",
			consumed(doughSKU, "DD-0325-B", mixing, "62", kilogram), consumed(butterSKU, "BU-0325", ColdRoom, "16", kilogram))},
		{request: output("03-25 10:30", "MO-4104", "2", made(sheetSKU, "SH-0325-B", ColdRoom, "76", kilogram))},
		{request: finish("03-25 10:35", "MO-4104", "2")},

		{request: produce("MO-4105", DanishSKU, "6600")},
		{request: start("03-25 10:40", "MO-4105", "1")},
		{request: consume("03-25 10:45", "MO-4105", "1",
			consumed(sheetSKU, "SH-0325-A", ColdRoom, "505", kilogram), consumed(fillingSKU, "FI-0325", ColdRoom, "84", kilogram))},
		{request: output("03-25 11:45", "MO-4105", "1",
			made(DanishSKU, "CD-0325-A", pack, "240", "CASE"), made(brokenSKU, "BR-0325", pack, "14", kilogram))},
		{request: finish("03-25 11:50", "MO-4105", "1")},
		{request: start("03-25 11:55", "MO-4105", "2")},
		{request: consume("03-25 12:00", "MO-4105", "2",
			consumed(sheetSKU, "SH-0325-B", ColdRoom, "76", kilogram), consumed(fillingSKU, "FI-0325", ColdRoom, "12.6", kilogram))},
		{note: "more to come: the run stays in process", request: output("03-25 12:50", "MO-4105", "2", made(DanishSKU, DanishLot, pack, "35", "CASE"))},
	}
}

func dispatch() []step {
	toMarket := ship("03-25 13:00", "SP-9001", "SO-9001", shipped(1, DanishSKU, "CD-0325-A", "150", "CASE"))
	return []step{
		{request: sales("SO-9001", market, salesLine(1, DanishSKU, "150", "CASE"))},
		{request: sales("SO-9002", hotel, salesLine(1, DanishSKU, "10", "CASE"))},
		{request: sales("SO-9003", cafe, salesLine(1, DanishSKU, "120", piece))},
		{request: hold(DanishSKU, "CD-0325-A", "metal detector check is outstanding")},
		{request: toMarket, refused: "LOT_HELD"},
		{request: release(DanishSKU, "CD-0325-A", 1, "metal detector checked at 13:20, all clear")},
		{request: ship("03-25 13:30", "SP-9001", "SO-9001", shipped(1, DanishSKU, "CD-0325-A", "150", "CASE"))},
		{request: ship("03-25 13:40", HotelParcel, "SO-9002",
			shipped(1, DanishSKU, "CD-0325-A", "5", "CASE"), shipped(1, DanishSKU, DanishLot, "5", "CASE"))},
		{request: ship("03-25 14:00", "SP-9003", "SO-9003", shipped(1, DanishSKU, DanishLot, "120", piece))},
		{request: shipWithoutOrder("03-25 15:00", "SP-9004", farm, shipped(0, brokenSKU, "BR-0325", "12", kilogram))},
	}
}

func alarm() []step {
	return []step{{request: hold(FlourSKU, FlourLot, "the mill reports splinters of glass in its lot M88/17")}}
}

// at is a moment of the story by the bakery's clock: "03-25 02:30".
func at(text string) *timestamppb.Timestamp {
	zone, err := civil.Zone(timeZone)
	if err == nil {
		var t time.Time
		if t, err = time.ParseInLocation("2006-01-02 15:04", "2026-"+text, zone); err == nil {
			return timestamppb.New(t)
		}
	}
	panic(err) // every run of the demo and of its tests comes here
}

func amount(value, unit string) *pb.Quantity { return &pb.Quantity{Value: value, Unit: unit} }
