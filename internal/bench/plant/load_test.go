package plant_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/bench/plant"
	"github.com/lottrail/lottrail/internal/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func silent(string, int, int) {}

// number asks for one.
func number(t *testing.T, conn *pgx.Conn, sql string, args ...any) (n int) {
	t.Helper()
	if err := conn.QueryRow(t.Context(), sql, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return n
}

// What was loaded is the plant, to the service as well.
func TestLoad(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	conn := connect(t, api.URL)
	p := planted(t, 1003, 1)
	ids, err := plant.Load(t.Context(), conn, p, silent)
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Reconcile(t, api.DB)
	finished := p.Shape.Lots - int(p.LotLevels[plant.Levels-1])
	for sql, want := range map[string]int{
		"SELECT count(*) FROM lot":                                                                        1003,
		"SELECT count(*) FROM run WHERE finished_at > started_at":                                         len(p.Runs),
		"SELECT count(*) FROM movement WHERE kind = 'consumption'":                                        plant.Inputs * len(p.Runs),
		"SELECT count(*) FROM movement WHERE kind = 'output'":                                             1003 - int(p.LotLevels[1]),
		"SELECT count(*) FROM movement WHERE kind = 'receipt'":                                            int(p.LotLevels[1]),
		"SELECT count(*) FROM movement WHERE kind = 'shipment'":                                           finished * plant.Customers,
		"SELECT count(*) FROM receipt_line":                                                               int(p.LotLevels[1]),
		"SELECT count(*) FROM balance WHERE on_hand > 0":                                                  1003,
		"SELECT count(*) FROM operation o LEFT JOIN log USING (operation_id) WHERE log.log_index IS NULL": 0,
		"SELECT count(*) FROM unlogged":                                                                   0,
		// The log is in the order in which it was recorded, without a gap.
		"SELECT max(log_index) - count(*) FROM log":                   0,
		"SELECT log_index - (SELECT count(*) FROM log) FROM log_head": 0,
		`SELECT count(*) FROM (SELECT recorded_at < lag(recorded_at) OVER (ORDER BY log_index) AS back
		 FROM log JOIN operation USING (tenant_id, operation_id)) AS o WHERE back`: 0,
		"SELECT count(*) FROM operation WHERE recorded_at > now() OR occurred_at > recorded_at": 0,
		// Every finished lot went to five customers, nothing else to anybody.
		`SELECT count(*) FROM (SELECT lot_id FROM movement JOIN shipment_line USING (tenant_id, shipment_line_id) JOIN shipment USING (tenant_id, shipment_id)
		 WHERE kind = 'shipment' GROUP BY lot_id HAVING count(*) = 5 AND count(DISTINCT customer_id) = 5) AS shipped`: finished,
		// Nothing is used before it was there.
		`SELECT count(*) FROM movement AS used JOIN movement AS came USING (tenant_id, lot_id)
		 WHERE used.kind IN ('consumption', 'shipment') AND came.kind IN ('output', 'transfer') AND used.occurred_at <= came.occurred_at`: 0,
		// The tree is there both ways: the service looks for sites in the second.
		`SELECT count(*) FROM (SELECT location_id AS outer_id, code, location_id FROM location WHERE kind <> 'virtual'
			UNION SELECT parent_id, code, location_id FROM location WHERE parent_id IS NOT NULL) AS tree
		 FULL JOIN location_within USING (outer_id, code, location_id) WHERE tenant_id IS NULL OR tree.* IS NULL`: 0,
		"SELECT count(*) FROM location_within":                                   2*(2+plant.Bins) - 1,
		"SELECT count(*) FROM lot WHERE expiry_date < now() + interval '1 year'": 0,
	} {
		if got := number(t, conn, sql); got != want {
			t.Errorf("%s: %d, want %d", sql, got, want)
		}
	}
	if got := number(t, conn, `WITH RECURSIVE r AS (SELECT $1::bigint AS lot_id UNION SELECT o.lot_id FROM r
		JOIN movement c ON c.lot_id = r.lot_id AND c.kind = 'consumption' JOIN movement o ON o.run_id = c.run_id AND o.kind = 'output') SELECT count(*) FROM r`,
		ids.Lot+int64(p.Hot)); got != p.HotReach {
		t.Errorf("in the database the hot lot reaches %d lots, in the plant %d", got, p.HotReach)
	}
	readThroughAPI(t, api, p)
	if err := plant.CheckEmpty(t.Context(), api.URL); !errors.Is(err, plant.ErrNotEmpty) {
		t.Errorf("with a plant in it: %v", err)
	}
	if _, err := plant.Load(t.Context(), conn, p, silent); !errors.Is(err, plant.ErrNotEmpty) {
		t.Errorf("a second plant: %v", err)
	}
}

// The documents are such as the service writes: it can read them.
func readThroughAPI(t *testing.T, api *apitest.API, p *plant.Plant) {
	t.Helper()
	ctx := t.Context()
	for _, code := range []string{plant.PurchaseCode(0), p.OpenPurchase(3)} {
		if order, err := api.Receiving.GetPurchaseOrder(ctx, &pb.GetPurchaseOrderRequest{Code: code}); err != nil || len(order.GetLineStatuses()) != plant.DocumentLines || len(order.GetPurchaseOrder().GetLines()) != plant.DocumentLines {
			t.Errorf("purchase order %s: %v, %v", code, order, err)
		}
	}
	for _, code := range []string{plant.SalesCode(0), p.OpenSales(3)} {
		if order, err := api.Dispatch.GetSalesOrder(ctx, &pb.GetSalesOrderRequest{Code: code}); err != nil || len(order.GetSalesOrder().GetLines()) != plant.DocumentLines {
			t.Errorf("sales order %s: %v, %v", code, order, err)
		}
	}
	if receipt, err := api.Receiving.GetReceipt(ctx, &pb.GetReceiptRequest{Code: plant.ReceiptCode(0)}); err != nil || len(receipt.GetReceipt().GetLines()) != plant.DocumentLines {
		t.Errorf("receipt: %v, %v", receipt, err)
	}
	run, err := api.Production.GetRun(ctx, &pb.GetRunRequest{ProductionOrderCode: plant.OrderCode(0), RunCode: plant.RunCode})
	if err != nil || len(run.GetInputs()) != plant.Inputs || len(run.GetOutputs()) != int(p.Runs[0].Outputs) {
		t.Errorf("run: %v, %v", run, err)
	}
	if manifest, err := api.Dispatch.GetManifest(ctx, &pb.GetManifestRequest{ShipmentCode: plant.ShipmentCode(0)}); err != nil || len(manifest.GetManifest().GetLines()) != plant.DocumentLines {
		t.Errorf("manifest: %v, %v", manifest, err)
	}
	// What was pushed is what would be pushed: nothing changes.
	item, err := api.Catalog.GetItem(ctx, &pb.GetItemRequest{Sku: p.SKU(0)})
	if err != nil {
		t.Fatal(err)
	}
	item.Item.Revision = 0
	if again, err := api.Catalog.UpsertItem(ctx, &pb.UpsertItemRequest{RequestId: apitest.ID(), Item: item.GetItem()}); err != nil || again.GetChanged() {
		t.Errorf("item pushed again: %v, %v", again, err)
	}
	lot, err := api.Lots.GetLot(ctx, &pb.GetLotRequest{Sku: p.SKU(0), LotCode: plant.LotCode(0)})
	if err != nil || lot.GetLot().GetOnHand().GetValue() != fmt.Sprint(p.Lots[0].Left) {
		t.Errorf("lot: %v, %v", lot, err)
	}
}

// A load that is cut short leaves nothing behind.
func TestLoadInterrupted(t *testing.T) {
	t.Parallel()
	url := dbtest.URL(t)
	conn := connect(t, url)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := plant.Load(ctx, conn, planted(t, 20_000, 1), func(table string, _, _ int) {
		if table == "movement" {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("ended with %v", err)
	}
	if err := plant.CheckEmpty(t.Context(), url); err != nil {
		t.Error(err)
	}
}

// A database that is used for something else is left alone.
func TestCheckEmpty(t *testing.T) {
	t.Parallel()
	url := dbtest.URL(t)
	if err := plant.CheckEmpty(t.Context(), url); err != nil {
		t.Errorf("migrated: %v", err)
	}
	conn := connect(t, url)
	for _, sql := range []string{"DROP SCHEMA public CASCADE", "CREATE SCHEMA public"} {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	if err := plant.CheckEmpty(t.Context(), url); err != nil {
		t.Errorf("new: %v", err)
	}
	if _, err := conn.Exec(t.Context(), "CREATE TABLE theirs ()"); err != nil {
		t.Fatal(err)
	}
	if err := plant.CheckEmpty(t.Context(), url); !errors.Is(err, plant.ErrNotEmpty) {
		t.Errorf("somebody's: %v", err)
	}
}
