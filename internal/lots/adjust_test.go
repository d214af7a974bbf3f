package lots_test

import (
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// reason is ADJUSTMENT_REASON_ and that.
func reason(name string) pb.AdjustmentReason {
	code, ok := pb.AdjustmentReason_value["ADJUSTMENT_REASON_"+name]
	if !ok {
		panic("no reason " + name)
	}
	return pb.AdjustmentReason(code)
}

// adjusting adjusts lines "+sku/lot quantity unit at", with - for what was missed.
func adjusting(why string, lines ...string) *pb.AdjustLotsRequest {
	req := &pb.AdjustLotsRequest{RequestId: apitest.ID(), ReasonCode: reason(why), Justification: "counted twice"}
	for _, text := range lines {
		direction := pb.AdjustmentDirection_ADJUSTMENT_DIRECTION_FOUND
		if text[0] == '-' {
			direction = pb.AdjustmentDirection_ADJUSTMENT_DIRECTION_MISSED
		}
		fields := strings.Fields(text[1:])
		sku, lot, _ := strings.Cut(fields[0], "/")
		req.Lines = append(req.Lines, &pb.AdjustmentLine{
			Sku: sku, LotCode: lot, Quantity: amount(fields[1], fields[2]), LocationCode: fields[3], Direction: direction,
		})
	}
	return req
}

func (s *store) adjust(req *pb.AdjustLotsRequest) ([]string, error) {
	resp, err := s.Lots.AdjustLots(s.t.Context(), req)
	return movements(resp.GetMovements()), err
}

func (s *store) mustAdjust(why string, lines ...string) []string {
	s.t.Helper()
	got, err := s.adjust(adjusting(why, lines...))
	return must(s.t, got, err)
}

// scrapping scraps lines "sku/lot quantity unit at".
func scrapping(why string, lines ...string) *pb.ScrapLotsRequest {
	req := &pb.ScrapLotsRequest{RequestId: apitest.ID(), ReasonCode: reason(why), Justification: "smells"}
	for _, text := range lines {
		fields := strings.Fields(text)
		sku, lot, _ := strings.Cut(fields[0], "/")
		req.Lines = append(req.Lines, &pb.ScrapLine{Sku: sku, LotCode: lot, Quantity: amount(fields[1], fields[2]), LocationCode: fields[3]})
	}
	return req
}

func (s *store) scrap(req *pb.ScrapLotsRequest) ([]string, error) {
	resp, err := s.Lots.ScrapLots(s.t.Context(), req)
	return movements(resp.GetMovements()), err
}

func TestAdjustLots(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.ReceiveLot(t, apitest.Flour, "L/1", "4", "BAG", apitest.Shelf)
	s.ReceiveLot(t, apitest.Flour, "L/2", "10", "KGM", apitest.Shelf)
	req := adjusting("MISCOUNT", "+FLOUR/L/1 1 BAG SHELF-1", "-FLOUR/L/2 2.5 KGM SHELF-1", "+FLOUR/L/2 1 KGM "+bin1)
	req.ApprovedBy = "Kim"
	got, err := s.adjust(req)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "movements", got, []string{
		"ADJUSTMENT FLOUR/L/1 25 KGM (1 BAG) adjustment>SHELF-1 because counted twice",
		"ADJUSTMENT FLOUR/L/2 2.5 KGM (2.5 KGM) SHELF-1>adjustment because counted twice",
		"ADJUSTMENT FLOUR/L/2 1 KGM (1 KGM) adjustment>" + bin1 + " because counted twice",
	})
	if one, two := s.stock(apitest.Flour, "L/1"), s.stock(apitest.Flour, "L/2"); one != "125@SHELF-1" || two != "7.5@SHELF-1 1@"+bin1 {
		t.Errorf("L/1 %s, L/2 %s", one, two)
	}
	// Why, and who approved, stand wherever the movement is told of.
	wantReason(t, "list", lastMovement(s, apitest.Flour, "L/1"), "MISCOUNT", "Kim")
	timeline, err := s.Lots.GetLotTimeline(t.Context(), &pb.GetLotTimelineRequest{Sku: apitest.Flour, LotCode: "L/1", NewestFirst: true})
	wantReason(t, "timeline", must(t, timeline, err).Entries[0].GetMovement(), "MISCOUNT", "Kim")
	op := lastOperation(s)
	wantReason(t, "log", op.Movements[0], "MISCOUNT", "Kim")
	if op.ReasonCode != reason("MISCOUNT") || op.ApprovedBy != "Kim" || op.Reason != "counted twice" || op.Kind != pb.OperationKind_OPERATION_KIND_ADJUSTMENT {
		t.Errorf("operation %v", op)
	}

	// Taken back, it has the reason of what it takes back, and nobody approved of that.
	back, err := s.Lots.ReverseOperation(t.Context(), &pb.ReverseOperationRequest{
		RequestId: apitest.ID(), Operation: &pb.ReverseOperationRequest_LogIndex{LogIndex: s.Sealed(t)}, Reason: "third count",
	})
	wantReason(t, "answer", must(t, back, err).Movements[0], "MISCOUNT", "")
	wantReason(t, "list", lastMovement(s, apitest.Flour, "L/1"), "MISCOUNT", "")
	wantReason(t, "log", lastOperation(s).Movements[0], "MISCOUNT", "")
	if one, two := s.stock(apitest.Flour, "L/1"), s.stock(apitest.Flour, "L/2"); one != "100@SHELF-1" || two != "10@SHELF-1" {
		t.Errorf("taken back: L/1 %s, L/2 %s", one, two)
	}
}

func wantReason(t testing.TB, where string, m *pb.Movement, why, approvedBy string) {
	t.Helper()
	if m.GetReasonCode() != reason(why) || m.GetApprovedBy() != approvedBy {
		t.Errorf("in the %s: %v by %q, want %s by %q", where, m.GetReasonCode(), m.GetApprovedBy(), why, approvedBy)
	}
}

func lastMovement(s *store, sku, lot string) *pb.Movement {
	s.t.Helper()
	resp, err := s.Lots.ListLotMovements(s.t.Context(), &pb.ListLotMovementsRequest{Sku: sku, LotCode: lot})
	list := must(s.t, resp, err).Movements
	return list[len(list)-1]
}

func lastOperation(s *store) *pb.Operation {
	s.t.Helper()
	s.Sealed(s.t)
	resp, err := s.Log.ListLog(s.t.Context(), &pb.ListLogRequest{PageSize: 1000})
	entries := must(s.t, resp, err).Entries
	return entries[len(entries)-1].Operation
}

// Held and expired lots are scrapped and adjusted: a hold keeps stock from being used.
func TestScrapHeldLots(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.receive(oil, "OLD", "LTR", apitest.Shelf, "2020-01-01", "2021-01-01")
	s.hold(oil, "OLD", "rancid")
	got, err := s.scrap(scrapping("EXPIRED", "OIL/OLD 4 LTR SHELF-1"))
	same(t, "movements", must(t, got, err), []string{"SCRAP OIL/OLD 4 LTR (4 LTR) SHELF-1>scrap because smells"})
	wantReason(t, "list", lastMovement(s, oil, "OLD"), "EXPIRED", "")
	s.mustAdjust("LOST", "-OIL/OLD 1 LTR SHELF-1")
	s.mustAdjust("FOUND", "+OIL/OLD 2 LTR SHELF-1")
	if got := s.stock(oil, "OLD"); got != "7@SHELF-1" {
		t.Errorf("stock %s", got)
	}
	_, err = s.scrap(scrapping("EXPIRED", "OIL/OLD 7.5 LTR SHELF-1"))
	apitest.WantRefusal(t, err, codes.InvalidArgument, "QUANTITY_TOO_PRECISE", "lines[0].quantity.value")
	_, err = s.scrap(scrapping("EXPIRED", "OIL/OLD 8 LTR SHELF-1"))
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "INSUFFICIENT_STOCK", "lines[0]")
}

// Of untracked items, what is missed is of the oldest, and so is what is found.
func TestAdjustUntracked(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.ReceiveLot(t, apitest.Salt, "", "10", "GRM", apitest.Shelf)
	s.ReceiveLot(t, apitest.Salt, "", "10", "GRM", apitest.Shelf)
	lots := s.inferred(apitest.Salt)
	same(t, "missed", s.mustAdjust("LOST", "-SALT/ 12 GRM SHELF-1"), []string{
		"ADJUSTMENT SALT/" + lots[0] + " 10 GRM (10 GRM) SHELF-1>adjustment because counted twice",
		"ADJUSTMENT SALT/" + lots[1] + " 2 GRM (2 GRM) SHELF-1>adjustment because counted twice",
	})
	s.ReceiveLot(t, apitest.Salt, "", "10", "GRM", apitest.Shelf)
	same(t, "found", s.mustAdjust("FOUND", "+SALT/ 5 GRM SHELF-1"), []string{
		"ADJUSTMENT SALT/" + lots[1] + " 5 GRM (5 GRM) adjustment>SHELF-1 because counted twice",
	})
	got, err := s.scrap(scrapping("DAMAGE", "SALT/ 13 GRM SHELF-1"))
	same(t, "scrapped", must(t, got, err), []string{"SCRAP SALT/" + lots[1] + " 13 GRM (13 GRM) SHELF-1>scrap because smells"})
	_, err = s.adjust(adjusting("FOUND", "+SALT/ 5 GRM "+bin1))
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "FOUND_WITHOUT_LOT", "lines[0]")
	_, err = s.adjust(adjusting("LOST", "-SALT/ 11 GRM SHELF-1"))
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "INSUFFICIENT_STOCK", "lines[0]")
}

// inferred are the codes of an untracked item's lots, the oldest first.
func (s *store) inferred(sku string) []string {
	s.t.Helper()
	resp, err := s.Lots.ListLots(s.t.Context(), &pb.ListLotsRequest{Sku: sku})
	lots := must(s.t, resp, err).Lots
	slices.SortFunc(lots, func(a, b *pb.Lot) int { return a.CreatedAt.AsTime().Compare(b.CreatedAt.AsTime()) })
	var texts []string
	for _, l := range lots {
		texts = append(texts, l.LotCode)
	}
	return texts
}

func TestAdjustmentApproval(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	push := func(limit string) {
		s.PushItem(t, &pb.Item{Sku: oil, Name: "Oil", BaseUnit: "LTR", Tracking: pb.Tracking_TRACKING_LOT, ExpiryTracked: true, AdjustmentApprovalQuantity: limit})
		item, err := s.Catalog.GetItem(t.Context(), &pb.GetItemRequest{Sku: oil})
		if got := must(t, item, err).Item.AdjustmentApprovalQuantity; got != strings.TrimSuffix(limit, ".0") {
			t.Fatalf("approval quantity %q, want %q", got, limit)
		}
	}
	push("5.0")
	s.receive(oil, "A", "LTR", apitest.Shelf, "2024-01-01", "2099-01-01")
	s.receive(oil, "B", "LTR", apitest.Shelf, "2024-01-01", "2099-01-01")
	s.ReceiveLot(t, apitest.Flour, "F", "100", "KGM", apitest.Shelf)
	// Neither several lines nor one that makes up for another take less approval.
	for _, lines := range [][]string{
		{"-OIL/A 6 LTR SHELF-1"}, {"-OIL/A 3 LTR SHELF-1", "-OIL/B 3 LTR SHELF-1"}, {"-OIL/A 3 LTR SHELF-1", "+OIL/B 3 LTR SHELF-1"},
	} {
		for _, by := range []string{"", "default"} {
			req := adjusting("MISCOUNT", lines...)
			req.ApprovedBy = by
			_, err := s.adjust(req)
			apitest.WantRefusal(t, err, codes.FailedPrecondition, "APPROVAL_REQUIRED", "approved_by")
		}
	}
	scrap := scrapping("DAMAGE", "OIL/A 6 LTR SHELF-1")
	_, err := s.scrap(scrap)
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "APPROVAL_REQUIRED", "approved_by")
	s.mustAdjust("MISCOUNT", "-OIL/A 5 LTR SHELF-1", "-FLOUR/F 50 KGM SHELF-1")
	req := adjusting("MISCOUNT", "-OIL/A 1 LTR SHELF-1")
	req.ApprovedBy = "default"
	_, err = s.adjust(req)
	apitest.WantRefusal(t, err, codes.InvalidArgument, "APPROVED_BY_CALLER", "approved_by")
	push("0")
	_, err = s.adjust(adjusting("MISCOUNT", "-OIL/A 1 LTR SHELF-1"))
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "APPROVAL_REQUIRED", "approved_by")
	push("")
	s.mustAdjust("MISCOUNT", "-OIL/B 10 LTR SHELF-1")
}

func TestAdjustRefusals(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.PushItem(t, &pb.Item{Sku: "DRILL", Name: "Drill", BaseUnit: "H87", Tracking: pb.Tracking_TRACKING_SERIAL})
	s.ReceiveLot(t, "DRILL", "D/1", "1", "H87", apitest.Shelf)
	s.ReceiveLot(t, apitest.Flour, "L/1", "10", "KGM", apitest.Shelf)
	for _, c := range []struct {
		req    *pb.AdjustLotsRequest
		code   codes.Code
		reason string
		field  string
	}{
		{adjusting("THEFT", "-FLOUR/L/1 1 KGM SHELF-1", "+FLOUR/L/1 1 KGM SHELF-1"), codes.InvalidArgument, "REASON_NOT_FOR_THIS", "reason_code"},
		{adjusting("FOUND", "-FLOUR/L/1 1 KGM SHELF-1"), codes.InvalidArgument, "REASON_NOT_FOR_THIS", "reason_code"},
		{adjusting("RECALL", "-FLOUR/L/1 1 KGM SHELF-1"), codes.InvalidArgument, "REASON_NOT_FOR_THIS", "reason_code"},
		{adjusting("FOUND", "+FLOUR/L/9 1 KGM SHELF-1"), codes.NotFound, "UNKNOWN_LOT", "lines[0].lot_code"},
		{adjusting("FOUND", "+FLOUR/L/1 1 KGM "+apitest.Site), codes.InvalidArgument, "LOCATION_NOT_FOR_STOCK", "lines[0].location_code"},
		{adjusting("LOST", "-FLOUR/L/1 11 KGM SHELF-1"), codes.FailedPrecondition, "INSUFFICIENT_STOCK", "lines[0]"},
		{adjusting("FOUND", "+FLOUR/L/1 1 KGM SHELF-1", "+DRILL/D/1 1 H87 "+bin1), codes.FailedPrecondition, "SERIAL_ON_HAND", "lines[1]"},
	} {
		_, err := s.adjust(c.req)
		apitest.WantRefusal(t, err, c.code, c.reason, c.field)
	}
	_, err := s.scrap(scrapping("LOST", "FLOUR/L/1 1 KGM SHELF-1"))
	apitest.WantRefusal(t, err, codes.InvalidArgument, "REASON_NOT_FOR_THIS", "reason_code")
	// A serial that is missed here and found there is one.
	s.mustAdjust("MISCOUNT", "-DRILL/D/1 1 H87 SHELF-1", "+DRILL/D/1 1 H87 "+bin1)
	if got := s.stock("DRILL", "D/1"); got != "1@"+bin1 {
		t.Errorf("the drill is %s", got)
	}
}
