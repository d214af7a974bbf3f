package lineage

// sizes are how much is read, kept and sent at once, if not as much as usual.
type sizes struct{ chunk, part, movements int }

// chunk is how many lots or runs a query takes at most: enough that round trips
// do not count.
func (q *Query) chunk() int {
	if q.sizes.chunk > 0 {
		return q.sizes.chunk
	}
	return 2000
}

// movements is how many an attribution keeps in memory at most.
func (q *Query) movements() int {
	if q.sizes.movements > 0 {
		return q.sizes.movements
	}
	return 6_000_000
}

// ties is how many edges are held in memory at most.
func (q *Query) ties() int {
	if q.MaxTies > 0 {
		return q.MaxTies
	}
	return 1_000_000
}

// few is how many lots or runs the first query takes, so that the first customers
// of a wide trace come at once.
func (q *Query) few() int { return max(1, q.chunk()/40) }

// near is how many rows a cone may have that is read at once: finding out costs a wide
// trace a moment before its second lot, and no more.
func (q *Query) near() int { return 4 * q.few() }

// part is how many entries a part holds, a stock counted as one: it is some tens
// of KiB.
func (q *Query) part() int {
	if q.sizes.part > 0 {
		return q.sizes.part
	}
	return 250
}
