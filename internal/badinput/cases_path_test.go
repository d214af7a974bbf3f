package badinput_test

import (
	"testing"
	"time"

	"google.golang.org/grpc/codes"

	"github.com/lottrail/lottrail/internal/apitest"
)

// refuseWays: ends and complaints that are not there, or were not at the moment that is
// asked about, and too few of them.
func refuseWays(t *testing.T, w *world) {
	t.Helper()
	const invalid, missing = codes.InvalidArgument, codes.NotFound
	hour := time.Now().Add(time.Hour).UTC().Truncate(time.Microsecond)
	future := says(hour.Format(time.RFC3339Nano), "not past", "ask about an earlier moment")
	var cases []bad
	for _, end := range []string{"from", "to"} {
		cases = append(cases,
			bad{"FindPath", set(end+".sku", "NO/SUCH"), missing, "UNKNOWN_ITEM", "", says(`"NO/SUCH"`, "check the")},
			bad{"FindPath", set(end+".lot_code", "NO/SUCH"), missing, "UNKNOWN_LOT", end + ".lot_code", says(`"FLOUR"`, `"NO/SUCH"`, "check the")},
			bad{"FindPath", set(end, cleared), invalid, "REQUIRED", end, says("value is required")},
		)
	}
	cases = append(cases,
		bad{"FindPath", set("known_at.log_index", 0), missing, "UNKNOWN_LOT", "from.lot_code", says("recorded later")},
		bad{"FindPath", set("known_at.time", hour), invalid, "IN_THE_FUTURE", "", future},
		bad{"FindPath", set("as_of", hour), invalid, "IN_THE_FUTURE", "", future},
	)
	rank := func(pairs ...any) []edit { return set(append(pairs, "page_token", "")...) }
	other := func(complaints messages) []any { return []any{"complaints", cleared, "complaints", complaints} }
	none, noLot := messages{shipmentSeed("NO/SUCH"), receiptSeed("RC-1")}, messages{receiptSeed("RC-1"), lotSeed(apitest.Flour, "NO/SUCH")}
	cases = append(cases,
		bad{"RankCommonOrigins", rank(other(none)...), missing, "UNKNOWN_SHIPMENT", "complaints[0].shipment_code", says(`"NO/SUCH"`)},
		bad{"RankCommonOrigins", rank(other(noLot)...), missing, "UNKNOWN_LOT", "complaints[1].lot.lot_code", says(`"NO/SUCH"`)},
		bad{"RankCommonOrigins", rank(other(messages{receiptSeed("RC-1")})...), invalid, "REPEATED_MIN_ITEMS", "complaints", says("at least 2")},
		bad{"RankCommonOrigins", rank("known_at.time", hour), invalid, "IN_THE_FUTURE", "", future},
		bad{"RankCommonOrigins", rank("as_of", hour), invalid, "IN_THE_FUTURE", "", future},
		bad{"RankCommonOrigins", set(other(messages{receiptSeed("RC-1"), receiptSeed("RC-1")})...), invalid, "BAD_PAGE_TOKEN", "page_token", says("start from the first page")},
	)
	w.refuseAll(t, cases)
}
