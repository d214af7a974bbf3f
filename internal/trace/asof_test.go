package trace_test

import (
	"net/url"
	"reflect"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
)

// atMinute is when the operation of lineagetest occurred that is so far in.
func atMinute(n int) *timestamppb.Timestamp {
	return timestamppb.New(lineagetest.Began.Add(time.Duration(n) * time.Minute))
}

// As the goods stood at a moment: what was taken back has never happened, whenever it
// was to have, unless that is not known yet.
func TestAsOf(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	lineagetest.Load(t, api.DB, 1, parse(t, "mill -> a/1 10\n r#1: a/1 5 -> b/1 3\n b/1 1 => shop"))
	const receipt, start, output, consumption, more, finish, shipment = 1, 2, 3, 4, 5, 6, 7
	if end := api.Sealed(t); end != shipment {
		t.Fatalf("the log ends at %d", end)
	}
	for _, index := range []int64{consumption, finish, shipment} {
		_, err := api.Lots.ReverseOperation(t.Context(), &pb.ReverseOperationRequest{
			RequestId: apitest.ID(), Operation: &pb.ReverseOperationRequest_LogIndex{LogIndex: index}, Reason: "typed wrong",
		})
		if err != nil {
			t.Fatal(err)
		}
		api.Sealed(t)
	}
	const (
		received = "mill -> a/1 10\n"
		made     = received + "open r#1: -> b/1 2\n"
		all      = received + "r#1: a/1 5 -> b/1 3\n"
	)
	for _, c := range []struct {
		seed          string
		minute, known int
		graph         string
	}{
		{"a", receipt, -1, received},
		{"a", start, -1, received},
		{"b", output, -1, made},
		{"b", consumption, -1, made},
		{"b", consumption, shipment, received + "open r#1: a/1 5 -> b/1 2"},
		{"a", more, shipment, received + "open r#1: a/1 5 -> b/1 3"},
		{"a", more, more - 1, received + "open r#1: a/1 5 -> b/1 2"},
		{"b", finish, -1, received + "open r#1: -> b/1 3"},
		{"b", finish, shipment + 1, received + "r#1: -> b/1 3"},
		{"b", finish, shipment, all},
		{"b", 1000, shipment, all + "b/1 1 => shop"},
		{"b", 1000, shipment + 2, received + "open r#1: -> b/1 3\n b/1 1 => shop"},
		{"b", 1000, -1, received + "open r#1: -> b/1 3"},
	} {
		req := &pb.GetTraceRequest{Sku: c.seed, LotCode: "1", Direction: directions[2], AsOf: atMinute(c.minute)}
		if c.known >= 0 {
			req.KnownAt = index(c.known)
		}
		got, err := pages(t.Context(), overGRPC(api.Trace), req)
		if err != nil {
			t.Fatalf("%+v: %v", c, err)
		}
		want := parse(t, c.graph).Expect(lineagetest.Ask{Seed: c.seed + "/1", Forward: true, Backward: true})
		if got := answer(t, got); !reflect.DeepEqual(got, want) {
			t.Errorf("%+v\n got %+v\nwant %+v", c, got, want)
		}
		if summary := got[len(got)-1].Summary; !summary.AsOf.AsTime().Equal(atMinute(c.minute).AsTime()) {
			t.Errorf("%+v: as of %v", c, summary.AsOf)
		}
	}
	_, err := api.Trace.GetTrace(t.Context(), &pb.GetTraceRequest{Sku: "b", LotCode: "1", Direction: directions[0], AsOf: atMinute(start)})
	apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_LOT", "lot_code")
}

// Holds, dates and the ways to ask: streams over REST answer as pages do.
func TestAsOfParticulars(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	lineagetest.Load(t, api.DB, 1, parse(t, "mill -> a/1 10\n r#1: a/1 5 -> b/1 3"))
	ctx, clock := t.Context(), func() *timestamppb.Timestamp {
		t.Helper()
		var now time.Time
		if err := api.DB.QueryRow(t.Context(), "SELECT clock_timestamp()").Scan(&now); err != nil {
			t.Fatal(err)
		}
		return timestamppb.New(now)
	}
	moments := []*timestamppb.Timestamp{clock()}
	for _, change := range []func() error{
		func() error {
			_, err := api.Lots.PlaceHold(ctx, &pb.PlaceHoldRequest{RequestId: apitest.ID(), Sku: "b", LotCode: "1", Reason: "test"})
			return err
		},
		func() error {
			_, err := api.Lots.ChangeLotDates(ctx, &pb.ChangeLotDatesRequest{RequestId: apitest.ID(), Sku: "b", LotCode: "1", ExpiryDate: "2099-01-01", Reason: "test"})
			return err
		},
		func() error {
			_, err := api.Lots.ReleaseHold(ctx, &pb.ReleaseHoldRequest{RequestId: apitest.ID(), Sku: "b", LotCode: "1", Number: 1, Reason: "test"})
			return err
		},
	} {
		if err := change(); err != nil {
			t.Fatal(err)
		}
		moments = append(moments, clock())
	}
	for i, want := range []struct {
		holds  int32
		expiry string
	}{{0, ""}, {1, ""}, {1, "2099-01-01"}, {0, "2099-01-01"}} {
		paged, err := pages(ctx, overGRPC(api.Trace), &pb.GetTraceRequest{Sku: "b", LotCode: "1", Direction: directions[1], AsOf: moments[i], PageSize: 2})
		if err != nil {
			t.Fatal(err)
		}
		if lot := joined(paged).Lots[0]; lot.ActiveHoldCount != want.holds || lot.ExpiryDate != want.expiry {
			t.Errorf("after %d changes: %v, want %+v", i, lot, want)
		}
		path := "/v1/trace/backward?sku=b&lot_code=1&as_of=" + url.QueryEscape(moments[i].AsTime().Format(time.RFC3339Nano))
		if lines := overREST(t, api, path); !proto.Equal(joined(lines), joined(paged)) {
			t.Errorf("%s: differs from the pages", path)
		}
	}
}
