package oplog_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	pb "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/apitest"
	"github.com/lottrail/lottrail/internal/pg"
)

// instances are several servers on one database, each with a pool of its own.
func instances(t testing.TB, n int) []*apitest.API {
	t.Helper()
	first := apitest.Start(t)
	all := []*apitest.API{first}
	for range n - 1 {
		db := must[*pg.DB](t)(pg.Open(context.Background(), first.URL, 10))
		t.Cleanup(db.Close)
		all = append(all, apitest.StartOn(t, first.URL, db))
	}
	return all
}

// load moves stock to and fro at all instances, with some holds among it, and
// returns the ids of the requests. Each client goes on as told by answers, so what
// it did last is seen by what it does next.
func load(t testing.TB, all []*apitest.API, clients, each int) (requests [][]string) {
	t.Helper()
	requests = make([][]string, clients)
	var group sync.WaitGroup
	for c := range clients {
		group.Go(func() {
			for i := range each {
				api, id, lot := all[(c+i)%len(all)], apitest.ID(), fmt.Sprint("L-", (c+i)%3)
				var err error
				if i%8 == 7 {
					_, err = api.Lots.PlaceHold(context.Background(), &pb.PlaceHoldRequest{RequestId: id, Sku: apitest.Flour, LotCode: lot, Reason: "?"})
				} else {
					_, err = api.Lots.MoveLots(context.Background(), &pb.MoveLotsRequest{RequestId: id, Lines: []*pb.MoveLine{
						{Sku: apitest.Flour, LotCode: lot, Quantity: amount("0.001", "KGM"), FromLocationCode: apitest.Dock, ToLocationCode: apitest.Shelf},
					}})
				}
				if err != nil {
					t.Errorf("client %d: %v", c, err)
					return
				}
				requests[c] = append(requests[c], id)
			}
		})
	}
	group.Wait()
	return requests
}

// reader reads the log as an ERP would that is cut off again and again: from
// whichever instance, in whichever way, and on from the last cursor it has.
type reader struct {
	all     []*apitest.API
	random  *rand.Rand
	cursor  string
	entries []*pb.LogEntry
}

// some reads a little and is cut off.
func (r *reader) some(t testing.TB) error {
	api, messages := r.all[r.random.IntN(len(r.all))], 1+r.random.IntN(3)
	switch r.random.IntN(3) {
	case 0:
		page, err := api.Log.ListLog(context.Background(), &pb.ListLogRequest{Cursor: r.cursor, PageSize: 1 + r.random.Int32N(40)})
		if err == nil {
			r.take(page.Entries, page.NextCursor)
		}
		return err
	case 1:
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		time.AfterFunc(time.Duration(r.random.IntN(300))*time.Millisecond, cancel)
		_, err := follow(ctx, api.Log, &pb.WatchLogRequest{Cursor: r.cursor}, func(m *pb.WatchLogResponse) bool {
			messages--
			return r.take(m.Entries, m.Cursor) && messages > 0
		})
		if ctx.Err() != nil {
			return nil
		}
		return err
	default:
		stream := watchREST(t, api, r.cursor)
		time.AfterFunc(time.Duration(r.random.IntN(300))*time.Millisecond, stream.leave)
		for ; messages > 0; messages-- {
			m, err := stream.next()
			if stream.ctx.Err() != nil {
				return nil // what came may be half a line
			}
			if err != nil || !r.take(m.Entries, m.Cursor) {
				return err
			}
		}
		return nil
	}
}

// take deals with all entries of a message, or with some and is then cut off.
func (r *reader) take(entries []*pb.LogEntry, cursor string) (all bool) {
	n := r.random.IntN(len(entries) + 1)
	if n == len(entries) {
		r.entries, r.cursor = append(r.entries, entries...), cursor
		return true
	}
	if n > 0 {
		r.entries, r.cursor = append(r.entries, entries[:n]...), entries[n-1].Cursor
	}
	return false
}

// Readers that are cut off at any point and go on at any instance see every
// operation once and in order, while several instances post and seal.
func TestReadersThatAreCutOff(t *testing.T) {
	t.Parallel()
	all := instances(t, 3)
	all[0].Minimal(t)
	for i := range 3 {
		receive(t, all[0], fmt.Sprint("L-", i))
	}
	plant(t, all[0], planted{kind: "transfer", movements: 2300})
	const clients, each, readers = 6, 40, 3
	const entries = 4 + clients*each
	var requests [][]string
	var posting, reading sync.WaitGroup
	posting.Go(func() { requests = load(t, all, clients, each) })
	seen := make([][]*pb.LogEntry, readers)
	for n := range readers {
		reading.Go(func() {
			seed := rand.Uint64()
			r := &reader{all: all, random: rand.New(rand.NewPCG(seed, uint64(n)))}
			for len(r.entries) == 0 || r.entries[len(r.entries)-1].LogIndex < entries {
				if err := r.some(t); err != nil {
					t.Errorf("reader %d, seed %d: %v", n, seed, err)
					return
				}
				if t.Failed() {
					return
				}
			}
			seen[n] = r.entries
		})
	}
	posting.Wait()
	reading.Wait()
	if t.Failed() {
		return
	}
	want, _ := readAll(t, all[1], &pb.ListLogRequest{})
	for n := range readers {
		got := whole(t, seen[n])
		checkLog(t, got, requests)
		same(t, fmt.Sprint("reader ", n), got, whole(t, want))
	}
}

// checkLog checks that a log has no gap, each request once, each client's in the
// order in which it made them, and each lot's in the order of recording.
func checkLog(t testing.TB, entries []*pb.LogEntry, requests [][]string) {
	t.Helper()
	places := map[string]int64{}
	recorded := map[string]time.Time{}
	for i, e := range entries {
		if e.LogIndex != int64(i)+1 {
			t.Fatalf("index %d at place %d", e.LogIndex, i+1)
		}
		if i > 0 && e.SealedAt.AsTime().Before(entries[i-1].SealedAt.AsTime()) {
			t.Errorf("entry %d was sealed before the one before it", e.LogIndex)
		}
		if id := e.Operation.RequestId; places[id] > 0 {
			t.Errorf("request %s is entry %d and %d", id, places[id], e.LogIndex)
		} else {
			places[id] = e.LogIndex
		}
		for _, key := range lotsOf(e.Operation) {
			at := e.Operation.RecordedAt.AsTime()
			if !at.After(recorded[key]) {
				t.Errorf("entry %d: lot %s goes back in time", e.LogIndex, key)
			}
			recorded[key] = at
		}
	}
	for c, ids := range requests {
		last := int64(0)
		for _, id := range ids {
			if places[id] <= last {
				t.Errorf("client %d: request %s is entry %d, the one before it %d", c, id, places[id], last)
			}
			last = places[id]
		}
	}
}

// lotsOf are the lots that an operation touched, each once.
func lotsOf(op *pb.Operation) []string {
	seen := map[string]bool{}
	var keys []string
	add := func(key *pb.LotKey) {
		if text := key.Sku + "/" + key.LotCode; !seen[text] {
			seen[text] = true
			keys = append(keys, text)
		}
	}
	for _, m := range op.Movements {
		add(m.Lot)
	}
	for _, h := range op.Holds {
		add(h.Lot)
	}
	return keys
}
