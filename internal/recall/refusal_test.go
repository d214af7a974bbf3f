package recall_test

import (
	"reflect"
	"testing"

	"google.golang.org/grpc/codes"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
)

// Whatever is refused leaves nothing behind.
func TestRefusals(t *testing.T) {
	t.Parallel()
	h := newHouse(t, bakery)
	h.open("OPEN", "FLOUR/F3")
	h.open("MOCK", "FLOUR/F3")
	h.must(nil, h.tryClose("MOCK"))
	h.activate("ACTIVE", "FLOUR/F1")
	h.decide("ACTIVE", release, "BREAD/B1 BREAD/B2")
	const failed = codes.FailedPrecondition
	open := func(number, lots string) func() error {
		return func() error { _, err := h.tryOpen(number, lots); return err }
	}
	activate := func(number string) func() error {
		return func() error { _, err := h.tryActivate(number); return err }
	}
	decide := func(number string, decision pb.RecallDecision, lots string) func() error {
		return func() error { _, err := h.tryDecide(number, decision, lots); return err }
	}
	end := func(number string) func() error {
		return func() error { return h.tryClose(number) }
	}
	for _, c := range []struct {
		name   string
		call   func() error
		code   codes.Code
		reason string
		fields []string
	}{
		{"open, unknown lots", open("NEW", "FLOUR/F1 FLOUR/NO NO/F1 BREAD/NO"), codes.NotFound, "UNKNOWN_LOT", []string{"lots[1].lot_code", "lots[2].sku", "lots[3].lot_code"}},
		{"open, repeated", open("NEW", "FLOUR/F1 FLOUR/F2 FLOUR/F1"), codes.InvalidArgument, "LOT_REPEATED", []string{"lots[2].lot_code"}},
		{"open, taken", open("OPEN", "FLOUR/F1"), codes.AlreadyExists, "RECALL_EXISTS", []string{"case_number"}},
		{"activate, unknown", activate("NO"), codes.NotFound, "UNKNOWN_RECALL", []string{"case_number"}},
		{"activate, active", activate("ACTIVE"), failed, "RECALL_ACTIVE", []string{"case_number"}},
		{"activate, closed", activate("MOCK"), failed, "RECALL_CLOSED", []string{"case_number"}},
		{"decide, unknown", decide("NO", keep, "FLOUR/F1"), codes.NotFound, "UNKNOWN_RECALL", []string{"case_number"}},
		{"decide, open", decide("OPEN", keep, "FLOUR/F1"), failed, "RECALL_NOT_ACTIVE", []string{"case_number"}},
		{"decide, closed", decide("MOCK", keep, "FLOUR/F1"), failed, "RECALL_NOT_ACTIVE", []string{"case_number"}},
		{"decide, lots of others", decide("ACTIVE", keep, "FLOUR/F2 FLOUR/F1 FLOUR/NO"), codes.NotFound, "LOT_NOT_IN_RECALL", []string{"lots[0].lot_code", "lots[2].lot_code"}},
		{"decide, released", decide("ACTIVE", keep, "FLOUR/F1 BREAD/B1"), failed, "HOLD_RELEASED", []string{"lots[1].lot_code"}},
		{"decide, repeated", decide("ACTIVE", release, "FLOUR/F1 FLOUR/F1"), codes.InvalidArgument, "LOT_REPEATED", []string{"lots[1].lot_code"}},
		{"close, unknown", end("NO"), codes.NotFound, "UNKNOWN_RECALL", []string{"case_number"}},
		{"close, closed", end("MOCK"), failed, "RECALL_CLOSED", []string{"case_number"}},
		{"close, in process", end("ACTIVE"), failed, "RUNS_IN_PROCESS", []string{"case_number"}},
		{"output to a released lot", func() error { return h.do("R2 -> BREAD/B2 1 H87 @ SHELF-1") }, failed, "LOT_RELEASED", []string{"lines[0].lot_code"}},
	} {
		before := dbtest.Rows(t, h.DB)
		err := c.call()
		apitest.WantRefusal(t, err, c.code, c.reason, "")
		if got := apitest.Fields(err); !reflect.DeepEqual(got, c.fields) {
			t.Errorf("%s: fields %q, want %q", c.name, got, c.fields)
		}
		dbtest.SameRows(t, h.DB, before)
	}
}

// A hold of a case is released by the case; once that is closed, like any other.
func TestHoldsOfACase(t *testing.T) {
	t.Parallel()
	h := newHouse(t, bakery)
	h.activate("C-1", "FLOUR/F3")
	req := func() *pb.ReleaseHoldRequest {
		return &pb.ReleaseHoldRequest{RequestId: apitest.ID(), Sku: "BREAD", LotCode: "B3", Number: 1, Reason: "fine"}
	}
	_, err := h.Lots.ReleaseHold(t.Context(), req())
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "HOLD_OF_RECALL", "number")
	h.decide("C-1", keep, "FLOUR/F3 BREAD/B3")
	_, err = h.Lots.ReleaseHold(t.Context(), req())
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "HOLD_OF_RECALL", "number")
	h.tell("finish R3")
	h.must(nil, h.tryClose("C-1"))
	resp, err := h.Lots.ReleaseHold(t.Context(), req())
	h.must(resp, err)
	if hold := resp.Hold; hold.CaseNumber != "C-1" || hold.Reason != "recall C-1 (class 1): glass" || hold.ReleaseReason != "fine" || hold.Active {
		t.Errorf("released %v", hold)
	}
	_, err = h.Lots.ReleaseHold(t.Context(), req())
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "HOLD_RELEASED", "number")
	h.tell("ship S-9: BREAD/B3 1 H87 @ SHELF-1")
	same(t, "lots", h.lots("C-1"), []string{"BREAD/B3 RELEASED 5 = 3 + 0 + 0 + 2", "FLOUR/F3 KEPT 50 = 49 + 0 + 1 + 0"})
	same(t, "gone", h.shipments("C-1"), []string{"S-1/2 BREAD/B3 1 H87 CUS-1"})
}
