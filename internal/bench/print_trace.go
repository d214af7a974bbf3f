package bench

import (
	"bytes"
	"fmt"
)

func (r *Report) printTraces(w *bytes.Buffer) {
	fmt.Fprintf(w, "\nTraces forward over gRPC, beside the bare query for the same rows, one for ids alone, and a breadth-first search in memory. Median of %d, by turns.\n", r.Traces[0].Repeats)
	t := table(w, "lot\tlots\tedges\tshipment lines\twhole ÷ query\tleast\tmost\taim\twhole ÷ ids\tfirst message\taim\twith more than the lot\twhole\tquery\tids\tsearch\t")
	for _, f := range r.Traces {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%.2f\t%.2f\t%.2f\t%s\t%.2f\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", f.Lot, thousands(f.Lots), thousands(f.Edges), thousands(f.Shipments),
			f.Ratio.Median, f.Ratio.Least, f.Ratio.Most, f.Aim.judge(f.Ratio.Median), f.ToIDs.Median,
			f.First, judged(aimFirst.String(), f.First <= aimFirst), f.Behind, f.Whole, f.Query, f.IDs, f.Floor)
	}
	_ = t.Flush()
	for _, f := range r.Traces {
		if f.Plan != "" {
			fmt.Fprintf(w, "\nThe plan of the bare query, %s lot:\n%s\n", f.Lot, f.Plan)
		}
	}
}

// judge is the aim, and whether it is reached.
func (a Aim) judge(value float64) string { return judged(fmt.Sprintf("%.1f", a), value <= float64(a)) }

func judged(aim string, reached bool) string {
	if reached {
		return aim + " reached"
	}
	return aim + " missed"
}
