package trace_test

import (
	"context"
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
)

func index(i int) *pb.KnownAt {
	return &pb.KnownAt{Moment: &pb.KnownAt_LogIndex{LogIndex: int64(i)}}
}

// streamKnown calls the right RPC for a direction.
func streamKnown(ctx context.Context, client pb.TraceServiceClient, sku, lot string, direction pb.TraceDirection, known *pb.KnownAt) ([]*pb.TracePart, error) {
	switch direction {
	case pb.TraceDirection_TRACE_DIRECTION_FORWARD:
		s, err := client.TraceForward(ctx, &pb.TraceForwardRequest{Sku: sku, LotCode: lot, KnownAt: known})
		if err != nil {
			return nil, err
		}
		return receive(s.Recv)
	case pb.TraceDirection_TRACE_DIRECTION_BACKWARD:
		s, err := client.TraceBackward(ctx, &pb.TraceBackwardRequest{Sku: sku, LotCode: lot, KnownAt: known})
		if err != nil {
			return nil, err
		}
		return receive(s.Recv)
	}
	s, err := client.TraceBoth(ctx, &pb.TraceBothRequest{Sku: sku, LotCode: lot, KnownAt: known})
	if err != nil {
		return nil, err
	}
	return receive(s.Recv)
}

// After each operation of a day, what was known then is traced: as streams over
// gRPC and over REST, and in pages, between which stock moves on.
func TestKnownAt(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	world := lineagetest.Load(t, api.DB, 1, parse(t, bakery))
	if end := api.Sealed(t); end != int64(len(world.Happened)) {
		t.Fatalf("the log ends at %d, want %d", end, len(world.Happened))
	}
	from, to := "A", "B"
	for cut := range len(world.Happened) + 1 {
		then := lineagetest.Join(world.Happened[:cut])
		for _, lot := range []string{"flour/1", "danish/1", "~water/1"} {
			sku, code, _ := strings.Cut(lot, "/")
			direction := directions[cut%3]
			streamed, err := streamKnown(t.Context(), api.Trace, sku, code, direction, index(cut))
			if !then.Lots()[lot] {
				apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_LOT", "lot_code")
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			way := words[direction]
			want := then.Expect(lineagetest.Ask{Seed: lot, Forward: way != "backward", Backward: way != "forward"})
			if got := answer(t, streamed); !reflect.DeepEqual(got, want) {
				t.Errorf("%s of %s at %d\n got %+v\nwant %+v", way, lot, cut, got, want)
			}
			summary := streamed[len(streamed)-1].Summary
			position := summary.LogPosition
			if position.LogIndex != int64(cut) || position.SealedAt == nil || position.UnloggedCount != 0 {
				t.Errorf("%s of %s at %d: position %v", way, lot, cut, position)
			}
			sealed := position.SealedAt.AsTime().Format(time.RFC3339Nano)
			if said := fmt.Sprintf("as known at log index %d, sealed at %s.", cut, sealed); !strings.HasSuffix(summary.Statement, said) {
				t.Errorf("%q does not say %q", summary.Statement, said)
			}
			get := func(ctx context.Context, r *pb.GetTraceRequest) (*pb.GetTraceResponse, error) {
				moveOn(t, api, from, to)
				from, to = to, from
				return api.Trace.GetTrace(ctx, r)
			}
			paged, err := pages(t.Context(), get, &pb.GetTraceRequest{Sku: sku, LotCode: code, Direction: direction, PageSize: 10, KnownAt: index(cut)})
			if err != nil || !proto.Equal(joined(paged), joined(streamed)) {
				t.Errorf("%s of %s at %d: pages differ from the stream, %v", way, lot, cut, err)
			}
			path := fmt.Sprintf("/v1/items/%s/lots/%s/trace/%s?known_at.log_index=%d", url.PathEscape(sku), code, way, cut)
			if lines := overREST(t, api, path); !proto.Equal(joined(lines), joined(streamed)) {
				t.Errorf("%s: differs from gRPC", path)
			}
		}
	}
	// All of it was sealed at once: at that time all was known.
	streamed, err := streamKnown(t.Context(), api.Trace, "flour", "1", directions[2], index(len(world.Happened)))
	if err != nil {
		t.Fatal(err)
	}
	sealed := streamed[len(streamed)-1].Summary.LogPosition.SealedAt.AsTime().Format(time.RFC3339Nano)
	path := "/v1/trace/both?sku=flour&lot_code=1&known_at.time=" + url.QueryEscape(sealed)
	if lines := overREST(t, api, path); !proto.Equal(joined(lines), joined(streamed)) {
		t.Errorf("%s: differs from what was known at its index", path)
	}
}

// Holds that stood then are told with each lot, and no others.
func TestHoldsKnownAt(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	lineagetest.Load(t, api.DB, 1, parse(t, "mill -> a/1 10\n r#1: a/1 5 -> b/1 1"))
	before := int(api.Sealed(t))
	hold := func() error {
		_, err := api.Lots.PlaceHold(t.Context(), &pb.PlaceHoldRequest{RequestId: apitest.ID(), Sku: "b", LotCode: "1", Reason: "test"})
		return err
	}
	release := func(number int32) error {
		_, err := api.Lots.ReleaseHold(t.Context(), &pb.ReleaseHoldRequest{RequestId: apitest.ID(), Sku: "b", LotCode: "1", Number: number, Reason: "test"})
		return err
	}
	for _, err := range []error{hold(), hold(), release(1), hold(), release(3), release(2)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	api.Sealed(t)
	for i, want := range []int32{0, 1, 2, 1, 2, 1, 0} {
		parts, err := streamKnown(t.Context(), api.Trace, "a", "1", directions[0], index(before+i))
		if err != nil {
			t.Fatal(err)
		}
		lots := joined(parts).Lots
		if len(lots) != 2 || lots[0].ActiveHoldCount != 0 || lots[1].ActiveHoldCount != want {
			t.Errorf("after %d changes: %v, want %d holds on the second", i, lots, want)
		}
	}
}

// moveOn moves lots from the one location to the other.
func moveOn(t *testing.T, api *apitest.API, from, to string) {
	t.Helper()
	req := &pb.MoveLotsRequest{RequestId: apitest.ID()}
	for _, lot := range []string{"flour", "danish"} {
		req.Lines = append(req.Lines, &pb.MoveLine{
			Sku: lot, LotCode: "1", FromLocationCode: from, ToLocationCode: to, Quantity: &pb.Quantity{Value: "1", Unit: lineagetest.Unit},
		})
	}
	if _, err := api.Lots.MoveLots(t.Context(), req); err != nil {
		t.Fatal(err)
	}
}
