package apitest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// Do makes a REST call and returns the HTTP status and the JSON object that came
// back. body is sent as it is if it is a string or bytes (so that it can be
// broken), and as JSON otherwise; nil sends none. The path is sent as it stands:
// escape the keys in it. headers are name, value, name, value, ….
func (a *API) Do(t testing.TB, method, path string, body any, headers ...string) (int, map[string]any) {
	t.Helper()
	status, text := a.DoRaw(t, method, path, body, headers...)
	var answer map[string]any
	if err := json.Unmarshal(text, &answer); err != nil {
		t.Fatalf("%s %s: HTTP %d with a body that is no JSON object: %v: %.500s", method, path, status, err, text)
	}
	return status, answer
}

// DoLines is Do for a stream: it returns the JSON object of each line.
func (a *API) DoLines(t testing.TB, method, path string, body any, headers ...string) (int, []map[string]any) {
	t.Helper()
	status, text := a.DoRaw(t, method, path, body, headers...)
	var lines []map[string]any
	for line := range bytes.Lines(text) {
		var answer map[string]any
		if err := json.Unmarshal(line, &answer); err != nil {
			t.Fatalf("%s %s: HTTP %d with a line that is no JSON object: %v: %.500s", method, path, status, err, line)
		}
		lines = append(lines, answer)
	}
	return status, lines
}

// DoRaw is Do without looking into the answer.
func (a *API) DoRaw(t testing.TB, method, path string, body any, headers ...string) (int, []byte) {
	t.Helper()
	var reader io.Reader
	switch body := body.(type) {
	case nil:
	case string:
		reader = strings.NewReader(body)
	case []byte:
		reader = bytes.NewReader(body)
	default:
		text, err := json.Marshal(body)
		if err != nil {
			t.Fatalf("%s %s: %v", method, path, err)
		}
		reader = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(context.Background(), method, a.REST+path, reader)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	if reader != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("%s %s: HTTP %d: %v", method, path, resp.StatusCode, err)
	}
	return resp.StatusCode, text
}
