package badinput_test

import (
	"net/http"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/lottrail/lottrail/internal/apitest"
)

// spoilt are edits that make good requests bad: each is found out as late as
// can be.
var spoilt = map[string][]edit{
	"UpsertItem":            set("item.gtins[0].gtin", "4006381333932"),
	"BatchUpsertItems":      set("items[0].gtins[0].gtin", "4006381333931"), // the first item's
	"UpsertParty":           set("party.gln", "4006381333932"),
	"BatchUpsertParties":    set("parties[0].gln", "4006381333932"),
	"UpsertLocation":        set("location.parent_code", "NO-SUCH"),
	"BatchUpsertLocations":  set("locations[1].parent_code", "NO-SUCH"),
	"UpsertPurchaseOrder":   set("purchase_order.lines[0].due_date", "2025-02-29"),
	"Receive":               set("lines[0].lot_code", "FL-1"),
	"CreateProductionOrder": set("production_order.code", "MO-1"),
	"StartRun":              set("run_code", "R-1"),
	"ConsumeLots":           set("lines[0].quantity.value", "1000"),
	"RecordOutputs":         set("lines[0].lot_code", "BR-1"),
	"FinishRun":             set("run_code", "R-2"),
	"UpsertSalesOrder":      set("sales_order.lines[0].due_date", "2025-02-29"),
	"Ship":                  set("lines[0].lot_code", "FL-HELD"),
	"ReserveLots":           set("lines[0].quantity.value", "100"),
	"ReleaseReservations":   set("lines[0].number", 99),
	"MoveLots":              set("lines[0].quantity.value", "1000"),
	"DeactivateLocation":    set("code", "SHELF-1"),
	"ReactivateLocation":    set("code", "SHUT-BIN"),
	"PlaceHold":             set("lot_code", "NO-SUCH"),
	"ReleaseHold":           set("number", 3),
	"ChangeLotDates":        set("expiry_date", "2025-01-10"),
	"OpenRecall":            set("case_number", "CASE-1"),
	"ActivateRecall":        set("case_number", "CASE-1"),
	"DecideRecallLots":      set("lots[0].lot_code", "FL-1"),
	"CloseRecall":           set("case_number", "CASE-1"),
	"HoldLots":              set("supplier_lot.supplier_lot_code", "S/99"),
	"ReverseOperation":      set("receipt_code", "RC-99"),
}

// TestGoodRequests: what the bad requests are made of is accepted both ways,
// under an id that a bad one was refused under before.
func TestGoodRequests(t *testing.T) {
	t.Parallel()
	order, _ := goodRequests()
	for _, way := range []string{"gRPC", "REST"} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			call := func(name string, req proto.Message) (accepted bool, answer any) {
				if way == "gRPC" {
					_, err := w.overGRPC(t, name, req)
					return err == nil, err
				}
				code, refusal := w.overREST(t, name, req)
				return code == http.StatusOK, refusal
			}
			for _, name := range order {
				req := w.request(t, name)
				if rpcs[name].isWrite() {
					refused, before := proto.Clone(req), w.digester.sums(t)
					apply(t, refused, spoilt[name])
					if accepted, _ := call(name, refused); accepted || spoilt[name] == nil {
						t.Errorf("%s was accepted with %v", name, spoilt[name])
					}
					w.digester.same(t, before)
				}
				if accepted, answer := call(name, req); !accepted {
					t.Errorf("%s: %v", name, answer)
				}
			}
		})
	}
}

// TestRequestIDReused: an id stands for one request, whatever its method and
// however it comes; another principal's is tested where there are any.
func TestRequestIDReused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := apitest.ID()
	req := w.request(t, "MoveLots", set("request_id", id)...)
	if _, err := w.overGRPC(t, "MoveLots", req); err != nil {
		t.Fatal(err)
	}
	before := w.digester.sums(t)
	if code, answer := w.overREST(t, "MoveLots", req); code != http.StatusOK {
		t.Errorf("a repeat over the other way: HTTP %d: %v", code, answer)
	}
	w.digester.same(t, before)
	says := says(id, "choose a new id")
	other := []bad{
		{"MoveLots", set("lines[0].quantity.value", "2"), codes.AlreadyExists, "REQUEST_ID_REUSED", "request_id", says},
		{"MoveLots", set("lines[0].quantity.value", "1.0"), codes.AlreadyExists, "REQUEST_ID_REUSED", "request_id", says},
		{"MoveLots", set("moved_at", cleared), codes.AlreadyExists, "REQUEST_ID_REUSED", "request_id", says},
		{"MoveLots", set("reason", ""), codes.AlreadyExists, "REQUEST_ID_REUSED", "request_id", says},
		// What would be refused anyway is not judged before the id is.
		{"MoveLots", set("lines[0].lot_code", "NO-SUCH"), codes.AlreadyExists, "REQUEST_ID_REUSED", "request_id", says},
	}
	for name := range spoilt {
		if name != "MoveLots" {
			other = append(other, bad{name, nil, codes.AlreadyExists, "REQUEST_ID_REUSED", "request_id", says})
		}
	}
	for i := range other {
		other[i].edits = append(other[i].edits, set("request_id", id)...)
	}
	w.refuseAll(t, other)

	// On the wire these two are the same but for the method: an id that started a
	// run does not finish it.
	id = apitest.ID()
	if _, err := w.overGRPC(t, "StartRun", w.request(t, "StartRun", set("request_id", id)...)); err != nil {
		t.Fatal(err)
	}
	finish := set("run_code", "NEW-R", "request_id", id)
	w.refuseAll(t, []bad{{"FinishRun", finish, codes.AlreadyExists, "REQUEST_ID_REUSED", "request_id", []string{id, "choose a new id"}}})
}

// TestKeyTwice: the same key in path and body is no contradiction.
func TestKeyTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for target, body := range map[string]string{
		"PUT /v1/parties/NEW%2FPARTY":                       `{"code":"NEW/PARTY","name":"Baker","kinds":["PARTY_KIND_CUSTOMER"]}`,
		"POST /v1/items/FLOUR/lots/FL-1/holds":              `{"sku":"FLOUR","lot_code":"FL-1","reason":"x"}`,
		"POST /v1/items/FLOUR/lots/FL-HELD/holds/1/release": `{"number":1,"reason":"x"}`,
		"POST /v1/production-orders/MO-1/runs/R-3/finish":   `{"production_order_code":"MO-1","run_code":"R-3"}`,
	} {
		method, path, _ := strings.Cut(target, " ")
		if code, answer := w.DoRaw(t, method, path, body, "Idempotency-Key", apitest.ID()); code != http.StatusOK {
			t.Errorf("%s: HTTP %d: %s", target, code, answer)
		}
	}
}

// refuseTwoRequestIDs: a request that says one id in its body and another in its
// header, and ids that are none.
func refuseTwoRequestIDs(t *testing.T, w *world) {
	t.Helper()
	before := w.digester.sums(t)
	for name, r := range rpcs {
		if !r.isWrite() {
			continue
		}
		req := w.request(t, name, set("request_id", "body-1")...)
		resp := r.response(t)
		err := w.Conn.Invoke(metadata.AppendToOutgoingContext(t.Context(), "idempotency-key", "header-1"), r.fullName(), req, resp)
		says := []string{"request_id", `"body-1"`, `"header-1"`, "send one of them, or both the same"}
		wantStatus(t, name, status.Convert(err), codes.InvalidArgument, "REQUEST_ID_DIFFERS", says...)
		way := r.flat(t)
		target, body := way.call(t, req)
		code, answer := w.DoRaw(t, way.method, target, body, "Idempotency-Key", "header-1")
		if code != http.StatusBadRequest {
			t.Errorf("%s: HTTP %d", name, code)
		}
		wantStatus(t, name, status.FromProto(toStatus(t, answer)), codes.InvalidArgument, "REQUEST_ID_DIFFERS", says...)
	}
	w.digester.same(t, before)
	var cases []bad
	for _, id := range []string{"two words", "ключ", "a\x00b", "tab\t", strings.Repeat("x", 129)} {
		cases = append(cases, bad{"MoveLots", set("request_id", id), codes.InvalidArgument, "REQUEST_ID_FORMAT", "", says("must be at most 128 visible ASCII characters")})
	}
	w.refuseAll(t, cases)
}
