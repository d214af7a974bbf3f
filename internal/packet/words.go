package packet

import (
	"fmt"
	"html/template"
	"strings"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/paper"
	"github.com/lottrail/lottrail/internal/wording"
)

// templates are those of the page; a page takes a copy, whose item knows its names.
var templates = paper.Templates(pageText, style, template.FuncMap{
	"item":      func(sku string) string { return sku },
	"zero":      func(q *pb.Quantity) bool { return q.GetValue() == "0" },
	"class":     func(c pb.RecallClass) string { return classes[c] },
	"state":     func(s pb.RecallLotState) lotState { return lotStates[s] },
	"lockable":  func(s pb.RecallLotState) bool { return s != pb.RecallLotState_RECALL_LOT_STATE_RELEASED },
	"role":      role,
	"event":     func(k pb.RecallEventKind) string { return events[k] },
	"eventLots": eventLots,
})

// standing is what the state of a case means to whoever reads its packet.
type standing struct {
	Class              string // of the page's body
	Title, Text, Short string
	Stock, Runs        string
}

func standingOf(r *pb.Recall) standing {
	const later = "what they put out will be affected too."
	switch {
	case r.GetState() == pb.RecallState_RECALL_STATE_OPEN:
		return standing{
			Class: "open", Title: "PREVIEW: NOTHING IS HELD YET", Short: "PREVIEW, nothing is held yet",
			Text:  "The case is open and not activated. This is what would be held and whom it would concern, as the records stood when it was read. Until the case is activated all of it can still be consumed and shipped, and more can be added to it.",
			Stock: "This would be locked. Nothing is held yet: what lies here can still be consumed and shipped.",
			Runs:  later,
		}
	case r.GetState() == pb.RecallState_RECALL_STATE_ACTIVE:
		return standing{
			Class: "active", Title: "ACTIVE: WHAT IS AFFECTED IS HELD", Short: "ACTIVE",
			Text:  "The service refuses to consume or to ship what the case holds. What had left before it was activated is listed under customers to notify.",
			Stock: "The service refuses to consume or to ship what is held. See to it that nobody takes it by hand either.",
			Runs:  "what they put out is held as soon as it is recorded.",
		}
	case r.GetActivatedAt() == nil:
		return standing{
			Class: "closed", Title: "CLOSED WITHOUT HAVING HELD ANYTHING", Short: "CLOSED, never activated",
			Text:  "The case was closed and never activated: it held nothing. This is what it would have concerned, as the records stood when it was read.",
			Stock: "Nothing here was held by this case.",
			Runs:  later,
		}
	}
	return standing{
		Class: "closed", Title: "CLOSED", Short: "CLOSED",
		Text:  "The case is over. Lots that were kept are held all the same; the state of each stands with it.",
		Stock: "What was kept is held beyond the case; what was released may be used again.",
		Runs:  later,
	}
}

// todo is what is to be done, the most urgent first.
func todo(h *Head) []string {
	s := h.Statement.GetScope()
	switch {
	case h.Recall.GetState() == pb.RecallState_RECALL_STATE_CLOSED:
		return []string{"Nothing: the case is closed. This page is for the file."}
	case h.Recall.GetState() == pb.RecallState_RECALL_STATE_OPEN:
		return []string{
			"Decide whether to activate the case. Nothing is held until then.",
			fmt.Sprintf("If it is activated: %s will be held, and %s to notify, see section 1.", wording.Count(s.GetLotCount(), "lot"), toBe(s.GetCustomerCount(), "customer")),
		}
	}
	var steps []string
	if n := s.GetCustomerCount(); n > 0 {
		steps = append(steps, fmt.Sprintf("Notify %s, see section 1.", wording.Count(n, "customer")))
	}
	if n := s.GetLotOnHandCount(); n > 0 {
		steps = append(steps, fmt.Sprintf("Lock what is left of %s at %s, see section 2.", wording.Count(n, "lot"), wording.Count(h.Places, "location")))
	}
	if n := s.GetOpenRunCount(); n > 0 {
		steps = append(steps, fmt.Sprintf("See to %s in process, see section 4.", wording.Count(n, "run")))
	}
	if n := s.GetLotUndecidedCount(); n > 0 {
		steps = append(steps, fmt.Sprintf("Decide on %s of which something is left: release or keep, see section 3.", wording.Count(n, "lot")))
	}
	if len(steps) == 0 {
		steps = append(steps, "Everything is decided on, and there is nobody to notify: the case can be closed.")
	}
	return steps
}

func toBe(n int32, noun string) string {
	verb := " are"
	if n == 1 {
		verb = " is"
	}
	return wording.Count(n, noun) + verb
}

var classes = map[pb.RecallClass]string{
	pb.RecallClass_RECALL_CLASS_1:          "Class I: use may cause serious harm or death",
	pb.RecallClass_RECALL_CLASS_2:          "Class II: use may cause temporary or reversible harm",
	pb.RecallClass_RECALL_CLASS_3:          "Class III: use is not likely to cause harm",
	pb.RecallClass_RECALL_CLASS_WITHDRAWAL: "Withdrawal: taken back for a minor violation or for none",
}

// lotState is how a lot stands: told by its word, and by its looks as well.
type lotState struct{ Word, Class string }

var lotStates = map[pb.RecallLotState]lotState{
	pb.RecallLotState_RECALL_LOT_STATE_PREVIEW:  {"NOT HELD", "preview"},
	pb.RecallLotState_RECALL_LOT_STATE_HELD:     {"HELD", "held"},
	pb.RecallLotState_RECALL_LOT_STATE_KEPT:     {"HELD, KEPT", "kept"},
	pb.RecallLotState_RECALL_LOT_STATE_RELEASED: {"RELEASED", "released"},
}

var events = map[pb.RecallEventKind]string{
	pb.RecallEventKind_RECALL_EVENT_KIND_OPENED:    "opened",
	pb.RecallEventKind_RECALL_EVENT_KIND_ACTIVATED: "activated",
	pb.RecallEventKind_RECALL_EVENT_KIND_BORN_HELD: "put out by an affected run, born held",
	pb.RecallEventKind_RECALL_EVENT_KIND_RELEASED:  "released",
	pb.RecallEventKind_RECALL_EVENT_KIND_KEPT:      "to stay held",
	pb.RecallEventKind_RECALL_EVENT_KIND_CLOSED:    "closed",
}

// maxEventLots is how many lots an event names here; section 3 has them all.
const maxEventLots = 5

func eventLots(e *pb.RecallEvent) string {
	if e.GetLotCount() == 0 {
		return ""
	}
	text := wording.Count(e.GetLotCount(), "lot")
	var codes []string
	for i, lot := range e.GetLots() {
		if i == maxEventLots {
			break
		}
		codes = append(codes, lot.GetSku()+" "+wording.Code(lot.GetLotCode()))
	}
	if len(codes) > 0 {
		text += ": " + strings.Join(codes, ", ")
	}
	if int(e.GetLotCount()) > len(codes) && len(codes) > 0 {
		text += ", …"
	}
	return text
}

// role is what a lot is to the case.
func role(l *pb.RecallLot) string {
	what := "finished"
	if l.GetIngredient() {
		what = "ingredient"
	}
	if l.GetDirect() {
		what = "recalled, " + what
	}
	switch {
	case l.GetProductionOrderCode() != "":
		what += "; made by " + l.GetProductionOrderCode() + ", run " + l.GetRunCode()
	default:
		what += "; bought"
	}
	return what
}
