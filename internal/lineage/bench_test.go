package lineage_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/lineage"
	"github.com/lottrail/lottrail/internal/pg"
)

// plant is 100,000 lots. Lot 1,000,001 goes into 2,000 runs of 5 lots each, which
// were shipped 13,715 times. The others lie in chains of 12 levels of 4 lots,
// 48 in all, each level made by one run of the level before.
const plant = `
SET synchronous_commit = on;
SET session_replication_role = replica;
INSERT INTO item SELECT 1, 2000 + i, 'I' || i, 'Item ' || i, '', 'KGM', 3, 'lot', false, 0, false, 0, 1 FROM generate_series(0, 999) i;
INSERT INTO party SELECT 1, 3000 + i, 'P' || i, 'Party ' || i, '{supplier,customer}', NULL, '[{"name": "QA", "role": "recall"}]', '', 1 FROM generate_series(0, 499) i;
INSERT INTO location SELECT 1, 4000 + i, 'L' || i, '', 1, 'storage', NULL, NULL, 1 FROM generate_series(0, 499) i;
INSERT INTO production_order SELECT 1, 100000 + i, 'M' || i, 2001, 1, '{}' FROM generate_series(0, 24999) i;
INSERT INTO run SELECT 1, 200000 + i, 100000 + i, '1', now(), now() FROM generate_series(0, 24999) i;
INSERT INTO sales_order SELECT 1, 300000 + i, 'SO' || i, 3000 + i % 500, '{}', 1 FROM generate_series(0, 49999) i;
INSERT INTO shipment SELECT 1, 400000 + i, 'S' || i, 300000 + i, 3000 + i % 500, NULL, now(), '2026-04-01', '[]' FROM generate_series(0, 49999) i;
INSERT INTO shipment_line SELECT 1, 500000 + i, 400000 + i % 50000, i, 300000 + i % 50000, 1 FROM generate_series(0, 99999) i;
INSERT INTO lot SELECT 1, 1000001 + i, 2000 + i % 1000, 'L' || i, false, 3001, '', NULL, NULL, '2027-01-01', 0, 1 FROM generate_series(0, 99999) i;
INSERT INTO balance SELECT 1, 1000001 + i, 4000 + i % 500, 5 FROM generate_series(0, 99999) i;
-- hot
INSERT INTO movement SELECT 1, 2000000 + i, 2000000 + i, 'consumption', 1000001, 1, 4001, 3, 200000 + i, NULL, NULL, 1, 'KGM', now() FROM generate_series(0, 1999) i;
INSERT INTO movement SELECT 1, 2100000 + i, 2100000 + i, 'output', 1000002 + i, 10, 3, 4001, 200000 + i / 5, NULL, NULL, 10, 'KGM', now() FROM generate_series(0, 9999) i;
INSERT INTO movement SELECT 1, 2200000 + i, 2200000 + i, 'shipment', 1000002 + i % 10000, 1, 4001, 2, NULL, NULL, 500000 + i, 1, 'KGM', now() FROM generate_series(0, 13714) i;
-- chains of 48: lot 1020000 + 48 c + 4 l + k, level l, made by run 202000 + 12 c + l
INSERT INTO movement SELECT 1, 3000000 + i, 3000000 + i, 'output', 1020000 + i, 10, 3, 4001, 202000 + i / 4, NULL, NULL, 10, 'KGM', now() FROM generate_series(0, 79679) i WHERE i % 48 >= 4;
INSERT INTO movement SELECT 1, 3200000 + i, 3200000 + i, 'consumption', 1020000 + i, 5, 4001, 3, 202001 + i / 4, NULL, NULL, 5, 'KGM', now() FROM generate_series(0, 79679) i WHERE i % 48 < 44;
INSERT INTO movement SELECT 1, 3400000 + i, 3400000 + i, 'shipment', 1020000 + i, 1, 4001, 2, NULL, NULL, 520000 + i, 1, 'KGM', now() FROM generate_series(0, 79679) i WHERE i % 48 >= 40;
INSERT INTO movement SELECT 1, 4000000 + i, 4000000 + i, 'transfer', 1000001 + i % 100000, 1, 4001, 4002, NULL, NULL, NULL, 1, 'KGM', now() FROM generate_series(0, 299999) i;
INSERT INTO log SELECT 1, row_number() OVER (), operation_id, now() FROM movement;
RESET session_replication_role;
`

// BenchmarkWalk is a hot lot that reaches 10,001 lots, and a typical one that
// reaches 48, among 100,000, as recorded and as known at an index. first-ms is when the first lot behind the seed came.
func BenchmarkWalk(b *testing.B) {
	ctx := context.Background()
	url := dbtest.URL(b)
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close(ctx)
	for _, statement := range []string{plant, "VACUUM ANALYZE"} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			b.Fatal(err)
		}
	}
	db, err := pg.Open(ctx, url, 4)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	known := &lineage.LogPosition{Index: 1_000_000}
	for _, c := range []struct {
		name            string
		lot             int64
		known           *lineage.LogPosition
		lots, shipments int32
	}{
		{"hot", 1000001, nil, 10001, 13715},
		{"typical", 1020000, nil, 45, 8},
		{"alone", 1099999, nil, 1, 0},
		{"hot, as known", 1000001, known, 10001, 13715},
		{"typical, as known", 1020000, known, 45, 8},
	} {
		b.Run(c.name, func(b *testing.B) {
			var first time.Duration
			for b.Loop() {
				began, parts := time.Now(), 0
				err := db.Read(ctx, func(tx *pg.Snapshot) error {
					return lineage.Walk(ctx, tx, lineage.Query{TenantID: 1, LotIDs: []int64{c.lot}, Direction: lineage.Forward, KnownAt: c.known}, func(p *lineage.Part) error {
						if parts++; parts == 2 {
							first += time.Since(began)
						}
						if s := p.Summary; s != nil && (s.Lots != c.lots || s.Shipments != c.shipments) {
							b.Errorf("%s", s.Statement)
						}
						return nil
					})
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(first.Microseconds())/1000/float64(b.N), "first-ms")
		})
	}
}
