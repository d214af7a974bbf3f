package oplog_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/oplog"
)

// outline is an entry in short: its kind, and its facts in their order.
func outline(e *pb.LogEntry) (kind string, facts []string) {
	for _, m := range e.Operation.Movements {
		facts = append(facts, "moved "+m.Lot.LotCode)
	}
	for _, h := range e.Operation.Holds {
		facts = append(facts, strings.TrimPrefix(h.Action.String(), "HOLD_ACTION_")+" "+h.Lot.LotCode)
	}
	for _, c := range e.Operation.DateChanges {
		facts = append(facts, "dated "+c.Lot.LotCode)
	}
	for _, a := range e.Operation.ExpiryAlerts {
		facts = append(facts, "alerted "+a.Lot.LotCode)
	}
	return strings.TrimPrefix(e.Operation.Kind.String(), "OPERATION_KIND_"), facts
}

// Entries with more facts than fit are cut, whatever kind of fact they are, and
// nothing is lost or told twice at the seams, wherever a reader goes on.
func TestLargeEntriesAreCut(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	large := []planted{
		{kind: "transfer", movements: 2300}, {kind: "run_start"},
		{kind: "output", movements: 700, placed: 2100}, {kind: "transfer", movements: 1}, {kind: "transfer", movements: 999},
		{kind: "recall_keep", kept: 1500}, {kind: "recall_close", released: 1100}, {kind: "transfer", movements: oplog.EntryFacts},
		{kind: "date_change", dated: 1300}, {kind: "expiry_alert", alerted: 2300},
	}
	plant(t, api, large...)
	check := func(what string, entries []*pb.LogEntry) {
		t.Helper()
		all := whole(t, entries)
		if len(all) != len(large) {
			t.Fatalf("%s: %d entries, want %d", what, len(all), len(large))
		}
		for i, o := range large {
			var want []string
			for _, facts := range []struct {
				name string
				n    int
			}{{"moved", o.movements}, {"PLACED", o.placed}, {"RELEASED", o.released}, {"KEPT", o.kept}, {"dated", o.dated}, {"alerted", o.alerted}} {
				for n := range facts.n {
					want = append(want, fmt.Sprintf("%s P-%05d", facts.name, n+1))
				}
			}
			if kind, got := outline(all[i]); kind != strings.ToUpper(o.kind) || !slices.Equal(got, want) {
				t.Errorf("%s: entry %d: %s with %d facts, want %s with %d", what, i+1, kind, len(got), o.kind, len(want))
			}
		}
	}
	entries, _ := readAll(t, api, &pb.ListLogRequest{})
	check("pages", entries)
	for _, size := range []int32{1, 2, 3} {
		pages, _ := readAll(t, api, &pb.ListLogRequest{PageSize: size})
		check(fmt.Sprintf("pages of %d", size), pages)
	}
	for i, e := range entries[:len(entries)-1] {
		rest, _ := readAll(t, api, &pb.ListLogRequest{Cursor: e.Cursor})
		same(t, fmt.Sprintf("behind entry %d", i), rest, entries[i+1:])
	}
	var watched []*pb.LogEntry
	if _, err := follow(t.Context(), api.Log, &pb.WatchLogRequest{}, func(m *pb.WatchLogResponse) bool {
		watched = append(watched, m.Entries...)
		return len(watched) < len(entries)
	}); err != nil {
		t.Fatal(err)
	}
	check("stream", watched)

	// Whoever asks for other kinds from within an entry gets nothing more of it, and
	// all of the others.
	for _, e := range entries {
		if !e.Continued {
			continue
		}
		transfers, _ := readAll(t, api, &pb.ListLogRequest{Cursor: e.Cursor, Kinds: []pb.OperationKind{pb.OperationKind_OPERATION_KIND_TRANSFER}})
		want := slices.DeleteFunc(slices.Clone(entries), func(other *pb.LogEntry) bool {
			return other.Operation.Kind != pb.OperationKind_OPERATION_KIND_TRANSFER || slices.Index(entries, other) <= slices.Index(entries, e)
		})
		same(t, fmt.Sprintf("transfers from within entry %d", e.LogIndex), transfers, want)
	}
}

// A hold says which recall it is of, and why it was placed, whatever became of it.
func TestHoldsOfRecalls(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	plant(t, api, planted{kind: "recall_activation", placed: 2}, planted{kind: "recall_keep", kept: 2}, planted{kind: "recall_close", released: 1})
	entries, _ := readAll(t, api, &pb.ListLogRequest{})
	if len(entries) != 3 {
		t.Fatalf("%d entries", len(entries))
	}
	for i, want := range []pb.HoldAction{pb.HoldAction_HOLD_ACTION_PLACED, pb.HoldAction_HOLD_ACTION_KEPT, pb.HoldAction_HOLD_ACTION_RELEASED} {
		op := entries[i].Operation
		if op.CaseNumber != "RC/1" || len(op.Movements) != 0 {
			t.Errorf("%v", op)
		}
		for n, got := range op.Holds {
			h := &pb.HoldFact{Lot: &pb.LotKey{Sku: apitest.Flour, LotCode: fmt.Sprintf("P-%05d", n+1)}, Number: 1, Action: want, Reason: "glass", CaseNumber: "RC/1"}
			if !proto.Equal(got, h) {
				t.Errorf("got %v, want %v", got, h)
			}
		}
	}
}

// However long the reasons, no message is larger than clients take; however many
// facts, none has more than it may.
func TestMessagesStaySmall(t *testing.T) {
	t.Parallel()
	api := apitest.Start(t)
	api.Minimal(t)
	long := strings.Repeat("🥐", 2000)
	plant(t, api, planted{kind: "transfer", reason: long, movements: 900}, planted{kind: "transfer", reason: long, movements: 2},
		planted{kind: "transfer", movements: 900}, planted{kind: "transfer", movements: 900}, planted{kind: "transfer", movements: 900},
		planted{kind: "transfer", movements: 900}, planted{kind: "transfer", movements: 900}, planted{kind: "transfer", movements: 900})
	messages, most := 0, 0
	var entries []*pb.LogEntry
	check := func(m proto.Message, batch []*pb.LogEntry) {
		t.Helper()
		facts := 0
		for _, e := range batch {
			facts += len(e.Operation.Movements)
		}
		if size := proto.Size(m); size > oplog.BatchBytes || facts > oplog.BatchFacts {
			t.Errorf("a message of %d bytes with %d facts", size, facts)
		}
		messages, most = messages+1, max(most, facts)
		entries = append(entries, batch...)
	}
	for cursor := ""; ; {
		page := must[*pb.ListLogResponse](t)(api.Log.ListLog(t.Context(), &pb.ListLogRequest{Cursor: cursor}))
		check(page, page.Entries)
		if cursor = page.NextCursor; page.End {
			break
		}
	}
	if all := whole(t, entries); len(all) != 8 || messages < 5 || most < 4*900 {
		t.Errorf("%d entries in %d pages, of at most %d facts", len(all), messages, most)
	}
	pages := entries
	entries = nil
	if _, err := follow(t.Context(), api.Log, &pb.WatchLogRequest{}, func(m *pb.WatchLogResponse) bool {
		check(m, m.Entries)
		return len(entries) < len(pages)
	}); err != nil {
		t.Fatal(err)
	}
	same(t, "the stream", entries, pages)
}
