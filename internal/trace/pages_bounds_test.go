package trace_test

import (
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
)

// A page ends before it has become too large a message, however many entries were asked for.
func TestPagesAreNoLargerThanMessages(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	lineagetest.Load(t, api.DB, 1, fan(4000))
	for _, name := range []string{"Shop", strings.Repeat("x", 200)} { // the first is taken for what is there
		api.PushParty(t, &pb.Party{Code: "shop", Name: name, Kinds: []pb.PartyKind{pb.PartyKind_PARTY_KIND_CUSTOMER}, Contacts: []*pb.Contact{{Name: name, Role: "recall", Phone: "+49 30 1"}}})
		api.PushItem(t, &pb.Item{Sku: "pack", Name: name, BaseUnit: lineagetest.Unit, Decimals: 3, Tracking: pb.Tracking_TRACKING_LOT})
	}
	paged, err := pages(t.Context(), overGRPC(api.Trace), &pb.GetTraceRequest{Sku: "bulk", LotCode: "1", Direction: directions[0], PageSize: 10000})
	if err != nil {
		t.Fatal(err)
	}
	whole := 0
	for i, p := range paged {
		size := proto.Size(p)
		if whole += size; size > 2<<20+64<<10 { // tags of the entries come on top
			t.Errorf("page %d has %d bytes", i, size)
		}
	}
	if n := joined(paged).Summary.ShipmentCount; n != 4000 || whole < 5<<19 {
		t.Errorf("%d pages of %d bytes in all, %d shipments", len(paged), whole, n)
	}
}

// A trace whose filters have come to mean something else is not gone on with.
func TestTraceThatHasChanged(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	lineagetest.Load(t, api.DB, 1, parse(t, bakery))
	of := func(sku, category string) {
		for _, category := range []string{"", category} { // the first is taken for what is there
			api.PushItem(t, &pb.Item{Sku: sku, Name: "The " + sku, Category: category, BaseUnit: lineagetest.Unit, Decimals: 3, Tracking: pb.Tracking_TRACKING_LOT})
		}
	}
	of("danish", "baked")
	of("dough", "baked")
	stream := &pb.TraceForwardRequest{Sku: "flour", LotCode: "1", Filter: &pb.TraceFilter{Categories: []string{"baked"}}}
	page := &pb.GetTraceRequest{Sku: "flour", LotCode: "1", Filter: stream.Filter, Direction: directions[0], PageSize: 2}
	parts, err := streamOf(t.Context(), api.Trace, directions[0], stream)
	if err != nil {
		t.Fatal(err)
	}
	first, err := api.Trace.GetTrace(t.Context(), page)
	if err != nil {
		t.Fatal(err)
	}
	stream.ResumeToken, page.PageToken = parts[0].ResumeToken, first.NextPageToken
	if _, err := streamOf(t.Context(), api.Trace, directions[0], stream); err != nil {
		t.Errorf("as it was: %v", err)
	}
	of("crumbs", "baked")
	_, err = streamOf(t.Context(), api.Trace, directions[0], stream)
	apitest.WantRefusal(t, err, codes.Aborted, "TRACE_CHANGED", "resume_token")
	_, err = api.Trace.GetTrace(t.Context(), page)
	apitest.WantRefusal(t, err, codes.Aborted, "TRACE_CHANGED", "page_token")
}
