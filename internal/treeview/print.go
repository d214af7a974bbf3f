package treeview

import (
	"errors"
	"io"
	"strings"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/wording"
)

// ErrCut is what Print returns when a stream ended without its summary: what was
// drawn is true but may not be all.
var ErrCut = errors.New("the trace ended without its summary: it was cut, so what is drawn may not be all")

// Parts receives the parts of a trace from a stream of either direction.
func Parts[R interface{ GetPart() *pb.TracePart }](stream interface{ Recv() (R, error) }) func() (*pb.TracePart, error) {
	return func() (*pb.TracePart, error) {
		response, err := stream.Recv()
		if err != nil {
			return nil, err
		}
		return response.GetPart(), nil
	}
}

// Print receives a trace until io.EOF and draws it. On a terminal the tree
// grows in place as the parts come in, elsewhere a few lines tell how far it
// is. At the end stand the whole tree, whom to reach, and the statement of
// completeness.
func Print(w io.Writer, direction pb.TraceDirection, receive func() (*pb.TracePart, error)) (*Tree, error) {
	t, p := New(direction), newProgress(w)
	for {
		part, err := receive()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			p.end()
			return t, err
		}
		t.Add(part)
		p.show(t)
	}
	p.end()
	lines := t.Lines()
	if reach := t.Reach(); len(reach) > 0 {
		lines = append(lines, "To reach:")
		lines = append(lines, reach...)
	}
	if t.kin != nil {
		if reach := t.kin.Reach(); len(reach) > 0 {
			lines = append(append(lines, "To reach for what it shares something with:"), reach...)
		}
	}
	if t.summary != nil {
		lines = append(lines, accounts(t.summary)...)
		lines = append(lines, t.summary.GetStatement())
	}
	_, err := io.WriteString(w, strings.Join(append(lines, ""), "\n"))
	if err == nil && t.summary == nil {
		err = ErrCut
	}
	return t, err
}

// Reach lists whom to tell and of what, a line for each customer in the order
// in which they were found.
func (t *Tree) Reach() []string {
	var customers []string
	first := map[string]*pb.TraceShipment{}
	goods := map[string][]string{}
	for _, n := range t.order {
		for _, e := range n.shipments {
			s := e.of
			code := s.GetCustomerCode()
			if first[code] == nil {
				first[code] = s
				customers = append(customers, code)
			}
			goods[code] = append(goods[code], wording.Amount(s.GetQuantity())+" "+n.name()+outOfTime(*e.late))
		}
	}
	var lines []string
	for _, code := range customers {
		who := first[code].GetCustomerName()
		if contact := first[code].GetCustomerContact(); contact != "" {
			who += " (" + contact + ")"
		}
		lines = append(lines, "  "+who+": "+strings.Join(goods[code], ", ")+t.customer(code))
	}
	return lines
}
