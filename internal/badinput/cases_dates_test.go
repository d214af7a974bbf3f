package badinput_test

import (
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// addDateReads asks for what was changed, and for what expires: for ever, so that there
// is more than a page of it.
func addDateReads(add func(string, proto.Message)) {
	add("ListLotDateChanges", &pb.ListLotDateChangesRequest{Sku: apitest.Flour, LotCode: "FL-2", PageSize: 1})
	days, percent := int32(36500), int32(10)
	add("ListExpiringLots", &pb.ListExpiringLotsRequest{
		WithinDays: &days, LocationCode: apitest.Site, DiscountDays: &days, DiscountPercent: &percent, PageSize: 1,
	})
}

func addDates(add func(string, proto.Message)) {
	add("ChangeLotDates", &pb.ChangeLotDatesRequest{
		Sku: apitest.Flour, LotCode: "FL-1", ProductionDate: "2025-01-11", BestBeforeDate: "2098-06-30", ExpiryDate: "2098-12-31",
		DropDates: []pb.LotDate{pb.LotDate_LOT_DATE_REMOVAL}, Reason: "the label says so", RetestReference: "LAB/1",
	})
}

// date gives a lot dates that there are changes to list of.
func (w *world) date(t testing.TB) {
	t.Helper()
	for _, day := range []string{"2099-12-31", "2099-12-30"} {
		w.must(t, "ChangeLotDates", &pb.ChangeLotDatesRequest{Sku: apitest.Flour, LotCode: "FL-2", ExpiryDate: day, Reason: "the label says so"})
	}
}

// refuseDateChanges: what dates a lot cannot have, and what it takes to have others.
func refuseDateChanges(t *testing.T, w *world) {
	t.Helper()
	const invalid, refused, missing = codes.InvalidArgument, codes.FailedPrecondition, codes.NotFound
	tomorrow := time.Now().AddDate(0, 0, 3).Format(time.DateOnly)
	alone := set("production_date", "", "best_before_date", "", "expiry_date", "", "drop_dates", cleared)
	with := func(edits []edit) []edit { return append(append([]edit(nil), alone...), edits...) }
	old := set("sku", milk, "lot_code", "MK-OLD", "production_date", "", "best_before_date", "")
	w.refuseAll(t, []bad{
		{"ChangeLotDates", set("sku", none), missing, "UNKNOWN_ITEM", "", says(`"NO/SUCH"`, "UpsertItem")},
		{"ChangeLotDates", set("lot_code", none), missing, "UNKNOWN_LOT", "", says(`"NO/SUCH"`, `"FLOUR"`)},
		{"ChangeLotDates", set("reason", ""), invalid, "STRING_MIN_LEN", "", nil},
		{"ChangeLotDates", set("expiry_date", "2025-01-10"), invalid, "DATES_REVERSED", "", says("2025-01-10", "2025-01-11", "check which is which")},
		{"ChangeLotDates", with(set("expiry_date", "2025-01-09")), invalid, "DATES_REVERSED", "expiry_date", says("2025-01-09", "2025-01-10")},
		{"ChangeLotDates", set("best_before_date", "2099-01-01"), invalid, "DATES_REVERSED", "", says("2099-01-01", "2098-12-31")},
		{"ChangeLotDates", set("removal_date", "2099-01-01", "drop_dates", cleared), invalid, "DATES_REVERSED", "", says("2099-01-01", "2098-12-31")},
		{"ChangeLotDates", set("production_date", tomorrow), invalid, "PRODUCTION_IN_THE_FUTURE", "", says(tomorrow, "check both")},
		{"ChangeLotDates", set("removal_date", "2098-01-01"), invalid, "DATE_DROPPED", "", says("2098-01-01", "give it, or drop it")},
		{"ChangeLotDates", set("drop_dates", times(2)), invalid, "REPEATED_UNIQUE", "", nil},
		{"ChangeLotDates", alone, refused, "DATES_UNCHANGED", "lot_code", says(`"FL-1"`, "get the lot to see them")},
		{"ChangeLotDates", with(set("expiry_date", "2099-12-31")), refused, "DATES_UNCHANGED", "lot_code", nil},
		{"ChangeLotDates", set("expiry_date", "2100-01-01", "retest_reference", ""), refused, "RETEST_REFERENCE_REQUIRED", "retest_reference", says(`"FL-1"`, "2100-01-01", "2099-12-31", "name the test")},
		{"ChangeLotDates", set("expiry_date", "", "best_before_date", "", "drop_dates[0]", 3, "retest_reference", ""), refused, "RETEST_REFERENCE_REQUIRED", "retest_reference", says("none", "2099-12-31")},
		{"ChangeLotDates", append(set("expiry_date", "2020-02-29", "retest_reference", ""), old...), refused, "RETEST_REFERENCE_REQUIRED", "retest_reference", says(`"MK-OLD"`, "2020-02-29", "2020-01-31")},
		{"ChangeLotDates", append(set("expiry_date", "", "drop_dates[0]", 3), old...), invalid, "EXPIRY_DATE_REQUIRED", "expiry_date", says(`"MILK"`)},
		{"Receive", set("lines[0].best_before_date", "2100-01-01"), invalid, "DATES_REVERSED", "", says("2100-01-01", "2099-12-31")},
		{"Receive", set("lines[0].removal_date", "2100-01-01"), invalid, "DATES_REVERSED", "", says("2100-01-01", "2099-12-31")},
		{"RecordOutputs", set("lines[0].removal_date", "2025-05-31"), invalid, "DATES_REVERSED", "", says("2025-05-31", "2025-06-01")},
		{"ListLotDateChanges", set("lot_code", none, "page_token", ""), missing, "UNKNOWN_LOT", "", says(`"NO/SUCH"`)},
		{"ListExpiringLots", set("sku", none, "page_token", ""), missing, "UNKNOWN_ITEM", "", says(`"NO/SUCH"`)},
		{"ListExpiringLots", set("location_code", none, "page_token", ""), missing, "UNKNOWN_LOCATION", "", says(`"NO/SUCH"`)},
		{"ListExpiringLots", set("location_code", "scrap", "page_token", ""), missing, "UNKNOWN_LOCATION", "", says(`"scrap"`)},
		{"ListExpiringLots", set("within_days", -1), invalid, "INT32_GTE_LTE", "", says("-1")},
		{"ListExpiringLots", set("within_days", 36501), invalid, "INT32_GTE_LTE", "", says("36501")},
		{"ListExpiringLots", set("discount_percent", 101), invalid, "INT32_GTE_LTE", "", says("101")},
	})
}
