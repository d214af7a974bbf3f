package lots_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

const (
	oilGTIN    = "09506000134352" // of a DRUM of oil
	flourGTIN  = "09521234543213"
	ovenGTIN   = "00000096385074"
	nobodyGTIN = "09501101020917"
)

// newScannedStore is a store whose items have GTINs, and a lot of oil with dates.
func newScannedStore(t *testing.T) *store {
	t.Helper()
	s := newStore(t)
	s.PushItem(t, &pb.Item{
		Sku: oil, Name: "Olive oil", BaseUnit: "LTR", Tracking: pb.Tracking_TRACKING_LOT, ExpiryTracked: true,
		Units: []*pb.ItemUnit{{Unit: "DRUM", Numerator: "200"}}, Gtins: []*pb.ItemGtin{{Gtin: oilGTIN, Unit: "DRUM"}},
	})
	s.PushItem(t, &pb.Item{
		Sku: apitest.Flour, Name: "Flour", BaseUnit: "KGM", Decimals: 3, Tracking: pb.Tracking_TRACKING_LOT, Units: []*pb.ItemUnit{{Unit: "BAG", Numerator: "25"}},
		Gtins: []*pb.ItemGtin{{Gtin: flourGTIN}, {Gtin: "00614141999996", Unit: "BAG"}},
	})
	s.PushItem(t, &pb.Item{Sku: "OVEN", Name: "Oven", BaseUnit: "H87", Tracking: pb.Tracking_TRACKING_SERIAL, Gtins: []*pb.ItemGtin{{Gtin: ovenGTIN}}})
	_, err := s.Receiving.UpsertPurchaseOrder(t.Context(), &pb.UpsertPurchaseOrderRequest{RequestId: apitest.ID(), PurchaseOrder: &pb.PurchaseOrder{
		Code: "PO", SupplierCode: apitest.Supplier, Lines: []*pb.PurchaseOrderLine{{LineNumber: 1, Sku: oil, Quantity: &pb.Quantity{Value: "400", Unit: "LTR"}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Receiving.Receive(t.Context(), &pb.ReceiveRequest{RequestId: apitest.ID(), ReceiptCode: "RC", PurchaseOrderCode: "PO", Lines: []*pb.ReceiptLine{{
		PurchaseOrderLineNumber: 1, LotCode: "OIL/1", Quantity: &pb.Quantity{Value: "400", Unit: "LTR"}, LocationCode: bin1,
		ProductionDate: "2026-01-31", ExpiryDate: "2049-12-31",
	}}})
	if err != nil {
		t.Fatal(err)
	}
	s.ReceiveLot(t, apitest.Flour, "FL-1", "100", "KGM", bin1)
	s.ReceiveLot(t, "OVEN", "SN 1", "1", "H87", bin1)
	return s
}

func reasons(resp *pb.ParseBarcodeResponse) []string {
	var all []string
	for _, w := range resp.GetWarnings() {
		all = append(all, w.GetReason())
	}
	return all
}

func TestParseBarcode(t *testing.T) {
	t.Parallel()
	s := newScannedStore(t)
	if _, err := s.Lots.PlaceHold(t.Context(), &pb.PlaceHoldRequest{RequestId: apitest.ID(), Sku: oil, LotCode: "OIL/1", Reason: "cloudy"}); err != nil {
		t.Fatal(err)
	}
	resp, err := s.Lots.ParseBarcode(t.Context(), &pb.ParseBarcodeRequest{Data: "]d201" + oilGTIN + "1748123110OIL/1\x1d302\x1d3103000750\r\n"})
	got := must(t, resp, err)
	if n := len(got.GetLot().GetActiveHolds()); n != 1 || got.GetLot().GetActiveHolds()[0].GetReason() != "cloudy" {
		t.Errorf("holds %v", got.GetLot().GetActiveHolds())
	}
	got.Lot.ActiveHolds = nil
	want := &pb.ParseBarcodeResponse{
		Symbology: "]d2",
		Elements: []*pb.BarcodeElement{
			{Ai: "01", Value: oilGTIN, Title: "GTIN"}, {Ai: "17", Value: "481231", Title: "USE BY or EXPIRY"}, {Ai: "10", Value: "OIL/1", Title: "BATCH/LOT"},
			{Ai: "30", Value: "2", Title: "VAR. COUNT"}, {Ai: "3103", Value: "000750", Title: "NET WEIGHT (kg)"},
		},
		ElementString: "01" + oilGTIN + "1748123110OIL/1\x1d302\x1d3103000750",
		Bracketed:     "(01)" + oilGTIN + "(17)481231(10)OIL/1(30)2(3103)000750",
		DigitalLink:   "https://id.gs1.org/01/" + oilGTIN + "/10/OIL%2F1?17=481231&3103=000750&30=2",
		Gtin:          oilGTIN, LotNumber: "OIL/1", ExpiryDate: "2048-12-31",
		Measures: []*pb.BarcodeMeasure{{Ai: "3103", Quantity: &pb.Quantity{Value: "0.750", Unit: "KGM"}}},
		Quantity: &pb.Quantity{Value: "2", Unit: "DRUM"},
		Item:     &pb.BarcodeItem{Sku: oil, Name: "Olive oil", Unit: "DRUM"},
		Lot: &pb.BarcodeLot{
			Sku: oil, LotCode: "OIL/1", OnHand: &pb.Quantity{Value: "400", Unit: "LTR"}, ProductionDate: "2026-01-31", ExpiryDate: "2049-12-31",
		},
	}
	if !slices.Equal(reasons(got), []string{"DATES_DIFFER"}) {
		t.Errorf("no warning of the date: %v", got.GetWarnings())
	}
	got.Warnings = nil
	if !proto.Equal(got, want) {
		t.Errorf("got\n%v\nwant\n%v", got, want)
	}
	for data, c := range map[string]struct {
		warnings  []string
		sku, lot  string
		unit      string
		hasNoLink bool
	}{
		"(10)OIL/1":                                                {[]string{"GS1_MISSING_AI"}, "", "", "", true},
		"(01)" + nobodyGTIN + "(10)X":                              {[]string{"UNKNOWN_GTIN"}, "", "", "", false},
		"(01)" + oilGTIN + "(10)X":                                 {[]string{"UNKNOWN_LOT"}, oil, "", "", false},
		"(01)" + ovenGTIN + "(21)SN-1(10)FL-1":                     {[]string{"UNKNOWN_LOT"}, "OVEN", "", "", false},
		"(01)" + flourGTIN + "(10)FL-1(3102)001250":                {nil, apitest.Flour, "FL-1", "KGM", false},
		"(01)" + flourGTIN + "(10)FL-1(15)271200":                  {[]string{"DATES_DIFFER"}, apitest.Flour, "FL-1", "", false},
		"(00)195060001343520014(02)" + flourGTIN + "(37)3(10)FL-1": {nil, apitest.Flour, "FL-1", "KGM", false},
		flourGTIN: {nil, apitest.Flour, "", "", false},
	} {
		got, err := s.Lots.ParseBarcode(t.Context(), &pb.ParseBarcodeRequest{Data: data})
		if err != nil {
			t.Errorf("%q: %v", data, err)
			continue
		}
		if !slices.Equal(reasons(got), c.warnings) || got.GetItem().GetSku() != c.sku || got.GetLot().GetLotCode() != c.lot || got.GetQuantity().GetUnit() != c.unit || (got.GetDigitalLink() == "") != c.hasNoLink {
			t.Errorf("%q: %v", data, got)
		}
	}
	_, err = s.Lots.ParseBarcode(t.Context(), &pb.ParseBarcodeRequest{Data: "(01)" + oilGTIN + "(17)270231"})
	apitest.WantRefusal(t, err, codes.InvalidArgument, "GS1_DATE", "data")
	status, body := s.Do(t, http.MethodPost, "/v1/barcodes/parse", `{"data": "]C101`+flourGTIN+`10FL-1\u001d3712"}`)
	if lot, _ := body["lot"].(map[string]any); status != http.StatusOK || lot["lot_code"] != "FL-1" || len(body["elements"].([]any)) != 3 {
		t.Errorf("HTTP %d: %v", status, body)
	}
	if _, body := s.Do(t, http.MethodPost, "/v1/barcodes/parse", `{"data": "HELLO"}`); !strings.Contains(body["message"].(string), "(01)") {
		t.Errorf("%v", body)
	}
}
