package lineage

import (
	"encoding/binary"
	"slices"
	"time"
)

// Seen is what a walk saw of the ledger: whoever has it can read the same again for
// ever, for what is in the log stays where it is.
type Seen struct {
	// ReadAt is when, by the database's clock.
	ReadAt time.Time
	// Log is how far the log went, and how much was seen that was not in it yet.
	Log LogPosition
	// Operations are those that were not in it yet, or only some of them where there were
	// very many: see CanRepeat.
	Operations []int64
}

// CanRepeat says whether it names all that was seen, so that it can be read again. It
// does not if the log lies far behind.
func (s *Seen) CanRepeat() bool { return len(s.Operations) == int(s.Log.Unlogged) }

// Pack makes it short, but for when its log index was sealed, which the log knows: a byte
// or two for each operation, for their ids lie close together.
func (s *Seen) Pack() []byte {
	ids := slices.Sorted(slices.Values(s.Operations))
	packed := binary.AppendVarint(nil, s.ReadAt.UnixMicro())
	packed = binary.AppendVarint(packed, s.Log.Index)
	last := int64(0)
	for _, id := range ids {
		packed = binary.AppendVarint(packed, id-last)
		last = id
	}
	return packed
}

// Unpack is the opposite of Pack; nil if it cannot be.
func Unpack(packed []byte) *Seen {
	var numbers []int64
	for len(packed) > 0 {
		number, n := binary.Varint(packed)
		if n <= 0 {
			return nil
		}
		numbers, packed = append(numbers, number), packed[n:]
	}
	if len(numbers) < 2 || len(numbers) > 2+mostUnlogged {
		return nil
	}
	s := &Seen{ReadAt: time.UnixMicro(numbers[0]).UTC(), Log: LogPosition{Index: numbers[1], Unlogged: int32(len(numbers) - 2)}} //nolint:gosec // bounded above
	last := int64(0)
	for _, step := range numbers[2:] {
		last += step
		s.Operations = append(s.Operations, last)
	}
	return s
}
