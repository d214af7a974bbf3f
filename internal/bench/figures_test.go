package bench

import (
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"
)

// Of each lot's tracers it is told how many there are, what the one had that had least, and
// the times of all of them.
func TestTracersOfALot(t *testing.T) {
	t.Parallel()
	tracers := []*tracer{
		{hot: true, took: []time.Duration{5, 3, 4}}, {took: []time.Duration{100}}, {hot: true, took: []time.Duration{9}}, {hot: true, took: []time.Duration{7, 8}},
	}
	if got, want := *ofTracers("hot", true, tracers), (CrowdTraces{Lot: "hot", Clients: 3, Done: 6, Fewest: 1, Least: 3, Median: 7, Most: 9}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got, want := *ofTracers("typical", false, tracers), (CrowdTraces{Lot: "typical", Clients: 1, Done: 1, Fewest: 1, Least: 100, Median: 100, Most: 100}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got, want := *ofTracers("hot", true, []*tracer{{hot: true}}), (CrowdTraces{Lot: "hot", Clients: 1}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// Memory is judged by what a process has more than at rest; the sizes of a database stand
// beside each other for each trace.
func TestPrintedFigures(t *testing.T) {
	t.Parallel()
	const mebibyte = 1 << 20
	trace := func(lots int, whole, query Took) *TraceFigures {
		return &TraceFigures{Lots: lots, Whole: whole, Query: query, Ratio: Spread{Median: 1.25, Least: 1, Most: 2}}
	}
	report := &Report{
		Memory: &MemoryFigures{
			Lots: 1 << 20, Service: Memory{Rest: 100 * mebibyte, Peak: 164 * mebibyte}, Client: Memory{Rest: 10 * mebibyte, Peak: 74*mebibyte + 1},
		},
		Scaling: &ScalingFigures{Repeats: 3, Sizes: []*ScalingSize{
			{Lots: 1000, Database: mebibyte, Traces: []*TraceFigures{trace(1, Took(2*time.Millisecond), Took(time.Millisecond)), trace(100, Took(4*time.Millisecond), Took(4*time.Millisecond))}},
			{Lots: 10_000, Database: 9 * mebibyte, Traces: []*TraceFigures{trace(1, Took(3*time.Millisecond), Took(4*time.Millisecond)), trace(100, Took(20*time.Millisecond), Took(2*time.Millisecond))}},
		}},
	}
	var b strings.Builder
	if err := report.Print(&b); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(b.String()) {
		lines = append(lines, strings.Join(strings.Fields(line), " "))
	}
	text := strings.Join(lines, "\n")
	for _, want := range []string{
		"service 100.0 MiB 164.0 MiB 64.0 MiB 64.0 MiB reached 64", "client 10.0 MiB 74.0 MiB 64.0 MiB 64.0 MiB missed 64",
		"1 1,000 1.0 MiB 1.25 1.00 2.00 2 ms 1 ms 1.00 1.00", "1 10,000 9.0 MiB 1.25 1.00 2.00 3 ms 4 ms 1.50 4.00",
		"100 10,000 9.0 MiB 1.25 1.00 2.00 20 ms 2 ms 5.00 0.50",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	drawn := string(report.Scaling.Plot())
	for _, want := range []string{">1 lot<", ">100 lots<", ">1,000<", ">10,000<", ">1 ms<", ">10 ms<", ">100 ms<"} {
		if !strings.Contains(drawn, want) {
			t.Errorf("no %q in\n%s", want, drawn)
		}
	}
	if n := strings.Count(drawn, "<circle"); n != 4 || strings.Contains(drawn, "NaN") || strings.Contains(drawn, "Inf") {
		t.Errorf("%d points in\n%s", n, drawn)
	}
}

// What a process had at most is forgotten when it is told to, and what it has is seen. Not
// in parallel: others would use memory, too.
func TestResident(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells")
	}
	const much = 128 << 20
	full, err := func() (residence, error) {
		block := make([]byte, much)
		for i := 0; i < len(block); i += 4096 {
			block[i] = 1
		}
		defer runtime.KeepAlive(block)
		return resident(os.Getpid())
	}()
	if err != nil || full.Now < much || full.Peak < full.Now {
		t.Fatalf("with %d bytes it has %+v, %v", much, full, err)
	}
	debug.FreeOSMemory()
	freed, err := resident(os.Getpid())
	if err != nil || freed.Now > full.Now-much/2 || freed.Peak < much {
		t.Errorf("without it, it has %+v, after %+v, %v", freed, full, err)
	}
	if err := forgetPeak(os.Getpid()); err != nil {
		t.Fatal(err)
	}
	if now, err := resident(os.Getpid()); err != nil || now.Peak > full.Now-much/2 {
		t.Errorf("its peak is not forgotten: %+v, %v", now, err)
	}
	if _, err := resident(-1); err == nil {
		t.Error("nobody has memory")
	}
}
