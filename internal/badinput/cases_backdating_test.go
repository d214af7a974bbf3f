package badinput_test

import (
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	"github.com/lottrail/lottrail/internal/apitest"
)

// What lies further back than the service takes is refused in everything that happened,
// with what to do instead. What somebody took is answered again as it was.
func TestBackDating(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if len(momentOf) < 9 {
		t.Fatalf("found %d writes that say when it happened: %v", len(momentOf), momentOf)
	}
	limited := *w
	limited.API = apitest.StartOn(t, w.URL, w.DB, apitest.BackDating(48*time.Hour))
	var cases []bad
	for name, path := range momentOf {
		ago := time.Now().Add(-49 * time.Hour).UTC()
		cases = append(cases,
			bad{name, set(path, ago), codes.InvalidArgument, "BACK_DATED_TOO_FAR", "", says(ago.Format(time.RFC3339), "2 days", "leave it out", "--back-dating-window")},
			bad{name, nil, codes.InvalidArgument, "BACK_DATED_TOO_FAR", path, says("2025-06-01")})
	}
	limited.refuseAll(t, cases)

	req := w.request(t, "MoveLots")
	first, err := w.overGRPC(t, "MoveLots", req)
	if err != nil {
		t.Fatal(err)
	}
	again, err := limited.overGRPC(t, "MoveLots", req)
	if err != nil || !proto.Equal(again, first) {
		t.Errorf("sent again where it would be refused: %v, %v", again, err)
	}
	recent := time.Now().Add(-47 * time.Hour)
	if _, err := limited.overGRPC(t, "MoveLots", limited.request(t, "MoveLots", set("moved_at", recent)...)); err != nil {
		t.Errorf("within the window: %v", err)
	}
	if _, err := limited.overGRPC(t, "StartRun", limited.request(t, "StartRun", set("started_at", cleared)...)); err != nil {
		t.Errorf("now: %v", err)
	}
}
