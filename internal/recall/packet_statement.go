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
		s.GetReadAt().AsTime().Format(time.RFC3339Nano), wording.Logged(s.GetLogPosition()))
}
