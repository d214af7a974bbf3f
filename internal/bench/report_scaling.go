package bench

import (
	"bytes"
	"fmt"
)

// ScalingFigures are the same traces in a database that grows.
type ScalingFigures struct {
	Repeats int            `json:"repeats"`
	Sizes   []*ScalingSize `json:"sizes"`
}

// ScalingSize is one size of the database.
type ScalingSize struct {
	Lots     int             `json:"lots"`
	Database int64           `json:"databaseBytes"`
	Traces   []*TraceFigures `json:"traces"` // of the same lots in each
}

func (f *ScalingFigures) print(w *bytes.Buffer) {
	fmt.Fprintf(w, "\nThe same traces in a database that grows, over gRPC, beside the bare query for the same rows. Median of %d, by turns.\n", f.Repeats)
	t := table(w, "lots\tof\tdatabase\twhole ÷ query\tleast\tmost\twhole\tquery\twhole ÷ that in the smallest\tquery ÷ that\t")
	for i, first := range f.Sizes[0].Traces {
		for _, size := range f.Sizes {
			trace := size.Traces[i]
			fmt.Fprintf(t, "%s\t%s\t%s\t%.2f\t%.2f\t%.2f\t%s\t%s\t%.2f\t%.2f\t\n", thousands(trace.Lots), thousands(size.Lots), mib(size.Database),
				trace.Ratio.Median, trace.Ratio.Least, trace.Ratio.Most, trace.Whole, trace.Query, float64(trace.Whole)/float64(first.Whole), float64(trace.Query)/float64(first.Query))
		}
	}
	_ = t.Flush()
}
