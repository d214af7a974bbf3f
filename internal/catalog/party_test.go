package catalog_test

import (
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

func mill() *pb.Party {
	return &pb.Party{
		Code: "MILL/7", Name: "Mühle & Söhne", Gln: "0614141000005", Address: "Am Bach 1\n12345 Ort",
		Kinds: []pb.PartyKind{pb.PartyKind_PARTY_KIND_SUPPLIER, pb.PartyKind_PARTY_KIND_CARRIER},
		Contacts: []*pb.Contact{
			{Name: "Recall desk", Role: "recall", Email: "recall@mill.example", Phone: "+49 1 23"},
			{Name: `"Night" 🌙`},
		},
	}
}

func upsertParty(t testing.TB, api *apitest.API, party *pb.Party) (*pb.UpsertPartyResponse, error) {
	t.Helper()
	return api.Catalog.UpsertParty(t.Context(), &pb.UpsertPartyRequest{RequestId: apitest.ID(), Party: party})
}

func TestPartyIsKeptWholeAndChangesAppendRevisions(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	party := mill()
	for i, change := range []func(){
		func() {},
		func() { party.Name = "Mill" },
		func() { party.Gln = "" },
		func() { party.Address = "" },
		func() { party.Kinds = party.Kinds[1:] },
		func() { slices.Reverse(party.Contacts) }, // whom to try first
		func() { party.Contacts = party.Contacts[:1] },
	} {
		change()
		resp, err := upsertParty(t, api, party)
		if err != nil {
			t.Fatalf("change %d: %v", i, err)
		}
		want := proto.CloneOf(party)
		want.Revision = int32(i + 1)
		wantEqual(t, resp, &pb.UpsertPartyResponse{Party: want, Changed: true})
		got, err := api.Catalog.GetParty(t.Context(), &pb.GetPartyRequest{Code: party.Code})
		if err != nil {
			t.Fatal(err)
		}
		wantEqual(t, got.Party, want)
		if resp, err = upsertParty(t, api, party); err != nil || resp.Changed || resp.Party.Revision != want.Revision {
			t.Errorf("change %d again: %v, %v", i, resp, err)
		}
	}
	var row string
	err := api.DB.QueryRow(t.Context(), "SELECT concat_ws('|', name, kinds, coalesce(gln, 'none'), contacts->0->>'name', jsonb_array_length(contacts), address, revision) FROM party WHERE tenant_id = 1").Scan(&row)
	if want := `Mill|{carrier}|none|"Night" 🌙|1||7`; err != nil || row != want {
		t.Errorf("row %q, %v; want %q", row, err, want)
	}
}

func TestPartyKindsAreASet(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	party := mill()
	slices.Reverse(party.Kinds)
	if _, err := upsertParty(t, api, party); err != nil {
		t.Fatal(err)
	}
	resp, err := upsertParty(t, api, mill())
	if err != nil || resp.Changed {
		t.Errorf("%v, %v; want no change by another order of kinds", resp, err)
	}
}

func TestPartyRefusals(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	bad := mill()
	bad.Gln = "0614141000006"
	_, err := upsertParty(t, api, bad)
	apitest.WantRefusal(t, err, codes.InvalidArgument, "INVALID_GLN", "party.gln")
	bad.Kinds = nil
	_, err = upsertParty(t, api, bad)
	apitest.WantRefusal(t, err, codes.InvalidArgument, "INVALID_FIELD", "party.kinds")
	_, err = api.Catalog.GetParty(t.Context(), &pb.GetPartyRequest{Code: "MILL/7"})
	apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_PARTY", "code")
}

func TestBatchParties(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	var parties []*pb.Party
	for _, code := range []string{"C", "A", "B"} {
		p := mill()
		p.Code = code
		parties = append(parties, p)
	}
	api.PushParty(t, parties[1])
	push := func() (*pb.BatchUpsertPartiesResponse, error) {
		return api.Catalog.BatchUpsertParties(t.Context(), &pb.BatchUpsertPartiesRequest{RequestId: apitest.ID(), Parties: parties})
	}
	resp, err := push()
	if err != nil || resp.ChangedCount != 2 || len(resp.Parties) != 3 || resp.Parties[0].Code != "C" {
		t.Errorf("%v, %v; want 2 changed, in order of the request", resp, err)
	}
	parties[0].Gln = "0614141000001"
	_, err = push()
	apitest.WantRefusal(t, err, codes.InvalidArgument, "INVALID_GLN", "parties[0].gln")
	parties[0].Code, parties[0].Gln = "B", ""
	_, err = push()
	apitest.WantRefusal(t, err, codes.InvalidArgument, "DUPLICATE_KEY", "parties[2].code")
	if err == nil || !strings.Contains(err.Error(), "parties[0]") {
		t.Errorf("%v does not name the other", err)
	}
	var got []string
	req := &pb.ListPartiesRequest{PageSize: 2}
	for n := 0; n == 0 || req.PageToken != ""; n++ {
		page, err := api.Catalog.ListParties(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range page.Parties {
			got = append(got, p.Code)
		}
		req.PageToken = page.NextPageToken
	}
	if !slices.Equal(got, []string{"A", "B", "C"}) {
		t.Errorf("listed %q", got)
	}
}
