package recall

import (
	"fmt"
	"strings"
	"time"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/wording"
)

// toStatement says the statement of a packet in a sentence.
func toStatement(s *lottrailv1.RecallStatement) string {
	c := s.GetScope()
	verdict := "Complete"
	if !c.GetFixed() {
		verdict = "Complete as a preview, for the case holds nothing"
	}
	lots := wording.Count(c.GetLotCount(), "lot") + ", " + wording.Number(c.GetLotOnHandCount()) + " of them on hand"
	if c.GetFixed() {
		lots += fmt.Sprintf(" (%s held by the case, %s undecided)", wording.Number(c.GetLotHeldCount()), wording.Number(c.GetLotUndecidedCount()))
	}
	runs := wording.Count(c.GetRunCount(), "run")
	if n := c.GetOpenRunCount(); n > 0 {
		runs += fmt.Sprintf(" (%s in process)", wording.Number(n))
	}
	shipments := "nothing had gone to customers"
	if n := c.GetShipmentCount(); n > 0 {
		shipments = wording.Count(n, "shipment line") + " to " + wording.Count(c.GetCustomerCount(), "customer")
	}
	return fmt.Sprintf("%s: %s; read at %s, %s.", verdict, strings.Join([]string{lots, runs, shipments}, ", "),
		s.GetReadAt().AsTime().Format(time.RFC3339Nano), logged(s.GetLogPosition()))
}

// logged says how far the log went.
func logged(p *lottrailv1.LogPosition) string {
	text := "when the log was empty"
	if p.GetLogIndex() > 0 {
		text = fmt.Sprintf("with the log at %d", p.GetLogIndex())
	}
	if n := p.GetUnloggedCount(); n > 0 {
		text += fmt.Sprintf(" and %s recorded beyond it", wording.Count(n, "operation"))
	}
	return text
}
