package badinput_test

import (
	"net/http"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// aboutLots are the RPCs that can be asked what was known of a lot.
var aboutLots = []string{"GetLot", "LocateLot", "GetLotTimeline", "TraceForward", "TraceBackward", "TraceBoth", "GetTrace", "GetDossier", "RenderDossier"}

// refuseKnownAt: moments that have not come, and lots that were not known yet.
func refuseKnownAt(t *testing.T, w *world) {
	t.Helper()
	const invalid, missing = codes.InvalidArgument, codes.NotFound
	const instead, never = "or leave known_at out", 1_000_000_000
	hour := time.Now().Add(time.Hour).UTC().Truncate(time.Microsecond)
	of := func(name string, pairs ...any) []edit {
		if rpcs[name].Input().Fields().ByName("page_token") != nil {
			pairs = append(pairs, "page_token", "") // which would be that of another question
		}
		return set(pairs...)
	}
	var cases []bad
	for _, name := range append([]string{"ListLocationContents"}, aboutLots...) {
		cases = append(cases,
			bad{name, of(name, "known_at.time", hour), invalid, "IN_THE_FUTURE", "", says(hour.Format(time.RFC3339Nano), "not past", "ask about an earlier moment", instead)},
			bad{name, of(name, "known_at.time", time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)), invalid, "IN_THE_FUTURE", "", says("9999-12-31", instead)},
			bad{name, of(name, "known_at.log_index", never), invalid, "IN_THE_FUTURE", "", says("1000000000", "beyond the end of the log", instead)},
			bad{name, of(name, "known_at.log_index", -1), invalid, "INT64_GTE", "", says("-1", "greater than or equal to 0")},
		)
	}
	for _, name := range aboutLots {
		none := says(`"NO/SUCH"`, "check the")
		then := says(`"FLOUR"`, `"FL-1"`, "recorded later", "ask about a later moment", instead)
		cases = append(cases,
			bad{name, of(name, "known_at.log_index", 0), missing, "UNKNOWN_LOT", "lot_code", then},
			bad{name, of(name, "known_at.time", past), missing, "UNKNOWN_LOT", "lot_code", then},
			bad{name, of(name, "known_at.time", time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)), missing, "UNKNOWN_LOT", "lot_code", then},
			bad{name, of(name, "sku", "NO/SUCH", "known_at.log_index", 0), missing, "UNKNOWN_ITEM", "", none},
			bad{name, of(name, "lot_code", "NO/SUCH", "known_at.log_index", 0), missing, "UNKNOWN_LOT", "", none},
			// And without it, for the good requests have it.
			bad{name, of(name, "sku", "NO/SUCH", "known_at", cleared), missing, "UNKNOWN_ITEM", "", none},
			bad{name, of(name, "lot_code", "NO/SUCH", "known_at", cleared), missing, "UNKNOWN_LOT", "", none},
		)
	}
	for _, name := range []string{"TraceForward", "TraceBackward", "TraceBoth", "GetTrace", "GetDossier", "RenderDossier"} {
		const without = "or leave as_of out"
		none := says(`"FLOUR"`, `"FL-1"`, "nothing had come in", "ask about a later moment", without)
		cases = append(cases,
			bad{name, of(name, "as_of", hour), invalid, "IN_THE_FUTURE", "", says(hour.Format(time.RFC3339Nano), "not past", "ask about an earlier moment", without)},
			bad{name, of(name, "as_of", time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)), invalid, "IN_THE_FUTURE", "", says("9999-12-31", without)},
			bad{name, of(name, "as_of", past.AddDate(-10, 0, 0)), missing, "UNKNOWN_LOT", "lot_code", none},
			bad{name, of(name, "as_of", time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)), missing, "UNKNOWN_LOT", "lot_code", none},
			bad{name, of(name, "as_of", time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), "sku", "NO/SUCH"), missing, "UNKNOWN_ITEM", "sku", says(`"NO/SUCH"`, "check the")},
		)
	}
	for _, one := range []string{"first", "second"} {
		const name = "CompareTraces"
		cases = append(cases,
			bad{name, set(one+".as_of", hour), invalid, "IN_THE_FUTURE", "", says("not past", "or leave as_of out")},
			bad{name, set(one+".known_at.time", hour), invalid, "IN_THE_FUTURE", "", says("not past", instead)},
			bad{name, set(one+".known_at.log_index", never), invalid, "IN_THE_FUTURE", "", says("beyond the end of the log")},
			bad{name, set(one+".as_of", past.AddDate(-10, 0, 0)), missing, "UNKNOWN_LOT", "lot_code", says("nothing had come in")},
			bad{name, set(one+".known_at.log_index", 0), missing, "UNKNOWN_LOT", "lot_code", says("recorded later")},
		)
	}
	// A page of one moment does not go on with another.
	cases = append(cases, bad{"GetTrace", set("as_of", past.AddDate(0, 0, 1)), invalid, "BAD_PAGE_TOKEN", "page_token", says("start from the first page")})
	for _, name := range []string{"LocateLot", "ListLocationContents", "GetLotTimeline", "GetTrace"} {
		for _, other := range [][]edit{set("known_at.log_index", 1), set("known_at.time", w.known.Add(-time.Microsecond)), set("known_at", cleared)} {
			cases = append(cases, bad{name, other, invalid, "BAD_PAGE_TOKEN", "page_token", says("start from the first page")})
		}
	}
	w.refuseAll(t, cases)
	// A question about no moment, which only gRPC and a body could ask.
	for _, name := range append([]string{"ListLocationContents"}, aboutLots...) {
		_, err := w.overGRPC(t, name, w.request(t, name, set("known_at.time", cleared)...))
		wantStatus(t, name, status.Convert(err), invalid, "INVALID_FIELD", "known_at", "moment")
	}
}

// refuseKnownAtQueries: moments that are none, and two at once.
func refuseKnownAtQueries(t *testing.T, w *world) {
	t.Helper()
	const get, bad, invalid = http.MethodGet, http.StatusBadRequest, codes.InvalidArgument
	const lot, one = "/v1/lot?sku=FLOUR&lot_code=FL-1&", "give one of them"
	w.refuseCalls(t, []badCall{
		{"both", get, lot + "known_at.time=2025-06-01T08:00:00Z&known_at.log_index=1", "", bad, invalid, "INVALID_PARAMETER", says("known_at.log_index", "known_at.time", one)},
		{"both, by their JSON names", get, lot + "knownAt.time=2025-06-01T08:00:00Z&knownAt.logIndex=1", "", bad, invalid, "INVALID_PARAMETER", says("knownAt.logIndex", "knownAt.time", one)},
		{"both, of a stream", get, "/v1/items/FLOUR/lots/FL-1/trace/forward?known_at.log_index=1&known_at.time=2025-06-01T08:00:00Z", "", bad, invalid, "INVALID_PARAMETER", says("known_at.log_index", "known_at.time", one)},
		{"twice", get, lot + "known_at.log_index=1&known_at.log_index=1", "", bad, invalid, "INVALID_PARAMETER", says("known_at.log_index", "give it once")},
		{"no time", get, lot + "known_at.time=yesterday", "", bad, invalid, "INVALID_PARAMETER", says("known_at.time", `"yesterday"`, "RFC 3339")},
		{"a day", get, lot + "known_at.time=2025-06-01", "", bad, invalid, "INVALID_PARAMETER", says("known_at.time", `"2025-06-01"`, "RFC 3339")},
		{"a day that does not exist", get, lot + "known_at.time=2025-02-29T08:00:00Z", "", bad, invalid, "INVALID_PARAMETER", says("known_at.time", "2025-02-29", "RFC 3339")},
		{"empty time", get, lot + "known_at.time=", "", bad, invalid, "INVALID_PARAMETER", says("known_at.time", "RFC 3339")},
		{"seconds", get, lot + "known_at.time.seconds=5", "", bad, invalid, "INVALID_PARAMETER", says(`"known_at.time.seconds"`, "/docs")},
		{"no number", get, lot + "known_at.log_index=last", "", bad, invalid, "INVALID_PARAMETER", says("known_at.log_index", `"last"`, "must be a number")},
		{"too large a number", get, lot + "known_at.log_index=9223372036854775808", "", bad, invalid, "INVALID_PARAMETER", says("known_at.log_index", "must be a number")},
		{"negative", get, lot + "known_at.log_index=-1", "", bad, invalid, "INVALID_FIELD", says("known_at.log_index", "greater than or equal to 0")},
		{"as a whole", get, lot + "known_at=2025-06-01T08:00:00Z", "", bad, invalid, "INVALID_PARAMETER", says("known_at", "each by its name behind a point")},
		{"empty", get, lot + "known_at=", "", bad, invalid, "INVALID_PARAMETER", says("known_at", "each by its name behind a point")},
		{"no moment of the goods", get, "/v1/trace/forward?sku=FLOUR&lot_code=FL-1&as_of=noon", "", bad, invalid, "INVALID_PARAMETER", says("as_of", `"noon"`, "RFC 3339")},
		{"where there is none", get, "/v1/lots?known_at.log_index=1", "", bad, invalid, "INVALID_PARAMETER", says(`"known_at.log_index"`, "/docs")},
	})
}
