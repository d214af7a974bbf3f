package lineage_test

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/queries"
)

// stockedPlant is a plant of 20,000 lots and some 130,000 movements, written
// past the ledger: it is there to be planned for, not to be walked.
const stockedPlant = `
SET synchronous_commit = on; -- or VACUUM could not yet mark it as visible to all
SET session_replication_role = replica; -- foreign keys are not what is looked at
INSERT INTO item SELECT 1, 2000 + i, 'I' || i, '', '', 'KGM', 3, 'lot', false, 0, false, 0, 1 FROM generate_series(1, 50) i;
INSERT INTO party SELECT 1, 3000 + i, 'P' || i, '', '{supplier,customer}', NULL, '[]', '', 1 FROM generate_series(1, 50) i;
INSERT INTO location SELECT 1, 4000 + i, 'L' || i, '', 1, 'storage', NULL, NULL, 1 FROM generate_series(1, 50) i;
INSERT INTO production_order SELECT 1, 10000 + i, 'M' || i, 2001, 1, '{}' FROM generate_series(1, 1000) i;
INSERT INTO run SELECT 1, 20000 + i, 10001 + i % 1000, 'R' || i, now() FROM generate_series(1, 4000) i;
INSERT INTO purchase_order SELECT 1, 30000 + i, 'PO' || i, 3001, '{}', 1 FROM generate_series(1, 500) i;
INSERT INTO receipt SELECT 1, 40000 + i, 'RC' || i, 30001 + i % 500, now(), '[]' FROM generate_series(1, 2000) i;
INSERT INTO receipt_line SELECT 1, 50000 + i, 40001 + i % 2000, i, 30001 + i % 500, 1, NULL, NULL, NULL, NULL, false FROM generate_series(1, 4000) i;
INSERT INTO sales_order SELECT 1, 60000 + i, 'SO' || i, 3001 + i % 50, '{}', 1 FROM generate_series(1, 1000) i;
INSERT INTO shipment SELECT 1, 70000 + i, 'S' || i, 60001 + i % 1000, 3001 + i % 50, NULL, now(), NULL, '[]' FROM generate_series(1, 4000) i;
INSERT INTO shipment_line SELECT 1, 80000 + i, 70001 + i % 4000, i, 60001 + i % 1000, 1 FROM generate_series(1, 10000) i;
INSERT INTO lot SELECT 1, 100000 + i, 2001 + i % 50, 'L' || i, false, CASE WHEN i <= 4000 THEN 3001 END, '', CASE WHEN i > 4000 THEN 20001 + i % 4000 END, NULL, NULL, 0, 1
    FROM generate_series(1, 20000) i;
INSERT INTO balance SELECT 1, 100000 + i, 4001 + (i + j) % 50, 5 FROM generate_series(1, 20000) i, generate_series(1, 2) j;
INSERT INTO movement SELECT 1, 200000 + i, 200000 + i, 'receipt', 100000 + i, 10, 1, 4001, NULL, 50000 + i, NULL, 10, 'KGM', now() FROM generate_series(1, 4000) i;
INSERT INTO movement SELECT 1, 300000 + i, 300000 + i, 'output', 100000 + i, 10, 3, 4001, 20001 + i % 4000, NULL, NULL, 10, 'KGM', now() FROM generate_series(4001, 20000) i;
INSERT INTO movement SELECT 1, 400000 + i, 400000 + i, 'consumption', 100001 + i % 20000, 1, 4001, 3, 20001 + i % 4000, NULL, NULL, 1, 'KGM', now() FROM generate_series(1, 40000) i;
INSERT INTO movement SELECT 1, 500000 + i, 500000 + i, 'transfer', 100001 + i % 20000, 1, 4001, 4002, NULL, NULL, NULL, 1, 'KGM', now() FROM generate_series(1, 60000) i;
INSERT INTO movement SELECT 1, 600000 + i, 600000 + i, 'shipment', 100001 + i % 20000, 1, 4001, 2, NULL, NULL, 80000 + i, 1, 'KGM', now() FROM generate_series(1, 10000) i;
INSERT INTO movement SELECT 1, 700000 + i, 700000 + i, 'transfer', 119001, 1, 4001 + i % 2, 4002 - i % 2, NULL, NULL, NULL, 1, 'KGM', now() FROM generate_series(1, 20000) i;
INSERT INTO location_within SELECT 1, 4001, 'L' || i, 4000 + i FROM generate_series(1, 50) i;
INSERT INTO location_within SELECT 1, 4000 + i, 'L' || i, 4000 + i FROM generate_series(2, 50) i;
INSERT INTO operation SELECT 1, operation_id, 'transfer', now(), now(), '', '', '' FROM movement;
INSERT INTO output_share SELECT 1, run_id, movement_id, operation_id, lot_id, 1 FROM movement WHERE kind = 'output';
INSERT INTO item_unit SELECT 1, 2000 + i, 'U' || j, 1, 1 FROM generate_series(1, 50) i, generate_series(1, 3) j;
INSERT INTO log SELECT 1, row_number() OVER (), operation_id, now() FROM movement;
RESET session_replication_role;
`

// What the texts of a walk are given: one of now has tenant and ids, for which %s stands.
var (
	now    = parameters{"bigint, bigint[]", "1, '{%s}'"}
	past   = parameters{"bigint, bigint, bigint[], timestamptz, bigint[]", "1, 100000, '{1,2,3}', 'infinity', '{%s}'"}
	window = parameters{"timestamptz, timestamptz, bigint, bigint, bigint[], timestamptz, bigint[]",
		"'-infinity', 'infinity', 1, 9223372036854775807, '{}', 'infinity', '{%s}'"}
	at       = parameters{past.types + ", bigint[]", past.values + ", '{4002}'"}
	movement = parameters{"bigint[], bigint, bigint, bigint[], timestamptz, timestamptz, bigint, bigint, integer",
		"'{%s}', 1, 9223372036854775807, '{1,2,3}', 'infinity', 'epoch', 0, 0, 100"}
)

type parameters struct{ types, values string }

// The walk reads edges and endpoints from the partial covering indexes alone and
// all else by primary key, whether it asks for one lot or for a chunk that is a
// tenth of the tables, also where the tables were empty when it was planned. What it reads
// of the past, of a window, of places and for quantities are rows of what it asks for, too:
// so it costs what it finds, however much else there is.
func TestPlans(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, dbtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, stockedPlant); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(ctx, "VACUUM ANALYZE"); err != nil {
		t.Fatal(err)
	}
	const lot, busy, run, party, item, received, shipped = 100001, 119001, 20001, 3001, 2001, 50001, 80001
	type reads struct {
		name, sql, index string
		parameters
		first int
	}
	for i, q := range []reads{
		{"consumption by lot", queries.LineageConsumptionListByLot, "Only Scan using movement_consumption_lot_idx", now, lot},
		{"consumption by run", queries.LineageConsumptionListByRun, "Only Scan using movement_consumption_run_idx", now, run},
		{"output by lot", queries.LineageOutputListByLot, "Only Scan using movement_output_lot_idx", now, lot},
		{"output by run", queries.LineageOutputListByRun, "Only Scan using movement_output_run_idx", now, run},
		{"cone forward", oneCone(queries.LineageConeForward), "Only Scan using movement_output_run_idx", now, lot},
		{"cone backward", oneCone(queries.LineageConeBackward), "Only Scan using movement_consumption_run_idx", now, lot},
		{"receipts", queries.LineageReceiptList, "Only Scan using movement_receipt_lot_idx", now, lot},
		{"shipments", queries.LineageShipmentList, "Only Scan using movement_shipment_lot_idx", now, lot},
		{"lots", queries.LineageLotList, "Scan using lot_pkey", now, lot},
		{"stocks", queries.LineageStockList, "Scan using balance_pkey", now, lot},
		{"runs", queries.LineageRunList, "Scan using run_pkey", now, run},
		{"parties", queries.LineagePartyList, "Scan using party_pkey", now, party},
		// Of the past, or through a window: the same ways, and by operation into the log.
		{"past consumption by lot", queries.LineagePastConsumptionListByLot, "Scan using movement_consumption_lot_idx", window, lot},
		{"past consumption by run", queries.LineagePastConsumptionListByRun, "Scan using movement_consumption_run_idx", window, run},
		{"past output by lot", queries.LineagePastOutputListByLot, "Scan using movement_output_lot_idx", window, lot},
		{"past output by run", queries.LineagePastOutputListByRun, "Scan using movement_output_run_idx", window, run},
		{"past receipts", queries.LineagePastReceiptList, "Scan using movement_receipt_lot_idx", window, lot},
		{"past shipments", queries.LineagePastShipmentList, "Scan using movement_shipment_lot_idx", window, lot},
		{"past lots", queries.LineagePastLotList, "Scan using lot_pkey", past, lot},
		{"past stocks", queries.LineagePastStockList, "Scan using movement_lot_idx", past, lot},
		{"past runs", queries.LineagePastRunList, "Scan using run_pkey", past, run},
		{"past existence", queries.LineagePastLotExists, "Scan using movement_lot_idx", past, lot},
		// Places, and every movement.
		{"lots at locations", queries.LineageLotListAtLocation, "Scan using movement_lot_idx", at, lot},
		{"movements", queries.LineageMovementList, "Scan using movement_lot_idx", movement, busy},
		// What quantities are attributed by.
		{"feed by lot", queries.LineageFeedListByLot, "Scan using movement_lot_idx", now, lot},
		{"feed by run", queries.LineageFeedListByRun, "Scan using movement_consumption_run_idx", now, run},
		{"past feed by lot", queries.LineagePastFeedListByLot, "Scan using movement_lot_idx", past, lot},
		{"past feed by run", queries.LineagePastFeedListByRun, "Scan using movement_consumption_run_idx", past, run},
		{"items of lots", queries.LineageLotItemList, "Scan using lot_pkey", now, lot},
		{"units of items", queries.LineageItemUnitList, "Scan on item_unit_pkey", now, item},
		{"shipment lines", queries.LineageShipmentLineList, "Scan using shipment_line_pkey", now, shipped},
		{"receipt lines", queries.LineageReceiptLineList, "Scan using receipt_line_pkey", now, received},
	} {
		if _, err := conn.Exec(ctx, fmt.Sprintf("PREPARE q%d (%s) AS %s", i, q.types, q.sql)); err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{1, 10, 2000} {
			plan := explain(t, conn, fmt.Sprintf("EXECUTE q%d (%s)", i, fmt.Sprintf(q.values, numbers(q.first, n))))
			if !strings.Contains(plan, "Index "+q.index) || strings.Contains(plan, "Seq Scan") || strings.Contains(plan, "Hash Join") {
				t.Errorf("%s of %d:\n%s", q.name, n, plan)
			}
			most := 20 + 80*n
			if strings.HasPrefix(q.name, "cone") || q.parameters == movement {
				most += 1000 // they go on to 100 rows
			}
			if pages := pagesOf(t, plan); pages > most {
				t.Errorf("%s of %d reads %d pages:\n%s", q.name, n, pages, plan)
			}
			t.Logf("%s of %d:\n%s", q.name, n, plan)
		}
	}
}

// oneCone is the cone of the first of several lots, with a limit such as the walk gives.
func oneCone(sql string) string {
	return strings.NewReplacer("$1::integer", "100", "$2::bigint", "($2::bigint[])[1]", "$3", "$1").Replace(sql)
}

// pagesOf is how many pages a statement read, each as often as it did.
func pagesOf(t *testing.T, plan string) (pages int) {
	t.Helper()
	line := regexp.MustCompile(`Buffers: shared(?: hit=(\d+))?(?: read=(\d+))?`).FindStringSubmatch(plan)
	if line == nil {
		t.Fatalf("no pages in\n%s", plan)
	}
	for _, n := range line[1:] {
		if n != "" {
			some, err := strconv.Atoi(n)
			if err != nil {
				t.Fatal(err)
			}
			pages += some
		}
	}
	return pages
}

func numbers(first, n int) string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprint(first+i))
	}
	return strings.Join(list, ",")
}

// explain runs a statement as the walk does.
func explain(t *testing.T, conn *pgx.Conn, statement string) string {
	t.Helper()
	ctx := context.Background()
	var lines []string
	err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, lineage.Begin, int64(1), 1000); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, "EXPLAIN (ANALYZE, BUFFERS) "+statement, pgx.QueryExecModeSimpleProtocol)
		if err != nil {
			return err
		}
		lines, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}
