package treeview

import (
	"fmt"
	"strings"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/wording"
)

func (t *Tree) lines() []string {
	d := drawing{tree: t, drawn: map[*node]bool{}, path: map[*node]bool{}}
	for _, root := range t.roots() {
		text := t.describe(root)
		if !root.asked && !t.ofSiblings {
			text += ", beyond lots that are left out"
		}
		d.line("", text)
		d.below(root, "")
	}
	return d.lines
}

// drawing is the state of one pass over the tree.
type drawing struct {
	tree  *Tree
	lines []string
	drawn map[*node]bool
	path  map[*node]bool // from the root to here
}

func (d *drawing) line(lead, text string) { d.lines = append(d.lines, lead+text) }

// below draws all that hangs on a node: where it came from or went to, then
// what lies beyond.
func (d *drawing) below(n *node, lead string) {
	d.drawn[n], d.path[n] = true, true
	defer delete(d.path, n)
	ends := d.tree.ends(n)
	last := len(ends) + len(n.edges) - 1
	for i, text := range ends {
		branch, _ := leads(lead, i == last)
		d.line(branch, text)
	}
	for i, e := range n.edges {
		branch, under := leads(lead, len(ends)+i == last)
		if !e.full {
			d.line(branch, d.refer(e))
			continue
		}
		d.line(branch, d.tree.cross(e, d.tree.describe(e.to)))
		d.below(e.to, under)
	}
}

// leads are what goes before a line and before those under it.
func leads(lead string, last bool) (branch, under string) {
	if last {
		return lead + "└─ ", lead + "   "
	}
	return lead + "├─ ", lead + "│  "
}

// refer draws an edge to what is drawn elsewhere.
func (d *drawing) refer(e edge) string {
	where := "see below"
	switch {
	case d.path[e.to]:
		where = "↺ see above"
	case d.drawn[e.to]:
		where = "see above"
	}
	return d.tree.cross(e, e.to.name()) + " (" + where + ")"
}

// cross draws the quantity on an edge, and which way the goods went.
func (t *Tree) cross(e edge, to string) string {
	text := wording.Amount(e.quantity) + " "
	if e.to.run != nil {
		text += map[bool]string{false: "→ ", true: "← "}[t.backward()]
	}
	return text + to
}

func (n *node) name() string {
	if n.run != nil {
		return "run " + n.run.GetProductionOrderCode() + "/" + n.run.GetRunCode()
	}
	return wording.Code(n.lot.GetLot().GetLotCode())
}

// maxPlaces is how many places of a lot a line names.
const maxPlaces = 3

// describe is a node in full.
func (t *Tree) describe(n *node) string {
	if n.run != nil {
		text := n.name()
		if n.run.GetFinishedAt() == nil {
			text += " (in process)"
		}
		return text + t.of(n) + outOfTime(n.late)
	}
	texts := []string{n.name() + " " + n.lot.GetItemName()}
	if n.lot.GetInferred() {
		texts[0] += " (inferred)"
	}
	for i, s := range n.lot.GetStocks() {
		if i == maxPlaces {
			texts = append(texts, fmt.Sprintf("and %d more places, %s in all", len(n.lot.GetStocks())-i, wording.Amount(n.lot.GetOnHand())))
			break
		}
		texts = append(texts, wording.Amount(s.GetOnHand())+" at "+s.GetLocationCode())
	}
	if n.lot.GetActiveHoldCount() > 0 {
		texts = append(texts, "HELD")
	}
	return strings.Join(texts, " · ") + t.of(n) + outOfTime(n.late)
}

// ends are where a lot came from or went to.
func (t *Tree) ends(n *node) []string {
	var texts []string
	for _, e := range n.receipts {
		r := e.of
		text := fmt.Sprintf("%s ⇐ %s (%s, %s)", wording.Amount(r.GetQuantity()), r.GetSupplierName(), r.GetReceiptCode(), r.GetPurchaseOrderCode())
		if code := n.lot.GetSupplierLotCode(); code != "" {
			text += ", their lot " + code
		}
		texts = append(texts, text+t.receipt(r)+outOfTime(*e.late))
	}
	for _, e := range n.shipments {
		s := e.of
		papers := s.GetShipmentCode()
		if s.GetSalesOrderCode() != "" {
			papers += ", " + s.GetSalesOrderCode()
		}
		texts = append(texts, fmt.Sprintf("%s ⇒ %s (%s)", wording.Amount(s.GetQuantity()), s.GetCustomerName(), papers)+t.shipment(s)+outOfTime(*e.late))
	}
	for _, m := range n.movements {
		texts = append(texts, movement(m))
	}
	return texts
}

// movement is a movement of a lot, with when it happened.
func movement(m *pb.TraceMovement) string {
	text := fmt.Sprintf("%s: %s from %s to %s", m.GetOccurredAt().AsTime().Format("2006-01-02 15:04 UTC"), wording.Amount(m.GetQuantity()), m.GetFromLocationCode(), m.GetToLocationCode())
	if m.GetReversal() {
		text += ", taken back"
	}
	if m.GetDocument() != "" {
		text += " (" + m.GetDocument() + ")"
	}
	return text
}
