package pg

import (
	"context"
	"time"
)

// HasTurn says whether it is the turn of a read.
func HasTurn(tx *Snapshot) bool { return tx.turn.has }

// IsQuick says whether a read is in a quick seat.
func IsQuick(tx *Snapshot) bool { return tx.held != nil }

// Rest has others have their turn while a read waits in its seat.
func Rest(ctx context.Context, tx *Snapshot, wait func()) error {
	tx.turn.give()
	wait()
	tx.turn.take(ctx)
	return nil
}

// Remaining is how many have left a quick seat and wait for another.
func (db *DB) Remaining() int { return int(db.seats.remaining.Load()) }

// Standing is how many stand in line for seats.
func (db *DB) Standing() int { return int(db.seats.waiting.Load() + db.seats.remaining.Load()) }

// QuickParts is how much a read may hold back in a quick seat, and SetQuickWork says how
// long it may work there.
const QuickParts = quickParts

// SetQuickWork is to be called before anything is read.
func (db *DB) SetQuickWork(d time.Duration) { db.seats.work = d }

// Given is a turn that was given back.
type Given struct {
	Quick bool
	Had   time.Duration
}

// QuickNext says after which turns somebody is next who has not worked for long.
func QuickNext(given []Given) (next []bool) {
	var t turns
	for _, g := range given {
		next = append(next, t.owes(g.Quick, g.Had))
	}
	return next
}
