package dossier_test

import (
	"bytes"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/browsertest"
	"github.com/lottrail/lottrail/internal/dossier"
	"github.com/lottrail/lottrail/internal/paper"
	"github.com/lottrail/lottrail/internal/picture"
)

// nasty is what a page must show and not obey.
const nasty = `<script>document.title="run"</script>`

func at(day int) *timestamppb.Timestamp {
	return timestamppb.New(time.Date(2026, time.March, day, 13, 30, 0, 0, time.UTC))
}

func kg(value string) *pb.Quantity { return &pb.Quantity{Value: value, Unit: "KGM"} }

// sample has so many entries of each section, nasty names everywhere.
func sample(n int) (parts []*pb.GetDossierResponse, statement *pb.DossierStatement) {
	key := &pb.LotKey{Sku: "DOUGH", LotCode: nasty}
	paperwork := []*pb.Reference{{Kind: "invoice", Value: nasty}}
	back := &pb.Reversal{Reason: nasty, ReversedBy: nasty, ReversedAt: at(9)}
	parts = []*pb.GetDossierResponse{{
		Lot: &pb.DossierLot{
			Lot:      &pb.Lot{Sku: "FLOUR", LotCode: nasty, ItemName: nasty, SupplierCode: "MILL", SupplierLotCode: nasty, ProductionDate: "2026-03-01", ExpiryDate: "2026-09-16", ActiveHoldCount: 2, OnHand: kg("1234567.125"), CreatedAt: at(1)},
			Category: nasty, Received: kg("1234567.125"), PutOut: kg("0"), Consumed: kg("48"), Shipped: kg("12"), Scrapped: kg("1"), Adjusted: kg("-2"),
		},
		Parties: []*pb.Party{{Code: "MILL", Name: "Mill " + nasty}},
	}}
	statement = &pb.DossierStatement{Complete: true, Statement: "Complete: " + nasty, ReadAt: at(9), LogPosition: &pb.LogPosition{LogIndex: 12345, SealedAt: at(9)}}
	for section := range pb.DossierSection_name {
		if section != 0 {
			statement.Counts = append(statement.Counts, &pb.DossierCount{Section: pb.DossierSection(section), Count: int32(n)})
		}
	}
	for range n {
		part := &pb.GetDossierResponse{}
		parts = append(parts, part)
		part.Receipts = append(part.Receipts, &pb.DossierReceipt{
			ReceiptCode: "RC-1", PurchaseOrderCode: nasty, PurchaseOrderLineNumber: 1, OrderDate: "2026-03-01", DueDate: "2026-03-02", SupplierCode: "MILL", Quantity: kg("498"),
			LocationCode: "DOCK", TemperatureCelsius: "4.5", ReceivedAt: at(2), RecordedAt: at(2), Principal: "q.berg", AddedToExisting: true, References: paperwork, Reversal: back,
			Variance: &pb.QuantityVariance{Kind: pb.VarianceKind_VARIANCE_KIND_SHORT, Ordered: kg("500"), Received: kg("498"), Difference: kg("-2")},
		})
		parts = append(parts, &pb.GetDossierResponse{
			Runs: []*pb.DossierRun{{ProductionOrderCode: "MO-1", RunCode: nasty, Sku: "DOUGH", StartedAt: at(3), Consumed: kg("48"), Inputs: []*pb.RunLot{{Lot: key, Quantity: kg("48")}}, Outputs: []*pb.RunLot{{Lot: key, Quantity: kg("90")}}}},
		}, &pb.GetDossierResponse{
			Shipments: []*pb.DossierShipment{{ShipmentCode: "SP-1", LineNumber: 1, SalesOrderCode: nasty, SalesOrderLineNumber: 2, CustomerCode: "MILL", CarrierCode: "MILL", Quantity: kg("12"), ShippedAt: at(4), DeliveryDate: "2026-03-05", References: paperwork, Reversal: back}},
		}, &pb.GetDossierResponse{
			Stocks: []*pb.Stock{{LocationCode: nasty, OnHand: kg("1234567.125"), Held: kg("1234567.125"), Path: []string{"BAKERY", nasty}}},
		}, &pb.GetDossierResponse{
			Holds: []*pb.Hold{{Number: 1, Reason: nasty, Active: true, PlacedBy: nasty, PlacedAt: at(5), CaseNumber: "Q-1"}},
		}, &pb.GetDossierResponse{
			Recalls: []*pb.DossierRecall{{Recall: &pb.Recall{CaseNumber: nasty, Class: pb.RecallClass_RECALL_CLASS_2, State: pb.RecallState_RECALL_STATE_ACTIVE, Reason: nasty, OpenedAt: at(5), OpenedBy: nasty}, Direct: true, HoldNumber: 1}},
		}, &pb.GetDossierResponse{
			Stays: []*pb.DossierStay{{LocationCode: nasty, From: at(2), Until: at(3), Most: kg("498")}},
		}, &pb.GetDossierResponse{
			Rotations: []*pb.DossierRotation{{Kind: pb.MovementKind_MOVEMENT_KIND_CONSUMPTION, Document: nasty, LocationCode: "A-1", Quantity: kg("48"), OccurredAt: at(3), Rotation: &pb.Rotation{Reason: nasty, Earlier: []*pb.EarlierLot{{Lot: key, LastDay: "2026-03-04", LocationCode: "A-2", Quantity: kg("7")}}}}},
		}, &pb.GetDossierResponse{
			Adjustments: []*pb.Movement{{Kind: pb.MovementKind_MOVEMENT_KIND_ADJUSTMENT, Quantity: kg("2"), FromLocationCode: "A-1", ToLocationCode: "adjustment", OccurredAt: at(6), Principal: nasty, Reason: nasty, ReasonCode: pb.AdjustmentReason_ADJUSTMENT_REASON_COUNT}},
		}, &pb.GetDossierResponse{
			DateChanges: []*pb.DossierDateChange{{Number: 1, Before: &pb.LotDates{ExpiryDate: "2026-09-01"}, After: &pb.LotDates{ExpiryDate: "2026-09-16", BestBeforeDate: "2026-09-10"}, Reason: nasty, RetestReference: nasty, Principal: nasty, RecordedAt: at(7)}},
		}, &pb.GetDossierResponse{
			Value: &pb.DossierValue{
				OnHand: kg("1234567.125"), Received: []*pb.ExpiryValue{{Currency: "EUR", Amount: "308.76"}},
				Values: []*pb.ExpiryValue{{Currency: "EUR", Amount: "279"}, {Currency: "USD", Amount: "3.333333333", Rounded: true}},
			},
			Costs: []*pb.DossierCost{{ReceiptCode: nasty, PurchaseOrderLineNumber: 1, UnitCost: &pb.UnitCost{Amount: "0.62", Currency: "EUR", Unit: "KGM"}, Quantity: kg("498"), Amount: "308.76"}},
		})
	}
	slices.SortStableFunc(parts, func(a, b *pb.GetDossierResponse) int { return order(a) - order(b) })
	return parts, statement
}

// order is which section a part of the sample has.
func order(part *pb.GetDossierResponse) int {
	return slices.Index([]bool{part.Lot != nil, len(part.Stocks) > 0, len(part.Holds) > 0, len(part.Recalls) > 0, len(part.Shipments) > 0, len(part.Receipts) > 0, len(part.Runs) > 0,
		len(part.Stays) > 0, len(part.Rotations) > 0, len(part.Adjustments) > 0, len(part.DateChanges) > 0, len(part.Costs) > 0}, true)
}

func drawing() *picture.Graph {
	s := picture.NewSheet(picture.Given)
	s.Join(s.Add(picture.Node{Kind: picture.Supplier, Title: "Mill"}), s.Add(picture.Node{Kind: picture.Lot, Title: nasty, Seed: true, Held: true}), kg("498"))
	return s.Graph()
}

func page(parts []*pb.GetDossierResponse, statement *pb.DossierStatement) ([]byte, error) {
	var b bytes.Buffer
	p := dossier.New(&b)
	for _, part := range parts {
		if err := p.Take(part); err != nil {
			return b.Bytes(), err
		}
	}
	err := p.End(statement, drawing())
	return b.Bytes(), err
}

var tag = regexp.MustCompile(`(?s)<style>.*?</style>|<[^>]*>`)

func text(page []byte) string {
	return html.UnescapeString(strings.Join(strings.Fields(tag.ReplaceAllString(string(page), " ")), " "))
}

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
	got, err := page(sample(1))
	if err != nil || !paper.Whole(got) {
		t.Fatalf("%v, whole %v", err, paper.Whole(got))
	}
	says(t, text(got), "This page is not complete", nasty+", lot "+nasty, "HELD 1,234,567.125 kg on hand. 2 holds on it", "Where it is now Holds Recalls", "The way it went, drawn", "Bought from MILL, their lot "+nasty, "Use by 2026-09-16", "1,234,567.125 kg received",
		"-2 kg found less missed", "48 kg consumed", "1 kg scrapped",
		"1. Where it is now", nasty+" BAKERY › "+nasty+" 1,234,567.125 kg HELD", "2. Holds", "HELD "+nasty+" recall Q-1 all of it", "3. Recalls", "about this lot active class 2", "undecided",
		"4. Customers", nasty+", line 2", "to arrive 2026-03-05",
		"5. Where it came from", "Mill "+nasty+" MILL 498 kg "+nasty+", line 1 ordered 2026-03-01 due 2026-03-02 RC-1 invoice "+nasty+" TAKEN BACK 2026-03-09 13:30 UTC by "+nasty, "at DOCK 4.5 °C added to the lot short by 2 kg 498 kg of 500 kg",
		"6. Runs", "MO-1, run "+nasty, "makes DOUGH took 48 kg", "IN PROCESS 48 kg DOUGH", "90 kg DOUGH",
		"7. Every location", "2026-03-02 13:30 UTC 2026-03-03 13:30 UTC 498 kg", "8. Rotation", "OUT OF ROTATION "+nasty, "at A-2, 7 kg, last day 2026-03-04", "9. Found", "missed 2 kg A-1", "count "+nasty,
		"10. Changes", "use by 2026-09-01", "use by 2026-09-16 best before 2026-09-10", "after "+nasty, "11. What was paid", "0.62 EUR for 1 KGM 308.76 EUR", "All that was received cost 308.76 EUR. So what is on hand, 1,234,567.125 kg, is worth 279 EUR and about 3.333333333 USD,", "12. The way it went, drawn", "Is this all?", "Complete: "+nasty, "Log position 12,345")
	if bytes.Contains(got, []byte("<script")) || bytes.Contains(got, []byte("ZgotmplZ")) {
		t.Error("something from the records is not text")
	}
	if statement, whole := paper.Told(got); !whole || statement != "Complete: "+nasty {
		t.Errorf("statement %q", statement)
	}
}

// A page of a moment of the past says so before all else, and does not speak of now.
func TestPageOfThePast(t *testing.T) {
	t.Parallel()
	parts, statement := sample(1)
	parts[0].Lot.AsOf = at(3)
	for _, part := range parts {
		for _, s := range part.Stays {
			s.Until = nil
		}
	}
	got, err := page(parts, statement)
	if err != nil {
		t.Fatal(err)
	}
	says(t, text(got), nasty+", lot "+nasty, "Not as of now. As the goods stood at 2026-03-03 13:30:00.000000 UTC; what occurred later is not told.", "HELD", "1. Where it was", "STILL THERE")
	parts[0].Lot.AsOf, parts[0].Lot.KnownAt = nil, &pb.LogPosition{LogIndex: 20, SealedAt: at(4)}
	if got, err = page(parts, statement); err != nil {
		t.Fatal(err)
	}
	says(t, text(got), "Not as of now. As the records stood at log position 20, sealed 2026-03-04 13:30:00.000000 UTC; what was recorded later is not told. HELD")
	parts, statement = sample(0)
	parts[0].Lot.KnownAt = &pb.LogPosition{}
	if got, err = page(parts, statement); err != nil {
		t.Fatal(err)
	}
	says(t, text(got), "As the records stood when the log was empty", "1. Where it was", "Nothing of it was on hand")
	if strings.Contains(text(got), "Where it is now") {
		t.Error("the page speaks of now")
	}
}

// A case that is open and about what the lot was made of holds nothing yet: the page says so,
// and at its head, too.
func TestRecallsToCome(t *testing.T) {
	t.Parallel()
	parts, statement := sample(0)
	parts[0].Lot.Lot.ActiveHoldCount, parts[0].Lot.OpenRecallCount = 0, 1
	opened := func(number string, concern pb.DossierConcern) *pb.DossierRecall {
		return &pb.DossierRecall{Recall: &pb.Recall{CaseNumber: number, State: pb.RecallState_RECALL_STATE_OPEN, OpenedAt: at(5)}, Concern: concern, Way: []*pb.LotKey{{Sku: "FLOUR", LotCode: "F1"}, {Sku: "DOUGH", LotCode: "D1"}}}
	}
	parts[0].Recalls = []*pb.DossierRecall{opened("Q-1", pb.DossierConcern_DOSSIER_CONCERN_INGREDIENT), opened("Q-2", pb.DossierConcern_DOSSIER_CONCERN_PRODUCT), opened("Q-3", pb.DossierConcern_DOSSIER_CONCERN_HELD)}
	for _, c := range statement.Counts {
		if c.Section == pb.DossierSection_DOSSIER_SECTION_RECALLS {
			c.Count = 3
		}
	}
	got, err := page(parts, statement)
	if err != nil {
		t.Fatal(err)
	}
	says(t, text(got), "NOT HELD, BUT A RECALL IS OPEN 1,234,567.125 kg on hand. It is in 1 recall not closed yet.", "3. Recalls",
		"Q-1 about what it was made of: FLOUR F1 → DOUGH D1 open", "NOT HELD YET activating the case will hold it", "Q-2 about what was made of it: FLOUR F1 → DOUGH D1", "not held by it", "Q-3 held it, and is not connected with it any more")
}

// Silence is never completeness: a section in which there is nothing says so, and a page
// that lacks what its statement counts does not get its end.
func TestNothingIsSaid(t *testing.T) {
	t.Parallel()
	got, err := page(sample(0))
	if err != nil {
		t.Fatal(err)
	}
	says(t, text(got), "Nothing of it is on hand", "never held", "No recall is about it", "nothing of it was shipped", "no receipt brought any of it", "no run has put any of it out", "None.", "Nothing was judged",
		"Nothing of it.", "never changed", "No receipt says", "Is this all?")
	if strings.Contains(text(got), "Not as of now") {
		t.Error("what is of now says that it is not")
	}
	parts, statement := sample(1)
	for i := range parts[1:] {
		cut := slices.Delete(slices.Clone(parts), i+1, i+2)
		if got, err := page(cut, statement); err == nil || paper.Whole(got) {
			t.Errorf("without %v the page is whole", parts[i+1])
		}
	}
	slices.Reverse(parts[1:])
	if _, err := page(parts, statement); err == nil {
		t.Error("sections out of their order are written")
	}
	statement.Counts = append(statement.Counts, &pb.DossierCount{Section: 99})
	if got, err := page(sample(0)); err != nil || !paper.Whole(got) {
		t.Error(err)
	}
	parts, _ = sample(1)
	if _, err := page(parts, statement); err == nil {
		t.Error("a section that the page does not know is left out in silence")
	}
}

const overflow = `[...document.body.querySelectorAll("*")].filter(e => !matchMedia("screen").matches || !e.closest(".picture")).filter(e => {
	const box = e.getBoundingClientRect(), style = getComputedStyle(e)
	return e.checkVisibility() && box.width > 0 &&
		(box.right > document.documentElement.clientWidth + 0.5 || box.left < -0.5 || e.scrollWidth > e.clientWidth + 1 && style.display != "inline")
}).map(e => e.outerHTML.slice(0, 120))`

// On a desktop, a phone and paper: nothing over the edge, nothing fetched, no script run,
// and on the phone each value has its name beside it.
func TestInTheBrowser(t *testing.T) {
	t.Parallel()
	b := browsertest.Start(t)
	got, err := page(sample(3))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "dossier.html")
	if err := os.WriteFile(file, got, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, screen := range map[string]browsertest.Screen{"desktop": {Width: 1280, Height: 900}, "phone": {Width: 390, Height: 844, Phone: true}} {
		p := b.Open(t, "file://"+file, screen)
		if requests, console := p.Requests(), p.Console(); len(requests) != 1 || len(console) > 0 {
			t.Errorf("%s: requests %q, console %q", name, requests, console)
		}
		if title := browsertest.Eval[string](t, p, `document.title`); title != "Lot "+nasty+" of FLOUR: the dossier" {
			t.Errorf("%s: the title is %q: did a script run?", name, title)
		}
		if n := browsertest.Eval[int](t, p, `document.scripts.length + document.images.length + [...document.querySelectorAll("#cut")].filter(e => e.checkVisibility()).length`); n != 0 {
			t.Errorf("%s: %d scripts, images, or words that it is cut", name, n)
		}
		if found := browsertest.Eval[[]string](t, p, overflow); len(found) > 0 {
			t.Errorf("%s: wider than the window: %q", name, found)
		}
		if n := browsertest.Eval[int](t, p, `document.querySelectorAll("tbody tr").length`); n != 3*11 {
			t.Errorf("%s: %d rows", name, n)
		}
		if screen.Phone {
			if unnamed := browsertest.Eval[[]string](t, p, `[...document.querySelectorAll("td")].filter(e => e.checkVisibility() && ["none", '""'].includes(getComputedStyle(e, "::before").content)).map(e => e.outerHTML)`); len(unnamed) > 0 {
				t.Errorf("values without a name: %q", unnamed)
			}
			continue
		}
		for _, width := range []int64{695, 717} { // A4 and Letter less the margins
			p.AsPaper(t, width)
			if found := browsertest.Eval[[]string](t, p, overflow); len(found) > 0 {
				t.Errorf("wider than the paper: %q", found)
			}
		}
		if pdf := p.PDF(t, browsertest.A4); len(pdf) < 10_000 {
			t.Errorf("printed are %d bytes", len(pdf))
		}
	}
}
