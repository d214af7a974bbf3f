package demo

import pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"

const timeZone = "Europe/Berlin"

func items() *pb.BatchUpsertItemsRequest {
	byWeight := func(sku, name, category string, shelfLifeDays int32, units ...*pb.ItemUnit) *pb.Item {
		return &pb.Item{
			Sku: sku, Name: name, Category: category, BaseUnit: kilogram, Decimals: 3, Units: units,
			Tracking: pb.Tracking_TRACKING_LOT, ExpiryTracked: true, ShelfLifeDays: shelfLifeDays, Fefo: true, WarningDays: shelfLifeDays / 10,
		}
	}
	salt := byWeight(saltSKU, "sea salt", "raw material", 0)
	salt.Tracking, salt.ExpiryTracked, salt.Fefo = pb.Tracking_TRACKING_NONE, false, false
	danish := byWeight(DanishSKU, "cheese danish", "finished goods", 3, unit("CASE", "24"), unit(kilogram, "10"))
	danish.BaseUnit, danish.Decimals = piece, 0
	danish.Gtins = []*pb.ItemGtin{{Gtin: "4012345678901"}, {Gtin: "14012345678908", Unit: "CASE"}}
	return &pb.BatchUpsertItemsRequest{Items: []*pb.Item{
		byWeight(FlourSKU, "wheat flour", "raw material", 180, unit("BAG", "25")),
		byWeight(butterSKU, "butter", "raw material", 60, unit("CASE", "10")),
		byWeight(cheeseSKU, "fresh cheese", "raw material", 14, unit("TUB", "5")),
		salt,
		byWeight(levainSKU, "levain", "half-finished", 7),
		byWeight(doughSKU, "danish dough", "half-finished", 2),
		byWeight(trimmingsSKU, "dough trimmings", "by-product", 1),
		byWeight(sheetSKU, "laminated sheets", "half-finished", 2),
		byWeight(fillingSKU, "cheese filling", "half-finished", 3),
		byWeight(wheySKU, "whey", "by-product", 2),
		danish,
		byWeight(brokenSKU, "broken danishes", "by-product", 3),
	}}
}

func unit(code, kilogramsOrPieces string) *pb.ItemUnit {
	return &pb.ItemUnit{Unit: code, Numerator: kilogramsOrPieces}
}

func parties() *pb.BatchUpsertPartiesRequest {
	party := func(code, name string, kind pb.PartyKind, contact, role, phone string) *pb.Party {
		return &pb.Party{Code: code, Name: name, Kinds: []pb.PartyKind{kind}, Contacts: []*pb.Contact{{Name: contact, Role: role, Phone: phone}}}
	}
	const (
		supplier = pb.PartyKind_PARTY_KIND_SUPPLIER
		customer = pb.PartyKind_PARTY_KIND_CUSTOMER
		carrier  = pb.PartyKind_PARTY_KIND_CARRIER
	)
	return &pb.BatchUpsertPartiesRequest{Parties: []*pb.Party{
		party(mill, "Oberland Mill", supplier, "Jonas Roth", "quality", "+49 30 23125 100"),
		party(dairy, "Alm Dairy", supplier, "Greta Huber", "quality", "+49 30 23125 110"),
		party(wholesale, "Pantry Wholesale", supplier, "Orders", "purchasing", "+49 30 23125 120"),
		party(market, "Harbour Market", customer, "Nora Fink", "recall", "+49 30 23125 200"),
		party(hotel, "Hotel Linden", customer, "Ali Demir", "recall", "+49 30 23125 210"),
		party(cafe, "Corner Café", customer, "Mia Vogt", "recall", "+49 30 23125 220"),
		party(farm, "Birch Farm", customer, "Paul Kern", "recall", "+49 30 23125 230"),
		party(van, "Early Van", carrier, "Dispatch desk", "dispatch", "+49 30 23125 300"),
	}}
}

func locations() *pb.BatchUpsertLocationsRequest {
	under := func(code, name, parent string, kind pb.LocationKind) *pb.Location {
		return &pb.Location{Code: code, Name: name, ParentCode: parent, Kind: kind}
	}
	const (
		storage    = pb.LocationKind_LOCATION_KIND_STORAGE
		quarantine = pb.LocationKind_LOCATION_KIND_QUARANTINE
	)
	return &pb.BatchUpsertLocationsRequest{Locations: []*pb.Location{
		{Code: "BAKERY", Name: "The bakery", Kind: pb.LocationKind_LOCATION_KIND_SITE, TimeZone: timeZone},
		under(dock, "Dock", "BAKERY", pb.LocationKind_LOCATION_KIND_DOCK),
		under("STORE", "Dry store", "BAKERY", storage),
		under(flourShelf, "New flour", "STORE", storage),
		under(oldShelf, "Opened flour", "STORE", storage),
		under(ColdRoom, "Cold room", "BAKERY", storage),
		under(mixing, "Beside the mixer", "BAKERY", storage),
		under(pack, "Packing", "BAKERY", storage),
		under("QUARANTINE", "Quarantine", "BAKERY", quarantine),
	}}
}
