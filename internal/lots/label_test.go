package lots_test

import (
	"bytes"
	"image"
	imagedraw "image/draw"
	"image/png"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/datamatrix"
	"github.com/makiuchi-d/gozxing/oned"
	"google.golang.org/grpc/codes"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

// read reads the barcode in a label with code of other people.
func read(t *testing.T, picture []byte, reader gozxing.Reader) string {
	t.Helper()
	decoded, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	part := tallest(decoded)
	cropped := image.NewGray(part)
	imagedraw.Draw(cropped, part, decoded, part.Min, imagedraw.Src)
	bitmap, err := gozxing.NewBinaryBitmapFromImage(cropped)
	if err != nil {
		t.Fatal(err)
	}
	result, err := reader.Decode(bitmap, map[gozxing.DecodeHintType]any{
		gozxing.DecodeHintType_PURE_BARCODE: true, gozxing.DecodeHintType_ASSUME_GS1: true,
	})
	if err != nil {
		t.Fatalf("it cannot be read: %v", err)
	}
	return result.GetText()
}

// tallest is the band of rows with something in them that is the tallest: the barcode,
// with some white around it.
func tallest(picture image.Image) image.Rectangle {
	all := picture.Bounds()
	var best, band image.Rectangle
	for y := all.Min.Y; y <= all.Max.Y; y++ {
		if y < all.Max.Y && hasInk(picture, y) {
			if band.Empty() {
				band = image.Rect(all.Min.X, y, all.Max.X, y)
			}
			band.Max.Y = y + 1
			continue
		}
		if band.Dy() > best.Dy() {
			best = band
		}
		band = image.Rectangle{}
	}
	return best.Inset(-4).Intersect(all)
}

func hasInk(picture image.Image, y int) bool {
	for x := picture.Bounds().Min.X; x < picture.Bounds().Max.X; x++ {
		if r, _, _, _ := picture.At(x, y).RGBA(); r < 0x8000 {
			return true
		}
	}
	return false
}

func TestLotLabels(t *testing.T) {
	t.Parallel()
	s := newScannedStore(t)
	const says = "01" + oilGTIN + "17491231" + "10OIL/1"
	for symbology, reader := range map[pb.LabelSymbology]gozxing.Reader{
		pb.LabelSymbology_LABEL_SYMBOLOGY_GS1_DATAMATRIX: datamatrix.NewDataMatrixReader(), pb.LabelSymbology_LABEL_SYMBOLOGY_GS1_128: oned.NewCode128Reader(),
	} {
		resp, err := s.Lots.GetLotLabel(t.Context(), &pb.GetLotLabelRequest{
			Sku: oil, LotCode: "OIL/1", Symbology: symbology, Format: pb.LabelFormat_LABEL_FORMAT_PNG, DigitalLinkStem: "https://example.com/items",
		})
		got := must(t, resp, err)
		if text := strings.TrimPrefix(strings.TrimPrefix(read(t, got.GetPicture().GetData(), reader), "]C1"), "\x1d"); text != says {
			t.Errorf("%v reads %q", symbology, text)
		}
		if got.GetPicture().GetContentType() != "image/png" || got.GetElementString()[3:] != says || got.GetBracketed() != "(01)"+oilGTIN+"(17)491231(10)OIL/1" ||
			got.GetDigitalLink() != "https://example.com/items/01/"+oilGTIN+"/10/OIL%2F1?17=491231" || len(got.GetElements()) != 3 {
			t.Errorf("%v: %v", symbology, got)
		}
		// Scanned, it is the lot again.
		back, err := s.Lots.GetLot(t.Context(), &pb.GetLotRequest{Scan: got.GetElementString()})
		if must(t, back, err).GetLot().GetLotCode() != "OIL/1" {
			t.Errorf("%q is lot %v", got.GetElementString(), back.GetLot())
		}
	}
	// Over REST, the picture itself.
	for target, contentType := range map[string]string{
		"/v1/items/OIL/lots/OIL%2F1/label/picture":                                                          "image/svg+xml",
		"/v1/lot/label/picture?format=LABEL_FORMAT_PNG&scan=" + url.QueryEscape("(01)"+oilGTIN+"(10)OIL/1"): "image/png",
	} {
		resp, err := http.Get(s.REST + target)
		if err != nil {
			t.Fatal(err)
		}
		var body bytes.Buffer
		_, err = body.ReadFrom(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != contentType {
			t.Errorf("%s: HTTP %d, %s, %v", target, resp.StatusCode, resp.Header.Get("Content-Type"), err)
		}
		if start := body.String(); !strings.HasPrefix(start, "<svg") && !strings.HasPrefix(start, "\x89PNG") && !strings.HasPrefix(start, "<?xml") {
			t.Errorf("%s: %.40q", target, start)
		}
	}
	status, body := s.Do(t, http.MethodGet, "/v1/items/OIL/lots/OIL%2F1/label", nil)
	if picture, _ := body["picture"].(map[string]any); status != http.StatusOK || picture["content_type"] != "image/svg+xml" || body["element_string"] != "]d2"+says {
		t.Errorf("HTTP %d: %v", status, body)
	}
	status, body = s.Do(t, http.MethodGet, "/v1/items/OIL/lots/NONE/label/picture", nil)
	if status != http.StatusNotFound {
		t.Errorf("HTTP %d: %v", status, body)
	}
}

func TestLotLabelsRefused(t *testing.T) {
	t.Parallel()
	s := newScannedStore(t)
	long := strings.Repeat("L", 21)
	s.ReceiveLot(t, apitest.Flour, long, "1", "KGM", bin1)
	s.ReceiveLot(t, apitest.Flour, "Ä", "1", "KGM", bin1)
	s.ReceiveLot(t, apitest.Bread, "BR-1", "1", "H87", bin1)
	const refused = codes.FailedPrecondition
	for _, c := range []struct {
		req    *pb.GetLotLabelRequest
		code   codes.Code
		reason string
		field  string
	}{
		{&pb.GetLotLabelRequest{Sku: apitest.Bread, LotCode: "BR-1"}, refused, "GTIN_REQUIRED", "sku"},
		{&pb.GetLotLabelRequest{Sku: oil, LotCode: "OIL/1", Unit: "LTR"}, refused, "GTIN_REQUIRED", "unit"},
		{&pb.GetLotLabelRequest{Sku: oil, LotCode: "OIL/1", Unit: "CASE"}, codes.InvalidArgument, "UNKNOWN_UNIT", "unit"},
		{&pb.GetLotLabelRequest{Sku: apitest.Flour, LotCode: long}, refused, "GS1_LENGTH", "lot_code"},
		{&pb.GetLotLabelRequest{Sku: apitest.Flour, LotCode: "Ä"}, refused, "GS1_CHARACTER", "lot_code"},
		{&pb.GetLotLabelRequest{Sku: "OVEN", LotCode: "SN 1"}, refused, "GS1_CHARACTER", "lot_code"},
		{&pb.GetLotLabelRequest{Sku: apitest.Flour, LotCode: "NONE"}, codes.NotFound, "UNKNOWN_LOT", "lot_code"},
		{&pb.GetLotLabelRequest{Sku: "NONE", LotCode: "FL-1"}, codes.NotFound, "UNKNOWN_ITEM", "sku"},
		{&pb.GetLotLabelRequest{Sku: apitest.Flour, LotCode: "FL-1", ModuleDots: 1}, codes.InvalidArgument, "LABEL_MODULE_OUT_OF_RANGE", "module_dots"},
		{&pb.GetLotLabelRequest{Sku: apitest.Flour, LotCode: "FL-1", ModuleDots: 20, Symbology: 2}, codes.InvalidArgument, "LABEL_BARCODE_TOO_WIDE", "module_dots"},
		{&pb.GetLotLabelRequest{Sku: apitest.Flour, LotCode: "FL-1", DigitalLinkStem: "ftp://example.com"}, codes.InvalidArgument, "GS1_DIGITAL_LINK", "digital_link_stem"},
	} {
		_, err := s.Lots.GetLotLabel(t.Context(), c.req)
		apitest.WantRefusal(t, err, c.code, c.reason, c.field)
	}
	// A date that scanners would take for one of another century is not on it.
	s.PushItem(t, &pb.Item{Sku: "HONEY", Name: "Honey", BaseUnit: "KGM", Tracking: pb.Tracking_TRACKING_LOT, ShelfLifeDays: 36500, Gtins: []*pb.ItemGtin{{Gtin: nobodyGTIN}}})
	s.ReceiveLot(t, "HONEY", "H-1", "1", "KGM", bin1)
	honey, err := s.Lots.GetLotLabel(t.Context(), &pb.GetLotLabelRequest{Sku: "HONEY", LotCode: "H-1"})
	if must(t, honey, err).GetBracketed() != "(01)"+nobodyGTIN+"(10)H-1" {
		t.Errorf("honey: %s", honey.GetBracketed())
	}
	// Without a unit, the base unit's GTIN goes before others.
	for unit, gtin := range map[string]string{"": flourGTIN, "KGM": flourGTIN, "BAG": "00614141999996"} {
		resp, err := s.Lots.GetLotLabel(t.Context(), &pb.GetLotLabelRequest{Sku: apitest.Flour, LotCode: "FL-1", Unit: unit})
		if must(t, resp, err).GetElements()[0].GetValue() != gtin {
			t.Errorf("unit %q: %v", unit, resp.GetElements())
		}
	}
}
