package oplog

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"google.golang.org/protobuf/proto"

	lottrailv1 "github.com/lottrail/lottrail/api/gen/lottrail/v1"
	"github.com/lottrail/lottrail/internal/ledger"
	"github.com/lottrail/lottrail/internal/queries"
)

const (
	// entryFacts is where an entry is cut, as the proto says.
	entryFacts = 1000
	// batchFacts and batchBytes end a batch: clients take 4 MiB a message unless told
	// otherwise.
	batchFacts = 5000
	batchBytes = 2 << 20
	// cursorBytes is about what an entry's cursor takes.
	cursorBytes = 100
	// filteredEntries is how many entries are looked through at once for those of the
	// kinds asked for, of which there may be none.
	filteredEntries = 10_000
)

// batch is what comes behind a cursor, as far as one message or page takes it.
type batch struct {
	entries []*lottrailv1.LogEntry
	at      cursor // behind the batch, and behind what its filter left out
	end     bool   // of the log, as it was
	bytes   int
	facts   int
}

// read reads what comes behind a cursor: at most size entries of the given kinds, or
// of all if there are none. It may be none although the log goes on: at is where to
// go on then. The connection is given back before anything is sent.
func (s *Service) read(ctx context.Context, tenantID int64, at cursor, kinds []string, size int32) (*batch, error) {
	if err := s.take(ctx); err != nil {
		return nil, err
	}
	defer s.giveBack()
	until := at.index + int64(size)
	if len(kinds) > 0 {
		until = at.index + filteredEntries
	}
	l, err := s.look(ctx, tenantID, at, until, kinds, size)
	if errors.Is(err, pgx.ErrNoRows) {
		// A tenant's log begins with what is sealed first, and be it nothing.
		if _, err = ledger.Seal(ctx, s.db, tenantID); err == nil {
			l, err = s.look(ctx, tenantID, at, until, kinds, size)
		}
	}
	if err != nil {
		return nil, err
	}
	b := &batch{at: l.end}
	if len(l.rows) == 0 {
		b.end = b.at.index >= l.headIndex
		return b, nil
	}
	behind := part{}
	if l.rows[0].LogIndex == at.index {
		behind = at.part
	}
	found, err := s.facts(ctx, tenantID, l.rows, behind)
	if err != nil {
		return nil, err
	}
	for i := range l.rows {
		row := &l.rows[i]
		place := l.end.behind(row.LogIndex, row.SealedAt)
		entry, err := toEntry(row)
		if err != nil {
			return nil, err
		}
		if whole := b.add(entry, found[row.OperationID], place); !whole {
			return b, nil
		}
	}
	if len(l.rows) < int(size) {
		b.at = l.end
	}
	b.end = b.at.index >= l.headIndex
	return b, nil
}

// look is what lies behind a cursor.
type look struct {
	headIndex int64
	rows      []queries.LogListEntryRow
	// end is behind the last entry that was looked through.
	end cursor
}

// look finds the entries behind a cursor, up to an index. If the cursor stands
// within an entry, they begin with that one.
//
// The statements each see what there is when they run, in their order: the log can
// only have grown from one to the next.
func (s *Service) look(ctx context.Context, tenantID int64, at cursor, until int64, kinds []string, size int32) (*look, error) {
	after := at.index
	if at.part != (part{}) {
		after--
	}
	var head queries.LogHeadGetRow
	var marks []queries.LogListMarkRow
	l := &look{}
	batch := &pgx.Batch{}
	batch.Queue(queries.LogHeadGet, tenantID).QueryRow(func(row pgx.Row) error { return row.Scan(&head.LogKey, &head.LogIndex) })
	batch.Queue(queries.LogListMark, tenantID, at.index, until).Query(func(rows pgx.Rows) (err error) {
		marks, err = pgx.CollectRows(rows, pgx.RowToStructByPos[queries.LogListMarkRow])
		return err
	})
	batch.Queue(queries.LogListEntry, tenantID, kinds, after, until, size).Query(func(rows pgx.Rows) (err error) {
		l.rows, err = pgx.CollectRows(rows, pgx.RowToStructByPos[queries.LogListEntryRow])
		return err
	})
	if err := s.db.SendBatch(ctx, batch).Close(); err != nil {
		return nil, err
	}
	l.headIndex = head.LogIndex
	return l, l.place(at, head.LogKey.Bytes, marks)
}

// place checks that the cursor stands where it says, and finds where the next one
// stands.
func (l *look) place(at cursor, key [16]byte, marks []queries.LogListMarkRow) error {
	if at != (cursor{}) && at.key != key {
		return errBadCursor()
	}
	if at.index > 0 && (len(marks) == 0 || marks[0].LogIndex != at.index || marks[0].SealedAt.UnixMicro() != at.sealedAt) {
		return errBeyondEnd(at.index, l.headIndex)
	}
	l.end = cursor{key: key}
	if n := len(marks); n > 0 {
		l.end = l.end.behind(marks[n-1].LogIndex, marks[n-1].SealedAt)
	}
	if n := len(l.rows); n > 0 && l.rows[n-1].LogIndex > l.end.index {
		l.end = l.end.behind(l.rows[n-1].LogIndex, l.rows[n-1].SealedAt)
	}
	return nil
}

// add adds an entry if it fits whole, or cuts it if it is the first. It says whether
// the batch may go on.
func (b *batch) add(entry *lottrailv1.LogEntry, facts []fact, place cursor) (whole bool) {
	first := len(b.entries) == 0
	bytes := b.bytes + proto.Size(entry) + cursorBytes
	n := 0
	for ; n < min(len(facts), entryFacts); n++ {
		size := facts[n].addTo(entry.Operation, batchBytes-bytes, first && n == 0)
		if size == 0 {
			break
		}
		bytes += size
	}
	whole = n == len(facts)
	if !first && (!whole || b.facts+n > batchFacts || bytes > batchBytes) {
		return false
	}
	if !whole {
		place.part = facts[n-1].at
		entry.Continued = true
	}
	entry.Cursor = place.String()
	b.entries = append(b.entries, entry)
	b.at, b.bytes, b.facts = place, bytes, b.facts+n
	return whole
}
