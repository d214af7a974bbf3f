package badinput_test

import (
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// refuseTraceFilters: filters by what is not there, and such as leave nothing.
func refuseTraceFilters(t *testing.T, w *world) {
	t.Helper()
	const invalid, missing, contradictory = codes.InvalidArgument, codes.NotFound, "CONTRADICTORY"
	var cases []bad
	for _, name := range traces {
		with := func(pairs ...any) []edit {
			if name == "GetTrace" {
				pairs = append(pairs, "page_token", "")
			}
			return set(pairs...)
		}
		cases = append(cases,
			bad{name, with("filter.categories[0]", none), missing, "UNKNOWN_CATEGORY", "", says(`"NO/SUCH"`, "check the names")},
			bad{name, with("filter.categories[0]", "Milled"), missing, "UNKNOWN_CATEGORY", "", says(`"Milled"`)},
			bad{name, with("filter.categories[0]", ""), invalid, "STRING_MIN_LEN", "", nil},
			bad{name, with("filter.categories[0]", megabyte), invalid, "NAME_LENGTH", "", says("200 characters")},
			bad{name, with("filter.location_codes[0]", none), missing, "UNKNOWN_LOCATION", "", says(`"NO/SUCH"`, "UpsertLocation")},
			bad{name, with("filter.location_codes[0]", "supplier"), missing, "UNKNOWN_LOCATION", "", says(`"supplier"`)},
			bad{name, with("filter.until", past.Add(-time.Hour)), invalid, contradictory, "", says("2025-06-01T07:00:00Z", "nothing lies within", "give a later moment")},
			bad{name, with("filter.until", past.Add(-2*time.Hour)), invalid, contradictory, "", says("2025-06-01T06:00:00Z", "filter.from")},
			bad{name, with("filter.from", past.Add(time.Minute)), invalid, contradictory, "", says("2025-06-01T08:01:00Z", "as_of", "give an earlier moment")},
			bad{name, with("attribute", true), invalid, contradictory, "", says("leave out attribute")},
			bad{name, with("attribute", true, "filter.from", cleared), invalid, contradictory, "", says("filter.until")},
		)
	}
	for _, direction := range []int{1, 2} {
		cases = append(cases, bad{"GetTrace", set("siblings", true, "direction", direction, "page_token", ""), invalid, contradictory, "", says("TRACE_DIRECTION_BOTH", "without siblings")})
	}
	cases = append(cases, bad{"GetTrace", set("direction", 4, "page_token", ""), invalid, "ENUM_NOT_IN", "", says("FORWARD, TRACE_DIRECTION_BACKWARD, TRACE_DIRECTION_BOTH")})
	w.refuseAll(t, cases)
	// What is no moment of the calendar is at one of its ends, which only gRPC can say.
	for _, seconds := range []int64{1 << 62, -1 << 62} {
		req := w.request(t, "TraceForward").(*pb.TraceForwardRequest)
		req.Filter.From, req.Filter.Until, req.AsOf = nil, &timestamppb.Timestamp{Seconds: seconds}, nil
		if _, err := w.overGRPC(t, "TraceForward", req); err != nil {
			t.Errorf("until %d: %v", seconds, err)
		}
	}
}
