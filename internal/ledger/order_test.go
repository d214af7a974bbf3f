package ledger_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/lottrail/lottrail/internal/pg"
)

// The ids of an operation's movements are in the order of its lines, whoever fetches
// ids beside it: whatever reads movements goes by them.
func TestMovementsKeepTheirOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const clients, lines = 8, 300 // enough to go from one block of ids to the next
	var lots []int64
	for c := range clients {
		lots = append(lots, w.make(fmt.Sprint(c), "1000000"))
	}
	for range 4 {
		// One that has no ids yet: everybody fetches some.
		db, err := pg.Open(t.Context(), w.db.Config().ConnString(), clients)
		if err != nil {
			t.Fatal(err)
		}
		beginner := &world{t: t, db: db}
		var group sync.WaitGroup
		for c := range clients {
			op := transfer()
			for n := range lines {
				op.Movements = append(op.Movements, move(lots[c], fmt.Sprint(n+1), w.home, w.away))
			}
			group.Go(func() { beginner.mustPost(op) })
		}
		group.Wait()
		db.Close()
	}
	for _, wrong := range column[string](t, w.db, `
		SELECT format('operation %s: line %s after %s', operation_id, quantity, before)
		FROM (SELECT operation_id, quantity, lag(quantity) OVER (PARTITION BY operation_id ORDER BY movement_id) AS before
		      FROM movement WHERE kind = 'transfer') AS m
		WHERE quantity < before`) {
		t.Error(wrong)
	}
}
