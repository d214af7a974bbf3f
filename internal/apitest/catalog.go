package apitest

import (
	"testing"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// Codes of what Minimal pushes.
const (
	Site     = "PLANT"
	Dock     = "DOCK-1"
	Shelf    = "SHELF-1"
	Line     = "LINE-1"
	Supplier = "SUP-1"
	Customer = "CUS-1"
	Flour    = "FLOUR" // tracked by lot, in KGM with 3 decimals; 1 BAG is 25 KGM
	Bread    = "BREAD" // tracked by lot, in H87; 1 CASE is 12
	Salt     = "SALT"  // not tracked, in GRM
)

// Minimal pushes a small catalog: a site with a dock, a shelf and line-side
// storage, a supplier, a customer, and three items.
func (a *API) Minimal(t testing.TB) {
	t.Helper()
	a.PushLocation(t, &pb.Location{Code: Site, Name: "Plant", Kind: pb.LocationKind_LOCATION_KIND_SITE, TimeZone: "Europe/Berlin"})
	a.PushLocation(t, &pb.Location{Code: Dock, Name: "Dock 1", ParentCode: Site, Kind: pb.LocationKind_LOCATION_KIND_DOCK})
	a.PushLocation(t, &pb.Location{Code: Shelf, Name: "Shelf 1", ParentCode: Site, Kind: pb.LocationKind_LOCATION_KIND_STORAGE})
	a.PushLocation(t, &pb.Location{Code: Line, Name: "Line 1", ParentCode: Site, Kind: pb.LocationKind_LOCATION_KIND_STORAGE})
	a.PushParty(t, &pb.Party{Code: Supplier, Name: "Mill", Kinds: []pb.PartyKind{pb.PartyKind_PARTY_KIND_SUPPLIER}})
	a.PushParty(t, &pb.Party{Code: Customer, Name: "Shop", Kinds: []pb.PartyKind{pb.PartyKind_PARTY_KIND_CUSTOMER}})
	a.PushItem(t, &pb.Item{
		Sku: Flour, Name: "Flour", BaseUnit: "KGM", Decimals: 3, Tracking: pb.Tracking_TRACKING_LOT,
		Units: []*pb.ItemUnit{{Unit: "BAG", Numerator: "25"}},
	})
	a.PushItem(t, &pb.Item{
		Sku: Bread, Name: "Bread", BaseUnit: "H87", Tracking: pb.Tracking_TRACKING_LOT,
		Units: []*pb.ItemUnit{{Unit: "CASE", Numerator: "12"}},
	})
	a.PushItem(t, &pb.Item{Sku: Salt, Name: "Salt", BaseUnit: "GRM", Tracking: pb.Tracking_TRACKING_NONE})
}

// PushItem upserts an item, or ends the test.
func (a *API) PushItem(t testing.TB, item *pb.Item) {
	t.Helper()
	if _, err := a.Catalog.UpsertItem(t.Context(), &pb.UpsertItemRequest{RequestId: ID(), Item: item}); err != nil {
		t.Fatalf("upsert item %q: %v", item.Sku, err)
	}
}

// PushParty upserts a party, or ends the test.
func (a *API) PushParty(t testing.TB, party *pb.Party) {
	t.Helper()
	if _, err := a.Catalog.UpsertParty(t.Context(), &pb.UpsertPartyRequest{RequestId: ID(), Party: party}); err != nil {
		t.Fatalf("upsert party %q: %v", party.Code, err)
	}
}

// PushLocation upserts a location, or ends the test.
func (a *API) PushLocation(t testing.TB, location *pb.Location) {
	t.Helper()
	if _, err := a.Catalog.UpsertLocation(t.Context(), &pb.UpsertLocationRequest{RequestId: ID(), Location: location}); err != nil {
		t.Fatalf("upsert location %q: %v", location.Code, err)
	}
}
