package oplog

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"time"

	"github.com/lottrail/lottrail/internal/errs"
)

// cursor is a place in a log: behind an entry, or behind a part of its facts. The
// zero cursor is the beginning of whatever log it is shown to.
type cursor struct {
	// key is the log's.
	key [16]byte
	// index is that of the entry, 0 at the beginning.
	index int64
	// sealedAt is when that entry got its index, in microseconds: a log that was
	// restored from a backup and went on has another entry there.
	sealedAt int64
	// part is set if the entry has facts behind those that were taken.
	part part
}

// part is the last fact that was taken of an entry: what kind of fact, and its key.
// The zero part is before the first.
type part struct {
	stage  stage
	first  int64
	second int32
}

// stage is a kind of fact. An entry has them in this order.
type stage byte

const (
	moved stage = iota + 1
	placed
	released
	kept
	dated
	alerted
	reserved
)

const (
	cursorVersion = 1
	sumSize       = 8
)

// String is what a reader keeps. It is no secret and no permission: the checksum is
// for cursors that were cut or changed on their way.
func (c cursor) String() string {
	b := append([]byte{cursorVersion}, c.key[:]...)
	b = binary.AppendUvarint(b, uint64(c.index))
	b = binary.AppendVarint(b, c.sealedAt)
	if c.part != (part{}) {
		b = append(b, byte(c.part.stage))
		b = binary.AppendUvarint(b, uint64(c.part.first))
		b = binary.AppendUvarint(b, uint64(c.part.second))
	}
	return base64.RawURLEncoding.EncodeToString(append(b, checksum(b)...))
}

func checksum(content []byte) []byte {
	h := sha256.New()
	h.Write([]byte("lottrail log cursor "))
	h.Write(content)
	return h.Sum(nil)[:sumSize]
}

// parseCursor reads what String made; an empty text is the beginning.
func parseCursor(text string) (c cursor, err error) {
	if text == "" {
		return cursor{}, nil
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(raw) < 1+len(c.key)+sumSize {
		return cursor{}, errBadCursor()
	}
	content, sum := raw[:len(raw)-sumSize], raw[len(raw)-sumSize:]
	if !bytes.Equal(sum, checksum(content)) || content[0] != cursorVersion {
		return cursor{}, errBadCursor()
	}
	r := reader{content[1+len(c.key):]}
	copy(c.key[:], content[1:])
	c.index = int64(r.uvarint())
	c.sealedAt = r.varint()
	if len(r.rest) > 0 {
		c.part.stage = stage(r.rest[0])
		r.rest = r.rest[1:]
		c.part.first = int64(r.uvarint())
		c.part.second = int32(r.uvarint())
	}
	return c, nil
}

// reader takes numbers off the front. The checksum has vouched for them.
type reader struct{ rest []byte }

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.rest)
	r.rest = r.rest[max(n, 0):]
	return v
}

func (r *reader) varint() int64 {
	v, n := binary.Varint(r.rest)
	r.rest = r.rest[max(n, 0):]
	return v
}

// behind is the place behind an entry.
func (c cursor) behind(index int64, sealedAt time.Time) cursor {
	return cursor{key: c.key, index: index, sealedAt: sealedAt.UnixMicro()}
}

func errBadCursor() error {
	return errs.Invalid("cursor", "BAD_CURSOR",
		"this is no cursor of this log; pass each on as it came with the last message or entry that was dealt with, or none to read from the beginning")
}

func errBeyondEnd(asked, end int64) error {
	return errs.Precondition("cursor", "CURSOR_BEYOND_END",
		"it stands behind entry %d, which this log does not have any more, as after the database was restored from a backup; the log ends at %d: find out which operations were lost, and read again from a cursor of before",
		asked, end)
}
