package trace_test

import (
	"context"
	"testing"
	"time"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/telemetry/telemetrytest"
	"github.com/lottrail/lottrail/internal/trace"
)

// A client that stalls is seen to have the only seat, the next to wait for it, the
// first to be cut, at once and not when it reads on, and the next to be served.
// Not in parallel: metrics are the process's.
func TestMetricsOfAStall(t *testing.T) {
	db, err := pg.Open(context.Background(), dbtest.URL(t), 3)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	lineagetest.Load(t, db, 1, fan(5000))
	service := trace.New(db)
	service.SetStall(3 * time.Second)
	client := serve(t, service)
	before := telemetrytest.Own(t)
	moved := func() telemetrytest.Metrics {
		return telemetrytest.Own(t).Moved(before, "lottrail_trace_", "lottrail_seats_")
	}
	if n := telemetrytest.Own(t)["lottrail_seats_limit"]; n != 1 {
		t.Errorf("%v seats", n)
	}
	if _, err := client.TraceForward(t.Context(), &pb.TraceForwardRequest{Sku: "bulk", LotCode: "1"}); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the walk to begin", func() bool { return moved()["lottrail_seats_taken"] == 1 })
	second := make(chan error)
	go func() {
		_, err := stream(context.Background(), client, "pack", "1", pb.TraceDirection_TRACE_DIRECTION_BACKWARD, nil)
		second <- err
	}()
	waitFor(t, "the second walk to wait", func() bool { return moved()["lottrail_seats_waiting"] == 1 })
	if err := <-second; err != nil {
		t.Fatal(err)
	}
	gone, leave := context.WithCancel(t.Context())
	if _, err := serve(t, trace.New(db)).TraceForward(gone, &pb.TraceForwardRequest{Sku: "bulk", LotCode: "1"}); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the third walk to begin", func() bool { return moved()["lottrail_seats_taken"] == 1 })
	leave()
	const walks = "lottrail_trace_walks_total"
	waitFor(t, "the third client to be seen to have left", func() bool {
		return moved()[walks+`{delivery="stream",direction="forward",outcome="abandoned"}`] == 1
	})
	waitFor(t, "seats to be given back", func() bool { return moved()["lottrail_seats_taken"] == 0 })
	now := moved()
	want := telemetrytest.Metrics{
		walks + `{delivery="stream",direction="forward",outcome="cut"}`:       1,
		walks + `{delivery="stream",direction="backward",outcome="complete"}`: 1,
		"lottrail_seats_waiting": 0,
		`lottrail_trace_duration_seconds_count{delivery="stream",direction="forward"}`:  0,
		`lottrail_trace_duration_seconds_count{delivery="stream",direction="backward"}`: 1,
		`lottrail_trace_first_message_seconds_count{direction="backward"}`:              1,
	}
	for key, value := range want {
		if now[key] != value {
			t.Errorf("%s moved by %v, want %v", key, now[key], value)
		}
	}
}
