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

// Outputs may be posted before what went into them; co- and by-products are
// outputs like others; a lot may come in several goes and at several places.
func TestOutputsBeforeConsumption(t *testing.T) {
	t.Parallel()
	p := running(t)
	got, err := p.output("MO-1", "R1", out("BREAD/B/1 1 CASE @ SHELF-1"), out("CAKE/B/1 5 H87 @ DOCK-1"), out("BRAN 0.125 KGM @ DOCK-1"), out("BREAD/B/1 3 H87 @ DOCK-1"))
	must(t, got, err)
	same(t, "movements", got, []string{
		"OUTPUT BREAD/B/1 12 H87 (1 CASE) production>SHELF-1 MO-1/R1",
		"OUTPUT CAKE/B/1 5 H87 (5 H87) production>DOCK-1 MO-1/R1",
		"OUTPUT BRAN/run R1 of MO-1 0.125 KGM (0.125 KGM) production>DOCK-1 MO-1/R1",
		"OUTPUT BREAD/B/1 3 H87 (3 H87) production>DOCK-1 MO-1/R1",
	})
	p.ReceiveLot(t, apitest.Flour, "FL-1", "10", "KGM", apitest.Shelf)
	got, err = p.consume("MO-1", "R1", in("FLOUR/FL-1 8 KGM @ SHELF-1"))
	must(t, got, err)
	got, err = p.output("MO-1", "R1", out("BREAD/B/1 1 H87 @ SHELF-1"))
	must(t, got, err)
	same(t, "run", p.runLots("MO-1", "R1"), []string{
		"in FLOUR/FL-1 8 KGM", "out BRAN/run R1 of MO-1 0.125 KGM", "out BREAD/B/1 16 H87", "out CAKE/B/1 5 H87",
	})
	if got := p.stock(apitest.Bread, "B/1"); got != "3@DOCK-1 13@SHELF-1" {
		t.Errorf("B/1 is %s", got)
	}
	lot := p.lot(apitest.Bread, "B/1").Lot
	if lot.ProductionOrderCode != "MO-1" || lot.RunCode != "R1" || lot.SupplierCode != "" || lot.Inferred {
		t.Errorf("lot %v", lot)
	}
	dbtest.Reconcile(t, p.DB)
}

func TestOutputIsCarriedOutOnce(t *testing.T) {
	t.Parallel()
	p := running(t)
	req := &pb.RecordOutputsRequest{
		RequestId: apitest.ID(), ProductionOrderCode: "MO-1", RunCode: "R1", ProducedAt: at("2024-03-25T08:00:00Z"),
		Lines: []*pb.OutputLine{out("BREAD/B-1 3 H87 @ SHELF-1")},
	}
	first, err := p.Production.RecordOutputs(t.Context(), req)
	must(t, first, err)
	before := dbtest.Rows(t, p.DB)
	again, err := p.Production.RecordOutputs(t.Context(), req)
	if must(t, again, err); !proto.Equal(again, first) {
		t.Errorf("replay %v, want %v", again, first)
	}
	// After the run is finished too: it was carried out before.
	if err := p.finish("MO-1", "R1"); err != nil {
		t.Fatal(err)
	}
	again, err = p.Production.RecordOutputs(t.Context(), req)
	if must(t, again, err); !proto.Equal(again, first) {
		t.Errorf("replay %v, want %v", again, first)
	}
	before["operation"]++ // of the finish
	before["request"]++
	dbtest.SameRows(t, p.DB, before)
}

// An output adds to lots of its own run only: another lot would get ancestors
// that it never had.
func TestOutputToALotOfAnotherOrigin(t *testing.T) {
	t.Parallel()
	p := running(t)
	p.start("MO-1", "R2")
	p.ReceiveLot(t, apitest.Bread, "BOUGHT", "10", "H87", apitest.Shelf)
	got, err := p.output("MO-1", "R1", out("BREAD/MADE 1 H87 @ SHELF-1"), out("CAKE/BOUGHT 1 H87 @ SHELF-1")) // of another item: another lot
	must(t, got, err)
	before := dbtest.Rows(t, p.DB)
	for _, line := range []string{"BREAD/BOUGHT 1 H87 @ SHELF-1", "BREAD/MADE 1 H87 @ SHELF-1"} {
		_, err := p.output("MO-1", "R2", out("BREAD/NEW 1 H87 @ SHELF-1"), out(line))
		apitest.WantRefusal(t, err, codes.AlreadyExists, "LOT_EXISTS", "lines[1].lot_code")
	}
	dbtest.SameRows(t, p.DB, before)
}

func TestOutputDates(t *testing.T) {
	t.Parallel()
	p := running(t)
	output := func(moment, text, production, expiry string) error {
		line := out(text)
		line.ProductionDate, line.ExpiryDate = production, expiry
		_, err := p.Production.RecordOutputs(t.Context(), &pb.RecordOutputsRequest{
			RequestId: apitest.ID(), ProductionOrderCode: "MO-1", RunCode: "R1", ProducedAt: at(moment), Lines: []*pb.OutputLine{line},
		})
		return err
	}
	// The day is the one at the site, and so is the shelf life's first.
	for _, c := range []struct{ moment, lot, location, production, expiry, want string }{
		{"2024-03-25T22:59:59Z", "CAKE/A", "SHELF-1", "", "", "2024-03-25 2024-03-28"},
		{"2024-03-25T23:00:00Z", "CAKE/B", "SHELF-1", "", "", "2024-03-26 2024-03-29"},
		{"2024-03-26T09:59:59Z", "CAKE/C", "FAR-1", "", "", "2024-03-25 2024-03-28"},
		{"2024-03-25T12:00:00Z", "CAKE/D", "SHELF-1", "2024-03-24", "", "2024-03-24 2024-03-27"},
		{"2024-03-25T12:00:00Z", "CAKE/E", "SHELF-1", "", "2024-03-31", "2024-03-25 2024-03-31"},
		{"2024-03-25T12:00:00Z", "BREAD/F", "SHELF-1", "", "", "2024-03-25 "},
	} {
		if err := output(c.moment, c.lot+" 1 H87 @ "+c.location, c.production, c.expiry); err != nil {
			t.Errorf("%s: %v", c.lot, err)
			continue
		}
		sku, code, _ := strings.Cut(c.lot, "/")
		if lot := p.lot(sku, code).Lot; lot.ProductionDate+" "+lot.ExpiryDate != c.want {
			t.Errorf("%s at %s: made %s, expires %s; want %s", c.lot, c.moment, lot.ProductionDate, lot.ExpiryDate, c.want)
		}
	}
	// More of a lot on a later day: its dates are what they are.
	if err := output("2024-03-26T12:00:00Z", "CAKE/A 1 H87 @ SHELF-1", "", ""); err != nil {
		t.Error(err)
	}
	if err := output("2024-03-26T12:00:00Z", "CAKE/A 1 H87 @ SHELF-1", "2024-03-25", "2024-03-28"); err != nil {
		t.Error(err)
	}
	before := dbtest.Rows(t, p.DB)
	for _, c := range []struct {
		line, production, expiry string
		code                     codes.Code
		reason, field            string
	}{
		{"CAKE/A 1 H87 @ SHELF-1", "2024-03-26", "", codes.FailedPrecondition, "LOT_DIFFERS", "lines[0].production_date"},
		{"CAKE/A 1 H87 @ SHELF-1", "", "2024-03-29", codes.FailedPrecondition, "LOT_DIFFERS", "lines[0].expiry_date"},
		{"CAKE/Z 1 H87 @ SHELF-1", "2024-03-27", "", codes.InvalidArgument, "PRODUCTION_IN_THE_FUTURE", "lines[0].production_date"},
		{"CAKE/Z 1 H87 @ SHELF-1", "2024-03-25", "2024-03-24", codes.InvalidArgument, "DATES_REVERSED", "lines[0].expiry_date"},
		{"CAKE/Z 1 H87 @ SHELF-1", "2024-02-30", "", codes.InvalidArgument, "INVALID_DATE", "lines[0].production_date"},
		{"CAKE/Z 1 H87 @ SHELF-1", "", "2024-13-01", codes.InvalidArgument, "INVALID_DATE", "lines[0].expiry_date"},
		{"OIL/Z 1 LTR @ SHELF-1", "", "", codes.InvalidArgument, "EXPIRY_DATE_REQUIRED", "lines[0].expiry_date"},
	} {
		t.Log(c)
		apitest.WantRefusal(t, output("2024-03-26T12:00:00Z", c.line, c.production, c.expiry), c.code, c.reason, c.field)
	}
	// Within one request the lines of a new lot agree as well.
	first, second := out("CAKE/Z 1 H87 @ SHELF-1"), out("CAKE/Z 1 H87 @ DOCK-1")
	first.ExpiryDate, second.ExpiryDate = "2099-01-01", "2099-01-02"
	_, err := p.output("MO-1", "R1", first, second)
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "LOT_DIFFERS", "lines[1].expiry_date")
	dbtest.SameRows(t, p.DB, before)
}

func TestSerialOutputs(t *testing.T) {
	t.Parallel()
	p := running(t)
	got, err := p.output("MO-1", "R1", out("MACHINE/S-1 1 H87 @ SHELF-1"), out("MACHINE/S-2 1.0 H87 @ SHELF-1"))
	must(t, got, err)
	before := dbtest.Rows(t, p.DB)
	for line, c := range map[string]struct {
		code          codes.Code
		reason, field string
	}{
		"MACHINE/S-3 2 H87 @ SHELF-1":   {codes.InvalidArgument, "SERIAL_NOT_ONE", "lines[1].quantity"},
		"MACHINE/S-3 0.5 H87 @ SHELF-1": {codes.InvalidArgument, "QUANTITY_TOO_PRECISE", "lines[1].quantity.value"},
		"MACHINE/S-1 1 H87 @ SHELF-1":   {codes.AlreadyExists, "LOT_EXISTS", "lines[1].lot_code"},
		"MACHINE/S-4 1 H87 @ DOCK-1":    {codes.AlreadyExists, "LOT_EXISTS", "lines[1].lot_code"},
		"MACHINE 1 H87 @ SHELF-1":       {codes.InvalidArgument, "LOT_CODE_REQUIRED", "lines[1].lot_code"},
	} {
		t.Log(line)
		_, err := p.output("MO-1", "R1", out("MACHINE/S-4 1 H87 @ SHELF-1"), out(line))
		apitest.WantRefusal(t, err, c.code, c.reason, c.field)
	}
	dbtest.SameRows(t, p.DB, before)
	// A machine that was consumed is gone, its serial stays taken.
	if _, err := p.consume("MO-1", "R1", in("MACHINE/S-1 1 H87 @ SHELF-1")); err != nil {
		t.Fatal(err)
	}
	_, err = p.output("MO-1", "R1", out("MACHINE/S-1 1 H87 @ SHELF-1"))
	apitest.WantRefusal(t, err, codes.AlreadyExists, "LOT_EXISTS", "lines[0].lot_code")
	dbtest.Reconcile(t, p.DB)
}

// An untracked item has one inferred lot a run, and two runs never share one,
// whatever they are called.
func TestUntrackedOutputs(t *testing.T) {
	t.Parallel()
	p := newPlant(t)
	runs := [][2]string{{"A", "B/C"}, {"A/B", "C"}, {"A of B", "C"}, {"B", "C of A"}, {strings.Repeat("x", 128), strings.Repeat("y", 128)}}
	for _, run := range runs {
		p.order(run[0])
		p.start(run[0], run[1])
		for range 2 {
			got, err := p.output(run[0], run[1], out("BRAN 1 KGM @ SHELF-1"), out("BRAN 2 KGM @ DOCK-1"))
			must(t, got, err)
		}
	}
	codes := p.inferred(bran)
	if len(codes) != len(runs) {
		t.Errorf("lots %q, want one for each of %d runs", codes, len(runs))
	}
	for _, code := range codes {
		lot := p.lot(bran, code)
		if lot.Lot.OnHand.Value != "6" || lot.Lot.ProductionOrderCode == "" {
			t.Errorf("lot %v, want 6 made by a run", lot.Lot)
		}
	}
	dbtest.Reconcile(t, p.DB)
}

func TestOutputRefusals(t *testing.T) {
	t.Parallel()
	p := running(t)
	before := dbtest.Rows(t, p.DB)
	for line, c := range map[string]struct {
		code          codes.Code
		reason, field string
	}{
		"PIE/P 1 H87 @ SHELF-1":                                  {codes.NotFound, "UNKNOWN_ITEM", "lines[1].sku"},
		"BREAD/B 1 H87 @ SHELF-9":                                {codes.NotFound, "UNKNOWN_LOCATION", "lines[1].location_code"},
		"BREAD/B 1 H87 @ PLANT":                                  {codes.InvalidArgument, "LOCATION_NOT_FOR_STOCK", "lines[1].location_code"},
		"BREAD/B 1 H87 @ customer":                               {codes.InvalidArgument, "LOCATION_NOT_FOR_STOCK", "lines[1].location_code"},
		"BREAD 1 H87 @ SHELF-1":                                  {codes.InvalidArgument, "LOT_CODE_REQUIRED", "lines[1].lot_code"},
		"BRAN/B 1 KGM @ SHELF-1":                                 {codes.InvalidArgument, "LOT_CODE_NOT_ALLOWED", "lines[1].lot_code"},
		"BREAD/B 1 KGM @ SHELF-1":                                {codes.InvalidArgument, "UNKNOWN_UNIT", "lines[1].quantity.unit"},
		"BREAD/B 0.5 H87 @ SHELF-1":                              {codes.InvalidArgument, "QUANTITY_TOO_PRECISE", "lines[1].quantity.value"},
		"BREAD/B 99999999999999999999999999999 CASE @ SHELF-1":   {codes.InvalidArgument, "QUANTITY_TOO_LARGE", "lines[1].quantity.value"},
		"BREAD/B 1000000000000000001 H87 @ SHELF-1":              {codes.InvalidArgument, "QUANTITY_TOO_LARGE", "lines[1].quantity.value"},
		"BREAD/B many H87 @ SHELF-1":                             {codes.InvalidArgument, "INVALID_FIELD", "lines[1].quantity.value"},
		"BREAD/\u200fB 1 H87 @ SHELF-1":                          {codes.InvalidArgument, "INVALID_FIELD", "lines[1].lot_code"},
		"BREAD/" + strings.Repeat("x", 129) + " 1 H87 @ SHELF-1": {codes.InvalidArgument, "INVALID_FIELD", "lines[1].lot_code"},
	} {
		t.Log(line)
		_, err := p.output("MO-1", "R1", out("BREAD/A 1 H87 @ SHELF-1"), out(line))
		apitest.WantRefusal(t, err, c.code, c.reason, c.field)
	}
	_, err := p.output("MO-1", "R9", out("BREAD/A 1 H87 @ SHELF-1"))
	apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_RUN", "run_code")
	dbtest.SameRows(t, p.DB, before)
}

// A run may take back what it helped to make.
func TestRunConsumesItsOwnOutput(t *testing.T) {
	t.Parallel()
	p := running(t)
	for _, post := range []func() ([]string, error){
		func() ([]string, error) { return p.output("MO-1", "R1", out("BREAD/DOUGH 10 H87 @ LINE-1")) },
		func() ([]string, error) { return p.consume("MO-1", "R1", in("BREAD/DOUGH 4 H87 @ LINE-1")) },
		func() ([]string, error) { return p.output("MO-1", "R1", out("BREAD/DOUGH 3 H87 @ LINE-1")) },
	} {
		got, err := post()
		must(t, got, err)
	}
	same(t, "run", p.runLots("MO-1", "R1"), []string{"in BREAD/DOUGH 4 H87", "out BREAD/DOUGH 13 H87"})
	if got := p.stock(apitest.Bread, "DOUGH"); got != "9@LINE-1" {
		t.Errorf("DOUGH is %s", got)
	}
	dbtest.Reconcile(t, p.DB)
}

// Two runs bring the same code into being at once: one of them makes the lot,
// the others are told that it exists.
func TestNewLotCodeIsMadeOnce(t *testing.T) {
	t.Parallel()
	p := running(t)
	const clients = 6
	for i := range clients {
		p.start("MO-1", fmt.Sprintf("C%d", i))
	}
	for round := range 5 {
		results := make(chan error, clients)
		for i := range clients {
			go func() {
				_, err := p.Production.RecordOutputs(t.Context(), &pb.RecordOutputsRequest{
					RequestId: apitest.ID(), ProductionOrderCode: "MO-1", RunCode: fmt.Sprintf("C%d", i),
					Lines: []*pb.OutputLine{out(fmt.Sprintf("BREAD/L-%d 1 H87 @ SHELF-1", round))},
				})
				results <- err
			}()
		}
		done := 0
		for range clients {
			if err := <-results; err == nil {
				done++
			} else {
				apitest.WantRefusal(t, err, codes.AlreadyExists, "LOT_EXISTS", "lines[0].lot_code")
			}
		}
		if done != 1 {
			t.Errorf("round %d: %d runs made the lot", round, done)
		}
	}
	dbtest.Reconcile(t, p.DB)
}
