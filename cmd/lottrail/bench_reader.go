package main

import (
	"github.com/spf13/cobra"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/bench"
)

// benchReaderCommand is what bench starts so as to see how much memory a client takes.
func benchReaderCommand() *cobra.Command {
	return &cobra.Command{
		Use:    bench.ReaderCommand + " ADDRESS SKU LOT SKU LOT",
		Short:  "Trace two lots forward and tell how much memory the second took",
		Hidden: true,
		Args:   cobra.ExactArgs(5),
		RunE: func(cmd *cobra.Command, args []string) error {
			rest, lot := &pb.LotKey{Sku: args[1], LotCode: args[2]}, &pb.LotKey{Sku: args[3], LotCode: args[4]}
			return bench.Read(cmd.Context(), args[0], rest, lot, cmd.OutOrStdout())
		},
	}
}
