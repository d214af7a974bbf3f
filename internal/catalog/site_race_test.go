package catalog_test

import (
	"context"
	"testing"

	"google.golang.org/grpc/codes"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
)

// Stock that was on its way when its place became a site does not arrive there:
// nobody could take it out again.
func TestLocationBecomesASiteWhileStockIsOnItsWay(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	api.ReceiveLot(t, apitest.Flour, "L1", "2", "BAG", apitest.Dock)
	// The move has looked the places up when it comes to the lot, and waits.
	lot, err := api.DB.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lot.Rollback(context.Background()) }()
	if _, err := lot.Exec(t.Context(), "SELECT FROM lot WHERE tenant_id = 1 FOR NO KEY UPDATE"); err != nil {
		t.Fatal(err)
	}
	moved := make(chan error, 1)
	go func() {
		_, err := api.Lots.MoveLots(context.Background(), &pb.MoveLotsRequest{RequestId: apitest.ID(), Lines: []*pb.MoveLine{{
			Sku: apitest.Flour, LotCode: "L1", Quantity: &pb.Quantity{Value: "1", Unit: "KGM"},
			FromLocationCode: apitest.Dock, ToLocationCode: apitest.Shelf,
		}}})
		moved <- err
	}()
	dbtest.UntilWaiting(t, api.DB, 1, "the move")
	if _, err := upsertLocations(t, api, site(apitest.Shelf)); err != nil {
		t.Fatal(err)
	}
	if err := lot.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	apitest.WantRefusal(t, <-moved, codes.InvalidArgument, "LOCATION_NOT_FOR_STOCK", "lines[0].to_location_code")
	if n := count(t, api, "SELECT count(*) FROM balance JOIN location USING (tenant_id, location_id) WHERE tenant_id = 1 AND kind = 'site' AND on_hand > 0"); n != 0 {
		t.Errorf("stock at %d sites", n)
	}
	dbtest.Reconcile(t, api.DB)
}
