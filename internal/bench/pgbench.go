package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// pgbenchSchema keeps pgbench's tables apart from ours.
const pgbenchSchema = "lottrail_pgbench"

// pgbench runs PostgreSQL's own benchmark without its updates of few rows, beside
// which our rates can be compared with those of other machines.
func (b *bench) pgbench(ctx context.Context, f *PostingFigures) (err error) {
	binary, err := findPgbench(ctx, b.conn)
	if err != nil {
		f.NoBench = err.Error()
		return nil
	}
	if _, err := b.conn.Exec(ctx, "CREATE SCHEMA "+pgbenchSchema); err != nil {
		return err
	}
	defer func() {
		_, dropped := b.conn.Exec(context.WithoutCancel(ctx), "DROP SCHEMA "+pgbenchSchema+" CASCADE")
		err = errors.Join(err, dropped)
	}()
	run := func(args ...string) (string, error) {
		cmd := exec.CommandContext(ctx, binary, args...)
		cmd.Env = pgbenchEnviron(b.conn.Config())
		var out, problems bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &problems
		if err := cmd.Run(); err != nil {
			return "", fmt.Errorf("pgbench: %w: %s", errors.Join(ctx.Err(), err), strings.TrimSpace(problems.String()))
		}
		return out.String(), nil
	}
	b.progress.Step("loading pgbench")
	if _, err := run("--initialize", "--quiet", "--scale="+strconv.Itoa(min(10, 1+b.Shape.Lots/10_000))); err != nil {
		return err
	}
	seconds := strconv.Itoa(max(1, int(b.Duration.Seconds()*float64(b.Rounds))))
	for _, clients := range b.Clients {
		b.progress.Step("pgbench -N, clients: %d", clients)
		out, err := run("--skip-some-updates", "--no-vacuum", "--protocol=prepared", "--jobs=2", "--time="+seconds, "--client="+strconv.Itoa(clients))
		if err != nil {
			return err
		}
		found := tps.FindStringSubmatch(out)
		if found == nil {
			return fmt.Errorf("pgbench says nothing of tps: %s", out)
		}
		if f.PgBench[clients], err = strconv.ParseFloat(found[1], 64); err != nil {
			return err
		}
	}
	return nil
}

var tps = regexp.MustCompile(`(?m)^tps = ([0-9.]+)`)

// findPgbench looks beside the server's binaries if it runs here, then in PATH.
func findPgbench(ctx context.Context, conn *pgx.Conn) (string, error) {
	var dir string
	// Not everybody may ask.
	if err := conn.QueryRow(ctx, "SELECT setting FROM pg_config WHERE name = 'BINDIR'").Scan(&dir); err == nil {
		if binary := filepath.Join(dir, "pgbench"); executable(binary) {
			return binary, nil
		}
	}
	binary, err := exec.LookPath("pgbench")
	if err != nil {
		return "", errors.New("pgbench is not beside the server's programs, nor in PATH")
	}
	return binary, nil
}

func executable(file string) bool {
	_, err := exec.LookPath(file)
	return err == nil
}

// pgbenchEnviron has pgbench connect as we do, without a password in its arguments.
func pgbenchEnviron(c *pgx.ConnConfig) []string {
	env := append(os.Environ(), "PGHOST="+c.Host, fmt.Sprintf("PGPORT=%d", c.Port), "PGUSER="+c.User, "PGPASSWORD="+c.Password,
		"PGDATABASE="+c.Database, "PGOPTIONS=-c search_path="+pgbenchSchema)
	if c.TLSConfig == nil {
		return append(env, "PGSSLMODE=disable")
	}
	return append(env, "PGSSLMODE=require")
}
