package lots_test

import (
	"fmt"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
)

// Whatever tells of stock tells of its weight.
func TestWeightIsTold(t *testing.T) {
	t.Parallel()
	f := newFishmonger(t)
	ctx := t.Context()
	f.receive("C/1", "12", "148.35")
	f.Sealed(t)
	before, err := f.Lots.GetLot(ctx, &pb.GetLotRequest{Sku: cod, LotCode: "C/1"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.moveWeighed("C/1", "3", "36.95", bin1, bin2); err != nil {
		t.Fatal(err)
	}
	if err := f.shipWeighed("S/1", "C/1", "3", "", bin2); err != nil {
		t.Fatal(err)
	}
	if err := f.adjustWeighed("C/1", bin1, "-9", "+9 111"); err != nil {
		t.Fatal(err)
	}
	then := &pb.KnownAt{Moment: &pb.KnownAt_LogIndex{LogIndex: before.LogPosition.LogIndex}}
	for what, c := range map[string]struct {
		known *pb.KnownAt
		want  string
	}{"now": {nil, "9 CASE 111 KGM"}, "then": {then, "12 CASE 148.35 KGM"}} {
		lot, err := f.Lots.GetLot(ctx, &pb.GetLotRequest{Sku: cod, LotCode: "C/1", KnownAt: c.known})
		located, err2 := f.Lots.LocateLot(ctx, &pb.LocateLotRequest{Sku: cod, LotCode: "C/1", KnownAt: c.known})
		contents, err3 := f.Lots.ListLocationContents(ctx, &pb.ListLocationContentsRequest{LocationCode: bin1, KnownAt: c.known})
		traced, err4 := f.Trace.GetTrace(ctx, &pb.GetTraceRequest{Sku: cod, LotCode: "C/1", Direction: pb.TraceDirection_TRACE_DIRECTION_FORWARD, KnownAt: c.known})
		if err != nil || err2 != nil || err3 != nil || err4 != nil {
			t.Fatal(err, err2, err3, err4)
		}
		for where, got := range map[string][2]*pb.Quantity{
			"lot": {lot.Lot.OnHand, lot.Lot.Weight}, "its stock": {lot.Stocks[0].OnHand, lot.Stocks[0].Weight}, "located": {located.Stocks[0].OnHand, located.Stocks[0].Weight},
			"contents": {contents.Contents[0].OnHand, contents.Contents[0].Weight}, "trace": {traced.Part.Lots[0].OnHand, traced.Part.Lots[0].Weight},
			"stock in trace": {traced.Part.Lots[0].Stocks[0].OnHand, traced.Part.Lots[0].Stocks[0].Weight},
		} {
			if text := fmt.Sprint(got[0].GetValue(), " ", got[0].GetUnit(), " ", got[1].GetValue(), " ", got[1].GetUnit()); text != c.want {
				t.Errorf("%s, %s: %s, want %s", what, where, text, c.want)
			}
		}
	}
	var moved []string
	movements, err := f.Lots.ListLotMovements(ctx, &pb.ListLotMovementsRequest{Sku: cod, LotCode: "C/1"})
	for _, m := range must(t, movements, err).Movements {
		moved = append(moved, m.Quantity.Value+"="+m.Weight.GetValue())
	}
	if got := strings.Join(moved, " "); got != "12=148.35 3=36.95 3=36.95 9=111.4 9=111" {
		t.Errorf("movements %s", got)
	}
	for _, newest := range []bool{false, true} {
		told := pages(t, 2, func(token string) ([]string, string, error) {
			resp, err := f.Lots.GetLotTimeline(ctx, &pb.GetLotTimelineRequest{Sku: cod, LotCode: "C/1", NewestFirst: newest, PageSize: 2, PageToken: token})
			var entries []string
			for _, e := range resp.GetEntries() {
				entries = append(entries, e.WeightBefore.GetValue()+">"+e.GetMovement().GetWeight().GetValue()+">"+e.WeightAfter.GetValue())
			}
			return entries, resp.GetNextPageToken(), err
		})
		want := []string{"0>148.35>148.35", "148.35>36.95>148.35", "148.35>36.95>111.4", "111.4>111.4>0", "0>111>111"}
		if newest {
			for i, j := 0, len(want)-1; i < j; i, j = i+1, j-1 {
				want[i], want[j] = want[j], want[i]
			}
		}
		same(t, fmt.Sprintf("timeline, newest first %v", newest), told, want)
	}
	bread, err := f.Lots.GetLot(ctx, &pb.GetLotRequest{Sku: cod, LotCode: "C/1"})
	if must(t, bread, err); bread.Lot.Weight == nil {
		t.Error("no weight")
	}
	f.ReceiveLot(t, apitest.Bread, "B/1", "10", "H87", apitest.Shelf)
	if lot := f.lot(apitest.Bread, "B/1"); lot.Lot.Weight != nil || lot.Stocks[0].Weight != nil {
		t.Errorf("bread weighs %v, %v", lot.Lot.Weight, lot.Stocks[0].Weight)
	}
}

// The reconciliation proves weights too.
func TestWeightIsReconciled(t *testing.T) {
	t.Parallel()
	f := newFishmonger(t)
	f.receive("C/1", "12", "148.35")
	if err := f.shipWeighed("S/1", "C/1", "4", "49.6", bin1); err != nil {
		t.Fatal(err)
	}
	if err := f.adjustWeighed("C/1", bin1, "-8", "+8 98.5"); err != nil {
		t.Fatal(err)
	}
	reconcile := func() ([]*pb.ReconcileDifference, *pb.ReconcileSummary) {
		t.Helper()
		stream, err := f.Lots.Reconcile(t.Context(), &pb.ReconcileRequest{Sku: cod})
		if err != nil {
			t.Fatal(err)
		}
		var differences []*pb.ReconcileDifference
		for {
			part, err := stream.Recv()
			if err != nil {
				t.Fatal(err)
			}
			if differences = append(differences, part.Differences...); part.Summary != nil {
				return differences, part.Summary
			}
		}
	}
	differences, summary := reconcile()
	if m := summary.WeightBalance; len(differences) > 0 || m.GetReceived() != "148.35" || m.GetShipped() != "49.6" || m.GetAdjusted() != "-0.25" || m.GetOnHand() != "98.5" || m.GetUnit() != "KGM" ||
		summary.MassBalance.GetUnit() != "CASE" || summary.MassBalance.GetOnHand() != "8" || summary.LotCount != 1 || summary.MovementCount != 4 {
		t.Errorf("%v, %v", differences, summary)
	}
	if _, err := f.DB.Exec(t.Context(), "UPDATE balance SET weight = 98.6 WHERE weight = 98.5"); err != nil {
		t.Fatal(err)
	}
	differences, _ = reconcile()
	var told []string
	for _, d := range differences {
		told = append(told, fmt.Sprint(strings.TrimPrefix(d.Check.String(), "RECONCILE_CHECK_"), " ", d.LocationCode, " ", d.Recorded, " ", d.Computed, " ", d.Unit))
	}
	same(t, "differences", told, []string{"BALANCE " + bin1 + " 98.6 98.5 KGM", "MASS_BALANCE  148.35 148.45 KGM"})
}

// What one operation brings to a place where there was nothing, and takes away again, leaves
// neither count nor weight there, and the reconciliation knows it.
func TestWeightThereAndBack(t *testing.T) {
	t.Parallel()
	f := newFishmonger(t)
	f.receive("C/1", "12", "148.35")
	req := moving(cod+"/C/1 3 CASE "+bin1+" > "+bin2, cod+"/C/1 3 CASE "+bin2+" > "+bin1)
	req.Lines[0].Weight, req.Lines[1].Weight = kilos("36.95"), kilos("36.95")
	resp, err := f.Lots.MoveLots(t.Context(), req)
	if len(must(t, resp, err).Movements) != 2 {
		t.Errorf("moved %v", resp)
	}
	f.wantStock("there and back", cod, "C/1", "12=148.35@"+bin1)
	req.RequestId = apitest.ID()
	req.Lines[1].Weight = kilos("36.9")
	_, err = f.Lots.MoveLots(t.Context(), req)
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "WEIGHT_DIFFERS", "lines[0].weight")
	f.wantStock("refused", cod, "C/1", "12=148.35@"+bin1)
	dbtest.Reconcile(t, f.DB)
}

// weighing counts lots of cod at bin1, each "lot cases weight".
func (f fishmonger) weighing(code string, lines ...string) ([]*pb.CountLine, error) {
	f.t.Helper()
	req := &pb.RecordCountRequest{RequestId: apitest.ID(), CountCode: code}
	for _, text := range lines {
		fields := append(strings.Fields(text), "")
		req.Lines = append(req.Lines, &pb.CountReading{Sku: cod, LotCode: fields[0], LocationCode: bin1, Counted: &pb.CountedQuantity{Value: fields[1], Unit: "CASE"}, Weight: kilos(fields[2])})
	}
	resp, err := f.Lots.RecordCount(f.t.Context(), req)
	return resp.GetLines(), err
}

// A count finds what is there and what it weighs.
func TestWeightIsCounted(t *testing.T) {
	t.Parallel()
	f := newFishmonger(t)
	for _, lot := range []string{"LESS", "SAME", "DRY", "MIXED", "GONE", "MOVED"} {
		f.receive(lot, "12", "148.35")
	}
	f.openCount(&pb.OpenCountRequest{CountCode: "CC", LocationCode: bin1})
	lines, err := f.weighing("CC", "LESS 11 136", "SAME 12 148.35", "DRY 12 147.9", "MIXED 11 149", "GONE 0", "MOVED 12 147")
	if must(t, lines, err); lines[0].WeightVariance.GetValue() != "-12.35" || lines[0].ExpectedWeight.GetValue() != "148.35" || lines[0].CountedWeight.GetValue() != "136" || lines[1].WeightVariance.GetValue() != "0" {
		t.Errorf("%v", lines)
	}
	_, err = f.weighing("CC", "GONE 0 1")
	apitest.WantRefusal(t, err, codes.InvalidArgument, "WEIGHT_OF_NOTHING", "lines[0].weight")
	_, err = f.weighing("CC", "GONE 1")
	apitest.WantRefusal(t, err, codes.InvalidArgument, "WEIGHT_REQUIRED", "lines[0].weight")
	if _, err := f.moveWeighed("MOVED", "5", "61", bin1, bin2); err != nil {
		t.Fatal(err)
	}
	posted, err := f.Lots.PostCount(t.Context(), &pb.PostCountRequest{RequestId: apitest.ID(), CountCode: "CC", Justification: "monthly"})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(posted.Movements); n != 8 { // one of LESS and of GONE, two of each other that differs
		t.Errorf("%d movements: %v", n, movements(posted.Movements))
	}
	for lot, want := range map[string]string{
		"LESS": "11=136@" + bin1, "SAME": "12=148.35@" + bin1, "DRY": "12=147.9@" + bin1, "MIXED": "11=149@" + bin1, "GONE": "", "MOVED": "7=86@" + bin1 + " 5=61@" + bin2,
	} {
		f.wantStock("counted", cod, lot, want)
	}
	// What weighs less than has gone since was weighed wrongly.
	f.openCount(&pb.OpenCountRequest{CountCode: "CC-2", LocationCode: bin1, TolerancePercent: "1"})
	if lines, err := f.weighing("CC-2", "DRY 12 100"); must(t, lines, err)[0].State != pb.CountLineState_COUNT_LINE_STATE_RECOUNT {
		t.Errorf("a third is missing: %v", lines)
	}
	if lines, err := f.weighing("CC-2", "DRY 12 101.4"); must(t, lines, err)[0].State != pb.CountLineState_COUNT_LINE_STATE_COUNTED {
		t.Errorf("weighed a second time: %v", lines)
	}
	if _, err := f.moveWeighed("DRY", "8", "101.5", bin1, bin2); err != nil {
		t.Fatal(err)
	}
	resp, err := f.Lots.PostCount(t.Context(), &pb.PostCountRequest{RequestId: apitest.ID(), CountCode: "CC-2", Justification: "monthly", LeaveOut: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range resp.LeftOut {
		if l.LotCode == "DRY" && !strings.Contains(l.LeftOutReason, "4 would weigh -0.1") {
			t.Errorf("%q", l.LeftOutReason)
		}
	}
	f.wantStock("left out", cod, "DRY", "4=46.4@"+bin1+" 8=101.5@"+bin2)
	dbtest.Reconcile(t, f.DB)
}
