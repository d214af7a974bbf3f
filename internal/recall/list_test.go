package recall_test

import (
	"fmt"
	"strings"
	"testing"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

func TestListRecalls(t *testing.T) {
	t.Parallel()
	h := newHouse(t, bakery)
	for _, number := range []string{"C-2", "a", "C-10", "C-1"} {
		h.open(number, "FLOUR/F2 FLOUR/E1")
	}
	h.must(h.tryActivate("C-10"))
	h.must(nil, h.tryClose("C-2"))
	list := func(state pb.RecallState, size int32) string {
		var numbers []string
		token := ""
		for {
			resp, err := h.Recall.ListRecalls(t.Context(), &pb.ListRecallsRequest{State: state, PageSize: size, PageToken: token})
			h.must(resp, err)
			for _, r := range resp.Recalls {
				numbers = append(numbers, r.CaseNumber)
				if got := fmt.Sprint(r.Lots); got != fmt.Sprint(keys("FLOUR/E1 FLOUR/F2")) {
					t.Errorf("%s is about %s", r.CaseNumber, got)
				}
			}
			if token = resp.NextPageToken; token == "" {
				return strings.Join(numbers, " ")
			}
		}
	}
	for _, size := range []int32{0, 1, 2, 4} {
		same(t, "all", list(pb.RecallState_RECALL_STATE_UNSPECIFIED, size), "C-1 C-10 C-2 a")
		same(t, "open", list(pb.RecallState_RECALL_STATE_OPEN, size), "C-1 a")
		same(t, "active", list(pb.RecallState_RECALL_STATE_ACTIVE, size), "C-10")
		same(t, "closed", list(pb.RecallState_RECALL_STATE_CLOSED, size), "C-2")
	}
}

// Pages have what a list in one piece has, of an open case and of an active one.
func TestPagesOfACase(t *testing.T) {
	t.Parallel()
	h := newHouse(t, bakery)
	h.open("OPEN", "FLOUR/F1 FLOUR/F2 FLOUR/E1 FLOUR/F3")
	h.activate("ACTIVE", "FLOUR/F1 FLOUR/F2 FLOUR/E1 FLOUR/F3")
	h.decide("ACTIVE", keep, "BREAD/B1")
	h.decide("ACTIVE", release, "FLOUR/F3")
	for _, number := range []string{"OPEN", "ACTIVE"} {
		all := []string{"BREAD/B1", "BREAD/B2", "BREAD/B3", "FLOUR/E1", "FLOUR/F1", "FLOUR/F2", "FLOUR/F3"}
		undecided := map[string][]string{"ACTIVE": {"BREAD/B3", "FLOUR/F1", "FLOUR/F2"}}[number]
		gone := h.shipments(number)
		if len(gone) != 4 {
			t.Errorf("gone: %q", gone)
		}
		for _, size := range []int32{1, 2, 3, 7} {
			same(t, "lots", pages(func(token string) ([]string, string) {
				resp, err := h.Recall.ListRecallLots(t.Context(), &pb.ListRecallLotsRequest{CaseNumber: number, PageSize: size, PageToken: token})
				h.must(resp, err)
				return names(resp.Lots), resp.NextPageToken
			}), all)
			same(t, "undecided", pages(func(token string) ([]string, string) {
				resp, err := h.Recall.ListRecallLots(t.Context(), &pb.ListRecallLotsRequest{CaseNumber: number, UndecidedOnly: true, PageSize: size, PageToken: token})
				h.must(resp, err)
				return names(resp.Lots), resp.NextPageToken
			}), undecided)
			same(t, "shipments", pages(func(token string) ([]string, string) {
				resp, err := h.Recall.ListRecallShipments(t.Context(), &pb.ListRecallShipmentsRequest{CaseNumber: number, PageSize: size, PageToken: token})
				h.must(resp, err)
				return shipments(resp.Shipments), resp.NextPageToken
			}), gone)
		}
	}
}

func names(lots []*pb.RecallLot) []string {
	var texts []string
	for _, l := range lots {
		texts = append(texts, l.Lot.Sku+"/"+l.Lot.LotCode)
	}
	return texts
}

// pages goes through a list to its end.
func pages(page func(token string) ([]string, string)) (all []string) {
	for token := ""; ; {
		var texts []string
		texts, token = page(token)
		all = append(all, texts...)
		if token == "" {
			return all
		}
	}
}

// What a lot in scope tells of itself.
func TestRecallLot(t *testing.T) {
	t.Parallel()
	h := newHouse(t, bakery)
	h.activate("C-1", "FLOUR/F1")
	resp, err := h.Recall.ListRecallLots(t.Context(), &pb.ListRecallLotsRequest{CaseNumber: "C-1"})
	h.must(resp, err)
	bread, flour := resp.Lots[0], resp.Lots[2]
	if bread.ItemName != "Bread" || bread.Direct || bread.Ingredient || bread.Inferred || bread.HoldNumber != 1 || bread.DecisionReason != "" ||
		bread.ProductionOrderCode != order || bread.RunCode != "R1" || bread.ProductionDate == "" || bread.Total.Unit != "H87" || bread.StocksTruncated {
		t.Errorf("bread %v", bread)
	}
	if !flour.Direct || !flour.Ingredient || flour.RunCode != "" || flour.ProductionOrderCode != "" {
		t.Errorf("flour %v", flour)
	}
	var stocks []string
	for _, s := range flour.Stocks {
		stocks = append(stocks, s.LocationCode+" "+s.OnHand.Value)
	}
	same(t, "stocks", stocks, []string{"DOCK-1 20", "SHELF-1 30"})
}

// The history of a case: what was done in it, what was born held by it, and what was
// released after its end.
func TestEvents(t *testing.T) {
	t.Parallel()
	h := newHouse(t, bakery)
	h.open("C-1", "FLOUR/F1")
	h.must(h.tryActivate("C-1"))
	h.activate("C-2", "FLOUR/F2") // has nothing to do with it, and marks R2 too
	h.tell(`
		R2 -> BREAD/B2 1 H87 @ SHELF-1
		R2 -> BREAD/B4 1 H87 @ SHELF-1
		R3 -> BREAD/B3 1 H87 @ SHELF-1
		finish R2
		ship S-3: BREAD/B3 1 H87 @ SHELF-1
		receive FLOUR/X 1 KGM @ SHELF-1`)
	h.decide("C-1", keep, "FLOUR/F1 BREAD/B4")
	h.decide("C-1", release, "BREAD/B1")
	h.decide("C-1", release, "BREAD/B2")
	h.decide("C-2", release, "BREAD/B2 BREAD/B4 FLOUR/F2")
	h.must(nil, h.tryClose("C-1"))
	h.must(h.Lots.ReleaseHold(t.Context(), &pb.ReleaseHoldRequest{RequestId: apitest.ID(), Sku: "BREAD", LotCode: "B4", Number: 1, Reason: "fine"}))
	want := []string{
		"OPENED glass FLOUR/F1",
		"ACTIVATED  BREAD/B1 BREAD/B2 FLOUR/F1",
		"BORN_HELD  BREAD/B4",
		"KEPT looked at BREAD/B4 FLOUR/F1",
		"RELEASED looked at BREAD/B1",
		"RELEASED looked at BREAD/B2",
		"CLOSED done",
		"RELEASED fine BREAD/B4",
	}
	for _, size := range []int32{0, 1, 3} {
		same(t, "events", pages(func(token string) ([]string, string) {
			resp, err := h.Recall.ListRecallEvents(t.Context(), &pb.ListRecallEventsRequest{CaseNumber: "C-1", PageSize: size, PageToken: token})
			h.must(resp, err)
			return events(t, resp.Events), resp.NextPageToken
		}), want)
	}
}

// events in short, with the lots that they concerned.
func events(t *testing.T, list []*pb.RecallEvent) []string {
	var texts []string
	for _, e := range list {
		if int(e.LotCount) != len(e.Lots) || e.Principal == "" || e.RecordedAt == nil {
			t.Errorf("event %v", e)
		}
		text := strings.TrimPrefix(e.Kind.String(), "RECALL_EVENT_KIND_") + " " + e.Reason
		for _, l := range e.Lots {
			text += " " + l.Sku + "/" + l.LotCode
		}
		texts = append(texts, text)
	}
	return texts
}
