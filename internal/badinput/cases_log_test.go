package badinput_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
)

// endless are the streams that do not end by themselves. Their first message has to
// do; the good requests have one at once.
var endless = map[string]bool{"WatchLog": true}

// addLog adds the reads of the log. Where they go on, newWorld puts in.
func addLog(add func(string, proto.Message)) {
	kinds := []pb.OperationKind{pb.OperationKind_OPERATION_KIND_RECEIPT, pb.OperationKind_OPERATION_KIND_SHIPMENT}
	add("WatchLog", &pb.WatchLogRequest{Kinds: kinds})
	add("ListLog", &pb.ListLogRequest{Kinds: kinds, PageSize: 1})
}

// goOn has the good requests go on behind the first entry of the log, which is not
// the last.
func (w *world) goOn(t testing.TB) {
	t.Helper()
	first := w.must(t, "ListLog", &pb.ListLogRequest{PageSize: 1}).(*pb.ListLogResponse)
	for _, name := range []string{"WatchLog", "ListLog"} {
		apply(t, w.good[name], set("cursor", first.NextCursor))
	}
}

// sendEndless is send for a stream that does not end: it returns its first line.
func (w *world) sendEndless(t testing.TB, method, target string, body []byte) (int, []byte) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, w.REST+target, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	line, err := bufio.NewReader(resp.Body).ReadBytes('\n')
	if err != nil && err != io.EOF { //nolint:errorlint // as a reader returns it
		t.Fatal(err)
	}
	return resp.StatusCode, line
}

// refuseCursors: cursors that were changed, of another log, and of what was lost.
func refuseCursors(t *testing.T, w *world) {
	t.Helper()
	const invalid, reader = codes.InvalidArgument, "read from the beginning"
	const changed, beyond = "BAD_CURSOR", "CURSOR_BEYOND_END"
	end := w.must(t, "ListLog", &pb.ListLogRequest{PageSize: 1000}).(*pb.ListLogResponse).NextCursor
	flipped := []byte(end)
	flipped[len(flipped)/2] ^= 1
	var cases []bad
	for _, name := range []string{"WatchLog", "ListLog"} {
		for _, text := range []string{
			"2", "end", "%%%", end + "A", end[:len(end)-2], string(flipped), "=" + end, " " + end, strings.ToUpper(end), end + end,
			strings.Repeat("A", 58), "bnVsbA", end + "\x00", "🥐",
		} {
			cases = append(cases, bad{name, set("cursor", text), invalid, changed, "", says("no cursor of this log", reader)})
		}
		cases = append(cases, bad{name, set("cursor", strings.Repeat("A", 201)), invalid, "STRING_MAX_LEN", "", says("at most 200 characters")})
		for _, list := range []string{"ListItems", "ListReceipts"} {
			token := leafAt(t, w.good[list].ProtoReflect(), "page_token")
			cases = append(cases, bad{name, set("cursor", token.message.Get(token.field).String()), invalid, changed, "", says(reader)})
		}
		cases = append(cases, bad{name, set("kinds", times(3)), invalid, "REPEATED_UNIQUE", "", says("unique")})
	}
	cases = append(cases,
		bad{"ListLog", set("page_size", -1), invalid, "INT32_GTE_LTE", "", says("-1", "less than or equal to 1000")},
		bad{"ListLog", set("page_size", 1001), invalid, "INT32_GTE_LTE", "", says("1001", "less than or equal to 1000")},
	)
	w.refuseAll(t, cases)

	// A cursor of another tenant is one of a log with another key.
	both := func(code codes.Code, reason string, parts []string) {
		t.Helper()
		for _, name := range []string{"WatchLog", "ListLog"} {
			w.refused(t, bad{name, set("cursor", end), code, reason, "", parts})
		}
	}
	w.change(t, "UPDATE log_head SET log_key = gen_random_uuid()", func() {
		both(invalid, changed, says("no cursor of this log", reader))
	})
	w.change(t, "DELETE FROM log WHERE log_index = (SELECT log_index FROM log_head); UPDATE log_head SET log_index = log_index - 1", func() {
		both(codes.FailedPrecondition, beyond, says("does not have any more", "find out which operations were lost"))
	})
}

// change makes a change to the log that only an owner can make, and takes it back.
func (w *world) change(t testing.TB, statements string, while func()) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), w.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	const keep = "CREATE TABLE kept_log AS TABLE log; CREATE TABLE kept_head AS TABLE log_head; "
	const restore = `
		TRUNCATE log, log_head;
		INSERT INTO log_head SELECT * FROM kept_head; INSERT INTO log SELECT * FROM kept_log; DROP TABLE kept_head, kept_log`
	if _, err := conn.Exec(t.Context(), keep+statements); err != nil {
		t.Fatal(err)
	}
	while()
	if _, err := conn.Exec(t.Context(), restore); err != nil {
		t.Fatal(err)
	}
}
