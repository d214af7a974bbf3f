package pg

import (
	"context"
	"errors"
	"io/fs"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/pressly/goose/v3"

	"github.com/lottrail/lottrail/db"
)

// SchemaVersion is the version of the schema that this binary works with: the
// number of its last migration.
var SchemaVersion = sync.OnceValue(func() int64 {
	names, err := fs.Glob(db.Migrations, "migrations/*.sql")
	if err != nil {
		panic(err) // the pattern is wrong
	}
	var last int64
	for _, name := range names {
		version, err := goose.NumericComponent(name)
		if err != nil {
			panic(err) // the tests would not have passed with such a file
		}
		last = max(last, version)
	}
	return last
})

// ReadSchemaVersion is the version of the schema in a database, 0 if it has
// none. It works as the user of the URL; the service role may not ask.
func ReadSchemaVersion(ctx context.Context, conn *pgx.Conn) (int64, error) {
	var version int64
	err := conn.QueryRow(ctx, "SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied").Scan(&version)
	var answered *pgconn.PgError
	if errors.As(err, &answered) && answered.Code == "42P01" { // undefined_table
		return 0, nil
	}
	return version, err
}
