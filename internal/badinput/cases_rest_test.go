package badinput_test

import (
	"net/http"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// badCall is a REST call that there is no gRPC for.
type badCall struct {
	name, method, target, body string
	http                       int
	code                       codes.Code
	reason                     string
	says                       []string
}

// refuseCalls runs a table of calls, each with a request id in its header so
// that this is not what is missing.
func (w *world) refuseCalls(t *testing.T, calls []badCall, headers ...string) {
	t.Helper()
	before := w.digester.sums(t)
	for _, c := range calls {
		t.Run(c.name, func(t *testing.T) {
			var body any
			if c.body != "" {
				body = c.body
			}
			got, answer := w.DoRaw(t, c.method, c.target, body, append(headers, "Idempotency-Key", "rest-1")...)
			s := status.FromProto(toStatus(t, answer))
			if got != c.http || s.Code() != c.code {
				t.Errorf("HTTP %d, %v, want %d, %v: %s", got, s.Code(), c.http, c.code, s.Message())
			}
			reason := ""
			for _, detail := range s.Details() {
				if info, ok := detail.(*errdetails.ErrorInfo); ok {
					reason = info.Reason
				}
			}
			if reason != c.reason {
				t.Errorf("reason %q, want %q: %s", reason, c.reason, s.Message())
			}
			for _, part := range c.says {
				if !strings.Contains(s.Message(), part) {
					t.Errorf("the message does not say %q: %s", part, s.Message())
				}
			}
			before = w.digester.same(t, before)
		})
	}
}

// refuseJSON: bodies that are no JSON, or not that of the request.
func refuseJSON(t *testing.T, w *world) {
	t.Helper()
	const post, bad, invalid, path = http.MethodPost, http.StatusBadRequest, codes.InvalidArgument, "/v1/moves"
	const line = `{"sku":"FLOUR","lot_code":"FL-1","quantity":{"value":"1","unit":"KGM"},"from_location_code":"DOCK-1","to_location_code":"SHELF-1"}`
	const form = "/docs has the form"
	w.refuseCalls(t, []badCall{
		{"none", post, path, `move it`, bad, invalid, "INVALID_JSON", says("invalid character 'm'", form)},
		{"form", post, path, `sku=FLOUR&lot_code=FL-1`, bad, invalid, "INVALID_JSON", says("invalid character 's'", form)},
		{"XML", post, path, `<move/>`, bad, invalid, "INVALID_JSON", says("invalid character '<'", form)},
		{"cut", post, path, `{"lines":[` + line, bad, invalid, "INVALID_JSON", says("unexpected end", form)},
		{"two", post, path, `{"lines":[` + line + `]}{}`, bad, invalid, "INVALID_JSON", says("after top-level value", form)},
		{"array", post, path, `[` + line + `]`, bad, invalid, "INVALID_JSON", says("unexpected token [", form)},
		{"text", post, path, `"move it"`, bad, invalid, "INVALID_JSON", says(`unexpected token "move it"`, form)},
		{"null", post, path, `null`, bad, invalid, "INVALID_JSON", says("unexpected token null", form)},
		{"single quotes", post, path, `{'lines':[]}`, bad, invalid, "INVALID_JSON", says(`invalid character '\''`, form)},
		{"comma", post, path, `{"lines":[` + line + `,]}`, bad, invalid, "INVALID_JSON", says("invalid character ']'", form)},
		{"comment", post, path, `{/* all */"lines":[` + line + `]}`, bad, invalid, "INVALID_JSON", says("invalid character '/'", form)},
		{"byte order mark", post, path, "\ufeff" + `{"lines":[` + line + `]}`, bad, invalid, "INVALID_JSON", says("invalid character 'ï'", form)},
		{"UTF-16", post, path, "{\x00\"\x00", bad, invalid, "INVALID_JSON", says("invalid character", form)},
		{"not UTF-8", post, path, "{\"lines\":[],\"reason\":\"caf\xe9\"}", bad, invalid, "INVALID_JSON", says("UTF-8", form)},
		{"half a surrogate", post, path, `{"reason":"\ud83e"}`, bad, invalid, "INVALID_JSON", says("unexpected EOF", form)},
		{"unknown field", post, path, `{"lines":[` + line + `],"moved":"now"}`, bad, invalid, "INVALID_JSON", says(`unknown field "moved"`, form)},
		{"unknown field within", post, path, strings.Replace(`{"lines":[`+line+`]}`, `"unit"`, `"uom"`, 1), bad, invalid, "INVALID_JSON", says(`unknown field "uom"`, form)},
		{"field twice", post, path, `{"reason":"a","reason":"b","lines":[` + line + `]}`, bad, invalid, "INVALID_JSON", says(`duplicate field "reason"`, form)},
		{"field under both names", post, path, `{"movedAt":"2025-06-01T08:00:00Z","moved_at":"2025-06-01T08:00:00Z"}`, bad, invalid, "INVALID_JSON", says(`duplicate field "moved_at"`, form)},
		{"number for a text", post, path, strings.Replace(`{"lines":[`+line+`]}`, `"value":"1"`, `"value":1`, 1), bad, invalid, "INVALID_JSON", says("value", "string", form)},
		{"text for a list", post, path, `{"lines":"all"}`, bad, invalid, "INVALID_JSON", says(`"all"`, form)},
		{"object for a list", post, path, `{"lines":` + line + `}`, bad, invalid, "INVALID_JSON", says("{", form)},
		{"text for a message", post, path, `{"lines":["FL-1"]}`, bad, invalid, "INVALID_JSON", says(`"FL-1"`, form)},
		{"text for a number", post, "/v1/releases", `{"sku":"FLOUR","lot_code":"FL-HELD","number":"one","reason":"x"}`, bad, invalid, "INVALID_JSON", says("number", `"one"`, form)},
		{"fraction for an integer", post, "/v1/releases", `{"sku":"FLOUR","lot_code":"FL-HELD","number":1.5,"reason":"x"}`, bad, invalid, "INVALID_JSON", says("number", "1.5", form)},
		{"too large an integer", post, "/v1/releases", `{"sku":"FLOUR","lot_code":"FL-HELD","number":4294967297,"reason":"x"}`, bad, invalid, "INVALID_JSON", says("number", "4294967297", form)},
		{"no enum", post, "/v1/parties", `{"party":{"code":"P","name":"P","kinds":["FRIEND"]}}`, bad, invalid, "INVALID_JSON", says("kinds", `"FRIEND"`, form)},
		{"no moment", post, path, `{"moved_at":"yesterday","lines":[` + line + `]}`, bad, invalid, "INVALID_JSON", says(`"yesterday"`, form)},
		{"a day that does not exist", post, path, `{"moved_at":"2026-02-31T10:00:00Z","lines":[` + line + `]}`, bad, invalid, "INVALID_JSON", says("2026-02-31T10:00:00Z", form)},
		{"deep", post, path, strings.Repeat("[", 20000), bad, invalid, "INVALID_JSON", says("max depth", form)},
		{"no body", post, path, ``, bad, invalid, "INVALID_FIELD", says("lines", "must contain at least 1 item")},
		{"blanks", post, path, " \n", bad, invalid, "INVALID_FIELD", says("lines", "must contain at least 1 item")},
		{"too large", post, path, `{"reason":"` + strings.Repeat("x", 5<<20) + `"}`, http.StatusRequestEntityTooLarge, codes.ResourceExhausted, "REQUEST_TOO_LARGE", says("4 MiB", "send it in parts")},
	})
}

// refusePaths: calls that lead nowhere.
func refusePaths(t *testing.T, w *world) {
	t.Helper()
	const get, missing, bad, invalid = http.MethodGet, http.StatusNotFound, http.StatusBadRequest, codes.InvalidArgument
	const wrong, unimplemented = http.StatusMethodNotAllowed, codes.Unimplemented
	docs := "/docs lists what"
	w.refuseCalls(t, []badCall{
		{"unknown", get, "/v1/lotts", "", missing, codes.NotFound, "UNKNOWN_PATH", says("/v1/lotts", docs)},
		{"no version", get, "/items/FLOUR", "", missing, codes.NotFound, "UNKNOWN_PATH", says("/items/FLOUR", docs)},
		{"of another version", get, "/v2/items/FLOUR", "", missing, codes.NotFound, "UNKNOWN_PATH", says("/v2/items/FLOUR", docs)},
		{"too long", get, "/v1/items/FLOUR/lots/FL-1/holds/1", "", missing, codes.NotFound, "UNKNOWN_PATH", says(docs)},
		{"slash not escaped", get, "/v1/items/NO/SUCH", "", missing, codes.NotFound, "UNKNOWN_PATH", says("/v1/items/NO/SUCH", docs)},
		{"verb", http.MethodPost, "/v1/items/FLOUR/lots/FL-1:hold", "{}", wrong, unimplemented, "METHOD_NOT_ALLOWED", says("POST", docs)},
		{"megabyte", get, "/v1/" + megabyte, "", missing, codes.NotFound, "UNKNOWN_PATH", says("xxxx", docs)},
		{"DELETE", http.MethodDelete, "/v1/items/FLOUR", "", wrong, unimplemented, "METHOD_NOT_ALLOWED", says("DELETE", "/v1/items/FLOUR", docs)},
		{"PATCH", http.MethodPatch, "/v1/items/FLOUR", "{}", wrong, unimplemented, "METHOD_NOT_ALLOWED", says("PATCH", docs)},
		{"GET of a write", get, "/v1/moves", "", wrong, unimplemented, "METHOD_NOT_ALLOWED", says("GET", docs)},
		{"POST of a read", http.MethodPost, "/v1/lots", "{}", wrong, unimplemented, "METHOD_NOT_ALLOWED", says("POST", docs)},
		{"method of a megabyte", strings.Repeat("M", 100_000), "/v1/items", "", wrong, unimplemented, "METHOD_NOT_ALLOWED", says("MMMM", docs)},
		{"empty key at the end", get, "/v1/items/", "", bad, invalid, "INVALID_FIELD", says("sku", "must be 1 to 128 characters long")},
		{"empty key within", get, "/v1/items//lots/FL-1", "", bad, invalid, "INVALID_FIELD", says("sku", "must be 1 to 128 characters long")},
		{"empty key within a write", http.MethodPost, "/v1/items/FLOUR/lots//holds", `{"reason":"x"}`, bad, invalid, "INVALID_FIELD", says("lot_code", "must be 1 to 128 characters long")},
		{"broken escape", get, "/v1/item?sku=%zz", "", bad, invalid, "INVALID_PARAMETER", says("%zz")},
		{"path not UTF-8", get, "/v1/items/caf%E9", "", bad, invalid, "INVALID_PATH", says("UTF-8")},
		{"unseen in the path", get, "/v1/items/A%E2%80%8FB", "", bad, invalid, "INVALID_FIELD", says("sku", quoted("A\u200fB"), seen)},
		{"NUL in the path", get, "/v1/items/A%00", "", bad, invalid, "INVALID_FIELD", says("sku", quoted("A\x00"), seen)},
	})
}

// refuseTwoKeys: a path that says another key than the body.
func refuseTwoKeys(t *testing.T, w *world) {
	t.Helper()
	const put, post, bad, invalid = http.MethodPut, http.MethodPost, http.StatusBadRequest, codes.InvalidArgument
	const once = "say it in one of them, or the same in both"
	w.refuseCalls(t, []badCall{
		{"item", put, "/v1/items/A", `{"sku":"B","name":"Flour","base_unit":"KGM","tracking":"TRACKING_LOT"}`, bad, invalid, "KEY_DIFFERS", says("item.sku", `"A"`, `"B"`, once)},
		{"location", put, "/v1/locations/A", `{"code":"B","kind":"LOCATION_KIND_DOCK","parent_code":"PLANT"}`, bad, invalid, "KEY_DIFFERS", says("location.code", `"A"`, `"B"`, once)},
		{"lot", post, "/v1/items/FLOUR/lots/FL-1/holds", `{"sku":"FLOUR","lot_code":"FL-2","reason":"x"}`, bad, invalid, "KEY_DIFFERS", says("lot_code", `"FL-1"`, `"FL-2"`, once)},
		{"hold", post, "/v1/items/FLOUR/lots/FL-HELD/holds/1/release", `{"number":2,"reason":"x"}`, bad, invalid, "KEY_DIFFERS", says("number", `"1"`, `"2"`, once)},
		{"run", post, "/v1/production-orders/MO-1/runs/R-1/finish", `{"production_order_code":"MO-1","run_code":"R-3"}`, bad, invalid, "KEY_DIFFERS", says("run_code", `"R-1"`, `"R-3"`, once)},
	})
}

// refuseQueries: parameters that are not the request's.
func refuseQueries(t *testing.T, w *world) {
	t.Helper()
	const get, bad, invalid = http.MethodGet, http.StatusBadRequest, codes.InvalidArgument
	const trace = "/v1/trace?sku=FLOUR&lot_code=FL-1&direction="
	w.refuseCalls(t, []badCall{
		{"unknown", get, "/v1/items?page_sise=7", "", bad, invalid, "INVALID_PARAMETER", says(`"page_sise"`, "/docs")},
		{"unknown within", get, "/v1/trace/forward?sku=FLOUR&lot_code=FL-1&filter.depth=7", "", bad, invalid, "INVALID_PARAMETER", says(`"filter.depth"`, "/docs")},
		{"a field of a field that has none", get, "/v1/item?sku.code=FLOUR", "", bad, invalid, "INVALID_PARAMETER", says(`"sku.code"`, "/docs")},
		{"a whole message", get, "/v1/trace/forward?sku=FLOUR&lot_code=FL-1&filter=5", "", bad, invalid, "INVALID_PARAMETER", says("filter", "each by its name behind a point")},
		{"in the path already", get, "/v1/items/FLOUR/lots?sku=BREAD", "", bad, invalid, "INVALID_PARAMETER", says("sku", "leave the parameter out")},
		{"in the path already, by its JSON name", get, "/v1/items/FLOUR/lots/FL-1/holds?lotCode=BR-1", "", bad, invalid, "INVALID_PARAMETER", says("lotCode", "leave the parameter out")},
		{"in the body already", http.MethodPut, "/v1/items/NEW-ITEM?item.name=Flour", `{"name":"Flour"}`, bad, invalid, "INVALID_PARAMETER", says("item.name", "leave the parameter out")},
		{"of a POST", http.MethodPost, "/v1/moves?dry_run=true", `{"lines":[]}`, bad, invalid, "INVALID_PARAMETER", says("put everything into the body")},
		{"under both names", get, "/v1/lot?sku=FLOUR&lot_code=FL-1&lotCode=FL-1", "", bad, invalid, "INVALID_PARAMETER", says("lot_code", "give one of them")},
		{"twice", get, "/v1/item?sku=FLOUR&sku=BREAD", "", bad, invalid, "INVALID_PARAMETER", says("sku", "give it once")},
		{"text for a number", get, "/v1/items?page_size=many", "", bad, invalid, "INVALID_PARAMETER", says("page_size", `"many"`, "must be a number")},
		{"empty for a number", get, "/v1/items?page_size=", "", bad, invalid, "INVALID_PARAMETER", says("page_size", "must be a number")},
		{"too large a number", get, "/v1/items?page_size=4294967297", "", bad, invalid, "INVALID_PARAMETER", says("page_size", `"4294967297"`)},
		{"fraction", get, "/v1/items?page_size=1.5", "", bad, invalid, "INVALID_PARAMETER", says("page_size", `"1.5"`)},
		{"no truth", get, "/v1/lots?on_hand_only=maybe", "", bad, invalid, "INVALID_PARAMETER", says("on_hand_only", `"maybe"`, "must be true or false")},
		{"no enum", get, trace + "SIDEWAYS", "", bad, invalid, "INVALID_PARAMETER", says("direction", `"SIDEWAYS"`, "must be one of TRACE_DIRECTION_FORWARD")},
		{"no enum's number", get, trace + "99", "", bad, invalid, "INVALID_PARAMETER", says("direction", `"99"`)},
		{"no direction", get, "/v1/trace?sku=FLOUR&lot_code=FL-1", "", bad, invalid, "INVALID_FIELD", says("direction", "must be one of TRACE_DIRECTION_FORWARD")},
		{"not UTF-8", get, "/v1/item?sku=caf%E9", "", bad, invalid, "INVALID_PARAMETER", says("UTF-8")},
		{"semicolon", get, "/v1/lot?sku=FLOUR;lot_code=FL-1", "", bad, invalid, "INVALID_PARAMETER", says("semicolon")},
		{"key is missing", get, "/v1/lot?sku=FLOUR", "", bad, invalid, "INVALID_FIELD", says("lot_code", "must be 1 to 128 characters long")},
		{"negative page", get, "/v1/items?page_size=-1", "", bad, invalid, "INVALID_FIELD", says("page_size", "-1", "greater than or equal to 0")},
	})
}
