package catalog_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/catalog"
	"github.com/lottrail/lottrail/internal/errs"
)

// addTenant makes a second tenant, and returns a context in which one calls for
// it.
func addTenant(t *testing.T, api *apitest.API) context.Context {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), api.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(t.Context(), `
		INSERT INTO tenant (tenant_id, name) VALUES (2, 'second');
		INSERT INTO location (tenant_id, location_id, code, name, kind, revision)
		SELECT 2, location_id, code, name, kind, revision FROM location WHERE tenant_id = 1 AND kind = 'virtual'`); err != nil {
		t.Fatal(err)
	}
	return auth.NewContext(t.Context(), auth.Identity{TenantID: 2, Principal: "second"})
}

// Two tenants have the same keys, GTINs and request ids, and neither sees
// anything of the other.
func TestTenantsAreApart(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	second := addTenant(t, api)
	first := auth.NewContext(t.Context(), auth.Identity{TenantID: 1, Principal: "first"})
	service := catalog.New(api.DB)
	push := func(ctx context.Context, name string) {
		t.Helper()
		item, party := croissant(), mill()
		item.Name, party.Name = name, name
		locations := []*pb.Location{site("S"), storage("A", "S")}
		locations[1].Name = name
		if resp, err := service.UpsertItem(ctx, &pb.UpsertItemRequest{RequestId: "1", Item: item}); err != nil || !resp.Changed || resp.Item.Revision != 1 {
			t.Fatalf("%s: %v, %v", name, resp, err)
		}
		if resp, err := service.UpsertParty(ctx, &pb.UpsertPartyRequest{RequestId: "2", Party: party}); err != nil || !resp.Changed || resp.Party.Revision != 1 {
			t.Fatalf("%s: %v, %v", name, resp, err)
		}
		if resp, err := service.BatchUpsertLocations(ctx, &pb.BatchUpsertLocationsRequest{RequestId: "3", Locations: locations}); err != nil || resp.ChangedCount != 2 {
			t.Fatalf("%s: %v, %v", name, resp, err)
		}
	}
	push(first, "first's")
	// Nothing of it is there for the second.
	for what, get := range map[string]func() error{
		"item":     func() error { _, err := service.GetItem(second, &pb.GetItemRequest{Sku: "CR/1"}); return err },
		"party":    func() error { _, err := service.GetParty(second, &pb.GetPartyRequest{Code: "MILL/7"}); return err },
		"location": func() error { _, err := service.GetLocation(second, &pb.GetLocationRequest{Code: "A"}); return err },
		"parent": func() error {
			_, err := service.UpsertLocation(second, &pb.UpsertLocationRequest{RequestId: "4", Location: storage("B", "A")})
			return err
		},
	} {
		if reason := errs.Reason(get()); reason != "UNKNOWN_ITEM" && reason != "UNKNOWN_PARTY" && reason != "UNKNOWN_LOCATION" {
			t.Errorf("%s of the first tenant: reason %q, want it to be unknown", what, reason)
		}
	}
	push(second, "second's")
	for name, ctx := range map[string]context.Context{"first's": first, "second's": second} {
		items, err := service.ListItems(ctx, &pb.ListItemsRequest{})
		if err != nil || len(items.Items) != 1 || items.Items[0].Name != name {
			t.Errorf("%s: %v, %v", name, items, err)
		}
		parties, err := service.ListParties(ctx, &pb.ListPartiesRequest{})
		if err != nil || len(parties.Parties) != 1 || parties.Parties[0].Name != name {
			t.Errorf("%s: %v, %v", name, parties, err)
		}
		locations, err := service.ListLocations(ctx, &pb.ListLocationsRequest{})
		if err != nil || len(locations.Locations) != 2 || locations.Locations[0].Name != name {
			t.Errorf("%s: %v, %v", name, locations, err)
		}
		item, err := service.GetItem(ctx, &pb.GetItemRequest{Sku: "CR/1"})
		if err != nil || item.Item.Name != name {
			t.Errorf("%s: %v, %v", name, item, err)
		}
	}
}
