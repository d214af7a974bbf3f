package bench

import (
	"context"
	"runtime"

	"github.com/jackc/pgx/v5"
)

// Machine is what it was measured on.
type Machine struct {
	CPUs       int    `json:"cpus"`
	Platform   string `json:"platform"`
	Go         string `json:"go"`
	PostgreSQL string `json:"postgresql"`
	// Settings of PostgreSQL that rates hang on.
	Settings map[string]string `json:"settings"`
	Database int64             `json:"databaseBytes"` // after the load
}

var told = []string{"fsync", "synchronous_commit", "full_page_writes", "wal_level", "shared_buffers", "max_connections"}

func machine(ctx context.Context, conn *pgx.Conn) (Machine, error) {
	m := Machine{CPUs: runtime.NumCPU(), Platform: runtime.GOOS + "/" + runtime.GOARCH, Go: runtime.Version(), Settings: map[string]string{}}
	for _, name := range told {
		var value string
		if err := conn.QueryRow(ctx, "SELECT current_setting($1)", name).Scan(&value); err != nil {
			return m, err
		}
		m.Settings[name] = value
	}
	err := conn.QueryRow(ctx, "SELECT split_part(current_setting('server_version'), ' ', 1), pg_database_size(current_database())").Scan(&m.PostgreSQL, &m.Database)
	return m, err
}
