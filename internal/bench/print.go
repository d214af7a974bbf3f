package bench

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// Print writes the report for people, ratios first.
func (r *Report) Print(out io.Writer) error {
	w := &bytes.Buffer{}
	m := r.Machine
	fmt.Fprintf(w, "%d cores, %s, %s; PostgreSQL %s, %s; database of %d MB\n", m.CPUs, m.Platform, m.Go, m.PostgreSQL, m.settings(), m.Database>>20)
	p := r.Plant
	fmt.Fprintf(w, "A plant of %s lots, %s runs and %s shipment lines (seed %d), loaded in %.1f s: %s lots a second\n",
		thousands(p.Lots), thousands(p.Runs), thousands(int(p.Rows["shipment_line"])), p.Seed, time.Duration(p.Loaded).Seconds(),
		thousands(int(float64(p.Lots)/time.Duration(p.Loaded).Seconds())))
	if len(r.Traces) > 0 {
		r.printTraces(w)
	}
	if r.Crowd != nil {
		r.Crowd.print(w)
	}
	if r.Memory != nil {
		r.Memory.print(w)
	}
	if r.Scaling != nil {
		r.Scaling.print(w)
	}
	if r.Timelines != nil {
		r.printTimelines(w)
	}
	if r.Warehouse != nil {
		r.printWarehouse(w)
	}
	if r.Postings != nil {
		r.printPostings(w)
	}
	if r.Recall != nil {
		r.printRecall(w)
	}
	_, err := out.Write(w.Bytes())
	return err
}

// table is laid out when it is flushed, which cannot fail on a buffer.
func table(w *bytes.Buffer, head string) *tabwriter.Writer {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, head)
	return t
}

func (m Machine) settings() string {
	var all []string
	for _, name := range told {
		all = append(all, name+" "+m.Settings[name])
	}
	return strings.Join(all, ", ")
}

func (r *Report) printTimelines(w *bytes.Buffer) {
	f := r.Timelines
	fmt.Fprintf(w, "\nThe timeline of a lot with %s movements over gRPC, beside the bare query for the same rows. Median of %d, by turns.\n", thousands(f.Movements), f.Repeats)
	printReadings(w, "page\tentries", f.Pages)
}

func printReadings(w *bytes.Buffer, head string, readings []*Reading) {
	t := table(w, head+"\tservice ÷ query\tleast\tmost\tservice\tquery\t")
	for _, r := range readings {
		fmt.Fprintf(t, "%s\t%s\t%.2f\t%.2f\t%.2f\t%s\t%s\t\n", r.Name, thousands(r.Rows), r.Ratio.Median, r.Ratio.Least, r.Ratio.Most, r.Service, r.Query)
	}
	_ = t.Flush()
}

func (r *Report) printWarehouse(w *bytes.Buffer) {
	f := r.Warehouse
	fmt.Fprintf(w, "\nWhat to pick of an item with %s lots, over gRPC, beside the bare query for the same. Median of %d, by turns.\n", thousands(f.ItemLots), f.Repeats)
	printReadings(w, "lots\tpicks", f.Proposals)
	fmt.Fprintf(w, "\nWhat is in a hall with %s bins and %s balances, over gRPC, beside the bare query for the same rows. Median of %d, by turns.\n",
		thousands(f.Bins), thousands(f.Balances), f.Repeats)
	printReadings(w, "page\trows", f.Contents)
	if f.Pickers == nil {
		return
	}
	fmt.Fprintf(w, "\nPickers who all take of one lot, over gRPC, beside a script that writes the same rows in one round trip a pick. %d rounds of %s each, by turns.\n", f.Pickers.Rounds, f.Pickers.Duration)
	f.Pickers.print(w, picking)
}

func (r *Report) printPostings(w *bytes.Buffer) {
	f := r.Postings
	fmt.Fprintf(w, "\nPostings over gRPC, beside a script that writes the same rows in one round trip a call. %d rounds of %s each, by turns.\n", f.Rounds, f.Duration)
	f.print(w, append(slices.Clone(documents), hotLot))
	if f.NoBench != "" {
		fmt.Fprintf(w, "Without pgbench: %s.\n", f.NoBench)
	}
}

// print writes what was measured of these kinds.
func (f *PostingFigures) print(w *bytes.Buffer, kinds []posting) {
	t := table(w, "posting\tclients\tservice ÷ script\tleast\tmost\tservice/s\tmedian\tp99\tscript/s\tpgbench -N/s\trefused\t")
	for _, k := range f.Kinds {
		bench := "–"
		if tps, ok := f.PgBench[k.Clients]; ok {
			bench = thousands(int(tps))
		}
		fmt.Fprintf(t, "%s\t%d\t%.2f\t%.2f\t%.2f\t%s\t%s\t%s\t%s\t%s\t%d\t\n", k.Name, k.Clients, k.Ratio.Median, k.Ratio.Least, k.Ratio.Most,
			thousands(int(k.Service)), k.Median, k.P99, thousands(int(k.Script)), bench, k.Refused)
	}
	_ = t.Flush()
	if f.Unsealed > 0 {
		fmt.Fprintf(w, "%s postings were not in the log %s after the last.\n", thousands(int(f.Unsealed)), f.Sealed)
	} else {
		fmt.Fprintf(w, "Every posting was in the log %s after the last.\n", f.Sealed)
	}
	fmt.Fprintln(w, "Balances are the sums of their movements. Rows a call:")
	for _, kind := range kinds {
		if written := f.PerCall[kind.name]; written != nil {
			fmt.Fprintf(w, "  %s: %s\n", kind.name, written)
		}
	}
}

func (r *Report) printRecall(w *bytes.Buffer) {
	f := r.Recall
	fmt.Fprintf(w, "\nA recall on the hot lot, over gRPC: %s lots, %s runs, %s shipment lines. Beside a statement that takes the same locks and writes the same rows. Median of %d, by turns.\n",
		thousands(f.Lots), thousands(f.Runs), thousands(f.Shipments), f.Repeats)
	t := table(w, "activation ÷ bare\tleast\tmost\tactivation\tbare\topening\tpacket, first\twhole\tpage, first\twhole\tof\t")
	fmt.Fprintf(t, "%.2f\t%.2f\t%.2f\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%.1f MB\t\n", f.Ratio.Median, f.Ratio.Least, f.Ratio.Most,
		f.Activation, f.Bare, f.Open, f.PacketFirst, f.Packet, f.PageFirst, f.Page, float64(f.PageBytes)/1e6)
	_ = t.Flush()
	fmt.Fprintf(w, "Rows an activation: %s\n", f.Written)
}

func (w Written) String() string {
	var all []string
	for table, n := range w {
		all = append(all, table+" "+strconv.FormatFloat(n, 'f', -1, 64))
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// String has three digits that say something.
func (t Took) String() string {
	d := time.Duration(t)
	switch {
	case d >= 100*time.Second:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d >= time.Second:
		return fmt.Sprintf("%.3g s", d.Seconds())
	}
	return fmt.Sprintf("%.3g ms", float64(d)/float64(time.Millisecond))
}

func thousands(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
