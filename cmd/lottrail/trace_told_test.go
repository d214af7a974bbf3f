package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/picture"
)

// What is behind complaints is told a line each, with how many it explains, and what is not
// told is counted.
func TestRanking(t *testing.T) {
	t.Parallel()
	at := timestamppb.New(time.Date(2026, 3, 25, 6, 0, 0, 0, time.UTC))
	got := ranking(&pb.RankCommonOriginsResponse{OriginCount: 5, ReadAt: at, Origins: []*pb.CommonOrigin{
		{ComplaintCount: 3, InTimeCount: 3, TotalDepth: 4, Origin: &pb.CommonOrigin_Receipt{Receipt: &pb.CommonReceipt{ReceiptCode: "RC-1", SupplierName: "Mill"}}},
		{ComplaintCount: 3, InTimeCount: 1, TotalDepth: 5, Origin: &pb.CommonOrigin_Lot{Lot: &pb.TraceLot{Lot: &pb.LotKey{Sku: "F", LotCode: "L 1"}, ItemName: "flour"}}},
		{ComplaintCount: 2, InTimeCount: 2, TotalDepth: 1, Origin: &pb.CommonOrigin_Run{Run: &pb.TraceRun{ProductionOrderCode: "MO", RunCode: "7"}}},
	}}, 4)
	const want = `3 of 4 · receipt RC-1 from Mill · 4 runs away in all
3 of 4 (2 OUT OF TIME) · lot “L 1” flour · 5 runs away in all
2 of 4 · run MO/7 · 1 run away in all
and 2 more, which explain less or are farther away.
5 in common: lots, runs and receipts; read at 2026-03-25T06:00:00Z.
`
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if got := ranking(&pb.RankCommonOriginsResponse{ReadAt: at}, 2); got != "They have nothing in common; read at 2026-03-25T06:00:00Z.\n" {
		t.Errorf("of nothing: %s", got)
	}
}

// What is in one trace alone, and what differs, is told a line each.
func TestDifferences(t *testing.T) {
	t.Parallel()
	kg := func(value string) *pb.Quantity { return &pb.Quantity{Value: value, Unit: "KGM"} }
	lot := func(code, onHand string, holds int32) *pb.TraceLot {
		return &pb.TraceLot{Lot: &pb.LotKey{Sku: "F", LotCode: code}, OnHand: kg(onHand), ActiveHoldCount: holds}
	}
	key := &pb.LotKey{Sku: "F", LotCode: "1"}
	var b bytes.Buffer
	tellDifferences(&b, &pb.CompareTracesResponse{
		Lots: []*pb.TraceLotDifference{
			{First: lot("1", "5", 0)}, {Second: lot("2", "6", 0)}, {First: lot("3", "7", 0), Second: lot("3", "8", 2)}, {First: lot("4", "9", 1), Second: lot("4", "9", 0)},
		},
		Runs: []*pb.TraceRunDifference{
			{First: &pb.TraceRun{ProductionOrderCode: "MO", RunCode: "1"}}, {Second: &pb.TraceRun{ProductionOrderCode: "MO", RunCode: "2"}},
			{First: &pb.TraceRun{ProductionOrderCode: "MO", RunCode: "3"}, Second: &pb.TraceRun{ProductionOrderCode: "MO", RunCode: "3", FinishedAt: timestamppb.New(time.Date(2026, 3, 25, 6, 0, 0, 0, time.UTC))}},
		},
		Edges:     []*pb.TraceEdgeDifference{{Lot: key, ProductionOrderCode: "MO", RunCode: "3", First: &pb.TraceEdge{Kind: 1, Quantity: kg("1")}, Second: &pb.TraceEdge{Kind: 1, Quantity: kg("2")}}},
		Receipts:  []*pb.TraceReceiptDifference{{Lot: key, Second: &pb.TraceReceipt{ReceiptCode: "RC", Quantity: kg("3")}}},
		Shipments: []*pb.TraceShipmentDifference{{Lot: key, First: &pb.TraceShipment{ShipmentCode: "SP", Quantity: kg("4")}}},
		Summary:   &pb.TraceComparison{First: &pb.TraceSummary{Statement: "One."}, Second: &pb.TraceSummary{Statement: "Two."}, Statement: "Different."},
	})
	const want = `- lot F 1: 5 kg on hand
+ lot F 2: 6 kg on hand
~ lot F 3 (active hold count 0, then 2): 7 kg, then 8 kg on hand
~ lot F 4 (active hold count 1, then 0)
- run MO/1
+ run MO/2
~ run MO/3 (finished at –, then 2026-03-25T06:00:00Z)
~ F 1 into run MO/3: 1 kg, then 2 kg
+ F 1 by receipt RC: 3 kg
- F 1 by shipment SP: 4 kg

1: One.
2: Two.
Different.
`
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}

// A picture is what its file's name asks for, and it is said where nodes were put together.
func TestPictureFiles(t *testing.T) {
	t.Parallel()
	for name, begins := range map[string]string{"a.svg": "<svg ", "a.dot": "digraph ", "a.gv": "digraph ", "a.mmd": "flowchart ", "a.mermaid": "flowchart "} {
		for of, says := range map[int]string{1: "Picture: %\n", 700: "Picture: %. 700 nodes are too many to be read, so they are put together by item: 1 are drawn.\n"} {
			path := filepath.Join(t.TempDir(), name)
			draw, err := drawerOf(path)
			if err != nil {
				t.Fatal(err)
			}
			var log bytes.Buffer
			if err := drawInto(path, &picture.Graph{Nodes: []picture.Node{{Kind: picture.Lot, Title: "L"}}, Of: of}, draw, &log); err != nil {
				t.Fatal(err)
			}
			if drawn, err := os.ReadFile(path); err != nil || !strings.HasPrefix(string(drawn), begins) || log.String() != strings.ReplaceAll(says, "%", path) {
				t.Errorf("%s of %d: %v, %.50s, %q", name, of, err, drawn, log.String())
			}
		}
	}
}
