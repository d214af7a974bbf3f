package treeview

import pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"

// end is a receipt or shipment, and whether it is out of time.
type end[T any] struct {
	of   T
	late *bool
}

// ends are what is known of all receipts and of all shipments, in the order in which they
// came: a trace tells by their numbers which are out of time.
type ends struct{ receipts, shipments []*bool }

func (e *ends) receipt() *bool {
	e.receipts = append(e.receipts, new(bool))
	return e.receipts[len(e.receipts)-1]
}

func (e *ends) shipment() *bool {
	e.shipments = append(e.shipments, new(bool))
	return e.shipments[len(e.shipments)-1]
}

// markLate notes what the trace tells to be out of time.
func (t *Tree) markLate(o *pb.TraceOutOfTime) {
	mark := func(all []*bool, number int32) {
		if number > 0 && int(number) <= len(all) {
			*all[number-1] = true
		}
	}
	mark(t.numbered.receipts, o.GetReceiptNumber())
	mark(t.numbered.shipments, o.GetShipmentNumber())
	if n := t.nodes[o.GetRef()]; n != nil {
		n.late = true
	}
}

// outOfTime is what stands behind what is out of time.
func outOfTime(late bool) string {
	if late {
		return " · OUT OF TIME"
	}
	return ""
}
