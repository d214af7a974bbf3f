package oplog_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"google.golang.org/grpc/codes"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/oplog"
)

// receive receives lots, each an operation, and waits until they are in the log.
func receive(t testing.TB, api *apitest.API, lots ...string) {
	t.Helper()
	for _, lot := range lots {
		api.ReceiveLot(t, apitest.Flour, lot, "10", "KGM", apitest.Dock)
	}
	api.Sealed(t)
}

// lots are those of the entries' movements.
func lots(entries []*pb.LogEntry) []string {
	var codes []string
	for _, e := range entries {
		for _, m := range e.Operation.Movements {
			codes = append(codes, m.Lot.LotCode)
		}
	}
	return codes
}

// Pages of every size hold the same, and where they end is where they go on when
// there is more.
func TestPages(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	empty := must[*pb.ListLogResponse](t)(api.Log.ListLog(t.Context(), &pb.ListLogRequest{}))
	if len(empty.Entries) != 0 || !empty.End || empty.NextCursor == "" {
		t.Errorf("an empty log: %v", empty)
	}
	receive(t, api, "A", "B", "C", "D", "E")
	want := []string{"A", "B", "C", "D", "E"}
	var end string
	for size := range int32(7) {
		var entries []*pb.LogEntry
		entries, end = readAll(t, api, &pb.ListLogRequest{Cursor: empty.NextCursor, PageSize: size})
		if got := lots(entries); !slices.Equal(got, want) {
			t.Errorf("pages of %d: %q", size, got)
		}
		for i, e := range entries {
			if e.LogIndex != int64(i)+1 {
				t.Errorf("entry %d has index %d", i, e.LogIndex)
			}
		}
		if size == 0 {
			continue
		}
		first := must[*pb.ListLogResponse](t)(api.Log.ListLog(t.Context(), &pb.ListLogRequest{PageSize: size}))
		if n := min(int(size), len(want)); len(first.Entries) != n || first.End != (n == len(want)) || first.NextCursor != first.Entries[n-1].Cursor {
			t.Errorf("the first page of %d: %v", size, first)
		}
	}
	again := must[*pb.ListLogResponse](t)(api.Log.ListLog(t.Context(), &pb.ListLogRequest{Cursor: end}))
	if len(again.Entries) != 0 || !again.End || again.NextCursor != end {
		t.Errorf("behind the end: %v", again)
	}
	receive(t, api, "F")
	more := must[*pb.ListLogResponse](t)(api.Log.ListLog(t.Context(), &pb.ListLogRequest{Cursor: end}))
	if got := lots(more.Entries); !slices.Equal(got, []string{"F"}) || more.Entries[0].LogIndex != 6 {
		t.Errorf("what was added: %v", more)
	}
}

// Only the kinds asked for come, and the cursor gets past the others.
func TestKinds(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	for i := range 3 {
		receive(t, api, fmt.Sprint(i))
		must[*pb.PlaceHoldResponse](t)(api.Lots.PlaceHold(t.Context(), &pb.PlaceHoldRequest{RequestId: apitest.ID(), Sku: apitest.Flour, LotCode: fmt.Sprint(i), Reason: "?"}))
	}
	receive(t, api, "last")
	const receipt, hold = pb.OperationKind_OPERATION_KIND_RECEIPT, pb.OperationKind_OPERATION_KIND_HOLD
	for _, test := range []struct {
		kinds   []pb.OperationKind
		indexes []int64
	}{
		{nil, []int64{1, 2, 3, 4, 5, 6, 7}},
		{[]pb.OperationKind{hold}, []int64{2, 4, 6}},
		{[]pb.OperationKind{receipt}, []int64{1, 3, 5, 7}},
		{[]pb.OperationKind{receipt, hold}, []int64{1, 2, 3, 4, 5, 6, 7}},
		{[]pb.OperationKind{pb.OperationKind_OPERATION_KIND_SHIPMENT}, nil},
	} {
		for _, size := range []int32{1, 2, 100} {
			entries, cursor := readAll(t, api, &pb.ListLogRequest{Kinds: test.kinds, PageSize: size})
			var got []int64
			for _, e := range entries {
				got = append(got, e.LogIndex)
			}
			if !slices.Equal(got, test.indexes) {
				t.Errorf("%v in pages of %d: %v", test.kinds, size, got)
			}
			if rest, _ := readAll(t, api, &pb.ListLogRequest{Cursor: cursor}); len(rest) != 0 {
				t.Errorf("%v in pages of %d: %d entries behind the last page", test.kinds, size, len(rest))
			}
		}
	}
}

// What is rare is found however far apart it lies, a bounded way at a time.
func TestRareKinds(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	receive(t, api, "A")
	const others = 2*oplog.FilteredEntries + 100
	conn := owner(t, api)
	exec(t, conn, `
		WITH o AS (
			INSERT INTO operation (tenant_id, operation_id, kind, occurred_at, principal, request_id, reason)
			SELECT 1, 7000000 + n, 'transfer', now(), '', '', '' FROM generate_series(1, $1::int) AS n
			RETURNING tenant_id, operation_id, recorded_at)
		INSERT INTO unlogged SELECT * FROM o`, others)
	api.Sealed(t)
	receive(t, api, "B")
	req := &pb.ListLogRequest{Kinds: []pb.OperationKind{pb.OperationKind_OPERATION_KIND_RECEIPT}}
	pages := 0
	var entries []*pb.LogEntry
	for end := false; !end; pages++ {
		page := must[*pb.ListLogResponse](t)(api.Log.ListLog(t.Context(), req))
		entries = append(entries, page.Entries...)
		req.Cursor, end = page.NextCursor, page.End
	}
	if got := lots(entries); !slices.Equal(got, []string{"A", "B"}) || pages != 3 {
		t.Errorf("%q in %d pages", got, pages)
	}
	messages := 0
	if _, err := follow(t.Context(), api.Log, &pb.WatchLogRequest{Cursor: entries[0].Cursor, Kinds: req.Kinds}, func(m *pb.WatchLogResponse) bool {
		messages++
		same(t, "the stream", m.Entries, entries[1:])
		return false
	}); err != nil || messages != 1 {
		t.Errorf("%d messages, %v", messages, err)
	}
}

// A cursor is good for the log that it is from, as long as that has not lost what
// the cursor stands behind.
func TestCursorsOfOtherLogs(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	receive(t, api, "A", "B", "C")
	entries, end := readAll(t, api, &pb.ListLogRequest{})
	refused := func(cursor string, code codes.Code, reason string) {
		t.Helper()
		_, err := api.Log.ListLog(t.Context(), &pb.ListLogRequest{Cursor: cursor})
		apitest.WantRefusal(t, err, code, reason, "cursor")
		_, err = follow(t.Context(), api.Log, &pb.WatchLogRequest{Cursor: cursor}, func(m *pb.WatchLogResponse) bool { t.Errorf("got %v", m); return false })
		apitest.WantRefusal(t, err, code, reason, "cursor")
	}
	c, err := oplog.ParseCursor(end)
	if err != nil {
		t.Fatal(err)
	}
	refused(end+"A", codes.InvalidArgument, "BAD_CURSOR")
	refused(oplog.NewCursor([16]byte{1}, 1, time.Now()).String(), codes.InvalidArgument, "BAD_CURSOR")
	refused(oplog.NewCursor([16]byte{}, 0, time.Now()).String(), codes.InvalidArgument, "BAD_CURSOR")
	refused(c.Behind(4, time.Now()).String(), codes.FailedPrecondition, "CURSOR_BEYOND_END")

	// A backup of before the last entry is restored; then the log goes on, and has
	// another entry where the lost one was.
	conn := owner(t, api)
	exec(t, conn, "DELETE FROM log WHERE log_index = 3")
	exec(t, conn, "UPDATE log_head SET log_index = 2")
	refused(end, codes.FailedPrecondition, "CURSOR_BEYOND_END")
	receive(t, api, "D")
	refused(end, codes.FailedPrecondition, "CURSOR_BEYOND_END")
	rest, _ := readAll(t, api, &pb.ListLogRequest{Cursor: entries[1].Cursor})
	if got := lots(rest); !slices.Equal(got, []string{"D"}) {
		t.Errorf("behind what was not lost: %q", got)
	}
}
