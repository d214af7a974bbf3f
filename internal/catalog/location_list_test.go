package catalog_test

import (
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

func TestListLocations(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	dock := storage("D", "S")
	dock.Kind = pb.LocationKind_LOCATION_KIND_DOCK
	if _, err := upsertLocations(t, api, site("S"), storage("A", "S"), storage("B", "A"), storage("C", "B"), dock, site("T"), storage("E", "T")); err != nil {
		t.Fatal(err)
	}
	if _, err := deactivate(t, api, "B", "why"); err != nil {
		t.Fatal(err)
	}
	yes, no := true, false
	for name, c := range map[string]struct {
		req  *pb.ListLocationsRequest
		want string
	}{
		"all":              {&pb.ListLocationsRequest{}, "S>A S>A>B S>A>B>C S>D T>E S T"},
		"under a site":     {&pb.ListLocationsRequest{Under: "S"}, "S>A S>A>B S>A>B>C S>D"},
		"under an aisle":   {&pb.ListLocationsRequest{Under: "A"}, "S>A>B S>A>B>C"},
		"under a bin":      {&pb.ListLocationsRequest{Under: "C"}, ""},
		"sites":            {&pb.ListLocationsRequest{Kind: pb.LocationKind_LOCATION_KIND_SITE}, "S T"},
		"docks of a site":  {&pb.ListLocationsRequest{Under: "S", Kind: pb.LocationKind_LOCATION_KIND_DOCK}, "S>D"},
		"docks of another": {&pb.ListLocationsRequest{Under: "T", Kind: pb.LocationKind_LOCATION_KIND_DOCK}, ""},
		"active":           {&pb.ListLocationsRequest{Active: &yes}, "S>A S>D T>E S T"},
		"active in a site": {&pb.ListLocationsRequest{Under: "S", Active: &yes}, "S>A S>D"},
		"not active":       {&pb.ListLocationsRequest{Active: &no}, "S>A>B S>A>B>C"},
		"not active in it": {&pb.ListLocationsRequest{Under: "B", Active: &no}, "S>A>B>C"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			c.req.PageSize = 2
			for n := 0; n == 0 || c.req.PageToken != ""; n++ {
				page, err := api.Catalog.ListLocations(t.Context(), c.req)
				if err != nil {
					t.Fatal(err)
				}
				for _, l := range page.Locations {
					got = append(got, strings.Join(l.Path, ">"))
					if l.Path[len(l.Path)-1] != l.Code || l.Active == (l.Code == "B" || l.Code == "C") || l.Deactivated != (l.Code == "B") {
						t.Errorf("listed %v", l)
					}
				}
				c.req.PageToken = page.NextPageToken
			}
			if got := strings.Join(got, " "); got != c.want {
				t.Errorf("listed %q, want %q", got, c.want)
			}
		})
	}
	for code, want := range map[string]int32{"S": 2, "A": 1, "C": 0} {
		resp, err := api.Catalog.GetLocation(t.Context(), &pb.GetLocationRequest{Code: code})
		if err != nil || resp.ChildCount != want {
			t.Errorf("%v, %v; want %d in it", resp, err, want)
		}
	}
	for _, code := range []string{"N", "scrap"} {
		_, err := api.Catalog.ListLocations(t.Context(), &pb.ListLocationsRequest{Under: code})
		apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_LOCATION", "under")
	}
}
