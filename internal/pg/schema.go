package pg

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"path"
	"slices"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/pressly/goose/v3"

	"github.com/lottrail/lottrail/db"
)

// SchemaVersion is the version of the schema that this binary works with: the
// number of its last migration.
func SchemaVersion() int64 {
	steps := migrations()
	return steps[len(steps)-1].Version
}

// migrations are those in this binary, in their order.
var migrations = sync.OnceValue(func() []Migration {
	names, err := fs.Glob(db.Migrations, "migrations/*.sql")
	if err != nil {
		panic(err) // the pattern is wrong
	}
	var all []Migration
	for _, name := range names {
		version, err := goose.NumericComponent(name)
		if err != nil {
			panic(err) // no test would have passed with such a file
		}
		all = append(all, Migration{Name: path.Base(name), Version: version})
	}
	slices.SortFunc(all, func(a, b Migration) int { return cmp.Compare(a.Version, b.Version) })
	return all
})

// ReadSchemaVersion is the version of the schema in a database, 0 if it has
// none. It works as the user of the URL.
func ReadSchemaVersion(ctx context.Context, conn *pgx.Conn) (int64, error) {
	var version int64
	err := conn.QueryRow(ctx, "SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied").Scan(&version)
	var answered *pgconn.PgError
	if errors.As(err, &answered) && answered.Code == "42P01" { // undefined_table
		return 0, nil
	}
	return version, err
}

// Pending is the version of the schema in a database, and the steps that
// Migrate would take from there.
func Pending(ctx context.Context, url string) (version int64, steps []Migration, err error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return 0, nil, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if version, err = ReadSchemaVersion(ctx, conn); err != nil {
		return 0, nil, err
	}
	for _, step := range migrations() {
		if step.Version > version {
			steps = append(steps, step)
		}
	}
	return version, steps, nil
}
