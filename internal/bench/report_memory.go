package bench

import (
	"bytes"
	"fmt"
)

// Memory is what a process had of the machine's memory.
type Memory struct {
	Rest int64 `json:"restBytes"`
	Peak int64 `json:"peakBytes"`
}

// MemoryFigures are one wide trace, service and client in processes of their own.
type MemoryFigures struct {
	Lots      int    `json:"lots"`
	Edges     int    `json:"edges"`
	Shipments int    `json:"shipmentLines"`
	Whole     Took   `json:"wholeMs"`
	Service   Memory `json:"service"`
	Client    Memory `json:"client"`
}

// aimMemory is how much more than at rest a wide trace may take.
const aimMemory = 64 << 20

func (f *MemoryFigures) print(w *bytes.Buffer) {
	fmt.Fprintf(w, "\nA trace of %s lots, %s edges and %s shipment lines in %s, service and client in processes of their own: their memory at rest, and at most.\n",
		thousands(f.Lots), thousands(f.Edges), thousands(f.Shipments), f.Whole)
	t := table(w, "process\trest\tmost\tmore\taim\tbytes a lot\t")
	for _, p := range []struct {
		name string
		Memory
	}{{"service", f.Service}, {"client", f.Client}} {
		more := p.Peak - p.Rest
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t\n", p.name, mib(p.Rest), mib(p.Peak), mib(more), judged(mib(aimMemory), more <= aimMemory), thousands(int(more)/f.Lots))
	}
	_ = t.Flush()
}

func mib(bytes int64) string { return fmt.Sprintf("%.1f MiB", float64(bytes)/(1<<20)) }
