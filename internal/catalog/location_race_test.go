package catalog_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc/codes"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
)

// Stock that was on its way when its place was closed does not arrive there.
func TestLocationIsDeactivatedWhileStockIsOnItsWay(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	api.ReceiveLot(t, apitest.Flour, "L1", "2", "BAG", apitest.Dock)
	// The move has looked the places up when it comes to the lot, and waits.
	lot, err := api.DB.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lot.Rollback(context.Background()) }()
	if _, err := lot.Exec(t.Context(), "SELECT FROM lot WHERE tenant_id = 1 FOR NO KEY UPDATE"); err != nil {
		t.Fatal(err)
	}
	moved := make(chan error, 1)
	go func() { moved <- move(context.Background(), api, "L1", "1", apitest.Dock, apitest.Shelf) }()
	dbtest.UntilWaiting(t, api.DB, 1, "the move")
	if _, err := deactivate(t, api, apitest.Shelf, "why"); err != nil {
		t.Fatal(err)
	}
	if err := lot.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	apitest.WantRefusal(t, <-moved, codes.FailedPrecondition, "LOCATION_INACTIVE", "lines[0].to_location_code")
	checkTree(t, api)
	dbtest.Reconcile(t, api.DB)
}

// A shelf is closed again and again while others bring stock into its bins and take
// it away, and move a bin out of it and back: whenever it is closed, it is empty, and
// stays so until it is opened.
func TestDeactivationAgainstPostings(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	if _, err := upsertLocations(t, api, storage("BIN-0", apitest.Shelf), storage("BIN-1", "BIN-0")); err != nil {
		t.Fatal(err)
	}
	const movers, wanted = 3, 25
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	var wg sync.WaitGroup
	var moved, refused atomic.Int64
	for i := range movers {
		lot, bin := fmt.Sprintf("L%d", i), fmt.Sprintf("BIN-%d", i%2)
		api.ReceiveLot(t, apitest.Flour, lot, "2", "BAG", apitest.Line)
		wg.Go(func() {
			for from, to := apitest.Line, bin; ctx.Err() == nil || from == bin; {
				switch err := move(context.Background(), api, lot, "1", from, to); {
				case err == nil:
					from, to = to, from
					moved.Add(1)
				case apitest.Reason(err) == "LOCATION_INACTIVE" && to == bin:
					refused.Add(1)
				case apitest.Reason(err) != "CONTENTION":
					t.Errorf("from %s to %s: %v", from, to, err)
					return
				}
			}
		})
	}
	wg.Go(func() {
		for i := 0; ctx.Err() == nil; i++ {
			_, err := api.Catalog.UpsertLocation(context.Background(), &pb.UpsertLocationRequest{
				RequestId: apitest.ID(), Location: storage("BIN-1", []string{apitest.Dock, "BIN-0"}[i%2]),
			})
			if err != nil && !slices.Contains([]string{"LOCATION_INACTIVE", "CONTENTION"}, apitest.Reason(err)) {
				t.Errorf("move of the bin: %v", err)
				return
			}
		}
	})
	closed := 0
	for deadline := time.Now().Add(30 * time.Second); closed < wanted && !t.Failed() && time.Now().Before(deadline); {
		if _, err := deactivate(t, api, apitest.Shelf, "why"); err != nil {
			if !slices.Contains([]string{"LOCATION_IN_USE", "CONTENTION"}, apitest.Reason(err)) {
				t.Fatal(err)
			}
			continue
		}
		closed++
		for range 5 {
			resp, err := api.Lots.ListLocationContents(t.Context(), &pb.ListLocationContentsRequest{LocationCode: apitest.Shelf})
			if err != nil || len(resp.Contents) != 0 {
				t.Errorf("in a closed shelf: %v, %v", resp, err)
			}
			checkTree(t, api)
		}
		if _, err := reactivate(t, api, apitest.Shelf); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	wg.Wait()
	if closed == 0 || moved.Load() == 0 || refused.Load() == 0 {
		t.Errorf("closed %d times, %d moves, %d refused: they did not meet", closed, moved.Load(), refused.Load())
	}
	t.Logf("closed %d times, %d moves, %d refused", closed, moved.Load(), refused.Load())
	checkTree(t, api)
	dbtest.Reconcile(t, api.DB)
}
