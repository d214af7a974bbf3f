package lineagetest

import (
	"fmt"
	"strings"

	"github.com/lottrail/lottrail/internal/ledger"
)

// Movements are all that moved of each lot, as lines in the order in which it was recorded:
// with what was taken back, and with what took it back, which counts as of then.
func (h History) Movements(m Moment) map[string][]string {
	moved := map[string][]string{}
	for i, e := range h[:m.Known] {
		of, at, sign := e, i, int64(1)
		if e.Kind == ledger.KindReversal {
			of, at, sign = h[e.Takes], e.Takes, -1
		}
		if of.Minute > m.Minute {
			continue
		}
		for _, l := range of.Lines {
			line := MovementLine(string(of.Kind), sign*l.Quantity, outer(of, l.From), outer(of, l.To), e.Minute, documentOf(of, at))
			moved[l.Lot] = append(moved[l.Lot], line)
		}
	}
	return moved
}

// MovementLine is how Movements tells a movement.
func MovementLine(kind string, quantity int64, from, to string, minute int, document string) string {
	return fmt.Sprintf("%s of %d from %s to %s at minute %d by %q", kind, quantity, from, to, minute, document)
}

// outer is a place, or what lies outside.
func outer(e Event, place string) string {
	if place != "" {
		return place
	}
	outside := map[ledger.Kind]string{
		ledger.KindReceipt: "supplier", ledger.KindShipment: "customer", ledger.KindConsumption: "production", ledger.KindOutput: "production",
	}
	if world, ok := outside[e.Kind]; ok {
		return world
	}
	return string(e.Kind)
}

func documentOf(e Event, at int) string {
	switch e.Kind {
	case ledger.KindReceipt, ledger.KindShipment:
		return paperCode(at)
	}
	return strings.Replace(e.Run, "#", "/", 1)
}
