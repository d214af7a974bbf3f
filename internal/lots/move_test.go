package lots_test

import (
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
)

func TestMove(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.ReceiveLot(t, apitest.Flour, "FL-1", "4", "BAG", apitest.Dock)
	s.ReceiveLot(t, apitest.Bread, "FL-1", "10", "H87", apitest.Dock)
	req := moving("FLOUR/FL-1 1 BAG DOCK-1 > SHELF-1", "BREAD/FL-1 10 H87 DOCK-1 > LINE-1", "FLOUR/FL-1 5.125 KGM SHELF-1 > SHELF-1/ZONE/BIN-1")
	req.MovedAt, req.Reason = at("2024-03-25T08:00:00Z"), "put-away"
	resp, err := s.Lots.MoveLots(t.Context(), req)
	must(t, resp, err)
	same(t, "movements", movements(resp.Movements), []string{
		"TRANSFER FLOUR/FL-1 25 KGM (1 BAG) DOCK-1>SHELF-1 because put-away",
		"TRANSFER BREAD/FL-1 10 H87 (10 H87) DOCK-1>LINE-1 because put-away",
		"TRANSFER FLOUR/FL-1 5.125 KGM (5.125 KGM) SHELF-1>SHELF-1/ZONE/BIN-1 because put-away",
	})
	for _, m := range resp.Movements {
		if !proto.Equal(m.OccurredAt, req.MovedAt) || m.RecordedAt == nil || m.Principal != "default" {
			t.Errorf("movement %v", m)
		}
	}
	if got := s.stock(apitest.Flour, "FL-1"); got != "75@DOCK-1 19.875@SHELF-1 5.125@SHELF-1/ZONE/BIN-1" {
		t.Errorf("FLOUR is %s", got)
	}
	if got := s.stock(apitest.Bread, "FL-1"); got != "10@LINE-1" {
		t.Errorf("BREAD is %s", got)
	}
	before := dbtest.Rows(t, s.DB)
	again, err := s.Lots.MoveLots(t.Context(), req)
	if must(t, again, err); !proto.Equal(again, resp) {
		t.Errorf("replay %v, want %v", again, resp)
	}
	dbtest.SameRows(t, s.DB, before)
	dbtest.Reconcile(t, s.DB)
}

// Held and expired stock may be moved: that is how it gets out of the way.
func TestHeldAndExpiredMayBeMoved(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.receive(oil, "EXPIRED", "LTR", apitest.Shelf, "", "2024-03-02")
	s.ReceiveLot(t, apitest.Flour, "HELD", "10", "KGM", apitest.Shelf)
	s.hold(apitest.Flour, "HELD", "glass found")
	s.mustMove("OIL/EXPIRED 4 LTR SHELF-1 > DOCK-1", "FLOUR/HELD 10 KGM SHELF-1 > DOCK-1")
	if got := s.stock(apitest.Flour, "HELD"); got != "10@DOCK-1" {
		t.Errorf("HELD is %s", got)
	}
	// Untracked: the oldest is moved, held or not.
	for range 2 {
		s.ReceiveLot(t, apitest.Salt, "", "10", "GRM", apitest.Shelf)
	}
	salt, err := s.Lots.ListLots(t.Context(), &pb.ListLotsRequest{Sku: apitest.Salt})
	first, second := must(t, salt, err).Lots[0].LotCode, salt.Lots[1].LotCode
	s.hold(apitest.Salt, first, "wet")
	same(t, "movements", s.mustMove("SALT 12 GRM SHELF-1 > SHELF-1/ZONE/BIN-1"), []string{
		"TRANSFER SALT/" + first + " 10 GRM (10 GRM) SHELF-1>SHELF-1/ZONE/BIN-1",
		"TRANSFER SALT/" + second + " 2 GRM (2 GRM) SHELF-1>SHELF-1/ZONE/BIN-1",
	})
	dbtest.Reconcile(t, s.DB)
}

// One bad line, and nothing moves.
func TestMoveRefusals(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.ReceiveLot(t, apitest.Flour, "FL-1", "10", "KGM", apitest.Shelf)
	s.ReceiveLot(t, apitest.Flour, "FL-2", "10", "KGM", apitest.Shelf)
	s.ReceiveLot(t, apitest.Salt, "", "10", "GRM", apitest.Shelf)
	before := dbtest.Rows(t, s.DB)
	good := []string{"FLOUR/FL-1 1 KGM SHELF-1 > DOCK-1", "FLOUR/FL-2 2 KGM SHELF-1 > DOCK-1", "SALT 1 GRM SHELF-1 > DOCK-1"}
	for line, c := range map[string]struct {
		code                codes.Code
		reason, field, text string
	}{
		"FLOUR/FL-1 1 KGM SHELF-1 > SHELF-1":        {codes.InvalidArgument, "SAME_LOCATION", "lines[3].to_location_code", `"SHELF-1"`},
		"FLOUR/FL-9 1 KGM SHELF-1 > DOCK-1":         {codes.NotFound, "UNKNOWN_LOT", "lines[3].lot_code", `"FL-9"`},
		"CORN/FL-1 1 KGM SHELF-1 > DOCK-1":          {codes.NotFound, "UNKNOWN_ITEM", "lines[3].sku", `"CORN"`},
		"FLOUR/FL-1 1 KGM SHELF-9 > DOCK-1":         {codes.NotFound, "UNKNOWN_LOCATION", "lines[3].from_location_code", `"SHELF-9"`},
		"FLOUR/FL-1 1 KGM SHELF-1 > DOCK-9":         {codes.NotFound, "UNKNOWN_LOCATION", "lines[3].to_location_code", `"DOCK-9"`},
		"FLOUR/FL-1 1 KGM SHELF-1 > PLANT":          {codes.InvalidArgument, "LOCATION_NOT_FOR_STOCK", "lines[3].to_location_code", "site"},
		"FLOUR/FL-1 1 KGM SHELF-1 > scrap":          {codes.InvalidArgument, "LOCATION_NOT_FOR_STOCK", "lines[3].to_location_code", "virtual"},
		"FLOUR/FL-1 1 KGM supplier > DOCK-1":        {codes.InvalidArgument, "LOCATION_NOT_FOR_STOCK", "lines[3].from_location_code", "virtual"},
		"FLOUR/FL-1 9.001 KGM SHELF-1 > DOCK-1":     {codes.FailedPrecondition, "INSUFFICIENT_STOCK", "lines[0]", "only 10 KGM"}, // with the first line
		"FLOUR/FL-2 9 KGM DOCK-1 > LINE-1":          {codes.FailedPrecondition, "INSUFFICIENT_STOCK", "lines[3]", "only 0 KGM"},
		"SALT 10 GRM SHELF-1 > DOCK-1":              {codes.FailedPrecondition, "INSUFFICIENT_STOCK", "lines[3]", "10 GRM"},
		"SALT/X 1 GRM SHELF-1 > DOCK-1":             {codes.InvalidArgument, "LOT_CODE_NOT_ALLOWED", "lines[3].lot_code", `"SALT"`},
		"FLOUR 1 KGM SHELF-1 > DOCK-1":              {codes.InvalidArgument, "LOT_CODE_REQUIRED", "lines[3].lot_code", `"FLOUR"`},
		"FLOUR/FL-1 1 LTR SHELF-1 > DOCK-1":         {codes.InvalidArgument, "UNKNOWN_UNIT", "lines[3].quantity.unit", `"LTR"`},
		"FLOUR/FL-1 1.0001 KGM SHELF-1 > DOCK-1":    {codes.InvalidArgument, "QUANTITY_TOO_PRECISE", "lines[3].quantity.value", "1.0001"},
		"FLOUR/FL-1 0.000 KGM SHELF-1 > DOCK-1":     {codes.InvalidArgument, "INVALID_FIELD", "lines[3].quantity.value", "above zero"},
		"FLOUR/FL-1 1,5 KGM SHELF-1 > SHELF-1/ZONE": {codes.InvalidArgument, "INVALID_FIELD", "lines[3].quantity.value", "plain notation"},
	} {
		t.Log(line)
		_, err := s.move(append(good[:3:3], line)...)
		apitest.WantRefusal(t, err, c.code, c.reason, c.field)
		if err != nil && !strings.Contains(err.Error(), c.text) {
			t.Errorf("message does not say %q: %v", c.text, err)
		}
	}
	req := moving(good...)
	req.MovedAt = at("2999-01-01T00:00:00Z")
	_, err := s.Lots.MoveLots(t.Context(), req)
	apitest.WantRefusal(t, err, codes.InvalidArgument, "IN_THE_FUTURE", "moved_at")
	dbtest.SameRows(t, s.DB, before)
	if got := s.stock(apitest.Flour, "FL-1") + " " + s.stock(apitest.Flour, "FL-2"); got != "10@SHELF-1 10@SHELF-1" {
		t.Errorf("flour is %s", got)
	}
	s.mustMove(good...)
	dbtest.Reconcile(t, s.DB)
}

// Stock goes on in the operation that brought it, and lots in opposite order do
// not stand in each other's way.
func TestMovesAtOnce(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	lots := []string{"FL-1", "FL-2", "FL-3"}
	for _, lot := range lots {
		s.ReceiveLot(t, apitest.Flour, lot, "100", "KGM", apitest.Shelf)
	}
	const clients, each = 6, 5
	results := make(chan error, clients)
	for client := range clients {
		go func() {
			results <- func() error {
				for range each {
					var lines []string
					for i := range lots {
						if client%2 == 0 {
							i = len(lots) - 1 - i
						}
						lines = append(lines, "FLOUR/"+lots[i]+" 1 KGM SHELF-1 > DOCK-1", "FLOUR/"+lots[i]+" 1 KGM DOCK-1 > LINE-1")
					}
					if _, err := s.move(lines...); err != nil {
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
	for _, lot := range lots {
		if got := s.stock(apitest.Flour, lot); got != "30@LINE-1 70@SHELF-1" {
			t.Errorf("%s is %s", lot, got)
		}
	}
	dbtest.Reconcile(t, s.DB)
}
