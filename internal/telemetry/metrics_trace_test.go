package telemetry_test

import (
	"errors"
	"io"
	"testing"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
	"github.com/lottrail/lottrail/internal/telemetry/telemetrytest"
)

const plant = `
	mill -> flour/1 100
	dough#1: flour/1 30 -> dough/1 60 + scraps/1 5
	open roll#1: dough/1 30 -> sheet/1 50
	sheet/1 10 => café
`

func load(t *testing.T, api *apitest.API) {
	t.Helper()
	graph, err := lineagetest.Parse(plant)
	if err != nil {
		t.Fatal(err)
	}
	lineagetest.Load(t, api.DB, 1, graph)
}

// walk takes a trace forward to its end and returns its messages.
func walk(t *testing.T, api *apitest.API, lot string, filter *pb.TraceFilter) (messages int, err error) {
	t.Helper()
	stream, err := api.Trace.TraceForward(t.Context(), &pb.TraceForwardRequest{Sku: "flour", LotCode: lot, Filter: filter})
	if err != nil {
		return 0, err
	}
	for {
		if _, err := stream.Recv(); errors.Is(err, io.EOF) {
			return messages, nil
		} else if err != nil {
			return messages, err
		}
		messages++
	}
}

func TestTraces(t *testing.T) {
	api := apitest.Start(t)
	load(t, api)
	before := telemetrytest.Scrape(t, api.REST)
	messages, err := walk(t, api, "1", nil)
	if err != nil {
		t.Fatal(err)
	}
	shallow, err := walk(t, api, "1", &pb.TraceFilter{MaxDepth: 1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := walk(t, api, "NONE", nil); err == nil {
		t.Error("a lot that is not there was traced")
	}
	// Backward from the sheet there are three lots, two runs, four edges and a
	// receipt: pages of four are three.
	for token, page := "", 0; page == 0 || token != ""; page++ {
		resp, err := api.Trace.GetTrace(t.Context(), &pb.GetTraceRequest{
			Sku: "sheet", LotCode: "1", Direction: pb.TraceDirection_TRACE_DIRECTION_BACKWARD, PageSize: 4, PageToken: token,
		})
		if err != nil {
			t.Fatal(err)
		}
		token = resp.NextPageToken
	}
	telemetrytest.WantMoved(t, api.REST, before, metrics{
		`lottrail_trace_walks_total{delivery="stream",direction="forward",outcome="complete"}`:   1,
		`lottrail_trace_walks_total{delivery="stream",direction="forward",outcome="incomplete"}`: 1,
		`lottrail_trace_walks_total{delivery="stream",direction="forward",outcome="refused"}`:    1,
		`lottrail_trace_walks_total{delivery="page",direction="backward",outcome="page"}`:        2,
		`lottrail_trace_walks_total{delivery="page",direction="backward",outcome="complete"}`:    1,
		`lottrail_trace_messages_total{delivery="stream"}`:                                       float64(messages + shallow),
		`lottrail_trace_messages_total{delivery="page"}`:                                         3,
		// All of it: 4 lots, 2 runs, 5 edges, 1 shipment; at one run's distance
		// 3 lots, 1 run, 3 edges; and backward as above.
		`lottrail_trace_nodes_total{kind="lot"}`:      4 + 3 + 3,
		`lottrail_trace_nodes_total{kind="run"}`:      2 + 1 + 2,
		`lottrail_trace_nodes_total{kind="edge"}`:     5 + 3 + 4,
		`lottrail_trace_nodes_total{kind="shipment"}`: 1,
		`lottrail_trace_nodes_total{kind="receipt"}`:  1,
		// What was refused has sent nothing and come to no end.
		`lottrail_trace_first_message_seconds_count{direction="forward"}`:              2,
		`lottrail_trace_duration_seconds_count{delivery="stream",direction="forward"}`: 2,
		`lottrail_trace_duration_seconds_count{delivery="page",direction="backward"}`:  3,
	}, "lottrail_trace_walks", "lottrail_trace_messages", "lottrail_trace_nodes", "lottrail_trace_first_message_seconds_count",
		"lottrail_trace_duration_seconds_count", "lottrail_seats_")
	if n := telemetrytest.Scrape(t, api.REST)["lottrail_seats_limit"]; n != 10 {
		t.Errorf("%v seats, want half of the pool's connections", n)
	}
}
