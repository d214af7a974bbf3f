package pg

// HasTurn says whether it is the turn of a read.
func HasTurn(tx *Snapshot) bool { return tx.turn.has }
