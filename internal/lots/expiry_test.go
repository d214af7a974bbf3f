package lots_test

import (
	"fmt"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// expiring is what a report says, each lot or group in a line, read in pages of two.
func (s *store) expiring(req *pb.ListExpiringLotsRequest) []string {
	s.t.Helper()
	req.PageSize = 2
	lines := []string{}
	for {
		resp, err := s.Lots.ListExpiringLots(s.t.Context(), req)
		must(s.t, resp, err)
		for _, l := range resp.Lots {
			percent := "-"
			if l.RemainingPercent != nil {
				percent = fmt.Sprint(*l.RemainingPercent)
			}
			lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s %s at %s days, %s of %d %s %d %s", l.Lot.LotCode, l.OnHand.Value, l.LocationCode,
				days(l.RemainingDays), percent, l.ShelfLifeDays, strings.TrimPrefix(l.Action.String(), "EXPIRY_ACTION_"), l.ActiveHoldCount, worth(l.Values))))
		}
		for _, g := range resp.Groups {
			var onHand []string
			for _, q := range g.OnHand {
				onHand = append(onHand, q.Value+q.Unit)
			}
			lines = append(lines, strings.TrimSpace(fmt.Sprintf("%q %d lots, %d expired: %s, %d unknown %s", g.Key, g.LotCount, g.ExpiredLotCount, strings.Join(onHand, " "), g.LotsWithoutCost, worth(g.Values))))
		}
		if len(resp.Lots)+len(resp.Groups) > 2 {
			s.t.Errorf("a page of %v", resp)
		}
		if req.PageToken = resp.NextPageToken; req.PageToken == "" {
			return lines
		}
	}
}

func days(n int32) string { return fmt.Sprint(n) }

func worth(values []*pb.ExpiryValue) string {
	var texts []string
	for _, v := range values {
		texts = append(texts, v.Amount+v.Currency)
	}
	return strings.Join(texts, " ")
}

// The days of this test are those at a site in UTC, so that they are those of in.
func TestListExpiringLots(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.PushLocation(t, &pb.Location{Code: "UTC", Kind: pb.LocationKind_LOCATION_KIND_SITE, TimeZone: "UTC"})
	for _, code := range []string{"U-1", "U-2"} {
		s.PushLocation(t, &pb.Location{Code: code, ParentCode: "UTC", Kind: pb.LocationKind_LOCATION_KIND_STORAGE})
	}
	s.PushLocation(t, &pb.Location{Code: "U-2-1", ParentCode: "U-2", Kind: pb.LocationKind_LOCATION_KIND_STORAGE})
	s.PushItem(t, &pb.Item{Sku: "YOGURT", Name: "Yogurt", Category: "dairy", BaseUnit: "KGM", Tracking: pb.Tracking_TRACKING_LOT, Units: []*pb.ItemUnit{{Unit: "CASE", Numerator: "5"}}})
	cost := func(amount, unit string) *pb.UnitCost {
		return &pb.UnitCost{Amount: amount, Currency: "EUR", Unit: unit}
	}
	s.receiveWith("YOGURT", "KGM", "Y-OLD", "U-1", &pb.ReceiptLine{ExpiryDate: in(-1), UnitCost: cost("5.25", "CASE")})
	s.receiveWith("YOGURT", "KGM", "Y-BB", "U-2-1", &pb.ReceiptLine{BestBeforeDate: in(-1), UnitCost: &pb.UnitCost{Amount: "1", Currency: "USD", Unit: "KGM"}})
	s.receiveWith("YOGURT", "KGM", "Y-SOON", "U-1", &pb.ReceiptLine{ProductionDate: in(-18), ExpiryDate: in(2)})
	s.receiveWith(oil, "LTR", "O-LITTLE", "U-1", &pb.ReceiptLine{ProductionDate: in(-90), ExpiryDate: in(10), UnitCost: cost("2", "LTR")})
	s.receiveWith(oil, "LTR", "O-FIRST", "U-1", &pb.ReceiptLine{ProductionDate: in(-10), ExpiryDate: in(10), UnitCost: cost("2", "LTR")})
	s.receiveWith(oil, "LTR", "O-LATER", "U-1", &pb.ReceiptLine{ExpiryDate: in(40), UnitCost: cost("2", "LTR")})
	s.receiveWith("YOGURT", "KGM", "NONE", "U-1", &pb.ReceiptLine{})
	s.receiveWith("YOGURT", "KGM", "GONE", "U-1", &pb.ReceiptLine{ExpiryDate: in(1), Quantity: amount("1", "KGM")})
	if _, err := s.shipOne("S", "YOGURT", "GONE", "KGM", "U-1"); err != nil {
		t.Fatal(err)
	}
	s.mustMove(oil + "/O-FIRST 4 LTR U-1 > U-2")
	if _, err := s.Lots.PlaceHold(t.Context(), &pb.PlaceHoldRequest{RequestId: apitest.ID(), Sku: oil, LotCode: "O-LITTLE", Reason: "label"}); err != nil {
		t.Fatal(err)
	}
	zero, forty := int32(0), int32(40)
	old := []string{"Y-BB 10 U-2-1 at -1 days, - of 0 RETEST 0 10USD", "Y-OLD 10 U-1 at -1 days, - of 0 DISPOSE 0 10.5EUR"}
	soon := "Y-SOON 10 U-1 at 2 days, 10 of 20 SELL_AT_DISCOUNT 0"
	first := []string{"O-FIRST 6 U-1 at 10 days, 50 of 20 USE_FIRST 0 12EUR", "O-FIRST 4 U-2 at 10 days, 50 of 20 USE_FIRST 0 8EUR"}
	little := "O-LITTLE 10 U-1 at 10 days, 10 of 100 SELL_AT_DISCOUNT 1 20EUR"
	for _, c := range []struct {
		name string
		req  *pb.ListExpiringLotsRequest
		want []string
	}{
		{"all within 30 days", &pb.ListExpiringLotsRequest{}, []string{old[0], old[1], soon, first[0], first[1], little}},
		{"expired", &pb.ListExpiringLotsRequest{State: pb.ExpiryState_EXPIRY_STATE_EXPIRED}, old},
		{"today", &pb.ListExpiringLotsRequest{WithinDays: &zero, State: pb.ExpiryState_EXPIRY_STATE_EXPIRING}, []string{}},
		{"within 40 days, of oil", &pb.ListExpiringLotsRequest{WithinDays: &forty, Sku: oil}, []string{first[0], first[1], little, "O-LATER 10 U-1 at 40 days, - of 0 USE_FIRST 0 20EUR"}},
		{"dairy", &pb.ListExpiringLotsRequest{Category: "dairy", State: pb.ExpiryState_EXPIRY_STATE_EXPIRING}, []string{soon}},
		{"at a location", &pb.ListExpiringLotsRequest{LocationCode: "U-2"}, []string{old[0], first[1]}},
		{"at a site", &pb.ListExpiringLotsRequest{LocationCode: apitest.Site}, []string{}},
		{"nothing is little", &pb.ListExpiringLotsRequest{Category: "dairy", DiscountDays: &zero, DiscountPercent: &zero, State: pb.ExpiryState_EXPIRY_STATE_EXPIRING},
			[]string{strings.Replace(soon, "SELL_AT_DISCOUNT", "USE_FIRST", 1)}},
		{"by item", &pb.ListExpiringLotsRequest{GroupBy: pb.ExpiryGroupBy_EXPIRY_GROUP_BY_ITEM},
			[]string{`"OIL" 2 lots, 0 expired: 20LTR, 0 unknown 40EUR`, `"YOGURT" 3 lots, 2 expired: 30KGM, 1 unknown 10.5EUR 10USD`}},
		{"by category", &pb.ListExpiringLotsRequest{GroupBy: pb.ExpiryGroupBy_EXPIRY_GROUP_BY_CATEGORY},
			[]string{`"" 2 lots, 0 expired: 20LTR, 0 unknown 40EUR`, `"dairy" 3 lots, 2 expired: 30KGM, 1 unknown 10.5EUR 10USD`}},
		{"by location", &pb.ListExpiringLotsRequest{GroupBy: pb.ExpiryGroupBy_EXPIRY_GROUP_BY_LOCATION}, []string{
			`"U-1" 4 lots, 1 expired: 20KGM 16LTR, 1 unknown 42.5EUR`, `"U-2" 1 lots, 0 expired: 4LTR, 0 unknown 8EUR`, `"U-2-1" 1 lots, 1 expired: 10KGM, 0 unknown 10USD`}},
		{"by action", &pb.ListExpiringLotsRequest{GroupBy: pb.ExpiryGroupBy_EXPIRY_GROUP_BY_ACTION}, []string{
			`"EXPIRY_ACTION_DISPOSE" 1 lots, 1 expired: 10KGM, 0 unknown 10.5EUR`, `"EXPIRY_ACTION_RETEST" 1 lots, 1 expired: 10KGM, 0 unknown 10USD`,
			`"EXPIRY_ACTION_SELL_AT_DISCOUNT" 2 lots, 0 expired: 10KGM 10LTR, 1 unknown 20EUR`, `"EXPIRY_ACTION_USE_FIRST" 1 lots, 0 expired: 10LTR, 0 unknown 20EUR`}},
	} {
		same(t, c.name, s.expiring(c.req), c.want)
	}
	for req, want := range map[*pb.ListExpiringLotsRequest]string{{Sku: "NO"}: "UNKNOWN_ITEM sku", {LocationCode: "NO"}: "UNKNOWN_LOCATION location_code"} {
		_, err := s.Lots.ListExpiringLots(t.Context(), req)
		reason, field, _ := strings.Cut(want, " ")
		apitest.WantRefusal(t, err, codes.NotFound, reason, field)
	}
}

// Days are those of the site: what has its last day today in Honolulu has had it in
// Auckland, for half of the time.
func TestExpiringLotsByTheDayOfTheSite(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	for site, zone := range map[string]string{"AKL": "Pacific/Auckland", "HNL": "Pacific/Honolulu"} {
		s.PushLocation(t, &pb.Location{Code: site, Kind: pb.LocationKind_LOCATION_KIND_SITE, TimeZone: zone})
		s.PushLocation(t, &pb.Location{Code: site + "-1", ParentCode: site, Kind: pb.LocationKind_LOCATION_KIND_STORAGE})
	}
	s.receiveWith(oil, "LTR", "O", "AKL-1", &pb.ReceiptLine{ExpiryDate: in(10)})
	s.mustMove(oil + "/O 4 LTR AKL-1 > HNL-1")
	resp, err := s.Lots.ListExpiringLots(t.Context(), &pb.ListExpiringLotsRequest{Sku: oil})
	lots := must(t, resp, err).Lots
	if len(lots) != 2 || lots[0].SiteCode != "AKL" || lots[1].SiteCode != "HNL" {
		t.Fatalf("%v", lots)
	}
	// Auckland is 22 to 24 hours ahead: nearly always a day, and never less than none.
	ahead := lots[1].RemainingDays - lots[0].RemainingDays
	if (ahead == 1) != (lots[0].Today > lots[1].Today) || ahead < 0 {
		t.Errorf("%v", lots)
	}
	within, err := s.Lots.ListExpiringLots(t.Context(), &pb.ListExpiringLotsRequest{Sku: oil, WithinDays: &lots[0].RemainingDays})
	if got := len(must(t, within, err).Lots); got != 2-int(ahead) {
		t.Errorf("%d of them are within %d days: %v", got, lots[0].RemainingDays, within)
	}
}
