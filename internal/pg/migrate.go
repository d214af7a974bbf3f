package pg

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"

	_ "github.com/jackc/pgx/v5/stdlib" // goose works on database/sql
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/lottrail/lottrail/db"
)

// minVersion is PostgreSQL 15, as server_version_num tells it.
const minVersion = 150000

// Migration is one step that was applied.
type Migration struct {
	Name    string
	Version int64
}

// Migrate brings the database to the schema of this binary and returns the
// steps that it took, none if it was there already. It works as the user of the
// URL, who must be allowed to create tables and, the first time, a role.
// Several at once wait for each other.
func Migrate(ctx context.Context, url string) ([]Migration, error) {
	conn, err := sql.Open("pgx", url)
	if err != nil {
		return nil, fmt.Errorf("database URL: %w", err)
	}
	defer conn.Close()
	var version int
	if err := conn.QueryRowContext(ctx, "SELECT current_setting('server_version_num')::int").Scan(&version); err != nil {
		return nil, err
	}
	if version < minVersion {
		return nil, fmt.Errorf("the server is PostgreSQL %d; Lottrail needs 15 or newer", version/10000)
	}
	files, err := fs.Sub(db.Migrations, "migrations")
	if err != nil {
		return nil, err
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return nil, err
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, conn, files, goose.WithSessionLocker(locker))
	if err != nil {
		return nil, err
	}
	results, err := provider.Up(ctx)
	if err != nil {
		return nil, err
	}
	var applied []Migration
	for _, r := range results {
		applied = append(applied, Migration{Name: r.Source.Path, Version: r.Source.Version})
	}
	return applied, nil
}
