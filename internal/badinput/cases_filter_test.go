package badinput_test

import (
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
)

// refuseFilters: filters and orders of every list that takes them.
func refuseFilters(t *testing.T, w *world) {
	t.Helper()
	const invalid = codes.InvalidArgument
	var cases []bad
	for name, r := range rpcs {
		if r.Input().Fields().ByName("order_by") == nil {
			continue
		}
		for filter, said := range map[string][]string{
			`colour = "red"`:                      says("at character 1", `"colour"`, "The fields are "),
			`tenant_id = 1`:                       says("at character 1", `"tenant_id"`, "The fields are "),
			`colour`:                              says("at character 1", "a comparison is expected"),
			`"red" = colour`:                      says("at character 1", "the name of a field is expected"),
			`(colour = "red"`:                     says("at character 16", "missing at the end"),
			`colour = "red")`:                     says("at character 15", `")" was not expected`),
			`colour = "red`:                       says("at character 10", "has no end"),
			`colour = `:                           says("missing at the end"),
			`colour == "red"`:                     says("at character 9", "was not expected"),
			`a = 1 b = 2`:                         says("at character 7", "joined by AND or OR"),
			`pg_sleep(60)`:                        says("at character 1", "pg_sleep"),
			`1=1; DROP TABLE lot`:                 says("at character 4"),
			strings.Repeat("(", 21) + "a=1":       says("at character 21", "parentheses"),
			strings.Repeat("a=1 OR ", 50) + "a=1": says("this is comparison 51"),
		} {
			cases = append(cases, bad{name, set("filter", filter, "page_token", ""), invalid, "INVALID_FILTER", "", said})
		}
		for by, said := range map[string][]string{
			"colour":                 says("at character 1", `"colour"`, "the fields are "),
			"tenant_id":              says("at character 1", `"tenant_id"`, "the fields are "),
			"colour downwards":       says("at character 1", "asc or desc"),
			", colour":               says("at character 1", "asc or desc"),
			"colour; DROP TABLE lot": says("at character 1", "asc or desc"),
			"(SELECT 1)":             says("at character 1", "asc or desc"),
			strings.Repeat("a", 200): says("at character 1"),
		} {
			cases = append(cases, bad{name, set("order_by", by, "page_token", ""), invalid, "INVALID_ORDER", "", said})
		}
		cases = append(cases,
			bad{name, set("filter", strings.Repeat("a", 2001), "page_token", ""), invalid, "STRING_MAX_LEN", "", nil},
			bad{name, set("order_by", strings.Repeat("a", 201), "page_token", ""), invalid, "STRING_MAX_LEN", "", nil},
		)
	}
	for _, c := range []struct{ filter, where, what string }{
		{`on_hand.value = many`, "at character 17", "a number"},
		{`expiry_date = "2026-02-31"`, "at character 15", "a day that exists"},
		{`expiry_date < 2026-04-01`, "at character 19", "strings stand in quotes"},
		{`inferred = 1`, "at character 12", "true or false"},
		{`sku = FLOUR`, "at character 7", "in quotes"},
		{`sku = "a" AND created_at > "yesterday"`, "at character 28", "RFC 3339"},
	} {
		cases = append(cases, bad{"ListLots", set("filter", c.filter, "page_token", ""), invalid, "INVALID_FILTER", "", says(c.where, c.what)})
	}
	cases = append(cases,
		bad{"ListExpiringLots", set("filter", `lot.sku = "A"`, "group_by", 1, "page_token", ""), invalid, "NOT_WITH_GROUPS", "", says("leave out this or group_by")},
		bad{"ListExpiringLots", set("order_by", "lot.sku", "group_by", 1, "page_token", ""), invalid, "NOT_WITH_GROUPS", "", says("leave out this or group_by")},
		bad{"ListCounts", set("filter", "state = OPEN", "page_token", ""), invalid, "INVALID_FILTER", "", says("at character 9", "COUNT_STATE_OPEN")},
		bad{"ListCounts", set("order_by", "state", "page_token", ""), invalid, "INVALID_ORDER", "", says("state has no order")},
		bad{"ListLots", set("order_by", "sku, sku desc", "page_token", ""), invalid, "INVALID_ORDER", "", says("at character 6", "twice")},
		bad{"ListLots", set("order_by", "expiry_date, lot_code, on_hand.value, sku", "page_token", ""), invalid, "INVALID_ORDER", "", says("at character 39", "there may be 3")},
		// The token of another filter, and of another order.
		bad{"ListLots", set("filter", `sku = "FLOUR"`), invalid, "BAD_PAGE_TOKEN", "page_token", says("the same filters and order")},
		bad{"ListLots", set("order_by", "lot_code desc"), invalid, "BAD_PAGE_TOKEN", "page_token", says("the same filters and order")},
	)
	w.refuseAll(t, cases)
}
