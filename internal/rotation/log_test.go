package rotation_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// toldInLog is what the log says of movements that were out of rotation, in its order.
func (d *dairy) toldInLog() []string {
	d.t.Helper()
	d.Sealed(d.t)
	resp, err := d.Log.ListLog(d.t.Context(), &pb.ListLogRequest{PageSize: 1000})
	d.must(err)
	var told []string
	for _, e := range resp.Entries {
		for _, r := range e.Operation.OutOfRotation {
			told = append(told, fmt.Sprintf("%s %s of %s/%s@%s %s", strings.TrimPrefix(e.Operation.Kind.String(), "OPERATION_KIND_"),
				r.Quantity.Value, r.Lot.Sku, r.Lot.LotCode, r.LocationCode, rotation(&pb.Rotation{Reason: r.Reason, Earlier: r.Earlier})))
		}
	}
	return told
}

// The log says of consumptions and shipments which lines were out of rotation, against
// which lots, and why; and nothing of those that were in it, or were not judged.
func TestRotationInTheLog(t *testing.T) {
	t.Parallel()
	d := newDairy(t)
	for _, sku := range []string{milk, juice, timber} {
		d.receive(sku, "LATE", apitest.Dock, 20)
		d.receive(sku, "SOON", apitest.Shelf, 10)
	}
	d.must(d.consume("TIMBER/LATE 1 DOCK-1", "MILK/LATE 1 DOCK-1 because the mixer is next to it", "JUICE/SOON 1 SHELF-1", "JUICE/LATE 2 DOCK-1"))
	_, err := d.ship("SH-1", "MILK/SOON 4 SHELF-1", "MILK/LATE 2 DOCK-1 because agreed")
	d.must(err)
	_, err = d.ship("SH-2", "MILK/SOON 6 SHELF-1")
	d.must(err)
	want := []string{
		"CONSUMPTION 1 of MILK/LATE@DOCK-1 behind 10 of SOON@SHELF-1 because the mixer is next to it",
		"CONSUMPTION 2 of JUICE/LATE@DOCK-1 behind 9 of SOON@SHELF-1",
		"SHIPMENT 2 of MILK/LATE@DOCK-1 behind 6 of SOON@SHELF-1 because agreed",
	}
	if got := d.toldInLog(); !slices.Equal(got, want) {
		t.Errorf("log\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	// What takes one of them back is itself in no rotation.
	_, err = d.Lots.ReverseOperation(t.Context(), &pb.ReverseOperationRequest{
		RequestId: "back", Operation: &pb.ReverseOperationRequest_ShipmentCode{ShipmentCode: "SH-1"}, Reason: "typed wrongly",
	})
	d.must(err)
	if got := d.toldInLog(); !slices.Equal(got, want) {
		t.Errorf("log after it was taken back\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
