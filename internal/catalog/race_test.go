package catalog_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/catalog"
	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/pg"
)

// together runs fn n times at once, and waits.
func together(n int, fn func(i int)) {
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-start
			fn(i)
		})
	}
	close(start)
	wg.Wait()
}

func TestSameNewKeysAtOnce(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	const rounds, pushers = 20, 8
	for round := range rounds {
		var changed [pushers]bool
		var numbers [pushers]int32
		together(pushers, func(i int) {
			sku := fmt.Sprintf("I-%d", round)
			resp, err := upsertItem(t, api, &pb.Item{
				Sku: sku, Name: "same", BaseUnit: "H87", Tracking: pb.Tracking_TRACKING_LOT,
				Units: []*pb.ItemUnit{{Unit: "CASE", Numerator: "6"}},
			})
			if err != nil {
				t.Errorf("same item: %v", err)
				return
			}
			changed[i] = resp.Changed
			party := mill()
			party.Code, party.Name = sku, fmt.Sprint("name ", i)
			other, err := upsertParty(t, api, party)
			if err != nil {
				t.Errorf("different parties: %v", err)
				return
			}
			numbers[i] = other.Party.Revision
		})
		n := 0
		for _, c := range changed {
			if c {
				n++
			}
		}
		if n != 1 {
			t.Errorf("round %d: %d of the same pushes changed something, want 1", round, n)
		}
		slices.Sort(numbers[:])
		if want := [pushers]int32{1, 2, 3, 4, 5, 6, 7, 8}; numbers != want {
			t.Errorf("round %d: revisions of different pushes %v, want each once", round, numbers)
		}
	}
	var names, last int
	err := api.DB.QueryRow(t.Context(), `
		SELECT count(*), count(*) FILTER (WHERE party.name = r.content->>'name' AND r.revision = 8)
		FROM party JOIN revision r ON r.tenant_id = 1 AND r.subject = 'party' AND r.subject_id = party.party_id AND r.revision = party.revision
		WHERE party.tenant_id = 1`).Scan(&names, &last)
	if err != nil || names != rounds || last != rounds {
		t.Errorf("%d of %d parties are as their last revision says, %v", last, names, err)
	}
	if n := count(t, api, "SELECT count(*) FROM item_unit WHERE tenant_id = 1"); n != rounds {
		t.Errorf("%d units, want %d", n, rounds)
	}
}

// Batches that overlap, each in an order of its own, with new keys and old, wait
// for each other in one direction only.
func TestOverlappingBatchesDoNotDeadlock(t *testing.T) {
	t.Parallel()
	url := dbtest.URL(t)
	db, err := pg.Open(t.Context(), url, 10)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	service := catalog.New(db)
	ctx := auth.NewContext(t.Context(), auth.Default)
	const rounds, pushers, size = 10, 6, 200
	for round := range rounds {
		together(pushers, func(i int) {
			items := &pb.BatchUpsertItemsRequest{RequestId: apitest.ID()}
			parties := &pb.BatchUpsertPartiesRequest{RequestId: apitest.ID()}
			locations := &pb.BatchUpsertLocationsRequest{RequestId: apitest.ID()}
			for _, k := range rand.Perm(size) {
				// Half of them were there in the round before.
				key, name := fmt.Sprintf("K-%d", size/2*round+k), fmt.Sprint(i, round)
				items.Items = append(items.Items, &pb.Item{Sku: key, Name: name, BaseUnit: "H87", Tracking: pb.Tracking_TRACKING_LOT})
				parties.Parties = append(parties.Parties, &pb.Party{Code: key, Name: name, Kinds: []pb.PartyKind{pb.PartyKind_PARTY_KIND_CUSTOMER}})
				location := site(key)
				location.Name = name
				locations.Locations = append(locations.Locations, location)
			}
			if _, err := service.BatchUpsertItems(ctx, items); err != nil {
				t.Errorf("items: %v", err)
			}
			if _, err := service.BatchUpsertParties(ctx, parties); err != nil {
				t.Errorf("parties: %v", err)
			}
			if _, err := service.BatchUpsertLocations(ctx, locations); err != nil {
				t.Errorf("locations: %v", err)
			}
		})
		if t.Failed() {
			return
		}
	}
	// A deadlock would have been tried again, and so not be seen by a caller.
	db.Close()
	if n := deadlocks(t, url); n != 0 {
		t.Errorf("%d deadlocks", n)
	}
}

// deadlocks is how many there were in a database that nobody is connected to
// any more: a session tells when it ends, if not before.
func deadlocks(t *testing.T, url string) (n int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	for sessions := 1; sessions > 0; time.Sleep(10 * time.Millisecond) {
		err := conn.QueryRow(t.Context(), "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'lottrail'").Scan(&sessions)
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := conn.QueryRow(t.Context(), "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestOneOfTwoItemsGetsAGTIN(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	for round := range 50 {
		var errs [2]error
		together(2, func(i int) {
			_, errs[i] = upsertItem(t, api, &pb.Item{
				Sku: fmt.Sprintf("I-%d-%d", round, i), Name: "n", BaseUnit: "H87", Tracking: pb.Tracking_TRACKING_LOT,
				Gtins: []*pb.ItemGtin{{Gtin: gtin(round)}},
			})
		})
		refused := errs[0]
		if refused == nil {
			refused = errs[1]
		} else if errs[1] != nil {
			t.Errorf("both refused: %v, %v", errs[0], errs[1])
		}
		apitest.WantRefusal(t, refused, codes.AlreadyExists, "GTIN_TAKEN", "item.gtins[0].gtin")
	}
}

// gtin is a GTIN-8.
func gtin(n int) string {
	digits := fmt.Sprintf("%07d", n)
	sum := 0
	for i, d := range digits {
		sum += int(d-'0') * []int{3, 1}[i%2]
	}
	return fmt.Sprint(digits, (10-sum%10)%10)
}

// A below B and B below A are each harmless, and together a cycle.
func TestLocationsThatMoveAtOnceMakeNoCycle(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	if _, err := upsertLocations(t, api, site("S"), storage("A", "S"), storage("A1", "A"), storage("B", "S"), storage("B1", "B")); err != nil {
		t.Fatal(err)
	}
	won := map[int]int{}
	for round := range 200 {
		var errs [2]error
		together(2, func(i int) {
			move := []*pb.Location{storage("A", "B1"), storage("B", "A1")}[i]
			_, errs[i] = api.Catalog.UpsertLocation(context.Background(), &pb.UpsertLocationRequest{RequestId: apitest.ID(), Location: move})
		})
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("round %d: %v, %v; want one to be refused", round, errs[0], errs[1])
		}
		for i, err := range errs {
			if err == nil {
				won[i]++
				continue
			}
			apitest.WantRefusal(t, err, codes.InvalidArgument, "LOCATION_CYCLE", "location.parent_code")
		}
		if _, err := upsertLocations(t, api, storage("A", "S"), storage("B", "S")); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("wins: %v", won)
}

// The first lot of an item, or its first order, and a change of its base unit:
// whichever comes first, a kilogram stays a kilogram.
func TestBaseUnitChangesBeforeTheFirstQuantityOrNever(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	kept := map[bool]int{}
	for round := range 150 {
		sku := fmt.Sprintf("I-%d", round)
		item := &pb.Item{
			Sku: sku, Name: "n", BaseUnit: "KGM", Decimals: 3, Tracking: pb.Tracking_TRACKING_LOT,
			Units: []*pb.ItemUnit{{Unit: "GRM", Numerator: "0.001"}},
		}
		api.PushItem(t, item)
		kilogram := &pb.Quantity{Value: "1", Unit: "KGM"}
		var changed error
		together(2, func(i int) {
			if i == 0 {
				item.BaseUnit, item.Units[0] = "GRM", &pb.ItemUnit{Unit: "KGM", Numerator: "1000"}
				_, changed = upsertItem(t, api, item)
				return
			}
			_, err := api.Receiving.UpsertPurchaseOrder(context.Background(), &pb.UpsertPurchaseOrderRequest{RequestId: apitest.ID(), PurchaseOrder: &pb.PurchaseOrder{
				Code: "PO-" + sku, SupplierCode: apitest.Supplier, Lines: []*pb.PurchaseOrderLine{{LineNumber: 1, Sku: sku, Quantity: kilogram}},
			}})
			if err != nil {
				t.Errorf("order: %v", err)
			}
		})
		want := "1"
		if changed == nil {
			want = "1000"
		} else {
			apitest.WantRefusal(t, changed, codes.FailedPrecondition, "ITEM_IN_USE", "item.base_unit")
		}
		kept[changed != nil]++
		var quantity string
		err := api.DB.QueryRow(t.Context(), `
			SELECT trim_scale(l.quantity)::text FROM purchase_order_line l JOIN item USING (tenant_id, item_id) WHERE tenant_id = 1 AND sku = $1`, sku).Scan(&quantity)
		if err != nil || quantity != want {
			t.Errorf("round %d: the order is of %s of the base unit, %v; want %s (change: %v)", round, quantity, err, want, status.Code(changed))
		}
	}
	t.Logf("refused or not: %v", kept)
}
