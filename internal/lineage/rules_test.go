package lineage_test

import (
	"testing"
	"time"

	"github.com/lottrail/lottrail/internal/lineage"
)

func TestState(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 25, 7, 30, 0, 120e6, time.FixedZone("", 3600))
	sealed := at.Add(-time.Hour)
	cases := []struct {
		q    lineage.Query
		s    lineage.Summary
		want string
	}{
		{
			lineage.Query{Direction: lineage.Forward},
			lineage.Summary{Lots: 12, Runs: 5, OpenRuns: 1, Shipments: 6, Customers: 4, ReadAt: at},
			"Complete: 12 lots, 5 runs (1 in process), 6 shipment lines to 4 customers; read at 2026-03-25T06:30:00.12Z.",
		},
		{
			lineage.Query{Direction: lineage.Forward},
			lineage.Summary{Lots: 1, ReadAt: at},
			"Complete: 1 lot, 0 runs, no shipments; read at 2026-03-25T06:30:00.12Z.",
		},
		{
			lineage.Query{Direction: lineage.Backward},
			lineage.Summary{Lots: 3, InferredLots: 2, Runs: 1, Receipts: 1, Suppliers: 1, ReadAt: at},
			"Complete: 3 lots (2 inferred), 1 run, 1 receipt line from 1 supplier; read at 2026-03-25T06:30:00.12Z.",
		},
		{
			lineage.Query{Direction: lineage.Both, MaxDepth: 1},
			lineage.Summary{Lots: 3, Runs: 1, Receipts: 2, Suppliers: 1, Shipments: 1, Customers: 1, StoppedLots: 1, ReadAt: at},
			"Not complete, because 1 lot goes further than the 1 run asked for: 3 lots, 1 run, 2 receipt lines from 1 supplier, 1 shipment line to 1 customer; read at 2026-03-25T06:30:00.12Z.",
		},
		{
			lineage.Query{Direction: lineage.Backward, MaxDepth: 2},
			lineage.Summary{Lots: 3, Runs: 1, StoppedLots: 2, HiddenLots: 1, ReadAt: at},
			"Not complete, because 2 lots go further than the 2 runs asked for and 1 lot of other items was left out: 3 lots, 1 run, no receipts; read at 2026-03-25T06:30:00.12Z.",
		},
		{
			lineage.Query{Direction: lineage.Backward},
			lineage.Summary{Lots: 3, Runs: 1, HiddenLots: 4, ReadAt: at},
			"Not complete, because 4 lots of other items were left out: 3 lots, 1 run, no receipts; read at 2026-03-25T06:30:00.12Z.",
		},
		{
			lineage.Query{Direction: lineage.Both},
			lineage.Summary{Lots: 9, Runs: 4, ReadAt: at, OutOfTime: lineage.OutOfTimeCounts{Lots: 2, Runs: 1, Receipts: 1, Shipments: 3}},
			"Complete: 9 lots, 4 runs, no receipts, no shipments; of these out of time: 2 lots, 1 run, 1 receipt line, 3 shipment lines; read at 2026-03-25T06:30:00.12Z.",
		},
		{
			lineage.Query{Direction: lineage.Backward, OfCategories: true},
			lineage.Summary{Lots: 3, Runs: 1, HiddenLots: 1, ElsewhereLots: 1, OutsideLots: 1, ReadAt: at},
			"Not complete, because 1 lot of other categories was left out and 1 lot that never was at the locations asked for was left out and something of 1 lot moved outside of the window asked for: 3 lots, 1 run, no receipts; read at 2026-03-25T06:30:00.12Z.",
		},
		{
			lineage.Query{Direction: lineage.Backward, Detail: lineage.SummaryAlone},
			lineage.Summary{Lots: 3, Runs: 1, ElsewhereLots: 2, Untold: true, ReadAt: at},
			"Not complete, because 2 lots that never were at the locations asked for were left out and all was counted and nothing sent: 3 lots, 1 run, no receipts; read at 2026-03-25T06:30:00.12Z.",
		},
		{
			lineage.Query{Direction: lineage.Backward, KnownAt: &lineage.LogPosition{Index: 17, SealedAt: &sealed}},
			lineage.Summary{Lots: 1, ReadAt: at},
			"Complete: 1 lot, 0 runs, no receipts; as known at log index 17, sealed at 2026-03-25T05:30:00.12Z.",
		},
		{
			lineage.Query{Direction: lineage.Backward, AsOf: &sealed},
			lineage.Summary{Lots: 1, ReadAt: at},
			"Complete: 1 lot, 0 runs, no receipts; as the goods stood at 2026-03-25T05:30:00.12Z, read at 2026-03-25T06:30:00.12Z.",
		},
		{
			lineage.Query{Direction: lineage.Backward, AsOf: &sealed, KnownAt: &lineage.LogPosition{}},
			lineage.Summary{Lots: 1, ReadAt: at},
			"Complete: 1 lot, 0 runs, no receipts; as the goods stood at 2026-03-25T05:30:00.12Z, as known at log index 0.",
		},
	}
	for _, c := range cases {
		if got := lineage.State(c.q, &c.s); got != c.want {
			t.Errorf(" got %s\nwant %s", got, c.want)
		}
	}
}

func TestRecallContact(t *testing.T) {
	t.Parallel()
	cases := []struct{ stored, want string }{
		{`[]`, ""},
		{`[{"name": "Ada", "phone": "+1 2", "email": "ada@shop"}]`, "Ada, +1 2, ada@shop"},
		{`[{"name": "Ada", "role": "orders"}, {"name": "Bea", "role": "buying"}]`, "Ada"},
		{`[{"name": "Ada", "role": "orders"}, {"name": "Bea", "role": "Recall", "email": "bea@shop"}, {"name": "Cy", "role": "recall"}]`, "Bea, bea@shop"},
	}
	for _, c := range cases {
		if got := lineage.RecallContact(t, c.stored); got != c.want {
			t.Errorf("%s: got %q, want %q", c.stored, got, c.want)
		}
	}
}
