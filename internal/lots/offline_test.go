package lots_test

import (
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
)

func offline(id string, minute int, sku, lot, quantity, from, to string) *pb.OfflineMove {
	return &pb.OfflineMove{
		RequestId: id, MovedAt: timestamppb.New(time.Date(2024, 3, 2, 9, minute, 0, 0, time.UTC)), Sku: sku, LotCode: lot,
		Quantity: amount(quantity, "LTR"), FromLocationCode: from, ToLocationCode: to, Purpose: pb.MovePurpose_MOVE_PURPOSE_PUT_AWAY,
	}
}

// Each is posted by itself in the order in which they happened, whatever the order in
// which they come; what is wrong keeps nothing back.
func TestOfflineMoves(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.PushItem(t, &pb.Item{Sku: "GRAPE", Name: "Grape oil", BaseUnit: "LTR", Tracking: pb.Tracking_TRACKING_LOT, Gtins: []*pb.ItemGtin{{Gtin: "09521234543213", Unit: "LTR"}}})
	s.receive(oil, "L-1", "LTR", apitest.Dock, "2024-01-01", "2030-01-01")
	s.receive("GRAPE", "G-1", "LTR", apitest.Dock, "", "")
	scanned := offline(apitest.ID(), 4, "", "", "3", apitest.Dock, bin1)
	scanned.Scanned = "(01)09521234543213(10)G-1"
	unread := offline(apitest.ID(), 5, "", "", "3", apitest.Dock, bin1)
	unread.Scanned = "(01)09521234543214(10)G-1"
	undated := offline(apitest.ID(), 0, oil, "L-1", "1", apitest.Dock, bin1)
	undated.MovedAt = nil
	req := &pb.PostOfflineMovesRequest{Moves: []*pb.OfflineMove{
		offline(apitest.ID(), 3, oil, "L-1", "4", bin1, bin2), // possible only after the next
		offline(apitest.ID(), 1, oil, "L-1", "5", apitest.Dock, bin1),
		offline(apitest.ID(), 2, oil, "L-9", "5", apitest.Dock, bin1),
		offline(apitest.ID(), 6, oil, "L-1", "99", apitest.Dock, bin1),
		scanned, unread, undated,
		offline("", 7, oil, "L-1", "1", apitest.Dock, bin1),
		offline(apitest.ID(), 8, oil, "L-1", "1.", apitest.Dock, bin1),
		offline(apitest.ID(), 9, oil, "L-1", "1", bin1, bin1),
	}}
	resp, err := s.Lots.PostOfflineMoves(t.Context(), req)
	must(t, resp, err)
	var got []string
	for _, r := range resp.Results {
		if r.Refusal != nil {
			got = append(got, r.Refusal.Reason+" "+r.Refusal.Field)
			continue
		}
		got = append(got, movements(r.Movements)...)
	}
	same(t, "results", got, []string{
		"TRANSFER OIL/L-1 4 LTR (4 LTR) " + bin1 + ">" + bin2,
		"TRANSFER OIL/L-1 5 LTR (5 LTR) " + apitest.Dock + ">" + bin1,
		"UNKNOWN_LOT moves[2].lot_code",
		"INSUFFICIENT_STOCK moves[3]",
		"TRANSFER GRAPE/G-1 3 LTR (3 LTR) " + apitest.Dock + ">" + bin1,
		"GS1_CHECK_DIGIT moves[5].scanned",
		"MOVED_AT_REQUIRED moves[6].moved_at",
		"REQUEST_ID_REQUIRED moves[7].request_id",
		"DECIMAL_FORMAT moves[8].quantity.value",
		"SAME_LOCATION moves[9].to_location_code",
	})
	if resp.RefusedCount != 7 || s.stock(oil, "L-1") != "5@"+apitest.Dock+" 1@"+bin1+" 4@"+bin2 {
		t.Errorf("%d refused, stock %q", resp.RefusedCount, s.stock(oil, "L-1"))
	}
	// Sent again, as a whole: nothing is done twice.
	again, err := s.Lots.PostOfflineMoves(t.Context(), req)
	must(t, again, err)
	for i, r := range again.Results {
		if len(r.Movements) > 0 && !proto.Equal(r, resp.Results[i]) {
			t.Errorf("move %d is %v now, and was %v", i, r, resp.Results[i])
		}
	}
	if got := s.stock(oil, "L-1"); got != "5@"+apitest.Dock+" 1@"+bin1+" 4@"+bin2 {
		t.Errorf("stock %q after it was sent again", got)
	}
	_, err = s.Lots.PostOfflineMoves(t.Context(), &pb.PostOfflineMovesRequest{})
	apitest.WantRefusal(t, err, codes.InvalidArgument, "REPEATED_MIN_ITEMS", "moves")
	dbtest.Reconcile(t, s.DB)
}

// Back-dating has its limit for scanners, too: each move is judged by itself.
func TestOfflineMovesOfLongAgo(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	s.receive(oil, "L-1", "LTR", apitest.Dock, "2024-01-01", "2099-01-01")
	limited := apitest.StartOn(t, s.URL, s.DB, apitest.BackDating(31*24*time.Hour))
	late := offline(apitest.ID(), 0, oil, "L-1", "2", apitest.Dock, bin1)
	late.MovedAt = timestamppb.New(time.Now().Add(-20 * 24 * time.Hour))
	prompt := offline(apitest.ID(), 0, oil, "L-1", "1", apitest.Dock, bin1)
	prompt.MovedAt = timestamppb.New(time.Now().Add(-time.Minute))
	resp, err := limited.Lots.PostOfflineMoves(t.Context(), &pb.PostOfflineMovesRequest{Moves: []*pb.OfflineMove{
		offline(apitest.ID(), 0, oil, "L-1", "4", apitest.Dock, bin1), prompt, late,
	}})
	must(t, resp, err)
	if r := resp.Results[0].Refusal; r == nil || r.Reason != "BACK_DATED_TOO_FAR" || r.Field != "moves[0].moved_at" {
		t.Errorf("of long ago: %v", r)
	}
	if m := resp.Results[1].Movements; len(m) != 1 || m[0].BackDated {
		t.Errorf("of just now: %v", resp.Results[1])
	}
	if m := resp.Results[2].Movements; len(m) != 1 || !m[0].BackDated {
		t.Errorf("of some weeks ago: %v", resp.Results[2])
	}
	if got := s.stock(oil, "L-1"); got != "7@"+apitest.Dock+" 3@"+bin1 {
		t.Errorf("stock %q", got)
	}
}
