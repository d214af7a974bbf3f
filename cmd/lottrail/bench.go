package main

import (
	"errors"
	"os"
	"runtime/pprof"
	"time"

	"github.com/spf13/cobra"

	"github.com/lottrail/lottrail/internal/bench"
	"github.com/lottrail/lottrail/internal/config"
)

func benchCommand() *cobra.Command {
	var cfg config.Config
	var options bench.Options
	var profile string
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure traces, postings and recalls beside bare SQL",
		Args:  cobra.NoArgs,
	}
	flags := cmd.Flags()
	cfg.AddDatabase(flags)
	flags.IntVar(&options.Shape.Lots, "lots", 100_000, "how many `lots` the plant has")
	flags.Uint64Var(&options.Shape.Seed, "seed", 1, "`number` that the plant is made from")
	flags.DurationVar(&options.Duration, "duration", 5*time.Second, "`time` that a round of postings lasts")
	flags.IntVar(&options.Rounds, "rounds", 3, "`rounds` of the service, and as many of the script")
	flags.IntSliceVar(&options.Clients, "clients", []int{1, 8, 32}, "how many `clients` post at once")
	flags.IntVar(&options.Repeats, "repeats", 7, "how `often` each trace is asked for")
	flags.StringVar(&profile, "cpuprofile", "", "`file` to write a profile of this process to")
	cmd.RunE = func(cmd *cobra.Command, _ []string) (err error) {
		if err := cfg.Resolve(cmd.Flags(), func(string) string { return "" }); err != nil {
			return err
		}
		cfg.GRPCListen, cfg.HTTPListen = "127.0.0.1:0", "127.0.0.1:0"
		cfg.LogLevel, cfg.LogFormat = "warn", "text"
		cfg.Migrate, cfg.MaxConnections, cfg.ShutdownTimeout = true, config.DefaultConnections, 10*time.Second
		if cfg.DatabaseURL == "" {
			if cfg.DataDir, err = os.MkdirTemp("", "lottrail-bench-"); err != nil {
				return err
			}
			defer os.RemoveAll(cfg.DataDir)
			if err := os.Chmod(cfg.DataDir, 0o755); err != nil {
				return err
			}
		}
		service, err := startAll(cmd.Context(), &cfg, newLog(&cfg))
		if err != nil {
			return err
		}
		if profile != "" {
			f, err := os.Create(profile)
			if err != nil {
				return err
			}
			if err := pprof.StartCPUProfile(f); err != nil {
				return err
			}
			defer pprof.StopCPUProfile()
		}
		err = bench.Run(cmd.Context(), bench.Target{GRPC: service.GRPC, Database: service.url}, options, cmd.OutOrStdout())
		return errors.Join(err, service.Stop())
	}
	return cmd
}
