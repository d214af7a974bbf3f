package badinput_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
)

func lotSeed(sku, code string) *pb.TraceSeed {
	return &pb.TraceSeed{Seed: &pb.TraceSeed_Lot{Lot: &pb.LotKey{Sku: sku, LotCode: code}}}
}

func scanSeed(data string) *pb.TraceSeed { return &pb.TraceSeed{Seed: &pb.TraceSeed_Scan{Scan: data}} }

func supplierLotSeed(supplier, code, sku string) *pb.TraceSeed {
	return &pb.TraceSeed{Seed: &pb.TraceSeed_SupplierLot{SupplierLot: &pb.TraceSupplierLot{SupplierCode: supplier, SupplierLotCode: code, Sku: sku}}}
}

func receiptSeed(code string) *pb.TraceSeed {
	return &pb.TraceSeed{Seed: &pb.TraceSeed_ReceiptCode{ReceiptCode: code}}
}

func runSeed(order, run string) *pb.TraceSeed {
	return &pb.TraceSeed{Seed: &pb.TraceSeed_Run{Run: &pb.TraceRunKey{ProductionOrderCode: order, RunCode: run}}}
}

func shipmentSeed(code string) *pb.TraceSeed {
	return &pb.TraceSeed{Seed: &pb.TraceSeed_ShipmentCode{ShipmentCode: code}}
}

// traces are the RPCs that start from seeds.
var traces = []string{"TraceForward", "TraceBackward", "TraceBoth", "GetTrace"}

// seededRequest is a good request, with a seed of each kind instead of a lot if it takes
// seeds.
func seededRequest(t testing.TB, name string, good proto.Message) proto.Message {
	t.Helper()
	req := proto.Clone(good)
	seeds := messages{
		lotSeed(apitest.Flour, "FL-1"), scanSeed("(01)" + flourGTIN + "(10)FL-1"), supplierLotSeed(apitest.Supplier, "S/1", apitest.Flour),
		receiptSeed("RC-1"), runSeed("MO-1", "R-1"), shipmentSeed("SH-1"),
	}
	switch {
	case name == "RankCommonOrigins":
		apply(t, req, set("complaints", seeds))
	case slices.Contains(traces, name), name == "CompareTraces":
		apply(t, req, set("sku", "", "lot_code", "", "seeds", seeds))
	default:
		return req
	}
	if name == "GetTrace" || name == "RankCommonOrigins" {
		apply(t, req, set("page_token", ""))
	}
	return req
}

// refuseSeeds: nothing to start from, two things, and what is not there.
func refuseSeeds(t *testing.T, w *world) {
	t.Helper()
	const invalid, missing, at = codes.InvalidArgument, codes.NotFound, "seeds"
	const one, how = "make it one of the seeds, or leave them out", "give sku and lot_code, or a scan of both, or seeds"
	flour := messages{lotSeed(apitest.Flour, "FL-1")}
	var cases []bad
	for _, name := range traces {
		with := func(pairs ...any) []edit {
			if name == "GetTrace" {
				pairs = append(pairs, "page_token", "")
			}
			return set(pairs...)
		}
		of := func(seeds ...*pb.TraceSeed) []edit {
			var all messages
			for _, s := range seeds {
				all = append(all, s)
			}
			return with(at, all, "sku", "", "lot_code", "", "known_at", cleared)
		}
		refuse := func(code codes.Code, reason, field string, said []string, seeds ...*pb.TraceSeed) {
			cases = append(cases, bad{name, of(seeds...), code, reason, at + field, said})
		}
		cases = append(cases,
			bad{name, with("sku", "", "lot_code", ""), invalid, "SEED_REQUIRED", "seeds", says(how)},
			bad{name, with("sku", ""), invalid, "SEED_REQUIRED", "", says(`"FL-1"`, how)},
			bad{name, with("lot_code", ""), invalid, "SEED_REQUIRED", "", says(`"FLOUR"`, how)},
			bad{name, with(at, flour), invalid, "SEED_TWICE", "", says(one)},
			bad{name, with(at, flour, "sku", ""), invalid, "SEED_TWICE", "", says(one)},
			bad{name, with(at, flour, "lot_code", ""), invalid, "SEED_TWICE", "", says(one)},
			bad{name, with(at, flour, "sku", "", "lot_code", "", "scan", "(01)"+flourGTIN+"(10)FL-1"), invalid, "SEED_TWICE", "", says(one)},
			bad{name, append(of(lotSeed(apitest.Flour, "FL-1")), set(at, times(101))...), invalid, "REPEATED_MAX_ITEMS", "", says("no more than 100")},
		)
		cases = append(cases, bad{name, append(of(lotSeed(apitest.Flour, "FL-1"), lotSeed(apitest.Bread, "BR-1")), set("attribute", true, "filter.from", cleared, "filter.until", cleared)...), invalid, "SEED_UNITS_DIFFER", "attribute",
			says("KGM", "H87", "or without attribute")})
		refuse(invalid, "REQUIRED", "[1].seed", says("exactly one field is required"), lotSeed(apitest.Flour, "FL-1"), &pb.TraceSeed{})
		refuse(missing, "UNKNOWN_ITEM", "[0].lot.sku", says(`"NO/SUCH"`, "check the codes"), lotSeed(none, "FL-1"))
		refuse(missing, "UNKNOWN_LOT", "[1].lot.lot_code", says(`"FLOUR"`, `"NO/SUCH"`, "check the codes"), lotSeed(apitest.Flour, "FL-1"), lotSeed(apitest.Flour, none))
		refuse(missing, "UNKNOWN_PARTY", "[0].supplier_lot.supplier_code", says(`"NO/SUCH"`), supplierLotSeed(none, "S/1", ""))
		refuse(missing, "UNKNOWN_SUPPLIER_LOT", "[0].supplier_lot.supplier_lot_code", says(`"SUP-1"`, `"NO/SUCH"`), supplierLotSeed(apitest.Supplier, none, ""))
		refuse(missing, "UNKNOWN_SUPPLIER_LOT", "[0].supplier_lot.supplier_lot_code", says(`"SUP-2"`, `"S/1"`), supplierLotSeed("SUP-2", "S/1", ""))
		refuse(missing, "UNKNOWN_SUPPLIER_LOT", "[0].supplier_lot.supplier_lot_code", says(`of item "BREAD"`), supplierLotSeed(apitest.Supplier, "S/1", apitest.Bread))
		refuse(missing, "UNKNOWN_ITEM", "[0].supplier_lot.sku", says(`"NO/SUCH"`), supplierLotSeed(apitest.Supplier, "S/1", none))
		refuse(missing, "UNKNOWN_RECEIPT", "[0].receipt_code", says(`"NO/SUCH"`), receiptSeed(none))
		refuse(missing, "UNKNOWN_PRODUCTION_ORDER", "[0].run.production_order_code", says(`"NO/SUCH"`), runSeed(none, "R-1"))
		refuse(missing, "UNKNOWN_RUN", "[0].run.run_code", says(`"MO-1"`, `"NO/SUCH"`), runSeed("MO-1", none))
		refuse(missing, "UNKNOWN_SHIPMENT", "[0].shipment_code", says(`"NO/SUCH"`), shipmentSeed(none))
		refuse(missing, "UNKNOWN_GTIN", "[1].scan", says(nobodyGTIN), lotSeed(apitest.Flour, "FL-1"), scanSeed("(01)"+nobodyGTIN+"(10)FL-1"))
		refuse(missing, "UNKNOWN_LOT", "[0].lot.lot_code", says(`"FLOUR"`, `"NONE"`), scanSeed("(01)"+flourGTIN+"(10)NONE"))
		refuse(invalid, "SCAN_WITHOUT_LOT", "[0].scan", says(`"FLOUR"`), scanSeed("(01)"+flourGTIN))
		refuse(invalid, "SCAN_WITHOUT_ITEM", "[0].scan", nil, scanSeed("(10)FL-1"))
		refuse(invalid, "GS1_CHECK_DIGIT", "[0].scan", says("scan the label again"), scanSeed("(01)09521234543214(10)FL-1"))
		refuse(invalid, "STRING_MAX_BYTES", "[0].scan", says("8000"), scanSeed(strings.Repeat("(", 8001)))
		refuse(invalid, "STRING_MIN_LEN", "[0].scan", nil, scanSeed(""))
		for field, seed := range map[string]func(string) *pb.TraceSeed{
			"lot.sku": func(s string) *pb.TraceSeed { return lotSeed(s, "FL-1") }, "lot.lot_code": func(s string) *pb.TraceSeed { return lotSeed(apitest.Flour, s) },
			"receipt_code": receiptSeed, "shipment_code": shipmentSeed,
			"supplier_lot.supplier_code":     func(s string) *pb.TraceSeed { return supplierLotSeed(s, "S/1", "") },
			"supplier_lot.supplier_lot_code": func(s string) *pb.TraceSeed { return supplierLotSeed(apitest.Supplier, s, "") },
			"supplier_lot.sku":               func(s string) *pb.TraceSeed { return supplierLotSeed(apitest.Supplier, "S/1", s) },
			"run.production_order_code":      func(s string) *pb.TraceSeed { return runSeed(s, "R-1") },
			"run.run_code":                   func(s string) *pb.TraceSeed { return runSeed("MO-1", s) },
		} {
			refuse(invalid, "CODE_CHARACTERS", "[0]."+field, says(seen), seed("A\u200bB"))
			refuse(invalid, "CODE_LENGTH", "[0]."+field, says("1 to 128 characters"), seed(strings.Repeat("x", 129)))
			if field != "supplier_lot.sku" {
				refuse(invalid, "CODE_LENGTH", "[0]."+field, says("1 to 128 characters"), seed(""))
			}
		}
	}
	w.refuseAll(t, cases)
	// All that is not there is named, however much it is.
	var all []*pb.TraceSeed
	for i := range 100 {
		all = append(all, shipmentSeed(fmt.Sprintf("NO/SUCH-%d", i)))
	}
	req := &pb.TraceForwardRequest{Seeds: all}
	_, refused := w.overGRPC(t, "TraceForward", req)
	code, answer := w.overREST(t, "TraceForward", req)
	for _, err := range []error{refused, status.FromProto(answer).Err()} {
		if got := apitest.Fields(err); len(got) != len(all) || got[99] != "seeds[99].shipment_code" || code != http.StatusNotFound {
			t.Errorf("HTTP %d, named %q", code, got)
		}
	}
	for _, name := range traces {
		good := seededRequest(t, name, w.good[name])
		if _, err := w.overGRPC(t, name, good); err != nil {
			t.Errorf("%s refuses good seeds: %v", name, err)
		}
		if code, answer := w.overREST(t, name, good); code != http.StatusOK {
			t.Errorf("%s refuses good seeds over REST: %v", name, answer)
		}
	}
}
