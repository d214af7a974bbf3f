package production_test

import (
	"fmt"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
)

// In several goes, several lines a time, in any unit, the same lot twice.
func TestConsume(t *testing.T) {
	t.Parallel()
	p := running(t)
	p.ReceiveLot(t, apitest.Flour, "FL-1", "4", "BAG", apitest.Shelf)
	p.ReceiveLot(t, apitest.Flour, "FL-2", "10", "KGM", apitest.Dock)
	got, err := p.consume("MO-1", "R1", in("FLOUR/FL-1 0.02 BAG @ SHELF-1"), in("FLOUR/FL-2 10 KGM @ DOCK-1"), in("FLOUR/FL-1 1.125 KGM @ SHELF-1"))
	must(t, got, err)
	same(t, "movements", got, []string{
		"CONSUMPTION FLOUR/FL-1 0.5 KGM (0.02 BAG) SHELF-1>production MO-1/R1",
		"CONSUMPTION FLOUR/FL-2 10 KGM (10 KGM) DOCK-1>production MO-1/R1",
		"CONSUMPTION FLOUR/FL-1 1.125 KGM (1.125 KGM) SHELF-1>production MO-1/R1",
	})
	got, err = p.consume("MO-1", "R1", in("FLOUR/FL-1 1 BAG @ SHELF-1"))
	must(t, got, err)
	same(t, "run", p.runLots("MO-1", "R1"), []string{"in FLOUR/FL-1 26.625 KGM", "in FLOUR/FL-2 10 KGM"})
	if got := p.stock(apitest.Flour, "FL-1"); got != "73.375@SHELF-1" {
		t.Errorf("FL-1 is %s", got)
	}
	if got := p.stock(apitest.Flour, "FL-2"); got != "" {
		t.Errorf("FL-2 is %s", got)
	}
	dbtest.Reconcile(t, p.DB)
}

func TestConsumeIsCarriedOutOnce(t *testing.T) {
	t.Parallel()
	p := running(t)
	p.ReceiveLot(t, apitest.Flour, "FL-1", "10", "KGM", apitest.Shelf)
	req := &pb.ConsumeLotsRequest{
		RequestId: apitest.ID(), ProductionOrderCode: "MO-1", RunCode: "R1", ConsumedAt: at("2024-03-25T08:00:00Z"),
		Lines: []*pb.ConsumptionLine{in("FLOUR/FL-1 3 KGM @ SHELF-1")},
	}
	first, err := p.Production.ConsumeLots(t.Context(), req)
	must(t, first, err)
	m := first.Movements[0]
	if !proto.Equal(m.OccurredAt, req.ConsumedAt) || m.RecordedAt == nil || m.Principal == "" {
		t.Errorf("movement %v", m)
	}
	before := dbtest.Rows(t, p.DB)
	again, err := p.Production.ConsumeLots(t.Context(), req)
	if must(t, again, err); !proto.Equal(again, first) {
		t.Errorf("replay %v, want %v", again, first)
	}
	req.Lines[0].Quantity.Value = "4"
	_, err = p.Production.ConsumeLots(t.Context(), req)
	apitest.WantRefusal(t, err, codes.AlreadyExists, "REQUEST_ID_REUSED", "request_id")
	dbtest.SameRows(t, p.DB, before)
	if got := p.stock(apitest.Flour, "FL-1"); got != "7@SHELF-1" {
		t.Errorf("FL-1 is %s", got)
	}
}

// All lines or none, and whatever is wrong is told by its name and its place.
func TestConsumeRefusals(t *testing.T) {
	t.Parallel()
	p := running(t)
	p.ReceiveLot(t, apitest.Flour, "FL-1", "10", "KGM", apitest.Shelf)
	p.ReceiveLot(t, apitest.Flour, "HELD", "10", "KGM", apitest.Shelf)
	p.ReceiveLot(t, apitest.Salt, "", "10", "GRM", apitest.Shelf)
	p.receive("OIL/EXPIRED 10 LTR @ SHELF-1", "2024-01-01T00:00:00Z", "2024-02-01")
	if _, err := p.Lots.PlaceHold(t.Context(), &pb.PlaceHoldRequest{RequestId: apitest.ID(), Sku: apitest.Flour, LotCode: "HELD", Reason: "glass found"}); err != nil {
		t.Fatal(err)
	}
	before := dbtest.Rows(t, p.DB)
	for line, c := range map[string]struct {
		code          codes.Code
		reason, field string
		text          string
	}{
		"CORN/FL-1 1 KGM @ SHELF-1":                             {codes.NotFound, "UNKNOWN_ITEM", ".sku", `"CORN"`},
		"FLOUR/FL-9 1 KGM @ SHELF-1":                            {codes.NotFound, "UNKNOWN_LOT", ".lot_code", `"FL-9"`},
		"BREAD/FL-1 1 H87 @ SHELF-1":                            {codes.NotFound, "UNKNOWN_LOT", ".lot_code", `"BREAD"`}, // the code is another item's
		"FLOUR 1 KGM @ SHELF-1":                                 {codes.InvalidArgument, "LOT_CODE_REQUIRED", ".lot_code", `"FLOUR"`},
		"SALT/X 1 GRM @ SHELF-1":                                {codes.InvalidArgument, "LOT_CODE_NOT_ALLOWED", ".lot_code", `"SALT"`},
		"FLOUR/FL-1 1 KGM @ SHELF-9":                            {codes.NotFound, "UNKNOWN_LOCATION", ".location_code", `"SHELF-9"`},
		"FLOUR/FL-1 1 KGM @ PLANT":                              {codes.InvalidArgument, "LOCATION_NOT_FOR_STOCK", ".location_code", `"PLANT"`},
		"FLOUR/FL-1 1 KGM @ production":                         {codes.InvalidArgument, "LOCATION_NOT_FOR_STOCK", ".location_code", `"production"`},
		"FLOUR/FL-1 1 LBR @ SHELF-1":                            {codes.InvalidArgument, "UNKNOWN_UNIT", ".quantity.unit", `"LBR"`},
		"FLOUR/FL-1 0.0001 KGM @ SHELF-1":                       {codes.InvalidArgument, "QUANTITY_TOO_PRECISE", ".quantity.value", "0.0001"},
		"FLOUR/FL-1 0.00001 BAG @ SHELF-1":                      {codes.InvalidArgument, "QUANTITY_TOO_PRECISE", ".quantity.value", "BAG"},
		"FLOUR/FL-1 99999999999999999999999999999 BAG @ DOCK-1": {codes.InvalidArgument, "QUANTITY_TOO_LARGE", ".quantity.value", ""},
		"FLOUR/FL-1 0 KGM @ SHELF-1":                            {codes.InvalidArgument, "INVALID_FIELD", ".quantity.value", "above zero"},
		"FLOUR/FL-1 -1 KGM @ SHELF-1":                           {codes.InvalidArgument, "INVALID_FIELD", ".quantity.value", "above zero"},
		"FLOUR/FL-1 1e3 KGM @ SHELF-1":                          {codes.InvalidArgument, "INVALID_FIELD", ".quantity.value", "plain notation"},
		"FLOUR/FL-1 9.001 KGM @ SHELF-1":                        {codes.FailedPrecondition, "INSUFFICIENT_STOCK", "", "only 10 KGM"}, // 1 of it is in the line before
		"FLOUR/FL-1 1 KGM @ DOCK-1":                             {codes.FailedPrecondition, "INSUFFICIENT_STOCK", "", "only 0 KGM"},
		"SALT 11 GRM @ SHELF-1":                                 {codes.FailedPrecondition, "INSUFFICIENT_STOCK", "", "11 GRM"},
		"FLOUR/HELD 1 KGM @ SHELF-1":                            {codes.FailedPrecondition, "LOT_HELD", "", "hold 1 (glass found)"},
		"OIL/EXPIRED 1 LTR @ SHELF-1":                           {codes.FailedPrecondition, "LOT_EXPIRED", "", "2024-02-01"},
	} {
		t.Log(line)
		_, err := p.consume("MO-1", "R1", in("FLOUR/FL-1 1 KGM @ SHELF-1"), in(line))
		field := "lines[1]" + c.field
		if c.text == "only 10 KGM" {
			field = "lines[0]" // both of them together are too much
		}
		apitest.WantRefusal(t, err, c.code, c.reason, field)
		if err != nil && !strings.Contains(err.Error(), c.text) {
			t.Errorf("message does not say %q: %v", c.text, err)
		}
	}
	_, err := p.consume("MO-1", "R9", in("FLOUR/FL-1 1 KGM @ SHELF-1"))
	apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_RUN", "run_code")
	_, err = p.consume("MO-9", "R1", in("FLOUR/FL-1 1 KGM @ SHELF-1"))
	apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_PRODUCTION_ORDER", "production_order_code")
	_, err = p.Production.ConsumeLots(t.Context(), &pb.ConsumeLotsRequest{
		RequestId: apitest.ID(), ProductionOrderCode: "MO-1", RunCode: "R1", ConsumedAt: at("2999-01-01T00:00:00Z"),
		Lines: []*pb.ConsumptionLine{in("FLOUR/FL-1 1 KGM @ SHELF-1")},
	})
	apitest.WantRefusal(t, err, codes.InvalidArgument, "IN_THE_FUTURE", "consumed_at")
	dbtest.SameRows(t, p.DB, before)
	dbtest.Reconcile(t, p.DB)
}

// The last day of use ends when it ends at the site.
func TestExpiryIsJudgedAtTheSite(t *testing.T) {
	t.Parallel()
	p := running(t)
	p.receive("OIL/BERLIN 10 LTR @ SHELF-1", "2024-03-01T00:00:00Z", "2024-03-25")
	p.receive("OIL/HONOLULU 10 LTR @ FAR-1", "2024-03-01T00:00:00Z", "2024-03-25")
	for _, c := range []struct {
		line, moment string
		ok           bool
	}{
		{"OIL/BERLIN 1 LTR @ SHELF-1", "2024-03-25T22:59:59Z", true},
		{"OIL/BERLIN 1 LTR @ SHELF-1", "2024-03-25T23:00:00Z", false},
		{"OIL/HONOLULU 1 LTR @ FAR-1", "2024-03-26T09:59:59Z", true},
		{"OIL/HONOLULU 1 LTR @ FAR-1", "2024-03-26T10:00:00Z", false},
	} {
		_, err := p.Production.ConsumeLots(t.Context(), &pb.ConsumeLotsRequest{
			RequestId: apitest.ID(), ProductionOrderCode: "MO-1", RunCode: "R1", ConsumedAt: at(c.moment), Lines: []*pb.ConsumptionLine{in(c.line)},
		})
		switch {
		case !c.ok:
			apitest.WantRefusal(t, err, codes.FailedPrecondition, "LOT_EXPIRED", "lines[0]")
		case err != nil:
			t.Errorf("%s at %s: %v", c.line, c.moment, err)
		}
	}
}

// Stock of an untracked item is drawn from its inferred lots, the one that came
// first first, whatever the order of recording.
func TestUntrackedIsDrawnOldestFirst(t *testing.T) {
	t.Parallel()
	p := running(t)
	p.receive("BRAN 3 KGM @ SHELF-1", "2024-03-03T00:00:00Z", "2099-01-01")
	p.receive("BRAN 1 KGM @ SHELF-1", "2024-03-01T00:00:00Z", "2099-01-01")
	p.receive("BRAN 2 KGM @ SHELF-1", "2024-03-02T00:00:00Z", "2099-01-01")
	p.receive("BRAN 9 KGM @ DOCK-1", "2024-02-01T00:00:00Z", "2099-01-01")
	lots := p.inferred(bran) // in the order of recording, as the codes of the receipts go
	if len(lots) != 4 {
		t.Fatalf("lots %q, want one a receipt", lots)
	}
	third, first, second := lots[0], lots[1], lots[2]
	// Within the first: as entered.
	got, err := p.consume("MO-1", "R1", in("BRAN 0.25 KGM @ SHELF-1"))
	must(t, got, err)
	same(t, "movements", got, []string{"CONSUMPTION BRAN/" + first + " 0.25 KGM (0.25 KGM) SHELF-1>production MO-1/R1"})
	// Over several, shared by two lines: in the base unit.
	got, err = p.consume("MO-1", "R1", in("BRAN 1.75 KGM @ SHELF-1"), in("BRAN 2 KGM @ SHELF-1"))
	must(t, got, err)
	same(t, "movements", got, []string{
		"CONSUMPTION BRAN/" + first + " 0.75 KGM (0.75 KGM) SHELF-1>production MO-1/R1",
		"CONSUMPTION BRAN/" + second + " 1 KGM (1 KGM) SHELF-1>production MO-1/R1",
		"CONSUMPTION BRAN/" + second + " 1 KGM (1 KGM) SHELF-1>production MO-1/R1",
		"CONSUMPTION BRAN/" + third + " 1 KGM (1 KGM) SHELF-1>production MO-1/R1",
	})
	same(t, "run", p.runLots("MO-1", "R1"), []string{"in BRAN/" + third + " 1 KGM", "in BRAN/" + first + " 1 KGM", "in BRAN/" + second + " 2 KGM"})
	// What is elsewhere does not count.
	_, err = p.consume("MO-1", "R1", in("BRAN 2.001 KGM @ SHELF-1"))
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "INSUFFICIENT_STOCK", "lines[0]")
	if got := p.stock(bran, third); got != "2@SHELF-1" {
		t.Errorf("third is %s", got)
	}
	dbtest.Reconcile(t, p.DB)
}

// Held and expired lots of an untracked item are passed over: nobody chose them,
// and nobody could choose others.
func TestUntrackedPassesOverHeldAndExpired(t *testing.T) {
	t.Parallel()
	p := running(t)
	p.receive("BRAN 1 KGM @ SHELF-1", "2024-03-01T00:00:00Z", "2024-03-09")
	p.receive("BRAN 2 KGM @ SHELF-1", "2024-03-02T00:00:00Z", "2099-01-01")
	p.receive("BRAN 4 KGM @ SHELF-1", "2024-03-03T00:00:00Z", "2099-01-01")
	lots := p.inferred(bran)
	if _, err := p.Lots.PlaceHold(t.Context(), &pb.PlaceHoldRequest{RequestId: apitest.ID(), Sku: bran, LotCode: lots[1], Reason: "mould"}); err != nil {
		t.Fatal(err)
	}
	_, err := p.consume("MO-1", "R1", in("BRAN 5 KGM @ SHELF-1"))
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "INSUFFICIENT_STOCK", "lines[0]")
	got, err := p.consume("MO-1", "R1", in("BRAN 3 KGM @ SHELF-1"))
	must(t, got, err)
	same(t, "movements", got, []string{"CONSUMPTION BRAN/" + lots[2] + " 3 KGM (3 KGM) SHELF-1>production MO-1/R1"})
	if _, err := p.Lots.ReleaseHold(t.Context(), &pb.ReleaseHoldRequest{RequestId: apitest.ID(), Sku: bran, LotCode: lots[1], Number: 1, Reason: "no mould"}); err != nil {
		t.Fatal(err)
	}
	// On a day on which the first had not expired, it is the oldest.
	resp, err := p.Production.ConsumeLots(t.Context(), &pb.ConsumeLotsRequest{
		RequestId: apitest.ID(), ProductionOrderCode: "MO-1", RunCode: "R1", ConsumedAt: at("2024-03-09T12:00:00Z"),
		Lines: []*pb.ConsumptionLine{in("BRAN 2 KGM @ SHELF-1")},
	})
	must(t, resp, err)
	same(t, "movements", movements(resp.Movements), []string{
		"CONSUMPTION BRAN/" + lots[0] + " 1 KGM (1 KGM) SHELF-1>production MO-1/R1",
		"CONSUMPTION BRAN/" + lots[1] + " 1 KGM (1 KGM) SHELF-1>production MO-1/R1",
	})
	dbtest.Reconcile(t, p.DB)
}

// Many draws at once, each of whole lots, so that whoever waits finds the lots
// drained that he meant to take: all get what they want, to the last gram, and
// none is refused or has to be sent again while there is enough for it.
func TestUntrackedDrawsAtOnce(t *testing.T) {
	t.Parallel()
	p := running(t)
	const clients, each = 16, 5
	arrived := &pb.ReceiveRequest{RequestId: apitest.ID(), ReceiptCode: "RC", PurchaseOrderCode: "PO"}
	for range 2 * clients * each {
		arrived.Lines = append(arrived.Lines, &pb.ReceiptLine{PurchaseOrderLineNumber: 1, Quantity: amount("5", "GRM"), LocationCode: apitest.Shelf})
	}
	order := &pb.PurchaseOrder{
		Code: "PO", SupplierCode: apitest.Supplier, Lines: []*pb.PurchaseOrderLine{{LineNumber: 1, Sku: apitest.Salt, Quantity: amount("1", "GRM")}},
	}
	if _, err := p.Receiving.UpsertPurchaseOrder(t.Context(), &pb.UpsertPurchaseOrderRequest{RequestId: apitest.ID(), PurchaseOrder: order}); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Receiving.Receive(t.Context(), arrived); err != nil {
		t.Fatal(err)
	}
	for i := range clients {
		p.start("MO-1", fmt.Sprintf("C%d", i)) // one run would make them wait for each other
	}
	results := make(chan error, clients)
	for i := range clients {
		go func() {
			results <- func() error {
				for range each {
					_, err := p.consume("MO-1", fmt.Sprintf("C%d", i), in("SALT 7 GRM @ SHELF-1"), in("SALT 3 GRM @ SHELF-1"))
					if err != nil {
						return err
					}
				}
				return nil
			}()
		}()
	}
	for range clients {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	_, err := p.consume("MO-1", "R1", in("SALT 1 GRM @ SHELF-1"))
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "INSUFFICIENT_STOCK", "lines[0]")
	dbtest.Reconcile(t, p.DB)
}
