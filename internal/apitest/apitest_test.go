package apitest_test

import (
	"net/http"
	"testing"

	"google.golang.org/grpc/codes"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

func TestStart(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	_, err := api.Catalog.UpsertItem(t.Context(), &pb.UpsertItemRequest{RequestId: apitest.ID()})
	apitest.WantRefusal(t, err, codes.InvalidArgument, "INVALID_FIELD", "item")

	status, body := api.Do(t, http.MethodPost, "/v1/items", `{"request_id":"a","item":{"sku":"A"}}`)
	if status != http.StatusBadRequest {
		t.Errorf("HTTP %d, want 400: %v", status, body)
	}
	if status, body := api.Do(t, http.MethodGet, "/readyz", nil); status != http.StatusOK {
		t.Errorf("HTTP %d, want 200: %v", status, body)
	}
}
