package lots_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
)

// inDays is the day that so many days from now is at the site.
func inDays(n int) string {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	return time.Now().In(berlin).AddDate(0, 0, n).Format(time.DateOnly)
}

func pickLine(sku, quantity, unit, location string, change ...func(*pb.PickLine)) *pb.PickLine {
	line := &pb.PickLine{Sku: sku, Quantity: amount(quantity, unit), LocationCode: location}
	for _, c := range change {
		c(line)
	}
	return line
}

// receiveFresh takes in 10 of an item now.
func (s *store) receiveFresh(sku, lot, unit, location, production, expiry string) {
	s.t.Helper()
	code := apitest.ID()
	order, err := s.Receiving.UpsertPurchaseOrder(s.t.Context(), &pb.UpsertPurchaseOrderRequest{RequestId: apitest.ID(), PurchaseOrder: &pb.PurchaseOrder{
		Code: code, SupplierCode: apitest.Supplier, Lines: []*pb.PurchaseOrderLine{{LineNumber: 1, Sku: sku, Quantity: amount("10", unit)}},
	}})
	must(s.t, order, err)
	receipt, err := s.Receiving.Receive(s.t.Context(), &pb.ReceiveRequest{RequestId: apitest.ID(), ReceiptCode: code, PurchaseOrderCode: code, Lines: []*pb.ReceiptLine{{
		PurchaseOrderLineNumber: 1, LotCode: lot, Quantity: amount("10", unit), LocationCode: location, ProductionDate: production, ExpiryDate: expiry,
	}}})
	must(s.t, receipt, err)
}

func (s *store) propose(lines ...*pb.PickLine) []string {
	s.t.Helper()
	resp, err := s.Lots.ProposePicks(s.t.Context(), &pb.ProposePicksRequest{Lines: lines})
	must(s.t, resp, err)
	if resp.LogPosition == nil || len(resp.Proposals) != len(lines) {
		s.t.Errorf("response %v", resp)
	}
	var texts []string
	for _, p := range resp.Proposals {
		texts = append(texts, proposed(p))
	}
	return texts
}

// proposed is a proposal in a line.
func proposed(p *pb.PickProposal) string {
	var parts []string
	for _, pick := range p.Picks {
		parts = append(parts, fmt.Sprintf("%s %s of %s@%s %s", pick.Quantity.Value, pick.Quantity.Unit, pick.Lot.LotCode, pick.LocationCode, pick.Reason))
	}
	if p.Missing.Value != "0" {
		parts = append(parts, "missing "+p.Missing.Value)
	}
	for _, over := range p.PassedOver {
		parts = append(parts, fmt.Sprintf("not %s of %s %s", over.OnHand.Value, over.Lot.LotCode, over.Reason))
	}
	if p.Truncated {
		parts = append(parts, "truncated")
	}
	return strings.Join(parts, ", ")
}

// What is reserved for orders is not proposed again.
func TestProposeWhatIsNotReserved(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.receiveFresh(oil, "SOON", "LTR", bin1, inDays(-10), inDays(10))
	s.receiveFresh(oil, "LATE", "LTR", bin1, inDays(-10), inDays(30))
	order := &pb.SalesOrder{Code: "SO", CustomerCode: apitest.Customer, Lines: []*pb.SalesOrderLine{{LineNumber: 1, Sku: oil, Quantity: amount("10", "LTR")}}}
	_, err := s.Dispatch.UpsertSalesOrder(t.Context(), &pb.UpsertSalesOrderRequest{RequestId: apitest.ID(), SalesOrder: order})
	must(t, 0, err)
	reserve := func(quantity string) {
		_, err := s.Dispatch.ReserveLots(t.Context(), &pb.ReserveLotsRequest{RequestId: apitest.ID(), Lines: []*pb.ReserveLine{{
			SalesOrderCode: "SO", SalesOrderLineNumber: 1, Sku: oil, LotCode: "SOON", LocationCode: bin1, Quantity: amount(quantity, "LTR"),
		}}})
		must(t, 0, err)
	}
	reserve("7")
	twice := s.propose(pickLine(oil, "2", "LTR", apitest.Site), pickLine(oil, "2", "LTR", apitest.Site))
	same(t, "proposed", twice, []string{"2 LTR of SOON@SHELF-1/ZONE/BIN-1 FIRST_EXPIRED", "1 LTR of SOON@SHELF-1/ZONE/BIN-1 FIRST_EXPIRED, 1 LTR of LATE@SHELF-1/ZONE/BIN-1 NEXT_EXPIRED"})
	reserve("3")
	same(t, "proposed", s.propose(pickLine(oil, "2", "LTR", apitest.Site)), []string{"2 LTR of LATE@SHELF-1/ZONE/BIN-1 FIRST_EXPIRED, not 10 of SOON LOT_RESERVED"})
	contents, err := s.Lots.ListLocationContents(t.Context(), &pb.ListLocationContentsRequest{LocationCode: bin1})
	must(t, contents, err)
	var told []string
	for _, c := range contents.Contents {
		told = append(told, fmt.Sprintf("%s: %s, %s reserved, %s available", c.Lot.LotCode, c.OnHand.Value, c.Reserved.Value, c.Available.Value))
	}
	same(t, "contents", told, []string{"LATE: 10, 0 reserved, 10 available", "SOON: 10, 10 reserved, 0 available"})
	known, err := s.Lots.ListLocationContents(t.Context(), &pb.ListLocationContentsRequest{
		LocationCode: bin1, KnownAt: &pb.KnownAt{Moment: &pb.KnownAt_LogIndex{LogIndex: s.Sealed(t) - 1}},
	})
	must(t, known, err)
	if c := known.Contents[1]; c.Reserved.Value != "7" || c.Available.Value != "3" {
		t.Errorf("known before the last: %v", c)
	}
}

func TestProposePicks(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.receiveFresh(oil, "LATE", "LTR", bin1, inDays(-10), inDays(30))
	s.receiveFresh(oil, "SOON", "LTR", bin2, inDays(-10), inDays(10))
	s.receiveFresh(oil, "TODAY", "LTR", apitest.Dock, inDays(-10), inDays(0))
	s.receiveFresh(oil, "PAST", "LTR", bin1, inDays(-10), inDays(-1))
	s.receiveFresh(oil, "HELD", "LTR", bin1, inDays(-10), inDays(5))
	s.hold(oil, "HELD", "rancid?")
	s.receiveFresh(oil, "GONE", "LTR", bin1, inDays(-10), inDays(7))
	if err := s.ship("SH-GONE", oil, "GONE", "10", "LTR", bin1); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		line *pb.PickLine
		want string
	}{
		"site": {pickLine(oil, "12", "LTR", apitest.Site), "10 LTR of TODAY@DOCK-1 FIRST_EXPIRED, 2 LTR of SOON@SHELF-1/ZONE/BIN-2 NEXT_EXPIRED, not 10 of PAST LOT_EXPIRED, not 10 of HELD LOT_HELD"},
		"zone": {pickLine(oil, "12", "LTR", zone), "10 LTR of SOON@SHELF-1/ZONE/BIN-2 FIRST_EXPIRED, 2 LTR of LATE@SHELF-1/ZONE/BIN-1 NEXT_EXPIRED, not 10 of PAST LOT_EXPIRED, not 10 of TODAY ELSEWHERE, not 10 of HELD LOT_HELD"},
		"bin":  {pickLine(oil, "12", "LTR", bin2), "10 LTR of SOON@SHELF-1/ZONE/BIN-2 FIRST_EXPIRED, missing 2, not 10 of PAST LOT_EXPIRED, not 10 of TODAY ELSEWHERE, not 10 of HELD LOT_HELD, not 10 of LATE ELSEWHERE"},
		"days": {pickLine(oil, "1", "LTR", apitest.Site, func(l *pb.PickLine) { l.MinRemainingDays = 10 }), "1 LTR of SOON@SHELF-1/ZONE/BIN-2 FIRST_EXPIRED, not 10 of PAST LOT_EXPIRED, not 10 of TODAY SHELF_LIFE_TOO_SHORT, not 10 of HELD SHELF_LIFE_TOO_SHORT"},
		"percent": {pickLine(oil, "1", "LTR", apitest.Site, func(l *pb.PickLine) { l.MinRemainingPercent = 51 }),
			"1 LTR of LATE@SHELF-1/ZONE/BIN-1 FIRST_EXPIRED, not 10 of PAST LOT_EXPIRED, not 10 of TODAY SHELF_LIFE_TOO_SHORT, not 10 of HELD SHELF_LIFE_TOO_SHORT, not 10 of SOON SHELF_LIFE_TOO_SHORT"},
		"agreed": {pickLine(oil, "1", "LTR", apitest.Site, func(l *pb.PickLine) { l.AgreedLotCodes = []string{"LATE", "GONE"} }),
			"1 LTR of LATE@SHELF-1/ZONE/BIN-1 FIRST_EXPIRED, not 10 of PAST NOT_AGREED, not 10 of TODAY NOT_AGREED, not 10 of HELD NOT_AGREED, not 0 of GONE NO_STOCK, not 10 of SOON NOT_AGREED"},
		"two lots": {pickLine(oil, "21", "LTR", apitest.Site, func(l *pb.PickLine) { l.MaxLots = 2 }),
			"10 LTR of TODAY@DOCK-1 FIRST_EXPIRED, 10 LTR of SOON@SHELF-1/ZONE/BIN-2 NEXT_EXPIRED, missing 1, not 10 of PAST LOT_EXPIRED, not 10 of HELD LOT_HELD, not 10 of LATE TOO_LITTLE"},
	} {
		if got := s.propose(c.line); got[0] != c.want {
			t.Errorf("%s:\n  %s\nwant\n  %s", name, got[0], c.want)
		}
	}
	same(t, "two lines share", s.propose(pickLine(oil, "15", "LTR", apitest.Site), pickLine(oil, "6", "LTR", zone)), []string{
		"10 LTR of TODAY@DOCK-1 FIRST_EXPIRED, 5 LTR of SOON@SHELF-1/ZONE/BIN-2 NEXT_EXPIRED, not 10 of PAST LOT_EXPIRED, not 10 of HELD LOT_HELD",
		"5 LTR of SOON@SHELF-1/ZONE/BIN-2 FIRST_EXPIRED, 1 LTR of LATE@SHELF-1/ZONE/BIN-1 NEXT_EXPIRED, not 10 of PAST LOT_EXPIRED, not 10 of TODAY ELSEWHERE, not 10 of HELD LOT_HELD",
	})
	// For tomorrow.
	resp, err := s.Lots.ProposePicks(t.Context(), &pb.ProposePicksRequest{Day: inDays(1), Lines: []*pb.PickLine{pickLine(oil, "1", "LTR", apitest.Site)}})
	if got := proposed(must(t, resp, err).Proposals[0]); !strings.HasPrefix(got, "1 LTR of SOON@") || !strings.Contains(got, "not 10 of TODAY LOT_EXPIRED") || resp.Proposals[0].Day != inDays(1) {
		t.Errorf("tomorrow: %s on %s", got, resp.Proposals[0].Day)
	}
	// What was told is told in words, too.
	for _, over := range resp.Proposals[0].PassedOver {
		if over.Reason == "LOT_HELD" && !strings.Contains(over.Explanation, `lot "HELD": it is on hold: hold 1 (rancid?)`) {
			t.Errorf("explanation %q", over.Explanation)
		}
	}
	dbtest.Reconcile(t, s.DB)
}

// What was received first is taken first where the last day is the same, or where there
// is none; and quantities are exact in both units.
func TestProposePicksByReceipt(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	for _, lot := range []string{"C", "A", "B"} {
		s.ReceiveLot(t, apitest.Flour, lot, "30", "KGM", apitest.Shelf)
	}
	same(t, "flour", s.propose(pickLine(apitest.Flour, "1.6", "BAG", apitest.Site)), []string{"30 KGM of C@SHELF-1 FIRST_EXPIRED, 10 KGM of A@SHELF-1 NEXT_EXPIRED"})
	resp, err := s.Lots.ProposePicks(t.Context(), &pb.ProposePicksRequest{Lines: []*pb.PickLine{pickLine(apitest.Flour, "1.6", "BAG", apitest.Site)}})
	p := must(t, resp, err).Proposals[0]
	if p.Picks[0].Entered.Value != "1.2" || p.Picks[1].Entered.Value != "0.4" || p.Quantity.Value != "40" || p.Entered.Value != "1.6" {
		t.Errorf("proposal %v", p)
	}
	// Bread by the piece: a third of a case is no decimal.
	s.ReceiveLot(t, apitest.Bread, "BR", "16", "H87", apitest.Shelf)
	resp, err = s.Lots.ProposePicks(t.Context(), &pb.ProposePicksRequest{Lines: []*pb.PickLine{pickLine(apitest.Bread, "2", "CASE", apitest.Site)}})
	p = must(t, resp, err).Proposals[0]
	if len(p.Picks) != 1 || p.Picks[0].Entered != nil || p.Picks[0].Quantity.Value != "16" || p.Missing.Value != "8" {
		t.Errorf("proposal %v", p)
	}
	// What was used up comes again with a reversal.
	if err := s.ship("SH-1", apitest.Flour, "C", "30", "KGM", apitest.Shelf); err != nil {
		t.Fatal(err)
	}
	same(t, "without C", s.propose(pickLine(apitest.Flour, "1", "KGM", apitest.Site)), []string{"1 KGM of A@SHELF-1 FIRST_EXPIRED"})
	_, err = s.Lots.ReverseOperation(t.Context(), &pb.ReverseOperationRequest{RequestId: apitest.ID(), Reason: "mistyped", Operation: &pb.ReverseOperationRequest_ShipmentCode{ShipmentCode: "SH-1"}})
	must(t, s, err)
	same(t, "with C", s.propose(pickLine(apitest.Flour, "1", "KGM", apitest.Site)), []string{"1 KGM of C@SHELF-1 FIRST_EXPIRED"})
	dbtest.Reconcile(t, s.DB)
}

func TestProposePicksRefusals(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.ReceiveLot(t, apitest.Flour, "FL-1", "10", "KGM", apitest.Shelf)
	for _, c := range []struct {
		line          *pb.PickLine
		code          codes.Code
		reason, field string
	}{
		{pickLine("CORN", "1", "KGM", apitest.Site), codes.NotFound, "UNKNOWN_ITEM", "lines[1].sku"},
		{pickLine(apitest.Flour, "1", "KGM", "MOON"), codes.NotFound, "UNKNOWN_LOCATION", "lines[1].location_code"},
		{pickLine(apitest.Flour, "1", "KGM", "scrap"), codes.InvalidArgument, "LOCATION_NOT_FOR_STOCK", "lines[1].location_code"},
		{pickLine(apitest.Flour, "1", "LTR", apitest.Site), codes.InvalidArgument, "UNKNOWN_UNIT", "lines[1].quantity.unit"},
		{pickLine(apitest.Flour, "1.0001", "KGM", apitest.Site), codes.InvalidArgument, "QUANTITY_TOO_PRECISE", "lines[1].quantity.value"},
		{pickLine(apitest.Flour, "1", "KGM", apitest.Site, func(l *pb.PickLine) { l.AgreedLotCodes = []string{"FL-1", "FL-9"} }), codes.NotFound, "UNKNOWN_LOT", "lines[1].agreed_lot_codes[1]"},
		{pickLine(apitest.Flour, "1", "KGM", apitest.Site, func(l *pb.PickLine) { l.MaxLots = 51 }), codes.InvalidArgument, "INVALID_FIELD", "lines[1].max_lots"},
	} {
		_, err := s.Lots.ProposePicks(t.Context(), &pb.ProposePicksRequest{Lines: []*pb.PickLine{pickLine(apitest.Flour, "1", "KGM", apitest.Site), c.line}})
		apitest.WantRefusal(t, err, c.code, c.reason, c.field)
	}
	_, err := s.Lots.ProposePicks(t.Context(), &pb.ProposePicksRequest{Day: inDays(-1), Lines: []*pb.PickLine{pickLine(apitest.Flour, "1", "KGM", apitest.Site)}})
	apitest.WantRefusal(t, err, codes.InvalidArgument, "DAY_IN_THE_PAST", "day")
}
