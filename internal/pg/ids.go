package pg

import (
	"context"
	"sync"
)

// blockSize is how many ids one value of the sequence id_block stands for.
const blockSize = 1000

// ids hands out ids from blocks, so that a transaction knows its ids without
// asking and the same works sharded. What is left of the blocks when the process
// ends is lost: ids are unique, not dense, and do not stand for an order in
// time.
type ids struct {
	mu     sync.Mutex
	blocks []block // none of them empty
}

// block is ids from next up to, and without, end.
type block struct{ next, end int64 }

// take returns an id, unless all are gone.
func (ids *ids) take() (id int64, ok bool) {
	ids.mu.Lock()
	defer ids.mu.Unlock()
	if len(ids.blocks) == 0 {
		return 0, false
	}
	first := &ids.blocks[0]
	id = first.next
	if first.next++; first.next == first.end {
		ids.blocks = ids.blocks[1:]
	}
	return id, true
}

func (ids *ids) add(b block) {
	ids.mu.Lock()
	defer ids.mu.Unlock()
	ids.blocks = append(ids.blocks, b)
}

// NextID returns an id that nobody has had.
//
// A new block is fetched on the transaction's own connection: asking the pool
// for another while holding one could wait for ever. The sequence is not
// transactional, so a rollback gives no id out twice. Nobody waits for another
// who is fetching, whose connection may hang: all who find nothing left fetch,
// and each keeps the first id of what it got and shares the others.
func (tx *Tx) NextID(ctx context.Context) (int64, error) {
	if id, ok := tx.ids.take(); ok {
		return id, nil
	}
	var number int64
	if err := tx.QueryRow(ctx, "SELECT nextval('id_block')").Scan(&number); err != nil {
		return 0, err
	}
	first := number * blockSize
	tx.ids.add(block{next: first + 1, end: first + blockSize})
	return first, nil
}
