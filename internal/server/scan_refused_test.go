package server_test

import (
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

func TestScansRefused(t *testing.T) {
	t.Parallel()
	s := newScannery(t)
	s.receive(t, scanned(1, "(01)"+bag+"(30)4(10)FL-1"))
	const invalid, missing = codes.InvalidArgument, codes.NotFound
	const lot = "(01)" + bag + "(10)FL-1"
	for _, c := range []struct {
		line   *pb.ReceiptLine
		code   codes.Code
		reason string
		field  string
		says   string
	}{
		{scanned(1, "(01)"+nobody+"(10)FL-2"), missing, "UNKNOWN_GTIN", "scan", nobody},
		{scanned(2, lot+"(30)1"), invalid, "ITEM_DIFFERS", "sku", `"OVEN", not "FLOUR"`},
		{&pb.ReceiptLine{PurchaseOrderLineNumber: 1, Sku: "BREAD", Scan: lot}, invalid, "SCAN_DIFFERS", "sku", `"BREAD", but what was scanned says "FLOUR"`},
		{&pb.ReceiptLine{PurchaseOrderLineNumber: 1, LotCode: "FL-2", Scan: lot}, invalid, "SCAN_DIFFERS", "lot_code", `"FL-2", but what was scanned says "FL-1"`},
		{&pb.ReceiptLine{PurchaseOrderLineNumber: 1, SupplierLotCode: "FL-2", LotCode: "FL-3", Scan: lot}, invalid, "SCAN_DIFFERS", "lot_code", `"FL-1"`},
		{&pb.ReceiptLine{PurchaseOrderLineNumber: 1, Quantity: amount("3", "BAG"), Scan: lot + "(30)4"}, invalid, "SCAN_DIFFERS", "quantity", `"3 BAG", but what was scanned says "4 BAG"`},
		{&pb.ReceiptLine{PurchaseOrderLineNumber: 1, ExpiryDate: "2027-01-01", Scan: lot + "(17)270102"}, invalid, "SCAN_DIFFERS", "expiry_date", `"2027-01-02"`},
		{scanned(1, "(01)09506000134353(10)FL-2"), invalid, "GS1_CHECK_DIGIT", "scan", "2"},
		{scanned(1, "(01)"+bag+"(10)FL-2(10)FL-3"), invalid, "GS1_REPEATED_AI", "scan", "(10)"},
		{scanned(1, "(01)"+bag+"(17)270231(10)FL-2"), invalid, "GS1_DATE", "scan", "(17)"},
		{scanned(1, "(01)"+bag), invalid, "SCAN_WITHOUT_LOT", "scan", "(10)"},
		{scanned(2, "(01)"+oven+"(10)LOT"), invalid, "SCAN_WITHOUT_LOT", "scan", "(21)"},
		{scanned(1, "FL-1"), invalid, "GS1_NOT_RECOGNIZED", "scan", "(01)"},
		{scanned(1, "(10)FL-1"), invalid, "SCAN_WITHOUT_ITEM", "scan", "sku"},
		{scanned(1, "(00)195060001343520014"), invalid, "SCAN_WITHOUT_ITEM", "scan", "195060001343520014"},
		{scanned(1, "(01)"+bag+"(02)"+loaf+"(10)FL-1"), invalid, "GS1_EXCLUDED_AI", "scan", "(02)"},
		{&pb.ReceiptLine{PurchaseOrderLineNumber: 1, Sku: "NONE", Scan: "(10)FL-1"}, missing, "UNKNOWN_ITEM", "sku", `"NONE"`},
		// The field rules still hold of what was filled in, and of what was not.
		{scanned(1, "(01)"+bag+"(10)FL-2(30)0"), invalid, "DECIMAL_POSITIVE", "quantity.value", "above zero"},
		{scanned(1, "(01)"+bag+"(10)FL-2"), invalid, "REQUIRED", "quantity", "required"},
		{scanned(1, lot+"(91)"+strings.Repeat("X", 9000)), invalid, "STRING_MAX_BYTES", "scan", "8000"},
	} {
		_, err := s.Receiving.Receive(t.Context(), arrived(&pb.ReceiptLine{PurchaseOrderLineNumber: 1, LotCode: "OK", Quantity: amount("1", "KGM")}, c.line))
		apitest.WantRefusal(t, err, c.code, c.reason, "lines[1]."+c.field)
		if !strings.Contains(status.Convert(err).Message(), c.says) {
			t.Errorf("%q does not say %q", err, c.says)
		}
	}
	_, err := s.Lots.GetLot(t.Context(), &pb.GetLotRequest{Sku: apitest.Bread, Scan: lot})
	apitest.WantRefusal(t, err, invalid, "SCAN_DIFFERS", "sku")
	_, err = s.Lots.GetLot(t.Context(), &pb.GetLotRequest{Scan: "(01)" + nobody + "(10)FL-1"})
	apitest.WantRefusal(t, err, missing, "UNKNOWN_GTIN", "scan")
	_, err = s.Lots.GetLot(t.Context(), &pb.GetLotRequest{Scan: "(01)" + loaf})
	apitest.WantRefusal(t, err, invalid, "SCAN_WITHOUT_LOT", "scan")
	stream, err := s.Trace.TraceBackward(t.Context(), &pb.TraceBackwardRequest{Scan: "(01)" + nobody + "(10)FL-1"})
	if err == nil {
		_, err = stream.Recv()
	}
	apitest.WantRefusal(t, err, missing, "UNKNOWN_GTIN", "scan")
	_, err = s.Recall.OpenRecall(t.Context(), &pb.OpenRecallRequest{
		RequestId: apitest.ID(), CaseNumber: "C", Class: pb.RecallClass_RECALL_CLASS_1, Reason: "glass", Scans: []string{lot, "(01)" + bag},
	})
	apitest.WantRefusal(t, err, invalid, "SCAN_WITHOUT_LOT", "scans[1]")
	var many []*pb.ReceiptLine
	for range 2001 {
		many = append(many, scanned(1, lot))
	}
	_, err = s.Receiving.Receive(t.Context(), arrived(many...))
	apitest.WantRefusal(t, err, invalid, "TOO_MANY_SCANS", "lines[2000].scan")
}
