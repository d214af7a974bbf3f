package catalog_test

import (
	"fmt"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

func deactivate(t testing.TB, api *apitest.API, code, reason string) (*pb.DeactivateLocationResponse, error) {
	t.Helper()
	return api.Catalog.DeactivateLocation(t.Context(), &pb.DeactivateLocationRequest{RequestId: apitest.ID(), Code: code, Reason: reason})
}

func reactivate(t testing.TB, api *apitest.API, code string) (*pb.ReactivateLocationResponse, error) {
	t.Helper()
	return api.Catalog.ReactivateLocation(t.Context(), &pb.ReactivateLocationRequest{RequestId: apitest.ID(), Code: code})
}

// inactive are the codes of what is not active.
func inactive(t testing.TB, api *apitest.API) string {
	t.Helper()
	active := false
	resp, err := api.Catalog.ListLocations(t.Context(), &pb.ListLocationsRequest{Active: &active})
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, l := range resp.Locations {
		if l.Active {
			t.Errorf("%v is listed as not active", l)
		}
		found = append(found, l.Code)
	}
	checkTree(t, api)
	return strings.Join(found, " ")
}

func TestDeactivationClosesWhatIsUnderIt(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	if _, err := upsertLocations(t, api, site("S"), storage("A", "S"), storage("B", "A"), storage("C", "B"), storage("D", "S")); err != nil {
		t.Fatal(err)
	}
	is := func(want string) {
		t.Helper()
		if got := inactive(t, api); got != want {
			t.Errorf("%q are not active, want %q", got, want)
		}
	}
	is("")
	resp, err := deactivate(t, api, "B", "leaking roof")
	if err != nil || !resp.Changed {
		t.Fatalf("%v, %v", resp, err)
	}
	want := storage("B", "A")
	want.Deactivated, want.DeactivationReason, want.Revision = true, "leaking roof", 2
	wantEqual(t, resp.Location, want)
	is("B C")
	// Again it changes nothing, whatever the reason.
	if resp, err = deactivate(t, api, "B", "other"); err != nil || resp.Changed {
		t.Errorf("%v, %v", resp, err)
	}
	wantEqual(t, resp.Location, want)
	// What is closed from above can be closed by itself too, and stays so.
	if resp, err := deactivate(t, api, "A", "inventory"); err != nil || !resp.Changed {
		t.Fatalf("%v, %v", resp, err)
	}
	if resp, err := deactivate(t, api, "C", "broken"); err != nil || !resp.Changed || resp.Location.Active {
		t.Fatalf("%v, %v", resp, err)
	}
	is("A B C")
	_, err = reactivate(t, api, "C")
	apitest.WantRefusal(t, err, codes.FailedPrecondition, "LOCATION_INACTIVE", "code")
	if text := status.Convert(err).Message(); !strings.Contains(text, `"B"`) {
		t.Errorf("%s; want it to name what to reactivate first", text)
	}
	opened, err := reactivate(t, api, "A")
	if err != nil || !opened.Changed || !opened.Location.Active || opened.Location.DeactivationReason != "" {
		t.Fatalf("%v, %v", opened, err)
	}
	is("B C")
	if opened, err = reactivate(t, api, "A"); err != nil || opened.Changed || opened.Location.Revision != 3 {
		t.Errorf("%v, %v", opened, err)
	}
	if _, err := reactivate(t, api, "B"); err != nil {
		t.Fatal(err)
	}
	is("C")
	if _, err := reactivate(t, api, "C"); err != nil {
		t.Fatal(err)
	}
	is("")
	for _, code := range []string{"N", "scrap"} {
		_, err := deactivate(t, api, code, "why")
		apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_LOCATION", "code")
		_, err = reactivate(t, api, code)
		apitest.WantRefusal(t, err, codes.NotFound, "UNKNOWN_LOCATION", "code")
	}
}

// A push says nothing of whether a location is active, and moves nothing into what
// is not.
func TestPushedWhileInactive(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	if _, err := upsertLocations(t, api, site("S"), storage("A", "S"), storage("B", "A"), storage("D", "S")); err != nil {
		t.Fatal(err)
	}
	if _, err := deactivate(t, api, "A", "why"); err != nil {
		t.Fatal(err)
	}
	for _, l := range []*pb.Location{storage("N", "A"), storage("N", "B"), storage("D", "B")} {
		_, err := upsertLocations(t, api, l)
		apitest.WantRefusal(t, err, codes.FailedPrecondition, "LOCATION_INACTIVE", "locations[0].parent_code")
	}
	// The same again, and another name.
	renamed := storage("A", "S")
	renamed.Name, renamed.Active = "Aisle", true
	resp, err := upsertLocations(t, api, renamed, storage("B", "A"), storage("D", "S"))
	if err != nil || resp.ChangedCount != 1 || resp.Locations[0].Active || !resp.Locations[0].Deactivated || resp.Locations[0].DeactivationReason != "why" || resp.Locations[1].Active || !resp.Locations[2].Active {
		t.Errorf("%v, %v", resp, err)
	}
	if got := inactive(t, api); got != "A B" {
		t.Errorf("%q are not active", got)
	}
	// What comes out from under it is active, with what is under that.
	if resp, err := upsertLocations(t, api, storage("N", "S"), storage("B", "N"), storage("A", "D")); err != nil || !resp.Locations[1].Active || resp.Locations[2].Active {
		t.Errorf("%v, %v", resp, err)
	}
	if got := inactive(t, api); got != "A" {
		t.Errorf("%q are not active", got)
	}
}

func TestDeactivationOfWhatHasStock(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	if _, err := upsertLocations(t, api, storage("BIN", apitest.Shelf)); err != nil {
		t.Fatal(err)
	}
	for i := range 4 {
		api.ReceiveLot(t, apitest.Flour, fmt.Sprintf("L%d", i), "2", "BAG", "BIN")
	}
	for _, code := range []string{"BIN", apitest.Shelf, apitest.Site} {
		_, err := deactivate(t, api, code, "why")
		apitest.WantRefusal(t, err, codes.FailedPrecondition, "LOCATION_IN_USE", "code")
		text := status.Convert(err).Message()
		if strings.Count(text, `at "BIN"`) != 3 || !strings.Contains(text, "50 KGM of lot") || !strings.Contains(text, "and more") {
			t.Errorf("%s; want three of four quantities", text)
		}
	}
	for i := range 4 {
		if err := move(t.Context(), api, fmt.Sprintf("L%d", i), "50", "BIN", apitest.Line); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := deactivate(t, api, apitest.Shelf, "why"); err != nil {
		t.Fatal(err)
	}
	// Nothing comes in, wherever from, and the refusal says what to reactivate.
	refused := func(err error, path string) {
		t.Helper()
		apitest.WantRefusal(t, err, codes.FailedPrecondition, "LOCATION_INACTIVE", path)
		if text := status.Convert(err).Message(); !strings.Contains(text, `lies in "SHELF-1", which was deactivated`) {
			t.Error(text)
		}
	}
	refused(move(t.Context(), api, "L0", "1", apitest.Line, "BIN"), "lines[0].to_location_code")
	if _, err := api.Receiving.UpsertPurchaseOrder(t.Context(), &pb.UpsertPurchaseOrderRequest{RequestId: apitest.ID(), PurchaseOrder: &pb.PurchaseOrder{
		Code: "PO", SupplierCode: apitest.Supplier, Lines: []*pb.PurchaseOrderLine{{LineNumber: 1, Sku: apitest.Flour, Quantity: &pb.Quantity{Value: "1", Unit: "KGM"}}},
	}}); err != nil {
		t.Fatal(err)
	}
	_, err := api.Receiving.Receive(t.Context(), &pb.ReceiveRequest{RequestId: apitest.ID(), ReceiptCode: "R9", PurchaseOrderCode: "PO", Lines: []*pb.ReceiptLine{{
		PurchaseOrderLineNumber: 1, LotCode: "L9", Quantity: &pb.Quantity{Value: "1", Unit: "KGM"}, LocationCode: "BIN",
	}}})
	refused(err, "lines[0].location_code")
	if _, err := api.Production.CreateProductionOrder(t.Context(), &pb.CreateProductionOrderRequest{RequestId: apitest.ID(), ProductionOrder: &pb.ProductionOrder{
		Code: "MO", Sku: apitest.Bread, Quantity: &pb.Quantity{Value: "1", Unit: "CASE"},
	}}); err != nil {
		t.Fatal(err)
	}
	if _, err := api.Production.StartRun(t.Context(), &pb.StartRunRequest{RequestId: apitest.ID(), ProductionOrderCode: "MO", RunCode: "R"}); err != nil {
		t.Fatal(err)
	}
	_, err = api.Production.RecordOutputs(t.Context(), &pb.RecordOutputsRequest{RequestId: apitest.ID(), ProductionOrderCode: "MO", RunCode: "R", Lines: []*pb.OutputLine{{
		Sku: apitest.Bread, LotCode: "B1", LocationCode: "BIN", Quantity: &pb.Quantity{Value: "1", Unit: "CASE"},
	}}})
	refused(err, "lines[0].location_code")
	// To take out is refused for want of stock alone.
	apitest.WantRefusal(t, move(t.Context(), api, "L0", "1", "BIN", apitest.Line), codes.FailedPrecondition, "INSUFFICIENT_STOCK", "lines[0]")
	checkTree(t, api)
}
