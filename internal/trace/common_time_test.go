package trace_test

import (
	"fmt"
	"strings"
	"testing"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// A complaint may be of a run; what cannot have got into it in time is behind it all the same,
// and is told apart; and what is behind one complaint alone is not told.
func TestCommonOriginsOutOfTime(t *testing.T) {
	t.Parallel()
	api := hasty(t) // D came out of run A, of F, after bread B was made of D in run B
	resp, err := api.Trace.RankCommonOrigins(t.Context(), &pb.RankCommonOriginsRequest{Complaints: []*pb.TraceSeed{lotSeed(apitest.Bread, "B"), lotSeed("DOUGH", "D"), runSeed("MO-B", "B")}})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, o := range resp.Origins {
		name := "receipt " + o.GetReceipt().GetReceiptCode()
		switch {
		case o.GetLot() != nil:
			name = "lot " + o.GetLot().Lot.LotCode
		case o.GetRun() != nil:
			name = "run " + o.GetRun().RunCode
		}
		got[name] = strings.Trim(fmt.Sprint(o.ComplaintCount, o.Complaints, " in time ", o.InTimeCount, o.InTimeComplaints), " ")
	}
	want := map[string]string{
		"lot D": "3 [0 1 2] in time 3 [0 1 2]", "run B": "2 [0 2] in time 2 [0 2]", "run A": "3 [0 1 2] in time 1 [1]",
		"lot F": "3 [0 1 2] in time 1 [1]", "receipt R": "3 [0 1 2] in time 1 [1]",
	}
	for name, is := range want {
		if got[name] != is {
			t.Errorf("%s: %q, want %q", name, got[name], is)
		}
	}
	if len(got) != len(want) || int(resp.OriginCount) != len(want) {
		t.Errorf("%d origins: %v", resp.OriginCount, got)
	}
}
