package trace_test

import (
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
)

// Filters name things that change: locations have others under them, categories have
// items. Where they do, what is left of a stream would not fit what came of it, nor a page the
// one before, so it is refused to go on; where they do not, or are what they were again, it
// is gone on with.
func TestResumeOfWhatChanged(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		filter                       *pb.TraceFilter
		before, change, back, beside func(*apitest.API, *testing.T)
	}{
		"locations": {
			filter: &pb.TraceFilter{LocationCodes: []string{"HALL"}},
			before: func(api *apitest.API, t *testing.T) {
				// The first revision is taken for what is there.
				_, err := api.DB.Exec(t.Context(), `INSERT INTO revision (tenant_id, subject, subject_id, revision, content, principal)
					SELECT 1, 'location', location_id, 1, '{}', 'test' FROM location WHERE code = 'A'`)
				if err != nil {
					t.Fatal(err)
				}
				place(api, t, "HALL", "SITE")
				place(api, t, "A", "HALL")
			},
			change: func(api *apitest.API, t *testing.T) { place(api, t, "A", "SITE") },
			back:   func(api *apitest.API, t *testing.T) { place(api, t, "A", "HALL") },
			beside: func(api *apitest.API, t *testing.T) { place(api, t, "YARD", "SITE") },
		},
		"categories": {
			filter: &pb.TraceFilter{Categories: []string{"dear"}},
			before: func(api *apitest.API, t *testing.T) {
				for _, sku := range []string{"dough", "danish", "crumbs"} {
					categorize(api, t, sku, "") // taken for what is there
					categorize(api, t, sku, "dear")
				}
			},
			change: func(api *apitest.API, t *testing.T) { categorize(api, t, "dough", "cheap") },
			back:   func(api *apitest.API, t *testing.T) { categorize(api, t, "dough", "dear") },
			beside: func(api *apitest.API, t *testing.T) { categorize(api, t, "butter", "cheap") },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := apitest.Start(t)
			lineagetest.Load(t, api.DB, 1, parse(t, bakery))
			c.before(api, t)
			request := func(token string) *pb.TraceForwardRequest {
				return &pb.TraceForwardRequest{Sku: "flour", LotCode: "1", Filter: c.filter, ResumeToken: token}
			}
			uncut, err := streamOf(t.Context(), api.Trace, directions[0], request(""))
			if err != nil || len(uncut) < 3 {
				t.Fatalf("%d parts, %v", len(uncut), err)
			}
			token := uncut[0].ResumeToken
			paged := &pb.GetTraceRequest{Sku: "flour", LotCode: "1", Direction: directions[0], Filter: c.filter, PageSize: 2}
			page, err := api.Trace.GetTrace(t.Context(), paged)
			if err != nil {
				t.Fatal(err)
			}
			paged.PageToken = page.NextPageToken
			goesOn := func() {
				t.Helper()
				rest, err := streamOf(t.Context(), api.Trace, directions[0], request(token))
				if err != nil {
					t.Fatal(err)
				}
				if got := joined(append(uncut[:1:1], rest...)); !proto.Equal(got, joined(uncut)) {
					t.Errorf("gone on with\n got %v\nwant %v", got, joined(uncut))
				}
				more, err := pages(t.Context(), overGRPC(api.Trace), proto.CloneOf(paged))
				if err != nil {
					t.Fatal(err)
				}
				if got := joined(append([]*pb.TracePart{page.Part}, more...)); !proto.Equal(got, joined(uncut)) {
					t.Errorf("pages\n got %v\nwant %v", got, joined(uncut))
				}
			}
			c.beside(api, t)
			goesOn()
			c.change(api, t)
			_, err = streamOf(t.Context(), api.Trace, directions[0], request(token))
			apitest.WantRefusal(t, err, codes.Aborted, "TRACE_CHANGED", "resume_token")
			_, err = api.Trace.GetTrace(t.Context(), paged)
			apitest.WantRefusal(t, err, codes.Aborted, "TRACE_CHANGED", "page_token")
			c.back(api, t)
			goesOn()
		})
	}
}

// place puts a location under another.
func place(api *apitest.API, t *testing.T, code, under string) {
	t.Helper()
	api.PushLocation(t, &pb.Location{Code: code, ParentCode: under, Kind: pb.LocationKind_LOCATION_KIND_STORAGE})
}

// categorize gives an item a category.
func categorize(api *apitest.API, t *testing.T, sku, category string) {
	t.Helper()
	api.PushItem(t, &pb.Item{Sku: sku, Name: "The " + sku, Category: category, BaseUnit: lineagetest.Unit, Decimals: 3, Tracking: pb.Tracking_TRACKING_LOT})
}
