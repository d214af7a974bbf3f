package rotation_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"google.golang.org/grpc/codes"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
)

// consumptions are all that the run took, asked for two a page.
func (d *dairy) consumptions() []string {
	d.t.Helper()
	var told []string
	req := &pb.ListConsumptionsRequest{ProductionOrderCode: "MO", RunCode: "R", PageSize: 2}
	for {
		resp, err := d.Production.ListConsumptions(d.t.Context(), req)
		d.must(err)
		for _, c := range resp.Consumptions {
			told = append(told, fmt.Sprintf("%s of %s/%s@%s %s", c.Quantity.Value, c.Lot.Sku, c.Lot.LotCode, c.LocationCode, rotation(c.Rotation)))
			if c.OccurredAt == nil || c.RecordedAt == nil || c.Principal != "default" || c.Entered.GetUnit() != "LTR" {
				d.t.Errorf("consumption %v", c)
			}
		}
		if req.PageToken = resp.NextPageToken; req.PageToken == "" {
			return told
		}
		if len(resp.Consumptions) != 2 {
			d.t.Fatalf("a page of %d", len(resp.Consumptions))
		}
	}
}

func TestConsumptions(t *testing.T) {
	t.Parallel()
	d := newDairy(t)
	for _, sku := range []string{milk, juice, timber} {
		d.receive(sku, "LATE", apitest.Dock, 20)
		d.receive(sku, "SOON", apitest.Shelf, 10)
	}
	if got := d.consumptions(); len(got) != 0 {
		t.Errorf("consumptions %q", got)
	}
	before := dbtest.Rows(t, d.DB)
	err := d.consume("TIMBER/LATE 1 DOCK-1", "MILK/LATE 1 DOCK-1")
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "OUT_OF_ROTATION", "lines[1].out_of_rotation_reason")
	dbtest.SameRows(t, d.DB, before)
	d.must(d.consume("TIMBER/LATE 1 DOCK-1", "MILK/LATE 1 DOCK-1 because the mixer is next to it", "JUICE/LATE 2 DOCK-1"))
	d.must(d.consume("MILK/SOON 9 SHELF-1"))
	d.must(d.consume("MILK/LATE 3 DOCK-1", "MILK/SOON 1 SHELF-1"))
	want := []string{
		"1 of TIMBER/LATE@DOCK-1 not judged",
		"1 of MILK/LATE@DOCK-1 behind 10 of SOON@SHELF-1 because the mixer is next to it",
		"2 of JUICE/LATE@DOCK-1 behind 10 of SOON@SHELF-1",
		"9 of MILK/SOON@SHELF-1 in rotation",
		"3 of MILK/LATE@DOCK-1 in rotation",
		"1 of MILK/SOON@SHELF-1 in rotation",
	}
	if got := d.consumptions(); !slices.Equal(got, want) {
		t.Errorf("consumptions\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	_, err = d.Production.ListConsumptions(t.Context(), &pb.ListConsumptionsRequest{ProductionOrderCode: "MO", RunCode: "R-9"})
	apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_RUN", "run_code")
	dbtest.Reconcile(t, d.DB)
}

// What came in while a shipment waited for its lot is seen: it is judged by what there
// is when the lot is its own.
func TestJudgedBehindTheLocks(t *testing.T) {
	t.Parallel()
	d := newDairy(t)
	d.receive(milk, "LATE", apitest.Dock, 20)
	holder, err := pgx.Connect(t.Context(), d.URL)
	d.must(err)
	defer func() { _ = holder.Close(t.Context()) }()
	tx, err := holder.Begin(t.Context())
	d.must(err)
	if _, err := tx.Exec(t.Context(), "SELECT FROM lot WHERE lot_code = 'LATE' FOR NO KEY UPDATE"); err != nil {
		t.Fatal(err)
	}
	shipped := make(chan error, 1)
	go func() {
		_, err := d.Dispatch.Ship(t.Context(), &pb.ShipRequest{RequestId: apitest.ID(), ShipmentCode: "SH-1", CustomerCode: apitest.Customer, Lines: lines("MILK/LATE 1 DOCK-1")})
		shipped <- err
	}()
	dbtest.UntilWaiting(t, d.DB, 1, "the shipment")
	d.receive(milk, "SOON", apitest.Shelf, 10)
	d.must(tx.Rollback(t.Context()))
	apitest.WantRefusal(t, <-shipped, codes.FailedPrecondition, "OUT_OF_ROTATION", "lines[0].out_of_rotation_reason")
}
