package telemetry_test

import (
	"net/http"
	"strings"
	"testing"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/telemetry/telemetrytest"
)

// Callers make up codes, paths, methods and headers as they like. No series may
// have any of it, or whoever calls decides how many there are.
func TestNothingThatCallersMakeUpIsInALabel(t *testing.T) {
	const odd = "zanzibar"
	api := apitest.Start(t)
	api.Minimal(t)
	before := telemetrytest.Scrape(t, api.REST)
	api.PushItem(t, &pb.Item{Sku: odd, Name: odd, BaseUnit: "KGM", Tracking: pb.Tracking_TRACKING_LOT})
	api.ReceiveLot(t, odd, odd, "5", "KGM", apitest.Dock)
	for _, path := range []string{
		"/v1/items/" + odd, "/v1/items/" + odd + "/lots/" + odd, "/v1/items/NONE/lots/" + odd, "/v1/trace/forward?sku=" + odd + "&lot_code=" + odd,
		"/v1/" + odd, "/" + odd, "/v1/items/FLOUR?" + odd + "=1", "/docs/" + odd,
	} {
		api.DoRaw(t, http.MethodGet, path, nil, "User-Agent", odd, "Baggage", odd+"=1", "X-Forwarded-For", odd, "Idempotency-Key", odd)
	}
	api.DoRaw(t, strings.ToUpper(odd), "/v1/items", nil)
	api.DoRaw(t, http.MethodPost, "/v1/items", `{"`+odd+`":1}`, "Idempotency-Key", odd)
	elsewhere, err := http.NewRequestWithContext(t.Context(), http.MethodGet, api.REST+"/v1/items", nil)
	if err != nil {
		t.Fatal(err)
	}
	elsewhere.Host = odd + ".example"
	resp, err := http.DefaultClient.Do(elsewhere)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	for _, method := range []string{"/" + odd + ".v1.Service/Get", "/lottrail.v1.CatalogService/" + odd, "/" + odd} {
		if err := api.Conn.Invoke(t.Context(), method, &pb.GetItemRequest{}, &pb.GetItemResponse{}); err == nil {
			t.Errorf("%s was answered", method)
		}
	}
	// The last of those that are counted under a name that there is.
	if _, err := api.Catalog.GetItem(t.Context(), &pb.GetItemRequest{Sku: odd + " 2"}); err == nil {
		t.Error("an item that is not there was answered")
	}
	telemetrytest.WantMoved(t, api.REST, before, metrics{
		`rpc_server_call_duration_seconds_count{rpc_method="lottrail.v1.CatalogService/GetItem",rpc_response_status_code="NOT_FOUND"}`: 1,
	}, `rpc_server_call_duration_seconds_count{rpc_method="lottrail.v1.CatalogService/GetItem",rpc_response_status_code="NOT_FOUND"}`)
	for line := range strings.Lines(telemetrytest.Text(t, api.REST)) {
		if strings.Contains(strings.ToLower(line), odd) {
			t.Errorf("%.300s", line)
		}
	}
}
