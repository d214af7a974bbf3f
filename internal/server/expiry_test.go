package server_test

import (
	"context"
	"net"
	"testing"
	"time"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/server"
)

// A server that is told to looks after dates as long as it serves; one that is not
// leaves them alone.
func TestExpiryWhileServing(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	api.ReceiveLot(t, apitest.Flour, "OLD", "1", "KGM", apitest.Shelf)
	if _, err := api.Lots.ChangeLotDates(t.Context(), &pb.ChangeLotDatesRequest{
		RequestId: apitest.ID(), Sku: apitest.Flour, LotCode: "OLD", ExpiryDate: "2020-02-29", Reason: "label",
	}); err != nil {
		t.Fatal(err)
	}
	held := func() bool {
		lot, err := api.Lots.GetLot(t.Context(), &pb.GetLotRequest{Sku: apitest.Flour, LotCode: "OLD"})
		if err != nil {
			t.Fatal(err)
		}
		return lot.Lot.ActiveHoldCount > 0
	}
	if held() {
		t.Error("nobody was to hold it yet")
	}
	s, err := server.New(api.DB, server.WithExpiry())
	if err != nil {
		t.Fatal(err)
	}
	var listeners [2]net.Listener
	for i := range listeners {
		if listeners[i], err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, listeners[0], listeners[1]) }()
	for deadline := time.Now().Add(30 * time.Second); !held(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Error("it is not held")
			break
		}
	}
	cancel()
	if err := <-served; err != nil {
		t.Error(err)
	}
}
