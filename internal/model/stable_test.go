package model_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/ledger"
)

// What was known at a time is told as soon as the time is past, while lots are
// posted and sealed at full load, and is told the same ever after.
func TestWhatWasKnownStaysKnown(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	p := plant{api: api, name: "K-"}
	if err := p.setUp(t.Context(), &stockTheme); err != nil {
		t.Fatal(err)
	}
	one := []line{{Lot: "F1", From: apitest.Shelf, Quantity: 1}}
	much := []line{{Lot: "F1", From: apitest.Shelf, Quantity: 1_000_000}}
	if outcome, _ := p.call(t.Context(), api.Conn, operation{Kind: receive, Request: "stock", Document: "stock", Lines: much}); outcome != "ok" {
		t.Fatal(outcome)
	}
	api.Sealed(t)
	ctx, stop := context.WithCancel(t.Context())
	var load sync.WaitGroup
	for client := range 4 {
		conn := api.Dial(t)
		load.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				id := fmt.Sprintf("ship-%d-%d", client, n)
				p.call(ctx, conn, operation{Kind: ship, Request: id, Document: id, Lines: one})
			}
		})
	}
	load.Go(func() {
		for ctx.Err() == nil {
			_, _ = ledger.Seal(ctx, api.DB, 1)
		}
	})
	type answer struct {
		request *pb.GetLotRequest
		lot     *pb.GetLotResponse
	}
	var answers []answer
	ask := func(moment time.Time) *pb.GetLotRequest {
		return &pb.GetLotRequest{Sku: p.sku("F1"), LotCode: "F1", KnownAt: &pb.KnownAt{Moment: &pb.KnownAt_Time{Time: timestamppb.New(moment)}}}
	}
	for indexes := map[int64]bool{}; len(indexes) < 40; {
		var now time.Time
		if err := api.DB.QueryRow(t.Context(), "SELECT clock_timestamp()").Scan(&now); err != nil {
			t.Fatal(err)
		}
		request := ask(now)
		resp, err := api.Lots.GetLot(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		answers = append(answers, answer{request, resp})
		indexes[resp.LogPosition.LogIndex] = true
	}
	stop()
	load.Wait()
	api.Sealed(t)
	for _, a := range answers {
		again, err := api.Lots.GetLot(t.Context(), a.request)
		if err != nil || !proto.Equal(again, a.lot) {
			t.Errorf("known at %s: first %v, then %v, %v", a.request.KnownAt.GetTime().AsTime(), a.lot, again, err)
		}
	}
}
