package badinput_test

import (
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// addClosing closes what is empty, and opens what close closed.
func addClosing(add func(string, proto.Message)) {
	add("DeactivateLocation", &pb.DeactivateLocationRequest{Code: "IDLE", Reason: "no light"})
	add("ReactivateLocation", &pb.ReactivateLocationRequest{Code: "SHUT"})
}

// close adds an idle location; a location that was deactivated, with another in it;
// and another site with a shelf.
func (w *world) close(t testing.TB) {
	t.Helper()
	const shelf = pb.LocationKind_LOCATION_KIND_STORAGE
	w.must(t, "BatchUpsertLocations", &pb.BatchUpsertLocationsRequest{Locations: []*pb.Location{
		{Code: "IDLE", ParentCode: apitest.Site, Kind: shelf},
		{Code: "SHUT", ParentCode: apitest.Site, Kind: shelf}, {Code: "SHUT-BIN", ParentCode: "SHUT", Kind: shelf},
		{Code: "ISLAND", TimeZone: "Asia/Tokyo", Kind: pb.LocationKind_LOCATION_KIND_SITE}, {Code: "ISLAND-SHELF", ParentCode: "ISLAND", Kind: shelf},
	}})
	w.must(t, "DeactivateLocation", &pb.DeactivateLocationRequest{Code: "SHUT", Reason: "wet floor"})
}

// refuseLocations: what cannot be done with places that there are.
func refuseLocations(t *testing.T, w *world) {
	t.Helper()
	const invalid, missing, refused = codes.InvalidArgument, codes.NotFound, codes.FailedPrecondition
	cases := []bad{
		{"ListLocations", set("under", none, "page_token", ""), missing, "UNKNOWN_LOCATION", "under", says(`"NO/SUCH"`, "check the code")},
		{"ListLocations", set("under", "supplier", "page_token", ""), missing, "UNKNOWN_LOCATION", "under", says(`"supplier"`)},
		{"ListLocations", set("under", "IDLE"), invalid, "BAD_PAGE_TOKEN", "page_token", says("same filter")},
		{"ListLocationContents", set("sku", none, "page_token", ""), missing, "UNKNOWN_ITEM", "sku", says(`"NO/SUCH"`, "UpsertItem")},
		{"ListLocationContents", set("expiring_before", "2025-02-30", "page_token", ""), invalid, "INVALID_DATE", "expiring_before", says(`"2025-02-30"`, "a day that exists")},
		{"UpsertLocation", set("location.code", "DOCK-1", "location.kind", 3, "location.parent_code", "ISLAND"), refused, "LOCATION_IN_USE", "location.parent_code",
			says(`"DOCK-1"`, "another site", "KGM of lot", "move it out first")},
		{"UpsertLocation", set("location.code", "ISLAND"), refused, "SITE_FIXED", "location.kind", says(`"ISLAND"`, "stays one", "push a new location")},
		{"UpsertLocation", set("location.parent_code", "SHUT-BIN"), refused, "LOCATION_INACTIVE", "", says(`"NEW-LOCATION"`, `"SHUT-BIN"`, `reactivate "SHUT"`)},
		{"BatchUpsertLocations", set("locations[1].parent_code", "SHUT"), refused, "LOCATION_INACTIVE", "", says(`"NEW-LOCATION-2"`, `reactivate "SHUT"`)},
		{"DeactivateLocation", set("code", "SHELF-1"), refused, "LOCATION_IN_USE", "", says(`"SHELF-1"`, `at "SHELF-1"`, "of lot", "and more", "move it out first")},
		{"DeactivateLocation", set("code", "PLANT"), refused, "LOCATION_IN_USE", "", says(`"PLANT"`, "move it out first")},
		{"ReactivateLocation", set("code", "SHUT-BIN"), refused, "LOCATION_INACTIVE", "", says(`"SHUT-BIN"`, `"SHUT"`, "reactivate that first")},
	}
	for _, name := range []string{"DeactivateLocation", "ReactivateLocation"} {
		for _, code := range []string{none, "scrap"} {
			cases = append(cases, bad{name, set("code", code), missing, "UNKNOWN_LOCATION", "", says(`"`+code+`"`, "check the code")})
		}
	}
	w.refuseAll(t, cases)
}

// refuseClosed: whatever brings stock, to what was deactivated and to what lies in it.
func refuseClosed(t *testing.T, w *world) {
	t.Helper()
	const refused = codes.FailedPrecondition
	var cases []bad
	for name, field := range map[string]string{
		"Receive": "lines[0].location_code", "RecordOutputs": "lines[0].location_code", "MoveLots": "lines[0].to_location_code",
	} {
		cases = append(cases,
			bad{name, set(field, "SHUT"), refused, "LOCATION_INACTIVE", "", says(`"SHUT" was deactivated`, "name another", `reactivate "SHUT"`)},
			bad{name, set(field, "SHUT-BIN"), refused, "LOCATION_INACTIVE", "", says(`"SHUT-BIN" lies in "SHUT"`, "name another", `reactivate "SHUT"`)},
		)
	}
	w.refuseAll(t, cases)
}
