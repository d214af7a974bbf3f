package trace_test

import (
	"slices"
	"strings"

	"pgregory.net/rapid"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
)

// checkTimes holds what a trace says is out of time against a plain search, and counts it.
func checkTimes(r *rapid.T, h lineagetest.History, q question, parts []*pb.TracePart) {
	names := map[int32]string{}
	var receipts, shipments, told []string
	for _, p := range parts {
		for _, l := range p.Lots {
			names[l.Ref] = "lot " + l.Lot.Sku + "/" + l.Lot.LotCode
		}
		for _, run := range p.Runs {
			names[run.Ref] = "run " + run.ProductionOrderCode + "#" + run.RunCode
		}
		for _, c := range p.Receipts {
			receipts = append(receipts, lineagetest.PaperLine("receipt", c.ReceiptCode, names[c.LotRef][len("lot "):]))
		}
		for _, s := range p.Shipments {
			shipments = append(shipments, lineagetest.PaperLine("shipment", s.ShipmentCode, names[s.LotRef][len("lot "):]))
		}
		for _, late := range p.OutOfTime {
			switch node := late.Node.(type) {
			case *pb.TraceOutOfTime_Ref:
				told = append(told, names[node.Ref])
			case *pb.TraceOutOfTime_ReceiptNumber:
				told = append(told, receipts[node.ReceiptNumber-1])
			case *pb.TraceOutOfTime_ShipmentNumber:
				told = append(told, shipments[node.ShipmentNumber-1])
			}
		}
	}
	slices.Sort(told)
	want := h.OutOfTime(q.at, q.ask)
	counts := map[string]int32{}
	for _, line := range want {
		kind, _, _ := strings.Cut(line, " ")
		counts[kind]++
	}
	if q.ask.InTimeOnly {
		want = nil // it was left out
	}
	if !slices.Equal(told, want) {
		r.Fatalf("out of time: %v\n%s", q.req, differ(told, want))
	}
	s := parts[len(parts)-1].Summary.OutOfTime
	if s.GetLotCount() != counts["lot"] || s.GetRunCount() != counts["run"] || s.GetReceiptCount() != counts["receipt"] || s.GetShipmentCount() != counts["shipment"] {
		r.Fatalf("%v: out of time are %v, counted %v", q.req, counts, s)
	}
}
