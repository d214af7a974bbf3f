package expiry_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
	"github.com/lottrail/lottrail/internal/expiry"
	"github.com/lottrail/lottrail/internal/pg"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// Places at sites where it is seldom the same day.
const (
	auckland = "AKL-1" // 13 hours ahead of UTC until the 5th of April 2030, then 12
	honolulu = "HNL-1" // 10 hours behind
	milk     = "MILK"  // with 7 warning days
)

// house is a service with a place in Auckland and one in Honolulu. Its lots come with
// dates in the year 2030, and what looks at them is told that it is then.
type house struct{ *apitest.API }

func newHouse(t testing.TB) house {
	t.Helper()
	h := house{apitest.Start(t)}
	h.Minimal(t)
	for site, zone := range map[string]string{"AKL": "Pacific/Auckland", "HNL": "Pacific/Honolulu"} {
		h.PushLocation(t, &pb.Location{Code: site, Name: site, Kind: pb.LocationKind_LOCATION_KIND_SITE, TimeZone: zone})
		h.PushLocation(t, &pb.Location{Code: site + "-A", Name: site, ParentCode: site, Kind: pb.LocationKind_LOCATION_KIND_STORAGE})
		h.PushLocation(t, &pb.Location{Code: site + "-1", Name: site, ParentCode: site + "-A", Kind: pb.LocationKind_LOCATION_KIND_STORAGE})
	}
	h.PushItem(t, &pb.Item{Sku: milk, Name: "Milk", BaseUnit: "LTR", Decimals: 1, Tracking: pb.Tracking_TRACKING_LOT, WarningDays: 7})
	return h
}

// receive takes 10 of each lot in, with the dates of the line.
func (h house) receive(t testing.TB, sku, unit, location string, dates *pb.ReceiptLine, lotCodes ...string) {
	t.Helper()
	order, ten := apitest.ID(), &pb.Quantity{Value: "10", Unit: unit}
	_, err := h.Receiving.UpsertPurchaseOrder(t.Context(), &pb.UpsertPurchaseOrderRequest{RequestId: apitest.ID(), PurchaseOrder: &pb.PurchaseOrder{
		Code: order, SupplierCode: apitest.Supplier, Lines: []*pb.PurchaseOrderLine{{LineNumber: 1, Sku: sku, Quantity: ten}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	req := &pb.ReceiveRequest{RequestId: apitest.ID(), ReceiptCode: order, PurchaseOrderCode: order}
	for _, code := range lotCodes {
		req.Lines = append(req.Lines, &pb.ReceiptLine{
			PurchaseOrderLineNumber: 1, LotCode: code, Quantity: ten, LocationCode: location,
			ProductionDate: dates.ProductionDate, BestBeforeDate: dates.BestBeforeDate, ExpiryDate: dates.ExpiryDate,
		})
	}
	if _, err := h.Receiving.Receive(t.Context(), req); err != nil {
		t.Fatal(err)
	}
}

// look looks as at a moment.
func look(t testing.TB, db *pg.DB, at string) expiry.Looked {
	t.Helper()
	now, err := time.Parse(time.RFC3339, at)
	if err != nil {
		t.Fatal(err)
	}
	looked, err := expiry.Look(context.Background(), db, 1, now)
	if err != nil {
		t.Errorf("looking at %s: %v", at, err)
	}
	return looked
}

// lines reads a column of text.
func lines(t testing.TB, db *pg.DB, sql string, args ...any) []string {
	t.Helper()
	rows, err := db.Query(context.Background(), sql, args...)
	if err != nil {
		t.Fatal(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// standing are the holds that stand, as "lot number reason".
func standing(t testing.TB, db *pg.DB) []string {
	t.Helper()
	return lines(t, db, `
		SELECT concat_ws(' ', lot_code, number, reason) FROM hold JOIN lot USING (tenant_id, lot_id)
		WHERE released_operation_id IS NULL ORDER BY 1`)
}

// done are what was done by itself, as "lot what last day".
func done(t testing.TB, db *pg.DB) []string {
	t.Helper()
	return lines(t, db, "SELECT concat_ws(' ', lot_code, kind, last_day) FROM lot_expiry JOIN lot USING (tenant_id, lot_id) ORDER BY lot_code, lot_expiry.kind, round")
}

func same(t testing.TB, what string, got []string, want ...string) {
	t.Helper()
	if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

// receiveMore takes 10 more of a lot in, whatever its dates.
func (h house) receiveMore(t testing.TB, sku, unit, location, lotCode string) {
	t.Helper()
	order, ten := apitest.ID(), &pb.Quantity{Value: "10", Unit: unit}
	_, err := h.Receiving.UpsertPurchaseOrder(t.Context(), &pb.UpsertPurchaseOrderRequest{RequestId: apitest.ID(), PurchaseOrder: &pb.PurchaseOrder{
		Code: order, SupplierCode: apitest.Supplier, Lines: []*pb.PurchaseOrderLine{{LineNumber: 1, Sku: sku, Quantity: ten}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Receiving.Receive(t.Context(), &pb.ReceiveRequest{RequestId: apitest.ID(), ReceiptCode: order, PurchaseOrderCode: order, Lines: []*pb.ReceiptLine{
		{PurchaseOrderLineNumber: 1, LotCode: lotCode, Quantity: ten, LocationCode: location, AddToExisting: true},
	}}); err != nil {
		t.Fatal(err)
	}
}
