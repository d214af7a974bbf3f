package lots_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

func TestGetLot(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.start()
	s.receive(oil, "BOUGHT", "LTR", apitest.Shelf, "2024-02-20", "2099-12-31")
	s.output(apitest.Bread, "MADE", "2", "CASE", apitest.Line)
	s.mustMove("OIL/BOUGHT 4 LTR SHELF-1 > DOCK-1")
	s.hold(oil, "BOUGHT", "smells")
	bought := s.lot(oil, "BOUGHT")
	want := &pb.Lot{
		Sku: oil, LotCode: "BOUGHT", ItemName: "Oil", SupplierCode: apitest.Supplier, SupplierLotCode: "S/BOUGHT",
		ProductionDate: "2024-02-20", ExpiryDate: "2099-12-31", ActiveHoldCount: 1, OnHand: amount("10", "LTR"), CreatedAt: bought.Lot.CreatedAt,
	}
	if !proto.Equal(bought.Lot, want) || bought.Lot.CreatedAt == nil {
		t.Errorf("lot %v, want %v", bought.Lot, want)
	}
	if got := stocks(bought.Stocks); got != "4@DOCK-1 6@SHELF-1" || bought.Stocks[0].OnHand.Unit != "LTR" {
		t.Errorf("stocks %s", got)
	}
	same(t, "holds", holds(bought.ActiveHolds), []string{"1 smells by default active=true"})
	made := s.lot(apitest.Bread, "MADE")
	want = &pb.Lot{
		Sku: apitest.Bread, LotCode: "MADE", ItemName: "Bread", ProductionOrderCode: "MO/1", RunCode: "R/1",
		ProductionDate: made.Lot.ProductionDate, OnHand: amount("24", "H87"), CreatedAt: made.Lot.CreatedAt,
	}
	if !proto.Equal(made.Lot, want) || made.Lot.ProductionDate == "" || len(made.ActiveHolds) != 0 {
		t.Errorf("lot %v, want %v", made, want)
	}
	// All of it gone: the lot is still there.
	if err := s.ship("SH-1", apitest.Bread, "MADE", "24", "H87", apitest.Line); err != nil {
		t.Fatal(err)
	}
	if got := s.lot(apitest.Bread, "MADE"); got.Lot.OnHand.Value != "0" || len(got.Stocks) != 0 {
		t.Errorf("lot %v, want nothing on hand", got)
	}
	_, err := s.Lots.GetLot(t.Context(), &pb.GetLotRequest{Sku: oil, LotCode: "MADE"})
	apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_LOT", "lot_code")
	_, err = s.Lots.GetLot(t.Context(), &pb.GetLotRequest{Sku: "PIE", LotCode: "MADE"})
	apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_ITEM", "sku")
}

// Codes that mean something to URLs, SQL or JSON are codes like others, over
// gRPC and by path and query over REST.
func TestOddCodes(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	for _, code := range []string{
		"L/1", "L%2F1", "100%", `"quoted"`, "it's", "a b", "a+b", "a&b=c", "#1?x", "..", "ä/é", "🥐", "עברית", "L1:hold", `back\slash`, "{x}", "*", "null", "'; DROP TABLE lot; --",
	} {
		s.ReceiveLot(t, apitest.Flour, code, "1", "KGM", apitest.Shelf)
		if got := s.lot(apitest.Flour, code).Lot; got.LotCode != code || got.OnHand.Value != "1" {
			t.Errorf("%q: lot %v", code, got)
		}
		status, body := s.Do(t, http.MethodGet, "/v1/lot?sku=FLOUR&lot_code="+url.QueryEscape(code), nil)
		if lot, _ := body["lot"].(map[string]any); status != http.StatusOK || lot["lot_code"] != code {
			t.Errorf("%q by query: HTTP %d, %v", code, status, body)
		}
		if code == ".." {
			continue // no path may hold it: RFC 3986 takes it for a step up
		}
		status, body = s.Do(t, http.MethodGet, "/v1/items/FLOUR/lots/"+url.PathEscape(code), nil)
		if lot, _ := body["lot"].(map[string]any); status != http.StatusOK || lot["lot_code"] != code {
			t.Errorf("%q by path: HTTP %d, %v", code, status, body)
		}
	}
}

func lotNames(list []*pb.Lot) []string {
	var names []string
	for _, l := range list {
		names = append(names, fmt.Sprintf("%s/%s %s %s", l.Sku, l.LotCode, l.OnHand.Value, l.OnHand.Unit))
	}
	return names
}

// In the order of sku and lot code, byte by byte, page after page; the first page
// ends where an item does.
func TestListLots(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	for _, code := range []string{"é", "b", "B", "a/1", "a", "_", "10", "9"} {
		s.ReceiveLot(t, apitest.Flour, code, "2", "KGM", apitest.Shelf)
	}
	s.ReceiveLot(t, apitest.Bread, "b", "3", "H87", apitest.Shelf)
	s.ReceiveLot(t, apitest.Bread, "a", "3", "H87", apitest.Shelf)
	if err := s.ship("SH-1", apitest.Flour, "B", "2", "KGM", apitest.Shelf); err != nil {
		t.Fatal(err)
	}
	s.mustMove("FLOUR/a 1 KGM SHELF-1 > DOCK-1")
	list := func(sku string, onHandOnly bool) []string {
		t.Helper()
		return lotNames(pages(t, 2, func(token string) ([]*pb.Lot, string, error) {
			resp, err := s.Lots.ListLots(t.Context(), &pb.ListLotsRequest{Sku: sku, OnHandOnly: onHandOnly, PageSize: 2, PageToken: token})
			return resp.GetLots(), resp.GetNextPageToken(), err
		}))
	}
	bread := []string{"BREAD/a 3 H87", "BREAD/b 3 H87"}
	here := []string{"FLOUR/10 2 KGM", "FLOUR/9 2 KGM"}
	gone := []string{"FLOUR/B 0 KGM"}
	rest := []string{"FLOUR/_ 2 KGM", "FLOUR/a 2 KGM", "FLOUR/a/1 2 KGM", "FLOUR/b 2 KGM", "FLOUR/é 2 KGM"}
	join := func(lists ...[]string) (all []string) {
		for _, l := range lists {
			all = append(all, l...)
		}
		return all
	}
	same(t, "all", list("", false), join(bread, here, gone, rest))
	same(t, "on hand", list("", true), join(bread, here, rest))
	same(t, "of flour", list(apitest.Flour, false), join(here, gone, rest))
	same(t, "of flour, on hand", list(apitest.Flour, true), join(here, rest))
	same(t, "of salt", list(apitest.Salt, false), nil)
	_, err := s.Lots.ListLots(t.Context(), &pb.ListLotsRequest{Sku: "PIE"})
	apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_ITEM", "sku")
	first, err := s.Lots.ListLots(t.Context(), &pb.ListLotsRequest{Sku: apitest.Flour, PageSize: 1})
	must(t, first, err)
	_, err = s.Lots.ListLots(t.Context(), &pb.ListLotsRequest{Sku: apitest.Bread, PageToken: first.NextPageToken})
	apitest.WantRefusal(t, err, codes.InvalidArgument, "BAD_PAGE_TOKEN", "page_token")
}

func TestLocateLot(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.ReceiveLot(t, apitest.Flour, "FL-1", "10", "KGM", apitest.Shelf)
	s.mustMove("FLOUR/FL-1 1 KGM SHELF-1 > SHELF-1/ZONE/BIN-2", "FLOUR/FL-1 2 KGM SHELF-1 > DOCK-1", "FLOUR/FL-1 3 KGM SHELF-1 > SHELF-1/ZONE/BIN-1",
		"FLOUR/FL-1 4 KGM SHELF-1 > LINE-1")
	got := pages(t, 2, func(token string) ([]*pb.Stock, string, error) {
		resp, err := s.Lots.LocateLot(t.Context(), &pb.LocateLotRequest{Sku: apitest.Flour, LotCode: "FL-1", PageSize: 2, PageToken: token})
		return resp.GetStocks(), resp.GetNextPageToken(), err
	})
	if got := stocks(got); got != "2@DOCK-1 4@LINE-1 3@SHELF-1/ZONE/BIN-1 1@SHELF-1/ZONE/BIN-2" {
		t.Errorf("FL-1 is %s", got)
	}
	_, err := s.Lots.LocateLot(t.Context(), &pb.LocateLotRequest{Sku: apitest.Flour, LotCode: "FL-9"})
	apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_LOT", "lot_code")
}

func TestLocationContents(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.receive(oil, "O-1", "LTR", bin1, "", "2099-12-31")
	s.ReceiveLot(t, apitest.Flour, "B", "10", "KGM", bin1)
	s.ReceiveLot(t, apitest.Flour, "A", "10", "KGM", bin1)
	s.ReceiveLot(t, apitest.Bread, "Z", "10", "H87", bin2)
	s.ReceiveLot(t, apitest.Flour, "C", "10", "KGM", apitest.Shelf)
	s.ReceiveLot(t, apitest.Flour, "D", "10", "KGM", apitest.Dock)
	s.mustMove("FLOUR/A 10 KGM SHELF-1/ZONE/BIN-1 > SHELF-1/ZONE", "FLOUR/B 2.5 KGM SHELF-1/ZONE/BIN-1 > SHELF-1/ZONE/BIN-2")
	s.hold(apitest.Flour, "B", "glass found")
	s.hold(apitest.Flour, "B", "again")
	list := func(location string, only bool) []string {
		t.Helper()
		var texts []string
		for _, c := range pages(t, 2, func(token string) ([]*pb.LocationContent, string, error) {
			resp, err := s.Lots.ListLocationContents(t.Context(), &pb.ListLocationContentsRequest{
				LocationCode: location, ThisLocationOnly: only, PageSize: 2, PageToken: token,
			})
			return resp.GetContents(), resp.GetNextPageToken(), err
		}) {
			texts = append(texts, fmt.Sprintf("%s: %s/%s (%s) %s %s until %q held %d", c.LocationCode, c.Lot.Sku, c.Lot.LotCode, c.ItemName,
				c.OnHand.Value, c.OnHand.Unit, c.ExpiryDate, c.ActiveHoldCount))
		}
		return texts
	}
	dock := []string{`DOCK-1: FLOUR/D (Flour) 10 KGM until "" held 0`}
	shelf := []string{`SHELF-1: FLOUR/C (Flour) 10 KGM until "" held 0`}
	under := []string{
		`SHELF-1/ZONE: FLOUR/A (Flour) 10 KGM until "" held 0`,
		`SHELF-1/ZONE/BIN-1: FLOUR/B (Flour) 7.5 KGM until "" held 2`,
		`SHELF-1/ZONE/BIN-1: OIL/O-1 (Oil) 10 LTR until "2099-12-31" held 0`,
		`SHELF-1/ZONE/BIN-2: BREAD/Z (Bread) 10 H87 until "" held 0`,
		`SHELF-1/ZONE/BIN-2: FLOUR/B (Flour) 2.5 KGM until "" held 2`,
	}
	same(t, "plant", list(apitest.Site, false), append(append(dock, shelf...), under...))
	same(t, "plant itself", list(apitest.Site, true), nil)
	same(t, "shelf", list(apitest.Shelf, false), append(shelf[:1:1], under...))
	same(t, "shelf itself", list(apitest.Shelf, true), shelf)
	same(t, "zone", list(zone, false), under)
	same(t, "bin", list(bin2, false), under[3:])
	same(t, "line", list(apitest.Line, false), nil)
	for _, code := range []string{"SHELF", "supplier"} {
		_, err := s.Lots.ListLocationContents(t.Context(), &pb.ListLocationContentsRequest{LocationCode: code})
		apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_LOCATION", "location_code")
	}
}

// Every kind, with its document, in the order of recording, whatever the callers
// say when it happened.
func TestListLotMovements(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.start()
	receipt := s.receive(apitest.Bread, "B-1", "H87", apitest.Shelf, "", "") // said to be of 2024-03-01
	req := moving("BREAD/B-1 8 H87 SHELF-1 > DOCK-1", "BREAD/B-1 7 H87 DOCK-1 > LINE-1", "BREAD/B-1 1 H87 LINE-1 > SHELF-1/ZONE/BIN-1")
	req.MovedAt, req.Reason = at("2024-02-01T00:00:00Z"), "tidying" // before it came
	if _, err := s.Lots.MoveLots(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	s.hold(apitest.Bread, "B-1", "a hold is no movement")
	if _, err := s.release(apitest.Bread, "B-1", 1); err != nil {
		t.Fatal(err)
	}
	if err := s.consume(apitest.Bread, "B-1", "2", "H87", apitest.Line); err != nil {
		t.Fatal(err)
	}
	if err := s.ship("SH/1", apitest.Bread, "B-1", "2", "H87", apitest.Shelf); err != nil {
		t.Fatal(err)
	}
	s.output(apitest.Bread, "B-2", "0.25", "CASE", apitest.Line)
	list := func(lot string) []*pb.Movement {
		return pages(t, 2, func(token string) ([]*pb.Movement, string, error) {
			resp, err := s.Lots.ListLotMovements(t.Context(), &pb.ListLotMovementsRequest{Sku: apitest.Bread, LotCode: lot, PageSize: 2, PageToken: token})
			return resp.GetMovements(), resp.GetNextPageToken(), err
		})
	}
	got := list("B-1")
	same(t, "movements", movements(got), []string{
		"RECEIPT BREAD/B-1 10 H87 (10 H87) supplier>SHELF-1 by " + receipt,
		"TRANSFER BREAD/B-1 8 H87 (8 H87) SHELF-1>DOCK-1 because tidying",
		"TRANSFER BREAD/B-1 7 H87 (7 H87) DOCK-1>LINE-1 because tidying",
		"TRANSFER BREAD/B-1 1 H87 (1 H87) LINE-1>SHELF-1/ZONE/BIN-1 because tidying",
		"CONSUMPTION BREAD/B-1 2 H87 (2 H87) LINE-1>production by MO/1/R/1",
		"SHIPMENT BREAD/B-1 2 H87 (2 H87) SHELF-1>customer by SH/1",
	})
	for i, m := range got {
		if i > 0 && m.RecordedAt.AsTime().Before(got[i-1].RecordedAt.AsTime()) {
			t.Errorf("movement %d was recorded before the one before it", i)
		}
		if m.Principal != "default" || m.OccurredAt == nil {
			t.Errorf("movement %v", m)
		}
	}
	if !proto.Equal(got[0].OccurredAt, at("2024-03-01T08:00:00Z")) || !proto.Equal(got[1].OccurredAt, req.MovedAt) {
		t.Errorf("occurred at %v and %v", got[0].OccurredAt, got[1].OccurredAt)
	}
	same(t, "movements", movements(list("B-2")), []string{"OUTPUT BREAD/B-2 3 H87 (0.25 CASE) production>LINE-1 by MO/1/R/1"})
	_, err := s.Lots.ListLotMovements(t.Context(), &pb.ListLotMovementsRequest{Sku: apitest.Bread, LotCode: "B-9"})
	apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_LOT", "lot_code")
}

// What a write answers is what is read later.
func TestAnswersAreWhatIsReadLater(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.start()
	s.ReceiveLot(t, apitest.Flour, "FL-1", "10", "KGM", apitest.Shelf)
	moved, err := s.Lots.MoveLots(t.Context(), moving("FLOUR/FL-1 0.2 BAG SHELF-1 > DOCK-1"))
	must(t, moved, err)
	consumed, err := s.Production.ConsumeLots(t.Context(), &pb.ConsumeLotsRequest{
		RequestId: apitest.ID(), ProductionOrderCode: "MO/1", RunCode: "R/1",
		Lines: []*pb.ConsumptionLine{{Sku: apitest.Flour, LotCode: "FL-1", Quantity: amount("5.000", "KGM"), LocationCode: apitest.Dock}},
	})
	must(t, consumed, err)
	resp, err := s.Lots.ListLotMovements(t.Context(), &pb.ListLotMovementsRequest{Sku: apitest.Flour, LotCode: "FL-1"})
	list := must(t, resp, err).Movements
	for i, answered := range []*pb.Movement{moved.Movements[0], consumed.Movements[0]} {
		if !proto.Equal(answered, list[i+1]) {
			t.Errorf("answered %v, read %v", answered, list[i+1])
		}
	}
	hold := s.hold(apitest.Flour, "FL-1", "why")
	if got := s.lot(apitest.Flour, "FL-1").ActiveHolds[0]; !proto.Equal(got, hold) {
		t.Errorf("answered %v, read %v", hold, got)
	}
	released, err := s.release(apitest.Flour, "FL-1", 1)
	must(t, released, err)
	listed, err := s.Lots.ListHolds(t.Context(), &pb.ListHoldsRequest{Sku: apitest.Flour, LotCode: "FL-1"})
	if must(t, listed, err); !proto.Equal(listed.Holds[0], released) {
		t.Errorf("answered %v, read %v", released, listed.Holds[0])
	}
}
