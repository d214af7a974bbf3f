package lots_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
)

// tellEntry is an entry in words.
func tellEntry(e *pb.TimelineEntry) string {
	text := fmt.Sprintf("%s %s>%s", strings.TrimPrefix(e.Kind.String(), "OPERATION_KIND_"), e.OnHandBefore.Value, e.OnHandAfter.Value)
	if m := e.GetMovement(); m != nil {
		text += fmt.Sprintf(": %s %s/%s %s %s %s>%s", strings.TrimPrefix(m.Kind.String(), "MOVEMENT_KIND_"), m.Lot.Sku, m.Lot.LotCode, m.Quantity.Value, m.Quantity.Unit, m.FromLocationCode, m.ToLocationCode)
	}
	if h := e.GetHold(); h != nil {
		text += fmt.Sprintf(": hold %d of %s/%s %s (%s)", h.Number, h.Lot.Sku, h.Lot.LotCode, strings.TrimPrefix(h.Action.String(), "HOLD_ACTION_"), h.Reason)
	}
	if d := e.GetDateChange(); d != nil {
		text += fmt.Sprintf(": change %d of %s/%s from %s to %s by %s", d.Number, d.Lot.Sku, d.Lot.LotCode, d.Before.ExpiryDate, d.After.ExpiryDate, d.RetestReference)
	}
	if a := e.GetExpiryAlert(); a != nil {
		text += fmt.Sprintf(": %s/%s near %s", a.Lot.Sku, a.Lot.LotCode, a.LastDay)
	}
	for _, document := range []string{e.ReceiptCode, e.PurchaseOrderCode, e.ProductionOrderCode, e.RunCode, e.ShipmentCode, e.SalesOrderCode, e.PartyCode, e.CaseNumber} {
		if document != "" {
			text += " " + document
		}
	}
	if e.Reason != "" {
		text += " because " + e.Reason
	}
	if e.BackDated {
		text += ", late"
	}
	return text
}

func tellEntries(entries []*pb.TimelineEntry) []string {
	var texts []string
	for _, e := range entries {
		texts = append(texts, tellEntry(e))
	}
	return texts
}

// timeline is all pages of a timeline; without kinds all but the last are full.
func (s *store) timeline(req *pb.GetLotTimelineRequest, size int) []*pb.TimelineEntry {
	s.t.Helper()
	req.PageSize = int32(size)
	var all []*pb.TimelineEntry
	for {
		resp, err := s.Lots.GetLotTimeline(s.t.Context(), req)
		must(s.t, resp, err)
		all = append(all, resp.Entries...)
		if req.PageToken = resp.NextPageToken; req.PageToken == "" {
			return all
		}
		if len(resp.Entries) > size || len(resp.Entries) < size && len(req.Kinds) == 0 {
			s.t.Fatalf("a page of %d has %d entries", size, len(resp.Entries))
		}
	}
}

// tell tells one call after the other, and returns how far the log went after each.
func (s *store) step(calls ...func()) (ends []int64) {
	for _, call := range calls {
		call()
		ends = append(ends, s.Sealed(s.t))
	}
	return ends
}

func (s *store) recallStory(number string, lots ...*pb.LotKey) []func() {
	return []func(){
		func() {
			_, err := s.Recall.OpenRecall(s.t.Context(), &pb.OpenRecallRequest{RequestId: apitest.ID(), CaseNumber: number, Class: pb.RecallClass_RECALL_CLASS_1, Reason: "glass", Lots: lots})
			must(s.t, 0, err)
		},
		func() {
			_, err := s.Recall.ActivateRecall(s.t.Context(), &pb.ActivateRecallRequest{RequestId: apitest.ID(), CaseNumber: number})
			must(s.t, 0, err)
		},
	}
}

func (s *store) decide(number string, decision pb.RecallDecision, lots ...*pb.LotKey) {
	s.t.Helper()
	_, err := s.Recall.DecideRecallLots(s.t.Context(), &pb.DecideRecallLotsRequest{RequestId: apitest.ID(), CaseNumber: number, Decision: decision, Reason: "seen", Lots: lots})
	must(s.t, 0, err)
}

func (s *store) closeRecall(number string) {
	s.t.Helper()
	_, err := s.Recall.CloseRecall(s.t.Context(), &pb.CloseRecallRequest{RequestId: apitest.ID(), CaseNumber: number, Reason: "done"})
	must(s.t, 0, err)
}

// bought lives through everything that can happen to a lot; made is made of it. They
// return what their timelines have to say, and how far the log went after each entry.
func (s *store) lives() (bought, made []string, boughtEnds, madeEnds []int64) {
	lot, of := &pb.LotKey{Sku: oil, LotCode: "B/1"}, &pb.LotKey{Sku: apitest.Bread, LotCode: "M/1"}
	var receipt string
	first := s.step(
		func() { receipt = s.receive(oil, "B/1", "LTR", apitest.Shelf, "2024-02-20", "2099-12-31") },
		func() { s.mustMove("OIL/B/1 4 LTR SHELF-1 > " + bin1) },
		func() { s.hold(oil, "B/1", "smells") },
		func() { _, err := s.release(oil, "B/1", 1); must(s.t, 0, err) },
		func() { s.start(); must(s.t, 0, s.consume(oil, "B/1", "2", "LTR", apitest.Shelf)) },
		func() { must(s.t, 0, s.ship("SH-1", oil, "B/1", "3", "LTR", bin1)) },
		func() { s.output(apitest.Bread, "M/1", "2", "CASE", apitest.Line) },
	)
	recalled := s.step(append(s.recallStory("Q-1", lot),
		func() { s.output(apitest.Bread, "M/1", "1", "H87", apitest.Line) },
		func() { s.decide("Q-1", pb.RecallDecision_RECALL_DECISION_KEEP, lot) },
		func() { s.decide("Q-1", pb.RecallDecision_RECALL_DECISION_RELEASE, of) },
		func() {
			_, err := s.Production.FinishRun(s.t.Context(), &pb.FinishRunRequest{RequestId: apitest.ID(), ProductionOrderCode: "MO/1", RunCode: "R/1"})
			must(s.t, 0, err)
		},
		func() { s.closeRecall("Q-1") })...)
	bought = []string{
		"RECEIPT 0>10: RECEIPT OIL/B/1 10 LTR supplier>SHELF-1 " + receipt + " " + strings.TrimPrefix(receipt, "RC/") + " SUP-1, late",
		"TRANSFER 10>10: TRANSFER OIL/B/1 4 LTR SHELF-1>" + bin1,
		"HOLD 10>10: hold 1 of OIL/B/1 PLACED (smells) because smells",
		"RELEASE 10>10: hold 1 of OIL/B/1 RELEASED (smells) because checked",
		"CONSUMPTION 10>8: CONSUMPTION OIL/B/1 2 LTR SHELF-1>production MO/1 R/1",
		"SHIPMENT 8>5: SHIPMENT OIL/B/1 3 LTR " + bin1 + ">customer SH-1 CUS-1",
		"RECALL_OPEN 5>5 Q-1 because glass",
		"RECALL_ACTIVATION 5>5 Q-1",
		"RECALL_ACTIVATION 5>5: hold 2 of OIL/B/1 PLACED (recall Q-1 (class 1): glass) Q-1",
		"RECALL_KEEP 5>5: hold 2 of OIL/B/1 KEPT (recall Q-1 (class 1): glass) Q-1 because seen",
		"RECALL_CLOSE 5>5 Q-1 because done",
	}
	boughtEnds = []int64{first[0], first[1], first[2], first[3], first[4], first[5], recalled[0], recalled[1], recalled[1], recalled[3], recalled[6]}
	made = []string{
		"OUTPUT 0>24: OUTPUT BREAD/M/1 24 H87 production>LINE-1 MO/1 R/1",
		"RECALL_ACTIVATION 24>24 Q-1",
		"RECALL_ACTIVATION 24>24: hold 1 of BREAD/M/1 PLACED (recall Q-1 (class 1): glass) Q-1",
		"OUTPUT 24>25: OUTPUT BREAD/M/1 1 H87 production>LINE-1 MO/1 R/1",
		"RELEASE 25>25: hold 1 of BREAD/M/1 RELEASED (recall Q-1 (class 1): glass) Q-1 because seen",
		"RECALL_CLOSE 25>25 Q-1 because done",
	}
	madeEnds = []int64{first[6], recalled[1], recalled[1], recalled[2], recalled[4], recalled[6]}
	return bought, made, boughtEnds, madeEnds
}

func reversed(texts []string) []string {
	texts = slices.Clone(texts)
	slices.Reverse(texts)
	return texts
}

// Everything that happened to two lots, both ways, in pages of every size, and as it
// was known after each step.
func TestTimeline(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	bought, made, boughtEnds, madeEnds := s.lives()
	for _, of := range []struct {
		sku, lot string
		want     []string
		ends     []int64
	}{{oil, "B/1", bought, boughtEnds}, {apitest.Bread, "M/1", made, madeEnds}} {
		for size := 1; size <= len(of.want)+1; size++ {
			same(t, fmt.Sprint("in pages of ", size), tellEntries(s.timeline(&pb.GetLotTimelineRequest{Sku: of.sku, LotCode: of.lot}, size)), of.want)
			same(t, fmt.Sprint("backward in pages of ", size), tellEntries(s.timeline(&pb.GetLotTimelineRequest{Sku: of.sku, LotCode: of.lot, NewestFirst: true}, size)), reversed(of.want))
		}
		for _, end := range of.ends {
			known := 0
			for _, e := range of.ends {
				if e <= end {
					known++
				}
			}
			for size := range []int{1, 100} {
				req := func() *pb.GetLotTimelineRequest {
					return &pb.GetLotTimelineRequest{Sku: of.sku, LotCode: of.lot, KnownAt: index(end)}
				}
				same(t, fmt.Sprint("known at ", end), tellEntries(s.timeline(req(), size+1)), of.want[:known])
				back := req()
				back.NewestFirst = true
				same(t, fmt.Sprint("known at, backward ", end), tellEntries(s.timeline(back, size+1)), reversed(of.want[:known]))
			}
		}
	}
	dbtest.CheckLog(t, s.DB)
}

// Kinds leave entries out, and not what they did to the quantity.
func TestTimelineOfKinds(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	bought, _, _, _ := s.lives()
	kinds := func(list ...pb.OperationKind) []string {
		var want []string
		for _, text := range bought {
			name, _, _ := strings.Cut(text, " ")
			if slices.Contains(list, pb.OperationKind(pb.OperationKind_value["OPERATION_KIND_"+name])) {
				want = append(want, text)
			}
		}
		return want
	}
	for _, list := range [][]pb.OperationKind{
		{pb.OperationKind_OPERATION_KIND_RECEIPT},
		{pb.OperationKind_OPERATION_KIND_SHIPMENT, pb.OperationKind_OPERATION_KIND_HOLD},
		{pb.OperationKind_OPERATION_KIND_RECALL_ACTIVATION, pb.OperationKind_OPERATION_KIND_RECALL_CLOSE},
		{pb.OperationKind_OPERATION_KIND_RUN_START},
	} {
		for size := 1; size < 4; size++ {
			same(t, fmt.Sprint(list), tellEntries(s.timeline(&pb.GetLotTimelineRequest{Sku: oil, LotCode: "B/1", Kinds: list}, size)), kinds(list...))
			same(t, fmt.Sprint("backward ", list), tellEntries(s.timeline(&pb.GetLotTimelineRequest{Sku: oil, LotCode: "B/1", Kinds: list, NewestFirst: true}, size)), reversed(kinds(list...)))
		}
	}
}

// A window has what was recorded in it, its beginning included and its end not, and
// the quantities are those of the lot's whole life.
func TestTimelineWindow(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	bought, _, _, _ := s.lives()
	all := s.timeline(&pb.GetLotTimelineRequest{Sku: oil, LotCode: "B/1"}, 100)
	for from := range all {
		for before := from + 1; before < len(all); before++ {
			start, end := all[from].RecordedAt, all[before].RecordedAt
			var want []string
			for i, e := range all {
				if !e.RecordedAt.AsTime().Before(start.AsTime()) && e.RecordedAt.AsTime().Before(end.AsTime()) {
					want = append(want, bought[i])
				}
			}
			if len(want) == 0 {
				continue // two entries of one moment
			}
			req := func() *pb.GetLotTimelineRequest {
				return &pb.GetLotTimelineRequest{Sku: oil, LotCode: "B/1", RecordedFrom: start, RecordedBefore: end}
			}
			same(t, fmt.Sprint("from ", from, " before ", before), tellEntries(s.timeline(req(), 2)), want)
			back := req()
			back.NewestFirst = true
			same(t, fmt.Sprint("backward from ", from, " before ", before), tellEntries(s.timeline(back, 2)), reversed(want))
		}
	}
	// Far beyond what can have been recorded, in either direction.
	for _, req := range []*pb.GetLotTimelineRequest{
		{RecordedFrom: &timestamppb.Timestamp{Seconds: -62135596800}, RecordedBefore: &timestamppb.Timestamp{Seconds: 253402300799}},
		{RecordedFrom: &timestamppb.Timestamp{Seconds: -62135596800}, NewestFirst: true},
	} {
		req.Sku, req.LotCode = oil, "B/1"
		want := bought
		if req.NewestFirst {
			want = reversed(bought)
		}
		same(t, "from far before", tellEntries(s.timeline(req, 100)), want)
	}
}

func TestTimelineRefusals(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.ReceiveLot(t, apitest.Flour, "F/1", "10", "KGM", apitest.Dock)
	now := timestamppb.New(time.Now())
	_, err := s.Lots.GetLotTimeline(t.Context(), &pb.GetLotTimelineRequest{Sku: apitest.Flour, LotCode: "F/1", RecordedFrom: now, RecordedBefore: now})
	apitest.WantRefusal(t, err, codes.InvalidArgument, "EMPTY_WINDOW", "recorded_before")
	_, err = s.Lots.GetLotTimeline(t.Context(), &pb.GetLotTimelineRequest{Sku: apitest.Flour, LotCode: "F/2"})
	apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_LOT", "lot_code")
}

// Every kind of operation that can be recorded has a name for those who read.
func TestEveryOperationKindHasAName(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	var check string
	if err := s.DB.QueryRow(t.Context(), "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'operation_kind_check'").Scan(&check); err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(check, "'")
	if len(parts) < 20 {
		t.Fatalf("found no kinds in %s", check)
	}
	for i := 1; i < len(parts); i += 2 {
		if _, named := pb.OperationKind_value["OPERATION_KIND_"+strings.ToUpper(parts[i])]; !named {
			t.Errorf("kind %q of an operation has no name in OperationKind", parts[i])
		}
	}
}
