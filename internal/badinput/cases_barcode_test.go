package badinput_test

import (
	"fmt"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

const (
	flourGTIN  = "09521234543213" // 1 KGM
	breadGTIN  = "09506000134352" // 1 H87
	drillGTIN  = "00614141999996"
	nobodyGTIN = "09501101020917"
	numbered   = "NUMBERED" // its pattern N{#} has run out
)

// tag gives GTINs to flour, bread and drills, and uses up the lot codes of an item. It
// goes before stock comes in.
func (w *world) tag(t testing.TB) {
	t.Helper()
	w.PushItem(t, &pb.Item{
		Sku: apitest.Flour, Name: "Flour", Category: "milled", BaseUnit: "KGM", Decimals: 3, Tracking: pb.Tracking_TRACKING_LOT,
		Units: []*pb.ItemUnit{{Unit: "BAG", Numerator: "25"}}, Gtins: []*pb.ItemGtin{{Gtin: flourGTIN}},
	})
	w.PushItem(t, &pb.Item{
		Sku: apitest.Bread, Name: "Bread", BaseUnit: "H87", Tracking: pb.Tracking_TRACKING_LOT,
		Units: []*pb.ItemUnit{{Unit: "CASE", Numerator: "12"}}, Gtins: []*pb.ItemGtin{{Gtin: breadGTIN}},
	})
	w.PushItem(t, &pb.Item{Sku: drill, Name: "Drill", BaseUnit: "H87", Tracking: pb.Tracking_TRACKING_SERIAL, Gtins: []*pb.ItemGtin{{Gtin: drillGTIN}}})
	w.PushItem(t, &pb.Item{Sku: numbered, Name: "Sugar", BaseUnit: "KGM", Tracking: pb.Tracking_TRACKING_LOT, LotCodePattern: "N{#}"})
	w.must(t, "UpsertPurchaseOrder", &pb.UpsertPurchaseOrderRequest{PurchaseOrder: &pb.PurchaseOrder{
		Code: "PO-N", SupplierCode: apitest.Supplier, Lines: []*pb.PurchaseOrderLine{{LineNumber: 1, Sku: numbered, Quantity: amount("99", "KGM")}},
	}})
	var lines []*pb.ReceiptLine
	for range 9 {
		lines = append(lines, &pb.ReceiptLine{PurchaseOrderLineNumber: 1, Quantity: amount("1", "KGM"), LocationCode: apitest.Shelf})
	}
	w.must(t, "Receive", &pb.ReceiveRequest{ReceiptCode: "RC-N", PurchaseOrderCode: "PO-N", ReceivedAt: then, Lines: lines})
}

func addBarcodes(add func(string, proto.Message)) {
	add("ParseBarcode", &pb.ParseBarcodeRequest{Data: "(01)" + flourGTIN + "(10)FL-1"})
	add("GetLotLabel", &pb.GetLotLabelRequest{
		Sku: apitest.Flour, LotCode: "FL-1", Symbology: pb.LabelSymbology_LABEL_SYMBOLOGY_GS1_128, Format: pb.LabelFormat_LABEL_FORMAT_PNG, Unit: "KGM",
		DigitalLinkStem: "https://example.com", ModuleDots: 2,
	})
}

// scanFields is where requests take what a scanner read, with what is to be left out
// beside it.
var scanFields = map[string][]edit{
	"Receive":            set("lines[0].scan", "", "lines[0].lot_code", ""),
	"RecordOutputs":      set("lines[0].scan", "", "lines[0].sku", "", "lines[0].lot_code", ""),
	"ConsumeLots":        set("lines[0].scan", "", "lines[0].sku", "", "lines[0].lot_code", ""),
	"Ship":               set("lines[0].scan", "", "lines[0].sku", "", "lines[0].lot_code", ""),
	"MoveLots":           set("lines[0].scan", "", "lines[0].sku", "", "lines[0].lot_code", ""),
	"PlaceHold":          set("scan", "", "sku", "", "lot_code", ""),
	"ReleaseHold":        set("scan", "", "sku", "", "lot_code", ""),
	"GetLot":             set("scan", "", "sku", "", "lot_code", ""),
	"LocateLot":          set("scan", "", "sku", "", "lot_code", ""),
	"ListHolds":          set("scan", "", "sku", "", "lot_code", ""),
	"ListLotMovements":   set("scan", "", "sku", "", "lot_code", ""),
	"ChangeLotDates":     set("scan", "", "sku", "", "lot_code", ""),
	"ListLotDateChanges": set("scan", "", "sku", "", "lot_code", ""),
	"GetLotLabel":        set("scan", "", "sku", "", "lot_code", ""),
	"TraceForward":       set("scan", "", "sku", "", "lot_code", ""),
	"TraceBackward":      set("scan", "", "sku", "", "lot_code", ""),
	"TraceBoth":          set("scan", "", "sku", "", "lot_code", ""),
	"GetDossier":         set("scan", "", "sku", "", "lot_code", ""),
	"RenderDossier":      set("scan", "", "sku", "", "lot_code", ""),
	"GetTrace":           set("scan", "", "sku", "", "lot_code", ""),
	"AdjustLots":         set("lines[0].scan", "", "lines[0].sku", "", "lines[0].lot_code", ""),
	"ScrapLots":          set("lines[0].scan", "", "lines[0].sku", "", "lines[0].lot_code", ""),
	"RecordCount":        set("lines[0].scan", "", "lines[0].sku", "", "lines[0].lot_code", ""),
	"GetLotTimeline":     set("scan", "", "sku", "", "lot_code", ""),
	"Reconcile":          set("scan", "", "sku", "", "lot_code", ""),
	"OpenRecall":         set("scans[0]", ""),
	"DecideRecallLots":   set("scans[0]", ""),
}

// badScans are what no call takes.
var badScans = []struct {
	data   string
	code   codes.Code
	reason string
	says   []string
}{
	{"FL-1", codes.InvalidArgument, "GS1_NOT_RECOGNIZED", says("no GS1 data", "(01)09521234543213(10)ABC")},
	{"]A0FL-1", codes.InvalidArgument, "GS1_SYMBOLOGY", says("]A0")},
	{"https://example.com/flour", codes.InvalidArgument, "GS1_DIGITAL_LINK", nil},
	{"(01)09521234543214(10)FL-1", codes.InvalidArgument, "GS1_CHECK_DIGIT", says("3", "4", "scan the label again")},
	{"(01)" + flourGTIN + "(10)FL-1(10)FL-2", codes.InvalidArgument, "GS1_REPEATED_AI", says("(10)", "twice")},
	{"(01)" + flourGTIN + "(17)270231(10)FL-1", codes.InvalidArgument, "GS1_DATE", says("(17)")},
	{"(01)" + flourGTIN + "(17)271301(10)FL-1", codes.InvalidArgument, "GS1_DATE", says("(17)")},
	{"(01)" + flourGTIN + "(7006)270200(10)FL-1", codes.InvalidArgument, "GS1_DATE", says("(7006)")}, // no day 00 here
	{"(01)" + flourGTIN + "(10)" + strings.Repeat("L", 21), codes.InvalidArgument, "GS1_LENGTH", says("(10)")},
	{"(01)" + flourGTIN + "(10)FL 1", codes.InvalidArgument, "GS1_CHARACTER", says("(10)")},
	{"(01)" + flourGTIN + "(05)1", codes.InvalidArgument, "GS1_UNKNOWN_AI", says("05")},
	{"(01)" + flourGTIN + "(02)" + breadGTIN + "(10)FL-1", codes.InvalidArgument, "GS1_EXCLUDED_AI", says("(02)")},
}

// refuseScans: what cannot be read, in every request that takes a scan; and what can, and
// says what it must not.
func refuseScans(t *testing.T, w *world) {
	t.Helper()
	const invalid = codes.InvalidArgument
	var cases []bad
	for name, edits := range scanFields {
		at := edits[0].path
		with := func(data string) []edit { return append(set(at, data), edits[1:]...) }
		for _, c := range badScans {
			cases = append(cases, bad{name, with(c.data), c.code, c.reason, at, c.says})
		}
		cases = append(cases,
			bad{name, with("(01)" + nobodyGTIN + "(10)FL-1"), codes.NotFound, "UNKNOWN_GTIN", at, says(nobodyGTIN, "UpsertItem")},
			bad{name, with("(01)" + flourGTIN), invalid, "SCAN_WITHOUT_LOT", at, says(`"FLOUR"`, "scan the symbol that has it")},
			bad{name, with("(01)" + drillGTIN + "(10)LOT"), invalid, "SCAN_WITHOUT_LOT", at, says(`"DRILL"`, "(21)")},
			bad{name, with("(00)195060001343520014"), invalid, "SCAN_WITHOUT_ITEM", at, says("195060001343520014", "scan the symbol that has the GTIN")},
			bad{name, with("(10)FL-1"), invalid, "SCAN_WITHOUT_ITEM", at, says("give the sku beside the scan")},
			bad{name, with(strings.Repeat("(", 8001)), invalid, "STRING_MAX_BYTES", at, says("8000")},
		)
		if len(edits) == 3 { // it takes the sku beside
			sku, lot := edits[1].path, edits[2].path
			const flour = "(01)" + flourGTIN + "(10)FL-2"
			cases = append(cases,
				bad{name, append(with(flour), set(sku, "BREAD")...), invalid, "SCAN_DIFFERS", sku, says(`"BREAD"`, `"FLOUR"`, "check what is in hand")},
				bad{name, append(with(flour), set(lot, "FL-1")...), invalid, "SCAN_DIFFERS", lot, says(`"FL-1"`, `"FL-2"`, "check what is in hand")},
			)
		}
	}
	const flour = "(01)" + flourGTIN + "(10)FL-1"
	cases = append(cases,
		bad{"Receive", set("lines[0].scan", "(01)"+breadGTIN+"(10)NEW-FL"), invalid, "ITEM_DIFFERS", "lines[0].sku", says(`"PO-1"`, `"FLOUR", not "BREAD"`)},
		bad{"Receive", set("lines[0].sku", "BREAD"), invalid, "ITEM_DIFFERS", "", says(`"FLOUR", not "BREAD"`)},
		bad{"Receive", set("lines[0].scan", "(01)"+flourGTIN+"(10)NEW-FL(17)491231"), invalid, "SCAN_DIFFERS", "lines[0].expiry_date", says(`"2099-12-31"`, `"2049-12-31"`)},
		bad{"Ship", set("lines[0].scan", "(01)"+breadGTIN+"(10)BR-1", "lines[0].sku", "", "lines[0].lot_code", ""), invalid, "ITEM_DIFFERS", "lines[0].sku", says(`"SO-1"`, `"BREAD"`)},
		bad{"MoveLots", set("lines[0].scan", flour+"(30)2"), invalid, "SCAN_DIFFERS", "lines[0].quantity", says(`"1 KGM"`, `"2 KGM"`)},
		bad{"MoveLots", set("lines[0].scan", flour+"(30)0", "lines[0].quantity", cleared), invalid, "DECIMAL_POSITIVE", "lines[0].quantity.value", says("above zero")},
		bad{"MoveLots", set("lines[0].scan", flour, "lines[0].quantity", cleared), invalid, "REQUIRED", "lines[0].quantity", says("required")},
		bad{"ParseBarcode", set("data", ""), invalid, "STRING_MIN_LEN", "", nil},
	)
	for _, c := range badScans {
		cases = append(cases, bad{"ParseBarcode", set("data", c.data), c.code, c.reason, "", c.says})
	}
	w.refuseAll(t, cases)
}

// refuseLabels: labels that cannot be.
func refuseLabels(t *testing.T, w *world) {
	t.Helper()
	const refused = codes.FailedPrecondition
	w.refuseAll(t, []bad{
		{"GetLotLabel", set("sku", none), codes.NotFound, "UNKNOWN_ITEM", "", says(`"NO/SUCH"`, "UpsertItem")},
		{"GetLotLabel", set("lot_code", none), codes.NotFound, "UNKNOWN_LOT", "", says(`"NO/SUCH"`, `"FLOUR"`)},
		{"GetLotLabel", set("sku", milk, "lot_code", "MK-OLD", "unit", ""), refused, "GTIN_REQUIRED", "", says(`"MILK"`, "UpsertItem")},
		{"GetLotLabel", set("unit", "BAG"), refused, "GTIN_REQUIRED", "", says(`"BAG"`, "leave the unit out")},
		{"GetLotLabel", set("unit", "PALLET"), codes.InvalidArgument, "UNKNOWN_UNIT", "", says(`"PALLET"`, `use one of "BAG", "KGM"`)},
		{"GetLotLabel", set("module_dots", 21), codes.InvalidArgument, "INT32_GTE_LTE", "", says("21", "20")},
		{"GetLotLabel", set("module_dots", 1), codes.InvalidArgument, "LABEL_MODULE_OUT_OF_RANGE", "", says("1")},
		{"GetLotLabel", set("module_dots", 20), codes.InvalidArgument, "LABEL_BARCODE_TOO_WIDE", "", nil},
		{"GetLotLabel", set("digital_link_stem", "ftp://example.com"), codes.InvalidArgument, "GS1_DIGITAL_LINK", "", says("https://")},
	})
}

// refuseLotCodePatterns: patterns that make no codes, and one that makes no more.
func refuseLotCodePatterns(t *testing.T, w *world) {
	t.Helper()
	const invalid, at = codes.InvalidArgument, "item.lot_code_pattern"
	var cases []bad
	for pattern, c := range map[string]struct {
		reason string
		says   []string
	}{
		"LOT":                      {"PATTERN_WITHOUT_NUMBER", says("{###}")},
		"LOT-{###":                 {"PATTERN_BRACE_NOT_CLOSED", nil},
		"LOT}-{###}":               {"PATTERN_BRACE_NOT_OPENED", nil},
		"{MONTH}-{###}":            {"PATTERN_PLACEHOLDER_UNKNOWN", says("{MM}")},
		"{##}-{##}":                {"PATTERN_NUMBER_REPEATED", nil},
		"{##########}":             {"PATTERN_NUMBER_TOO_LONG", nil},
		"{YYYY}{WW}{##}":           {"PATTERN_MIXES_CALENDARS", says("{GGGG}")},
		"LOT {###}":                {"PATTERN_CHARACTER_NOT_ALLOWED", nil},
		"Los-{###}-Ä":              {"PATTERN_CHARACTER_NOT_ALLOWED", nil},
		"A-VERY-LONG-PREFIX-{###}": {"PATTERN_CODE_TOO_LONG", says("20")},
	} {
		cases = append(cases, bad{"UpsertItem", set(at, pattern), invalid, c.reason, "", append(c.says, fmt.Sprintf("%q", pattern))})
	}
	w.refuseAll(t, append(cases,
		bad{"UpsertItem", set(at, strings.Repeat("X", 201)), invalid, "STRING_MAX_LEN", "", says("200")},
		bad{"UpsertItem", set(at, "{##}", "item.tracking", 1), invalid, "PATTERN_NOT_ALLOWED", "", says(`"NEW-ITEM"`, "leave the pattern out")},
		bad{"UpsertItem", set(at, "{##}", "item.tracking", 3, "item.decimals", 0), invalid, "PATTERN_NOT_ALLOWED", "", says("serial")},
		bad{"BatchUpsertItems", set("items[0].lot_code_pattern", "LOT"), invalid, "PATTERN_WITHOUT_NUMBER", "", nil},
		bad{"Receive", set("lines[0].lot_code", "", "purchase_order_code", "PO-N", "lines[0].quantity.unit", "KGM", "lines[0].quantity.value", "1"), codes.FailedPrecondition, "LOT_CODES_EXHAUSTED", "", says(`"NUMBERED"`, "9 lot codes", "more #")},
		bad{"RecordOutputs", set("lines[0].lot_code", "", "lines[0].sku", numbered, "lines[0].quantity.unit", "KGM", "lines[0].quantity.value", "1"), codes.FailedPrecondition, "LOT_CODES_EXHAUSTED", "", says(`"NUMBERED"`)},
		bad{"Receive", set("lines[0].lot_code", "", "lines[0].add_to_existing", true, "purchase_order_code", "PO-N", "lines[0].quantity.value", "1"), invalid, "LOT_CODE_REQUIRED", "", says("leave add_to_existing out")},
	))
}
