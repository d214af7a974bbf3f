package pg

import (
	"context"
	"sync"
)

// blockSize is how many ids one value of the sequence id_block stands for.
const blockSize = 1000

// ids hands out ids from blocks, so that a transaction knows its ids without
// asking and the same works sharded. What is left of a block when the process
// ends is lost: ids are unique, not dense, and do not stand for an order in
// time.
type ids struct {
	mu   sync.Mutex
	next int64
	end  int64
}

// NextID returns an id that nobody has had.
//
// A new block is fetched on the transaction's own connection: asking the pool
// for another while holding one could wait for ever. The sequence is not
// transactional, so a rollback gives no id out twice.
func (tx *Tx) NextID(ctx context.Context) (int64, error) {
	ids := tx.ids
	ids.mu.Lock()
	defer ids.mu.Unlock()
	if ids.next == ids.end {
		var block int64
		if err := tx.QueryRow(ctx, "SELECT nextval('id_block')").Scan(&block); err != nil {
			return 0, err
		}
		ids.next, ids.end = block*blockSize, (block+1)*blockSize
	}
	id := ids.next
	ids.next++
	return id, nil
}
