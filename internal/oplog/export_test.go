package oplog

import "time"

// Limits of the service, which tests go up to.
const (
	MaxWatchers     = maxWatchers
	EntryFacts      = entryFacts
	BatchFacts      = batchFacts
	BatchBytes      = batchBytes
	FilteredEntries = filteredEntries
	MessageSize     = messageSize
)

// Cursor is a cursor with its parts.
type Cursor = cursor

// NewCursor makes a cursor.
func NewCursor(key [16]byte, index int64, sealedAt time.Time) Cursor {
	return cursor{key: key}.behind(index, sealedAt)
}

// Behind moves a cursor.
func (c cursor) Behind(index int64, sealedAt time.Time) Cursor { return c.behind(index, sealedAt) }

// Within makes a cursor within an entry.
func (c cursor) Within(at byte, first int64, second int32) Cursor {
	c.part = part{stage(at), first, second}
	return c
}

// ParseCursor reads a cursor.
var ParseCursor = parseCursor

// SetQuiet changes after how long without a message a watcher gets an empty one.
func (s *Service) SetQuiet(d time.Duration) { s.quiet = d }
