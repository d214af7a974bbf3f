package telemetry_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/auth"
	"github.com/lottrail/lottrail/internal/command"
	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/pg"
	"github.com/lottrail/lottrail/internal/telemetry/telemetrytest"
)

type metrics = telemetrytest.Metrics

// None of these runs in parallel: metrics are the process's.

const (
	receive = "lottrail.v1.ReceivingService/Receive"
	ship    = "lottrail.v1.DispatchService/Ship"
)

func shipment(code, lot, quantity string) *pb.ShipRequest {
	return &pb.ShipRequest{RequestId: apitest.ID(), ShipmentCode: code, CustomerCode: apitest.Customer, Lines: []*pb.ShipmentLine{{
		Sku: apitest.Flour, LotCode: lot, LocationCode: apitest.Dock, Quantity: &pb.Quantity{Value: quantity, Unit: "KGM"},
	}}}
}

// What is done moves what tells of it, by just so much, and nothing else of ours.
func TestPostings(t *testing.T) {
	api := apitest.Start(t)
	api.Minimal(t)
	before := telemetrytest.Scrape(t, api.REST)
	for _, lot := range []string{"A", "B", "C"} {
		api.ReceiveLot(t, apitest.Flour, lot, "10", "KGM", apitest.Dock)
	}
	two := shipment("S-1", "A", "2")
	two.Lines = append(two.Lines, shipment("", "B", "3").Lines...)
	if _, err := api.Dispatch.Ship(t.Context(), two); err != nil {
		t.Fatal(err)
	}
	if _, err := api.Dispatch.Ship(t.Context(), two); err != nil { // a repeat, which posts nothing
		t.Fatal(err)
	}
	other := shipment("S-1", "A", "1")
	other.RequestId = two.RequestId
	if _, err := api.Dispatch.Ship(t.Context(), other); err == nil {
		t.Error("one request id was good for two requests")
	}
	if _, err := api.Lots.PlaceHold(t.Context(), &pb.PlaceHoldRequest{RequestId: apitest.ID(), Sku: apitest.Flour, LotCode: "A", Reason: "smells"}); err != nil {
		t.Fatal(err)
	}
	if _, err := api.Dispatch.Ship(t.Context(), shipment("S-2", "A", "1")); err == nil {
		t.Error("a held lot was shipped")
	}
	if _, err := api.Dispatch.Ship(t.Context(), shipment("S-3", "C", "11")); err == nil {
		t.Error("more was shipped than there is")
	}
	telemetrytest.WantMoved(t, api.REST, before, metrics{
		`lottrail_ledger_postings_total{kind="receipt"}`:            3,
		`lottrail_ledger_movements_total{kind="receipt"}`:           3,
		`lottrail_ledger_postings_total{kind="shipment"}`:           1,
		`lottrail_ledger_movements_total{kind="shipment"}`:          2,
		`lottrail_ledger_postings_total{kind="hold"}`:               1,
		`lottrail_command_replays_total{rpc_method="` + ship + `"}`: 1,
		`lottrail_rpc_refusals_total{reason="LOT_HELD"}`:            1,
		`lottrail_rpc_refusals_total{reason="REQUEST_ID_REUSED"}`:   1,
		`lottrail_rpc_refusals_total{reason="INSUFFICIENT_STOCK"}`:  1,
	}, "lottrail_ledger_postings", "lottrail_ledger_movements", "lottrail_command_", "lottrail_rpc_")
	// One shipment locked two lots, one shipment one, and so did the hold; two were
	// refused and had theirs locked until then. Receipts lock what is there already.
	moved := telemetrytest.Scrape(t, api.REST).Moved(before, "lottrail_ledger_lock_")
	if n, lots := moved["lottrail_ledger_lock_duration_seconds_count"], moved["lottrail_ledger_lock_lots_sum"]; n != 4 || lots != 5 {
		t.Errorf("%v locks on %v lots", n, lots)
	}
	if moved["lottrail_ledger_lock_duration_seconds_sum"] <= 0 {
		t.Error("locks take no time")
	}
}

// Calls are counted once, by method and by route, whichever way they come.
func TestCalls(t *testing.T) {
	api := apitest.Start(t)
	api.Minimal(t)
	before := telemetrytest.Scrape(t, api.REST)
	for range 2 {
		if status, body := api.Do(t, http.MethodGet, "/v1/items/"+apitest.Flour, nil); status != http.StatusOK {
			t.Fatal(body)
		}
	}
	if status, _ := api.Do(t, http.MethodGet, "/v1/items/NONE", nil); status != http.StatusNotFound {
		t.Errorf("HTTP %d", status)
	}
	if _, err := api.Catalog.GetItem(t.Context(), &pb.GetItemRequest{Sku: apitest.Flour}); err != nil {
		t.Fatal(err)
	}
	telemetrytest.WantMoved(t, api.REST, before, metrics{
		`http_server_request_duration_seconds_count{http_request_method="GET",http_response_status_code="200",http_route="/v1/items/{sku}"}`: 2,
		`http_server_request_duration_seconds_count{http_request_method="GET",http_response_status_code="404",http_route="/v1/items/{sku}"}`: 1,
		`rpc_server_call_duration_seconds_count{rpc_method="lottrail.v1.CatalogService/GetItem",rpc_response_status_code="OK"}`:              3,
		`rpc_server_call_duration_seconds_count{rpc_method="lottrail.v1.CatalogService/GetItem",rpc_response_status_code="NOT_FOUND"}`:       1,
	}, "http_server_request_duration_seconds_count", "rpc_server_call_duration_seconds_count")
}

// order makes a purchase order of one line of flour.
func order(t *testing.T, api *apitest.API, code string) {
	t.Helper()
	_, err := api.Receiving.UpsertPurchaseOrder(t.Context(), &pb.UpsertPurchaseOrderRequest{RequestId: apitest.ID(), PurchaseOrder: &pb.PurchaseOrder{
		Code: code, SupplierCode: apitest.Supplier, Lines: []*pb.PurchaseOrderLine{{LineNumber: 1, Sku: apitest.Flour, Quantity: &pb.Quantity{Value: "1", Unit: "KGM"}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
}

// takeMeanwhile makes a lot that nobody can see before commit is called.
func takeMeanwhile(t *testing.T, api *apitest.API, like, code string) (commit func()) {
	t.Helper()
	owner, err := pgx.Connect(t.Context(), api.URL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = owner.Close(context.Background()) })
	for _, statement := range []string{"BEGIN", `
		INSERT INTO lot (tenant_id, lot_id, item_id, lot_code, inferred, supplier_id, supplier_lot_code, created_operation_id)
		SELECT tenant_id, 999, item_id, '` + code + `', inferred, supplier_id, supplier_lot_code, created_operation_id
		FROM lot WHERE lot_code = '` + like + `'`} {
		if _, err := owner.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	return func() {
		if _, err := owner.Exec(t.Context(), "COMMIT"); err != nil {
			t.Error(err)
		}
	}
}

// conflict provokes one: a receipt of a lot that another transaction makes before
// the receipt can. It is tried again and finds the lot.
func conflict(t *testing.T, api *apitest.API) {
	t.Helper()
	api.ReceiveLot(t, apitest.Flour, "OLD", "10", "KGM", apitest.Dock)
	order(t, api, "PO")
	commit := takeMeanwhile(t, api, "OLD", "NEW")
	received := make(chan error)
	go func() {
		_, err := api.Receiving.Receive(context.Background(), &pb.ReceiveRequest{
			RequestId: apitest.ID(), ReceiptCode: "RC", PurchaseOrderCode: "PO", Lines: []*pb.ReceiptLine{{
				PurchaseOrderLineNumber: 1, LotCode: "NEW", LocationCode: apitest.Dock, AddToExisting: true, Quantity: &pb.Quantity{Value: "1", Unit: "KGM"},
			}},
		})
		received <- err
	}()
	dbtest.UntilWaiting(t, api.DB, 1, "the receipt")
	commit()
	if err := <-received; err != nil {
		t.Fatal(err)
	}
}

// A posting that was tried twice counts once.
func TestConflict(t *testing.T) {
	api := apitest.Start(t)
	api.Minimal(t)
	before := telemetrytest.Scrape(t, api.REST)
	conflict(t, api)
	telemetrytest.WantMoved(t, api.REST, before, metrics{
		`lottrail_command_conflicts_total{cause="overtaken"}`:          1,
		`lottrail_command_retries_total{rpc_method="` + receive + `"}`: 1,
		`lottrail_ledger_postings_total{kind="receipt"}`:               2,
		`lottrail_ledger_movements_total{kind="receipt"}`:              2,
	}, "lottrail_ledger_postings", "lottrail_ledger_movements", "lottrail_command_", "lottrail_rpc_")
}

// giveUp is a write that always loses.
func giveUp(t *testing.T, api *apitest.API, cause error) {
	t.Helper()
	ctx := auth.NewContext(t.Context(), auth.Default)
	_, err := command.Run(ctx, api.DB, &pb.UpsertItemRequest{RequestId: apitest.ID()},
		func(context.Context, *pg.Tx) (*pb.UpsertItemResponse, error) { return nil, cause })
	if !errors.Is(err, cause) {
		t.Fatal(err)
	}
}

func TestGivenUp(t *testing.T) {
	api := apitest.Start(t)
	before := telemetrytest.Scrape(t, api.REST)
	giveUp(t, api, &pgconn.PgError{Code: "40P01"})
	telemetrytest.WantMoved(t, api.REST, before, metrics{
		`lottrail_command_conflicts_total{cause="deadlock_detected"}`: 8,
		`lottrail_command_retries_total{rpc_method=""}`:               7, // it came by none
		`lottrail_command_given_up_total{rpc_method=""}`:              1,
	}, "lottrail_ledger_postings", "lottrail_command_")
}

func TestPool(t *testing.T) {
	before := telemetrytest.Own(t)
	want := func(when string, want metrics) {
		t.Helper()
		for key, value := range want {
			if got := telemetrytest.Own(t)[key] - before[key]; got != value {
				t.Errorf("%s: %s moved by %v, want %v", when, key, got, value)
			}
		}
	}
	const inUse, idle = `lottrail_pool_connections{state="in_use"}`, `lottrail_pool_connections{state="idle"}`
	url := dbtest.URL(t)
	db, err := pg.Open(t.Context(), url, 2)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	want("open", metrics{"lottrail_pool_limit": 2, inUse: 0, idle: 1, "lottrail_pool_waits_total": 1})
	for range 2 {
		conn, err := db.Acquire(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Release()
	}
	want("all taken", metrics{inUse: 2, idle: 0, "lottrail_pool_waits_total": 2, "lottrail_pool_given_up_total": 0})
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if conn, err := db.Acquire(gone); err == nil {
		conn.Release()
		t.Error("there was a third connection")
	}
	want("one too many", metrics{inUse: 2, "lottrail_pool_waits_total": 2, "lottrail_pool_given_up_total": 1})
	if waited := telemetrytest.Own(t).Moved(before)["lottrail_pool_wait_time_seconds_total"]; waited <= 0 {
		t.Errorf("waited %v s", waited)
	}
	another, err := pg.Open(t.Context(), url, 3)
	if err != nil {
		t.Fatal(err)
	}
	want("two pools", metrics{"lottrail_pool_limit": 5, inUse: 2, idle: 1})
	another.Close()
	want("one closed", metrics{"lottrail_pool_limit": 2, inUse: 2, idle: 0})
}

func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}
