package badinput_test

import (
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
)

// momentOf is where each write tells when it happened.
var momentOf = func() map[string]string {
	moments := map[string]string{}
	for name, r := range rpcs {
		for i := range r.Input().Fields().Len() {
			field := r.Input().Fields().Get(i)
			if message := field.Message(); r.isWrite() && message != nil && message.FullName() == "google.protobuf.Timestamp" && strings.HasSuffix(field.TextName(), "_at") {
				moments[name] = field.TextName()
			}
		}
	}
	return moments
}()

// datesOf are the civil dates in requests.
var datesOf = map[string][]string{
	"UpsertPurchaseOrder":   {"purchase_order.order_date", "purchase_order.lines[0].due_date"},
	"Receive":               {"lines[0].production_date", "lines[0].best_before_date", "lines[0].expiry_date", "lines[0].removal_date"},
	"CreateProductionOrder": {"production_order.due_date"},
	"RecordOutputs":         {"lines[0].production_date", "lines[0].best_before_date", "lines[0].expiry_date", "lines[0].removal_date"},
	"ChangeLotDates":        {"production_date", "best_before_date", "expiry_date", "removal_date"},
	"UpsertSalesOrder":      {"sales_order.order_date", "sales_order.lines[0].due_date"},
	"Ship":                  {"delivery_date"},
}

// refuseDates: days that do not exist, in every date.
func refuseDates(t *testing.T, w *world) {
	t.Helper()
	var cases []bad
	for name, paths := range datesOf {
		for _, path := range paths {
			for _, day := range []string{"2026-02-31", "2025-02-29", "2026-13-01", "2026-00-10", "2026-01-00", "2026-04-31"} {
				cases = append(cases, bad{name, set(path, day), codes.InvalidArgument, "INVALID_DATE", "", says(quoted(day), "give a day that exists as YYYY-MM-DD")})
			}
			for _, day := range []string{"tomorrow", "2026-2-1", "31.12.2026", "12/31/2026", "2026-01-01T00:00:00Z", "20260101", "２０２６-01-01"} {
				cases = append(cases, bad{name, set(path, day), codes.InvalidArgument, "DATE_FORMAT", "", says(quoted(day), "YYYY-MM-DD")})
			}
		}
	}
	w.refuseAll(t, cases)
}

// refuseMoments: what has not come yet, in everything that happened.
func refuseMoments(t *testing.T, w *world) {
	t.Helper()
	var cases []bad
	for name, path := range momentOf {
		const future, long = "give the moment at which it happened, or leave it out for now", "give the moment at which it happened"
		hour := time.Now().Add(time.Hour).UTC()
		cases = append(cases,
			bad{name, set(path, hour), codes.InvalidArgument, "IN_THE_FUTURE", "", says(hour.Format(time.RFC3339), future)},
			bad{name, set(path, time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)), codes.InvalidArgument, "IN_THE_FUTURE", "", says("9999-12-31", future)},
			bad{name, set(path, time.Date(1969, 12, 31, 0, 0, 0, 0, time.UTC)), codes.InvalidArgument, "TOO_LONG_AGO", "", says("1969-12-31", long)},
			bad{name, set(path, time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)), codes.InvalidArgument, "TOO_LONG_AGO", "", says("0001-01-01", long)},
		)
	}
	w.refuseAll(t, cases)
}

// refuseDatesReversed: dates and moments that cannot be in this order.
func refuseDatesReversed(t *testing.T, w *world) {
	t.Helper()
	const invalid = codes.InvalidArgument
	w.refuseAll(t, []bad{
		{"Receive", set("lines[0].expiry_date", "2025-04-30"), invalid, "DATES_REVERSED", "", says("2025-04-30", "2025-05-01", "check which is which")},
		{"Receive", set("lines[0].production_date", "2025-06-02"), invalid, "PRODUCTION_IN_THE_FUTURE", "", says("2025-06-02", "2025-06-01", "check both")},
		{"Receive", set("lines[0].production_date", "2025-05-20", "lines[0].expiry_date", "2025-05-10"), invalid, "DATES_REVERSED", "lines[0].expiry_date", says("check which is which")},
		{"Receive", set("lines[0].expiry_date", "", "lines[0].best_before_date", "", "lines[0].removal_date", "", "lines[0].purchase_order_line_number", 4, "lines[0].quantity.unit", "LTR", "lines[0].unit_cost", cleared), invalid, "EXPIRY_DATE_REQUIRED", "", says(`"MILK"`, "give the date, or set a shelf life")},
		{"RecordOutputs", set("lines[0].expiry_date", "2025-05-31"), invalid, "DATES_REVERSED", "", says("2025-05-31", "2025-06-01", "check which is which")},
		{"RecordOutputs", set("lines[0].production_date", "2025-06-02"), invalid, "PRODUCTION_IN_THE_FUTURE", "", says("2025-06-02", "2025-06-01", "check both")},
		{"FinishRun", set("finished_at", past.Add(-2*time.Hour)), invalid, "FINISHED_BEFORE_STARTED", "", says("2025-06-01T06:00:00Z", "2025-06-01T07:00:00Z", "check the time")},
		{"Ship", set("delivery_date", "2025-05-30"), invalid, "DATES_REVERSED", "", says("2025-05-30", "2025-06-01", "give shipped_at")},
	})
}
