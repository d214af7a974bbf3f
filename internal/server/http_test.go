package server

import (
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// answer is a response over HTTP, read to its end.
type answer struct {
	code   int
	header http.Header
	text   string
	json   map[string]any
}

func (a answer) reason() string {
	details, _ := a.json["details"].([]any)
	for _, detail := range details {
		if reason, ok := detail.(map[string]any)["reason"].(string); ok {
			return reason
		}
	}
	return ""
}

func call(t *testing.T, method, url, body string, headers ...string) answer {
	t.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	return send(t, method, url, reader, headers...)
}

func send(t *testing.T, method, url string, body io.Reader, headers ...string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := answer{code: resp.StatusCode, header: resp.Header, text: string(text)}
	_ = json.Unmarshal(text, &a.json) // pages are no JSON
	return a
}

func TestPages(t *testing.T) {
	t.Parallel()
	s := serve(t, echo())
	for _, test := range []struct{ path, contentType, holds string }{
		{"/", "text/html; charset=utf-8", `href="/docs/"`},
		{"/healthz", "application/json", `"ok"`},
		{"/openapi.json", "application/json", `"/v1/items/{item.sku}"`},
		{"/docs", "text/html", "/openapi.json"},
		{"/docs/swagger-ui-bundle.js", "application/javascript", "SwaggerUI"},
	} {
		a := call(t, http.MethodGet, s.rest+test.path, "")
		if a.code != http.StatusOK || a.header.Get("Content-Type") != test.contentType || !strings.Contains(a.text, test.holds) {
			t.Errorf("%s: HTTP %d, %s, want %q in it", test.path, a.code, a.header.Get("Content-Type"), test.holds)
		}
	}
	page := call(t, http.MethodGet, s.rest+"/docs/", "").text
	if elsewhere := regexp.MustCompile(`(src|href)="(https?:)?//[^"]*`).FindString(page); elsewhere != "" {
		t.Errorf("the page needs the network: %s", elsewhere)
	}
}

func TestRESTKeys(t *testing.T) {
	t.Parallel()
	s := serve(t, echo())
	for escaped, want := range map[string]string{
		"A-1":                               "A-1",
		"L%2F1":                             "L/1",
		"50%25":                             "50%",
		"%2541":                             "%41",
		"a%2Fb%2541":                        "a/b%41",
		"L1:hold":                           "L1:hold",
		"items:batchUpsert":                 "items:batchUpsert",
		"%22quoted%22'":                     `"quoted"'`,
		"%F0%9F%A5%90":                      "🥐",
		"m%C3%BCsli%20%231":                 "müsli #1",
		"a+b":                               "a+b",
		"a%2Bb":                             "a+b",
		"a;b,c=d&e":                         "a;b,c=d&e",
		"..%2Fitems":                        "../items",
		"%21%22%25%26'()*+,-./:;%3C=%3E%3F": "", // / unescaped: another path
	} {
		a := call(t, http.MethodGet, s.rest+"/v1/items/"+escaped, "")
		if want == "" {
			if a.code != http.StatusNotFound {
				t.Errorf("%s: HTTP %d, want 404: %s", escaped, a.code, a.text)
			}
			continue
		}
		item, _ := a.json["item"].(map[string]any)
		if a.code != http.StatusOK || item["sku"] != want {
			t.Errorf("%s: HTTP %d, sku %q, want %q: %s", escaped, a.code, item["sku"], want, a.text)
		}
	}
	a := call(t, http.MethodGet, s.rest+"/v1/item?sku=L%2F1%25%26+x", "")
	if !strings.Contains(a.text, `"sku":"L/1%&`) || !strings.Contains(a.text, ` x"`) {
		t.Errorf("by query: HTTP %d: %s", a.code, a.text)
	}
	a = call(t, http.MethodPut, s.rest+"/v1/items/L%2F1", `{"name":"x","base_unit":"KGM","tracking":"TRACKING_LOT"}`, "Idempotency-Key", "r1")
	if a.code != http.StatusOK || a.json["item"].(map[string]any)["sku"] != "L/1" {
		t.Errorf("PUT: HTTP %d: %s", a.code, a.text)
	}
}

// TestZeroValues: what is zero is seen, what is not set is not.
func TestZeroValues(t *testing.T) {
	t.Parallel()
	s := serve(t, echo())
	item := call(t, http.MethodGet, s.rest+"/v1/items/A", "").json["item"].(map[string]any)
	if item["fefo"] != false || item["revision"] != 0.0 || item["units"] == nil || item["tracking"] != "TRACKING_UNSPECIFIED" {
		t.Errorf("zero values are missing: %v", item)
	}
}

func TestBadREST(t *testing.T) {
	t.Parallel()
	s := serve(t, echo())
	const item = `{"sku":"A","name":"x","base_unit":"KGM","tracking":"TRACKING_LOT"}`
	const good = `{"request_id":"r","item":` + item + `}`
	for _, test := range []struct {
		name, method, path, body string
		code                     int
		reason, holds            string
	}{
		{"good", "POST", "/v1/items", good, 200, "", ""},
		{"no JSON", "POST", "/v1/items", `nonsense`, 400, "INVALID_JSON", "invalid character"},
		{"cut", "POST", "/v1/items", good[:20], 400, "INVALID_JSON", "unexpected end"},
		{"more after the end", "POST", "/v1/items", good + good, 400, "INVALID_JSON", "after top-level"},
		{"unknown field", "POST", "/v1/items", `{"request_id":"r","itme":{}}`, 400, "INVALID_JSON", `unknown field \"itme\"`},
		{"twice the same field", "POST", "/v1/items", `{"request_id":"r","request_id":"s"}`, 400, "INVALID_JSON", `duplicate field`},
		{"wrong type", "POST", "/v1/items", `{"request_id":7}`, 400, "INVALID_JSON", `line 1:15`},
		{"unknown enum", "PUT", "/v1/items/A", `{"tracking":"SOMEHOW"}`, 400, "INVALID_JSON", `SOMEHOW`},
		{"array", "POST", "/v1/items", `[]`, 400, "INVALID_JSON", ``},
		{"invalid UTF-8", "POST", "/v1/items", "{\"request_id\":\"\xff\"}", 400, "INVALID_JSON", `UTF-8`},
		{"no body", "POST", "/v1/items", ``, 400, "INVALID_FIELD", `request_id`},
		{"unknown parameter", "GET", "/v1/items?page_sise=7", ``, 400, "INVALID_PARAMETER", `page_sise`},
		{"unknown parameter within", "GET", "/v1/trace/forward?filter.depth=7", ``, 400, "INVALID_PARAMETER", `filter.depth`},
		{"parameter given twice", "GET", "/v1/item?sku=7&sku=8", ``, 400, "INVALID_PARAMETER", `sku`},
		{"parameter by both its names", "GET", "/v1/trace/forward?lot_code=7&lotCode=8", ``, 400, "INVALID_PARAMETER", `lotCode`},
		{"parameter of the wrong type", "GET", "/v1/items?page_size=many", ``, 400, "INVALID_PARAMETER", `many`},
		{"broken query", "GET", "/v1/item?sku=%zz", ``, 400, "INVALID_PARAMETER", `%zz`},
		{"query not UTF-8", "GET", "/v1/item?sku=%FF", ``, 400, "INVALID_PARAMETER", `UTF-8`},
		{"path not UTF-8", "GET", "/v1/items/%FF", ``, 400, "INVALID_PATH", `UTF-8`},
		{"empty key", "GET", "/v1/items/", ``, 400, "INVALID_FIELD", `sku`},
		{"unknown path", "GET", "/v1/itmes", ``, 404, "UNKNOWN_PATH", `/v1/itmes`},
		{"no path", "POST", "/", ``, 404, "UNKNOWN_PATH", ``},
		{"wrong method", "DELETE", "/v1/items/A", ``, 405, "METHOD_NOT_ALLOWED", `DELETE`},
		{"not there yet", "GET", "/v1/receipts/A", ``, 501, "UNIMPLEMENTED", ``},
		{"too large", "POST", "/v1/items", `"` + strings.Repeat("x", maxRequest) + `"`, 413, "REQUEST_TOO_LARGE", `4 MiB`},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := call(t, test.method, s.rest+test.path, test.body, "Content-Type", "application/json")
			if a.code != test.code || a.reason() != test.reason || !strings.Contains(a.text, test.holds) {
				t.Errorf("HTTP %d %s, want %d %s with %q: %.500s", a.code, a.reason(), test.code, test.reason, test.holds, a.text)
			}
			if got := a.header.Get("Content-Type"); got != "application/json" {
				t.Errorf("Content-Type %q", got)
			}
		})
	}
	t.Run("too large, of unknown size", func(t *testing.T) {
		body := io.MultiReader(strings.NewReader(`"`), strings.NewReader(strings.Repeat("x", maxRequest)))
		if a := send(t, "POST", s.rest+"/v1/items", body); a.code != 413 || a.reason() != "REQUEST_TOO_LARGE" {
			t.Errorf("HTTP %d %s: %.500s", a.code, a.reason(), a.text)
		}
	})
	t.Run("from another origin", func(t *testing.T) {
		a := call(t, "POST", s.rest+"/v1/items", good, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example")
		if a.code != 403 || a.reason() != "CROSS_ORIGIN" {
			t.Errorf("HTTP %d %s: %.500s", a.code, a.reason(), a.text)
		}
		if a := call(t, "GET", s.rest+"/v1/items/A", "", "Sec-Fetch-Site", "cross-site"); a.code != 200 {
			t.Errorf("GET: HTTP %d: %.500s", a.code, a.text)
		}
	})
}
