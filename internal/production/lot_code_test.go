package production_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
)

// bun is by lot, with codes of the day and a number.
const bun = "BUN"

func withBuns(t *testing.T) *plant {
	t.Helper()
	p := running(t)
	p.PushItem(t, &pb.Item{Sku: bun, Name: "Bun", BaseUnit: "H87", Tracking: pb.Tracking_TRACKING_LOT, LotCodePattern: "B{YY}{DDD}-{##}"})
	return p
}

// outputLots are the lots that a request put out, line by line.
func outputLots(resp *pb.RecordOutputsResponse) []string {
	var lots []string
	for _, m := range resp.GetMovements() {
		lots = append(lots, m.GetLot().GetLotCode())
	}
	return lots
}

// The day is that of the site where the lot is put, and what a run put out under a
// generated code takes more by it.
func TestOutputsOfAPattern(t *testing.T) {
	t.Parallel()
	p := withBuns(t)
	req := &pb.RecordOutputsRequest{
		RequestId: apitest.ID(), ProductionOrderCode: "MO-1", RunCode: "R1", ProducedAt: at("2024-03-25T08:00:00Z"),
		Lines: []*pb.OutputLine{
			out("BUN 3 H87 @ SHELF-1"), out("BUN 3 H87 @ " + far), out("BUN/B24085-01 1 H87 @ SHELF-1"), out("BUN 3 H87 @ SHELF-1"), out("BRAN 1 KGM @ SHELF-1"), out("BREAD/X 1 H87 @ SHELF-1"),
		},
	}
	first, err := p.Production.RecordOutputs(t.Context(), req)
	must(t, first, err)
	if got, want := outputLots(first), []string{"B24085-02", "B24084-01", "B24085-01", "B24085-03", "run R1 of MO-1", "X"}; !slices.Equal(got, want) {
		t.Errorf("lots %q, want %q", got, want)
	}
	again, err := p.Production.RecordOutputs(t.Context(), req)
	if must(t, again, err); !proto.Equal(again, first) {
		t.Errorf("replay %v, want %v", again, first)
	}
	req = proto.CloneOf(req)
	req.RequestId, req.Lines = apitest.ID(), []*pb.OutputLine{out("BUN/B24085-02 4 H87 @ DOCK-1"), out("BUN 1 H87 @ SHELF-1")}
	more, err := p.Production.RecordOutputs(t.Context(), req)
	must(t, more, err)
	if got, want := outputLots(more), []string{"B24085-02", "B24085-04"}; !slices.Equal(got, want) {
		t.Errorf("lots %q, want %q", got, want)
	}
	if got := p.stock(bun, "B24085-02"); got != "4@DOCK-1 3@SHELF-1" {
		t.Errorf("B24085-02 is %s", got)
	}
	// Nothing is generated for what is consumed, nor where there is no pattern.
	_, err = p.consume("MO-1", "R1", in("BUN 1 H87 @ SHELF-1"))
	apitest.WantRefusal(t, err, codes.InvalidArgument, "LOT_CODE_REQUIRED", "lines[0].lot_code")
	_, err = p.output("MO-1", "R1", out("BREAD 1 H87 @ SHELF-1"))
	apitest.WantRefusal(t, err, codes.InvalidArgument, "LOT_CODE_REQUIRED", "lines[0].lot_code")
	_, err = p.output("MO-1", "R1", out("MACHINE 1 H87 @ SHELF-1"))
	apitest.WantRefusal(t, err, codes.InvalidArgument, "LOT_CODE_REQUIRED", "lines[0].lot_code")
	dbtest.Reconcile(t, p.DB)
}

// Runs and receipts of one item draw on one series.
func TestOutputsAndReceiptsOfAPattern(t *testing.T) {
	t.Parallel()
	const each = 6
	p := withBuns(t)
	p.PushItem(t, &pb.Item{Sku: bun, Name: "Bun", BaseUnit: "H87", Tracking: pb.Tracking_TRACKING_LOT, LotCodePattern: "B{###}"})
	var wg sync.WaitGroup
	for i := range each {
		run := fmt.Sprint("RUN ", i)
		p.start("MO-1", run)
		wg.Go(func() {
			if _, err := p.output("MO-1", run, out("BUN 1 H87 @ SHELF-1"), out("BUN 1 H87 @ DOCK-1")); err != nil {
				t.Error(err)
			}
		})
		wg.Go(func() { p.ReceiveLot(t, bun, "", "1", "H87", apitest.Dock) })
	}
	wg.Wait()
	var first, last string
	var n int
	err := p.DB.QueryRow(t.Context(), `
		SELECT count(*), min(lot_code), max(lot_code) FROM lot JOIN item ON item.tenant_id = 1 AND item.item_id = lot.item_id
		WHERE lot.tenant_id = 1 AND item.sku = $1`, bun).Scan(&n, &first, &last)
	if err != nil || n != 3*each || first != "B001" || last != fmt.Sprintf("B%03d", 3*each) {
		t.Errorf("%d lots from %s to %s, %v", n, first, last, err)
	}
}
