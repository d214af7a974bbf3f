package lots_test

import (
	"fmt"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// shrink asks page by page, two rows each: "key sku/lot REASON +found -missed scrapped = net".
func (s *store) shrink(req *pb.ListShrinkRequest) []string {
	s.t.Helper()
	req.PageSize = 2
	rows := pages(s.t, 2, func(token string) ([]*pb.Shrink, string, error) {
		req.PageToken = token
		resp, err := s.Lots.ListShrink(s.t.Context(), req)
		return resp.GetRows(), resp.GetNextPageToken(), err
	})
	var texts []string
	for _, r := range rows {
		texts = append(texts, fmt.Sprintf("%s%s %s/%s %s +%s -%s *%s = %s %s of %d", r.LocationCode, r.Period, r.Sku, r.LotCode, strings.TrimPrefix(r.ReasonCode.String(), "ADJUSTMENT_REASON_"),
			r.Found.Value, r.Missed.Value, r.Scrapped.Value, r.Net.Value, r.Net.Unit, r.MovementCount))
	}
	return texts
}

func TestShrink(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.ReceiveLot(t, apitest.Flour, "L/1", "50", "KGM", bin1)
	s.ReceiveLot(t, apitest.Flour, "L/2", "50", "KGM", bin2)
	s.ReceiveLot(t, apitest.Bread, "B/1", "50", "H87", apitest.Dock)
	on := func(when, why string, lines ...string) {
		req := adjusting(why, lines...)
		req.AdjustedAt = at(when)
		if _, err := s.adjust(req); err != nil {
			t.Fatal(err)
		}
	}
	on("2024-04-30T12:00:00Z", "LOST", "-FLOUR/L/1 1.5 KGM "+bin1, "-FLOUR/L/2 2 KGM "+bin2)
	on("2024-04-30T22:30:00Z", "LOST", "-FLOUR/L/1 3 KGM "+bin1) // in Berlin that is May
	on("2024-05-01T12:00:00Z", "MISCOUNT", "+FLOUR/L/1 4 KGM "+bin1, "-BREAD/B/1 1 H87 DOCK-1", "-FLOUR/L/1 1 KGM "+bin1)
	scrap := scrapping("DAMAGE", "FLOUR/L/2 5 KGM "+bin2)
	scrap.ScrappedAt = at("2024-05-02T12:00:00Z")
	_, err := s.scrap(scrap)
	must(t, "", err)
	// What is taken back, now, vanishes from when it happened.
	on("2024-05-01T12:00:00Z", "LOST", "-FLOUR/L/1 7 KGM "+bin1)
	_, err = s.Lots.ReverseOperation(t.Context(), &pb.ReverseOperationRequest{
		RequestId: apitest.ID(), Operation: &pb.ReverseOperationRequest_LogIndex{LogIndex: s.Sealed(t)}, Reason: "it was there",
	})
	must(t, "", err)
	const lot, place, day, month = pb.ShrinkGroupBy_SHRINK_GROUP_BY_LOT, pb.ShrinkGroupBy_SHRINK_GROUP_BY_LOCATION, pb.ShrinkGroupBy_SHRINK_GROUP_BY_DAY, pb.ShrinkGroupBy_SHRINK_GROUP_BY_MONTH
	for name, c := range map[string]struct {
		req  *pb.ListShrinkRequest
		want []string
	}{
		"item": {&pb.ListShrinkRequest{}, []string{
			" BREAD/ MISCOUNT +0 -1 *0 = -1 H87 of 1",
			" FLOUR/ DAMAGE +0 -0 *5 = -5 KGM of 1",
			" FLOUR/ LOST +0 -6.5 *0 = -6.5 KGM of 3",
			" FLOUR/ MISCOUNT +4 -1 *0 = 3 KGM of 2",
		}},
		"lot": {&pb.ListShrinkRequest{GroupBy: lot, Sku: apitest.Flour}, []string{
			" FLOUR/L/1 LOST +0 -4.5 *0 = -4.5 KGM of 2",
			" FLOUR/L/1 MISCOUNT +4 -1 *0 = 3 KGM of 2",
			" FLOUR/L/2 DAMAGE +0 -0 *5 = -5 KGM of 1",
			" FLOUR/L/2 LOST +0 -2 *0 = -2 KGM of 1",
		}},
		"location": {&pb.ListShrinkRequest{GroupBy: place, LocationCode: zone, ReasonCodes: []pb.AdjustmentReason{reason("LOST"), reason("DAMAGE")}}, []string{
			bin1 + " FLOUR/ LOST +0 -4.5 *0 = -4.5 KGM of 2",
			bin2 + " FLOUR/ DAMAGE +0 -0 *5 = -5 KGM of 1",
			bin2 + " FLOUR/ LOST +0 -2 *0 = -2 KGM of 1",
		}},
		"month": {&pb.ListShrinkRequest{GroupBy: month, Sku: apitest.Flour, LotCode: "L/1"}, []string{
			"2024-04 FLOUR/ LOST +0 -1.5 *0 = -1.5 KGM of 1",
			"2024-05 FLOUR/ LOST +0 -3 *0 = -3 KGM of 1",
			"2024-05 FLOUR/ MISCOUNT +4 -1 *0 = 3 KGM of 2",
		}},
		"day": {&pb.ListShrinkRequest{GroupBy: day, HappenedFrom: at("2024-05-01T12:00:01Z"), HappenedBefore: at("2024-06-01T00:00:00Z")}, []string{
			"2024-05-02 FLOUR/ DAMAGE +0 -0 *5 = -5 KGM of 1",
		}},
	} {
		same(t, name, s.shrink(c.req), c.want)
	}
	for _, c := range []struct {
		req           *pb.ListShrinkRequest
		code          codes.Code
		reason, field string
	}{
		{&pb.ListShrinkRequest{LotCode: "L/1"}, codes.InvalidArgument, "SKU_REQUIRED", "sku"},
		{&pb.ListShrinkRequest{Sku: "NO"}, codes.NotFound, "UNKNOWN_ITEM", "sku"},
		{&pb.ListShrinkRequest{Sku: apitest.Flour, LotCode: "NO"}, codes.NotFound, "UNKNOWN_LOT", "lot_code"},
		{&pb.ListShrinkRequest{LocationCode: "NO"}, codes.NotFound, "UNKNOWN_LOCATION", "location_code"},
		{&pb.ListShrinkRequest{HappenedFrom: at("2024-05-01T00:00:00Z"), HappenedBefore: at("2024-05-01T00:00:00Z")}, codes.InvalidArgument, "EMPTY_WINDOW", "happened_before"},
	} {
		_, err := s.Lots.ListShrink(t.Context(), c.req)
		apitest.WantRefusal(t, err, c.code, c.reason, c.field)
	}
}
