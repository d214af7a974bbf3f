package server

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/api/httpbody"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/errs"
)

// rendering sends pieces, then ends with an error or none.
func rendering(end error, pieces ...string) *probe {
	p := echo()
	p.render = func(_ *pb.RenderRecallPacketRequest, stream pb.RecallService_RenderRecallPacketServer) error {
		for _, piece := range pieces {
			if err := stream.Send(&pb.RenderRecallPacketResponse{Body: &httpbody.HttpBody{ContentType: "text/html; charset=utf-8", Data: []byte(piece)}}); err != nil {
				return err
			}
		}
		return end
	}
	return p
}

// got is an answer up to its end, or to where it broke.
type got struct {
	code   int
	header http.Header
	text   string
	err    error
}

// get asks as a browser does.
func get(t *testing.T, url string, headers ...string) got {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return got{resp.StatusCode, resp.Header, string(text), err}
}

// The pieces are the body, with nothing around or between them.
func TestBodies(t *testing.T) {
	t.Parallel()
	pieces := []string{"<!doctype html>\n", "", "\n", "{\"result\":1}", "\x00ünd ", strings.Repeat("x", 100_000), "</html>"}
	s := serve(t, rendering(nil, pieces...))
	for _, path := range []string{"/v1/recalls/R%2F1/packet/page", "/v1/recall/packet/page?case_number=R%2F1"} {
		a := get(t, s.rest+path)
		if a.err != nil || a.code != http.StatusOK || a.text != strings.Join(pieces, "") {
			t.Errorf("%s: HTTP %d, %v, %d bytes: %.100q", path, a.code, a.err, len(a.text), a.text)
		}
		for name, want := range map[string]string{
			"Content-Type": "text/html; charset=utf-8", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Content-Security-Policy": bodyPolicy,
		} {
			if got := a.header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
	}
}

// What goes wrong after the first piece breaks the connection: neither an end nor
// more text.
func TestBrokenBodies(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]error{"a refusal": errs.Exhausted("", "CLIENT_STALLED", "too slow"), "another error": errors.New("boom")} {
		s := serve(t, rendering(end, "one", "two"))
		a := get(t, s.rest+"/v1/recall/packet/page?case_number=R")
		if a.code != http.StatusOK || a.text != "onetwo" || !errors.Is(a.err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: HTTP %d, %q, %v", name, a.code, a.text, a.err)
		}
		if strings.Contains(s.log.String(), "panic") {
			t.Errorf("%s: %s", name, s.log.String())
		}
	}
}

// What goes wrong before is a refusal as any other.
func TestRefusedBodies(t *testing.T) {
	t.Parallel()
	s := serve(t, rendering(errs.NotFound("case_number", "UNKNOWN_RECALL", "there is no recall")))
	a := get(t, s.rest+"/v1/recall/packet/page?case_number=R")
	if a.err != nil || a.code != http.StatusNotFound || a.header.Get("Content-Type") != "application/json" ||
		!strings.HasPrefix(a.text, `{"error":`) || !strings.Contains(a.text, "UNKNOWN_RECALL") {
		t.Errorf("HTTP %d, %s, %v: %s", a.code, a.header.Get("Content-Type"), a.err, a.text)
	}
}

// Nobody gets another form of an answer by asking for it.
func TestBodiesAreForTheirRoutes(t *testing.T) {
	t.Parallel()
	s := serve(t, echo())
	a := get(t, s.rest+"/v1/trace/forward?sku=A&lot_code=L", "Accept", bodyMIME)
	if a.err != nil || a.header.Get("Content-Type") != "application/x-ndjson" || !strings.HasSuffix(a.text, "}\n") {
		t.Errorf("%s, %v: %q", a.header.Get("Content-Type"), a.err, a.text)
	}
}
