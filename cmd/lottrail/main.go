// Command lottrail is the lot-traceability service and everything to run it
// with.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/lottrail/lottrail/internal/config"
)

// What the process exits with.
const (
	exitFailed      = 1
	exitUsage       = 2   // wrong flags or configuration: nothing was started
	exitInterrupted = 130 // as shells have it for Ctrl-C
)

func main() {
	collectSeldom()
	os.Exit(run(untilAsked(), rootCommand()))
}

// untilAsked is done when Ctrl-C or SIGTERM asks to end. Whoever sees that may say so:
// from then on, the next one ends the process at once.
func untilAsked() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-asked
		signal.Stop(asked)
		cancel()
	}()
	return ctx
}

func run(ctx context.Context, root *cobra.Command) int {
	started := false
	root.PersistentPreRun = func(*cobra.Command, []string) { started = true }
	cmd, err := root.ExecuteContextC(ctx)
	switch {
	case err == nil:
		return 0
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		fmt.Fprintln(os.Stderr, "lottrail: interrupted")
		return exitInterrupted
	}
	fmt.Fprintln(os.Stderr, "lottrail:", err)
	if started && !errors.Is(err, config.ErrInvalid) {
		return exitFailed
	}
	fmt.Fprintf(os.Stderr, "See %s --help.\n", cmd.CommandPath())
	return exitUsage
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "lottrail",
		Short: "Where did this lot go, and what went into it?",
		Long: `Lottrail is a lot-traceability service without a user interface of its own. The
ERP and the WMS tell it whenever a lot is received, moved, consumed, produced or
shipped; in return it answers where a lot went and what went into it.`,
		SilenceUsage:  true, // an error is no reason to print pages
		SilenceErrors: true, // run prints it
		Version:       version(),
	}
	root.AddCommand(demoCommand(), serveCommand(), migrateCommand(), traceCommand(), recallCommand(), dossierCommand(), reconcileCommand(), benchCommand(), benchReaderCommand(), versionCommand())
	return root
}
