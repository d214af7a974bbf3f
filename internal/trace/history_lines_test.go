package trace_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"
	"pgregory.net/rapid"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/lineage/lineagetest"
)

// historyLines tell a trace as lineagetest.History.Expect does.
func historyLines(r *rapid.T, parts []*pb.TracePart) []string {
	var told []string
	say := func(format string, args ...any) { told = append(told, fmt.Sprintf(format, args...)) }
	names := map[int32]string{}
	for _, p := range parts {
		for _, l := range p.Lots {
			names[l.Ref] = l.Lot.Sku + "/" + l.Lot.LotCode
			left := map[string]string{"A": "0", "B": "0"}
			for _, s := range l.Stocks {
				left[s.LocationCode] = s.OnHand.Value
			}
			told = append(told, lineagetest.LotLine(names[l.Ref], words[l.Direction], int(l.Depth), left["A"]+" "+left["B"]))
		}
		for _, run := range p.Runs {
			names[run.Ref] = run.ProductionOrderCode + "#" + run.RunCode
			told = append(told, lineagetest.RunLine(names[run.Ref], words[run.Direction], int(run.Depth), run.FinishedAt == nil))
		}
		for _, e := range p.Edges {
			line := lineagetest.ConsumptionLine(names[e.LotRef], e.Quantity.Value, names[e.RunRef])
			if e.Kind == pb.TraceEdgeKind_TRACE_EDGE_KIND_OUTPUT {
				line = lineagetest.OutputLine(names[e.RunRef], e.Quantity.Value, names[e.LotRef])
			}
			say("%s, minute %d to %d", line, minute(e.FirstAt), minute(e.LastAt))
		}
		for _, c := range p.Receipts {
			line := lineagetest.ReceiptLine(names[c.LotRef], c.Quantity.Value, c.SupplierCode, c.PurchaseOrderCode, c.PurchaseOrderLineNumber)
			say("%s, minute %d", line, minute(c.ReceivedAt))
		}
		for _, s := range p.Shipments {
			line := lineagetest.ShipmentLine(names[s.LotRef], s.Quantity.Value, s.CustomerCode, s.ShipmentCode, s.SalesOrderCode, s.SalesOrderLineNumber)
			say("%s, minute %d", line, minute(s.ShippedAt))
		}
	}
	s := parts[len(parts)-1].Summary
	if s == nil {
		r.Fatal("no summary at the end")
	}
	if s.Complete != (len(s.Omissions) == 0) || len(told) != int(s.LotCount+s.RunCount+s.EdgeCount+s.ReceiptCount+s.ShipmentCount) {
		r.Fatalf("%d lines, and the summary %v", len(told), s)
	}
	say("deepest %d, %d suppliers, %d customers", s.MaxDepth, s.SupplierCount, s.CustomerCount)
	for _, o := range s.Omissions {
		told = append(told, lineagetest.LeftOutLine(omitted[o.Reason], int(o.LotCount)))
	}
	slices.Sort(told)
	return told
}

// omitted are the reasons as lineagetest has them.
var omitted = map[pb.TraceOmissionReason]string{
	byDepth: "further", byItems: "other items", byCategories: "other categories", byLocations: "never there", byWindow: "outside", byTime: "out of time",
}

func minute(at *timestamppb.Timestamp) int {
	return int(at.AsTime().Sub(lineagetest.Began) / time.Minute)
}

// differ tells what is in one and not in the other.
func differ(got, want []string) string {
	var text strings.Builder
	for _, line := range got {
		if i := slices.Index(want, line); i < 0 {
			text.WriteString("too much: " + line + "\n")
		}
	}
	for _, line := range want {
		if i := slices.Index(got, line); i < 0 {
			text.WriteString("missing:  " + line + "\n")
		}
	}
	return text.String()
}
