package trace_test

import (
	"errors"
	"html"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/demo"
	"github.com/lottrail/lottrail/internal/paper"
)

// The page says what the stream does, and has the trace both ways drawn, over gRPC and
// REST alike.
func TestDossierPage(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	if err := demo.Load(t.Context(), api.Conn, io.Discard); err != nil {
		t.Fatal(err)
	}
	stream, err := api.Trace.RenderDossier(t.Context(), &pb.RenderDossierRequest{Sku: "DANISH-CHS", LotCode: "CD-0325-A"})
	if err != nil {
		t.Fatal(err)
	}
	var page []byte
	for {
		piece, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if piece.GetBody().GetContentType() != "text/html; charset=utf-8" || len(piece.GetBody().GetData()) > 32<<10 {
			t.Errorf("a piece of %d bytes of %s", len(piece.GetBody().GetData()), piece.GetBody().GetContentType())
		}
		page = append(page, piece.GetBody().GetData()...)
	}
	statement, whole := paper.Told(page)
	if !whole || !strings.HasPrefix(statement, "Complete: 1 location, 1 hold, 0 recalls, 2 shipment lines, 0 receipt lines, 1 run, ") {
		t.Errorf("whole %v, statement %q", whole, statement)
	}
	for _, want := range []string{"MO-4105, run 1", "Harbour Market", "SP-9001, line 1", "BAKERY › PACK-1", "metal detector check is outstanding", "It was not bought"} {
		if !strings.Contains(html.UnescapeString(string(page)), want) {
			t.Errorf("no %q in the page", want)
		}
	}
	var nodes []string
	for _, m := range regexp.MustCompile(`<g><title>([^<]*?)(?:&#xA;|<)`).FindAllSubmatch(page, -1) {
		nodes = append(nodes, string(m[1]))
	}
	drawn := "\n" + strings.Join(nodes, "\n") + "\n"
	for _, want := range []string{"FL-2026-0325", "CD-0325-A", "MO-4105 / 1", "Oberland Mill", "Harbour Market"} {
		if strings.Count(drawn, "\n"+want+"\n") != 1 {
			t.Errorf("%q is not drawn once: %q", want, nodes)
		}
	}
	for _, path := range []string{"/v1/items/DANISH-CHS/lots/CD-0325-A/dossier/page", "/v1/lot/dossier/page?sku=DANISH-CHS&lot_code=CD-0325-A"} {
		status, got := api.DoRaw(t, http.MethodGet, path, nil)
		if status != http.StatusOK || !paper.Whole(got) || !strings.Contains(string(got), "SP-9001, line 1") {
			t.Errorf("%s: HTTP %d, %d bytes, over gRPC %d", path, status, len(got), len(page))
		}
	}
	if status, answer := api.Do(t, http.MethodGet, "/v1/lot/dossier/page?sku=DANISH-CHS&lot_code=none", nil); status != http.StatusNotFound || answer["error"] == nil {
		t.Errorf("HTTP %d, %v", status, answer)
	}
}
