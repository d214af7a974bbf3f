package dossier

import (
	"cmp"
	"fmt"
	"strings"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/paper"
	"github.com/lottrail/lottrail/internal/wording"
)

// section is a table of the page.
type section struct {
	kind       pb.DossierSection
	ID, Title  string
	Note, None string
	// Then and NoneThen are Title and None where the page is of a moment of the past; empty
	// if they are the same.
	Then, NoneThen string
	Columns        []column
	rows           func(*Page, *pb.GetDossierResponse) [][]cell
}

// Number is the section's place in the page, counted from 1.
func (s *section) Number() int {
	for i := range sections {
		if &sections[i] == s {
			return i + 1
		}
	}
	return 0
}

type column struct {
	Name    string
	Numeric bool
	Width   int // percent
}

// cell is a value: what it says, as a word in a frame if it is a state, and what stands
// small below.
type cell struct {
	Text, State, Class string
	Small              []string
}

func text(s string, small ...string) cell {
	var kept []string
	for _, line := range small {
		if line != "" {
			kept = append(kept, line)
		}
	}
	return cell{Text: s, Small: kept}
}

func amount(q *pb.Quantity, small ...string) cell {
	if q == nil {
		return cell{}
	}
	return text(wording.Amount(q), small...)
}

// each makes a row of each entry.
func each[E any](entries []E, row func(E) []cell) [][]cell {
	rows := make([][]cell, len(entries))
	for i, e := range entries {
		rows[i] = row(e)
	}
	return rows
}

func line(code string, number int32) string {
	switch {
	case code == "":
		return "without order"
	case number == 0:
		return code
	}
	return fmt.Sprintf("%s, line %d", code, number)
}

func labelled(label, value string) string {
	if value == "" {
		return ""
	}
	return label + " " + value
}

func references(all []*pb.Reference) []string {
	var texts []string
	for _, r := range all {
		texts = append(texts, r.GetKind()+" "+r.GetValue())
	}
	return texts
}

func takenBack(r *pb.Reversal) string {
	if r == nil {
		return ""
	}
	return "TAKEN BACK " + paper.Moment(r.GetReversedAt()) + " by " + r.GetReversedBy() + ": " + r.GetReason()
}

// name is what people call a constant of an enum, by its own name.
func name(constant fmt.Stringer, prefix string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(constant.String(), prefix)), "_", " ")
}

func lots(all []*pb.RunLot) cell {
	const most = 20
	var c cell
	for i, l := range all {
		if i == most {
			c.Small = append(c.Small, fmt.Sprintf("… and %s more", wording.Number(len(all)-most)))
			break
		}
		c.Small = append(c.Small, wording.Amount(l.GetQuantity())+" "+l.GetLot().GetSku()+" "+wording.Code(l.GetLot().GetLotCode()))
	}
	return c
}

func receiptRow(p *Page, r *pb.DossierReceipt) []cell {
	v := r.GetVariance()
	variance := "as ordered"
	switch v.GetKind() {
	case pb.VarianceKind_VARIANCE_KIND_SHORT:
		variance = "short by " + strings.TrimPrefix(wording.Amount(v.GetDifference()), "-")
	case pb.VarianceKind_VARIANCE_KIND_OVER:
		variance = "over by " + wording.Amount(v.GetDifference())
	}
	conditions := []string{labelled("at", r.GetLocationCode())}
	if r.GetTemperatureCelsius() != "" {
		conditions = append(conditions, r.GetTemperatureCelsius()+"\u00a0°C")
	}
	if r.GetAddedToExisting() {
		conditions = append(conditions, "added to the lot")
	}
	return []cell{
		p.who(r.GetSupplierCode()), amount(r.GetQuantity(), amount(r.GetWeight()).Text),
		text(line(r.GetPurchaseOrderCode(), r.GetPurchaseOrderLineNumber()), labelled("ordered", r.GetOrderDate()), labelled("due", r.GetDueDate())),
		text(r.GetReceiptCode(), append(references(r.GetReferences()), takenBack(r.GetReversal()))...),
		text(paper.Moment(r.GetReceivedAt()), labelled("recorded by", r.GetPrincipal())), text(conditions[0], conditions[1:]...),
		text(variance, wording.Amount(v.GetReceived())+" of "+wording.Amount(v.GetOrdered())),
	}
}

func runRow(r *pb.DossierRun) []cell {
	took := text("took " + wording.Amount(r.GetConsumed()))
	if r.GetConsumed() == nil {
		took = text("made " + wording.Amount(r.GetPutOut()))
	} else if r.GetPutOut() != nil {
		took.Small = []string{"and gave " + wording.Amount(r.GetPutOut())}
	}
	state := text(paper.Moment(r.GetFinishedAt()))
	if r.GetFinishedAt() == nil {
		state = cell{State: "IN PROCESS", Class: "process"}
	}
	return []cell{text(r.GetProductionOrderCode()+", run "+r.GetRunCode(), "makes "+r.GetSku()), took, text(paper.Moment(r.GetStartedAt())), state, lots(r.GetInputs()), lots(r.GetOutputs())}
}

func shipmentRow(p *Page, s *pb.DossierShipment) []cell {
	return []cell{
		p.who(s.GetCustomerCode()), amount(s.GetQuantity(), amount(s.GetWeight()).Text),
		text(line(s.GetSalesOrderCode(), s.GetSalesOrderLineNumber()), labelled("ordered", s.GetOrderDate())),
		text(line(s.GetShipmentCode(), s.GetLineNumber()), append(references(s.GetReferences()), takenBack(s.GetReversal()))...),
		text(paper.Moment(s.GetShippedAt()), labelled("to arrive", s.GetDeliveryDate())), p.who(s.GetCarrierCode()),
	}
}

func holdRow(h *pb.Hold) []cell {
	state := cell{State: "HELD", Class: "held"}
	if !h.GetActive() {
		state = cell{State: "RELEASED", Class: "released", Small: []string{paper.Moment(h.GetReleasedAt()) + " by " + h.GetReleasedBy(), h.GetReleaseReason()}}
	}
	where := cmp.Or(h.GetLocationCode(), "all of it")
	return []cell{text(fmt.Sprint(h.GetNumber())), state, text(h.GetReason(), labelled("recall", h.GetCaseNumber())), text(where), text(paper.Moment(h.GetPlacedAt()), "by "+h.GetPlacedBy())}
}

func recallRow(r *pb.DossierRecall) []cell {
	c := r.GetRecall()
	decision := text("undecided")
	switch {
	case r.GetDecision() != pb.RecallDecision_RECALL_DECISION_UNSPECIFIED:
		decision = text(name(r.GetDecision(), "RECALL_DECISION_"))
	case r.GetHoldNumber() == 0 && c.GetState() == pb.RecallState_RECALL_STATE_OPEN && r.GetConcern() != pb.DossierConcern_DOSSIER_CONCERN_PRODUCT:
		decision = cell{State: "NOT HELD YET", Class: "preview", Small: []string{"activating the case will hold it"}}
	case r.GetHoldNumber() == 0:
		decision = text("not held by it")
	}
	return []cell{
		concernCell(r), text(name(c.GetState(), "RECALL_STATE_"), labelled("class", name(c.GetClass(), "RECALL_CLASS_"))), text(c.GetReason()),
		text(paper.Moment(c.GetOpenedAt()), "by "+c.GetOpenedBy()), decision,
	}
}

// concernCell is a case, and why it concerns the lot.
func concernCell(r *pb.DossierRecall) cell {
	what := "about this lot"
	switch r.GetConcern() {
	case pb.DossierConcern_DOSSIER_CONCERN_INGREDIENT:
		what = "about what it was made of: " + way(r.GetWay())
	case pb.DossierConcern_DOSSIER_CONCERN_PRODUCT:
		what = "about what was made of it: " + way(r.GetWay())
	case pb.DossierConcern_DOSSIER_CONCERN_HELD:
		what = "held it, and is not connected with it any more"
	}
	return text(r.GetRecall().GetCaseNumber(), what)
}

func way(lots []*pb.LotKey) string {
	var names []string
	for _, l := range lots {
		names = append(names, l.GetSku()+" "+wording.Code(l.GetLotCode()))
	}
	return strings.Join(names, " → ")
}

func stockRow(s *pb.Stock) []cell {
	held := text("no")
	if v := s.GetHeld().GetValue(); v != "" && v != "0" {
		held = cell{State: "HELD", Class: "held"}
	}
	return []cell{text(s.GetLocationCode()), text(strings.Join(s.GetPath(), " › ")), amount(s.GetOnHand(), amount(s.GetWeight()).Text), held}
}

func stayRow(p *Page, s *pb.DossierStay) []cell {
	until := cell{State: "NOW", Class: "kept"}
	if p.then() {
		until.State = "STILL THERE"
	}
	if s.GetUntil() != nil {
		until = text(paper.Moment(s.GetUntil()))
	}
	return []cell{text(s.GetLocationCode()), text(paper.Moment(s.GetFrom())), until, amount(s.GetMost())}
}

func rotationRow(r *pb.DossierRotation) []cell {
	judged := cell{State: "IN ROTATION", Class: "released"}
	if !r.GetRotation().GetInRotation() {
		judged = cell{State: "OUT OF ROTATION", Class: "held", Small: []string{r.GetRotation().GetReason()}}
	}
	var earlier cell
	for _, e := range r.GetRotation().GetEarlier() {
		earlier.Small = append(earlier.Small, fmt.Sprintf("%s at %s, %s, last day %s", wording.Code(e.GetLot().GetLotCode()), e.GetLocationCode(), wording.Amount(e.GetQuantity()), e.GetLastDay()))
	}
	return []cell{text(r.GetDocument(), name(r.GetKind(), "MOVEMENT_KIND_")), amount(r.GetQuantity()), text(r.GetLocationCode()), text(paper.Moment(r.GetOccurredAt())), judged, earlier}
}

func adjustmentRow(m *pb.Movement) []cell {
	what := "found"
	back := ""
	if strings.HasPrefix(m.GetQuantity().GetValue(), "-") {
		back = "TAKEN BACK"
	}
	switch {
	case m.GetKind() == pb.MovementKind_MOVEMENT_KIND_SCRAP:
		what = "scrapped"
	case m.GetToLocationCode() == "adjustment":
		what = "missed"
	}
	where := m.GetFromLocationCode()
	if what == "found" {
		where = m.GetToLocationCode()
	}
	return []cell{text(what, back, labelled("count", m.GetDocument())), amount(m.GetQuantity()), text(where), text(paper.Moment(m.GetOccurredAt()), "by "+m.GetPrincipal(), labelled("approved by", m.GetApprovedBy())),
		text(name(m.GetReasonCode(), "ADJUSTMENT_REASON_"), m.GetReason())}
}

func dates(d *pb.LotDates) cell {
	return text(labelled("use by", d.GetExpiryDate()), labelled("best before", d.GetBestBeforeDate()), labelled("ship by", d.GetRemovalDate()), labelled("made", d.GetProductionDate()))
}

func dateRow(c *pb.DossierDateChange) []cell {
	return []cell{text(paper.Moment(c.GetRecordedAt()), "by "+c.GetPrincipal()), dates(c.GetBefore()), dates(c.GetAfter()), text(c.GetReason(), labelled("after", c.GetRetestReference()))}
}

func costRow(c *pb.DossierCost) []cell {
	price := c.GetUnitCost()
	total := text("not known", "the item does not have the unit of the price any more")
	if c.GetAmount() != "" {
		total = text(money(c.GetAmount(), price.GetCurrency(), c.GetRounded()))
	}
	return []cell{text(c.GetReceiptCode(), fmt.Sprintf("order line %d", c.GetPurchaseOrderLineNumber())), amount(c.GetQuantity()),
		text(price.GetAmount()+" "+price.GetCurrency(), "for 1 "+price.GetUnit()), total}
}

// money is an amount in a currency.
func money(value, currency string, rounded bool) string {
	about := ""
	if rounded {
		about = "about "
	}
	return about + wording.Amount(&pb.Quantity{Value: value, Unit: currency})
}

// worth says what is on hand is worth, or why that is not known.
func worth(v *pb.DossierValue) []string {
	sum := func(values []*pb.ExpiryValue) string {
		var texts []string
		for _, v := range values {
			texts = append(texts, money(v.GetAmount(), v.GetCurrency(), v.GetRounded()))
		}
		return strings.Join(texts, " and ")
	}
	switch {
	case v == nil:
		return nil
	case v.GetUnknownReason() == pb.DossierValueUnknown_DOSSIER_VALUE_UNKNOWN_NOT_BOUGHT:
		return []string{"What it cost is not known: what a lot cost that was made here is not in the records."}
	case len(v.GetValues()) == 0:
		return []string{"What it is worth is not known: not all of its receipts say what was paid, in a unit that the item has."}
	}
	return []string{
		"All that was received cost " + sum(v.GetReceived()) + ".",
		"So what is on hand, " + wording.Amount(v.GetOnHand()) + ", is worth " + sum(v.GetValues()) + ", by the average of what was paid.",
	}
}
