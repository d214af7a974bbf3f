package trace

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"

	"google.golang.org/protobuf/proto"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// comparison holds what the second walk finds against what the first found.
type comparison struct {
	emit func(*lottrailv1.CompareTracesResponse) error
	part *lottrailv1.CompareTracesResponse
	// names are what people call lots and runs, by their refs in the walk under way.
	names     map[int32]*name
	lots      difference[*lottrailv1.TraceLot]
	runs      difference[*lottrailv1.TraceRun]
	edges     difference[*lottrailv1.TraceEdge]
	receipts  difference[*lottrailv1.TraceReceipt]
	shipments difference[*lottrailv1.TraceShipment]
	summary   *lottrailv1.TraceComparison
}

// name is the key of a lot, or that of a run.
type name struct {
	lot        *lottrailv1.LotKey
	order, run string
}

func newComparison(emit func(*lottrailv1.CompareTracesResponse) error) *comparison {
	c := &comparison{emit: emit, part: &lottrailv1.CompareTracesResponse{}, summary: &lottrailv1.TraceComparison{}}
	c.lots.tell = func(_, _ *name, was, is *lottrailv1.TraceLot) {
		c.part.Lots = append(c.part.Lots, &lottrailv1.TraceLotDifference{First: was, Second: is})
	}
	c.runs.tell = func(_, _ *name, was, is *lottrailv1.TraceRun) {
		c.part.Runs = append(c.part.Runs, &lottrailv1.TraceRunDifference{First: was, Second: is})
	}
	c.edges.tell = func(lot, run *name, was, is *lottrailv1.TraceEdge) {
		c.part.Edges = append(c.part.Edges, &lottrailv1.TraceEdgeDifference{Lot: lot.lot, ProductionOrderCode: run.order, RunCode: run.run, First: was, Second: is})
	}
	c.receipts.tell = func(lot, _ *name, was, is *lottrailv1.TraceReceipt) {
		c.part.Receipts = append(c.part.Receipts, &lottrailv1.TraceReceiptDifference{Lot: lot.lot, First: was, Second: is})
	}
	c.shipments.tell = func(lot, _ *name, was, is *lottrailv1.TraceShipment) {
		c.part.Shipments = append(c.part.Shipments, &lottrailv1.TraceShipmentDifference{Lot: lot.lot, First: was, Second: is})
	}
	c.turn()
	return c
}

// turn begins another walk, with refs of its own.
func (c *comparison) turn() {
	c.names = map[int32]*name{}
	c.lots.turn()
	c.runs.turn()
	c.edges.turn()
	c.receipts.turn()
	c.shipments.turn()
}

func (c *comparison) takeFirst(part *lottrailv1.TracePart) error {
	c.summary.First = part.Summary
	return c.take(part, false)
}

func (c *comparison) takeSecond(part *lottrailv1.TracePart) error {
	c.summary.Second = part.Summary
	if err := c.take(part, true); err != nil {
		return err
	}
	return c.flush(partEntries)
}

// nobody is the name of the lot, or of the run, where there is none.
var nobody = &name{}

// take names what is in a part by the keys that people know, and leaves refs out, which
// are of one walk alone.
func (c *comparison) take(part *lottrailv1.TracePart, second bool) error {
	var failed []error
	for _, l := range part.Lots {
		n := &name{lot: l.Lot}
		c.names[l.Ref], l.Ref = n, 0
		failed = append(failed, c.lots.take(second, n, nobody, "", l))
	}
	for _, r := range part.Runs {
		n := &name{order: r.ProductionOrderCode, run: r.RunCode}
		c.names[r.Ref], r.Ref = n, 0
		failed = append(failed, c.runs.take(second, nobody, n, "", r))
	}
	for _, e := range part.Edges {
		lot, run := c.names[e.LotRef], c.names[e.RunRef]
		e.LotRef, e.RunRef = 0, 0
		failed = append(failed, c.edges.take(second, lot, run, e.Kind.String(), e))
	}
	for _, r := range part.Receipts {
		lot := c.names[r.LotRef]
		r.LotRef = 0
		failed = append(failed, c.receipts.take(second, lot, nobody, fmt.Sprintf("%q %q %d", r.ReceiptCode, r.PurchaseOrderCode, r.PurchaseOrderLineNumber), r))
	}
	for _, s := range part.Shipments {
		lot := c.names[s.LotRef]
		s.LotRef = 0
		failed = append(failed, c.shipments.take(second, lot, nobody, fmt.Sprintf("%q %q %d", s.ShipmentCode, s.SalesOrderCode, s.SalesOrderLineNumber), s))
	}
	return errors.Join(failed...)
}

// partEntries is how many differences a part has.
const partEntries = 250

// flush sends differences once there are so many.
func (c *comparison) flush(least int) error {
	n := len(c.part.Lots) + len(c.part.Runs) + len(c.part.Edges) + len(c.part.Receipts) + len(c.part.Shipments)
	if n == 0 || n < least {
		return nil
	}
	part := c.part
	c.part = &lottrailv1.CompareTracesResponse{}
	return c.emit(part)
}

// finish tells of what the second walk did not find, and sends the summary.
func (c *comparison) finish() error {
	enough := func() error { return c.flush(partEntries) }
	for _, rest := range []func(func() error) error{c.lots.rest, c.runs.rest, c.edges.rest, c.receipts.rest, c.shipments.rest} {
		if err := rest(enough); err != nil {
			return err
		}
	}
	s := c.summary
	s.Lots, s.Runs, s.Edges, s.Receipts, s.Shipments = &c.lots.counts, &c.runs.counts, &c.edges.counts, &c.receipts.counts, &c.shipments.counts
	s.Statement = compared(s)
	c.part.Summary = s
	return c.emit(c.part)
}

// compared tells in a sentence how two traces differ.
func compared(s *lottrailv1.TraceComparison) string {
	var texts []string
	for _, kind := range []struct {
		noun string
		n    *lottrailv1.TraceDifferenceCounts
	}{{"lots", s.Lots}, {"runs", s.Runs}, {"edges", s.Edges}, {"receipt lines", s.Receipts}, {"shipment lines", s.Shipments}} {
		if n := kind.n; n.OnlyFirst+n.OnlySecond+n.Changed > 0 {
			texts = append(texts, fmt.Sprintf("%s: %d only in the first, %d only in the second, %d changed", kind.noun, n.OnlyFirst, n.OnlySecond, n.Changed))
		}
	}
	if texts == nil {
		return "The same: nothing differs."
	}
	return "Different: " + strings.Join(texts, "; ") + "."
}

// difference is what differs of things of one kind. What the first walk found is kept as
// bytes, until the second finds it, too: messages take several times as much.
type difference[E proto.Message] struct {
	tell   func(lot, run *name, was, is E)
	found  map[key]*kept
	order  []*kept
	times  map[key]int
	counts lottrailv1.TraceDifferenceCounts
}

// key is what something is told apart by, and is enough of a hash of it to be only its.
type key [16]byte

// kept is something that the first walk found.
type kept struct {
	lot, run *name
	was      []byte
	again    bool // the second found it, too
}

func (d *difference[E]) turn() {
	if d.times == nil {
		d.found = map[key]*kept{}
	}
	d.times = map[key]int{}
}

func keyOf(format string, args ...any) key {
	sum := sha256.Sum256(fmt.Appendf(nil, format, args...))
	return key(sum[:len(key{})])
}

// take takes what a walk finds. What has the same key is told apart by its number, such as
// two lines of a receipt for one line of an order.
func (d *difference[E]) take(second bool, lot, run *name, text string, is E) error {
	at := keyOf("%q %q %q %q %s", lot.lot.GetSku(), lot.lot.GetLotCode(), run.order, run.run, text)
	if d.times[at]++; d.times[at] > 1 {
		at = keyOf("%x %d", at, d.times[at])
	}
	k := d.found[at]
	if second && k == nil {
		var none E
		d.counts.OnlySecond++
		d.tell(lot, run, none, is)
		return nil
	}
	bytes, err := proto.MarshalOptions{Deterministic: true}.Marshal(is)
	if err != nil {
		return err
	}
	if !second {
		k = &kept{lot: lot, run: run, was: bytes}
		d.found[at], d.order = k, append(d.order, k)
		return nil
	}
	was := k.was
	if k.again, k.was = true, nil; string(was) == string(bytes) {
		return nil
	}
	d.counts.Changed++
	first, err := read[E](was)
	d.tell(lot, run, first, is)
	return err
}

// read reads what was kept.
func read[E proto.Message](bytes []byte) (E, error) {
	var none E
	message := none.ProtoReflect().New().Interface().(E)
	return message, proto.Unmarshal(bytes, message)
}

// rest tells of what the first walk alone found, in its order.
func (d *difference[E]) rest(enough func() error) error {
	var none E
	for _, k := range d.order {
		if k.again {
			continue
		}
		was, err := read[E](k.was)
		if err != nil {
			return err
		}
		d.counts.OnlyFirst++
		d.tell(k.lot, k.run, was, none)
		if err := enough(); err != nil {
			return err
		}
	}
	return nil
}
