package packet_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/packet"
	"github.com/lottrail/lottrail/internal/paper"
)

var tag = regexp.MustCompile(`(?s)<style>.*?</style>|<[^>]*>`)

// text is what a page says, without its looks.
func text(page []byte) string {
	words := strings.Fields(tag.ReplaceAllString(string(page), " "))
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&#34;", `"`, "&#39;", "'", "&#43;", "+", "&amp;", "&").Replace(strings.Join(words, " "))
}

// says checks that the parts stand in a text in this order.
func says(t *testing.T, text string, parts ...string) {
	t.Helper()
	rest := text
	for _, part := range parts {
		_, after, found := strings.Cut(rest, part)
		if !found {
			t.Errorf("%q is not said, or not there; what is left is %.300q", part, rest)
			continue
		}
		rest = after
	}
}

func TestPage(t *testing.T) {
	t.Parallel()
	page := bakery().page(t)
	says(t, text(page),
		"Recall Q-2026-014", "ACTIVE: WHAT IS AFFECTED IS HELD", "Splinters of glass in the mill's lot M88/17.", "Class II: ",
		"wheat flour , lot FL-2026-0325 (FLOUR-T550), the supplier’s lot M88/17", "2026-03-25 16:40 UTC by q.berg", "Complete: 4 lots",
		"2 customers to notify", "3 shipment lines gone", "3 of 4 lots still on hand", "2 locations to check", "1 of 2 runs in process",
		"Notify 2 customers", "Lock what is left of 3 lots at 2 locations", "See to 1 run in process", "Decide on 1 lot",
		"1. Customers to notify", "Corner Café CAFE · GLN 4006381333931", "Mia Vogt (recall) · +49 30 23125 220 · mia@cafe.example", "Otto Maier (orders)", "Main Street 1 10115 Berlin",
		"Got 3,600 pcs "+nasty, "CD-0325-A DANISH-CHS 120 pcs SP-9003, 1 SO-9003, 1 2026-03-25 13:00 UTC 2026-03-26", "SP-9004, 2 without order",
		"Hotel "+nasty, "No contact on record.", "Got 120 pcs",
		"2. Stock to lock", "A-01 · New flour · The bakery", "wheat flour FL-2026-0325 FLOUR-T550 450 kg HELD 2026-09-16", nasty+" · Packing", "2,040 pcs HELD, KEPT", "12.5 kg RELEASED",
		"3. Affected lots", "FLOUR-T550 · recalled, ingredient; bought · the supplier’s lot M88/17 · made 2026-03-20 · use by 2026-09-16 HELD hold 2 498 kg 450 kg 0 kg 48 kg 0 kg",
		"DANISH-CHS · finished; made by MO-4105, run 1", "HELD, KEPT to be destroyed hold 1 5,760 pcs 2,040 pcs 0 pcs 0 pcs 3,720 pcs",
		"the service made this one for it",
		"4. Runs", "MO-4105 , run "+nasty, "IN PROCESS", "62 kg danish dough", "nothing yet", "MO-4103 , run 1 2026-03-25 06:10 UTC 2026-03-25 08:50 UTC 48 kg wheat flour",
		"5. Where it came from", "Oberland Mill MILL", "Jonas Roth (quality) · 030/23125-100 (till four)", "their lot M88/17 498 kg RC-7001 PO-7001, 1 2026-03-25 01:30 UTC invoice INV-20533 delivery_note "+nasty,
		"6. The way it went, drawn", "FL-2026-0325", "450 kg on hand", "■ held", nasty,
		"7. What was done in this case", "2026-03-25 16:40 UTC activated q.berg 4 lots: DANISH-CHS CD-0325-A", "to stay held",
		"Is this all?", "Complete: 4 lots", "Read at 2026-03-25 17:02:00.000000 UTC", "Log position 12,345, sealed 2026-03-25 17:01:00.000000 UTC; 2 operations recorded and not in the log yet were seen too",
	)
	for _, link := range []string{`href="tel:&#43;493023125220"`, `href="mailto:mia@cafe.example"`} {
		if !bytes.Contains(page, []byte(link)) {
			t.Errorf("no %s", link)
		}
	}
	if bytes.Contains(page, []byte("tel:030")) {
		t.Error("what is more than a number is dialled")
	}
	if bytes.Contains(page, []byte("<script")) || bytes.Contains(page, []byte("ZgotmplZ")) {
		t.Error("something from the records is not text")
	}
}

func TestPreview(t *testing.T) {
	t.Parallel()
	s := bakery().asPreview()
	said := text(s.page(t))
	says(t, said, "PREVIEW: NOTHING IS HELD YET", "never : nothing was held by this case", "Nothing is held until then.",
		"If it is activated: 4 lots will be held, and 2 customers are to notify", "Nothing is held yet: what lies here can still be consumed", "450 kg NOT HELD", "Q-2026-014, PREVIEW, nothing is held yet")
	if strings.Contains(said, " HELD hold") {
		t.Error("a hold in a preview")
	}
	s.head.Recall.State, s.head.Recall.ClosedAt, s.head.Recall.ClosedBy, s.head.Recall.CloseReason = pb.RecallState_RECALL_STATE_CLOSED, at(26, 8, 0), "q.berg", "it was a drill"
	says(t, text(s.page(t)), "CLOSED WITHOUT HAVING HELD ANYTHING", "2026-03-26 08:00 UTC by q.berg: it was a drill", "Nothing: the case is closed.")
	s.head.Recall.ActivatedAt, s.head.Recall.ActivatedBy = at(25, 16, 40), "q.berg"
	says(t, text(s.page(t)), "CLOSED The case is over.")
}

// Silence is never completeness.
func TestNothingIsSaid(t *testing.T) {
	t.Parallel()
	s := bakery()
	s.customers, s.places, s.runs, s.suppliers, s.events = nil, nil, nil, nil, nil
	scope := s.head.Statement.Scope
	scope.CustomerCount, scope.ShipmentCount, scope.RunCount, scope.OpenRunCount, scope.LotOnHandCount, scope.LotUndecidedCount = 0, 0, 0, 0, 0, 0
	var b bytes.Buffer
	p, err := packet.Begin(&b, s.head)
	if err == nil {
		err = p.Lots(s.lots)
	}
	if err == nil {
		err = p.End()
	}
	if err != nil {
		t.Fatal(err)
	}
	says(t, text(b.Bytes()), "Everything is decided on, and there is nobody to notify", "Nobody: nothing of any affected lot had gone", "Nothing is left of any affected lot.",
		"None: no run has consumed", "No affected lot was bought", "Is this all?")
}

// What is too much to be drawn is folded, and the page says so.
func TestFoldedPicture(t *testing.T) {
	t.Parallel()
	s := bakery()
	s.picture = drawing(300)
	says(t, text(s.page(t)), "6. The way it went, drawn", "Folded: 1,203 lots, runs, suppliers and customers are too many", "300 lots", "300 held", "300 shipped", "7. What was done")
	if strings.Contains(text(bakery().page(t)), "Folded") {
		t.Error("what can be read is folded")
	}
}

// A page tells that it is cut until its last byte, and gets those only if it holds
// what it says.
func TestCutPages(t *testing.T) {
	t.Parallel()
	page := bakery().page(t)
	if !paper.Whole(page) || !strings.Contains(text(page), "This page is not complete") {
		t.Error("a whole page is not taken for one")
	}
	for i := range page {
		if paper.Whole(page[:i]) {
			t.Fatalf("%d of %d bytes are taken for the whole page", i, len(page))
		}
	}
	for name, change := range map[string]func(*sample){
		"a lot":       func(s *sample) { s.lots = s.lots[1:] },
		"a customer":  func(s *sample) { s.customers = s.customers[1:] },
		"a line":      func(s *sample) { s.customers[0].Shipments = s.customers[0].Shipments[1:] },
		"a run":       func(s *sample) { s.runs = s.runs[1:] },
		"all of them": func(s *sample) { s.lots, s.customers, s.runs = nil, nil, nil },
	} {
		s := bakery()
		change(s)
		var b bytes.Buffer
		if err := s.write(&b); err == nil || paper.Whole(b.Bytes()) {
			t.Errorf("without %s: error %v, whole %v", name, err, paper.Whole(b.Bytes()))
		}
	}
}

func TestTold(t *testing.T) {
	t.Parallel()
	s := bakery()
	s.head.Statement.Statement = "Complete: <all> & nothing else."
	page := s.page(t)
	for _, from := range []int{0, len(page) - paper.Tail} {
		if told, whole := paper.Told(page[max(0, from):]); told != s.head.Statement.Statement || !whole {
			t.Errorf("from byte %d: %q, %v", from, told, whole)
		}
	}
	if told, whole := paper.Told(page[:len(page)-1]); told != "" || whole {
		t.Errorf("a cut page says %q, %v", told, whole)
	}
}

// Sections are in one order.
func TestOrder(t *testing.T) {
	t.Parallel()
	s := bakery()
	p, err := packet.Begin(&bytes.Buffer{}, s.head)
	if err == nil {
		err = p.Runs(s.runs)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Lots(s.lots); err == nil || !strings.Contains(err.Error(), "lots after runs") {
		t.Errorf("lots after runs: %v", err)
	}
}

// Whatever a case is called, the page's own style stays as it is.
func TestCaseNumbers(t *testing.T) {
	t.Parallel()
	for _, number := range []string{"a:b", `"};*{display:none}`, `</style><script>`, `\`, "url(x)", "*/", "{{.}}", "<!--"} {
		s := bakery()
		s.head.Recall.CaseNumber = number
		page := s.page(t)
		style, _, _ := bytes.Cut(page, []byte("</style>"))
		_, style, _ = bytes.Cut(style, []byte("<style>"))
		if bytes.Contains(page, []byte("ZgotmplZ")) || bytes.Count(page, []byte("</style>")) != 2 || bytes.Contains(style, []byte("*{display:none}")) {
			t.Errorf("case %q breaks the page", number)
		}
		says(t, text(page), "Recall "+number+": the packet", "Recall "+number)
	}
}
