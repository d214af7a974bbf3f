package trace_test

import (
	"fmt"
	"testing"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// A lot that lies everywhere does not make a message without bounds: the first
// thousand places come with it, and it is said that there are more.
func TestLotAtManyLocations(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	const places = 1001
	api.ReceiveLot(t, apitest.Flour, "L", fmt.Sprint(places), "KGM", apitest.Dock)
	spread(t, api, places-1)

	trace := func() *pb.TraceLot {
		resp, err := api.Trace.GetTrace(t.Context(), &pb.GetTraceRequest{
			Sku: apitest.Flour, LotCode: "L", Direction: pb.TraceDirection_TRACE_DIRECTION_FORWARD,
		})
		if err != nil {
			t.Fatal(err)
		}
		return resp.GetPart().GetLots()[0]
	}
	lot := trace()
	if len(lot.GetStocks()) != places-1 || !lot.GetStocksTruncated() || lot.GetOnHand().GetValue() != fmt.Sprint(places) {
		t.Errorf("%d places, truncated %v, %s on hand; want %d, true, %d", len(lot.GetStocks()), lot.GetStocksTruncated(), lot.GetOnHand().GetValue(), places-1, places)
	}
	// One place less, and all are told.
	_, err := api.Lots.MoveLots(t.Context(), &pb.MoveLotsRequest{RequestId: apitest.ID(), Lines: []*pb.MoveLine{{
		Sku: apitest.Flour, LotCode: "L", Quantity: &pb.Quantity{Value: "1", Unit: "KGM"}, FromLocationCode: "BIN-0", ToLocationCode: apitest.Dock,
	}}})
	if err != nil {
		t.Fatal(err)
	}
	if lot = trace(); len(lot.GetStocks()) != places-1 || lot.GetStocksTruncated() {
		t.Errorf("%d places, truncated %v; want %d, false", len(lot.GetStocks()), lot.GetStocksTruncated(), places-1)
	}
}

// spread moves one kilogram of L to each of so many bins.
func spread(t *testing.T, api *apitest.API, bins int) {
	t.Helper()
	upsert := &pb.BatchUpsertLocationsRequest{RequestId: apitest.ID()}
	var lines []*pb.MoveLine
	for i := range bins {
		code := fmt.Sprintf("BIN-%d", i)
		upsert.Locations = append(upsert.Locations, &pb.Location{Code: code, ParentCode: apitest.Site, Kind: pb.LocationKind_LOCATION_KIND_STORAGE})
		lines = append(lines, &pb.MoveLine{
			Sku: apitest.Flour, LotCode: "L", Quantity: &pb.Quantity{Value: "1", Unit: "KGM"}, FromLocationCode: apitest.Dock, ToLocationCode: code,
		})
	}
	if _, err := api.Catalog.BatchUpsertLocations(t.Context(), upsert); err != nil {
		t.Fatal(err)
	}
	for len(lines) > 0 {
		n := min(500, len(lines))
		if _, err := api.Lots.MoveLots(t.Context(), &pb.MoveLotsRequest{RequestId: apitest.ID(), Lines: lines[:n]}); err != nil {
			t.Fatal(err)
		}
		lines = lines[n:]
	}
}
