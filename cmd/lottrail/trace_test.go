package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTrace(t *testing.T) {
	t.Parallel()
	service := launch(t, nil, "demo", "--grpc-listen=127.0.0.1:0", "--http-listen=127.0.0.1:0", "--packet", filepath.Join(t.TempDir(), "packet.html"))
	service.find(&service.out, `Ctrl-C ends it`)
	server := "LOTTRAIL_SERVER=" + service.find(&service.out, `gRPC +(\S+)`)
	t.Run("pictures", func(t *testing.T) {
		t.Parallel()
		for name, wants := range map[string][]string{
			"trail.svg": {"<svg ", ">FL-2026-0325</text>", "◆ asked for  ■ held", ">Corner Café</text>", ">MO-4101 / 1</text>"},
			"trail.dot": {"digraph", `"FL-2026-0325\nwheat flour\n450 kg on hand\n◆ asked for  ■ held"`, "shape=invhouse"},
			"trail.mmd": {"flowchart LR", "FL-2026-0325<br/>wheat flour", "Corner Café"},
		} {
			path := filepath.Join(t.TempDir(), name)
			code, out, log := runToEnd(t, []string{server}, "trace", "forward", "FLOUR-T550", "FL-2026-0325", "--picture", path)
			drawn, err := os.ReadFile(path)
			if code != 0 || err != nil || !strings.Contains(out, "\nComplete: 10 lots") || !strings.Contains(log, "Picture: "+path) {
				t.Errorf("%s: %d, %v: %s%s", name, code, err, out, log)
			}
			for _, want := range wants {
				if !strings.Contains(string(drawn), want) {
					t.Errorf("%s: no %s in\n%s", name, want, drawn)
				}
			}
		}
	})
	for _, c := range []struct {
		name, args, out, log string
		code                 int
	}{
		{"forward", "forward FLOUR-T550 FL-2026-0325", "\nComplete: 10 lots, 6 runs", "", 0},
		{"backward", "backward DANISH-CHS CD-0325-B", "498 kg ⇐ Oberland Mill", "", 0},
		{"quantities", "forward FLOUR-T550 FL-2026-0325", "\nOf 498 kg that came in: ", "", 0},
		{"no quantities", "forward FLOUR-T550 FL-2026-0325 --no-quantities", "\n└─ 48 kg → run MO-4101/1\n", "", 0},
		{"depth", "backward DANISH-CHS CD-0325-B --max-depth 1", "\nNot complete, because ", "", 0},
		{"items", "forward FLOUR-T550 FL-2026-0325 --sku DANISH-CHS --sku LEVAIN", "\nNot complete, because 6 lots of other items were left out", "", 0},
		{"in time only", "forward FLOUR-T550 FL-2026-0325 --in-time-only", "omplete", "", 0},
		{"path", "path FLOUR-T550 FL-2026-0325 DANISH-CHS CD-0325-B", `Yes: lot "FL-2026-0325" of item "FLOUR-T550" can have come into lot "CD-0325-B" of item "DANISH-CHS" over `, "", 0},
		{"no path", "path DANISH-CHS CD-0325-B FLOUR-T550 FL-2026-0325", `No: the records connect lot "CD-0325-B" of item "DANISH-CHS" in no way to lot "FL-2026-0325" of item "FLOUR-T550"`, "", 0},
		{"path to a depth", "path DANISH-CHS CD-0325-B FLOUR-T550 FL-2026-0325 --max-depth 2", "", "--max-depth is of traces", exitUsage},
		{"path as of before", "path FLOUR-T550 FL-2026-0325 DANISH-CHS CD-0325-B --as-of 2026-03-25T03:00:00Z", "", `of lot "CD-0325-B" of item "DANISH-CHS" nothing had come in or been made by`, exitFailed},
		{"common", "common DANISH-CHS CD-0325-B FLOUR-T550 FL-2026-0325", "2 of 2 · lot FL-2026-0325 wheat flour · ", "", 0},
		{"half a lot in common", "common DANISH-CHS CD-0325-B FLOUR-T550", "", `of item "FLOUR-T550", which lot?`, exitUsage},
		{"half a run in common", "common --run MO-4103 --receipt RC-7001", "", "--run MO-4103: wanted are 2 codes", exitUsage},
		{"nothing in common asked", "common", "", "say what was complained about, twice at least: SKU LOT, or --lot, --scan", exitUsage},
		{"common of a shipment and another", "common --shipment SP-9003 --shipment SP-9002", "2 of 2 · run MO-4103/1 · ", "", 0},
		{
			"common of all kinds", "common FLOUR-T550 FL-2026-0325 --lot DANISH-CHS,CD-0325-B --scan (01)04012345678901(10)CD-0325-B --supplier-lot MILL,M88/17 --receipt RC-7001 --run MO-4101,1 --shipment SP-9003",
			"7 of 7 · lot FL-2026-0325 wheat flour · ", "", 0,
		},
		{"unknown complaints", "common --receipt none --supplier-lot MILL,none --run MO-4101,none", "", `complaints[2].run.run_code: production order "MO-4101" has no run "none"`, exitFailed},
		{"one complaint", "common DANISH-CHS CD-0325-B", "", "at least 2", exitFailed},
		{"as of", "forward FLOUR-T550 FL-2026-0325 --as-of 2099-01-01T00:00:00Z", "", "as_of: 2099-01-01T00:00:00Z is not past", exitFailed},
		{"no time", "forward FLOUR-T550 FL-2026-0325 --as-of noon", "", `"noon" is no time like`, exitUsage},
		{"known at", "backward DANISH-CHS CD-0325-B --known-at 9", "", `had no lot "CD-0325-B" that was known at log index 9`, exitFailed},
		{"compared", "compare FLOUR-T550 FL-2026-0325 --known-at 9", "\nDifferent: lots: ", "", 0},
		{"what differs", "compare FLOUR-T550 FL-2026-0325 --as-of 2026-03-25T08:00:00Z", "\n~ run MO-4103/1 (finished at –, then 2026-03-25T08:50:00Z)\n", "", 0},
		{"what has come", "compare FLOUR-T550 FL-2026-0325 --as-of 2026-03-25T08:00:00Z", "\n+ SHEET-DAN SH-0325-B out of run MO-4104/2: 76 kg\n+ TRIM-DAN TR-0325 into run MO-4103/1: 25 kg\n", "", 0},
		{"what went on", "compare FLOUR-T550 FL-2026-0325 --as-of 2026-03-25T05:00:00Z", "\n~ LEVAIN LV-0325 out of run MO-4101/1 (last at 2026-03-25T04:00:00Z, then 2026-03-25T06:00:00Z): 40 kg, then 108 kg\n", "", 0},
		{"nothing in common", "common --receipt RC-6951 --receipt RC-7001", "They have nothing in common; read at ", "", 0},
		{"compared with itself", "compare FLOUR-T550 FL-2026-0325 --as-of 2026-03-25T08:00:00Z --then-as-of 2026-03-25T08:00:00Z", "The same: nothing differs.", "", 0},
		{"compared backward", "compare DANISH-CHS CD-0325-B --backward --as-of 2026-03-25T20:00:00Z", " from 3 suppliers", "", 0},
		{"common as of before", "common DANISH-CHS CD-0325-B FLOUR-T550 FL-2026-0325 --as-of 2026-03-25T01:00:00Z", "", `had no lot "CD-0325-B", as the goods stood at 2026-03-25T01:00:00Z`, exitFailed},
		{"common as known before", "common DANISH-CHS CD-0325-B FLOUR-T550 FL-2026-0325 --known-at 9", "", `had no lot "CD-0325-B", as known at`, exitFailed},
		{"compared, of a receipt", "compare --receipt RC-7001 --known-at 9", "\nDifferent: lots: ", "", 0},
		{"compared, of items", "compare --receipt RC-7001 --as-of 2026-03-25T08:00:00Z --category none", "", `no item is of category "none"`, exitFailed},
		{"compared, in no time", "compare --receipt RC-7001 --from noon", "", "--from noon: wanted is a time", exitUsage},
		{"nothing compared", "compare", "", "say what to trace: SKU LOT, or --lot", exitUsage},
		{"compared as a picture", "compare FLOUR-T550 FL-2026-0325 --known-at 9 --picture a.svg", "", "--picture is of traces", exitUsage},
		{"compared with quantities", "compare FLOUR-T550 FL-2026-0325 --known-at 9 --no-quantities", "", "--no-quantities is of traces", exitUsage},
		{"compared backward, with a moment", "compare DANISH-CHS CD-0325-B --backward --then-known-at 9", "", `had no lot "CD-0325-B" that was known at log index 9`, exitFailed},
		{"unknown lot", "forward FLOUR-T550 nothing", "", `item "FLOUR-T550" has no lot "nothing"`, exitFailed},
		{"nobody there", "forward FLOUR-T550 FL-2026-0325 --server 127.0.0.1:1", "", "nobody answers at 127.0.0.1:1", exitFailed},
		{"no such picture", "forward FLOUR-T550 FL-2026-0325 --picture trail.png", "", `a picture is .svg, .dot (Graphviz) or .mmd (Mermaid), not ".png"`, exitUsage},
		{"nowhere to draw", "forward FLOUR-T550 FL-2026-0325 --picture /nowhere/trail.svg", "\nComplete: 10 lots", "no such file", exitFailed},
		{"a word short", "forward FLOUR-T550", "", "Give its code behind it", exitUsage},
		{"nothing to trace", "forward", "", "say what to trace: SKU LOT, or --lot", exitUsage},
		{"three words", "both A B C", "", "accepts at most 2 arg(s), received 3", exitUsage},
		{"both", "both DANISH-CHS CD-0325-B", "\nWhere it went:\n", "", 0},
		{"siblings", "both DANISH-CHS CD-0325-B --siblings", "\nWhat else came of that which went into it, and where that went:\n", "", 0},
		{"siblings of a run", "both DANISH-CHS CD-0325-A --siblings", "BR-0325", "", 0},
		{"no siblings", "forward DANISH-CHS CD-0325-B --siblings", "", "unknown flag: --siblings", exitUsage},
		{"both, backward", "both DANISH-CHS CD-0325-B", "498 kg ⇐ Oberland Mill", "", 0},
		{"a receipt", "forward --receipt RC-7001", "\nComplete: 10 lots, 6 runs", "", 0},
		{"a supplier's lot", "forward --supplier-lot MILL,M88/17,FLOUR-T550", "\nComplete: 10 lots, 6 runs", "", 0},
		{"a run, and a lot", "both --run MO-4101,1 FLOUR-T550 FL-2026-0311 --no-quantities", "run MO-4101/1\n", "", 0},
		{"a shipment", "backward --shipment SP-9001 --no-quantities", "498 kg ⇐ Oberland Mill", "", 0},
		{"unknown seeds", "forward --receipt none --shipment none", "", `there is no receipt "none"; seeds[1].shipment_code: there is no shipment "none"; check the codes, or leave out what is not there`, exitFailed},
		{"half a run", "forward --run MO-4101", "", "wanted are 2 codes with a comma between them", exitUsage},
		{"a place", "forward FLOUR-T550 FL-2026-0325 --location COLD-1", "lots that never were at the locations asked for were left out", "", 0},
		{"a window", "forward FLOUR-T550 FL-2026-0325 --until 2020-01-01T00:00:00Z", "something of 1 lot moved outside of the window", "", 0},
		{"no time", "forward FLOUR-T550 FL-2026-0325 --from yesterday", "", "wanted is a time such as", exitUsage},
		{"a window that begins", "forward FLOUR-T550 FL-2026-0325 --from 2099-01-01T00:00:00Z", "something of 1 lot moved outside of the window", "", 0},
		{"a run of three words", "forward --run MO-4101,1,2", "", "wanted are 2 codes with a comma between them", exitUsage},
		{"a supplier's lot of another item", "forward --supplier-lot MILL,M88/17,DANISH-CHS", "", `of item "DANISH-CHS"`, exitFailed},
		{"summary", "forward FLOUR-T550 FL-2026-0325 --detail summary --no-quantities", "all was counted and nothing sent: 10 lots", "", 0},
		{"movements", "forward FLOUR-T550 FL-2026-0325 --detail movements", ": 498 kg from supplier to DOCK-1 (RC-7001)", "", 0},
		{"no detail", "forward FLOUR-T550 FL-2026-0325 --detail all", "", "it is summary or movements", exitUsage},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			code, out, log := runToEnd(t, []string{server}, append([]string{"trace"}, strings.Fields(c.args)...)...)
			if code != c.code || !strings.Contains(out, c.out) || !strings.Contains(log, c.log) {
				t.Errorf("exit code %d, want %d; %q in\n%s\n%q in\n%s", code, c.code, c.out, out, c.log, log)
			}
		})
	}
}
