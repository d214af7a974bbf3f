package recall_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/paper"
)

// told is a packet in short, everything in the order in which it came.
func told(p *pb.GetRecallPacketResponse) []string {
	var texts []string
	for _, l := range p.GetLots() {
		texts = append(texts, fmt.Sprintf("lot %s/%s %s %s", l.Lot.Sku, l.Lot.LotCode, strings.TrimPrefix(l.State.String(), "RECALL_LOT_STATE_"), l.OnHand.Value))
	}
	moved := func(lots []*pb.RunLot) (text string) {
		for _, l := range lots {
			text += " " + l.Lot.Sku + "/" + l.Lot.LotCode + " " + l.Quantity.Value + " " + l.Quantity.Unit
		}
		return text
	}
	for _, r := range p.GetRuns() {
		texts = append(texts, fmt.Sprintf("run %s/%s finished %v:%s ->%s", r.ProductionOrderCode, r.RunCode, r.FinishedAt != nil, moved(r.Inputs), moved(r.Outputs)))
	}
	for _, r := range p.GetReceipts() {
		texts = append(texts, fmt.Sprintf("receipt %s %s/%d %s %s/%s (%s) %s %s", r.ReceiptCode, r.PurchaseOrderCode, r.PurchaseOrderLineNumber, r.SupplierCode,
			r.Lot.Sku, r.Lot.LotCode, r.SupplierLotCode, r.Quantity.Value, r.References[0].Kind))
	}
	for _, s := range p.GetShipments() {
		texts = append(texts, fmt.Sprintf("gone %s %s/%d %q/%d %s/%s %s", s.CustomerCode, s.ShipmentCode, s.LineNumber, s.SalesOrderCode, s.SalesOrderLineNumber, s.Lot.Sku, s.Lot.LotCode, s.Quantity.Value))
	}
	for _, p := range p.GetParties() {
		texts = append(texts, "party "+p.Code)
	}
	return texts
}

var (
	receiptsOfF1 = []string{"receipt RC-1-1 PO-1/7 MILL FLOUR/F1 (M88/17) 60 delivery_note", "receipt RC-1-2 PO-1/7 MILL FLOUR/F1 (M88/17) 40 delivery_note"}
	runsOfF1     = []string{
		"run MO-1/R1 finished true: FLOUR/F1 40 KGM -> DOUGH/D1 30 KGM", "run MO-1/R2 finished true: DOUGH/D1 20 KGM -> BREAD/B1 20 H87",
		"run MO-1/R3 finished false: DOUGH/D1 10 KGM -> BREAD/B2 8 H87", // F2 is not in scope
	}
	goneOfF1 = []string{
		`gone CAFE S-2/1 "SO-1"/3 BREAD/B1 4`, `gone HOTEL S-1/1 ""/0 BREAD/B2 3`, `gone HOTEL S-3/1 ""/0 BREAD/B2 5`, `gone HOTEL S-3/2 ""/0 BREAD/B1 1`,
	}
	partiesOfF1 = []string{"party MILL", "party CAFE", "party HOTEL"}
)

// A packet from the opening of a case to its end; it agrees with the lists at each
// step.
func TestPacket(t *testing.T) {
	t.Parallel()
	h := newPlant(t)
	h.open("C-1", "FLOUR/F1")
	want := func(lots ...string) []string {
		return slices.Concat(lots, runsOfF1, receiptsOfF1, goneOfF1, partiesOfF1)
	}
	preview := want("lot FLOUR/F1 PREVIEW 60", "lot BREAD/B1 PREVIEW 15", "lot BREAD/B2 PREVIEW 0", "lot DOUGH/D1 PREVIEW 0")
	check := func(what string, wanted []string, statement string) {
		t.Helper()
		p := whole(h.parts("C-1"))
		same(t, what, told(p), wanted)
		h.agrees(p)
		if !strings.HasPrefix(p.Statement.Statement, statement) || !p.Statement.Complete {
			t.Errorf("%s: %s", what, p.Statement.Statement)
		}
	}
	check("preview", preview, "Complete as a preview, for the case holds nothing: 4 lots, 2 of them on hand, 3 runs (1 in process), 4 shipment lines to 2 customers; read at ")

	h.must(h.tryActivate("C-1"))
	check("active", want("lot FLOUR/F1 HELD 60", "lot BREAD/B1 HELD 15", "lot BREAD/B2 HELD 0", "lot DOUGH/D1 HELD 0"),
		"Complete: 4 lots, 2 of them on hand (2 held by the case, 2 undecided), 3 runs (1 in process), 4 shipment lines to 2 customers; read at ")

	// What is shipped once it was released had not gone.
	h.decide("C-1", release, "BREAD/B1")
	h.decide("C-1", keep, "FLOUR/F1")
	_, stock, _ := strings.Cut(plain(h.page("C-1")), "2. Stock to lock")
	stock, _, _ = strings.Cut(stock, "3. Affected lots")
	for _, want := range []string{
		"DOCK-1 · Dock 1 · Plant Flour F1 FLOUR 20 kg HELD, KEPT 2099-12-31", "SHELF-1 · Shelf 1 · Plant Bread B1 BREAD 15 pcs RELEASED", "Flour F1 FLOUR 40 kg HELD, KEPT",
	} {
		if !strings.Contains(stock, want) {
			t.Errorf("stock to lock lacks %q: %s", want, stock)
		}
	}
	h.tell(`ship S-9: BREAD/B1 15 H87 @ SHELF-1
		finish R3`)
	runsOfF1 := slices.Clone(runsOfF1)
	runsOfF1[2] = strings.Replace(runsOfF1[2], "finished false", "finished true", 1)
	check("decided", slices.Concat([]string{"lot FLOUR/F1 KEPT 60", "lot BREAD/B1 RELEASED 0", "lot BREAD/B2 HELD 0", "lot DOUGH/D1 HELD 0"}, runsOfF1, receiptsOfF1, goneOfF1, partiesOfF1),
		"Complete: 4 lots, 1 of them on hand (1 held by the case, 0 undecided), 3 runs, 4 shipment lines to 2 customers; read at ")
	if err := h.tryClose("C-1"); err != nil {
		t.Fatal(err)
	}
	if page := plain(h.page("C-1")); !strings.Contains(page, "CLOSED The case is over.") || !paper.Whole([]byte(h.page("C-1"))) {
		t.Errorf("a closed case says %.400s", page)
	}
}

// agrees holds a packet against what the other calls say of its case, and what it
// says of customers and suppliers against the catalog.
func (h *house) agrees(p *pb.GetRecallPacketResponse) {
	h.t.Helper()
	ctx, number := h.t.Context(), p.GetRecall().GetCaseNumber()
	equal := func(what string, got, want proto.Message) {
		h.t.Helper()
		if !proto.Equal(got, want) {
			h.t.Errorf("%s:\n%v\nwant\n%v", what, got, want)
		}
	}
	got := h.get(number)
	equal("recall", p.Recall, got.Recall)
	equal("scope", p.Statement.Scope, got.Scope)
	lots, err := h.Recall.ListRecallLots(ctx, &pb.ListRecallLotsRequest{CaseNumber: number})
	h.must(lots, err)
	sorted := slices.SortedStableFunc(slices.Values(lots.Lots), func(a, b *pb.RecallLot) int {
		return map[bool]int{true: -1}[a.Direct] - map[bool]int{true: -1}[b.Direct]
	})
	equal("lots", &pb.ListRecallLotsResponse{Lots: p.Lots}, &pb.ListRecallLotsResponse{Lots: sorted})
	gone, err := h.Recall.ListRecallShipments(ctx, &pb.ListRecallShipmentsRequest{CaseNumber: number})
	h.must(gone, err)
	byCustomer := slices.SortedStableFunc(slices.Values(gone.Shipments), func(a, b *pb.RecallShipment) int { return cmp.Compare(a.CustomerCode, b.CustomerCode) })
	equal("shipments", &pb.ListRecallShipmentsResponse{Shipments: p.Shipments}, &pb.ListRecallShipmentsResponse{Shipments: byCustomer})
	for _, party := range p.Parties {
		pushed, err := h.Catalog.GetParty(ctx, &pb.GetPartyRequest{Code: party.Code})
		h.must(pushed, err)
		equal(party.Code, party, pushed.Party)
	}
	var operations int64
	h.must(nil, h.DB.QueryRow(ctx, "SELECT count(*) FROM operation").Scan(&operations))
	position := p.Statement.LogPosition
	if seen := position.LogIndex + int64(position.UnloggedCount); seen != operations {
		h.t.Errorf("log position %v of %d operations", position, operations)
	}
	if last := p.Statement.ReadAt.AsTime(); p.Recall.ActivatedAt != nil && last.Before(p.Recall.ActivatedAt.AsTime()) {
		h.t.Errorf("read at %v", last)
	}
}

var tag = regexp.MustCompile(`(?s)<style>.*?</style>|<[^>]*>`)

// plain is what a page says, without its looks.
func plain(page string) string {
	return html.UnescapeString(strings.Join(strings.Fields(tag.ReplaceAllString(page, " ")), " "))
}

// The page says what the parts do, and whatever comes from the records is text.
func TestPageAgrees(t *testing.T) {
	t.Parallel()
	h := newPlant(t)
	h.tell(`start ` + nasty + `
		` + nasty + `: FLOUR/F1 1 KGM @ SHELF-1
		` + nasty + ` -> DOUGH/` + strings.ReplaceAll(nasty, " ", "") + ` 1 KGM @ SHELF-1`)
	h.must(h.Recall.OpenRecall(t.Context(), &pb.OpenRecallRequest{
		RequestId: apitest.ID(), CaseNumber: "C/" + nasty, Class: pb.RecallClass_RECALL_CLASS_2, Reason: "Glass.\n" + nasty, Lots: keys("FLOUR/F1"),
	}))
	for _, activated := range []bool{false, true} {
		if activated {
			h.must(h.tryActivate("C/" + nasty))
		}
		p, page := whole(h.parts("C/"+nasty)), h.page("C/"+nasty)
		if strings.Contains(page, "<script") || strings.Contains(page, "ZgotmplZ") || !paper.Whole([]byte(page)) {
			t.Error("something in the page is not text, or it was cut")
		}
		said := plain(page)
		contains := func(format string, args ...any) {
			t.Helper()
			if text := strings.Join(strings.Fields(fmt.Sprintf(format, args...)), " "); !strings.Contains(said, text) {
				t.Errorf("activated %v: the page does not say %q", activated, text)
			}
		}
		contains("Recall C/%s", nasty)
		contains("Glass. %s", nasty)
		contains("%s", map[bool]string{true: "ACTIVE: WHAT IS AFFECTED IS HELD", false: "PREVIEW: NOTHING IS HELD YET"}[activated])
		word := map[bool]string{true: "HELD", false: "NOT HELD"}[activated]
		units := map[string]string{"KGM": "kg", "H87": "pcs"}
		amount := func(q *pb.Quantity) string { return q.Value + " " + units[q.Unit] }
		for _, l := range p.Lots {
			contains("%s %s %s ·", l.ItemName, l.Lot.LotCode, l.Lot.Sku)
			contains("%s %s %s %s %s", amount(l.Total), amount(l.OnHand), amount(l.InProcess), amount(l.Consumed), amount(l.Shipped))
			for _, s := range l.Stocks {
				contains("%s %s %s %s %s %s", l.ItemName, l.Lot.LotCode, l.Lot.Sku, amount(s.OnHand), word, l.ExpiryDate)
				contains("%s · ", s.LocationCode)
			}
		}
		contains("Shelf 1 · Plant")
		for _, r := range p.Runs {
			contains("%s , run %s", r.ProductionOrderCode, r.RunCode)
		}
		for _, r := range p.Receipts {
			contains("%s %s %s, %d", amount(r.Quantity), r.ReceiptCode, r.PurchaseOrderCode, r.PurchaseOrderLineNumber)
		}
		for _, s := range p.Shipments {
			contains("%s %s, %d", amount(s.Quantity), s.ShipmentCode, s.LineNumber)
			contains("%s %s", s.CustomerName, s.CustomerCode)
		}
		for _, party := range p.Parties {
			for _, c := range party.Contacts {
				contains("%s (%s)", c.Name, c.Role)
				contains("%s", c.Phone)
			}
		}
		contains("Got 9 pcs Bread") // of two lots in two shipments
		if strings.Index(said, "IN PROCESS") > strings.Index(said, "MO-1 , run R1") {
			t.Error("runs in process are not first")
		}
		statement := regexp.MustCompile(`; read at .*`).ReplaceAllString(p.Statement.Statement, "")
		if n := strings.Count(said, statement); n != 2 {
			t.Errorf("the statement is told %d times", n)
		}
	}
}

// moments differ from one reading to the next.
var moments = regexp.MustCompile(`\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?( UTC|Z)?`)

// The same over gRPC and over REST.
func TestPacketOverREST(t *testing.T) {
	t.Parallel()
	h := newPlant(t)
	h.activate("C/1", "FLOUR/F1")
	parts, page := h.parts("C/1"), h.page("C/1")
	for _, path := range []string{"/v1/recalls/C%2F1/packet", "/v1/recall/packet?case_number=C%2F1"} {
		status, lines := h.DoLines(t, http.MethodGet, path, nil)
		got := &pb.GetRecallPacketResponse{}
		for _, line := range lines {
			text, err := json.Marshal(line["result"])
			part := &pb.GetRecallPacketResponse{}
			if err == nil {
				err = protojson.Unmarshal(text, part)
			}
			h.must(nil, err)
			proto.Merge(got, part)
		}
		want := whole(parts)
		for _, p := range []*pb.GetRecallPacketResponse{got, want} {
			p.Statement.ReadAt, p.Statement.LogPosition, p.Statement.Statement = nil, nil, ""
		}
		if status != http.StatusOK || !proto.Equal(got, want) {
			t.Errorf("%s: HTTP %d\n%v\nwant\n%v", path, status, got, want)
		}
	}
	log := regexp.MustCompile(`log at .*|Log position.*`)
	same := func(page string) string { return log.ReplaceAllString(moments.ReplaceAllString(page, "…"), "…") }
	for _, path := range []string{"/v1/recalls/C%2F1/packet/page", "/v1/recall/packet/page?case_number=C%2F1"} {
		status, got := h.DoRaw(t, http.MethodGet, path, nil)
		if status != http.StatusOK || same(string(got)) != same(page) {
			t.Errorf("%s: HTTP %d, %d bytes, over gRPC %d", path, status, len(got), len(page))
		}
	}
}

func TestPacketRefusals(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "")
	parts, err := h.Recall.GetRecallPacket(t.Context(), &pb.GetRecallPacketRequest{CaseNumber: "C-9"})
	if err == nil {
		_, err = parts.Recv()
	}
	apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_RECALL", "case_number")
	page, err := h.Recall.RenderRecallPacket(t.Context(), &pb.RenderRecallPacketRequest{CaseNumber: "C-9"})
	if err == nil {
		_, err = page.Recv()
	}
	apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_RECALL", "case_number")
	for _, path := range []string{"/v1/recall/packet?case_number=C-9", "/v1/recalls/C-9/packet/page"} {
		if status, answer := h.Do(t, http.MethodGet, path, nil); status != http.StatusNotFound || answer["error"] == nil {
			t.Errorf("%s: HTTP %d, %v", path, status, answer)
		}
	}
}
