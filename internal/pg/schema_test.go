package pg_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/pg"
)

// goose_db_version is the migration tool's own: it is there before there are
// tenants.
const notOurs = "goose_db_version"

// listing is rows of text, one for each row of a query over the schema; $1 is
// the table that is not ours.
func listing(t *testing.T, db *pg.DB, sql string) []string {
	t.Helper()
	rows, err := db.Query(context.Background(), sql, notOurs)
	if err != nil {
		t.Fatal(err)
	}
	texts, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

func wantNone(t *testing.T, what string, found []string) {
	t.Helper()
	if len(found) > 0 {
		t.Errorf("%s:\n  %s", what, strings.Join(found, "\n  "))
	}
}

// tables are ours, with their oids.
const tables = `
	SELECT c.oid, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND c.relname <> $1`

// So that the schema can be sharded by tenant: every key, unique or foreign, and
// every index that a query walks begins with the tenant.
func TestEveryKeyBeginsWithTheTenant(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	if n := len(listing(t, db, "SELECT relname::text FROM ("+tables+") AS t")); n < 20 {
		t.Fatalf("found only %d tables: the queries below look in the wrong place", n)
	}
	wantNone(t, "tables without a primary key", listing(t, db, `
		SELECT relname::text FROM (`+tables+`) AS t
		WHERE NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = t.oid AND contype = 'p') ORDER BY 1`))
	// Unique indexes stand behind primary keys and unique constraints too, and
	// there are some that are neither.
	wantNone(t, "indexes that do not begin with tenant_id", listing(t, db, `
		SELECT relname || ': ' || pg_get_indexdef(i.indexrelid) FROM (`+tables+`) AS t
		JOIN pg_index i ON i.indrelid = t.oid
		WHERE NOT EXISTS (SELECT FROM pg_attribute a
		                  WHERE a.attrelid = t.oid AND a.attname = 'tenant_id' AND a.attnum = i.indkey[0]) ORDER BY 1`))
	wantNone(t, "foreign keys that do not go from tenant_id to tenant_id first", listing(t, db, `
		SELECT relname || ': ' || conname || ' ' || pg_get_constraintdef(f.oid) FROM (`+tables+`) AS t
		JOIN pg_constraint f ON f.conrelid = t.oid AND f.contype = 'f'
		WHERE NOT EXISTS (SELECT FROM pg_attribute a
		                  WHERE a.attrelid = t.oid AND a.attname = 'tenant_id' AND a.attnum = f.conkey[1])
		   OR NOT EXISTS (SELECT FROM pg_attribute a
		                  WHERE a.attrelid = f.confrelid AND a.attname = 'tenant_id' AND a.attnum = f.confkey[1]) ORDER BY 1`))
	wantNone(t, "exclusion constraints", listing(t, db, `
		SELECT conname::text FROM (`+tables+`) AS t JOIN pg_constraint x ON x.conrelid = t.oid AND x.contype = 'x' ORDER BY 1`))
	wantNone(t, "triggers, which correctness must not hang on", listing(t, db, `
		SELECT relname || ': ' || tgname FROM (`+tables+`) AS t JOIN pg_trigger g ON g.tgrelid = t.oid AND NOT g.tgisinternal ORDER BY 1`))
	wantNone(t, "tenant_id that may be null or is no bigint", listing(t, db, `
		SELECT relname::text FROM (`+tables+`) AS t
		WHERE NOT EXISTS (SELECT FROM pg_attribute a
		                  WHERE a.attrelid = t.oid AND a.attname = 'tenant_id' AND a.attnotnull AND a.atttypid = 'bigint'::regtype) ORDER BY 1`))
}

// A table that is not under its tenant directly is under it by way of another:
// nobody's rows can name a tenant that is not there.
func TestEveryTableHangsOnItsTenant(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	wantNone(t, "tables that no chain of foreign keys leads to tenant from", listing(t, db, `
		WITH RECURSIVE under AS (
		    SELECT 'tenant'::regclass::oid AS oid
		    UNION
		    SELECT f.conrelid FROM under JOIN pg_constraint f ON f.confrelid = under.oid AND f.contype = 'f'
		)
		SELECT relname::text FROM (`+tables+`) AS t WHERE oid NOT IN (SELECT oid FROM under) ORDER BY 1`))
}

// Every column that holds an id is in a foreign key, so that no row points to
// what is not there. The exceptions are listed with their reason.
func TestEveryIDIsAForeignKey(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	allowed := []string{
		"location_within.outer_id", // of what lies in itself, and that row has the foreign key
		"operation.request_id",     // the caller's own, kept longer than the request
		"request.request_id",       // likewise, and the key here
		"revision.subject_id",      // of several tables, which revision.subject says
		"stock_count.count_id",     // the table's own key: a table called count reads as the function
	}
	found := listing(t, db, `
		SELECT relname || '.' || a.attname FROM (`+tables+`) AS t
		JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attname LIKE '%\_id' AND a.attname <> 'tenant_id'
		WHERE NOT EXISTS (SELECT FROM pg_constraint f WHERE f.conrelid = t.oid AND f.contype = 'f' AND a.attnum = ANY (f.conkey))
		  -- The table's own key.
		  AND a.attname <> relname || '_id' ORDER BY 1`)
	for _, column := range found {
		if !slices.Contains(allowed, column) {
			t.Errorf("%s is in no foreign key", column)
		}
	}
}

// Where rows are deleted, what refers to them is looked for each time: without an
// index on the foreign key's columns that would be a scan of the whole table.
func TestForeignKeysToWhatIsDeletedHaveAnIndex(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	deleted := map[string]bool{}
	files, err := filepath.Glob("../../db/queries/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range regexp.MustCompile(`(?i)\bDELETE\s+FROM\s+(\w+)`).FindAllStringSubmatch(string(text), -1) {
			deleted[match[1]] = true
		}
	}
	if !deleted["sales_order_line"] {
		t.Fatalf("rows are deleted from %v: the search above looks in the wrong place", deleted)
	}
	// The table referred to, and the foreign key that has no index whose first
	// columns are its own, in whatever order.
	found := listing(t, db, `
		SELECT f.confrelid::regclass || ' ' || f.conname FROM (`+tables+`) AS t
		JOIN pg_constraint f ON f.conrelid = t.oid AND f.contype = 'f'
		WHERE NOT EXISTS (
		    SELECT FROM pg_index i
		    WHERE i.indrelid = t.oid AND i.indpred IS NULL
		      AND (i.indkey::smallint[])[0:array_length(f.conkey, 1) - 1] @> f.conkey) ORDER BY 1`)
	if len(found) == 0 {
		t.Fatal("every foreign key has an index, which is more than there should be: the query looks wrong")
	}
	for _, line := range found {
		if table, key, _ := strings.Cut(line, " "); deleted[table] {
			t.Errorf("rows of %s are deleted, and %s, which refers to it, has no index", table, key)
		}
	}
}

// Keys collate byte by byte, so that lists are in one order on every machine and
// Go sorts as SQL does.
func TestKeysThatListsAreOrderedByCollateByteByByte(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t)
	ordered := []string{"item.sku", "party.code", "location.code", "lot.lot_code"}
	found := listing(t, db, `
		SELECT relname || '.' || a.attname FROM (`+tables+`) AS t
		JOIN pg_attribute a ON a.attrelid = t.oid
		JOIN pg_collation c ON c.oid = a.attcollation
		WHERE c.collname = 'C'`)
	for _, column := range ordered {
		if !slices.Contains(found, column) {
			t.Errorf(`%s does not COLLATE "C"`, column)
		}
	}
}
