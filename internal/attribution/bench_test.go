package attribution_test

import (
	"runtime"
	"testing"
	"time"

	"github.com/lottrail/lottrail/internal/attribution"
	"github.com/lottrail/lottrail/internal/qty"
)

// BenchmarkAttribute attributes a seed that reaches 100,000 lots with five movements each,
// and says how much memory that takes a lot while it lasts.
func BenchmarkAttribute(b *testing.B) {
	const lots = 100_000
	n, item := int64(0), flour()
	move := func(kind attribution.Kind, run, line int64, quantity string) attribution.Movement {
		n++
		at := began.Add(time.Duration(n) * time.Second)
		return attribution.Movement{Kind: kind, Quantity: qty.MustParse(quantity), At: at, Recorded: at, ID: n, RunID: run, LineID: line}
	}
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		h := attribution.NewHistory(false)
		// Each lot goes into a run of its own, and each run puts out two lots.
		for i := range int64(lots) {
			first := move(attribution.Receipt, 0, 1, "100")
			if i > 0 {
				run := 1 + (i-1)/2
				h.Run(run, false)
				first = move(attribution.Output, run, 0, "100")
			}
			rest := []attribution.Movement{first, move(attribution.Shipment, 0, 2*i, "20"), move(attribution.Shipment, 0, 2*i+1, "20"), move(attribution.Scrap, 0, 0, "1.25")}
			if 1+i <= (lots-1)/2 {
				rest = append(rest, move(attribution.Consumption, 1+i, 0, "40"))
			}
			if err := h.Lot(i, item, i == 0, rest); err != nil {
				b.Fatal(err)
			}
		}
		if err := h.Attribute(b.Context()); err != nil {
			b.Fatal(err)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/lots, "bytes/lot")
		if totals := h.Totals(); !totals.Balanced() {
			b.Errorf("%+v", totals)
		}
	}
}
