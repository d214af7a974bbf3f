package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/lottrail/lottrail/internal/config"
	"github.com/lottrail/lottrail/internal/pg"
)

func migrateCommand() *cobra.Command {
	var cfg config.Config
	var status bool
	cmd := &cobra.Command{
		Use:   "migrate",
		Short: "Bring a database to this program's schema",
		Long: `Brings the schema of a database to the version of this program, step by step,
each step in a transaction. Doing it again changes nothing; several at once wait
for each other.

lottrail serve does the same at start unless told --migrate=false. Migrate by hand
where the service may not: the user of the URL has to own the database, and the
first time either be allowed to create roles or find lottrail_service made and
granted to it, the role that the service works as. A service that logs in as
another user needs no more than that role: GRANT lottrail_service TO …`,
		Example: `  lottrail migrate --database-url postgres://owner:secret@db.example/lottrail
  DATABASE_URL=postgres://… lottrail migrate --status`,
		Args: cobra.NoArgs,
	}
	cfg.AddDatabase(cmd.Flags())
	cmd.Flags().BoolVar(&status, "status", false, "change nothing: list the steps to take, and exit with 1 if there are any")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := cfg.Resolve(cmd.Flags(), os.Getenv); err != nil {
			return err
		}
		if err := cfg.RequireDatabase(); err != nil {
			return err
		}
		do := migrate
		if status {
			do = migrationStatus
		}
		return advise(do(cmd.Context(), cmd.OutOrStdout(), cfg.DatabaseURL), cfg.DatabaseURL, cfg.DatabaseURLFrom)
	}
	return cmd
}

func migrate(ctx context.Context, out io.Writer, url string) error {
	version, _, err := pg.Pending(ctx, url)
	if err != nil {
		return err
	}
	if version > pg.SchemaVersion() {
		return tooNew(version)
	}
	steps, err := pg.Migrate(ctx, url)
	if err != nil {
		return err
	}
	for _, step := range steps {
		fmt.Fprintf(out, "applied %s\n", step.Name)
	}
	if len(steps) == 0 {
		fmt.Fprintf(out, "already at version %d\n", pg.SchemaVersion())
	} else {
		fmt.Fprintf(out, "now at version %d\n", pg.SchemaVersion())
	}
	return nil
}

func migrationStatus(ctx context.Context, out io.Writer, url string) error {
	version, steps, err := pg.Pending(ctx, url)
	if err != nil {
		return err
	}
	if version > pg.SchemaVersion() {
		return tooNew(version)
	}
	for _, step := range steps {
		fmt.Fprintf(out, "to apply %s\n", step.Name)
	}
	fmt.Fprintf(out, "at version %d of %d\n", version, pg.SchemaVersion())
	if len(steps) > 0 {
		return fmt.Errorf("%d steps to take: run lottrail migrate", len(steps))
	}
	return nil
}
