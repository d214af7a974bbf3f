package bench

import (
	"bytes"
	"fmt"
)

// CrowdFigures are traces by many at once, while others post.
type CrowdFigures struct {
	Tracers  int    `json:"tracers"`
	Clients  int    `json:"clients"` // who post
	Kind     string `json:"kind"`    // of what is posted
	Rounds   int    `json:"rounds"`
	Duration Took   `json:"roundMs"`
	// Ratio is the rate of postings beside the traces, in parts of that without.
	Ratio  Spread         `json:"ratio"`
	Alone  PostingRate    `json:"alone"`
	Beside PostingRate    `json:"beside"`
	Traces []*CrowdTraces `json:"traces"`
}

// PostingRate is how fast was posted.
type PostingRate struct {
	PerSecond float64 `json:"perSecond"`
	Median    Took    `json:"medianMs"`
	P99       Took    `json:"p99Ms"`
}

// CrowdTraces are the traces of one lot, waiting in line included.
type CrowdTraces struct {
	Lot     string `json:"lot"`
	Clients int    `json:"clients"`
	Done    int    `json:"done"`
	Fewest  int    `json:"fewest"` // that one of the clients had
	Least   Took   `json:"leastMs"`
	Median  Took   `json:"medianMs"`
	Most    Took   `json:"mostMs"`
}

func (f *CrowdFigures) print(w *bytes.Buffer) {
	fmt.Fprintf(w, "\n%d clients that trace at once over gRPC, each again as soon as it has an answer, while %d others post %s. %d rounds of %s each, by turns with postings alone.\n",
		f.Tracers, f.Clients, f.Kind, f.Rounds, f.Duration)
	t := table(w, "lot\tclients\ttraces\tfewest by one client\tfastest\tmedian\tslowest\t")
	for _, c := range f.Traces {
		fmt.Fprintf(t, "%s\t%d\t%s\t%d\t%s\t%s\t%s\t\n", c.Lot, c.Clients, thousands(c.Done), c.Fewest, c.Least, c.Median, c.Most)
	}
	_ = t.Flush()
	t = table(w, "postings\tbeside ÷ alone\tleast\tmost\tbeside/s\tmedian\tp99\talone/s\tmedian\tp99\t")
	fmt.Fprintf(t, "%s\t%.2f\t%.2f\t%.2f\t%s\t%s\t%s\t%s\t%s\t%s\t\n", f.Kind, f.Ratio.Median, f.Ratio.Least, f.Ratio.Most,
		thousands(int(f.Beside.PerSecond)), f.Beside.Median, f.Beside.P99, thousands(int(f.Alone.PerSecond)), f.Alone.Median, f.Alone.P99)
	_ = t.Flush()
}
