package lineage

import (
	"fmt"
	"strings"
	"time"
)

// state tells in one sentence what was found, and whether it is all.
func state(q Query, s *Summary) string {
	verdict := "Complete"
	if !s.Complete() {
		verdict = "Not complete, because " + strings.Join(omissions(q, s), " and ")
	}
	found := strings.Join(counts(q, s), ", ")
	if s.OutOfTime.any() && !s.InTimeOnly {
		found += "; of these out of time: " + strings.Join(outOfTime(s.OutOfTime), ", ")
	}
	return fmt.Sprintf("%s: %s; %s.", verdict, found, moment(q, s))
}

// outOfTime names each kind of which something is out of time.
func outOfTime(c OutOfTimeCounts) []string {
	var texts []string
	for _, kind := range []struct {
		n    int32
		noun string
	}{{c.Lots, "lot"}, {c.Runs, "run"}, {c.Receipts, "receipt line"}, {c.Shipments, "shipment line"}} {
		if kind.n > 0 {
			texts = append(texts, count(kind.n, kind.noun))
		}
	}
	return texts
}

// moment tells of which moment a statement is. Of a past one it says nothing that
// would be different the next time.
func moment(q Query, s *Summary) string {
	text := ""
	if q.AsOf != nil {
		text = "as the goods stood at " + q.AsOf.UTC().Format(time.RFC3339Nano) + ", "
	}
	if q.KnownAt == nil {
		return text + "read at " + s.ReadAt.UTC().Format(time.RFC3339Nano)
	}
	text += fmt.Sprintf("as known at log index %d", q.KnownAt.Index)
	if sealed := q.KnownAt.SealedAt; sealed != nil {
		text += ", sealed at " + sealed.UTC().Format(time.RFC3339Nano)
	}
	return text
}

func omissions(q Query, s *Summary) []string {
	var reasons []string
	if s.StoppedLots > 0 {
		verb := "go"
		if s.StoppedLots == 1 {
			verb = "goes"
		}
		reasons = append(reasons, fmt.Sprintf("%s %s further than the %s asked for",
			count(s.StoppedLots, "lot"), verb, count(q.MaxDepth, "run")))
	}
	other := "other items"
	if q.OfCategories {
		other = "other categories"
	}
	if n := s.HiddenLots; n > 0 {
		reasons = append(reasons, fmt.Sprintf("%s of %s %s left out", count(n, "lot"), other, wasWere(n)))
	}
	if n := s.ElsewhereLots; n > 0 {
		reasons = append(reasons, fmt.Sprintf("%s that never %s at the locations asked for %s left out", count(n, "lot"), wasWere(n), wasWere(n)))
	}
	if s.OutsideLots > 0 {
		reasons = append(reasons, fmt.Sprintf("something of %s moved outside of the window asked for", count(s.OutsideLots, "lot")))
	}
	if s.Untold {
		reasons = append(reasons, "all was counted and nothing sent")
	}
	if s.InTimeOnly && s.OutOfTime.any() {
		reasons = append(reasons, "what is out of time was left out ("+strings.Join(outOfTime(s.OutOfTime), ", ")+")")
	}
	return reasons
}

func wasWere(n int32) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

func counts(q Query, s *Summary) []string {
	lots, runs := count(s.Lots, "lot"), count(s.Runs, "run")
	if s.Siblings > 0 {
		lots += fmt.Sprintf(" (%s)", count(s.Siblings, "sibling"))
	}
	if s.InferredLots > 0 {
		lots += fmt.Sprintf(" (%d inferred)", s.InferredLots)
	}
	if s.OpenRuns > 0 {
		runs += fmt.Sprintf(" (%d in process)", s.OpenRuns)
	}
	texts := []string{lots, runs}
	if q.Direction != Forward {
		texts = append(texts, endpoints(s.Receipts, "receipt", "from", s.Suppliers, "supplier"))
	}
	if q.Direction != Backward {
		texts = append(texts, endpoints(s.Shipments, "shipment", "to", s.Customers, "customer"))
	}
	return texts
}

func endpoints(n int32, noun, preposition string, parties int32, party string) string {
	if n == 0 {
		return "no " + noun + "s"
	}
	// A shipment of two lots is two lines here: what is counted is lots on documents.
	return count(n, noun+" line") + " " + preposition + " " + count(parties, party)
}

func count(n int32, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// contact is how somebody at a party is reached, as master data has it.
type contact struct {
	Name  string `json:"name"`
	Role  string `json:"role"`
	Email string `json:"email"`
	Phone string `json:"phone"`
}

// recallContact picks whom to reach in a recall: the first contact for recalls,
// else the first; empty if there is none.
func recallContact(contacts []contact) string {
	if len(contacts) == 0 {
		return ""
	}
	chosen := contacts[0]
	for _, c := range contacts {
		if strings.EqualFold(strings.TrimSpace(c.Role), "recall") {
			chosen = c
			break
		}
	}
	var texts []string
	for _, text := range []string{chosen.Name, chosen.Phone, chosen.Email} {
		if text != "" {
			texts = append(texts, text)
		}
	}
	return strings.Join(texts, ", ")
}
