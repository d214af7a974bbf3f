package catalog_test

import (
	"context"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// checkTree holds what repeats the tree of locations against it: what lies in what,
// and what is active.
func checkTree(t testing.TB, api *apitest.API) {
	t.Helper()
	if n := count(t, api, `
		WITH RECURSIVE up AS (
			SELECT location_id, code, location_id AS outer_id, parent_id, deactivation_reason IS NOT NULL AS closed, active
			FROM location WHERE tenant_id = 1 AND kind <> 'virtual'
			UNION ALL
			SELECT up.location_id, up.code, l.location_id, l.parent_id, l.deactivation_reason IS NOT NULL, up.active
			FROM up CROSS JOIN LATERAL (SELECT * FROM location WHERE tenant_id = 1 AND location_id = up.parent_id LIMIT 1) AS l)
		SELECT (SELECT count(*) FROM up FULL JOIN location_within w ON w.location_id = up.location_id AND w.outer_id = up.outer_id AND w.code = up.code
		        WHERE w.location_id IS NULL OR up.location_id IS NULL)
		     + (SELECT count(*) FROM (SELECT location_id FROM up GROUP BY location_id HAVING bool_or(closed) = bool_or(active)) AS wrong)`); n != 0 {
		t.Errorf("%d rows repeat another tree", n)
	}
	if n := count(t, api, "SELECT count(*) FROM balance JOIN location USING (tenant_id, location_id) WHERE on_hand > 0 AND (kind = 'site' OR NOT active)"); n != 0 {
		t.Errorf("%d balances at sites or at what is not active", n)
	}
}

func move(ctx context.Context, api *apitest.API, lot, quantity, from, to string) error {
	_, err := api.Lots.MoveLots(ctx, &pb.MoveLotsRequest{RequestId: apitest.ID(), Lines: []*pb.MoveLine{{
		Sku: apitest.Flour, LotCode: lot, Quantity: &pb.Quantity{Value: quantity, Unit: "KGM"}, FromLocationCode: from, ToLocationCode: to,
	}}})
	return err
}

// A place in the tree changes with all that is under it, within the site as long as
// there is stock, and to another site when there is none.
func TestLocationIsMovedWithWhatIsUnderIt(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	if _, err := upsertLocations(t, api, site("T"), storage("ZONE", apitest.Shelf), storage("BIN", "ZONE"), storage("OTHER", "T")); err != nil {
		t.Fatal(err)
	}
	api.ReceiveLot(t, apitest.Flour, "L1", "2", "BAG", "BIN")
	path := func(want ...string) {
		t.Helper()
		resp, err := api.Catalog.GetLocation(t.Context(), &pb.GetLocationRequest{Code: "BIN"})
		if got := strings.Join(resp.GetLocation().GetPath(), ">"); err != nil || got != strings.Join(want, ">") {
			t.Errorf("it lies in %s, %v; want %s", got, err, want)
		}
		checkTree(t, api)
	}
	path(apitest.Site, apitest.Shelf, "ZONE", "BIN")
	if _, err := upsertLocations(t, api, storage("ZONE", apitest.Dock)); err != nil {
		t.Fatal(err)
	}
	path(apitest.Site, apitest.Dock, "ZONE", "BIN")
	// Not to another site, neither by itself, nor with what it lies in.
	for _, l := range []*pb.Location{storage("BIN", "T"), storage("ZONE", "OTHER"), storage(apitest.Dock, "T")} {
		_, err := upsertLocations(t, api, l)
		apitest.WantRefusal(t, err, codes.FailedPrecondition, "LOCATION_IN_USE", "locations[0].parent_code")
		if text := status.Convert(err).Message(); !strings.Contains(text, `50 KGM of lot "L1" of item "FLOUR" at "BIN"`) {
			t.Errorf("%s; want it to say where and how much", text)
		}
	}
	// What stays at the site may leave what goes.
	if _, err := upsertLocations(t, api, storage("ZONE", "OTHER"), storage("BIN", apitest.Shelf)); err != nil {
		t.Fatal(err)
	}
	path(apitest.Site, apitest.Shelf, "BIN")
	// When the stock is gone, it may go too.
	if err := move(t.Context(), api, "L1", "50", "BIN", apitest.Line); err != nil {
		t.Fatal(err)
	}
	if _, err := upsertLocations(t, api, storage("BIN", "ZONE")); err != nil {
		t.Fatal(err)
	}
	path("T", "OTHER", "ZONE", "BIN")
}

func TestLocationWithStockCannotBecomeASite(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	if _, err := upsertLocations(t, api, storage("BIN", apitest.Shelf)); err != nil {
		t.Fatal(err)
	}
	api.ReceiveLot(t, apitest.Flour, "L1", "2", "BAG", "BIN")
	_, err := upsertLocations(t, api, site(apitest.Dock), site("BIN"))
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "LOCATION_IN_USE", "locations[1].kind")
	// It would be the site of what is under it.
	_, err = upsertLocations(t, api, site(apitest.Shelf))
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "LOCATION_IN_USE", "locations[0].kind")
	// Any other kind will do, and so will a site without stock, which it is for good.
	quarantine := storage("BIN", apitest.Shelf)
	quarantine.Kind = pb.LocationKind_LOCATION_KIND_QUARANTINE
	if resp, err := upsertLocations(t, api, site(apitest.Dock), quarantine); err != nil || resp.ChangedCount != 2 {
		t.Errorf("%v, %v", resp, err)
	}
	_, err = upsertLocations(t, api, storage(apitest.Dock, apitest.Shelf))
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "SITE_FIXED", "locations[0].kind")
	// When the stock is gone, it may.
	if err := move(t.Context(), api, "L1", "50", "BIN", apitest.Line); err != nil {
		t.Fatal(err)
	}
	if _, err := upsertLocations(t, api, site(apitest.Shelf)); err != nil {
		t.Error(err)
	}
	checkTree(t, api)
}
