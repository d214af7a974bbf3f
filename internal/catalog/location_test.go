package catalog_test

import (
	"fmt"
	"slices"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

func site(code string) *pb.Location {
	return &pb.Location{Code: code, Name: code, Kind: pb.LocationKind_LOCATION_KIND_SITE, TimeZone: "Europe/Berlin"}
}

func storage(code, parent string) *pb.Location {
	return &pb.Location{Code: code, Name: code, Kind: pb.LocationKind_LOCATION_KIND_STORAGE, ParentCode: parent}
}

func upsertLocations(t testing.TB, api *apitest.API, locations ...*pb.Location) (*pb.BatchUpsertLocationsResponse, error) {
	t.Helper()
	return api.Catalog.BatchUpsertLocations(t.Context(), &pb.BatchUpsertLocationsRequest{RequestId: apitest.ID(), Locations: locations})
}

func TestLocationIsKeptWholeAndChangesAppendRevisions(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	for _, code := range []string{"S", "T"} {
		api.PushLocation(t, site(code))
	}
	bin := storage("B/1", "S")
	for i, change := range []func(){
		func() { bin.Gln = "0614141000005" },
		func() { bin.Name = "" },
		func() { bin.ParentCode = "T" },
		func() { bin.Kind = pb.LocationKind_LOCATION_KIND_QUARANTINE },
		func() { bin.Gln = "" },
		func() { bin.Kind, bin.ParentCode = pb.LocationKind_LOCATION_KIND_DOCK, "S" },
		func() {
			bin.Kind, bin.ParentCode, bin.TimeZone = pb.LocationKind_LOCATION_KIND_SITE, "", "America/New_York"
		},
		func() { bin.TimeZone = "UTC" },
	} {
		change()
		resp, err := api.Catalog.UpsertLocation(t.Context(), &pb.UpsertLocationRequest{RequestId: apitest.ID(), Location: bin})
		if err != nil {
			t.Fatalf("change %d: %v", i, err)
		}
		want := proto.CloneOf(bin)
		want.Revision, want.Active = int32(i+1), true
		wantEqual(t, resp, &pb.UpsertLocationResponse{Location: want, Changed: true})
		got, err := api.Catalog.GetLocation(t.Context(), &pb.GetLocationRequest{Code: bin.Code})
		if err != nil {
			t.Fatal(err)
		}
		want.Path = []string{bin.Code}
		if bin.ParentCode != "" {
			want.Path = []string{bin.ParentCode, bin.Code}
		}
		wantEqual(t, got.Location, want)
		again, err := api.Catalog.UpsertLocation(t.Context(), &pb.UpsertLocationRequest{RequestId: apitest.ID(), Location: bin})
		if err != nil || again.Changed || again.Location.Revision != want.Revision {
			t.Errorf("change %d again: %v, %v", i, again, err)
		}
	}
	var row string
	err := api.DB.QueryRow(t.Context(), `
		SELECT concat_ws('|', name, coalesce(parent_id::text, 'none'), kind, coalesce(gln, 'none'), coalesce(time_zone, 'none'), revision)
		FROM location WHERE tenant_id = 1 AND code = 'B/1'`).Scan(&row)
	if want := "|none|site|none|UTC|8"; err != nil || row != want {
		t.Errorf("row %q, %v; want %q", row, err, want)
	}
}

func TestLocationRefusals(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	if _, err := upsertLocations(t, api, site("S"), storage("A", "S"), storage("B", "A")); err != nil {
		t.Fatal(err)
	}
	zone := func(l *pb.Location, name string) *pb.Location { l.TimeZone = name; return l }
	for name, c := range map[string]struct {
		location      *pb.Location
		code          codes.Code
		reason, field string
	}{
		"unknown parent":    {storage("N", "X"), codes.NotFound, "UNKNOWN_LOCATION", "location.parent_code"},
		"virtual parent":    {storage("N", "scrap"), codes.NotFound, "UNKNOWN_LOCATION", "location.parent_code"},
		"itself":            {storage("A", "A"), codes.InvalidArgument, "LOCATION_CYCLE", "location.parent_code"},
		"below its child":   {storage("A", "B"), codes.InvalidArgument, "LOCATION_CYCLE", "location.parent_code"},
		"no parent":         {storage("N", ""), codes.InvalidArgument, "PARENT_REQUIRED", "location.parent_code"},
		"reserved":          {storage("scrap", "S"), codes.InvalidArgument, "INVALID_FIELD", "location.code"},
		"a site no more":    {storage("S", "A"), codes.InvalidArgument, "LOCATION_CYCLE", "location.parent_code"},
		"zone of a bin":     {zone(storage("N", "S"), "UTC"), codes.InvalidArgument, "TIME_ZONE_NOT_ALLOWED", "location.time_zone"},
		"no zone":           {zone(site("N"), ""), codes.InvalidArgument, "TIME_ZONE_REQUIRED", "location.time_zone"},
		"no such zone":      {zone(site("N"), "Mars/Olympus"), codes.InvalidArgument, "UNKNOWN_TIME_ZONE", "location.time_zone"},
		"kind left out":     {&pb.Location{Code: "N", ParentCode: "S"}, codes.InvalidArgument, "INVALID_FIELD", "location.kind"},
		"kind nobody knows": {&pb.Location{Code: "N", ParentCode: "S", Kind: 99}, codes.InvalidArgument, "INVALID_FIELD", "location.kind"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := api.Catalog.UpsertLocation(t.Context(), &pb.UpsertLocationRequest{RequestId: apitest.ID(), Location: c.location})
			apitest.WantRefusal(t, err, c.code, c.reason, c.field)
		})
	}
	for _, code := range []string{"N", "scrap"} {
		_, err := api.Catalog.GetLocation(t.Context(), &pb.GetLocationRequest{Code: code})
		apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_LOCATION", "code")
	}
}

func TestBatchLocations(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	// Children first.
	resp, err := upsertLocations(t, api, storage("C", "B"), storage("B", "A"), storage("A", "S"), site("S"))
	if err != nil || resp.ChangedCount != 4 || resp.Locations[0].Code != "C" {
		t.Fatalf("%v, %v", resp, err)
	}
	// A below its former grandchild, which moves up at the same time.
	resp, err = upsertLocations(t, api, storage("A", "C"), storage("B", "A"), storage("C", "S"))
	if err != nil || resp.ChangedCount != 2 {
		t.Fatalf("%v, %v", resp, err)
	}
	// One that was there below one that is new.
	if resp, err = upsertLocations(t, api, storage("C", "N"), storage("N", "S")); err != nil || resp.ChangedCount != 2 {
		t.Fatalf("%v, %v", resp, err)
	}
	_, err = upsertLocations(t, api, storage("M", "S"), storage("N", "B"))
	apitest.WantRefusal(t, err, codes.InvalidArgument, "LOCATION_CYCLE", "locations[1].parent_code")
	_, err = upsertLocations(t, api, storage("M", "S"), storage("O", "P"))
	apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_LOCATION", "locations[1].parent_code")
	_, err = upsertLocations(t, api, storage("M", "S"), storage("M", "A"))
	apitest.WantRefusal(t, err, codes.InvalidArgument, "DUPLICATE_KEY", "locations[1].code")
	var got []string
	req := &pb.ListLocationsRequest{PageSize: 2}
	for n := 0; n == 0 || req.PageToken != ""; n++ {
		page, err := api.Catalog.ListLocations(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range page.Locations {
			got = append(got, l.Code+"<"+l.ParentCode)
		}
		req.PageToken = page.NextPageToken
	}
	checkTree(t, api)
	// Neither the refused ones nor the outside worlds.
	if want := []string{"A<C", "B<A", "C<N", "N<S", "S<"}; !slices.Equal(got, want) {
		t.Errorf("listed %q, want %q", got, want)
	}
}

func TestBatchOfManyLocations(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	// One under the other, the deepest first.
	var chain []*pb.Location
	for i := 299; i > 0; i-- {
		chain = append(chain, storage(fmt.Sprintf("L%d", i), fmt.Sprintf("L%d", i-1)))
	}
	chain = append(chain, site("L0"))
	if resp, err := upsertLocations(t, api, chain...); err != nil || resp.ChangedCount != 300 {
		t.Fatal(err)
	}
	_, err := upsertLocations(t, api, storage("L1", "L299"))
	apitest.WantRefusal(t, err, codes.InvalidArgument, "LOCATION_CYCLE", "locations[0].parent_code")
	checkTree(t, api)
}
