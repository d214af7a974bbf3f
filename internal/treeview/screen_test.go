package treeview

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// line is a tree of n lines: a lot and what it went to.
func lines(n int) *Tree {
	t := New(pb.TraceDirection_TRACE_DIRECTION_FORWARD)
	part := &pb.TracePart{Lots: []*pb.TraceLot{{Ref: 1, Lot: &pb.LotKey{LotCode: "L"}}}}
	for i := range n - 1 {
		part.Shipments = append(part.Shipments, &pb.TraceShipment{LotRef: 1, ShipmentCode: fmt.Sprint("S-", i+1)})
	}
	t.Add(part)
	return t
}

func TestScreenDrawsOverItself(t *testing.T) {
	t.Parallel()
	var w bytes.Buffer
	s := &screen{w: &w, size: func() (int, int, error) { return 80, 10, nil }}
	drawn := func() string {
		text := w.String()
		w.Reset()
		return text
	}
	s.show(lines(2))
	if got := drawn(); strings.Contains(got, "\x1b[2A") || strings.Count(got, "\n") != 2 {
		t.Errorf("first: %q", got)
	}
	s.show(lines(3))
	if got := drawn(); got != "" {
		t.Errorf("drawn again at once: %q", got)
	}
	s.last = time.Time{}
	s.show(lines(30))
	if got := drawn(); !strings.HasPrefix(got, "\x1b[2A"+clearBelow) || strings.Count(got, "\n") != 9 ||
		!strings.Contains(got, "… 22 lines above\n") || !strings.Contains(got, "S-29") || strings.Contains(got, "S-21)") {
		t.Errorf("more than fits: %q", got)
	}
	s.end()
	if got := drawn(); got != "\x1b[9A"+clearBelow {
		t.Errorf("end: %q", got)
	}
	s.end()
	if got := drawn(); got != "" {
		t.Errorf("second end: %q", got)
	}
}
