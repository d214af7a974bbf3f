package db_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/lottrail/lottrail/db"
)

// TestQueriesFilterOnTenant holds every query in db/queries to the rule that the
// schema is made for: whatever it reads or changes, it does so within one tenant,
// which it is given as the parameter @tenant_id. It has to say so for each table by
// itself, in every arm of a recursion and in every subquery.
//
// Where a query cannot (the sealer asks which tenants there are), it says why:
//
//	-- no tenant: lists the tenants themselves
func TestQueriesFilterOnTenant(t *testing.T) {
	check := tenantCheck{tables: schema(t)}
	var count, exempt int
	for _, q := range queries(t) {
		count++
		problems := check.check(q.sql)
		if q.noTenant == "" {
			for _, p := range problems {
				t.Errorf("%s: %s: %s", q.file, q.name, p)
			}
			continue
		}
		exempt++
		t.Logf("exempt: %s: %s: %s", q.file, q.name, q.noTenant)
		if len(strings.Fields(q.noTenant)) < 3 {
			t.Errorf("%s: %s: %q is not a reason", q.file, q.name, q.noTenant)
		}
		if len(problems) == 0 {
			t.Errorf("%s: %s: needs no exemption any more", q.file, q.name)
		}
	}
	if count == 0 {
		t.Fatal("no queries found in queries/")
	}
	t.Logf("%d queries, %d of them exempt", count, exempt)
}

type query struct{ file, name, sql, noTenant string }

var (
	queryName = regexp.MustCompile(`(?m)^\s*-- name: +(\S+) +:\S+.*$`)
	noTenant  = regexp.MustCompile(`(?m)^\s*-- no tenant:(.*)$`)
)

func queries(t *testing.T) []query {
	t.Helper()
	var all []query
	err := filepath.WalkDir("queries", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".sql" {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		all = append(all, splitQueries(t, path, string(raw))...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func splitQueries(t *testing.T, path, file string) []query {
	t.Helper()
	var all []query
	heads := queryName.FindAllStringSubmatchIndex(file, -1)
	before := file
	if len(heads) > 0 {
		before = file[:heads[0][0]]
	}
	for line := range strings.Lines(before) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "--") {
			t.Errorf("%s: SQL before the first \"-- name:\": %s", path, line)
			break
		}
	}
	for i, head := range heads {
		end := len(file)
		if i+1 < len(heads) {
			end = heads[i+1][0]
		}
		q := query{file: path, name: file[head[2]:head[3]], sql: file[head[0]:end]}
		if m := noTenant.FindStringSubmatch(q.sql); m != nil {
			if q.noTenant = strings.TrimSpace(m[1]); q.noTenant == "" {
				q.noTenant = "-"
			}
		}
		all = append(all, q)
	}
	return all
}

// schema reads the names of the tables out of the migrations, and whether they have
// a tenant_id. A view is not a table: what reads one is refused until somebody
// teaches the check what is in it.
func schema(t *testing.T) map[string]bool {
	t.Helper()
	files, err := fs.Glob(db.Migrations, "migrations/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no migrations: %v", err)
	}
	tables := map[string]bool{}
	for _, file := range files {
		raw, err := fs.ReadFile(db.Migrations, file)
		if err != nil {
			t.Fatal(err)
		}
		up, _, _ := strings.Cut(string(raw), "-- +goose Down")
		for _, statement := range split(group(lex(up)), ";") {
			i := 0
			if !at(statement, i).is("create") {
				continue
			}
			i++
			for at(statement, i).isAny("temp", "temporary", "unlogged") {
				i++
			}
			if !at(statement, i).is("table") {
				continue
			}
			i++
			if at(statement, i).is("if") {
				i += 3
			}
			name := at(statement, i)
			if !name.name() || at(statement, i+1).kind != paren {
				t.Fatalf("%s: cannot read %q", file, text(statement))
			}
			tables[name.text] = false
			for _, column := range split(at(statement, i+1).inside, ",") {
				if at(column, 0).name() && at(column, 0).text == "tenant_id" {
					tables[name.text] = true
				}
			}
		}
	}
	return tables
}

// TestTenantCheck plants queries with and without mistakes.
func TestTenantCheck(t *testing.T) {
	check := tenantCheck{tables: map[string]bool{"lot": true, "movement": true, "balance": true, "river_job": false}}
	tests := []struct {
		name, sql, want string // want: part of the problem, "" for none
	}{
		// Reads.
		{"one table", `SELECT * FROM lot WHERE tenant_id = @tenant_id AND id = @id;`, ""},
		{"parameter first, cast, sqlc.arg", `SELECT * FROM lot WHERE @tenant_id::bigint = lot.tenant_id AND EXISTS (SELECT 1 FROM lot l WHERE l.tenant_id = sqlc.arg('tenant_id'))`, ""},
		{"no space before the parameter", `SELECT 1 FROM lot WHERE tenant_id=@tenant_id`, ""},
		{"nothing at all", `SELECT * FROM lot WHERE id = @id`, "lot is read or changed without lot.tenant_id"},
		{"no WHERE", `SELECT * FROM lot l`, "lot l is read or changed without l.tenant_id"},
		{"in a comment", "SELECT * FROM lot WHERE id = @id -- AND tenant_id = @tenant_id\n", "lot is read"},
		{"in a string", `SELECT * FROM lot WHERE code = 'x AND tenant_id = @tenant_id'`, "lot is read"},
		{"in a block comment", `SELECT * FROM lot WHERE id = @id /* AND tenant_id = @tenant_id */`, "comment"},
		{"another parameter", `SELECT * FROM lot WHERE tenant_id = @id`, "lot is read"},
		{"a parameter that may be null", `SELECT * FROM lot WHERE tenant_id = sqlc.narg(tenant_id)`, "lot is read"},
		{"a constant", `SELECT * FROM lot WHERE tenant_id = 1`, "lot is read"},
		{"not an equality", `SELECT * FROM lot WHERE tenant_id >= @tenant_id`, "lot is read"},
		{"with itself", `SELECT * FROM lot WHERE tenant_id = tenant_id`, "lot is read"},
		{"arithmetic", `SELECT * FROM lot WHERE tenant_id = @tenant_id + 1`, "lot is read"},
		{"negated", `SELECT * FROM lot WHERE NOT tenant_id = @tenant_id`, "lot is read"},
		{"negated in parentheses", `SELECT * FROM lot WHERE (tenant_id = @tenant_id) IS FALSE`, "lot is read"},
		{"or", `SELECT * FROM lot WHERE tenant_id = @tenant_id AND id = @id OR held`, "lot is read"},
		{"or in parentheses", `SELECT * FROM lot WHERE (tenant_id = @tenant_id OR @everybody::bool)`, "lot is read"},
		{"or beside it", `SELECT * FROM lot WHERE (tenant_id = @tenant_id AND (id = @id OR held))`, ""},
		{"between", `SELECT * FROM lot WHERE id BETWEEN 1 AND tenant_id = @tenant_id`, "lot is read"},
		{"after between", `SELECT * FROM lot WHERE id BETWEEN @a AND @b AND tenant_id = @tenant_id`, ""},
		{"in CASE", `SELECT * FROM lot WHERE CASE WHEN held AND tenant_id = @tenant_id THEN true ELSE true END`, "lot is read"},
		{"rows", `SELECT * FROM lot WHERE (tenant_id, id) = (@tenant_id, @id)`, ""},
		{"rows the wrong way", `SELECT * FROM lot WHERE (tenant_id, id) = (@id, @tenant_id)`, "lot is read"},
		{"is distinct from", `SELECT a IS DISTINCT FROM b FROM lot WHERE a IS NOT DISTINCT FROM b AND tenant_id = @tenant_id FOR NO KEY UPDATE OF lot`, ""},
		{"in HAVING", `SELECT id FROM lot GROUP BY id, tenant_id HAVING tenant_id = @tenant_id`, "lot is read"},
		{"an unknown table", `SELECT * FROM lots WHERE tenant_id = @tenant_id`, "no migration creates a table"},
		{"a table without tenants", `SELECT * FROM river_job`, "river_job has no tenant_id"},
		{"no table", `SELECT nextval('id_block'), clock_timestamp()`, ""},
		{"renamed columns", `SELECT * FROM lot l(tenant_id, id) WHERE l.tenant_id = @tenant_id`, "other names"},
		{"a quoted table", `SELECT * FROM "lot"`, "lot is read"},
		{"TABLE", `TABLE lot`, "cannot read"},
		{"a second statement", `SELECT 1; SELECT * FROM lot`, "lot is read"},

		// Joins.
		{"both sides", `SELECT * FROM lot l JOIN movement m ON m.tenant_id = @tenant_id AND m.lot_id = l.id WHERE l.tenant_id = @tenant_id`, ""},
		{"carried by the join", `SELECT * FROM lot l JOIN movement m ON m.tenant_id = l.tenant_id AND m.lot_id = l.id WHERE l.tenant_id = @tenant_id`, "movement m is read"},
		{"forgotten in the join", `SELECT * FROM lot l JOIN movement m ON m.lot_id = l.id WHERE l.tenant_id = @tenant_id`, "movement m is read"},
		{"unqualified", `SELECT * FROM lot l JOIN movement m ON m.lot_id = l.id WHERE tenant_id = @tenant_id`, "lot l is read"},
		{"unqualified with USING", `SELECT * FROM lot JOIN movement USING (tenant_id, lot_id) WHERE tenant_id = @tenant_id`, "lot is read"},
		{"comma", `SELECT * FROM lot l, movement m WHERE l.tenant_id = @tenant_id AND m.lot_id = l.id`, "movement m is read"},
		{"left join, right table", `SELECT * FROM lot l LEFT JOIN movement m ON m.tenant_id = @tenant_id AND m.lot_id = l.id WHERE l.tenant_id = @tenant_id`, ""},
		{"left join, left table", `SELECT * FROM lot l LEFT JOIN movement m ON m.tenant_id = @tenant_id AND l.tenant_id = @tenant_id`, "lot l is read"},
		{"right join, right table", `SELECT * FROM lot l RIGHT JOIN movement m ON m.tenant_id = @tenant_id AND l.tenant_id = @tenant_id`, "movement m is read"},
		{"full join", `SELECT * FROM lot l FULL JOIN movement m ON m.tenant_id = @tenant_id AND l.tenant_id = @tenant_id`, "lot l is read"},
		{"three", `SELECT * FROM lot l JOIN movement m ON m.tenant_id = @tenant_id AND m.lot_id = l.id LEFT JOIN balance b ON left(b.code, 1) = 'x' AND b.tenant_id = @tenant_id WHERE l.tenant_id = @tenant_id`, ""},
		{"third forgotten", `SELECT * FROM lot l JOIN movement m ON m.tenant_id = @tenant_id AND m.lot_id = l.id CROSS JOIN balance b WHERE l.tenant_id = @tenant_id`, "balance b is read"},
		{"a join in parentheses", `SELECT * FROM lot l LEFT JOIN (movement m JOIN balance b ON b.tenant_id = @tenant_id) ON m.lot_id = l.id WHERE l.tenant_id = @tenant_id`, "movement m is read"},
		{"twice the same table", `SELECT * FROM lot l JOIN lot p ON p.id = l.parent_id WHERE l.tenant_id = @tenant_id`, "lot p is read"},
		{"functions", `SELECT l.id, u.n FROM unnest(@ids::bigint[], @ns::bigint[]) WITH ORDINALITY AS u(id, n, ord) JOIN lot l ON l.tenant_id = @tenant_id AND l.id = u.id ORDER BY u.ord LIMIT 5`, ""},
		{"rows from", `SELECT * FROM ROWS FROM (unnest(@a::int[]), unnest(@b::int[])) AS u(a, b), lot WHERE u.a = lot.id`, "lot is read"},

		// Subqueries.
		{"exists", `SELECT * FROM lot l WHERE l.tenant_id = @tenant_id AND EXISTS (SELECT 1 FROM movement m WHERE m.tenant_id = l.tenant_id AND m.lot_id = l.id)`, "movement m is read"},
		{"in", `SELECT * FROM lot WHERE tenant_id = @tenant_id AND id IN (SELECT lot_id FROM movement)`, "movement is read"},
		{"in the list", `SELECT id, (SELECT sum(quantity) FROM movement m WHERE m.lot_id = l.id) FROM lot l WHERE l.tenant_id = @tenant_id`, "movement m is read"},
		{"in a function in CASE", `SELECT CASE WHEN held THEN coalesce((SELECT 1 FROM movement), 0) END FROM lot WHERE tenant_id = @tenant_id`, "movement is read"},
		{"in an array", `SELECT ARRAY[1, (SELECT 1 FROM movement)] FROM lot WHERE tenant_id = @tenant_id`, "movement is read"},
		{"array()", `SELECT array(SELECT id FROM movement) FROM lot WHERE tenant_id = @tenant_id`, "movement is read"},
		{"in ON", `SELECT * FROM lot l JOIN lot p ON p.tenant_id = @tenant_id AND EXISTS (SELECT 1 FROM movement) WHERE l.tenant_id = @tenant_id`, "movement is read"},
		{"in ORDER BY", `SELECT * FROM lot WHERE tenant_id = @tenant_id ORDER BY (SELECT max(id) FROM movement)`, "movement is read"},
		{"derived", `SELECT * FROM (SELECT * FROM lot) x WHERE x.tenant_id = @tenant_id`, "lot is read"},
		{"lateral", `SELECT * FROM lot l CROSS JOIN LATERAL (SELECT * FROM movement m WHERE m.tenant_id = @tenant_id AND m.lot_id = l.id LIMIT 1) x WHERE l.tenant_id = @tenant_id`, ""},
		{"the filter in a subquery only", `SELECT * FROM lot WHERE EXISTS (SELECT 1 FROM movement m WHERE m.tenant_id = @tenant_id)`, "lot is read"},
		{"union", `SELECT id FROM lot WHERE tenant_id = @tenant_id UNION ALL SELECT id FROM movement`, "movement is read"},
		{"union in parentheses", `(SELECT id FROM lot WHERE tenant_id = @tenant_id) EXCEPT (SELECT id FROM movement) ORDER BY 1`, "movement is read"},
		{"nested parentheses", `SELECT * FROM ((SELECT id FROM lot WHERE tenant_id = @tenant_id) UNION (SELECT id FROM movement)) x`, "movement is read"},

		// WITH.
		{"recursive", `WITH RECURSIVE cone AS (
			SELECT l.id, 0 AS depth FROM lot l WHERE l.tenant_id = @tenant_id AND l.id = ANY(@seeds::bigint[])
			UNION
			SELECT m.lot_id, c.depth + 1 FROM cone c JOIN movement m ON m.tenant_id = @tenant_id AND m.from_lot_id = c.id
		) SELECT c.id, l.code FROM cone c JOIN lot l ON l.tenant_id = @tenant_id AND l.id = c.id`, ""},
		{"recursive, tenant by join only", `WITH RECURSIVE cone AS (
			SELECT l.tenant_id, l.id FROM lot l WHERE l.tenant_id = @tenant_id AND l.id = @seed
			UNION
			SELECT m.tenant_id, m.lot_id FROM cone c JOIN movement m ON m.tenant_id = c.tenant_id AND m.from_lot_id = c.id
		) SELECT * FROM cone`, "movement m is read"},
		{"recursive, not in the first arm", `WITH RECURSIVE cone AS (
			SELECT l.id FROM lot l WHERE l.id = @seed
			UNION
			SELECT m.lot_id FROM cone c JOIN movement m ON m.tenant_id = @tenant_id AND m.from_lot_id = c.id
		) SELECT * FROM cone`, "lot l is read"},
		{"an arm that nobody uses", `WITH x AS MATERIALIZED (SELECT * FROM movement) SELECT * FROM lot WHERE tenant_id = @tenant_id`, "movement is read"},
		{"cycle", `WITH RECURSIVE c AS (SELECT 1 AS id) CYCLE id SET found USING path SELECT * FROM c`, "CYCLE"},
		{"a CTE that hides a table", `WITH lot AS (SELECT 1) SELECT * FROM lot`, "hides the table"},
		{"a CTE used before it is there", `WITH a AS (SELECT * FROM b), b AS (SELECT 1) SELECT * FROM a`, "no migration creates"},
		{"a write in WITH", `WITH gone AS (DELETE FROM balance WHERE on_hand = 0 RETURNING *) SELECT * FROM gone`, "balance is read or changed"},

		// Writes.
		{"insert", `INSERT INTO lot (tenant_id, id) VALUES (@tenant_id, @id), (@tenant_id, 2) ON CONFLICT (tenant_id, id) DO UPDATE SET held = excluded.held WHERE lot.held RETURNING id`, ""},
		{"insert elsewhere", `INSERT INTO lot (id, tenant_id) VALUES (@tenant_id, @id)`, `tenant_id is "@id"`},
		{"insert, second row", `INSERT INTO lot (tenant_id, id) VALUES (@tenant_id, @id), (1, 2)`, `tenant_id is "1"`},
		{"insert without", `INSERT INTO lot (id) VALUES (@id)`, "without tenant_id"},
		{"insert without columns", `INSERT INTO lot VALUES (@tenant_id, @id)`, "without a list of columns"},
		{"insert, values with commas", `INSERT INTO lot (tags, tenant_id) VALUES (ARRAY[1, 2], @tenant_id)`, ""},
		{"insert select", `INSERT INTO balance (tenant_id, lot_id) SELECT @tenant_id, u.id FROM unnest(@ids::bigint[]) AS u(id) ON CONFLICT DO NOTHING`, ""},
		{"insert select, unfiltered", `INSERT INTO balance (tenant_id, lot_id) SELECT @tenant_id, l.id FROM lot l`, "lot l is read"},
		{"insert select, the row's own", `INSERT INTO balance (tenant_id, lot_id) SELECT l.tenant_id, l.id FROM lot l WHERE l.tenant_id = @tenant_id`, `tenant_id is "l . tenant_id"`},
		{"insert select, one arm", `INSERT INTO balance (tenant_id, lot_id) SELECT @tenant_id, 1 UNION ALL SELECT 2, 2`, `tenant_id is "2"`},
		{"insert with WITH", `WITH u AS (SELECT 1 AS id) INSERT INTO balance (tenant_id, lot_id) SELECT @tenant_id, u.id FROM u`, ""},
		{"insert, conflict moves it", `INSERT INTO lot (tenant_id, id) VALUES (@tenant_id, @id) ON CONFLICT (tenant_id, id) DO UPDATE SET tenant_id = excluded.tenant_id`, "must not change its tenant"},
		{"insert, conflict reads", `INSERT INTO lot (tenant_id, id) VALUES (@tenant_id, @id) ON CONFLICT (tenant_id, id) DO UPDATE SET n = (SELECT count(*) FROM movement)`, "movement is read"},
		{"update", `UPDATE balance b SET on_hand = b.on_hand - u.q FROM unnest(@ids::bigint[], @qs::numeric[]) AS u(id, q) WHERE b.tenant_id = @tenant_id AND b.lot_id = u.id AND b.on_hand - u.q >= 0 RETURNING b.lot_id`, ""},
		{"update without", `UPDATE balance SET on_hand = 0 WHERE lot_id = @id`, "balance is read or changed"},
		{"update, the FROM", `UPDATE balance b SET on_hand = 0 FROM lot l WHERE b.tenant_id = @tenant_id AND l.id = b.lot_id`, "lot l is read"},
		{"update, only set", `UPDATE balance SET tenant_id = @tenant_id`, "must not change its tenant"},
		{"update, a row of columns", `UPDATE balance SET (lot_id, tenant_id) = (1, 2) WHERE tenant_id = @tenant_id`, "must not change its tenant"},
		{"delete", `DELETE FROM balance b USING lot l WHERE b.tenant_id = @tenant_id AND l.tenant_id = @tenant_id AND l.id = b.lot_id`, ""},
		{"delete without", `DELETE FROM balance`, "balance is read or changed"},
		{"delete, the USING", `DELETE FROM balance b USING lot l WHERE b.tenant_id = @tenant_id AND l.id = b.lot_id`, "lot l is read"},
		{"merge", `MERGE INTO balance b USING lot l ON l.id = b.lot_id WHEN MATCHED THEN DELETE`, "cannot read"},
		{"truncate", `TRUNCATE lot`, "cannot read"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			problems := strings.Join(check.check(test.sql), "; ")
			switch {
			case test.want == "" && problems != "":
				t.Errorf("found: %s", problems)
			case test.want != "" && !strings.Contains(problems, test.want):
				t.Errorf("found %q, want %q", problems, test.want)
			}
		})
	}
}
