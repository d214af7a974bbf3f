package badinput_test

import (
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

func amount(value, unit string) *pb.Quantity { return &pb.Quantity{Value: value, Unit: unit} }

var (
	past = time.Date(2025, 6, 1, 8, 0, 0, 0, time.UTC)
	then = timestamppb.New(past)
)

// noted are references as documents carry them.
func noted() []*pb.Reference { return []*pb.Reference{{Kind: "invoice", Value: "INV/1"}} }

// goodRequests has a request for every RPC that the house of newWorld accepts,
// with everything set that can be. Those of writes are in an order in which they
// can be carried out one after the other; they lack their request ids.
func goodRequests() ([]string, map[string]proto.Message) {
	var order []string
	good := map[string]proto.Message{}
	add := func(name string, req proto.Message) { order, good[name] = append(order, name), req }
	addLog(add)
	addPackets(add)
	addDossiers(add)
	addRecallReads(add)
	addDateReads(add)
	addBarcodes(add)
	addTimeline(add)
	addPicks(add)
	addReservations(add)
	addCountReads(add)
	addReads(add) // before a trace under way changes
	addCatalog(add)
	addClosing(add)
	addWrites(add)
	addAdjustments(add)
	addCounts(add)
	addRecalls(add)
	addDates(add)
	addReversals(add)
	addOffline(add)
	return order, good
}

func goodItem(sku, gtin string) *pb.Item {
	return &pb.Item{
		Sku: sku, Name: "Rye flour", Category: "flour", BaseUnit: "KGM", Decimals: 3,
		Units: []*pb.ItemUnit{{Unit: "BAG", Numerator: "25", Denominator: "1"}},
		Gtins: []*pb.ItemGtin{{Gtin: gtin, Unit: "BAG"}}, Tracking: pb.Tracking_TRACKING_LOT,
		ExpiryTracked: true, ShelfLifeDays: 90, Fefo: true, WarningDays: 7,
	}
}

func goodParty(code string) *pb.Party {
	return &pb.Party{
		Code: code, Name: "Baker", Kinds: []pb.PartyKind{pb.PartyKind_PARTY_KIND_CUSTOMER}, Gln: "4006381333931",
		Contacts: []*pb.Contact{{Name: "Quinn", Role: "recall", Email: "quinn@baker.example", Phone: "+49 30 1"}}, Address: "Main Street 1",
	}
}

func addCatalog(add func(string, proto.Message)) {
	add("UpsertItem", &pb.UpsertItemRequest{Item: goodItem("NEW-ITEM", "4006381333931")})
	add("BatchUpsertItems", &pb.BatchUpsertItemsRequest{Items: []*pb.Item{goodItem("NEW-ITEM-2", "96385074")}})
	add("UpsertParty", &pb.UpsertPartyRequest{Party: goodParty("NEW-PARTY")})
	add("BatchUpsertParties", &pb.BatchUpsertPartiesRequest{Parties: []*pb.Party{goodParty("NEW-PARTY-2")}})
	shelf := pb.LocationKind_LOCATION_KIND_STORAGE
	add("UpsertLocation", &pb.UpsertLocationRequest{Location: &pb.Location{Code: "NEW-LOCATION", Name: "Shelf 9", ParentCode: apitest.Site, Kind: shelf, Gln: "4006381333931", Path: []string{"PLANT"}}})
	add("BatchUpsertLocations", &pb.BatchUpsertLocationsRequest{Locations: []*pb.Location{
		{Code: "NEW-SITE", Name: "Plant 2", Kind: pb.LocationKind_LOCATION_KIND_SITE, TimeZone: "Asia/Tokyo", Path: []string{"PLANT"}},
		{Code: "NEW-LOCATION-2", Name: "Shelf 2", ParentCode: "NEW-SITE", Kind: shelf, Path: []string{"PLANT"}},
	}})
}

func addWrites(add func(string, proto.Message)) {
	add("UpsertPurchaseOrder", &pb.UpsertPurchaseOrderRequest{PurchaseOrder: &pb.PurchaseOrder{
		Code: "NEW-PO", SupplierCode: apitest.Supplier, OrderDate: "2025-05-01", References: noted(),
		Lines: []*pb.PurchaseOrderLine{{LineNumber: 1, Sku: apitest.Flour, Quantity: amount("10", "BAG"), DueDate: "2025-06-01"}},
	}})
	add("Receive", &pb.ReceiveRequest{
		ReceiptCode: "NEW-RC", PurchaseOrderCode: "PO-1", ReceivedAt: then, References: noted(),
		Lines: []*pb.ReceiptLine{{
			PurchaseOrderLineNumber: 1, LotCode: "NEW-FL", SupplierLotCode: "S/9", Quantity: amount("10.5", "KGM"), LocationCode: apitest.Dock,
			ProductionDate: "2025-05-01", BestBeforeDate: "2099-06-30", ExpiryDate: "2099-12-31", RemovalDate: "2099-05-31", TemperatureCelsius: "-4.5",
			UnitCost: &pb.UnitCost{Amount: "0.95", Currency: "EUR", Unit: "KGM"},
		}},
	})
	add("CreateProductionOrder", &pb.CreateProductionOrderRequest{ProductionOrder: &pb.ProductionOrder{
		Code: "NEW-MO", Sku: apitest.Bread, Quantity: amount("10", "CASE"), DueDate: "2025-06-02", References: noted(),
	}})
	add("StartRun", &pb.StartRunRequest{ProductionOrderCode: "MO-1", RunCode: "NEW-R", StartedAt: then})
	add("ConsumeLots", &pb.ConsumeLotsRequest{ProductionOrderCode: "MO-1", RunCode: "R-1", ConsumedAt: then, Lines: []*pb.ConsumptionLine{
		{Sku: apitest.Flour, LotCode: "FL-1", LocationCode: apitest.Dock, Quantity: amount("1", "KGM"), OutOfRotationReason: "it stood in front"},
	}})
	add("RecordOutputs", &pb.RecordOutputsRequest{ProductionOrderCode: "MO-1", RunCode: "R-1", ProducedAt: then, Lines: []*pb.OutputLine{
		{Sku: apitest.Bread, LotCode: "NEW-BR", LocationCode: apitest.Shelf, Quantity: amount("1", "CASE"), ProductionDate: "2025-06-01",
			BestBeforeDate: "2099-06-30", ExpiryDate: "2099-12-31", RemovalDate: "2099-05-31"},
	}})
	add("FinishRun", &pb.FinishRunRequest{ProductionOrderCode: "MO-1", RunCode: "R-3", FinishedAt: then})
	add("UpsertSalesOrder", &pb.UpsertSalesOrderRequest{SalesOrder: &pb.SalesOrder{
		Code: "NEW-SO", CustomerCode: apitest.Customer, OrderDate: "2025-05-01", References: noted(),
		Lines: []*pb.SalesOrderLine{{LineNumber: 1, Sku: apitest.Bread, Quantity: amount("5", "CASE"), DueDate: "2025-06-03"}},
	}})
	add("Ship", &pb.ShipRequest{
		ShipmentCode: "NEW-SH", SalesOrderCode: "SO-1", CustomerCode: apitest.Customer, CarrierCode: "CAR-1", ShippedAt: then,
		DeliveryDate: "2025-06-03", References: noted(),
		Lines: []*pb.ShipmentLine{{SalesOrderLineNumber: 1, Sku: apitest.Flour, LotCode: "FL-1", LocationCode: apitest.Dock, Quantity: amount("1", "KGM"), OutOfRotationReason: "the customer asked for it"}},
	})
	add("MoveLots", &pb.MoveLotsRequest{MovedAt: then, Reason: "put-away", Purpose: pb.MovePurpose_MOVE_PURPOSE_PUT_AWAY, References: noted(), Lines: []*pb.MoveLine{
		{Sku: apitest.Flour, LotCode: "FL-1", Quantity: amount("1", "KGM"), FromLocationCode: apitest.Dock, ToLocationCode: apitest.Line},
	}})
	add("PlaceHold", &pb.PlaceHoldRequest{
		Sku: apitest.Bread, LotCode: "BR-1", LocationCode: apitest.Shelf, ReasonCode: pb.HoldReason_HOLD_REASON_QUALITY, Reason: "mould?",
		Until: timestamppb.New(time.Date(2090, 1, 1, 0, 0, 0, 0, time.UTC)),
	})
	add("ReleaseHold", &pb.ReleaseHoldRequest{Sku: apitest.Flour, LotCode: "FL-HELD", Number: 2, Reason: "found it"})
}

// addReads adds the reads. Lists are asked for one row a page, of which there
// are more. What was known is asked for a moment that newWorld puts in.
func addReads(add func(string, proto.Message)) {
	known := func() *pb.KnownAt { return &pb.KnownAt{Moment: &pb.KnownAt_Time{Time: then}} }
	add("GetItem", &pb.GetItemRequest{Sku: apitest.Flour})
	add("ListItems", &pb.ListItemsRequest{PageSize: 1})
	add("GetParty", &pb.GetPartyRequest{Code: apitest.Supplier})
	add("ListParties", &pb.ListPartiesRequest{PageSize: 1})
	add("GetLocation", &pb.GetLocationRequest{Code: apitest.Dock})
	yes, no := true, false
	add("ListLocations", &pb.ListLocationsRequest{PageSize: 1, Under: apitest.Site, Kind: pb.LocationKind_LOCATION_KIND_STORAGE, Active: &yes})
	add("GetPurchaseOrder", &pb.GetPurchaseOrderRequest{Code: "PO-1"})
	add("GetReceipt", &pb.GetReceiptRequest{Code: "RC-1"})
	add("ListReceipts", &pb.ListReceiptsRequest{PurchaseOrderCode: "PO-1", PageSize: 1})
	add("GetProductionOrder", &pb.GetProductionOrderRequest{Code: "MO-1"})
	add("GetRun", &pb.GetRunRequest{ProductionOrderCode: "MO-1", RunCode: "R-1"})
	add("GetSalesOrder", &pb.GetSalesOrderRequest{Code: "SO-1"})
	add("GetManifest", &pb.GetManifestRequest{ShipmentCode: "SH-1"})
	add("GetLot", &pb.GetLotRequest{Sku: apitest.Flour, LotCode: "FL-1", KnownAt: known()})
	add("ListLots", &pb.ListLotsRequest{Sku: apitest.Flour, OnHandOnly: true, PageSize: 1})
	add("LocateLot", &pb.LocateLotRequest{Sku: apitest.Flour, LotCode: "FL-1", PageSize: 1, KnownAt: known()})
	add("ListLocationContents", &pb.ListLocationContentsRequest{LocationCode: apitest.Dock, ThisLocationOnly: true, Held: &no, ExpiringBefore: "2100-01-01", PageSize: 1, KnownAt: known()})
	add("ListHolds", &pb.ListHoldsRequest{Sku: apitest.Flour, LotCode: "FL-HELD", PageSize: 1})
	add("ListLotMovements", &pb.ListLotMovementsRequest{Sku: apitest.Flour, LotCode: "FL-1", PageSize: 1})
	filter := func() *pb.TraceFilter {
		return &pb.TraceFilter{
			MaxDepth: 5, Skus: []string{apitest.Flour}, Categories: []string{"milled"}, LocationCodes: []string{apitest.Site},
			From: timestamppb.New(past.Add(-time.Hour)), Until: timestamppb.New(past.Add(time.Hour)),
		}
	}
	add("TraceForward", &pb.TraceForwardRequest{Sku: apitest.Flour, LotCode: "FL-1", Filter: filter(), KnownAt: known(), AsOf: then})
	add("TraceBackward", &pb.TraceBackwardRequest{Sku: apitest.Flour, LotCode: "FL-1", Filter: filter(), KnownAt: known(), AsOf: then})
	add("TraceBoth", &pb.TraceBothRequest{Sku: apitest.Flour, LotCode: "FL-1", Filter: filter(), KnownAt: known(), AsOf: then})
	add("CompareTraces", &pb.CompareTracesRequest{
		Sku: apitest.Flour, LotCode: "FL-1", Direction: pb.TraceDirection_TRACE_DIRECTION_FORWARD, Filter: filter(),
		First: &pb.TraceMoment{KnownAt: known(), AsOf: then}, Second: &pb.TraceMoment{KnownAt: known(), AsOf: then},
	})
	add("GetTrace", &pb.GetTraceRequest{Sku: apitest.Flour, LotCode: "FL-1", Direction: pb.TraceDirection_TRACE_DIRECTION_FORWARD, Filter: filter(), PageSize: 1, KnownAt: known(), AsOf: then})
	end := func(code string) *pb.TraceWayEnd { return &pb.TraceWayEnd{Sku: apitest.Flour, LotCode: code} }
	add("FindPath", &pb.FindPathRequest{From: end("FL-1"), To: end("FL-HELD"), KnownAt: known(), AsOf: then})
	add("RankCommonOrigins", &pb.RankCommonOriginsRequest{Complaints: []*pb.TraceSeed{
		receiptSeed("RC-1"), shipmentSeed("SH-1"),
	}, PageSize: 1, KnownAt: known(), AsOf: then})
}
