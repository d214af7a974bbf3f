package treeview

import (
	"fmt"
	"strings"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/wording"
)

// quantities are what was attributed, as far as it has come in. They come last: until
// then the tree stands without them.
type quantities struct {
	lots      map[int32]*pb.TraceLotAttribution
	runs      map[int32]*pb.TraceRunAttribution
	shipments map[shipmentKey]*pb.TraceShipmentAttribution
	receipts  map[receiptKey]*pb.TraceReceiptAttribution
	customers map[string]*pb.TraceCustomerAttribution
}

type shipmentKey struct {
	lotRef          int32
	shipment, order string
	line            int32
}

type receiptKey struct {
	lotRef  int32
	receipt string
	line    int32
}

func newQuantities() quantities {
	return quantities{
		lots: map[int32]*pb.TraceLotAttribution{}, runs: map[int32]*pb.TraceRunAttribution{},
		shipments: map[shipmentKey]*pb.TraceShipmentAttribution{}, receipts: map[receiptKey]*pb.TraceReceiptAttribution{},
		customers: map[string]*pb.TraceCustomerAttribution{},
	}
}

// add takes in what was attributed the way that the tree goes.
func (q *quantities) add(part *pb.TracePart, backward bool) {
	way := pb.TraceAttributionDirection_TRACE_ATTRIBUTION_DIRECTION_FORWARD
	if backward {
		way = pb.TraceAttributionDirection_TRACE_ATTRIBUTION_DIRECTION_BACKWARD
	}
	for _, l := range part.GetLotAttributions() {
		if l.GetDirection() == way {
			q.lots[l.GetLotRef()] = l
		}
	}
	for _, r := range part.GetRunAttributions() {
		if r.GetDirection() == way {
			q.runs[r.GetRunRef()] = r
		}
	}
	for _, s := range part.GetShipmentAttributions() {
		q.shipments[shipmentKey{s.GetLotRef(), s.GetShipmentCode(), s.GetSalesOrderCode(), s.GetSalesOrderLineNumber()}] = s
	}
	for _, r := range part.GetReceiptAttributions() {
		q.receipts[receiptKey{r.GetLotRef(), r.GetReceiptCode(), r.GetPurchaseOrderLineNumber()}] = r
	}
	for _, c := range part.GetCustomerAttributions() {
		q.customers[c.GetCustomerCode()] = c
	}
}

// of is what of the lot asked for a node has, or what that has of the node, in brackets.
func (q *quantities) of(n *node) string {
	if n.run != nil {
		r := q.runs[n.run.GetRef()]
		if r == nil {
			return ""
		}
		var rest []string
		if kept := r.GetInProcess(); kept != nil {
			rest = append(rest, wording.About(kept.GetQuantity())+" still in it")
		}
		if lost := r.GetLost(); lost != nil {
			rest = append(rest, wording.About(lost.GetQuantity())+" lost")
		}
		return ofIt(r.GetThrough(), r.GetAssumed(), rest...)
	}
	l := q.lots[n.lot.GetRef()]
	if l == nil || n.lot.GetDepth() == 0 {
		return ""
	}
	return ofIt(l.GetThrough(), l.GetAssumed())
}

// ofIt is a figure in brackets, with its bounds where they say something else.
func ofIt(f *pb.TraceFigure, assumed bool, more ...string) string {
	texts := []string{wording.About(f.GetQuantity()) + " of it"}
	if assumed {
		texts = append(texts, "assumed")
	}
	if value := f.GetQuantity().GetValue(); f.GetLeast() != value || f.GetMost() != value {
		texts = append(texts, wording.AboutRange(f.GetLeast(), f.GetMost())+" possible")
	}
	return " [" + strings.Join(append(texts, more...), ", ") + "]"
}

func (q *quantities) shipment(s *pb.TraceShipment) string {
	found := q.shipments[shipmentKey{s.GetLotRef(), s.GetShipmentCode(), s.GetSalesOrderCode(), s.GetSalesOrderLineNumber()}]
	if found == nil {
		return ""
	}
	return ofIt(found.GetFigure(), found.GetAssumed())
}

func (q *quantities) receipt(r *pb.TraceReceipt) string {
	found := q.receipts[receiptKey{r.GetLotRef(), r.GetReceiptCode(), r.GetPurchaseOrderLineNumber()}]
	if found == nil {
		return ""
	}
	return ofIt(found.GetFigure(), found.GetAssumed())
}

func (q *quantities) customer(code string) string {
	found := q.customers[code]
	if found == nil {
		return ""
	}
	return ofIt(found.GetFigure(), found.GetAssumed())
}

// accounts are what everything adds up to, a sentence each way.
func accounts(summary *pb.TraceSummary) []string {
	var lines []string
	for _, t := range summary.GetAttributions() {
		if t.GetRefusal() != "" {
			lines = append(lines, "Quantities were not attributed: "+t.GetRefusal()+".")
			continue
		}
		var parts []string
		for _, x := range []struct{ value, text string }{
			{t.GetOnHand(), "on hand"}, {t.GetInProcess(), "in process"}, {t.GetShipped(), "shipped"}, {t.GetReturned(), "of that returned"},
			{t.GetScrapped(), "scrapped"}, {t.GetAdjusted(), "adjusted"}, {t.GetLost(), "lost"}, {t.GetReceived(), "received"}, {t.GetFound(), "found"},
			{t.GetUnexplained(), "out of nothing"}, {t.GetBeyond(), "further than was asked for"}, {t.GetBack(), "back into what was asked for"},
		} {
			if x.value != "" {
				parts = append(parts, wording.About(&pb.Quantity{Value: x.value, Unit: t.GetUnit()})+" "+x.text)
			}
		}
		if len(parts) == 0 {
			parts = append(parts, "nothing")
		}
		which := "Of %s that came in: %s."
		if t.GetDirection() == pb.TraceAttributionDirection_TRACE_ATTRIBUTION_DIRECTION_BACKWARD {
			which = "What %s of it came from: %s."
		}
		line := fmt.Sprintf(which, wording.About(&pb.Quantity{Value: t.GetCameIn(), Unit: t.GetUnit()}), strings.Join(parts, ", "))
		if t.GetAssumed() {
			line += " Runs whose lots cannot be compared were divided evenly, which is an assumption."
		}
		if t.GetUnsettled() {
			line += " Some of it goes round in a loop of the records, and was not followed to the end."
		}
		lines = append(lines, line)
	}
	return lines
}
